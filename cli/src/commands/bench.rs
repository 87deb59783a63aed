//! `docmill bench`: measures what a pipeline takes, and compares it with what it, another pipeline or another docmill
//! takes.
//!
//! Each repeat is a process of its own, since two processes of the same program differ by more than two passes of one:
//! where their memory lies is up to chance. What is compared is the processor time of each document in each component,
//! the least of all passes, so that what else the machine does falls out of it.

mod calibration;
mod comparison;
mod machine;
mod measurement;
mod process;
mod repeats;
mod statistics;
mod svg;
mod table;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

pub(crate) use process::perform as measure_here;

use crate::{
    args::Bench,
    builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term,
};
use comparison::Comparison;
use docmill_core::engine::Overrides;
use measurement::Measurement;
use repeats::Side;

/// Measures a pipeline.
pub(crate) fn run(args: &Bench) -> Result<Outcome, Failure> {
    check(args)?;
    let own = Side::own(&args.pipeline)?;
    let other = args.against.as_deref().map(|path| Side::of(path, &args.pipeline)).transpose()?;
    let baseline = args.baseline.as_deref().map(read).transpose()?;
    let passes = baseline.as_ref().map(|baseline| baseline.subject.passes);
    let measured = repeats::measure(args, &own, other.as_ref(), passes)?;
    if let Some(path) = &args.save {
        write(path, &measured.own.to_json())?;
    }
    let baseline = measured.other.or(baseline);
    let comparison = match &baseline {
        Some(baseline) => {
            let paired = args.against.is_some();
            let compared = Comparison::of(baseline, &measured.own, paired);
            Some(compared.map_err(Failure::Wrong)?)
        }
        None => None,
    };
    if let Some(path) = &args.svg {
        write(path, svg::of(&measured.own, baseline.as_ref()).as_bytes())?;
    }
    tell(args, &measured.own, comparison.as_ref())?;
    let fallen = match (&comparison, args.fail_below) {
        (Some(comparison), Some(share)) => comparison.has_fallen_below(share),
        _ => false,
    };
    if fallen {
        term::tell(table::fallen(args.fail_below.unwrap_or_default()));
    }
    Ok(if fallen { Outcome::SomeFailed } else { Outcome::Done })
}

/// Finds out what is wrong before anything is measured.
fn check(args: &Bench) -> Result<(), Failure> {
    if args.subject.input.iter().any(|input| input == "-") {
        return Err(Failure::Wrong(
            "standard input can be read once, and a benchmark reads its input many times; put it into a file".into(),
        ));
    }
    if args.fail_below.is_some() && args.baseline.is_none() && args.against.is_none() {
        return Err(Failure::Wrong(
            "--fail-below compares with something; name it with --baseline or --against".into(),
        ));
    }
    let overrides = Overrides {
        set: args.subject.set.clone(),
        input: args.subject.input.clone(),
        ..Overrides::default()
    };
    PipelineFile::open(&args.pipeline)?.read(&builtin::registry()?, overrides).map(|_| ())
}

fn tell(
    args: &Bench,
    measured: &Measurement,
    comparison: Option<&Comparison>,
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if args.json {
        let mut json = serde_json::to_value(measured).map_err(io::Error::from)?;
        if let Some(comparison) = comparison {
            json["comparison"] = comparison.to_json();
        }
        writeln!(out, "{json}")?;
    } else if args.markdown {
        write!(out, "{}", table::markdown(measured, comparison))?;
    } else {
        drop(out);
        write!(anstream::stdout().lock(), "{}", table::of(measured, comparison))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Measurement, Failure> {
    let name = path.display();
    let text = fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::Wrong(format!(
            "there is no baseline {name}; `docmill bench PIPELINE --save {name}` makes one"
        )),
        _ => Failure::Io(format!("cannot read {name}: {error}")),
    })?;
    Measurement::read(&text).map_err(|error| {
        Failure::Wrong(format!("{name} cannot be compared with: {error}; measure it anew"))
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|error| Failure::Io(format!("cannot write {}: {error}", path.display())))
}

/// Reads a share such as `-5%`: how far throughput may fall.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
    match percent {
        Some(percent) if (-100.0..=0.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a share from -100% to 0%, such as -5%".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_a_fall_in_percent() {
        assert_eq!(share("-5%"), Ok(-0.05));
        assert_eq!(share("0%"), Ok(0.0));
        for wrong in ["5%", "-5", "-0.05", "x%", "-101%", "NaN%"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
