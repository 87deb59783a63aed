//! The mistakes found so far.

use super::Place;
use crate::engine::{Code, Diagnostic};

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Findings {
    pub(super) list: Vec<Diagnostic>,
}

impl Findings {
    /// Adds one; the caller may go on to say more about it.
    pub(crate) fn at(
        &mut self,
        code: Code,
        place: &Place,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.list.push(Diagnostic {
            code,
            message: message.into(),
            argument: place.argument.as_deref().map(str::to_owned),
            span: place.span.clone(),
            label: String::new(),
            notes: Vec::new(),
            help: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// All of them: those of the file in its order, then those of the command line.
    pub(super) fn sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|found| {
            (found.argument.is_some(), found.argument.clone(), found.span.start, found.code)
        });
        self.list
    }
}
