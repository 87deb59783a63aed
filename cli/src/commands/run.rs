//! `docmill run`: runs a pipeline.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use docmill_core::engine::{
    DEAD_LETTERS_FILE, Destination, Overrides, Report, RunError, RunOptions, chain,
    run as run_pipeline,
};

use crate::{
    args::Run,
    builtin,
    commands::{lock, plan},
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    progress::Display,
    signals::Signals,
    table, term,
};

pub(crate) fn run(args: Run) -> Result<Outcome, Failure> {
    let lock = args.locked.then(lock::open).transpose()?;
    let overrides = Overrides {
        lock: lock.clone(),
        set: args.set,
        input: args.input,
        output: args.output,
        threads: args.threads,
        ..Overrides::default()
    };
    let pipeline = PipelineFile::open(&args.pipeline)?.read(&builtin::registry()?, overrides)?;
    if let Some(lock) = &lock {
        lock::hold(&pipeline, lock)?;
    }
    let dir = pipeline.run().dir.clone();
    match (&dir, &args.dead_letters) {
        (Some(dir), Some(_)) => {
            return Err(Failure::Wrong(format!(
                "--dead-letters goes with --output -; without it, failed documents go to {}",
                dir.join(DEAD_LETTERS_FILE).display()
            )));
        }
        (None, _) if args.json && !args.dry_run => {
            return Err(Failure::Wrong(
                "--json and the documents cannot both go to standard output; leave out one".into(),
            ));
        }
        _ => {}
    }
    if args.dry_run {
        plan::show(&pipeline, &args.dead_letters, args.json)?;
        return Ok(Outcome::Done);
    }

    let destination = match &dir {
        Some(dir) => Destination::Folder(dir.clone()),
        None => Destination::Stream {
            output: Box::new(io::stdout()),
            dead_letters: args.dead_letters.clone(),
        },
    };
    let signals = Signals::listen()?;
    let display = Display::new();
    let outcome = run_pipeline(
        &pipeline,
        RunOptions {
            threads: None, // the pipeline's, with --threads in it
            limit: args.limit,
            destination,
            stop: &signals.stop,
            observe: &|progress| display.observe(progress),
        },
    );
    display.end();
    let report = outcome.map_err(|error| failure(error, &signals))?;
    tell(&report, dir.as_deref(), args.dead_letters, args.json)
}

fn tell(
    report: &Report,
    dir: Option<&Path>,
    dead_letters: Option<PathBuf>,
    json: bool,
) -> Result<Outcome, Failure> {
    if json {
        let mut out = io::stdout();
        serde_json::to_writer(&mut out, report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let dead_letters = dir.map(|dir| dir.join(DEAD_LETTERS_FILE)).or(dead_letters);
        term::tell(table::of_run(report, dir, dead_letters.as_deref()));
    }
    Ok(if report.documents.failed > 0 { Outcome::SomeFailed } else { Outcome::Done })
}

fn failure(error: RunError, signals: &Signals) -> Failure {
    let message = chain(&error);
    match error {
        RunError::Build(_) | RunError::NotRestarted { .. } | RunError::TooManyRestarts { .. } => {
            Failure::Wrong(message)
        }
        RunError::Write(write) if write.is_broken_pipe() => Failure::BrokenPipe,
        RunError::Write(_) => Failure::Io(message),
        RunError::TooManyFailed { .. } => Failure::TooManyFailed(message),
        RunError::Stopped => Failure::Stopped(signals.exit_code()),
        RunError::Unbalanced(_) => Failure::Fault(message),
    }
}
