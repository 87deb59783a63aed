//! Runs a pipeline: blocks of input go through all stages on one worker, and come out in order.

mod batch;
mod dead_letters;
mod identity;
mod ledger;
mod order;
mod outputs;
mod reader;
mod report;
mod stages;
mod times;
mod worker;
mod writer;

use std::{
    io::Write,
    num::NonZeroUsize,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use thiserror::Error;

pub(crate) use identity::complete;
pub use identity::digest;
pub(crate) use identity::digest_of;
pub(crate) use outputs::WORK_FOLDER;
pub use outputs::WriteError;
pub use report::{ComponentReport, OutputReport, PluginReport, Report, Totals};
use stages::Fatal;
pub(crate) use stages::Stages;
pub use times::Times;

use crate::{
    Block, BuildError, DocumentError,
    engine::{OnError, Pipeline},
    plugin::AnySource,
};
use order::Order;
use reader::Reader;
use times::nanoseconds;
use worker::{Done, Worker, thread_time};
use writer::Writer;

/// The file, in the run's folder, that a run is accounted for in.
pub const REPORT_FILE: &str = "run.json";
/// The file, in the run's folder, that failed documents are written to.
pub const DEAD_LETTERS_FILE: &str = "dead-letters.jsonl";

/// How to run, beside what the pipeline file says.
pub struct RunOptions<'a> {
    /// Worker threads; `None` for the number of processors.
    pub threads: Option<NonZeroUsize>,
    /// Take in this many documents and no more. Such a run uses one thread.
    pub limit: Option<u64>,
    /// Where outputs go.
    pub destination: Destination,
    /// Set from outside to stop the run: it ends with [`RunError::Stopped`].
    pub stop: &'a AtomicBool,
    /// Called now and then with what was done so far.
    pub observe: &'a (dyn Fn(&Progress) + Sync),
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

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Bytes read so far, after decompression.
    pub bytes: u64,
    /// Bytes of all inputs as stored; `None` where an input's size is not known.
    pub total_bytes: Option<u64>,
    /// Documents read so far.
    pub documents: u64,
    /// Documents that failed so far.
    pub failed: u64,
}

/// Why a run did not come to its end.
#[derive(Debug, Error)]
pub enum RunError {
    /// A component could not be built.
    #[error("a component could not be built")]
    Build(#[from] BuildError),
    /// An output could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// More documents failed than `max-failed` allows.
    #[error("{}{}", too_many(*failed, *allowed), see(dead_letters))]
    TooManyFailed {
        /// How many failed.
        failed: u64,
        /// How many may.
        allowed: u64,
        /// Where they are; empty where they are not kept.
        dead_letters: PathBuf,
    },
    /// A stage's own process died over more documents in a row than `max-restarts` allows.
    #[error(
        "{lost} documents in a row cost the stage `{stage}` its process, and max-restarts allows {allowed}; the last was `{document}`"
    )]
    TooManyRestarts {
        /// The stage, by its name in the pipeline.
        stage: String,
        /// How many documents.
        lost: u32,
        /// How many may.
        allowed: u32,
        /// The id of the last of them.
        document: String,
        /// How the process ended over it.
        source: DocumentError,
    },
    /// The process of a stage died and cannot be started again.
    #[error("the process of the stage `{stage}` cannot be started again")]
    NotRestarted {
        /// The stage, by its name in the pipeline.
        stage: String,
        /// Why.
        source: BuildError,
    },
    /// It was stopped from outside.
    #[error("stopped before the end; no file was put in place")]
    Stopped,
    /// The account does not balance: a fault of docmill.
    #[error(
        "the account of the run does not balance, so its outputs were not kept; please report this"
    )]
    Unbalanced(Box<Report>),
}

impl From<Fatal> for RunError {
    fn from(fatal: Fatal) -> Self {
        match fatal {
            Fatal::Stopped => RunError::Stopped,
            Fatal::NotStarted { stage, error } => RunError::NotRestarted { stage, source: error },
            Fatal::Restarts { stage, lost, allowed, document, error } => {
                RunError::TooManyRestarts { stage, lost, allowed, document, source: error }
            }
        }
    }
}

fn too_many(failed: u64, allowed: u64) -> String {
    let documents = if failed == 1 { "document" } else { "documents" };
    match allowed {
        0 => format!("{failed} {documents} failed, and on-error or max-failed allows none"),
        _ => format!("{failed} {documents} failed, more than max-failed allows ({allowed})"),
    }
}

fn see(dead_letters: &Path) -> String {
    match dead_letters.as_os_str().is_empty() {
        true => String::new(),
        false => format!("; {} says why", dead_letters.display()),
    }
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

fn run_with(
    pipeline: &Pipeline,
    options: RunOptions<'_>,
    times: Option<&Mutex<Times>>,
) -> Result<Report, RunError> {
    let digest = digest(pipeline.canonical().as_bytes());
    // Sixteen hexadecimal digits name the folder in which the run works.
    let key = &digest["sha256:".len()..][..16];
    let source = pipeline.source.instance()?;
    let dead_letters_path = match &options.destination {
        Destination::Folder(dir) => Some(dir.join(DEAD_LETTERS_FILE)),
        Destination::Stream { dead_letters, .. } => dead_letters.clone(),
    };
    let threads = match options.limit {
        Some(_) => 1,
        None => options
            .threads
            .or(pipeline.run.threads)
            .or(thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get),
    };
    let mut workers = (0..threads)
        .map(|_| Worker::new(pipeline, &*source, options.limit, options.stop))
        .collect::<Result<Vec<_>, _>>()?;
    workers.iter_mut().for_each(|worker| worker.timed = times.is_some());
    let writer = Mutex::new(Writer::open(pipeline, key, options.destination)?);
    let total_bytes =
        pipeline.shards.iter().flat_map(|shard| &shard.inputs).map(|input| input.bytes).sum();
    let run = Run {
        pipeline,
        source: &*source,
        max_failed: match pipeline.run.on_error {
            OnError::Stop => 0,
            OnError::DeadLetter => pipeline.run.max_failed.unwrap_or(u64::MAX),
        },
        reader: Mutex::new(Reader::default()),
        order: Order::new(4 * threads as u64),
        writer: &writer,
        dead_letters: dead_letters_path.as_deref().unwrap_or(Path::new("")),
        total_bytes,
        stop: options.stop,
        observe: options.observe,
        times,
    };
    let outcome = thread::scope(|scope| {
        let run = &run;
        let Some((own, others)) = workers.split_first_mut() else { return Ok(()) };
        // Where the system gives no more threads, fewer do the work.
        let others: Vec<_> = others
            .iter_mut()
            .map_while(|worker| {
                thread::Builder::new().spawn_scoped(scope, move || run.work(worker)).ok()
            })
            .collect();
        let own = run.work(own);
        let outcomes = others
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        outcomes.fold(own, Result::and)
    });
    let mut writer = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
    match outcome {
        Ok(()) => {
            let mut report = Report::of(pipeline, &writer.ledger);
            report.pipeline_digest = digest;
            report.threads = threads;
            writer.finish(report)
        }
        Err(error) => {
            if let RunError::TooManyFailed { .. } | RunError::TooManyRestarts { .. } = error {
                writer.place_dead_letters()?;
            }
            Err(error)
        }
    }
}

/// What the workers of a run share.
struct Run<'a> {
    pipeline: &'a Pipeline,
    source: &'a dyn AnySource,
    /// More failed documents than this stop the run.
    max_failed: u64,
    reader: Mutex<Reader>,
    order: Order<Done>,
    writer: &'a Mutex<Writer>,
    dead_letters: &'a Path,
    total_bytes: Option<u64>,
    stop: &'a AtomicBool,
    observe: &'a (dyn Fn(&Progress) + Sync),
    times: Option<&'a Mutex<Times>>,
}

impl Run<'_> {
    /// Works until there are no more blocks.
    fn work(&self, worker: &mut Worker<'_>) -> Result<(), RunError> {
        let _guard = EndOnPanic(&self.order);
        let mut block = Block::default();
        while !worker.is_full() && !self.order.has_ended() {
            let since = self.times.map(|_| thread_time());
            let number = self.reader.lock().unwrap_or_else(PoisonError::into_inner).next(
                self.pipeline,
                self.source,
                &mut block,
            );
            let Some(number) = number else { break };
            let reading = since.map(|since| thread_time().saturating_sub(since));
            let Some(mut done) = self.order.admit(number) else { break };
            done.laps.reading = reading.map_or(0, nanoseconds);
            worker.block(&block, &mut done);
            if let Some(fatal) = worker.fatal.take() {
                self.order.end();
                return Err(fatal.into());
            }
            if self.stop.load(Ordering::Relaxed) {
                self.order.end();
                return Err(RunError::Stopped);
            }
            self.order.hand_in(number, done, |done| self.write(done))?;
        }
        Ok(())
    }

    fn write(&self, done: &mut Done) -> Result<(), RunError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(done)?;
        if let Some(times) = self.times {
            times.lock().unwrap_or_else(PoisonError::into_inner).add(&done.laps);
        }
        let ledger = &writer.ledger;
        (self.observe)(&Progress {
            bytes: ledger.bytes,
            total_bytes: self.total_bytes,
            documents: ledger.read(),
            failed: ledger.failed(),
        });
        let (failed, allowed) = (ledger.failed(), self.max_failed);
        if failed > allowed {
            return Err(RunError::TooManyFailed {
                failed,
                allowed,
                dead_letters: self.dead_letters.to_owned(),
            });
        }
        Ok(())
    }
}

/// Lets the other workers end when this one panics: a fault of the engine itself.
struct EndOnPanic<'a>(&'a Order<Done>);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}
