//! The memory of the stage: the notes of the documents that were kept, and where to look for those like another.
//!
//! A document is compared with those that have the same digest, and with those of which one band of the signature
//! is the same (locality-sensitive hashing); of these, the whole signatures are compared. What is dropped is not
//! kept in mind, so each dropped document is like its twin itself, not only like one that is like it.
//!
//! A document costs the length of its note and of its id, and some six bytes a band; time a document is bounded: of
//! each band, no more than [`CROWD`] documents are entered under the same bytes.

use docmill_core::{DocumentError, Memory, Reason, Verdict};

use crate::{
    hash,
    note::{DIGEST, Note},
    signature::same_places,
    table::{MOST, Table},
};

/// How many documents are entered under the same bytes of a band. Where many share them, they come of text that
/// many documents have, such as a site's boilerplate, which makes nobody twins; twins still meet in other bands.
const CROWD: usize = 8;

/// How documents are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// In how many places signatures must be the same.
    pub(crate) places: usize,
    /// The length of a band in bytes, from 1.
    pub(crate) band: usize,
}

/// The memory.
pub(crate) struct Twins {
    /// None: by digests alone.
    comparison: Option<Comparison>,
    max_documents: u32,
    notes: Notes,
    ids: Ids,
    /// How many documents the tables have room for.
    room: usize,
    by_digest: Table,
    by_band: Vec<Table>,
    /// How many documents are under the same bytes as the one at hand, by band.
    crowds: Vec<usize>,
}

impl Twins {
    pub(crate) fn new(comparison: Option<Comparison>, max_documents: u32) -> Self {
        let notes = Notes { length: Note::length(comparison.is_some()), blocks: Vec::new() };
        let bands = comparison.map_or(0, |comparison| crate::signature::BINS / comparison.band);
        let by_band = (0..bands).map(|_| Table::default()).collect();
        let max_documents = max_documents.min(MOST);
        let (ids, by_digest, crowds) = (Ids::default(), Table::default(), Vec::new());
        Twins { comparison, max_documents, notes, ids, room: 0, by_digest, by_band, crowds }
    }

    /// The first of those kept that has the same words.
    fn same(&self, note: &[u8]) -> Option<u32> {
        let digest = digest(note);
        self.by_digest
            .find(hash::of_bytes(digest))
            .filter(|twin| digest == self::digest(self.notes.get(*twin)))
            .min()
    }

    /// The first of those kept that is like it. Counts the crowds.
    fn alike(&mut self, note: &[u8]) -> Option<u32> {
        let Comparison { places, band } = self.comparison?;
        let mut first = None;
        self.crowds.clear();
        for (table, bytes) in self.by_band.iter().zip(bands(note, band)) {
            let mut crowd = 0;
            for (at, other) in table.find(key(bytes.0)).map(|other| (other, self.notes.get(other)))
            {
                if other.get(bytes.1..bytes.1 + band) != Some(bytes.0) {
                    continue;
                }
                crowd += 1;
                let earlier = first.is_none_or(|first| at < first);
                if earlier && same_places(signature(note), signature(other)) >= places {
                    first = Some(at);
                }
            }
            self.crowds.push(crowd);
        }
        first
    }

    fn keep(&mut self, id: &str, note: &[u8]) {
        if self.ids.len() == self.room {
            self.grow();
        }
        let number = self.ids.len() as u32;
        self.by_digest.insert(hash::of_bytes(digest(note)), number);
        let band = self.comparison.map_or(1, |comparison| comparison.band);
        for ((table, bytes), crowd) in
            self.by_band.iter_mut().zip(bands(note, band)).zip(&self.crowds)
        {
            if *crowd < CROWD {
                table.insert(key(bytes.0), number);
            }
        }
        self.notes.push(note);
        self.ids.push(id);
    }

    /// Makes room for half as many documents again, a table at a time.
    fn grow(&mut self) {
        self.room = (self.room + self.room / 2).max(1000).min(self.max_documents as usize);
        let numbers = 0..self.ids.len() as u32;
        let mut table = Table::with_room(self.room);
        for number in numbers.clone() {
            table.insert(hash::of_bytes(digest(self.notes.get(number))), number);
        }
        self.by_digest = table;
        let band = self.comparison.map_or(1, |comparison| comparison.band);
        for (at, old) in self.by_band.iter_mut().enumerate() {
            *old = Table::default();
            let mut table = Table::with_room(self.room);
            let start = DIGEST + at * band;
            let bytes =
                |number| self.notes.get(number).get(start..start + band).unwrap_or_default();
            for number in numbers.clone() {
                let own = bytes(number);
                let crowd = table.find(key(own)).filter(|other| bytes(*other) == own).count();
                if crowd < CROWD {
                    table.insert(key(own), number);
                }
            }
            *old = table;
        }
    }
}

impl Memory for Twins {
    fn recall(&mut self, id: &str, note: &[u8]) -> Result<Verdict, DocumentError> {
        // Without words, there is nothing to compare.
        if note.is_empty() {
            return Ok(Verdict::Keep);
        }
        if note.len() != self.notes.length {
            let message = "the note on this document is not one of this version's; run it again from the start";
            return Err(DocumentError::new(message));
        }
        let found = match self.same(note) {
            Some(twin) => Some((twin, "duplicate")),
            None => self.alike(note).map(|twin| (twin, "near-duplicate")),
        };
        if let Some((twin, reason)) = found {
            return Ok(Verdict::Drop(Reason::new(reason).twin(self.ids.get(twin))));
        }
        if self.ids.len() >= self.max_documents as usize {
            let message = format!(
                "{} documents are remembered, and none more may be; raise `max-documents` of this stage",
                self.max_documents
            );
            return Err(DocumentError::new(message));
        }
        self.keep(id, note);
        Ok(Verdict::Keep)
    }
}

fn digest(note: &[u8]) -> &[u8] {
    note.get(..DIGEST).unwrap_or_default()
}

fn signature(note: &[u8]) -> &[u8] {
    note.get(DIGEST..).unwrap_or_default()
}

/// The bands of a note: their bytes, and where in the note they begin.
fn bands(note: &[u8], band: usize) -> impl Iterator<Item = (&[u8], usize)> {
    signature(note)
        .chunks_exact(band)
        .enumerate()
        .map(move |(at, bytes)| (bytes, DIGEST + at * band))
}

/// The key of a band's bytes in its table.
fn key(bytes: &[u8]) -> u64 {
    hash::of_bytes(bytes)
}

/// The notes of the documents that were kept, by number. In blocks: growing copies nothing.
struct Notes {
    /// Of each, in bytes.
    length: usize,
    blocks: Vec<Vec<u8>>,
}

impl Notes {
    /// How many notes a block holds.
    const BLOCK: usize = 4096;

    fn get(&self, number: u32) -> &[u8] {
        let (block, at) =
            (number as usize / Self::BLOCK, number as usize % Self::BLOCK * self.length);
        let note = self.blocks.get(block).and_then(|block| block.get(at..at + self.length));
        note.unwrap_or_default()
    }

    fn push(&mut self, note: &[u8]) {
        let full = Self::BLOCK * self.length;
        match self.blocks.last_mut() {
            Some(block) if block.len() < full => block.extend_from_slice(note),
            _ => {
                let mut block = Vec::with_capacity(full);
                block.extend_from_slice(note);
                self.blocks.push(block);
            }
        }
    }
}

/// The ids of the documents that were kept, by number.
#[derive(Default)]
struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start =
            number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }

    fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }
}

#[cfg(test)]
mod tests;
