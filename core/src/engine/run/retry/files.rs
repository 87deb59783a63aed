//! The files that a retry ends with: the old ones, with the new bytes in their places.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek, SeekFrom, Write},
    path::Path,
};

use super::{
    Again, Fresh, Letter, Retried,
    splice::{Insert, splice_file},
};
use crate::engine::run::{
    DEAD_LETTERS_FILE, RunError, commit,
    finish::{self, Ending},
    folder::{self, At},
    record,
    tracks::TrackKind,
};

impl Again<'_> {
    /// Makes every file anew.
    pub(super) fn files(&self, retried: &[Retried], fresh: &mut Fresh) -> Result<Ending, RunError> {
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
        let path = self.dir.join(DEAD_LETTERS_FILE);
        let mut old = File::open(&path).at(&path)?;
        folder::write_with(&self.work.join(&name), |to| {
            let mut to = io::BufWriter::new(File::create(to)?);
            for letter in retried.iter().flat_map(|one| &one.letters) {
                let (from, insert) = match letter {
                    Letter::Old(insert) => (&mut old, insert),
                    Letter::New(insert) => (&mut fresh.files[at], insert),
                };
                from.seek(SeekFrom::Start(insert.from))?;
                io::copy(&mut from.take(insert.len), &mut to)?;
            }
            to.flush()
        })?;
        Ok(name)
    }
}

/// Gives a file of the old work folder a place in the new one.
fn take_over(from: &Path, to: &Path) -> Result<(), RunError> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).at(to)?;
    Ok(())
}
