//! What came out of a block.

use super::{
    dead_letters::{self, Failure},
    dropped,
    ledger::Ledger,
    record::FailedAt,
    times::Laps,
};
use crate::{DocumentBuf, Reason};

/// What came out of a block, in the order of its documents. Buffers are used again.
#[derive(Default)]
pub(super) struct Done {
    /// The shard that the block is of.
    pub(super) shard: usize,
    /// Whether the shard ends here. Such a block holds nothing.
    pub(super) ends: bool,
    /// The bytes for each output file, in the order of the plan.
    pub(super) outputs: Vec<Vec<u8>>,
    pub(super) dead_letters: Vec<u8>,
    pub(super) dropped: Vec<u8>,
    /// The notes of each stage that remembers.
    pub(super) notes: Vec<Vec<u8>>,
    pub(super) failures: Vec<FailedAt>,
    /// The inputs that the block's documents came from, in order, and how many of each.
    pub(super) inputs: Vec<(String, u64)>,
    pub(super) ledger: Ledger,
    /// Bytes of the inputs that were read for it, as stored.
    pub(super) stored: u64,
    pub(super) laps: Laps,
}

impl Done {
    /// Empties it for a block of a pipeline with this many outputs, remembering stages, stages and sinks.
    pub(super) fn clear(&mut self, outputs: usize, notes: usize, stages: usize, sinks: usize) {
        self.outputs.resize_with(outputs, Vec::new);
        self.notes.resize_with(notes, Vec::new);
        let own = [&mut self.dead_letters, &mut self.dropped];
        own.into_iter().chain(&mut self.outputs).chain(&mut self.notes).for_each(Vec::clear);
        self.failures.clear();
        self.inputs.clear();
        self.ledger = Ledger::new(stages, sinks);
    }

    /// Takes note of where a document came from.
    pub(super) fn count(&mut self, document: &DocumentBuf) {
        match self.inputs.last_mut() {
            Some((input, count)) if *input == document.place.input => *count += 1,
            _ => self.inputs.push((document.place.input.clone(), 1)),
        }
    }

    /// The places of the documents that failed, among all of the block, from 0.
    pub(super) fn failed(&self) -> Vec<u64> {
        let mut inputs = self.inputs.iter().peekable();
        let mut before = 0;
        let places = self.failures.iter().map(|failed| {
            // What a panic of the source cost comes last.
            let Some(number) = failed.number else { return self.ledger.read().saturating_sub(1) };
            while let Some((_, count)) = inputs.next_if(|(input, _)| *input != failed.input) {
                before += count;
            }
            before + number
        });
        places.collect()
    }

    /// Writes the dead letter of a document that failed in this component.
    pub(super) fn fail(&mut self, document: &DocumentBuf, component: usize, failure: &Failure<'_>) {
        let mut letter = Vec::new();
        dead_letters::write(document, failure, &mut letter);
        self.fail_with(document, component, &letter);
    }

    /// The same with a letter that is written.
    pub(super) fn fail_with(&mut self, document: &DocumentBuf, component: usize, letter: &[u8]) {
        let at = self.bytes().map(|(_, bytes)| bytes.len() as u64).collect();
        self.failures.push(FailedAt {
            input: document.place.input.clone(),
            number: document.place.number,
            of: 0,
            component,
            at,
            letter: letter.len() as u64,
        });
        self.dead_letters.extend_from_slice(letter);
    }

    /// Writes down a document that was dropped.
    pub(super) fn drop(&mut self, document: &DocumentBuf, stage: &str, reason: &Reason) {
        dropped::write(document, stage, reason, &mut self.dropped);
    }

    /// Its bytes for each track, in the order of [`tracks`](super::tracks).
    pub(super) fn bytes(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let own = [&self.dead_letters, &self.dropped];
        let tracks = self.outputs.iter().chain(own).chain(&self.notes);
        tracks.map(Vec::as_slice).enumerate()
    }
}
