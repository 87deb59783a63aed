//! The record of a shard that is done: where its parts lie, and the account of its documents.
//!
//! A shard is done when its record stands in the work folder. All that the record speaks of is on the disk before
//! it is written.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    folder::{self, WriteError},
    ledger::Ledger,
};

/// What is known of a shard that is done.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Record {
    pub(super) shard: usize,
    /// What the names of the files begin with that hold its parts: one job's.
    pub(super) stem: String,
    /// Its part of each track.
    pub(super) parts: Vec<Piece>,
    pub(super) ledger: Ledger,
    /// Its documents that failed, in the order of their dead letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) failures: Vec<FailedAt>,
}

/// A run of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Piece {
    pub(super) start: u64,
    pub(super) len: u64,
}

impl Piece {
    pub(super) fn end(self) -> u64 {
        self.start + self.len
    }
}

/// Which document failed, and where what comes of it belongs once it is retried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct FailedAt {
    /// The input that it came from.
    pub(super) input: String,
    /// Its place among the shard's documents of this input, from 0; `None` where it cannot be told.
    pub(super) number: Option<u64>,
    /// How many documents of this input the shard has.
    #[serde(default)]
    pub(super) of: u64,
    /// The component that it failed in: 0 for the source, then the stages in order, then the sinks.
    pub(super) component: usize,
    /// For each track, how many bytes of the shard's part come before it.
    pub(super) at: Vec<u64>,
    /// How many bytes its dead letter has.
    pub(super) letter: u64,
}

impl FailedAt {
    /// Whether its input ended with it, so that it may stand for more documents, which could not be read.
    pub(super) fn is_last(&self) -> bool {
        self.number.is_some_and(|number| number + 1 == self.of)
    }
}

impl Record {
    pub(super) fn write(&self, work: &Path) -> Result<(), WriteError> {
        // There is no map in it whose keys could not be written.
        folder::write(&path(work, self.shard), &serde_json::to_vec(self).unwrap_or_default())
    }

    /// All that stand in a work folder, by shard.
    pub(super) fn read_all(work: &Path) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        for entry in fs::read_dir(work)? {
            let path = entry?.path();
            if is_record(&path) {
                records.push(serde_json::from_slice::<Record>(&fs::read(&path)?)?);
            }
        }
        records.sort_unstable_by_key(|record| record.shard);
        Ok(records)
    }
}

/// How the name of a record ends; no other file's name does.
const EXTENSION: &str = "shard";
/// How the names of a shard's own parts end.
const ENCODED: &str = "encoded";
const SEALED: &str = "part";

/// Whether a file is a record.
pub(super) fn is_record(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Whether a file is a shard's own: its record, or its part of a merged output.
pub(super) fn is_of_shard(path: &Path) -> bool {
    let endings = [EXTENSION, ENCODED, SEALED];
    path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending))
}

/// The file of a shard's record.
pub(super) fn path(work: &Path, shard: usize) -> PathBuf {
    work.join(format!("{shard:06}.{EXTENSION}"))
}

/// The file that a track grows in.
pub(super) fn growing(work: &Path, stem: &str, track: usize) -> PathBuf {
    work.join(format!("{stem}.{track}"))
}

/// What was encoded for a merged output of a shard.
pub(super) fn encoded(work: &Path, shard: usize, track: usize) -> PathBuf {
    work.join(format!("{shard:06}.{track}.{ENCODED}"))
}

/// A shard's part of a merged output.
pub(super) fn sealed(work: &Path, shard: usize, track: usize) -> PathBuf {
    work.join(format!("{shard:06}.{track}.{SEALED}"))
}
