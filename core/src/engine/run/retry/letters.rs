//! The dead letters of a run, beside its records: which documents are to be retried.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use super::{RetryOptions, splice::Insert};
use crate::engine::run::{DEAD_LETTERS_FILE, RunError, folder::At, record::Record};

/// Goes through the dead letters of the run beside its records.
pub(super) struct Letters<'a> {
    file: BufReader<File>,
    path: PathBuf,
    at: u64,
    options: &'a RetryOptions<'a>,
}

impl<'a> Letters<'a> {
    pub(super) fn open(dir: &Path, options: &'a RetryOptions<'a>) -> Result<Self, RunError> {
        let path = dir.join(DEAD_LETTERS_FILE);
        let file = BufReader::new(File::open(&path).at(&path)?);
        Ok(Letters { file, path, at: 0, options })
    }

    /// For each failure of a shard, where its letter is, if it is left as it is: `None` where it is to be retried.
    pub(super) fn wanted(&mut self, record: &Record) -> Result<Vec<Option<Insert>>, RunError> {
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
