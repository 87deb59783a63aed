//! A stage in a worker process: docmill's side.

use std::time::Duration;

use super::{
    frames::{Frame, Kind, front, read_answer, write_document},
    greeting::{Ask, Said},
    program::{Program, beside_the_point},
};
use crate::{
    BuildError, Changes, Document, DocumentError,
    door::form::Malformed,
    engine::doors::{
        child::Child,
        remote::{Protocol, Received},
    },
    plugin::Limits,
};

/// What is spoken with a worker that is a stage.
pub(super) struct StageWorker {
    pub(super) program: Program,
    pub(super) ask: Ask,
    /// Its name in the pipeline.
    pub(super) name: String,
    pub(super) limits: Limits,
}

impl Protocol for StageWorker {
    fn who(&self) -> String {
        format!("the worker of `{}`", self.name)
    }

    fn start(&mut self) -> Result<Child, BuildError> {
        match self.program.ask(&self.ask, &self.who(), self.limits)? {
            (child, Said::Stage) => Ok(child),
            _ => Err(beside_the_point(&self.who())),
        }
    }

    fn send(&mut self, document: &Document<'_>, outgoing: &mut Vec<u8>) {
        write_document(document.buf(), outgoing);
    }

    fn receive(
        &mut self,
        incoming: &[u8],
        _: &Document<'_>,
        changes: &mut Changes,
    ) -> Option<Received> {
        let read = match front(incoming) {
            Ok(None) => return None,
            Ok(Some(Frame { kind: Kind::Answer, body, len })) => {
                read_answer(body, changes).map(|(outcome, time)| (len, outcome, time))
            }
            Ok(Some(_)) => Err(Malformed::NoFrame),
            Err(fault) => Err(fault),
        };
        Some(match read {
            Ok((taken, outcome, time)) => Received { taken, outcome, broken: false, time },
            Err(fault) => Received {
                taken: 0,
                outcome: Err(unreadable(&self.who(), fault)),
                broken: true,
                time: Duration::ZERO,
            },
        })
    }
}

pub(super) fn unreadable(who: &str, fault: Malformed) -> DocumentError {
    let said = format!("{who} gave an answer that cannot be read; report it to its author");
    DocumentError::because(said, fault)
}
