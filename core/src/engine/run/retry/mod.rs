//! Takes the documents that failed in a run through the pipeline again, mended, and puts what comes of them where
//! it belongs.
//!
//! A run that ended with failures leaves in its work folder which documents these were and where, in each output,
//! they are missing. A retry reads their inputs again, takes these documents alone, and writes every output anew:
//! the old one, with the new bytes in their places.

mod account;
mod files;
mod letters;
mod splice;

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

use super::{
    Report, RunError,
    account::balanced,
    crew::Ended,
    done::Done,
    finish,
    folder::{self, At, Lock, Sharing},
    ledger::Ledger,
    memory::Memories,
    picks::{self, Picks},
    plan::Plan,
    reader::Read,
    record::{FailedAt, Record},
    stop::Stop,
    tracks::{self, Track, TrackKind},
    worker::Worker,
};
use crate::{Block, Shard, engine::Pipeline};
use letters::Letters;
use splice::Insert;

/// What is to be retried.
#[derive(Default)]
pub struct RetryOptions<'a> {
    /// Documents that failed in the component of this name alone.
    pub component: Option<&'a str>,
    /// Documents whose error holds this text alone.
    pub error: Option<&'a str>,
    /// How it was asked for, to be kept in place of how the run was.
    pub invocation: Option<Json>,
}

/// How the run that ended in `dir` was asked for (`RunOptions::invocation`).
///
/// # Errors
///
/// [`RunError::NothingToRetry`] where no run with failures ended there.
pub fn retry_invocation(dir: &Path) -> Result<Json, RunError> {
    if !dir.is_dir() {
        return Err(RunError::NothingToRetry { dir: dir.to_owned() });
    }
    let _lock = Lock::take(dir, Sharing::Alone)?;
    let (work, _) = ended_with_failures(dir)?;
    Ok(Plan::read(&work).at(&work)?.invocation)
}

/// Retries the documents that failed in the run that ended in `dir`.
///
/// # Errors
///
/// See [`RunError`]. Documents that fail again are no error; they are counted in the report.
pub fn retry(
    pipeline: &Pipeline,
    dir: &Path,
    options: &RetryOptions<'_>,
    stop: &AtomicBool,
) -> Result<Report, RunError> {
    let start = Instant::now();
    let _lock = Lock::take(dir, Sharing::Alone)?;
    let (old, before) = ended_with_failures(dir)?;
    let memories = Memories::of(pipeline)?;
    if let Some(stage) = memories.stages().first() {
        return Err(RunError::NotDivisible { stage: pipeline.stages[*stage].name.clone() });
    }
    let tracks = tracks::of(pipeline, &[]);
    let invocation = match &options.invocation {
        Some(invocation) => invocation.clone(),
        None => Plan::read(&old).at(&old)?.invocation,
    };
    let plan = Plan::of(pipeline, invocation)?;
    same_shape(pipeline, &tracks, &before, dir)?;

    // Never the old folder's name, nor that of an earlier retry which may not have come to its end.
    let work =
        old.with_file_name(format!("{}{}{}", plan.key, folder::OF_RETRY, before.retries + 1));
    folder::clear(&work);
    fs::create_dir_all(&work).at(&work)?;
    let again =
        Again { pipeline, tracks: &tracks, memories: &memories, dir, old: &old, work: &work, stop };
    let retried = again.all(options, plan, start, &before);
    // Where only a move has failed, the new files are all there is.
    if retried.is_err() && !finish::has_ended(&work) {
        folder::clear(&work);
    }
    retried
}

/// The work folder of the run that ended in `dir` and kept what failed, and its report.
fn ended_with_failures(dir: &Path) -> Result<(PathBuf, Report), RunError> {
    let ended = finish::settle(dir)?.filter(|(work, _)| work.exists());
    ended.ok_or_else(|| RunError::NothingToRetry { dir: dir.to_owned() })
}

/// The outputs must be those of the run, as it wrote them, and so must be the components.
fn same_shape(
    pipeline: &Pipeline,
    tracks: &[Track],
    before: &Report,
    dir: &Path,
) -> Result<(), RunError> {
    let mut changes = Vec::new();
    let now: Vec<&str> = tracks.iter().filter_map(|track| track.path.as_deref()).collect();
    let then: Vec<&str> = before.outputs.iter().map(|output| output.path.as_str()).collect();
    if now != then {
        changes.push("the pipeline writes other files than the run did".to_owned());
    }
    let names = |report: &Report| -> Vec<String> {
        report.stages.iter().chain(&report.sinks).map(|part| part.name.clone()).collect()
    };
    let stages = pipeline.stages.iter().map(|part| part.name.clone());
    let components: Vec<String> =
        stages.chain(pipeline.sinks.iter().map(|part| part.name.clone())).collect();
    if components != names(before) {
        changes.push("the pipeline has other stages or sinks than the run had".to_owned());
    }
    for output in &before.outputs {
        let len = fs::metadata(dir.join(&output.path)).map(|metadata| metadata.len()).ok();
        if len != Some(output.bytes) {
            changes.push(format!("`{}` is not as the run wrote it", output.path));
        }
    }
    match changes.is_empty() {
        true => Ok(()),
        false => Err(RunError::NotRetryable { dir: dir.to_owned(), changes }),
    }
}

/// A retry at work.
struct Again<'a> {
    pipeline: &'a Pipeline,
    tracks: &'a [Track],
    memories: &'a Memories,
    dir: &'a Path,
    /// Where the run left what is needed, and where the new files are made.
    old: &'a Path,
    work: &'a Path,
    stop: &'a AtomicBool,
}

/// The new bytes of each track, and where they belong.
struct Fresh {
    files: Vec<File>,
    lens: Vec<u64>,
}

/// What became of a shard.
struct Retried {
    record: Record,
    /// For each track, in the shard's part.
    inserts: Vec<Vec<Insert>>,
    /// The dead letters, in their order: of the run, by their place there, or new ones.
    letters: Vec<Letter>,
}

enum Letter {
    Old(Insert),
    New(Insert),
}

impl Again<'_> {
    fn all(
        &self,
        options: &RetryOptions<'_>,
        plan: Plan,
        start: Instant,
        before: &Report,
    ) -> Result<Report, RunError> {
        let records = Record::read_all(self.old).at(self.old)?;
        let source = self.pipeline.source.instance()?;
        let stop = Stop::new(self.stop, Duration::ZERO);
        let mut worker = Worker::new(self.pipeline, &*source, None, &stop, self.memories)?;
        let mut fresh = self.fresh()?;
        let mut letters = Letters::open(self.dir, options)?;
        let mut retried = Vec::new();
        for record in records {
            let wanted = letters.wanted(&record)?;
            let shard = Plan::shard(self.old, record.shard).map_err(|error| {
                if error.kind() == std::io::ErrorKind::InvalidData {
                    let changes = vec![error.to_string()];
                    return RunError::NotRetryable { dir: self.dir.to_owned(), changes };
                }
                folder::WriteError::new(self.old, error).into()
            })?;
            retried.push(self.shard(&shard, record, &wanted, &mut worker, &*source, &mut fresh)?);
            if stop.is_asked() {
                return Err(RunError::Stopped { done: 0, shards: 0 });
            }
        }
        let mut records = Vec::new();
        let ending = self.files(&retried, &mut fresh)?;
        for one in retried {
            one.record.write(self.work)?;
            records.push(one.record);
        }
        Plan::bring(self.old, self.work, &plan)?;
        let empty = Ledger::new(self.pipeline.stages.len(), self.pipeline.sinks.len());
        let ledger = finish::sum(&records, empty);
        let mut report = Report::of(self.pipeline, &ledger);
        report.pipeline_digest = super::digest(self.pipeline.canonical().as_bytes());
        (report.run, report.shards) = (plan.key, before.shards);
        (report.threads, report.retries) = (1, before.retries + 1);
        report.seconds = start.elapsed().as_secs_f64();
        let report = balanced(&ledger, report)?;
        finish::end(self.dir, self.work, ending, report, Some(self.old))
    }

    fn fresh(&self) -> Result<Fresh, RunError> {
        let open = |at| {
            let path = self.work.join(format!("fresh.{at}"));
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(true).open(&path).at(&path)
        };
        let files: Result<Vec<File>, _> = (0..self.tracks.len()).map(open).collect();
        Ok(Fresh { files: files?, lens: vec![0; self.tracks.len()] })
    }

    /// Takes what is wanted of a shard through the pipeline.
    fn shard(
        &self,
        shard: &Shard,
        mut record: Record,
        wanted: &[Option<Insert>],
        worker: &mut Worker<'_>,
        source: &dyn crate::plugin::AnySource,
        fresh: &mut Fresh,
    ) -> Result<Retried, RunError> {
        let picks = Picks::of(&record.failures, |at| wanted[at].is_none());
        let inputs = shard.inputs.iter().filter(|input| picks.wants(&input.uri)).cloned();
        let shard = Shard { inputs: inputs.collect() };
        let mut outcomes: BTreeMap<usize, Outcome> = BTreeMap::new();
        let mut inserts = vec![Vec::new(); self.tracks.len()];
        worker.pick(picks);
        if !shard.inputs.is_empty() {
            let mut cut = source.cut(&shard, self.pipeline.run.max_document);
            let (mut block, mut done) = (Block::default(), Done::default());
            let mut number = 0;
            while {
                block.clear();
                cut.next(&mut block)
            } {
                worker.block(
                    &Read { number, shard: record.shard, begins: false, ends: false },
                    &block,
                    &mut done,
                );
                number += 1;
                if let Some(fatal) = worker.fatal.take() {
                    return Err(match Ended::from(fatal) {
                        Ended::With(error) => error,
                        Ended::Quietly => RunError::Stopped { done: 0, shards: 0 },
                    });
                }
                self.settle(worker, &mut done, &mut record, &mut outcomes, &mut inserts, fresh)?;
            }
        }
        let counts = self.same_inputs(worker, &record.failures)?;
        Ok(self.account(record, wanted, outcomes, inserts, &counts))
    }

    /// Puts away what came of the documents of a block.
    fn settle(
        &self,
        worker: &mut Worker<'_>,
        done: &mut Done,
        record: &mut Record,
        outcomes: &mut BTreeMap<usize, Outcome>,
        inserts: &mut [Vec<Insert>],
        fresh: &mut Fresh,
    ) -> Result<(), RunError> {
        let Some(picks) = &mut worker.picks else { return Ok(()) };
        let mut taken = std::mem::take(&mut picks.taken);
        taken.push(picks::Taken::now(usize::MAX, done));
        for pair in taken.windows(2) {
            let [now, next] = pair else { continue };
            let failed = record.failures[now.failure].clone();
            let outcome = outcomes.entry(now.failure).or_default();
            let nth = outcome.met;
            outcome.met += 1;
            outcome.inserted.resize(self.tracks.len(), 0);
            // The others are more than there were: the input broke off before them.
            if nth == 0 {
                let text: Vec<u64> = next.text.iter().zip(&now.text).map(|(a, b)| a - b).collect();
                record.ledger.take_back(failed.component, &text);
            }
            for (track, bytes) in done.bytes() {
                let bytes = &bytes[now.tracks[track]..next.tracks[track]];
                let insert = fresh.keep(track, bytes).at(self.work)?;
                match self.tracks[track].kind {
                    TrackKind::DeadLetters if insert.len > 0 => {
                        let component = done.failures[now.failures].component;
                        let after = outcome.inserted.clone();
                        outcome.failed.push(FailedAgain { nth, after, component, letter: insert });
                    }
                    TrackKind::DeadLetters => {}
                    _ if insert.len > 0 => {
                        inserts[track].push(Insert { at: failed.at[track], ..insert });
                        outcome.inserted[track] += insert.len;
                    }
                    _ => {}
                }
            }
        }
        // Read before, all of it.
        done.ledger.bytes = 0;
        record.ledger.add(&done.ledger);
        Ok(())
    }

    /// Which document is which is known by its number, so the inputs must have as many as they had.
    /// Returns how many these are.
    fn same_inputs(
        &self,
        worker: &mut Worker<'_>,
        failures: &[FailedAt],
    ) -> Result<BTreeMap<String, u64>, RunError> {
        let Some(picks) = worker.picks.take() else { return Ok(BTreeMap::new()) };
        let broke_off = |input: &str| failures.iter().any(|f| f.input == input && f.is_last());
        let mut changes = Vec::new();
        for failed in failures.iter().filter(|failed| picks.wants(&failed.input)) {
            let now = picks.counts.get(&failed.input).copied().unwrap_or(0);
            if now != failed.of && !(broke_off(&failed.input) && now + 1 >= failed.of) {
                let (input, then) = (&failed.input, failed.of);
                changes.push(format!("`{input}` has {now} documents and had {then}"));
            }
        }
        changes.dedup();
        match changes.is_empty() {
            true => Ok(picks.counts),
            false => Err(RunError::NotRetryable { dir: self.dir.to_owned(), changes }),
        }
    }
}

/// What came of the documents that one failure stood for.
#[derive(Default)]
struct Outcome {
    /// How many were met.
    met: u64,
    /// How many bytes came of them, in each track.
    inserted: Vec<u64>,
    failed: Vec<FailedAgain>,
}

/// A document that failed again.
struct FailedAgain {
    /// Its number among those that the failure stood for.
    nth: u64,
    /// How many bytes came of those before it, in each track.
    after: Vec<u64>,
    component: usize,
    letter: Insert,
}

impl Fresh {
    /// Puts new bytes away.
    fn keep(&mut self, track: usize, bytes: &[u8]) -> std::io::Result<Insert> {
        let from = self.lens[track];
        self.files[track].write_all(bytes)?;
        self.lens[track] += bytes.len() as u64;
        Ok(Insert { at: 0, from, len: bytes.len() as u64 })
    }
}
