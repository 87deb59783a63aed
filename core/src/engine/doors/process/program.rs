//! Where a component lies that runs in a worker, and asking a worker about it.

use std::{ffi::OsString, fmt, path::PathBuf, process::Command, sync::Arc, time::Duration};

use super::{
    frames::{Frame, Kind, front, write_greeting},
    greeting::{Ask, LibraryForm, Reply, Request, Said, VERSION},
};
use crate::{
    BuildError,
    engine::{Pin, doors::child::Child},
    plugin::{Limits, LoadedFrom},
};

/// How worker processes are started: a program that calls [`serve_worker`](crate::engine::serve_worker), usually
/// docmill itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program.
    pub program: PathBuf,
    /// What makes it call `serve_worker`.
    pub args: Vec<OsString>,
}

/// What a worker may take to load its models, in any case.
const STARTING: Duration = Duration::from_secs(60);

/// A worker's program, and the library that it is to load.
#[derive(Clone)]
pub(crate) struct Program {
    command: Arc<WorkerCommand>,
    library: Option<LibraryForm>,
}

impl Program {
    /// For a component of a plugin that was loaded from a library, or is built in.
    pub(crate) fn of(command: &Arc<WorkerCommand>, from: Option<&LoadedFrom>) -> Self {
        let library = from.map(|from| LibraryForm {
            path: from.path.clone(),
            pin: Some((from.digest.clone(), "the start of the run".to_owned())),
        });
        Program { command: command.clone(), library }
    }

    /// For a library that docmill itself does not load.
    pub(crate) fn of_library(
        command: &Arc<WorkerCommand>,
        path: PathBuf,
        pin: Option<&Pin>,
    ) -> Self {
        let pin = pin.map(Pin::parts).map(|(digits, by)| (digits.to_owned(), by.to_owned()));
        Program { command: command.clone(), library: Some(LibraryForm { path, pin }) }
    }

    /// The library's file; an empty path where there is none.
    pub(super) fn library_path(&self) -> PathBuf {
        self.library.as_ref().map_or_else(PathBuf::new, |library| library.path.clone())
    }

    /// The same, with the library as it was loaded and no other.
    pub(super) fn pinned(&self, from: &LoadedFrom) -> Program {
        Program::of(&self.command, Some(from))
    }

    /// Starts a worker and asks it. `who` is how messages name it.
    ///
    /// # Errors
    ///
    /// It cannot be started, or refuses.
    pub(super) fn ask(
        &self,
        ask: &Ask,
        who: &str,
        limits: Limits,
    ) -> Result<(Child, Said), BuildError> {
        let program = self.command.program.display();
        let fault = |what: fmt::Arguments<'_>| BuildError::new(format!("{who} {what}"));
        let starting = Limits { timeout: limits.timeout.max(STARTING), ..limits };
        let mut command = Command::new(&self.command.program);
        let mut child = Child::start(command.args(&self.command.args), starting)
            .map_err(|error| fault(format_args!("cannot be started: {program}")).because(error))?;
        let (docmill, library) = (VERSION.to_owned(), self.library.clone());
        write_greeting(&Request { docmill, library, ask: ask.clone() }, child.outgoing());
        let reply = loop {
            match front(child.incoming()) {
                Ok(None) => child.more().map_err(|end| fault(format_args!("{end}")))?,
                Ok(Some(Frame { kind: Kind::Greeting, body, len })) => {
                    let reply = serde_json::from_slice(body).ok();
                    child.take(len);
                    break reply;
                }
                Ok(Some(_)) | Err(_) => break None,
            }
        };
        let Some(Reply { docmill, said }) = reply else {
            child.kill();
            return Err(fault(format_args!(
                "does not greet as a worker of docmill does; see to {program}"
            )));
        };
        if docmill != VERSION {
            return Err(fault(format_args!(
                "is docmill {docmill}, and this is {VERSION}; run it again"
            )));
        }
        let said = said?;
        child.set_timeout(limits.timeout);
        Ok((child, said))
    }
}

/// For a worker that answers another question than it was asked.
pub(super) fn beside_the_point(who: &str) -> BuildError {
    BuildError::new(format!("{who} answers what it was not asked; report this"))
}
