//! A child process at the other end of two pipes, driven by the thread that needs it.
//!
//! Bytes are queued for its standard input and read from its standard output; [`Child::more`] waits,
//! writing and reading as the pipes allow, so neither side can lock the other up. A child that takes
//! longer than it may, or uses more memory, is killed, and [`End`] says how any child ended. Its
//! standard error is docmill's own.
//!
//! The child leads a process group of its own: a signal from the terminal is docmill's to answer, and
//! what the child has started is killed with it. Memory is watched on Linux alone; elsewhere the limit
//! holds nothing back.

mod end;
mod memory;

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    process::{self, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    buffer::spare_capacity,
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, ioctl_fionbio},
    process::{Pid, Signal, kill_process_group},
};

pub(crate) use end::End;
pub(crate) use memory::resident;

use crate::plugin::Limits;

/// How long a wait lasts before it is seen to whether the child is still there.
const GLANCE: Duration = Duration::from_millis(100);
/// How often memory is looked at.
const SAMPLE: Duration = Duration::from_millis(4);
/// How long a child may take to end by itself once its input has ended.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes to make room for before a read.
const ROOM: usize = 64 << 10;

/// A running child process.
#[derive(Debug)]
pub(crate) struct Child {
    process: process::Child,
    /// `None` once it is closed.
    input: Option<ChildStdin>,
    output: ChildStdout,
    outgoing: Vec<u8>,
    /// How much of `outgoing` is written.
    written: usize,
    incoming: Vec<u8>,
    /// How much of `incoming` is taken.
    taken: usize,
    limits: Limits,
    /// When the clock was started, and whether its time was seen to be up.
    since: Instant,
    overdue: bool,
    /// When memory was last looked at.
    looked: Instant,
    /// Set once it is known that the child has ended.
    status: Option<ExitStatus>,
}

impl Child {
    /// Starts it, and its clock. `command` names program and arguments; the pipes are seen to here.
    ///
    /// # Errors
    ///
    /// There is no such program, or it cannot be started.
    pub(crate) fn start(command: &mut Command, limits: Limits) -> io::Result<Child> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut process = command.spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let now = Instant::now();
        let child = Child {
            process,
            input: Some(input),
            output,
            outgoing: Vec::new(),
            written: 0,
            incoming: Vec::new(),
            taken: 0,
            limits,
            since: now,
            overdue: false,
            looked: now,
            status: None,
        };
        // From here on the child is killed when something goes wrong.
        child.input.as_ref().map_or(Ok(()), |input| ioctl_fionbio(input, true))?;
        ioctl_fionbio(&child.output, true)?;
        if let Some(limit) = limits.memory {
            memory::hold_back(child.pid(), limit);
        }
        Ok(child)
    }

    /// Other limits from now on, and the clock anew.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        if let Some(limit) = limits.memory {
            memory::hold_back(self.pid(), limit);
        }
        self.start_clock();
    }

    /// Another time limit from now on, and the clock anew.
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.limits.timeout = timeout;
        self.start_clock();
    }

    /// Starts the clock of the next answer.
    pub(crate) fn start_clock(&mut self) {
        self.since = Instant::now();
        self.overdue = false;
    }

    /// What is still to be written to it; append to it. [`more`](Self::more) writes.
    pub(crate) fn outgoing(&mut self) -> &mut Vec<u8> {
        &mut self.outgoing
    }

    /// Writes what can be written now, without waiting.
    pub(crate) fn write(&mut self) {
        while self.written < self.outgoing.len() {
            let Some(input) = &mut self.input else { break };
            match input.write(&self.outgoing[self.written..]) {
                Ok(0) => break,
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // It reads no more. Whether that is its end, its output tells.
                Err(_) => self.input = None,
            }
        }
        self.outgoing.clear();
        self.written = 0;
    }

    /// What has come from it and is not taken yet.
    pub(crate) fn incoming(&self) -> &[u8] {
        self.incoming.get(self.taken..).unwrap_or_default()
    }

    /// Takes so many bytes away from the front of what has come.
    pub(crate) fn take(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.incoming.len());
        if self.taken == self.incoming.len() {
            self.incoming.clear();
            self.taken = 0;
        }
    }

    /// Waits until more has come in, or a moment has passed, and meanwhile writes what is to be written.
    ///
    /// # Errors
    ///
    /// The child has ended, or broke a limit and was killed. It is of no use any more.
    pub(crate) fn more(&mut self) -> Result<(), End> {
        self.write();
        self.look()?;
        let left = self.limits.timeout.saturating_sub(self.since.elapsed());
        if left.is_zero() && std::mem::replace(&mut self.overdue, true) {
            return Err(self.stop(End::TimedOut(self.limits.timeout)));
        }
        let glance = if self.limits.memory.is_some() { SAMPLE } else { GLANCE };
        let readable = match self.wait(left.min(glance)) {
            Ok(readable) => readable,
            Err(error) => return Err(self.stop(End::Lost(error.into()))),
        };
        if !readable && self.ended().is_none() {
            return Ok(());
        }
        // A child that has ended may have written before it did.
        match self.read() {
            Ok(0) => Err(self.stop(End::Closed)),
            Err(Errno::AGAIN) if self.status.is_some() => Err(self.stop(End::Closed)),
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(error) => Err(self.stop(End::Lost(error.into()))),
        }
    }

    /// Kills it. Says how it ended where it had ended by itself, and else that this was why.
    pub(crate) fn stop(&mut self, why: End) -> End {
        if let End::Closed = why {
            // It is on its way out: a moment, to learn how.
            let start = Instant::now();
            while self.ended().is_none() && start.elapsed() < FAREWELL {
                pause(Duration::from_millis(1));
            }
        }
        match self.ended() {
            Some(status) => {
                self.kill();
                End::of(status, self.limits.memory)
            }
            None => {
                self.kill();
                why
            }
        }
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.ended().is_some()
    }

    /// Gives back the buffers that one large document made large.
    pub(crate) fn trim(&mut self, kept: usize) {
        if self.outgoing.is_empty() && self.outgoing.capacity() > kept {
            self.outgoing = Vec::new();
        }
        if self.incoming.is_empty() && self.incoming.capacity() > kept {
            self.incoming = Vec::new();
        }
    }

    /// Its number among the processes of the system.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// Waits until something can be read or written; whether something can be read.
    fn wait(&self, time: Duration) -> Result<bool, Errno> {
        let mut pipes = vec![PollFd::new(&self.output, PollFlags::IN)];
        if let Some(input) = self.input.as_ref().filter(|_| !self.outgoing.is_empty()) {
            pipes.push(PollFd::new(input, PollFlags::OUT));
        }
        match poll(&mut pipes, timespec(time).as_ref()) {
            Ok(_) => Ok(!pipes[0].revents().is_empty()),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn read(&mut self) -> Result<usize, Errno> {
        if self.taken > self.incoming.len() / 2 {
            self.incoming.drain(..self.taken);
            self.taken = 0;
        }
        self.incoming.reserve(ROOM);
        rustix::io::read(&self.output, spare_capacity(&mut self.incoming))
    }

    /// Looks at its memory, where that is limited and the last look is not just over.
    fn look(&mut self) -> Result<(), End> {
        let Some(limit) = self.limits.memory else { return Ok(()) };
        if self.looked.elapsed() < SAMPLE {
            return Ok(());
        }
        self.looked = Instant::now();
        match memory::resident(self.pid()) {
            Some(resident) if resident > limit => Err(self.stop(End::OverMemory(limit))),
            _ => Ok(()),
        }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.status = self.status.or_else(|| self.process.try_wait().ok().flatten());
        self.status
    }

    /// Kills it, and what it has started.
    pub(crate) fn kill(&mut self) {
        // What is no longer there needs no killing.
        let _ = kill_process_group(self.pid(), Signal::KILL);
        if self.status.is_none() {
            self.status = self.process.wait().ok();
        }
    }
}

impl Drop for Child {
    /// Ends its input and lets it end by itself, for a while.
    fn drop(&mut self) {
        self.input = None;
        let start = Instant::now();
        while self.ended().is_none() && start.elapsed() < FAREWELL {
            self.take(usize::MAX);
            let left = FAREWELL.saturating_sub(start.elapsed()).min(Duration::from_millis(20));
            if self.wait(left).unwrap_or(false) && matches!(self.read(), Ok(0)) {
                pause(Duration::from_millis(1));
            }
        }
        self.kill();
    }
}

/// Does nothing for a while.
fn pause(time: Duration) {
    let _ = poll(&mut [], timespec(time).as_ref());
}

/// `None`, no end of waiting, for what no clock can hold.
fn timespec(time: Duration) -> Option<Timespec> {
    // Up to the next millisecond: waiting for less than there is left would only spin.
    let up = Duration::from_millis(time.as_micros().div_ceil(1000) as u64);
    Timespec::try_from(up).ok()
}

#[cfg(test)]
mod tests;
