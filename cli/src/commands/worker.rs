//! `docmill worker`: a stage in a process of its own, for the docmill that started it.

use docmill_core::engine::{ServeError, chain, serve_worker};

use crate::{
    builtin,
    failure::{Failure, Outcome},
};

pub(crate) fn run() -> Result<Outcome, Failure> {
    match serve_worker(&builtin::registry()?) {
        Ok(()) => Ok(Outcome::Done),
        // The docmill that started it has gone.
        Err(ServeError::Pipe(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Ok(Outcome::Done)
        }
        Err(error @ ServeError::Pipe(_)) => Err(Failure::Io(chain(&error))),
        Err(error @ ServeError::NoFrame) => Err(Failure::Wrong(chain(&error))),
    }
}
