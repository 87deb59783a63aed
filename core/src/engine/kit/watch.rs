//! Starts the process of each check, and makes of its end what the check came to.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use super::{Check, How, Outcome, Said, leaks};
use crate::{
    engine::doors::child::{Child, End},
    plugin::Limits,
};

/// What stands before the words of a check's process: RFC 7464's record separator. Anything else on its standard
/// output is the plugin's.
pub(super) const MARK: char = '\u{1e}';

/// How often a check is done that other work on the machine may spoil.
const ATTEMPTS: usize = 5;

/// Resident memory that a check may use, in bytes.
const MEMORY: u64 = 4 << 30;

/// How much longer a check takes that valgrind watches.
const UNDER_VALGRIND: u32 = 10;

/// Checks libraries.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The program that calls [`perform`](super::perform), usually docmill itself.
    pub program: PathBuf,
    /// What makes it do so; the check's name and the library follow.
    pub args: Vec<OsString>,
    /// How long a check may take; ten times as long under valgrind.
    pub timeout: Duration,
}

/// How the process of a check ended.
struct Ended {
    said: Option<Said>,
    /// What the plugin wrote to standard output.
    printed: Vec<u8>,
    /// What was written to standard error.
    complaints: String,
    end: End,
}

impl Kit {
    /// Does all checks on a library, and tells what each came to as it is done. Whether none failed comes back.
    ///
    /// # Errors
    ///
    /// The library cannot be used at all: what is wrong, and what to do.
    pub fn check(
        &self,
        library: &Path,
        tell: &mut dyn FnMut(&'static Check, Outcome),
    ) -> Result<bool, String> {
        let mut printed: Option<(&'static str, Vec<u8>)> = None;
        let mut passed: Vec<&str> = Vec::new();
        let mut all = true;
        for check in Check::ALL {
            let outcome = match check.how {
                _ if !check.after.is_empty() && !passed.contains(&check.after) => {
                    Outcome::Skipped(format!("see `{}`", check.after))
                }
                How::StandardOutput => of_output(printed.take()),
                How::Valgrind(_) => leaks::watched(self, check, library),
                How::Child(_) => self.tried(check, library, &mut printed)?,
            };
            match outcome {
                Outcome::Passed(_) => passed.push(check.name),
                Outcome::Failed(_) => all = false,
                Outcome::Skipped(_) => {}
            }
            tell(check, outcome);
        }
        Ok(all)
    }

    /// Does a check in a process of its own; again where other work on the machine may have spoilt it. What the
    /// plugin prints first is kept. An error says why the library cannot be used.
    fn tried(
        &self,
        check: &'static Check,
        library: &Path,
        printed: &mut Option<(&'static str, Vec<u8>)>,
    ) -> Result<Outcome, String> {
        let mut attempts = if check.name == "load-time" { ATTEMPTS } else { 1 };
        loop {
            let mut command = Command::new(&self.program);
            command.args(self.words(check, library));
            let ended = match self.process(check, command) {
                Ok(ended) => ended,
                Err(error) => return Ok(not_started(&error)),
            };
            if !ended.printed.is_empty() && printed.is_none() {
                *printed = Some((check.name, ended.printed.clone()));
            }
            if let Some(Said::Refused(why)) = ended.said {
                return Err(why);
            }
            attempts -= 1;
            match ended.outcome() {
                Outcome::Failed(_) if attempts > 0 => {}
                outcome => return Ok(outcome),
            }
        }
    }

    /// What follows the program's name.
    pub(super) fn words<'w>(
        &'w self,
        check: &'w Check,
        library: &'w Path,
    ) -> impl Iterator<Item = &'w OsStr> {
        let own = self.args.iter().map(OsString::as_os_str);
        own.chain([OsStr::new(check.name), library.as_os_str()])
    }

    fn process(&self, check: &Check, mut command: Command) -> io::Result<Ended> {
        let watched = matches!(check.how, How::Valgrind(_));
        let timeout = if watched { self.timeout * UNDER_VALGRIND } else { self.timeout };
        let memory = (!watched).then_some(MEMORY);
        let mut complaints = scratch()?;
        command.stderr(Stdio::from(complaints.try_clone()?));
        let mut child = Child::start(&mut command, Limits { timeout, memory })?;
        let end = loop {
            if let Err(end) = child.more() {
                break end;
            }
        };
        let mut said = Vec::new();
        complaints.rewind()?;
        complaints.take(64 << 10).read_to_end(&mut said)?;
        let output = child.incoming();
        let (printed, spoken) = split(output);
        Ok(Ended {
            said: spoken.and_then(|spoken| serde_json::from_slice(spoken).ok()),
            printed,
            complaints: String::from_utf8_lossy(&said).into_owned(),
            end,
        })
    }

    /// Does a check by another command, as valgrind's.
    pub(super) fn by(&self, check: &Check, command: Command) -> Outcome {
        match self.process(check, command) {
            Ok(ended) => ended.outcome(),
            Err(error) => not_started(&error),
        }
    }
}

fn not_started(error: &io::Error) -> Outcome {
    Outcome::Failed(format!("its process cannot be started: {error}"))
}

impl Ended {
    fn outcome(self) -> Outcome {
        // What was asked for over the limit of memory, the plugin's own words say.
        let end = match self.end {
            End::Killed(signal, _) => End::Killed(signal, None),
            end => end,
        };
        match (self.said, end) {
            (Some(Said::Outcome(outcome)), End::Exited(0)) => outcome,
            (Some(Said::Refused(why)), _) => Outcome::Failed(why),
            (Some(Said::Outcome(Outcome::Failed(what))), _) => Outcome::Failed(what),
            (said, end) => {
                let when = if said.is_some() {
                    "all was done, and then the process"
                } else {
                    "the process"
                };
                let told = end.to_string();
                let how = told.split("; ").next().unwrap_or_default();
                let how = how.replace("before it answered", "before the check was done");
                let last = self.complaints.lines().rfind(|line| !line.trim().is_empty());
                let last =
                    last.map(|line| format!(" (it said: {})", line.trim())).unwrap_or_default();
                Outcome::Failed(format!("{when} {how}{last}"))
            }
        }
    }
}

/// What a process wrote, apart from its words for the kit, and these.
fn split(output: &[u8]) -> (Vec<u8>, Option<&[u8]>) {
    let Some(at) = output.iter().rposition(|byte| *byte == MARK as u8) else {
        return (output.to_vec(), None);
    };
    let (before, from) = output.split_at(at);
    let end = from.iter().position(|byte| *byte == b'\n').map_or(from.len(), |end| end + 1);
    let (said, after) = from.split_at(end);
    ([before, after].concat(), said.get(1..))
}

fn of_output(printed: Option<(&'static str, Vec<u8>)>) -> Outcome {
    match printed {
        None => Outcome::Passed(String::new()),
        Some((during, printed)) => {
            let shown: String = String::from_utf8_lossy(&printed).chars().take(40).collect();
            Outcome::Failed(format!("it wrote {shown:?} during the check `{during}`"))
        }
    }
}

/// A file without a name, for a process's complaints.
#[cfg(target_os = "linux")]
fn scratch() -> io::Result<File> {
    use rustix::fs::{MemfdFlags, memfd_create};

    Ok(File::from(memfd_create("docmill-check", MemfdFlags::CLOEXEC)?))
}

/// A file whose name goes at once, for a process's complaints.
#[cfg(not(target_os = "linux"))]
fn scratch() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("docmill-check-{}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plugin_prints_is_told_from_what_the_kit_says() {
        assert_eq!(split(b"\x1e{}\n"), (Vec::new(), Some(&b"{}\n"[..])));
        assert_eq!(split(b"hi\x1e{}\nho"), (b"hiho".to_vec(), Some(&b"{}\n"[..])));
        assert_eq!(split(b"hi"), (b"hi".to_vec(), None));
        assert_eq!(split(b""), (Vec::new(), None));
    }
}
