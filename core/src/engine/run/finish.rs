//! The end of a run: parts become files, and all files are put in place together.
//!
//! First every file is made whole and put on the disk under a name of the work folder. Then one file says what is to be
//! moved where; from then on the run is done, and whoever finds that file, moves the rest.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    OutputReport, REPORT_FILE, Report, RunError,
    clock::thread_time,
    folder::{self, At, WriteError},
    heads,
    ledger::Ledger,
    plan::PLAN_FILE,
    record::{self, Record},
    tracks::{Track, TrackKind},
};
use crate::{
    engine::{Pipeline, contain::contain},
    plugin::AnySink,
};

/// The name of the file that says what is to be moved where.
pub(super) const PLACING: &str = "placing.json";

/// What is to be moved where.
#[derive(Deserialize, Serialize)]
struct Placing {
    /// A file of the work folder, and its name below the run's.
    moves: Vec<(String, String)>,
    report: Report,
    /// Whether the work folder stays, for a retry.
    kept: bool,
    /// The name of an older work folder that this one takes the place of.
    #[serde(default)]
    replaces: Option<String>,
}

/// The files that a run ends with: whole, and on the disk.
#[derive(Default)]
pub(super) struct Ending {
    moves: Vec<(String, String)>,
    outputs: Vec<OutputReport>,
}

impl Ending {
    /// A file of the work folder, its name below the run's, and its size.
    pub(super) fn add(&mut self, from: String, path: String, bytes: u64) {
        self.outputs.push(OutputReport { path: path.clone(), bytes });
        self.moves.push((from, path));
    }
}

/// Makes the files of a run whose shards are all done, and puts them in place. `records` are in the order of shards.
pub(super) fn finish(
    pipeline: &Pipeline,
    tracks: &[Track],
    dir: &Path,
    work: &Path,
    records: &[Record],
    mut report: Report,
) -> Result<Report, RunError> {
    let mut ending = Ending::default();
    for (at, track) in tracks.iter().enumerate() {
        let Some(path) = &track.path else { continue };
        let (from, bytes) = match track.kind {
            TrackKind::Output { sink, output, merged: true } => {
                let before = thread_time();
                let made = merged(pipeline, work, records, at, sink, output)?;
                let took = thread_time().saturating_sub(before).as_secs_f64();
                report.sinks[sink].cpu_seconds += took;
                report.cpu_seconds += took;
                made
            }
            _ => joined(pipeline, work, records, at, track.kind)?,
        };
        ending.add(from, path.clone(), bytes);
    }
    end(dir, work, ending, report, None)
}

/// Puts the files in place that a run ends with; `replaces` is a work folder that is then of no use any more.
pub(super) fn end(
    dir: &Path,
    work: &Path,
    ending: Ending,
    mut report: Report,
    replaces: Option<&Path>,
) -> Result<Report, RunError> {
    report.outputs = ending.outputs;
    let kept = report.documents.failed > 0;
    let replaces = replaces.and_then(Path::file_name);
    let replaces = replaces.map(|name| name.to_string_lossy().into_owned());
    let placing = Placing { moves: ending.moves, report, kept, replaces };
    folder::write(&work.join(PLACING), &serde_json::to_vec(&placing).unwrap_or_default())?;
    Ok(place(dir, work, placing)?)
}

/// Whether it is said here what is to be moved where: the files of this work folder are then needed, whatever happens.
pub(super) fn has_ended(work: &Path) -> bool {
    work.join(PLACING).exists()
}

/// The run that ended in `dir` last, if it left a work folder: what it left to be moved is moved.
pub(super) fn settle(dir: &Path) -> Result<Option<(PathBuf, Report)>, RunError> {
    let mut ended = Vec::new();
    for work in folder::left_behind(dir) {
        let path = work.join(PLACING);
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => {
                let placing: Placing =
                    read.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)).at(&path)?;
                ended.push((work, placing));
            }
        }
    }
    let replaced: Vec<String> =
        ended.iter().filter_map(|(_, placing)| placing.replaces.clone()).collect();
    let is_replaced = |work: &Path| {
        work.file_name().is_some_and(|name| replaced.iter().any(|other| name == other.as_str()))
    };
    let Some((work, placing)) = ended.into_iter().find(|(work, _)| !is_replaced(work)) else {
        return Ok(None);
    };
    let report = place(dir, &work, placing)?;
    Ok(Some((work, report)))
}

fn place(dir: &Path, work: &Path, placing: Placing) -> Result<Report, WriteError> {
    folder::place(dir, placing.moves.iter().map(|(from, path)| (work.join(from), path.as_str())))?;
    folder::write(&dir.join(REPORT_FILE), &placing.report.to_json())?;
    if let Some(old) = &placing.replaces {
        let old = work.with_file_name(old);
        folder::clear(&old);
        // It would be taken for the run that ended last, once this one is not there to say otherwise.
        if old.exists() {
            return Err(WriteError::new(&old, io::Error::other("it cannot be removed")));
        }
    }
    if placing.kept {
        keep_for_retry(work);
    } else {
        folder::clear(work);
    }
    Ok(placing.report)
}

/// Removes what a retry has no use for; what cannot be removed is in nobody's way.
fn keep_for_retry(work: &Path) {
    let Ok(entries) = fs::read_dir(work) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default();
        if !record::is_of_shard(&path) && name != PLACING && name != PLAN_FILE {
            let _ = fs::remove_file(&path);
        }
    }
}

/// The file of a track whose parts stand one after the other, and its size.
fn joined(
    pipeline: &Pipeline,
    work: &Path,
    records: &[Record],
    at: usize,
    kind: TrackKind,
) -> Result<(String, u64), RunError> {
    let growing = |record: &Record| record::growing(work, &record.stem, at);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // One job wrote all of it, from the first shard on: its file is the output.
    if let [first, .., last] | [first @ last] = records
        && records.iter().all(|record| record.stem == first.stem)
        && first.shard == 0
    {
        let (path, len) = (growing(first), last.parts[at].end());
        let file = File::options().write(true).open(&path).at(&path)?;
        file.set_len(len).and_then(|()| file.sync_all()).at(&path)?;
        return Ok((name(&path), len));
    }
    let path = work.join(format!("joined.{at}"));
    let head = match kind {
        TrackKind::Output { sink, output, .. } => heads::head(pipeline, sink, output)?,
        _ => Vec::new(),
    };
    folder::write_with(&path, |path| {
        let mut to = File::create(path)?;
        to.write_all(&head)?;
        for record in records {
            let piece = record.parts[at];
            let mut from = File::open(growing(record))?;
            from.seek(SeekFrom::Start(piece.start))?;
            if io::copy(&mut from.take(piece.len), &mut to)? != piece.len {
                return Err(io::Error::other("a part of it is shorter than its record says"));
            }
        }
        Ok(())
    })?;
    let len = fs::metadata(&path).at(&path)?.len();
    Ok((name(&path), len))
}

/// The file that a sink makes of its parts, and its size.
fn merged(
    pipeline: &Pipeline,
    work: &Path,
    records: &[Record],
    at: usize,
    sink: usize,
    output: usize,
) -> Result<(String, u64), RunError> {
    let instance = pipeline.sinks[sink].instance()?;
    let shards = records.iter().map(|record| record.shard);
    let name = merge_parts(&*instance, output, work, at, shards)?;
    let path = work.join(&name);
    let len = fs::metadata(&path).at(&path)?.len();
    Ok((name, len))
}

/// Lets a sink make a file of its parts; its name in the work folder.
pub(super) fn merge_parts(
    sink: &dyn AnySink,
    output: usize,
    work: &Path,
    at: usize,
    shards: impl Iterator<Item = usize>,
) -> Result<String, RunError> {
    let name = format!("merged.{at}");
    let path = work.join(&name);
    let parts: Vec<PathBuf> = shards.map(|shard| record::sealed(work, shard, at)).collect();
    folder::write_with(&path, |path| {
        contain(|| sink.merge(output, &parts, path)).unwrap_or_else(|panic| {
            Err(io::Error::other(format!("the sink panicked: {panic}; report it to its author")))
        })
    })?;
    Ok(name)
}

/// Puts what failed before a run was given up where the user looks for it.
pub(super) fn place_dead_letters(
    tracks: &[Track],
    dir: &Path,
    work: &Path,
    stem: &str,
) -> Result<(), WriteError> {
    let Some(at) = tracks.iter().position(|track| track.kind == TrackKind::DeadLetters) else {
        return Ok(());
    };
    let Some(path) = tracks[at].path.as_deref() else { return Ok(()) };
    let copy = work.join("dead-letters");
    folder::write_with(&copy, |to| fs::copy(record::growing(work, stem, at), to).map(drop))?;
    folder::place(dir, [(copy, path)])
}

/// The account of these shards.
pub(super) fn sum(records: &[Record], empty: Ledger) -> Ledger {
    records.iter().fold(empty, |mut sum, record| {
        sum.add(&record.ledger);
        sum
    })
}
