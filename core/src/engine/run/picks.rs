//! Which documents of a shard are to be taken through the pipeline again, and what became of each.

use std::collections::BTreeMap;

use crate::{
    DocumentBuf,
    engine::run::{done::Done, record::FailedAt},
};

/// The documents of a shard that failed and are wanted.
pub(super) struct Picks {
    /// By input: the number of each, and its place among the shard's failures.
    wanted: BTreeMap<String, Vec<(u64, usize)>>,
    /// Inputs whose last document failed, so that what comes after it now is wanted too.
    open: BTreeMap<String, usize>,
    /// The input at hand, and how many of its documents were met.
    input: String,
    met: u64,
    /// How many documents each input has.
    pub(super) counts: BTreeMap<String, u64>,
    /// What was taken of the block at hand.
    pub(super) taken: Vec<Taken>,
}

/// A document that was taken.
pub(super) struct Taken {
    /// Its place among the shard's failures.
    pub(super) failure: usize,
    /// How many bytes each track, and the text in the source and each stage, had when it came.
    pub(super) tracks: Vec<usize>,
    pub(super) text: Vec<u64>,
    /// How many documents had failed.
    pub(super) failures: usize,
}

impl Picks {
    /// `failures` are a shard's; those for which `wanted` holds are picked.
    pub(super) fn of(failures: &[FailedAt], wanted: impl Fn(usize) -> bool) -> Self {
        let mut picks = Picks {
            wanted: BTreeMap::new(),
            open: BTreeMap::new(),
            input: String::new(),
            met: 0,
            counts: BTreeMap::new(),
            taken: Vec::new(),
        };
        for (at, failed) in failures.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            if let Some(number) = failed.number {
                picks.wanted.entry(failed.input.clone()).or_default().push((number, at));
                if failed.is_last() {
                    picks.open.insert(failed.input.clone(), at);
                }
            }
        }
        picks
    }

    /// Whether something of this input is wanted.
    pub(super) fn wants(&self, input: &str) -> bool {
        self.wanted.contains_key(input)
    }

    /// Whether this document is one of them.
    pub(super) fn takes(&mut self, document: &DocumentBuf, done: &Done) -> bool {
        let input = &document.place.input;
        if self.input != *input {
            self.input.clone_from(input);
            self.met = 0;
        }
        let number = self.met;
        self.met += 1;
        self.counts.insert(input.clone(), self.met);
        let Some(numbers) = self.wanted.get(input) else { return false };
        let found = match numbers.binary_search_by_key(&number, |(number, _)| *number) {
            Ok(at) => Some(numbers[at].1),
            Err(at) if at == numbers.len() => self.open.get(input).copied(),
            Err(_) => None,
        };
        let Some(failure) = found else { return false };
        self.taken.push(Taken::now(failure, done));
        true
    }
}

impl Taken {
    /// A document that comes now.
    pub(super) fn now(failure: usize, done: &Done) -> Self {
        let entries = std::iter::once(&done.ledger.source).chain(&done.ledger.stages);
        Taken {
            failure,
            tracks: done.bytes().map(|(_, bytes)| bytes.len()).collect(),
            text: entries.map(|entry| entry.bytes).collect(),
            failures: done.failures.len(),
        }
    }
}
