//! `docmill lock`: writes down what pipelines run with, and holds a run to it.

use std::{fs, io};

use docmill_core::engine::{LOCK_FILE, Lock, LockError, Overrides, Pipeline, chain};

use crate::{
    args, builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term,
};

pub(crate) fn run(args: &args::Lock) -> Result<Outcome, Failure> {
    let registry = builtin::registry()?;
    let mut pipelines = Vec::new();
    for path in &args.pipelines {
        let overrides = Overrides { without_inputs: true, ..Overrides::default() };
        pipelines.push(PipelineFile::open(path)?.read(&registry, overrides)?);
    }
    let lock = Lock::of(&pipelines).map_err(|error| failure(&error))?;
    fs::write(LOCK_FILE, lock.text())
        .map_err(|error| Failure::Io(format!("cannot write {LOCK_FILE}: {error}")))?;
    let (plugins, files) = lock.len();
    let files = match files {
        0 => String::new(),
        1 => " and 1 file".to_owned(),
        files => format!(" and {files} files"),
    };
    term::tell(format!("{LOCK_FILE}: {plugins} plugins{files}"));
    Ok(Outcome::Done)
}

/// The lock in the working directory.
pub(crate) fn open() -> Result<Lock, Failure> {
    let text = fs::read_to_string(LOCK_FILE).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Wrong(format!(
            "there is no {LOCK_FILE} here; `docmill lock PIPELINE` writes one"
        )),
        _ => Failure::Io(format!("cannot read {LOCK_FILE}: {error}")),
    })?;
    Lock::read(&text).map_err(|error| Failure::Wrong(format!("{LOCK_FILE}: {error}")))
}

/// Refuses a pipeline of which something is not as it was locked.
pub(crate) fn hold(pipeline: &Pipeline, lock: &Lock) -> Result<(), Failure> {
    let differences = lock.differences(pipeline).map_err(|error| failure(&error))?;
    if differences.is_empty() {
        return Ok(());
    }
    let mut message = format!("the pipeline is not as {LOCK_FILE} says:");
    for difference in differences {
        message.push_str("\n  ");
        message.push_str(&difference);
    }
    message.push_str("\nif that is meant, `docmill lock` writes the lock anew");
    Err(Failure::Wrong(message))
}

fn failure(error: &LockError) -> Failure {
    let message = chain(error);
    match error {
        LockError::Unreadable { .. } => Failure::Io(message),
        _ => Failure::Wrong(message),
    }
}
