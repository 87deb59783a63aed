//! `docmill`: the command that checks, tests and runs pipelines.
//!
//! What a command was asked for goes to standard output, everything else to standard error. Only
//! this crate prints or exits, and it alone knows which plugins are built in.
//!
//! Exit codes: 0 done; 1 done, with failed documents, inputs or tests; 2 the command, the pipeline
//! or a plugin is wrong; 3 reading or writing failed; 130 and 143 stopped by a signal; 101 a fault
//! of docmill itself. A reader of the output that has gone ends it quietly, with 0.

mod args;
mod builtin;
mod commands;
mod diff;
mod documents_file;
mod draw;
mod failure;
mod pipeline_file;
mod progress;
mod signals;
mod table;
mod term;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    args.color.apply();
    let json = args.command.writes_json();
    match commands::run(args) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(failure) => ExitCode::from(failure.tell(json)),
    }
}
