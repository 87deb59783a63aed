//! An encoder in a worker process: docmill's side. Documents go one at a time, since all sinks encode a document
//! before the next.

use super::{
    frames::{Frame, Kind, front, read_encoded, write_document},
    greeting::{Ask, Said},
    program::{Program, beside_the_point},
    stage::unreadable,
};
use crate::{
    BuildError, Document, DocumentError,
    door::form::Malformed,
    engine::doors::child::Child,
    plugin::{AnySink, Limits},
};

/// An encoder in a worker process.
pub(super) struct EncoderWorker {
    program: Program,
    ask: Ask,
    who: String,
    limits: Limits,
    headers: Vec<Vec<u8>>,
    /// `None` where it died, until the next document comes.
    child: Option<Child>,
}

impl EncoderWorker {
    /// Starts it.
    pub(super) fn start(
        program: Program,
        ask: Ask,
        name: &str,
        limits: Limits,
    ) -> Result<Self, BuildError> {
        let who = format!("the worker of `{name}`");
        let (child, headers) = started(&program, &ask, &who, limits)?;
        Ok(EncoderWorker { program, ask, who, limits, headers, child: Some(child) })
    }

    fn child(&mut self) -> Result<&mut Child, DocumentError> {
        if self.child.as_mut().is_some_and(Child::has_ended) {
            self.child = None;
        }
        match &mut self.child {
            Some(child) => Ok(child),
            gone => {
                let started = started(&self.program, &self.ask, &self.who, self.limits);
                let (child, _) = started.map_err(|error| {
                    DocumentError::because(format!("{} cannot be started again", self.who), error)
                })?;
                Ok(gone.insert(child))
            }
        }
    }
}

fn started(
    program: &Program,
    ask: &Ask,
    who: &str,
    limits: Limits,
) -> Result<(Child, Vec<Vec<u8>>), BuildError> {
    match program.ask(ask, who, limits)? {
        (child, Said::Encoder { headers }) => Ok((child, headers)),
        _ => Err(beside_the_point(who)),
    }
}

impl AnySink for EncoderWorker {
    fn header(&self, output: usize, bytes: &mut Vec<u8>) {
        bytes.extend(self.headers.get(output).into_iter().flatten());
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let child = self.child()?;
        write_document(document.buf(), child.outgoing());
        child.start_clock();
        let encoded = loop {
            let read = match front(child.incoming()) {
                Ok(None) => match child.more() {
                    Ok(()) => continue,
                    Err(end) => {
                        self.child = None;
                        return Err(DocumentError::new(format!("{} {end}", self.who)));
                    }
                },
                Ok(Some(Frame { kind: Kind::Encoded, body, len })) => {
                    read_encoded(body, outputs).map(|encoded| (encoded, len))
                }
                Ok(Some(_)) => Err(Malformed::NoFrame),
                Err(fault) => Err(fault),
            };
            break read;
        };
        match encoded {
            Ok((encoded, len)) => {
                child.take(len);
                encoded
            }
            Err(fault) => {
                child.kill();
                self.child = None;
                Err(unreadable(&self.who, fault))
            }
        }
    }
}
