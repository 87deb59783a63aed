//! Runs a pipeline: blocks of input go through all stages on one worker, and come out in order.
//!
//! A run to a folder puts its outputs on the disk a shard at a time, so that it can be taken up again wherever it
//! was broken off ([`Mode::Resume`]), and puts the files in place when all shards are done.

mod batch;
mod commit;
mod crew;
mod dead_letters;
mod done;
mod dropped;
mod error;
mod finish;
mod folder;
mod identity;
mod job;
mod ledger;
mod memory;
mod order;
mod parts;
mod plan;
mod reader;
mod record;
mod report;
mod retry;
mod stages;
mod stop;
mod times;
mod tracks;
mod watch;
mod worker;
mod writer;

use std::{
    io::Write,
    num::NonZeroUsize,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, atomic::AtomicBool},
    thread,
    time::{Duration, Instant},
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
pub use times::Times;
pub use watch::{Event, Events, Progress};

use crate::{
    engine::{OnError, Pipeline, contain::contain_build},
    plugin::AnySource,
};
use commit::Committer;
use crew::{Crew, Ended, lock};
use folder::OneFile;
use job::{Job, Taken};
use ledger::Ledger;
use memory::Memories;
use order::Order;
use parts::Parts;
use reader::Reader;
use record::Record;
use stop::Stop;
use tracks::{Track, TrackKind};
use watch::Watch;
use worker::Worker;
use writer::{Outputs, Sent, Unwritten, Writer};

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
        Taken::Job(job) => finish(pipeline, &tracks, &job, &job.done, 0, start.elapsed()),
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

/// A run, wherever it goes.
struct Running<'a> {
    pipeline: &'a Pipeline,
    source: &'a dyn AnySource,
    memories: &'a Memories,
    threads: usize,
    limit: Option<u64>,
    observe: &'a (dyn Fn(&Progress) + Sync),
    events: Option<Events<'a>>,
    times: Option<&'a Mutex<Times>>,
    start: Instant,
}

impl Running<'_> {
    fn to_folder(
        &self,
        dir: &Path,
        mode: Mode,
        invocation: Json,
        stop: &AtomicBool,
    ) -> Result<Report, RunError> {
        let memories = self.memories.stages();
        if let (Mode::Job { .. }, Some(stage)) = (mode, memories.first()) {
            let stage = self.pipeline.stages[*stage].name.clone();
            return Err(RunError::NotDivisible { stage });
        }
        let tracks = tracks::of(self.pipeline, &memories);
        let mut job = match Job::take(self.pipeline, dir, mode, invocation, &tracks)? {
            Taken::Ended(report) => return Ok(*report),
            Taken::Job(job) => job,
        };
        self.memories.replay(&job.work, &tracks, &job.done)?;
        let committer = Mutex::new(Committer::new(self.pipeline, job.work.clone(), &tracks)?);
        let records = Mutex::new(job.done.clone());
        let stop = Stop::new(stop, stop::GRACE);
        let outcome = self.shards(&job, &tracks, &committer, &records, &stop);
        let mut records = records.into_inner().unwrap_or_else(PoisonError::into_inner);
        records.sort_unstable_by_key(|record| record.shard);
        let own = |record: &&Record| record.stem == job.stem;
        if self.limit.is_some() {
            // Nobody is to take it for the whole run.
            job.plan.key.clear();
        }
        let ended = match outcome {
            Ok(()) if matches!(mode, Mode::Job { .. }) && all_done(&job.todo, &records) => {
                let own: Vec<Record> = records.iter().filter(own).cloned().collect();
                Ok(self.report(&job, &own))
            }
            Ok(()) if self.limit.is_some() || records.len() == job.plan.shards => {
                let elapsed = self.start.elapsed();
                finish(self.pipeline, &tracks, &job, &records, self.threads, elapsed)
            }
            Ok(()) | Err(Ended::Quietly) => {
                Err(RunError::Stopped { done: records.len(), shards: job.plan.shards })
            }
            Err(Ended::With(error)) => Err(error),
        };
        if let Err(error) = &ended {
            if let RunError::TooManyFailed { .. } | RunError::TooManyRestarts { .. } = error {
                finish::place_dead_letters(&tracks, &job.dir, &job.work, &job.stem)?;
            }
            if job.is_empty(&records) {
                folder::clear(&job.work);
            }
        }
        ended
    }

    /// Does the shards of a job. What was committed is added to `records`.
    fn shards(
        &self,
        job: &Job,
        tracks: &[Track],
        committer: &Mutex<Committer>,
        records: &Mutex<Vec<Record>>,
        stop: &Stop<'_>,
    ) -> Result<(), Ended> {
        let fatal = |error: RunError| Ended::With(error);
        let mut parts = Parts::open(job.work.clone(), &job.stem, tracks, &job.done)
            .map_err(|error| fatal(error.into()))?;
        let begins = !job.done.iter().any(|record| record.stem == job.stem);
        if begins && job.todo.first().is_none_or(|first| *first == 0) {
            write_heads(self.pipeline, tracks, &mut parts).map_err(fatal)?;
        }
        // What other jobs did is theirs to tell.
        let own = |record: &&Record| job.is_whole() || record.stem == job.stem;
        let own: Vec<Record> = job.done.iter().filter(own).cloned().collect();
        let watch = &self.watch(own.iter().map(|record| record.shard), &job.todo);
        let outcome = thread::scope(|scope| {
            let (commits, finished) = commit::channel();
            let thread = thread::Builder::new().spawn_scoped(scope, move || {
                finished.into_iter().try_for_each(|finished| {
                    let record = lock(committer).commit(finished)?;
                    watch.committed(&record);
                    lock(records).push(record);
                    Ok::<(), WriteError>(())
                })
            });
            let commits = thread.is_ok().then_some(commits);
            let sent = Sent { commits, committer, records, watch };
            let outputs = Outputs::Parts(Box::new(parts), sent);
            let before = finish::sum(&own, self.empty());
            let dead_letters = job.dir.join(DEAD_LETTERS_FILE);
            let worked = self.work(outputs, before, &job.todo, &dead_letters, stop, watch);
            // The writer is gone, and with it the way to send more: the thread comes to its end.
            let committed = match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => Ok(()),
            };
            match committed {
                Ok(()) => worked,
                Err(error) => Err(Ended::With(error.into())),
            }
        });
        watch.end();
        outcome
    }

    fn to_stream(
        &self,
        output: Box<dyn Write + Send>,
        dead_letters: Option<&Path>,
        stop: &AtomicBool,
    ) -> Result<Report, RunError> {
        let mut output = output;
        for (sink, part) in self.pipeline.sinks.iter().enumerate() {
            for at in 0..part.contract.outputs.len() {
                let head = head(self.pipeline, sink, at)?;
                output.write_all(&head).map_err(|error| WriteError::new(Path::new("-"), error))?;
            }
        }
        let file = dead_letters.map(OneFile::open).transpose()?;
        let file = Mutex::new(file);
        let stop = Stop::new(stop, Duration::ZERO);
        let outputs = Outputs::Stream(output, &file);
        let all: Vec<usize> = (0..self.pipeline.shards.len()).collect();
        let watch = self.watch([].into_iter(), &all);
        let path = dead_letters.unwrap_or(Path::new(""));
        let worked = self.work(outputs, self.empty(), &all, path, &stop, &watch);
        let ledger = watch.end().unwrap_or_else(|| self.empty());
        let place = || lock(&file).as_mut().map_or(Ok(()), OneFile::place);
        match worked {
            Ok(()) if !stop.is_asked() => {
                place()?;
                let mut report = Report::of(self.pipeline, &ledger);
                report.pipeline_digest = digest(self.pipeline.canonical().as_bytes());
                (report.threads, report.shards) = (self.threads, self.pipeline.shards.len());
                report.seconds = self.start.elapsed().as_secs_f64();
                balanced(&ledger, report)
            }
            Ok(()) | Err(Ended::Quietly) => Err(RunError::Stopped { done: 0, shards: 0 }),
            Err(Ended::With(error)) => {
                if let RunError::TooManyFailed { .. } | RunError::TooManyRestarts { .. } = error {
                    place()?;
                }
                Err(error)
            }
        }
    }

    /// Takes the documents of these shards through the pipeline. `before` accounts for others.
    fn work(
        &self,
        outputs: Outputs<'_>,
        before: Ledger,
        shards: &[usize],
        dead_letters: &Path,
        stop: &Stop<'_>,
        watch: &Watch<'_>,
    ) -> Result<(), Ended> {
        let built = (0..self.threads)
            .map(|_| Worker::new(self.pipeline, self.source, self.limit, stop, self.memories));
        let built: Result<Vec<_>, _> = built.collect();
        let mut workers = built.map_err(|error| Ended::With(error.into()))?;
        for worker in &mut workers {
            worker.timed = self.times.is_some();
            worker.watch = self.events.map(|_| watch);
        }
        let crew = Crew {
            pipeline: self.pipeline,
            source: self.source,
            max_failed: match self.pipeline.run.on_error {
                OnError::Stop => 0,
                OnError::DeadLetter => self.pipeline.run.max_failed.unwrap_or(u64::MAX),
            },
            reader: Mutex::new(Reader::new(shards.iter().copied())),
            order: Order::new(4 * self.threads as u64),
            writer: Mutex::new(Writer::new(outputs, before)),
            memories: self.memories,
            dead_letters,
            stop,
            watch,
            times: self.times,
        };
        let worked = crew.work(&mut workers);
        let mut writer = crew.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let (Ok(()), Some(_)) = (&worked, self.limit) {
            // The input may go on.
            writer.end_early().map_err(|unwritten| match unwritten {
                Unwritten::Failed(error) => Ended::With(error.into()),
                Unwritten::Refused => Ended::Quietly,
            })?;
        }
        watch.keep(writer.ledger);
        worked
    }

    /// Watches the run of the shards `todo`, with others done before it.
    fn watch(&self, done: impl Iterator<Item = usize>, todo: &[usize]) -> Watch<'_> {
        let told = (self.observe, self.events);
        Watch::new(self.pipeline, told, (self.start, self.threads), done, todo)
    }

    fn empty(&self) -> Ledger {
        Ledger::new(self.pipeline.stages.len(), self.pipeline.sinks.len())
    }

    fn report(&self, job: &Job, records: &[Record]) -> Report {
        let mut report = account(self.pipeline, job, records);
        (report.threads, report.seconds) = (self.threads, self.start.elapsed().as_secs_f64());
        report
    }
}

/// The account of these shards of a run.
fn account(pipeline: &Pipeline, job: &Job, records: &[Record]) -> Report {
    let empty = Ledger::new(pipeline.stages.len(), pipeline.sinks.len());
    let mut report = Report::of(pipeline, &finish::sum(records, empty));
    report.pipeline_digest = digest(pipeline.canonical().as_bytes());
    (report.run, report.shards) = (job.plan.key.clone(), records.len());
    report
}

/// Puts the files of a run in place whose shards are done.
fn finish(
    pipeline: &Pipeline,
    tracks: &[Track],
    job: &Job,
    records: &[Record],
    threads: usize,
    elapsed: Duration,
) -> Result<Report, RunError> {
    let mut report = account(pipeline, job, records);
    (report.threads, report.seconds) = (threads, elapsed.as_secs_f64());
    let empty = Ledger::new(pipeline.stages.len(), pipeline.sinks.len());
    let report = balanced(&finish::sum(records, empty), report)?;
    finish::finish(pipeline, tracks, &job.dir, &job.work, records, report)
}

fn balanced(ledger: &Ledger, report: Report) -> Result<Report, RunError> {
    match ledger.balances() {
        true => Ok(report),
        false => Err(RunError::Unbalanced(Box::new(report))),
    }
}

fn all_done(todo: &[usize], records: &[Record]) -> bool {
    todo.iter().all(|shard| records.binary_search_by_key(shard, |r| r.shard).is_ok())
}

/// Writes what stands at the head of outputs that are joined of their parts.
fn write_heads(pipeline: &Pipeline, tracks: &[Track], parts: &mut Parts) -> Result<(), RunError> {
    for (at, track) in tracks.iter().enumerate() {
        if let TrackKind::Output { sink, output, merged: false } = track.kind {
            parts.write_head(at, &head(pipeline, sink, output)?)?;
        }
    }
    Ok(())
}

/// What stands at the head of an output.
fn head(pipeline: &Pipeline, sink: usize, output: usize) -> Result<Vec<u8>, RunError> {
    let part = &pipeline.sinks[sink];
    let instance = part.instance()?;
    let mut bytes = Vec::new();
    contain_build(|| {
        instance.header(output, &mut bytes);
        Ok(())
    })?;
    part.give_back(instance);
    Ok(bytes)
}
