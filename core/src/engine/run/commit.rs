//! Puts finished shards on the disk, beside the work on the next ones.
//!
//! First the parts, then the record that says so: a shard whose record stands is done, whatever happens after. Where
//! outputs are sealed, which can be more work than all before it, several shards are at it at once; the rest is done
//! in the order in which shards were finished.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Write},
    path::PathBuf,
    sync::{
        Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use super::{
    clock::thread_time,
    folder::{self, At, WriteError},
    mutex::lock,
    parts::Finished,
    record::{self, Record},
    tracks::{Track, TrackKind},
    turns::{Turn, Turns},
    watch::Watch,
};
use crate::{
    BuildError,
    engine::{Pipeline, contain::contain},
    plugin::AnySink,
};

/// How much may wait: what is written is in the system's cache, which has to have room for it.
const WAITING: usize = 2;

/// What is to be put on the disk.
pub(super) enum ToDisk {
    Shard(Box<Finished>),
    /// What stands in a file that still grows, so that little is left to do when its shard is finished.
    Growing(PathBuf, File),
}

/// Where that is sent.
pub(super) type Commits = SyncSender<ToDisk>;

/// Whence it is taken; threads share it, and when the last of them ends, no more is sent.
pub(super) struct Queue {
    sent: Mutex<Receiver<ToDisk>>,
    turns: Turns,
}

/// A way to whoever commits shards.
pub(super) fn channel() -> (Commits, Queue) {
    let (commits, sent) = sync_channel(WAITING);
    (commits, Queue { sent: Mutex::new(sent), turns: Turns::default() })
}

impl Queue {
    /// Waits for what is sent next. `None` when there is no more, or something before it went wrong.
    fn take(&self) -> Option<(ToDisk, Turn<'_>)> {
        // Held until the turn is taken, so that turns are in the order in which it was sent.
        let sent = lock(&self.sent);
        Some((sent.recv().ok()?, self.turns.take()?))
    }
}

/// Commits shards of one run.
pub(super) struct Committer {
    work: PathBuf,
    tracks: Vec<Track>,
    /// Those that seal, by their place.
    sinks: Vec<Option<Box<dyn AnySink>>>,
}

/// How many threads have something to do beside so many workers.
pub(super) fn threads(tracks: &[Track], workers: usize) -> usize {
    if tracks.iter().any(Track::is_merged) { workers } else { 1 }
}

impl Committer {
    pub(super) fn new(
        pipeline: &Pipeline,
        work: PathBuf,
        tracks: &[Track],
    ) -> Result<Self, BuildError> {
        let seals = |sink: usize| {
            let own = |track: &&Track| matches!(track.kind, TrackKind::Output { sink: other, merged: true, .. } if other == sink);
            tracks.iter().any(|track| own(&track))
        };
        let sinks = pipeline.sinks.iter().enumerate();
        let sinks = sinks.map(|(at, part)| seals(at).then(|| part.instance()).transpose());
        Ok(Committer { work, tracks: tracks.to_vec(), sinks: sinks.collect::<Result<_, _>>()? })
    }

    /// Commits what is in the queue until no more is sent. The records of shards are added to `records`.
    pub(super) fn work(
        &self,
        queue: &Queue,
        records: &Mutex<Vec<Record>>,
        watch: &Watch<'_>,
    ) -> Result<(), WriteError> {
        loop {
            let Some((sent, turn)) = queue.take() else { return Ok(()) };
            match sent {
                ToDisk::Shard(finished) => self.commit(*finished, Some(turn), records, watch)?,
                // Of an error with a file the system tells once, whoever asks first: all ask in turn, and no
                // record stands after one.
                ToDisk::Growing(path, file) => {
                    if turn.comes() {
                        file.sync_data().at(&path)?;
                        turn.pass();
                    }
                }
            }
        }
    }

    /// Commits one shard, and adds it to `records` when its turn has come.
    pub(super) fn commit(
        &self,
        finished: Finished,
        turn: Option<Turn<'_>>,
        records: &Mutex<Vec<Record>>,
        watch: &Watch<'_>,
    ) -> Result<(), WriteError> {
        let Finished { mut record, files } = finished;
        for (at, track) in self.tracks.iter().enumerate() {
            if let TrackKind::Output { sink, output, merged: true } = track.kind {
                let before = thread_time();
                self.seal(&record, at, sink, output)?;
                let took = thread_time().saturating_sub(before);
                record.ledger.sinks[sink].time += took;
                record.ledger.cpu += took;
            }
        }
        if turn.as_ref().is_some_and(|turn| !turn.comes()) {
            return Ok(());
        }
        for (track, file) in files {
            // What was encoded is kept for a retry alone.
            if self.tracks[track].is_merged() && record.failures.is_empty() {
                continue;
            }
            let path = record::growing(&self.work, &record.stem, track);
            file.sync_all().at(&path)?;
        }
        record.write(&self.work)?;
        watch.committed(&record);
        lock(records).push(record);
        if let Some(turn) = turn {
            turn.pass();
        }
        Ok(())
    }

    /// Makes a shard's part of a merged output.
    fn seal(
        &self,
        record: &Record,
        track: usize,
        sink: usize,
        output: usize,
    ) -> Result<(), WriteError> {
        let encoded = record::encoded(&self.work, record.shard, track);
        let Some(sink) = &self.sinks[sink] else { return Ok(()) };
        if record.parts[track].len == 0 {
            File::create(&encoded).at(&encoded)?;
        }
        seal(&**sink, output, &encoded, &record::sealed(&self.work, record.shard, track))?;
        // Documents that failed are put in their place by a retry.
        if record.failures.is_empty() {
            folder::remove_file(&encoded).at(&encoded)?;
        }
        Ok(())
    }
}

/// Makes a part of what was encoded.
pub(super) fn seal(
    sink: &dyn AnySink,
    output: usize,
    encoded: &PathBuf,
    part: &std::path::Path,
) -> Result<(), WriteError> {
    folder::write_with(part, |path| {
        let mut from = BufReader::with_capacity(1 << 16, fs::File::open(encoded)?);
        let mut to = BufWriter::with_capacity(1 << 16, File::create(path)?);
        contain(|| sink.seal(output, &mut from, &mut to)).unwrap_or_else(|panic| {
            Err(std::io::Error::other(format!(
                "the sink panicked: {panic}; report it to its author"
            )))
        })?;
        to.flush()
    })
}
