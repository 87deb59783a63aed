//! `docmill check`: all mistakes in pipeline files, at once, and what is wrong with plugins' libraries.

use std::{
    io::{self, Write},
    path::Path,
};

use docmill_core::engine::Overrides;
use serde_json::{Value as Json, json};

use super::check_library::{self, Checked};
use crate::{
    args::Check,
    builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term::{self, GREEN, Shown},
};

pub(crate) fn run(args: &Check) -> Result<Outcome, Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    let mut libraries: Vec<Checked> = Vec::new();
    for path in &args.paths {
        let outcome = if check_library::is_library(path) {
            check_library::check(path, args).map(|checked| libraries.push(checked))
        } else {
            check_pipeline(path, args)
        };
        if let Err(failure) = outcome {
            if !args.json {
                term::tell(failure.drawn());
            }
            failures.push(failure);
        }
    }
    if args.json {
        writeln!(io::stdout(), "{}", to_json(&failures, &libraries))?;
    }
    let all_hold = libraries.iter().all(Checked::holds);
    match failures.iter().map(Failure::code).max() {
        None if all_hold => Ok(Outcome::Done),
        None => Ok(Outcome::SomeFailed),
        Some(code) => Err(Failure::Told(code)),
    }
}

fn check_pipeline(path: &Path, args: &Check) -> Result<(), Failure> {
    let registry = builtin::registry()?;
    PipelineFile::open(path)?.read(&registry, Overrides::default())?;
    if !args.json {
        let path = path.display().to_string();
        term::tell(format!("{}: {GREEN}no mistakes{GREEN:#}", Shown(&path)));
    }
    Ok(())
}

/// One object: the mistakes of all pipeline files, what cannot be used at all, and the checks of libraries.
fn to_json(failures: &[Failure], libraries: &[Checked]) -> Json {
    let (wrong, unread): (Vec<_>, Vec<_>) =
        failures.iter().partition(|failure| matches!(failure, Failure::Pipeline(..)));
    json!({
        "docmill": env!("CARGO_PKG_VERSION"),
        "ok": failures.is_empty() && libraries.iter().all(Checked::holds),
        "diagnostics": wrong.iter().flat_map(|failure| failure.diagnostics()).collect::<Vec<_>>(),
        "errors": unread.iter().map(|failure| failure.message()).collect::<Vec<_>>(),
        "libraries": libraries.iter().map(Checked::json).collect::<Vec<_>>(),
    })
}
