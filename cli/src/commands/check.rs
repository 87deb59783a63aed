//! `docmill check`: all mistakes in pipeline files, at once.

use std::io::{self, Write};

use docmill_core::engine::Overrides;
use serde_json::json;

use crate::{
    args::Check,
    builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term::{self, GREEN, Shown},
};

pub(crate) fn run(args: &Check) -> Result<Outcome, Failure> {
    let registry = builtin::registry()?;
    let mut failures: Vec<Failure> = Vec::new();
    for path in &args.pipelines {
        let read =
            PipelineFile::open(path).and_then(|file| file.read(&registry, Overrides::default()));
        match read {
            Ok(_) if args.json => {}
            Ok(_) => {
                let path = path.display().to_string();
                term::tell(format!("{}: {GREEN}no mistakes{GREEN:#}", Shown(&path)));
            }
            Err(failure) => {
                if !args.json {
                    term::tell(failure.drawn());
                }
                failures.push(failure);
            }
        }
    }
    if args.json {
        writeln!(io::stdout(), "{}", to_json(&failures))?;
    }
    match failures.iter().map(Failure::code).max() {
        None => Ok(Outcome::Done),
        Some(code) => Err(Failure::Told(code)),
    }
}

/// One object: the mistakes of all files, and the files that could not be read.
fn to_json(failures: &[Failure]) -> serde_json::Value {
    let (wrong, unread): (Vec<_>, Vec<_>) =
        failures.iter().partition(|failure| matches!(failure, Failure::Pipeline(..)));
    json!({
        "docmill": env!("CARGO_PKG_VERSION"),
        "ok": failures.is_empty(),
        "diagnostics": wrong.iter().flat_map(|failure| failure.diagnostics()).collect::<Vec<_>>(),
        "errors": unread.iter().map(|failure| failure.message()).collect::<Vec<_>>(),
    })
}
