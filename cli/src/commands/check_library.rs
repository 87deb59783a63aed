//! `docmill check LIBRARY`: whether a plugin keeps its promises. Each check is a process of its own, this program
//! with a hidden command, and one line.

use std::{
    env,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use docmill_core::engine::kit::{self, Kit, Outcome as Came};
use serde_json::{Value as Json, json};

use crate::{
    args::{Check, CheckLibrary},
    failure::{Failure, Outcome},
    term::{self, DIM, GREEN, RED, Shown, one_line},
};

/// What the checks of a library came to.
pub(super) struct Checked {
    library: PathBuf,
    checks: Vec<(&'static kit::Check, Came)>,
}

/// Whether this is a library, by its name or its first bytes. What cannot be read is what its name says.
pub(super) fn is_library(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ["so", "dylib", "dll"].contains(&ending) {
        return true;
    }
    let mut first = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    let libraries: [&[u8]; 5] =
        [b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ"];
    read.is_ok() && libraries.iter().any(|begin| first.starts_with(begin))
}

/// Does all checks, and tells what each came to unless all is told as JSON.
pub(super) fn check(library: &Path, args: &Check) -> Result<Checked, Failure> {
    let program = env::current_exe()
        .map_err(|error| Failure::Fault(format!("docmill cannot find its own program: {error}")))?;
    let timeout = Duration::from_secs(args.timeout);
    let kit = Kit { program, args: vec!["check-library".into()], timeout };
    let mut checked = Checked { library: library.to_owned(), checks: Vec::new() };
    let name = library.display().to_string();
    kit.check(library, &mut |check, came| {
        if !args.json {
            if checked.checks.is_empty() {
                term::tell(format!("{}:", Shown(&name)));
            }
            term::tell(line(check, &came));
        }
        checked.checks.push((check, came));
    })
    .map_err(Failure::Wrong)?;
    if !args.json {
        let failed = checked.failed();
        term::tell(match failed {
            0 => format!("{}: {GREEN}all checks passed{GREEN:#}", Shown(&name)),
            failed => format!(
                "{}: {RED}{} of {} checks failed{RED:#}",
                Shown(&name),
                failed,
                checked.checks.len()
            ),
        });
    }
    Ok(checked)
}

/// What a check came to, on one line.
fn line(check: &kit::Check, came: &Came) -> String {
    let (word, style, told) = match came {
        Came::Passed(tried) if tried.is_empty() => ("ok", GREEN, check.promise.to_owned()),
        Came::Passed(tried) => ("ok", GREEN, format!("{} ({})", check.promise, one_line(tried))),
        Came::Failed(what) => ("FAILED", RED, format!("{}; {}", one_line(what), check.remedy)),
        Came::Skipped(why) => ("skipped", DIM, one_line(why)),
    };
    format!("  {style}{word:<7}{style:#}  {:<17}  {told}", check.name)
}

impl Checked {
    pub(super) fn holds(&self) -> bool {
        self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.checks.iter().filter(|(_, came)| matches!(came, Came::Failed(_))).count()
    }

    pub(super) fn json(&self) -> Json {
        let check = |(check, came): &(&'static kit::Check, Came)| {
            let mut json = json!({ "check": check.name, "promise": check.promise });
            match came {
                Came::Passed(tried) => {
                    json["outcome"] = "ok".into();
                    json["tried"] = tried.as_str().into();
                }
                Came::Failed(what) => {
                    json["outcome"] = "failed".into();
                    json["problem"] = what.as_str().into();
                    json["remedy"] = check.remedy.into();
                }
                Came::Skipped(why) => {
                    json["outcome"] = "skipped".into();
                    json["reason"] = why.as_str().into();
                }
            }
            json
        };
        json!({
            "path": self.library.display().to_string(),
            "ok": self.holds(),
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
        })
    }
}

/// Does one check in this process, and says what came of it.
pub(super) fn perform(args: &CheckLibrary) -> Result<Outcome, Failure> {
    match kit::perform(&args.check, &args.library) {
        Some(said) => {
            io::stdout().write_all(said.as_bytes())?;
            Ok(Outcome::Done)
        }
        None => Err(Failure::Wrong(format!("there is no check `{}` of this kind", args.check))),
    }
}
