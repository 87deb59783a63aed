//! The parts of the shard at hand: appended to files that grow from shard to shard, and handed on to be put on
//! the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::PathBuf,
};

use super::{
    folder::{self, At, WriteError},
    ledger::Ledger,
    record::{self, FailedAt, Piece, Record},
    tracks::Track,
};

/// How much of a file is written before that is put on the disk while the file still grows, in bytes: little enough
/// for what is left at the end of a run to take no time, enough for the disk to be asked seldom.
const GROWN_BYTES: u64 = 8 << 20;

/// The files of one job.
pub(super) struct Parts {
    work: PathBuf,
    stem: String,
    tracks: Vec<Open>,
}

/// A track as it grows.
struct Open {
    merged: bool,
    file: Option<File>,
    /// The part of the shard at hand.
    piece: Piece,
    /// Whether something was written that was not handed on yet; it may belong to no shard.
    written: bool,
    /// How many bytes were written since what stands in the file was last handed on.
    grown: u64,
}

/// A shard whose parts are written, and not yet on the disk.
pub(super) struct Finished {
    pub(super) record: Record,
    /// Each with the place of its track.
    pub(super) files: Vec<(usize, File)>,
}

impl Parts {
    /// Takes up the files of a job where its last record ends. `done` are the records of all shards.
    pub(super) fn open(
        work: PathBuf,
        stem: &str,
        tracks: &[Track],
        done: &[Record],
    ) -> Result<Self, WriteError> {
        let last = done.iter().rfind(|record| record.stem == stem);
        let mut parts = Parts { work, stem: stem.to_owned(), tracks: Vec::new() };
        for (at, track) in tracks.iter().enumerate() {
            let start = match last.and_then(|record| record.parts.get(at)) {
                Some(piece) if !track.is_merged() => piece.end(),
                _ => 0,
            };
            let piece = Piece { start, len: 0 };
            let merged = track.is_merged();
            let mut open = Open { merged, file: None, piece, written: false, grown: 0 };
            if !open.merged {
                let path = record::growing(&parts.work, stem, at);
                open.file = Some(take_up(&path, start).at(&path)?);
            }
            parts.tracks.push(open);
        }
        Ok(parts)
    }

    /// Appends to a track what belongs to no shard: the head of an output.
    pub(super) fn write_head(&mut self, track: usize, bytes: &[u8]) -> Result<(), WriteError> {
        if let Some(Open { merged: false, file: Some(file), piece, written, .. }) =
            self.tracks.get_mut(track)
        {
            file.write_all(bytes).at(&record::growing(&self.work, &self.stem, track))?;
            piece.start += bytes.len() as u64;
            *written = true;
        }
        Ok(())
    }

    /// Appends to the part of a shard.
    pub(super) fn write(
        &mut self,
        shard: usize,
        track: usize,
        bytes: &[u8],
    ) -> Result<(), WriteError> {
        let Some(open) = self.tracks.get_mut(track).filter(|_| !bytes.is_empty()) else {
            return Ok(());
        };
        let path = match open.merged {
            true => record::encoded(&self.work, shard, track),
            false => record::growing(&self.work, &self.stem, track),
        };
        let file = match &mut open.file {
            Some(file) => file,
            none => none.insert(File::create(&path).at(&path)?),
        };
        file.write_all(bytes).at(&path)?;
        open.piece.len += bytes.len() as u64;
        open.written = true;
        open.grown += bytes.len() as u64;
        Ok(())
    }

    /// A file that has grown so much since it was last asked that it is time to put that on the disk.
    pub(super) fn grown(&mut self) -> Option<(PathBuf, File)> {
        let grown = |open: &Open| !open.merged && open.grown >= GROWN_BYTES;
        let at = self.tracks.iter().position(grown)?;
        let open = self.tracks.get_mut(at)?;
        open.grown = 0;
        // The end of the shard does it where it cannot be done now.
        let file = open.file.as_ref()?.try_clone().ok()?;
        Some((record::growing(&self.work, &self.stem, at), file))
    }

    /// How many bytes the shard at hand has in each track.
    pub(super) fn lens(&self) -> impl Iterator<Item = u64> {
        self.tracks.iter().map(|open| open.piece.len)
    }

    /// Ends the shard at hand.
    pub(super) fn finish(
        &mut self,
        shard: usize,
        ledger: Ledger,
        failures: Vec<FailedAt>,
    ) -> Result<Finished, WriteError> {
        let parts = self.tracks.iter().map(|open| open.piece).collect();
        let stem = self.stem.clone();
        let record = Record { shard, stem, parts, ledger, failures };
        let mut files = Vec::new();
        for (at, open) in self.tracks.iter_mut().enumerate() {
            open.grown = 0;
            if std::mem::take(&mut open.written) {
                let file = match open.merged {
                    true => open.file.take().map(Ok),
                    false => open.file.as_ref().map(File::try_clone),
                };
                let file = file.transpose().at(&record::growing(&self.work, &self.stem, at))?;
                files.extend(file.map(|file| (at, file)));
            }
            open.piece = match open.merged {
                true => Piece::default(),
                false => Piece { start: open.piece.end(), len: 0 },
            };
        }
        Ok(Finished { record, files })
    }
}

/// Opens a file to go on writing at this byte; what stands after it is cut off.
fn take_up(path: &PathBuf, at: u64) -> io::Result<File> {
    if at == 0 {
        // It may have another name too, under which it was merged.
        folder::remove_file(path)?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    if fs::metadata(path)?.len() < at {
        let message = "it is shorter than its record says; run again without --resume";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    file.set_len(at)?;
    file.seek(SeekFrom::Start(at))?;
    Ok(file)
}
