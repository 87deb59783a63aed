//! The commands.

mod check;
mod plan;
mod run;

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
        Command::Check(args) => check::run(&args),
    }
}
