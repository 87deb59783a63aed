//! Worker processes: docmill itself, started again to run one component where a crash costs one document.
//!
//! The parent's side is a [`Protocol`] of frames ([`frames`]) with `docmill worker`, whose side is
//! [`serve_worker`]. The first frame each way is a greeting: what the worker is to be, and whether it is ready.
//! Both must be of one version, which they are unless the program was replaced meanwhile.

mod frames;
mod greeting;
mod serve;

use std::{ffi::OsString, fmt, path::PathBuf, process::Command, sync::Arc, time::Duration};

use serde_json::Value as Json;

pub use self::serve::{ServeError, serve_worker};
use self::{
    frames::{Frame, Kind, front, read_answer, write_document, write_greeting},
    greeting::{Reply, Request},
};
use super::{
    child::Child,
    remote::{Protocol, Received, Remote},
};
use crate::{
    BuildError, Changes, Document, DocumentError,
    door::form::Malformed,
    plugin::{AnyStage, Limits},
};

/// How worker processes are started: a program that calls [`serve_worker`], usually docmill itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// What makes it call [`serve_worker`].
    pub args: Vec<OsString>,
}

/// What a worker may take to load its models, in any case.
const STARTING: Duration = Duration::from_secs(60);

/// Starts a worker that is a stage. `name` is the stage's in its pipeline.
///
/// # Errors
///
/// The worker cannot be started, or the stage refuses its settings.
pub(crate) fn start_stage(
    command: &Arc<WorkerCommand>,
    component: &str,
    settings: &Json,
    name: &str,
    limits: Limits,
) -> Result<Box<dyn AnyStage>, BuildError> {
    let request = Request::stage(component, settings);
    let worker = Worker { command: command.clone(), request, name: name.to_owned(), limits };
    Ok(Box::new(Remote::start(worker)?))
}

/// The parent's side.
struct Worker {
    command: Arc<WorkerCommand>,
    request: Request,
    name: String,
    limits: Limits,
}

impl Worker {
    fn fault(&self, what: impl fmt::Display) -> BuildError {
        BuildError::new(format!("{} {what}", self.who()))
    }

    /// The answer to the greeting.
    fn reply(&self, child: &mut Child) -> Result<Reply, BuildError> {
        loop {
            let reply = match front(child.incoming()) {
                Ok(None) => {
                    child.more().map_err(|end| self.fault(end))?;
                    continue;
                }
                Ok(Some(Frame { kind: Kind::Greeting, body, len })) => {
                    serde_json::from_slice(body).ok().map(|reply| (reply, len))
                }
                Ok(Some(_)) | Err(_) => None,
            };
            let (reply, len) = reply.ok_or_else(|| {
                let program = self.command.program.display();
                self.fault(format!("does not greet as a worker of docmill does; see to {program}"))
            })?;
            child.take(len);
            return Ok(reply);
        }
    }
}

impl Protocol for Worker {
    fn who(&self) -> String {
        format!("the worker of `{}`", self.name)
    }

    fn start(&mut self) -> Result<Child, BuildError> {
        let starting = Limits { timeout: self.limits.timeout.max(STARTING), ..self.limits };
        let mut command = Command::new(&self.command.program);
        let mut child =
            Child::start(command.args(&self.command.args), starting).map_err(|error| {
                let program = self.command.program.display();
                self.fault(format!("cannot be started: {program}")).because(error)
            })?;
        write_greeting(&self.request, child.outgoing());
        match self.reply(&mut child)? {
            Reply { docmill, .. } if docmill != self.request.docmill => Err(self.fault(format!(
                "is docmill {docmill} and this is {}; run it again",
                self.request.docmill
            ))),
            Reply { error: Some(refusal), .. } => {
                Err(BuildError::at(refusal.setting, refusal.message))
            }
            Reply { .. } => {
                child.set_timeout(self.limits.timeout);
                Ok(child)
            }
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
        let broken = |fault: Malformed| Received {
            taken: 0,
            outcome: Err(DocumentError::because(
                format!(
                    "{} gave an answer that cannot be read; report it to its author",
                    self.who()
                ),
                fault,
            )),
            broken: true,
            time: Duration::ZERO,
        };
        match front(incoming) {
            Ok(None) => None,
            Ok(Some(Frame { kind: Kind::Answer, body, len })) => {
                Some(match read_answer(body, changes) {
                    Ok((outcome, time)) => Received { taken: len, outcome, broken: false, time },
                    Err(fault) => broken(fault),
                })
            }
            Ok(Some(_)) => Some(broken(Malformed::NoFrame)),
            Err(fault) => Some(broken(fault)),
        }
    }
}

#[cfg(test)]
mod tests;
