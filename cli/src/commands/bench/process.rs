//! One repeat of a benchmark: the pipeline's passes over its inputs, in a process that does nothing else.

use std::{
    io::{self, Write},
    sync::atomic::AtomicBool,
};

use docmill_core::engine::{
    Destination, Mode, Overrides, Pipeline, Report, RunError, RunOptions, Times, chain, run_timed,
};

use super::{
    calibration::Calibration,
    measurement::{Allocations, Cost, FORMAT, Measurement, Repeat, Subject},
};
use crate::{
    allocations,
    args::BenchProcess,
    builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
};

/// The processor time that passes shall take together where their number is not given, in seconds …
const WORTH: f64 = 0.4;
/// … and how many there may be: with fewer than the least, what came between stays in the times.
const PASSES: (f64, f64) = (3.0, 100.0);

/// Measures a pipeline in this process and writes what it took to standard output.
pub(crate) fn perform(args: &BenchProcess) -> Result<Outcome, Failure> {
    let overrides = Overrides {
        set: args.subject.set.clone(),
        input: args.subject.input.clone(),
        threads: Some(args.subject.threads),
        ..Overrides::default()
    };
    let pipeline = PipelineFile::open(&args.pipeline)?.read(&builtin::registry()?, overrides)?;
    let measured = measure(&pipeline, args).map_err(|error| Failure::Wrong(chain(&error)))?;
    io::stdout().write_all(&measured.to_json())?;
    Ok(Outcome::Done)
}

fn measure(pipeline: &Pipeline, args: &BenchProcess) -> Result<Measurement, RunError> {
    let mut calibration = Calibration::new();
    let mut last = 0.0;
    for _ in 0..args.subject.warm_up {
        last = pass(pipeline, args, io::sink())?.0.cpu_seconds;
        calibration.time();
    }
    let (report, mut least) = pass(pipeline, args, io::sink())?;
    let mut wall = vec![report.seconds];
    let last = if last > 0.0 { last } else { report.cpu_seconds };
    let passes = match args.subject.passes {
        0 => (WORTH / last).ceil().clamp(PASSES.0, PASSES.1) as usize,
        given => given,
    };
    for _ in 1..passes {
        calibration.time();
        let (report, times) = pass(pipeline, args, io::sink())?;
        wall.push(report.seconds);
        keep_least(&mut least.nanoseconds, &times.nanoseconds);
        keep_least(&mut least.reading, &times.reading);
    }
    calibration.time();
    wall.sort_by(f64::total_cmp);
    let repeat = Repeat {
        calibration: calibration.least(),
        total: total(&least),
        components: (0..least.components).map(|at| component(&least, at)).collect(),
        wall: wall[wall.len() / 2],
        peak_memory: report.peak_memory,
        allocations: count_allocations(pipeline, args)?,
    };
    let subject = Subject::of(pipeline, &report, args.subject.warm_up, passes);
    Ok(Measurement { format: FORMAT, subject, repeats: vec![repeat] })
}

/// Takes the inputs through the pipeline into `output`, which throws it away. How long a disk takes says nothing of a
/// pipeline, and changes from one moment to the next.
fn pass(
    pipeline: &Pipeline,
    args: &BenchProcess,
    output: impl Write + Send + 'static,
) -> Result<(Report, Times), RunError> {
    let options = RunOptions {
        threads: None, // those of the pipeline, which the arguments have set
        limit: args.subject.limit,
        mode: Mode::Fresh,
        invocation: serde_json::Value::Null,
        destination: Destination::Stream { output: Box::new(output), dead_letters: None },
        stop: &AtomicBool::new(false),
        observe: &|_| {},
        events: None,
    };
    run_timed(pipeline, options)
}

/// What a pass asks of the allocator once its components are built. Counted apart, since counting takes time.
fn count_allocations(pipeline: &Pipeline, args: &BenchProcess) -> Result<Allocations, RunError> {
    let passed = pass(pipeline, args, CountedFrom { written: false });
    let (count, bytes) = allocations::stop();
    passed.map(|_| Allocations { count, bytes })
}

/// Throws away what it gets, and begins to count allocations with the first: the header of the output, which is written
/// when all components are built.
struct CountedFrom {
    written: bool,
}

impl Write for CountedFrom {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.written {
            self.written = true;
            allocations::start();
        }
        Ok(())
    }
}

fn keep_least(least: &mut [u32], times: &[u32]) {
    for (least, time) in least.iter_mut().zip(times) {
        *least = (*least).min(*time);
    }
}

fn component(times: &Times, at: usize) -> Cost {
    let column = times.nanoseconds.iter().skip(at).step_by(times.components.max(1));
    let mut cost = cost(column.map(|time| u64::from(*time)).collect());
    if at == 0 {
        cost.seconds += reading(times);
    }
    cost
}

fn total(times: &Times) -> Cost {
    let rows = times.nanoseconds.chunks(times.components.max(1));
    let mut cost = cost(rows.map(|row| row.iter().map(|time| u64::from(*time)).sum()).collect());
    cost.seconds += reading(times);
    cost
}

fn reading(times: &Times) -> f64 {
    times.reading.iter().map(|time| f64::from(*time)).sum::<f64>() / 1e9
}

/// Of these times, in nanoseconds, of which zero is none.
fn cost(mut times: Vec<u64>) -> Cost {
    times.retain(|time| *time > 0);
    times.sort_unstable();
    let at = |share: f64| {
        let place = (share * times.len() as f64).ceil() as usize;
        times.get(place.saturating_sub(1)).map_or(0.0, |time| *time as f64 / 1e9)
    };
    Cost {
        documents: times.len() as u64,
        seconds: times.iter().sum::<u64>() as f64 / 1e9,
        p50: at(0.5),
        p99: at(0.99),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_of_the_documents_that_came() {
        let times = Times {
            components: 2,
            nanoseconds: vec![1_000, 2_000, 1_000, 0, 3_000, 4_000],
            reading: vec![500, 500],
        };
        let round = |seconds: f64| (seconds * 1e9).round() as u64;
        let source = component(&times, 0);
        assert_eq!((source.documents, round(source.seconds)), (3, 6_000));
        let stage = component(&times, 1);
        assert_eq!((stage.documents, round(stage.seconds)), (2, 6_000));
        assert_eq!([stage.p50, stage.p99].map(round), [2_000, 4_000]);
        let total = total(&times);
        assert_eq!((total.documents, round(total.seconds)), (3, 12_000));
        assert_eq!([total.p50, total.p99].map(round), [3_000, 7_000]);
        assert_eq!(cost(Vec::new()), Cost::default());
    }

    #[test]
    fn of_all_passes_the_least_is_kept() {
        let mut least = [5, 1, 9];
        keep_least(&mut least, &[4, 2, 9]);
        assert_eq!(least, [4, 1, 9]);
    }
}
