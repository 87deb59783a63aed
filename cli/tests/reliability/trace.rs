//! What a program asked of the system, as strace saw it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// One call that succeeded.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The thread that made it.
    pub(crate) thread: String,
    /// The lines of the log that it began and ended at: of two calls, one came first if it ended before the
    /// other began.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) name: String,
    /// The files that it is about, in order.
    pub(crate) paths: Vec<PathBuf>,
    /// What is left of its arguments: the last one.
    pub(crate) last: String,
    pub(crate) returned: u64,
}

/// Whether there is a strace that may be used here.
pub(crate) fn is_there() -> bool {
    let tried = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// The same command under strace with these arguments.
pub(crate) fn under<S: AsRef<OsStr>>(command: &Command, arguments: &[S]) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq"]).args(arguments).arg(command.get_program()).args(command.get_args());
    traced.current_dir(command.get_current_dir().unwrap());
    traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    traced
}

/// The calls in a log of `strace -f -y`, in the order in which they began. Paths are relative to `dir`.
pub(crate) fn read(log: &Path, dir: &Path) -> Vec<Call> {
    let log = fs::read_to_string(log).unwrap();
    let mut begun: Vec<(usize, &str, String)> = Vec::new();
    let mut calls = Vec::new();
    for (at, line) in log.lines().enumerate() {
        let (thread, said) = line.split_once(' ').unwrap();
        let said = said.trim_start();
        if let Some(head) = said.strip_suffix("<unfinished ...>") {
            begun.push((at, thread, head.trim_end().to_owned()));
        } else if let Some(rest) = said.strip_prefix("<... ") {
            let place = begun.iter().position(|(_, other, _)| *other == thread).unwrap();
            let (from, _, head) = begun.remove(place);
            let rest = rest.split_once("resumed>").unwrap().1;
            calls.extend(call(thread, from, at, &format!("{head}{rest}"), dir));
        } else {
            calls.extend(call(thread, at, at, said, dir));
        }
    }
    calls.sort_by_key(|call| call.from);
    calls
}

/// `None` of what is no call, or failed.
fn call(thread: &str, from: usize, to: usize, said: &str, dir: &Path) -> Option<Call> {
    let (name, rest) = said.split_once('(')?;
    let (arguments, returned) = rest.rsplit_once(" = ")?;
    let digits: String = returned.chars().take_while(char::is_ascii_digit).collect();
    let arguments = arguments.trim_end().trim_end_matches(')');
    let last = arguments.rsplit_once(", ").map_or(arguments, |(_, last)| last);
    let paths = paths(name, arguments).into_iter().map(|path| dir.join(path));
    Some(Call {
        thread: thread.to_owned(),
        from,
        to,
        name: name.to_owned(),
        paths: paths.collect(),
        last: last.to_owned(),
        returned: digits.parse().ok()?,
    })
}

/// Files stand in quotes where they are named, and in angle brackets where a descriptor is.
fn paths(call: &str, arguments: &str) -> Vec<PathBuf> {
    let named =
        ["rename", "unlink", "mkdir", "rmdir", "openat"].iter().any(|name| call.starts_with(name));
    match named {
        true => arguments.split('"').skip(1).step_by(2).map(PathBuf::from).collect(),
        false => {
            let path = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
            path.map(|(path, _)| PathBuf::from(path)).into_iter().collect()
        }
    }
}
