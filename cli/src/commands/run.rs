//! `docmill run`: runs a pipeline.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use docmill_core::engine::{
    DEAD_LETTERS_FILE, Destination, Event, Mode, Overrides, Report, RunError, RunOptions, Status,
    chain, run as run_pipeline, status,
};

use serde_json::json;

use crate::{
    args::{JobOf, Level, Run},
    builtin,
    commands::{lock, plan},
    failure::{Failure, Outcome},
    log,
    metrics::Metrics,
    pipeline_file::PipelineFile,
    progress::{Display, State},
    signals::Signals,
    table,
    term::{self, one_line},
};

pub(crate) fn run(args: Run) -> Result<Outcome, Failure> {
    let lock = args.locked.then(lock::open).transpose()?;
    let invocation = json!({
        "pipeline": args.pipeline, "input": args.input, "output": args.output, "set": args.set,
    });
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
    let mode = match args.shard {
        Some(JobOf { index, of }) => Mode::Job { index, of, resume: args.resume },
        None if args.resume => Mode::Resume,
        None => Mode::Fresh,
    };
    if dir.is_none() && mode != Mode::Fresh {
        let message = "what goes to standard output cannot be resumed or divided; leave out --resume and --shard, or write to a folder";
        return Err(Failure::Wrong(message.into()));
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
    let level = log::level(args.log)?;
    if let (Some(dir), Mode::Fresh) = (&dir, mode) {
        tell_of_what_goes(dir);
    }
    let metrics = args.metrics.as_deref().map(Metrics::listen).transpose()?;
    let signals = Signals::listen()?;
    let display = Display::new(args.progress);
    if let Some(metrics) = &metrics {
        display.say(&format!("metrics at {}", metrics.url));
    }
    let tell_of = |event: &Event<'_>| {
        if log::level_of(event) <= level {
            let form = if display.is_json() { log::json } else { log::plain };
            display.say(&form(event, display.elapsed()));
        }
    };
    let outcome = run_pipeline(
        &pipeline,
        RunOptions {
            threads: None, // the pipeline's, with --threads in it
            limit: args.limit,
            destination,
            mode,
            invocation,
            stop: &signals.stop,
            observe: &|progress| {
                let left = display.observe(progress);
                if let Some(metrics) = &metrics {
                    metrics.observe(progress, left);
                }
            },
            events: (level > Level::Error).then_some(&tell_of),
        },
    );
    let state = match &outcome {
        Ok(_) => State::Done,
        Err(RunError::Stopped { .. }) => State::Stopped,
        Err(_) => State::Failed,
    };
    display.end(state, outcome.as_ref().ok());
    let report = outcome.map_err(|error| failure(error, signals.exit_code()))?;
    if let (Mode::Job { of, .. }, false) = (mode, args.json) {
        term::tell(table::of_job(&report, of));
        return Ok(outcome_of(&report));
    }
    tell(&report, dir.as_deref(), args.dead_letters, args.json)
}

/// Tells what a run that starts anew removes of one that was broken off.
fn tell_of_what_goes(dir: &Path) {
    // What cannot be read is no reason not to start anew.
    let Ok(Some(Status { running: false, unfinished: Some(left), .. })) = status(dir) else {
        return;
    };
    if left.shards_done > 0 {
        term::tell(format!(
            "{} held a run of `{}` that was broken off with {} of {} done: this run starts anew and removes \
             what it did, where --resume goes on from there",
            one_line(&dir.display().to_string()),
            one_line(&left.account.pipeline),
            left.shards_done,
            term::counted(left.shards as u64, "shard"),
        ));
    }
}

/// Tells what a run that came to its end did.
pub(crate) fn tell(
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
    Ok(outcome_of(report))
}

fn outcome_of(report: &Report) -> Outcome {
    if report.documents.failed > 0 { Outcome::SomeFailed } else { Outcome::Done }
}

/// How a run failed; `stopped` is the exit code of one that was stopped.
pub(crate) fn failure(error: RunError, stopped: u8) -> Failure {
    let message = chain(&error);
    match error {
        RunError::Build(_)
        | RunError::Unreadable { .. }
        | RunError::MemoryLost { .. }
        | RunError::Changed { .. }
        | RunError::NotResumable
        | RunError::NotDivisible { .. }
        | RunError::Incomplete { .. }
        | RunError::NoParts { .. }
        | RunError::NothingToRetry { .. }
        | RunError::NotRetryable { .. }
        | RunError::NotRestarted { .. }
        | RunError::TooManyRestarts { .. } => Failure::Wrong(message),
        RunError::Write(write) if write.is_broken_pipe() => Failure::BrokenPipe,
        RunError::Write(_) => Failure::Io(message),
        RunError::TooManyFailed { .. } => Failure::TooManyFailed(message),
        RunError::Stopped { .. } => Failure::Stopped(stopped, message),
        RunError::Unbalanced(_) => Failure::Fault(message),
    }
}
