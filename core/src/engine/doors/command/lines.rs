//! Documents and answers, a line each.

use std::{mem, time::Duration};

use super::{
    Settings,
    clock::Clock,
    greeting::{self, Greeted, brief, is_object, shown},
};
use crate::{
    BuildError, Changes, Document, DocumentError, Offsets,
    chain::chain,
    engine::doors::{
        child::Child,
        remote::{Protocol, Received},
    },
    json::{self, Form},
    plugin::Limits,
};

/// What the answer to a short document may be long, in bytes; the rest grows with the text.
const LONGEST: usize = 64 << 20;

/// The protocol of the stage `command`.
pub(super) struct Lines {
    settings: Settings,
    /// The stage's name in the pipeline.
    name: String,
    limits: Limits,
    /// One that was greeted when the pipeline was checked.
    greeted: Option<Greeted>,
    offsets: Offsets,
    /// Of the program that runs now.
    clock: Option<Clock>,
    /// Documents without an answer.
    open: usize,
    /// How much of what came in holds no end of a line.
    searched: usize,
}

impl Lines {
    pub(super) fn new(
        settings: Settings,
        name: &str,
        limits: Limits,
        greeted: Option<Greeted>,
    ) -> Self {
        let offsets = Offsets::default();
        Lines {
            settings,
            name: name.to_owned(),
            limits,
            greeted,
            offsets,
            clock: None,
            open: 0,
            searched: 0,
        }
    }

    /// An answer that makes nothing of what follows.
    fn broken(&self, taken: usize, message: &str, cause: Option<DocumentError>) -> Received {
        let message = format!("{} {message}", self.who());
        let error = match cause {
            Some(cause) => DocumentError::because(message, cause),
            None => DocumentError::new(message),
        };
        Received { taken, outcome: Err(error), broken: true, time: Duration::ZERO }
    }
}

impl Protocol for Lines {
    fn who(&self) -> String {
        format!("the program of `{}`", self.name)
    }

    fn start(&mut self) -> Result<Child, BuildError> {
        (self.open, self.searched) = (0, 0);
        let greeted = match self.greeted.take() {
            Some(mut greeted) => {
                greeted.child.set_limits(self.limits);
                greeted
            }
            None => greeting::start(&self.settings, self.limits)?,
        };
        self.offsets = greeted.offsets;
        self.clock = Some(Clock::of(greeted.child.id()));
        Ok(greeted.child)
    }

    fn send(&mut self, document: &Document<'_>, outgoing: &mut Vec<u8>) {
        let transient = document.layers().filter(|layer| layer.is_transient());
        let layers = transient.map(|layer| layer.name().to_owned()).collect();
        let provenance = crate::Provenance::None;
        json::write(document, &Form { offsets: self.offsets, provenance, layers }, outgoing);
        outgoing.push(b'\n');
        self.open += 1;
    }

    fn receive(
        &mut self,
        incoming: &[u8],
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Option<Received> {
        let new = incoming.get(self.searched..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', new) else {
            self.searched = incoming.len();
            let longest = LONGEST.saturating_add(document.text().len().saturating_mul(32));
            let message = "wrote more than an answer can be long, and no end of the line";
            return (incoming.len() > longest).then(|| self.broken(incoming.len(), message, None));
        };
        let len = mem::take(&mut self.searched) + end;
        let (line, rest) = incoming.split_at_checked(len).unwrap_or((incoming, &[]));
        let taken = len + 1;
        self.open = self.open.saturating_sub(1);
        if self.open == 0 && rest.len() > 1 {
            let message = format!(
                "wrote more than one line for a document, the last of them {}; answer each with one line, and write the rest to standard error",
                shown(rest.get(1..).unwrap_or_default())
            );
            return Some(self.broken(taken, &message, None));
        }
        if let Some(id) = json::answer_id(line).filter(|id| id != document.id()) {
            let message = format!(
                "answered for the document `{}`, and it was the turn of this one; answer each line that comes, once and in order",
                brief(id.into_owned())
            );
            return Some(self.broken(taken, &message, None));
        }
        let outcome = match json::read_answer(line, document.text(), self.offsets, changes) {
            Ok(Err(error)) => Err(DocumentError::new(brief(error.to_string()))),
            Ok(Ok(verdict)) => Ok(verdict),
            Err(error) if is_object(line) => {
                let message = format!("{} gave a wrong answer: {}", self.who(), chain(&error));
                Err(DocumentError::new(brief(message)))
            }
            Err(error) => {
                let message = format!(
                    "wrote a line that is no answer, {}; write answers alone to standard output, and the rest to standard error",
                    shown(line)
                );
                return Some(self.broken(taken, &message, Some(error)));
            }
        };
        // At the end of what was sent together, since a look costs as much as a short document.
        let clock = self.clock.as_mut().filter(|_| self.open == 0);
        let time = clock.map_or(Duration::ZERO, Clock::lap);
        Some(Received { taken, outcome, broken: false, time })
    }
}
