//! The worker's two pipes, taken away from everyone else.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
};

use rustix::{
    buffer::spare_capacity,
    io::{Errno, fcntl_dupfd_cloexec},
    stdio::{dup2_stdin, dup2_stdout},
};

use super::ServeError;
use crate::{
    door::form::Malformed,
    engine::doors::process::frames::{Frame, Kind, front},
};

/// Buffers up to this many bytes are kept from one document to the next.
pub(super) const KEPT: usize = 4 << 20;

/// The two pipes, and what went through them.
pub(super) struct Pipes {
    input: File,
    output: File,
    incoming: Vec<u8>,
    /// How much of `incoming` was handed out.
    taken: usize,
    outgoing: Vec<u8>,
}

impl Pipes {
    /// Takes standard input and output for itself, and gives everyone else others.
    pub(super) fn take_over() -> Result<Self, ServeError> {
        if io::stdin().is_terminal() {
            return Err(ServeError::NoFrame);
        }
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{Signal, set_parent_process_death_signal};
            // A component that hangs must not outlive a docmill that was killed.
            set_parent_process_death_signal(Some(Signal::KILL)).map_err(io::Error::from)?;
        }
        let own = |from| fcntl_dupfd_cloexec(from, 3).map(File::from).map_err(io::Error::from);
        use std::os::fd::AsFd;
        let (input, output) = (own(io::stdin().as_fd())?, own(io::stdout().as_fd())?);
        dup2_stdin(File::open("/dev/null")?).map_err(io::Error::from)?;
        dup2_stdout(io::stderr()).map_err(io::Error::from)?;
        Ok(Pipes { input, output, incoming: Vec::new(), taken: 0, outgoing: Vec::new() })
    }

    /// The next frame; `None` at the end of the input.
    pub(super) fn next(&mut self) -> Result<Option<(Kind, &[u8])>, ServeError> {
        const ROOM: usize = 256 << 10;
        let refused = |_: Malformed| ServeError::NoFrame;
        // The length alone first: what is handed out borrows all of it.
        while front(&self.incoming[self.taken..]).map_err(refused)?.is_none() {
            self.incoming.drain(..self.taken);
            self.taken = 0;
            if self.incoming.is_empty() && self.incoming.capacity() > KEPT {
                self.incoming = Vec::new();
            }
            self.incoming.reserve(ROOM);
            match rustix::io::read(&self.input, spare_capacity(&mut self.incoming)) {
                Ok(0) if self.incoming.is_empty() => return Ok(None),
                Ok(0) => return Err(ServeError::NoFrame),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(ServeError::Pipe(error.into())),
            }
        }
        let found = front(&self.incoming[self.taken..]).map_err(refused)?;
        Ok(found.map(|Frame { kind, body, len }| {
            self.taken += len;
            (kind, body)
        }))
    }

    /// Writes a frame at once.
    pub(super) fn answer(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.outgoing.clear();
        write(&mut self.outgoing);
        let written = self.output.write_all(&self.outgoing);
        if self.outgoing.capacity() > KEPT {
            self.outgoing = Vec::new();
        }
        written
    }
}
