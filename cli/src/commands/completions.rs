//! `docmill completions`: a script that completes docmill's commands and options in a shell.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::{
    args::{Args, Completions},
    failure::{Failure, Outcome},
};

pub(crate) fn run(args: &Completions) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "docmill", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Outcome::Done)
}
