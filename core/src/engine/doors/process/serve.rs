//! The worker's side: `docmill worker`.
//!
//! The pipes are moved away from standard input and output before any component's code runs: a component that prints
//! writes to standard error, one that reads standard input finds it empty, and the frames are between docmill and
//! this loop alone.

use std::{
    fs::File,
    io::{self, Write},
    time::Duration,
};

use rustix::{
    buffer::spare_capacity,
    io::{Errno, fcntl_dupfd_cloexec},
    stdio::{dup2_stdin, dup2_stdout},
    time::{ClockId, clock_gettime},
};
use serde_json::Value as Json;
use thiserror::Error;

use super::{
    frames::{Frame, Kind, front, read_document, write_answer, write_greeting},
    greeting::{Reply, Request, VERSION},
};
use crate::{
    BuildError, Changes, DocumentBuf, Verdict,
    chain::chain,
    contain::{contain, contain_build},
    door::form::Malformed,
    engine::Registry,
    plugin::AnyStage,
};

/// Why a worker process ended before its input did.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Nothing that docmill sends came in.
    #[error(
        "this is no command to type: docmill starts workers itself, where a pipeline says isolation = \"process\""
    )]
    NoFrame,
    /// A pipe failed.
    #[error("the pipes to docmill failed")]
    Pipe(#[from] io::Error),
}

/// Runs one component for a docmill at the other end of standard input and output, until the input ends. Standard output
/// is standard error from then on.
///
/// # Errors
///
/// See [`ServeError`].
pub fn serve_worker(registry: &Registry) -> Result<(), ServeError> {
    let mut pipes = Pipes::take_over()?;
    let request: Request = match pipes.next()? {
        Some((Kind::Greeting, body)) => {
            serde_json::from_slice(body).map_err(|_| ServeError::NoFrame)?
        }
        None => return Ok(()),
        Some(_) => return Err(ServeError::NoFrame),
    };
    let reply =
        |pipes: &mut Pipes, reply: Reply| pipes.answer(|bytes| write_greeting(&reply, bytes));
    let stage = match build(registry, &request.stage, &request.settings) {
        _ if request.docmill != VERSION => return Ok(reply(&mut pipes, Reply::ready())?),
        Ok(stage) => stage,
        Err(error) => return Ok(reply(&mut pipes, Reply::refused(&error))?),
    };
    reply(&mut pipes, Reply::ready())?;
    let mut at_work = AtWork { registry, request, stage: Some(stage), changes: Changes::new() };
    let mut document = DocumentBuf::new();
    while let Some((kind, body)) = pipes.next()? {
        if kind != Kind::Document {
            return Err(ServeError::NoFrame);
        }
        let before = thread_time();
        read_document(body, &mut document).map_err(|_| ServeError::NoFrame)?;
        let outcome = at_work.process(&document);
        let time = thread_time().saturating_sub(before);
        pipes.answer(|bytes| write_answer(&outcome, &at_work.changes, time, bytes))?;
        if document.capacity() > KEPT {
            (document, at_work.changes) = (DocumentBuf::new(), Changes::new());
        }
    }
    Ok(())
}

/// Buffers up to this many bytes are kept from one document to the next.
const KEPT: usize = 4 << 20;

fn build(
    registry: &Registry,
    stage: &str,
    settings: &Json,
) -> Result<Box<dyn AnyStage>, BuildError> {
    let found = registry.stages().iter().find(|offered| offered.entry.name == stage);
    let found = found.ok_or_else(|| {
        BuildError::new(format!(
            "a worker knows no stage `{stage}`; start it with the same plugins"
        ))
    })?;
    contain_build(|| (found.entry.build)(settings))
}

/// The stage, which is built anew after a panic.
struct AtWork<'r> {
    registry: &'r Registry,
    request: Request,
    stage: Option<Box<dyn AnyStage>>,
    changes: Changes,
}

impl AtWork<'_> {
    /// Fills the change set. The errors are those of a stage in docmill's own process.
    fn process(&mut self, document: &DocumentBuf) -> Result<Verdict, String> {
        let AtWork { registry, request, stage, changes } = self;
        changes.clear();
        let at_work = match &mut *stage {
            Some(stage) => stage,
            gone => gone.insert(build(registry, &request.stage, &request.settings).map_err(
                |error| {
                    let error = chain(&error);
                    format!("the stage panicked before and cannot be built again: {error}")
                },
            )?),
        };
        contain(|| at_work.process(&document.view(), changes))
            .unwrap_or_else(|panic| {
                *stage = None;
                Err(crate::DocumentError::new(format!(
                    "the stage panicked: {panic}; report it to the plugin's author"
                )))
            })
            .map_err(|error| chain(&error))
    }
}

/// The two pipes, and what went through them.
struct Pipes {
    input: File,
    output: File,
    incoming: Vec<u8>,
    /// How much of `incoming` was handed out.
    taken: usize,
    outgoing: Vec<u8>,
}

impl Pipes {
    /// Takes standard input and output for itself, and gives everyone else others.
    fn take_over() -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{Signal, set_parent_process_death_signal};
            // A component that hangs must not outlive a docmill that was killed.
            set_parent_process_death_signal(Some(Signal::KILL))?;
        }
        let input = File::from(fcntl_dupfd_cloexec(io::stdin(), 3)?);
        let output = File::from(fcntl_dupfd_cloexec(io::stdout(), 3)?);
        dup2_stdin(File::open("/dev/null")?)?;
        dup2_stdout(io::stderr())?;
        Ok(Pipes { input, output, incoming: Vec::new(), taken: 0, outgoing: Vec::new() })
    }

    /// The next frame; `None` at the end of the input.
    fn next(&mut self) -> Result<Option<(Kind, &[u8])>, ServeError> {
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
                Ok(0) => return Ok(None),
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
    fn answer(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.outgoing.clear();
        write(&mut self.outgoing);
        let written = self.output.write_all(&self.outgoing);
        if self.outgoing.capacity() > KEPT {
            self.outgoing = Vec::new();
        }
        written
    }
}

/// Processor time of this thread.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
