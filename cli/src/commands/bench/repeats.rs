//! The repeats of a benchmark: one process after another, of both sides in turn where there are two.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::measurement::Measurement;
use crate::{args::Bench, builtin, failure::Failure};

/// What is measured: a program at work on a pipeline.
pub(super) struct Side {
    program: PathBuf,
    pipeline: PathBuf,
    /// As the user named it.
    name: String,
}

impl Side {
    /// This program at work on the pipeline.
    pub(super) fn own(pipeline: &Path) -> Result<Self, Failure> {
        let program = builtin::own_program()
            .ok_or_else(|| Failure::Io("this program cannot be found, to start it again".into()))?;
        Ok(Side { program, pipeline: pipeline.to_owned(), name: pipeline.display().to_string() })
    }

    /// What `--against` names: another pipeline, or another program at work on the same one.
    pub(super) fn of(path: &Path, pipeline: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        if path.extension().is_some_and(|ending| ending == "toml") {
            return Ok(Side { name, ..Side::own(path)? });
        }
        // Without this, a bare name would be looked for in PATH.
        let program = fs::canonicalize(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Failure::Wrong(format!("there is no {name}; name a docmill, or a pipeline (.toml)"))
            }
            _ => Failure::Io(format!("cannot read {name}: {error}")),
        })?;
        Ok(Side { program, pipeline: pipeline.to_owned(), name })
    }

    /// One process; `passes` is 0 where it shall decide how many are worth it.
    fn once(&self, args: &Bench, passes: usize) -> Result<Measurement, Failure> {
        let subject = &args.subject;
        let mut child = Command::new(&self.program);
        child.arg("bench-process").arg(&self.pipeline);
        child.arg(format!("--passes={passes}")).arg(format!("--warm-up={}", subject.warm_up));
        child.arg(format!("--threads={}", subject.threads));
        child.args(subject.input.iter().map(|input| format!("--input={input}")));
        child.args(subject.set.iter().map(|set| format!("--set={set}")));
        child.args(subject.limit.map(|limit| format!("--limit={limit}")));
        let output = child.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output
            .map_err(|error| Failure::Wrong(format!("cannot start {}: {error}", self.name)))?;
        if !output.status.success() {
            return Err(Failure::Wrong(format!(
                "{} could not be measured ({}); see above, or whether it is a docmill that has `bench`",
                self.name, output.status
            )));
        }
        let measured = Measurement::read(&output.stdout);
        measured.map_err(|error| Failure::Wrong(format!("{}: {error}", self.name)))
    }
}

/// What was measured.
pub(super) struct Measured {
    pub(super) own: Measurement,
    pub(super) other: Option<Measurement>,
}

/// Measures one side, or two in turn: a b, b a, a b, and so on, so that neither is always the first, and both see the
/// machine as it changes.
pub(super) fn measure(
    args: &Bench,
    own: &Side,
    other: Option<&Side>,
    passes: Option<usize>,
) -> Result<Measured, Failure> {
    let sides: Vec<&Side> = [own].into_iter().chain(other).collect();
    let bar = ProgressBar::new(args.repeats.into());
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} repeats  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    // The first process warms up the machine, and says how many passes are worth it.
    let first = own.once(args, passes.unwrap_or(args.subject.passes))?;
    if first.subject.documents == 0 {
        return Err(Failure::Wrong(
            "there are no documents in the input; nothing to measure".into(),
        ));
    }
    let passes = first.subject.passes;
    let mut measured: Vec<Option<Measurement>> = vec![None; sides.len()];
    for repeat in 0..args.repeats {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if repeat % 2 == 1 {
            order.reverse();
        }
        for side in order {
            let once = sides[side].once(args, passes)?;
            match &mut measured[side] {
                Some(sofar) if sofar.subject == once.subject => sofar.repeats.extend(once.repeats),
                Some(_) => {
                    return Err(Failure::Wrong(format!(
                        "{} did not do the same twice; did its input change meanwhile?",
                        sides[side].name
                    )));
                }
                none => *none = Some(once),
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut measured = measured.into_iter().flatten();
    // At least two repeats were asked for.
    let own = measured.next().unwrap_or(first);
    Ok(Measured { own, other: measured.next() })
}
