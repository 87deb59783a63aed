//! How a child process ended, as users read it.

use std::{fmt, io, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use rustix::process::Signal;

/// How a child process ended. Shown as the rest of a sentence that begins with the child's name, and
/// ends with what to do: "was killed by signal 11 (segmentation fault); …".
#[derive(Debug)]
pub(crate) enum End {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal that docmill did not send. With it, the memory that it may use: a program that is given none
    /// beyond the hard limit usually aborts.
    Killed(i32, Option<u64>),
    /// It closed its output and went on, so it was killed.
    Closed,
    /// It took longer than it may, so it was killed.
    TimedOut(Duration),
    /// It used more memory than it may, so it was killed.
    OverMemory(u64),
    /// The pipes to it failed, so it was killed.
    Lost(io::Error),
}

impl End {
    pub(super) fn of(status: ExitStatus, memory: Option<u64>) -> End {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Exited(code),
            (None, Some(signal)) => End::Killed(signal, memory),
            (None, None) => End::Closed,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exited(code) => {
                write!(f, "exited with code {code} before it answered; report it to its author")
            }
            End::Killed(signal, Some(limit)) if *signal == Signal::ABORT.as_raw() => {
                let limit = shown_bytes(*limit);
                write!(
                    f,
                    "was killed by signal {signal} (abort), as by asking for far more than memory ({limit}) at once; raise it, or {REPORT}"
                )
            }
            End::Killed(signal, _) => {
                write!(f, "was killed by signal {signal}")?;
                match meaning(*signal) {
                    Some((name, remedy)) => write!(f, " ({name}); {remedy}"),
                    None => write!(f, "; {REPORT}"),
                }
            }
            End::Closed => write!(f, "closed its output before it answered; {REPORT}"),
            End::TimedOut(limit) => {
                write!(
                    f,
                    "took longer than timeout ({}); raise it, or {REPORT}",
                    shown_time(*limit)
                )
            }
            End::OverMemory(limit) => {
                write!(f, "used more than memory ({}); raise it, or {REPORT}", shown_bytes(*limit))
            }
            End::Lost(error) => write!(f, "could not be reached any more: {error}"),
        }
    }
}

const REPORT: &str = "report it to its author";

/// What a signal means, and what to do about it.
fn meaning(signal: i32) -> Option<(&'static str, &'static str)> {
    let known = [
        (Signal::SEGV, "segmentation fault", REPORT),
        (Signal::ABORT, "abort", REPORT),
        (Signal::BUS, "bus error", REPORT),
        (Signal::FPE, "arithmetic error", REPORT),
        (Signal::ILL, "illegal instruction", REPORT),
        (Signal::TRAP, "trap", REPORT),
        (Signal::PIPE, "broken pipe", REPORT),
        (Signal::SYS, "forbidden system call", REPORT),
        (Signal::KILL, "killed from outside", "see whether the machine has run out of memory"),
        (Signal::TERM, "ended from outside", "see who sends signals to it"),
        (Signal::XCPU, "out of processor time", "see to the limits of the shell (ulimit)"),
        (Signal::XFSZ, "file too large", "see to the limits of the shell (ulimit)"),
    ];
    let found = known.into_iter().find(|(known, ..)| known.as_raw() == signal);
    found.map(|(_, name, remedy)| (name, remedy))
}

/// A length of time as settings are written: `2 s`, `500 ms`, `2 min`.
pub(super) fn shown_time(time: Duration) -> String {
    match time.as_millis() {
        0 => "0 s".to_owned(),
        ms if ms % 60_000 == 0 => format!("{} min", ms / 60_000),
        ms if ms % 1000 == 0 => format!("{} s", ms / 1000),
        ms => format!("{ms} ms"),
    }
}

/// A size as settings are written: `256 MiB`.
pub(super) fn shown_bytes(bytes: u64) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let unit = units.into_iter().find(|(_, unit)| bytes >= *unit && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{bytes} bytes"), |(name, unit)| format!("{} {name}", bytes / unit))
}
