//! Puts finished shards on the disk, beside the work on the next ones.
//!
//! First the parts, then the record that says so: a shard whose record stands is done, whatever happens after.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Write},
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use super::{
    clock::thread_time,
    folder::{self, At, WriteError},
    parts::Finished,
    record::{self, Record},
    tracks::{Track, TrackKind},
};
use crate::{
    BuildError,
    engine::{Pipeline, contain::contain},
    plugin::AnySink,
};

/// How many finished shards may wait: their bytes are in the system's cache, which has to have room for them.
const WAITING: usize = 2;

/// Where finished shards are sent.
pub(super) type Commits = SyncSender<Finished>;

/// A way to send shards to whoever commits them.
pub(super) fn channel() -> (Commits, Receiver<Finished>) {
    sync_channel(WAITING)
}

/// Commits shards of one run.
pub(super) struct Committer {
    work: PathBuf,
    tracks: Vec<Track>,
    /// Those that seal, by their place.
    sinks: Vec<Option<Box<dyn AnySink>>>,
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

    /// Commits one shard.
    pub(super) fn commit(&self, finished: Finished) -> Result<Record, WriteError> {
        let Finished { mut record, files } = finished;
        for (track, file) in files {
            // What was encoded is kept for a retry alone.
            if self.tracks[track].is_merged() && record.failures.is_empty() {
                continue;
            }
            let path = record::growing(&self.work, &record.stem, track);
            file.sync_all().at(&path)?;
        }
        for (at, track) in self.tracks.iter().enumerate() {
            if let TrackKind::Output { sink, output, merged: true } = track.kind {
                let before = thread_time();
                self.seal(&record, at, sink, output)?;
                let took = thread_time().saturating_sub(before);
                record.ledger.sinks[sink].time += took;
                record.ledger.cpu += took;
            }
        }
        record.write(&self.work)?;
        Ok(record)
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
