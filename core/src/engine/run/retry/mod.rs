//! Takes the documents that failed in a run through the pipeline again, mended, and puts what comes of them where
//! it belongs.
//!
//! A run that ended with failures leaves in its work folder which documents these were and where, in each output,
//! they are missing. A retry reads their inputs again, takes these documents alone, and writes every output anew:
//! the old one, with the new bytes in their places.

mod picks;
mod splice;

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

pub(super) use picks::Picks;

use super::{
    Report, RunError, commit,
    crew::Ended,
    done::Done,
    finish::{self, Ending},
    folder::{self, At, Lock, Sharing},
    ledger::Ledger,
    memory::Memories,
    plan::Plan,
    reader::Read,
    record::{self, FailedAt, Record},
    stop::Stop,
    tracks::{self, Track, TrackKind},
    worker::Worker,
};
use crate::{Block, Shard, engine::Pipeline};
use splice::{Insert, splice_file};

/// What is to be retried.
#[derive(Default)]
pub struct RetryOptions<'a> {
    /// Documents that failed in the component of this name alone.
    pub component: Option<&'a str>,
    /// Documents whose error holds this text alone.
    pub error: Option<&'a str>,
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
    let plan = Plan::of(pipeline, Plan::read(&old).at(&old)?.invocation)?;
    same_shape(pipeline, &tracks, &before, dir)?;

    // Never the old folder's name, nor that of an earlier retry which may not have come to its end.
    let work = old.with_file_name(format!("{}-retry-{}", plan.key, before.retries + 1));
    folder::clear(&work);
    fs::create_dir_all(&work).at(&work)?;
    let again =
        Again { pipeline, tracks: &tracks, memories: &memories, dir, old: &old, work: &work, stop };
    let retried = again.all(options, plan, start, &before);
    if retried.is_err() {
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
            let shard = Plan::shard(self.old, record.shard).at(self.old)?;
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
        let report = super::balanced(&ledger, report)?;
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
                        let again = done.failures[now.failures].clone();
                        outcome.failed.push((nth, again, insert));
                    }
                    TrackKind::DeadLetters => {}
                    _ if insert.len > 0 => {
                        inserts[track].push(Insert { at: failed.at[track], ..insert });
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

    /// The record of a shard with what was retried in it.
    fn account(
        &self,
        mut record: Record,
        wanted: &[Option<Insert>],
        mut outcomes: BTreeMap<usize, Outcome>,
        inserts: Vec<Vec<Insert>>,
        counts: &BTreeMap<String, u64>,
    ) -> Retried {
        let mut letters = Vec::new();
        let mut failures = Vec::new();
        for (at, failed) in std::mem::take(&mut record.failures).into_iter().enumerate() {
            let outcome = outcomes.remove(&at);
            let of = counts.get(&failed.input).copied().unwrap_or(failed.of);
            let failed = FailedAt { of, ..failed };
            // How many bytes came in before it, in each track.
            let shift = |track: usize| -> u64 {
                let before = inserts[track].iter().filter(|insert| insert.at <= failed.at[track]);
                before.map(|insert| insert.len).sum()
            };
            let place: Vec<u64> =
                failed.at.iter().enumerate().map(|(track, at)| at + shift(track)).collect();
            match (&wanted[at], outcome) {
                (Some(letter), _) => {
                    letters.push(Letter::Old(*letter));
                    failures.push(FailedAt { at: place, ..failed });
                }
                (None, Some(outcome)) => {
                    for (nth, again, letter) in outcome.failed {
                        letters.push(Letter::New(letter));
                        failures.push(FailedAt {
                            number: failed.number.map(|number| number + nth),
                            component: again.component,
                            letter: letter.len,
                            at: place.clone(),
                            ..failed.clone()
                        });
                    }
                }
                // Its input has no such document any more.
                (None, None) => record.ledger.take_back(failed.component, &[]),
            }
        }
        for (track, inserts) in inserts.iter().enumerate() {
            record.parts[track].len += inserts.iter().map(|insert| insert.len).sum::<u64>();
        }
        record.failures = failures;
        if let Some(at) = self.letters_track() {
            record.parts[at].len = record.failures.iter().map(|failed| failed.letter).sum();
        }
        Retried { record, inserts, letters }
    }

    fn letters_track(&self) -> Option<usize> {
        self.tracks.iter().position(|track| track.kind == TrackKind::DeadLetters)
    }

    /// Makes every file anew.
    fn files(&self, retried: &[Retried], fresh: &mut Fresh) -> Result<Ending, RunError> {
        let mut ending = Ending::default();
        for (at, track) in self.tracks.iter().enumerate() {
            let Some(path) = &track.path else { continue };
            let name = match track.kind {
                TrackKind::DeadLetters => self.letters(at, retried, fresh)?,
                TrackKind::Output { sink, output, merged: true } => {
                    self.merged(at, sink, output, retried, fresh)?
                }
                _ => self.joined(at, path, retried, fresh)?,
            };
            let bytes = fs::metadata(self.work.join(&name)).at(self.work)?.len();
            ending.add(name, path.clone(), bytes);
        }
        for at in 0..self.tracks.len() {
            let path = self.work.join(format!("fresh.{at}"));
            folder::remove_file(&path).at(&path)?;
        }
        Ok(ending)
    }

    fn joined(
        &self,
        at: usize,
        path: &str,
        retried: &[Retried],
        fresh: &mut Fresh,
    ) -> Result<String, RunError> {
        let old = self.dir.join(path);
        let new_len = |one: &Retried| one.inserts[at].iter().map(|insert| insert.len).sum::<u64>();
        let lens = retried.iter().map(|one| one.record.parts[at].len - new_len(one));
        let lens: Vec<u64> = lens.collect();
        // What stands before the first shard: the head.
        let mut start = fs::metadata(&old).at(&old)?.len() - lens.iter().sum::<u64>();
        let mut inserts = Vec::new();
        for (one, len) in retried.iter().zip(lens) {
            let own = one.inserts[at].iter();
            inserts.extend(own.map(|insert| Insert { at: start + insert.at, ..*insert }));
            start += len;
        }
        let name = format!("joined.{at}");
        folder::write_with(&self.work.join(&name), |to| {
            splice_file(&old, &mut fresh.files[at], &inserts, to)
        })?;
        Ok(name)
    }

    fn merged(
        &self,
        at: usize,
        sink: usize,
        output: usize,
        retried: &[Retried],
        fresh: &mut Fresh,
    ) -> Result<String, RunError> {
        let instance = self.pipeline.sinks[sink].instance()?;
        for Retried { record, inserts, .. } in retried {
            let shard = record.shard;
            let encoded = |work| record::encoded(work, shard, at);
            let sealed = |work| record::sealed(work, shard, at);
            if inserts[at].is_empty() {
                take_over(&sealed(self.old), &sealed(self.work))?;
                if !record.failures.is_empty() {
                    take_over(&encoded(self.old), &encoded(self.work))?;
                }
                continue;
            }
            let new = encoded(self.work);
            folder::write_with(&new, |to| {
                splice_file(&encoded(self.old), &mut fresh.files[at], &inserts[at], to)
            })?;
            commit::seal(&*instance, output, &new, &sealed(self.work))?;
            if record.failures.is_empty() {
                folder::remove_file(&new).at(&new)?;
            }
        }
        let shards = retried.iter().map(|one| one.record.shard);
        finish::merge_parts(&*instance, output, self.work, at, shards)
    }

    fn letters(
        &self,
        at: usize,
        retried: &[Retried],
        fresh: &mut Fresh,
    ) -> Result<String, RunError> {
        let name = format!("joined.{at}");
        let path = self.dir.join(super::DEAD_LETTERS_FILE);
        let mut old = File::open(&path).at(&path)?;
        folder::write_with(&self.work.join(&name), |to| {
            let mut to = std::io::BufWriter::new(File::create(to)?);
            for letter in retried.iter().flat_map(|one| &one.letters) {
                let (from, insert) = match letter {
                    Letter::Old(insert) => (&mut old, insert),
                    Letter::New(insert) => (&mut fresh.files[at], insert),
                };
                from.seek(SeekFrom::Start(insert.from))?;
                std::io::copy(&mut from.take(insert.len), &mut to)?;
            }
            to.flush()
        })?;
        Ok(name)
    }
}

/// What came of the documents that one failure stood for.
#[derive(Default)]
struct Outcome {
    /// How many were met.
    met: u64,
    /// Those that failed again, with their number among these and their new letters.
    failed: Vec<(u64, FailedAt, Insert)>,
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

/// Goes through the dead letters of the run beside its records.
struct Letters<'a> {
    file: std::io::BufReader<File>,
    path: PathBuf,
    at: u64,
    options: &'a RetryOptions<'a>,
}

impl<'a> Letters<'a> {
    fn open(dir: &Path, options: &'a RetryOptions<'a>) -> Result<Self, RunError> {
        let path = dir.join(super::DEAD_LETTERS_FILE);
        let file = std::io::BufReader::new(File::open(&path).at(&path)?);
        Ok(Letters { file, path, at: 0, options })
    }

    /// For each failure of a shard, where its letter is, if it is left as it is: `None` where it is to be retried.
    fn wanted(&mut self, record: &Record) -> Result<Vec<Option<Insert>>, RunError> {
        let mut wanted = Vec::with_capacity(record.failures.len());
        for failed in &record.failures {
            let mut line = vec![0; failed.letter as usize];
            self.file.read_exact(&mut line).at(&self.path)?;
            let letter: Json = serde_json::from_slice(&line).unwrap_or_default();
            let fits =
                |key: &str, fits: &dyn Fn(&str) -> bool| letter[key].as_str().is_some_and(fits);
            let retried = failed.number.is_some()
                && self.options.component.is_none_or(|name| fits("stage", &|stage| stage == name))
                && self
                    .options
                    .error
                    .is_none_or(|part| fits("error", &|error| error.contains(part)));
            let here = Insert { at: 0, from: self.at, len: failed.letter };
            self.at += failed.letter;
            wanted.push((!retried).then_some(here));
        }
        Ok(wanted)
    }
}

/// Gives a file of the old work folder a place in the new one.
fn take_over(from: &Path, to: &Path) -> Result<(), RunError> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).at(to)?;
    Ok(())
}
