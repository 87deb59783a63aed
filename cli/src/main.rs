//! `docmill`: the command that checks, tests and runs pipelines.
//!
//! What a command was asked for goes to standard output, everything else to standard error. Only
//! this crate prints or exits, and it alone knows which plugins are built in.
//!
//! Exit codes: 0 done; 1 done, with failed documents, inputs or tests; 2 the command, the pipeline
//! or a plugin is wrong; 3 reading or writing failed; 130 and 143 stopped by a signal; 101 a fault
//! of docmill itself. A reader of the output that has gone ends it quietly, with 0.

mod allocations;
mod args;
mod builtin;
mod commands;
mod diff;
mod documents_file;
mod draw;
mod failure;
mod log;
mod metrics;
mod pipeline_file;
mod progress;
mod scaffold;
mod signals;
mod table;
mod term;

use std::{env, process::ExitCode};

use clap::Parser;

fn main() -> ExitCode {
    signals::survive_file_limit();
    let args = args::Args::try_parse().unwrap_or_else(|error| refuse(error));
    args.color.apply();
    let json = args.command.writes_json();
    match commands::run(args) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(failure) => ExitCode::from(failure.tell(json)),
    }
}

/// Tells what is wrong with the command line, or what it asked to be told of it, and exits. Arguments
/// are foreign text too (a name that a shell put in), so they are shown, not printed.
fn refuse(error: clap::Error) -> ! {
    let shown = env::args_os().map(|arg| term::Shown(&arg.to_string_lossy()).to_string());
    args::Args::try_parse_from(shown).err().unwrap_or(error).exit()
}
