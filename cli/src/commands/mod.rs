//! The commands.

pub(crate) mod bench;
mod check;
mod check_library;
mod completions;
mod explain;
mod lock;
mod merge;
mod new;
mod plan;
mod retry;
mod run;
mod show;
mod test;
mod verify;
mod worker;

use std::env;

use crate::{
    args::{Args, Command},
    failure::{Failure, Outcome},
};

/// Does what the command line asks for.
pub(crate) fn run(args: Args) -> Result<Outcome, Failure> {
    if let Some(dir) = &args.directory {
        env::set_current_dir(dir)
            .map_err(|error| Failure::Wrong(format!("cannot go to {}: {error}", dir.display())))?;
    }
    match args.command {
        Command::Run(args) => run::run(args),
        Command::Merge(args) => merge::merge(args),
        Command::Retry(args) => retry::retry(&args),
        Command::Check(args) => check::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::New(args) => new::run(&args),
        Command::Lock(args) => lock::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Worker => worker::run(),
        Command::BenchProcess(args) => bench::measure_here(&args),
        Command::CheckLibrary(args) => check_library::perform(&args),
    }
}
