//! Runs a pipeline: blocks of input go through all stages on one worker, and come out in order.
//!
//! A run to a folder puts its outputs on the disk a shard at a time, so that it can be taken up again wherever it
//! was broken off ([`Mode::Resume`]), and puts the files in place when all shards are done.

mod account;
mod batch;
mod clock;
mod commit;
mod crew;
mod dead_letters;
mod done;
mod dropped;
mod error;
mod finish;
mod folder;
mod heads;
mod identity;
mod job;
mod ledger;
mod memory;
mod mutex;
mod order;
mod parts;
mod picks;
mod plan;
mod reader;
mod record;
mod report;
mod retry;
mod running;
mod sinks;
mod stages;
mod status;
mod stop;
mod times;
mod tolerance;
mod tracks;
mod turns;
mod watch;
mod worker;
mod writer;

use std::{
    io::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, atomic::AtomicBool},
    thread,
    time::Instant,
};

use serde_json::Value as Json;

pub use error::RunError;
pub(crate) use folder::WORK_FOLDER;
pub use folder::WriteError;
pub(crate) use identity::complete;
pub use identity::digest;
pub(crate) use identity::digest_of;
pub use report::{ComponentReport, OutputReport, PluginReport, Report, Totals};
pub use retry::{RetryOptions, retry, retry_invocation};
pub(crate) use stages::Stages;
pub use status::{FailureKind, JobStatus, Status, Unfinished, status};
pub use times::Times;
pub use watch::{Event, Events, Progress};

use crate::engine::Pipeline;
use account::finish as put_in_place;
use job::{Job, Taken};
use memory::Memories;
use running::Running;

/// The file, in the run's folder, that a run is accounted for in.
pub const REPORT_FILE: &str = "run.json";
/// The file, in the run's folder, that failed documents are written to.
pub const DEAD_LETTERS_FILE: &str = "dead-letters.jsonl";
/// The file, in the run's folder, that lists the documents that stages dropped.
pub const DROPPED_FILE: &str = "dropped.jsonl";

/// How to run, beside what the pipeline file says.
pub struct RunOptions<'a> {
    /// Worker threads; `None` for the number of processors.
    pub threads: Option<NonZeroUsize>,
    /// Take in this many documents and no more. Such a run uses one thread.
    pub limit: Option<u64>,
    /// Where outputs go.
    pub destination: Destination,
    /// Whether to go on with a run that was broken off, or to do a part of one.
    pub mode: Mode,
    /// How the run was asked for: kept in its folder, so that it can be asked for again.
    pub invocation: Json,
    /// Set from outside to stop the run: shards that are begun have two seconds to come to their end, then it
    /// ends with [`RunError::Stopped`].
    pub stop: &'a AtomicBool,
    /// Called now and then with what was done so far, by one thread at a time, and at the end.
    pub observe: &'a (dyn Fn(&Progress) + Sync),
    /// Called with what happens, by any thread; `None` costs nothing.
    pub events: Option<Events<'a>>,
}

/// What of a run is to be done. A run to a stream can only be [`Fresh`](Mode::Fresh).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All of it, from the start; what an earlier one left behind is removed.
    #[default]
    Fresh,
    /// What is not done yet; all, where nothing is.
    Resume,
    /// The shards of one job of several, for [`merge`] to join when all are done.
    Job {
        /// Which job, from 0.
        index: usize,
        /// How many there are, from 1.
        of: usize,
        /// Whether to go on with what this job did before, or to do it anew.
        resume: bool,
    },
}

/// Where outputs go.
pub enum Destination {
    /// To files in this folder.
    Folder(PathBuf),
    /// The one output of the one sink goes here, dead letters to a file if one is named.
    Stream {
        /// Usually standard output.
        output: Box<dyn Write + Send>,
        /// Where failed documents go; lost, but counted, where it is `None`.
        dead_letters: Option<PathBuf>,
    },
}

/// Runs a pipeline.
///
/// # Errors
///
/// See [`RunError`]. Documents that fail are no error of the run; they are counted in the report.
pub fn run(pipeline: &Pipeline, options: RunOptions<'_>) -> Result<Report, RunError> {
    run_with(pipeline, options, None)
}

/// Runs a pipeline and takes the time of each document in each component, which makes the run a little slower:
/// about a microsecond for a document and component.
///
/// # Errors
///
/// As [`run`].
pub fn run_timed(
    pipeline: &Pipeline,
    options: RunOptions<'_>,
) -> Result<(Report, Times), RunError> {
    let components = pipeline.components().count();
    let times = Mutex::new(Times { components, ..Times::default() });
    let report = run_with(pipeline, options, Some(&times))?;
    Ok((report, times.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// Joins what the jobs of a run did ([`Mode::Job`]), in its folder or in others, and puts the files in place.
///
/// # Errors
///
/// [`RunError::Incomplete`] where a job is not done, [`RunError::Changed`] where they did not run this pipeline on
/// these inputs, or a file cannot be written.
pub fn merge(
    pipeline: &Pipeline,
    dir: &Path,
    from: &[PathBuf],
    invocation: Json,
) -> Result<Report, RunError> {
    let start = Instant::now();
    let memories = Memories::of(pipeline)?;
    let tracks = tracks::of(pipeline, &memories.stages());
    match Job::gather(pipeline, dir, from, invocation, &tracks)? {
        Taken::Ended(report) => Ok(*report),
        Taken::Job(job) => put_in_place(pipeline, &tracks, &job, &job.done, 0, start.elapsed()),
    }
}

fn run_with(
    pipeline: &Pipeline,
    options: RunOptions<'_>,
    times: Option<&Mutex<Times>>,
) -> Result<Report, RunError> {
    let start = Instant::now();
    let threads = match options.limit {
        Some(_) => 1,
        None => options
            .threads
            .or(pipeline.run.threads)
            .or(thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get),
    };
    let running = Running {
        pipeline,
        source: &*pipeline.source.instance()?,
        memories: &Memories::of(pipeline)?,
        threads,
        limit: options.limit,
        observe: options.observe,
        events: options.events,
        times,
        start,
    };
    match options.destination {
        Destination::Folder(dir) => {
            running.to_folder(&dir, options.mode, options.invocation, options.stop)
        }
        Destination::Stream { output, dead_letters } => {
            running.to_stream(output, dead_letters.as_deref(), options.stop)
        }
    }
}
