//! A run at work: to a folder, shard by shard, or to a stream.

use std::{
    io::Write,
    panic::resume_unwind,
    path::Path,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

use super::{
    DEAD_LETTERS_FILE, Events, Mode, Progress, Report, RunError, Times, WriteError,
    account::{account, all_done, balanced, finish},
    commit::{self, Committer},
    crew::{Crew, Ended},
    digest, finish as files,
    folder::{self, OneFile},
    heads::{head, write_heads},
    job::{Job, Taken},
    ledger::Ledger,
    memory::Memories,
    mutex::lock,
    order::Order,
    parts::Parts,
    reader::Reader,
    record::Record,
    stop::{self, Stop},
    tolerance::Tolerance,
    tracks::{self, Track},
    watch::Watch,
    worker::Worker,
    writer::{Outputs, Sent, Unwritten, Writer},
};
use crate::{engine::Pipeline, plugin::AnySource};

/// A run, wherever it goes.
pub(super) struct Running<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) source: &'a dyn AnySource,
    pub(super) memories: &'a Memories,
    pub(super) threads: usize,
    pub(super) limit: Option<u64>,
    pub(super) observe: &'a (dyn Fn(&Progress) + Sync),
    pub(super) events: Option<Events<'a>>,
    pub(super) times: Option<&'a Mutex<Times>>,
    pub(super) start: Instant,
}

impl Running<'_> {
    pub(super) fn to_folder(
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
        let work = job.work.clone();
        let _guard = ClearOnPanic(&work);
        self.memories.replay(&job.work, &tracks, &job.done)?;
        let committer = || Committer::new(self.pipeline, job.work.clone(), &tracks).map(Mutex::new);
        let committers = (0..commit::threads(&tracks, self.threads)).map(|_| committer());
        let committers = committers.collect::<Result<Vec<_>, _>>()?;
        let records = Mutex::new(job.done.clone());
        let stop = Stop::new(stop, stop::GRACE);
        let outcome = self.shards(&job, &tracks, &committers, &records, &stop);
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
                self.judge(&files::sum(&own, self.empty()), &job.dir.join(DEAD_LETTERS_FILE))
                    .map(|()| self.report(&job, &own))
            }
            Ok(()) if self.limit.is_some() || records.len() == job.plan.shards => {
                let ledger = files::sum(&records, self.empty());
                self.judge(&ledger, &job.dir.join(DEAD_LETTERS_FILE)).and_then(|()| {
                    let elapsed = self.start.elapsed();
                    finish(self.pipeline, &tracks, &job, &records, self.threads, elapsed)
                })
            }
            Ok(()) | Err(Ended::Quietly) => {
                Err(RunError::Stopped { done: records.len(), shards: job.plan.shards })
            }
            Err(Ended::With(error)) => Err(error),
        };
        if let Err(error) = &ended {
            if let RunError::TooManyFailed { .. } | RunError::TooManyRestarts { .. } = error {
                files::place_dead_letters(&tracks, &job.dir, &job.work, &job.stem)?;
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
        committers: &[Mutex<Committer>],
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
        let Some(committer) = committers.first() else { return Ok(()) };
        let outcome = thread::scope(|scope| {
            let (commits, queue) = commit::channel();
            let queue = Arc::new(queue);
            let committing = committers.iter().map_while(|committer| {
                let queue = queue.clone();
                let work = move || lock(committer).work(&queue, records, watch);
                thread::Builder::new().spawn_scoped(scope, work).ok()
            });
            let threads: Vec<_> = committing.collect();
            let commits = (!threads.is_empty()).then_some(commits);
            // Theirs alone, so that nothing is sent when they have ended.
            drop(queue);
            let sent = Sent { commits, committer, records, watch };
            let outputs = Outputs::Parts(Box::new(parts), sent);
            let before = files::sum(&own, self.empty());
            let dead_letters = job.dir.join(DEAD_LETTERS_FILE);
            let worked = self.work(outputs, before, &job.todo, &dead_letters, stop, watch);
            // The writer is gone, and with it the way to send more: the threads come to their end.
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            let committed: Vec<Result<(), WriteError>> = threads.into_iter().map(join).collect();
            match committed.into_iter().collect() {
                Ok(()) => worked,
                Err(error) => Err(Ended::With(RunError::from(error))),
            }
        });
        watch.end();
        outcome
    }

    pub(super) fn to_stream(
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
        let worked = worked.and_then(|()| match stop.is_asked() {
            true => Ok(()),
            false => self.judge(&ledger, path).map_err(Ended::With),
        });
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
            tolerance: Mutex::new(Tolerance::new(&self.pipeline.run, &before)),
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

    /// Says whether a run of these documents may end.
    fn judge(&self, ledger: &Ledger, dead_letters: &Path) -> Result<(), RunError> {
        let judged = Tolerance::new(&self.pipeline.run, ledger).end();
        judged.map_err(|exceeded| exceeded.error(ledger.failed(), dead_letters))
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

/// Clears up when the engine itself panics, unless a shard is done.
struct ClearOnPanic<'a>(&'a Path);

impl Drop for ClearOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() && Record::read_all(self.0).is_ok_and(|done| done.is_empty()) {
            folder::clear(self.0);
        }
    }
}
