//! The account of a run: every document has one fate.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

/// What one component did with the documents that came to it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(super) struct Entry {
    /// Documents that came in; of a sink, those that it failed or all sinks encoded.
    pub(super) read: u64,
    /// Documents dropped, by reason.
    pub(super) dropped: BTreeMap<String, u64>,
    /// Documents that failed here.
    pub(super) failed: u64,
    /// Bytes of text that came in; of a sink, bytes written.
    pub(super) bytes: u64,
    /// Time spent in it.
    pub(super) time: Duration,
    /// Processor time that it took in a process of its own.
    pub(super) elsewhere: Duration,
    /// How often its process was lost over a document; `None` where it has none of its own.
    pub(super) restarts: Option<u64>,
}

impl Entry {
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Documents that went on.
    pub(super) fn kept(&self) -> u64 {
        self.read.saturating_sub(self.dropped() + self.failed)
    }

    fn add(&mut self, other: &Entry) {
        self.read += other.read;
        self.failed += other.failed;
        self.bytes += other.bytes;
        self.time += other.time;
        self.elsewhere += other.elsewhere;
        if let Some(restarts) = other.restarts {
            *self.restarts.get_or_insert_default() += restarts;
        }
        for (reason, count) in &other.dropped {
            *self.dropped.entry(reason.clone()).or_default() += count;
        }
    }
}

/// The account of a block, or of the run so far.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(super) struct Ledger {
    /// The source: what it read, and what of it could not be read.
    pub(super) source: Entry,
    pub(super) stages: Vec<Entry>,
    pub(super) sinks: Vec<Entry>,
    /// Documents that left the last stage and were encoded by every sink.
    pub(super) written: u64,
    /// Bytes read, after decompression.
    pub(super) bytes: u64,
    /// Processor time of the workers, and of stages in processes of their own.
    pub(super) cpu: Duration,
    /// Wall time that a worker spent waiting for other processes.
    pub(super) waited: Duration,
}

impl Ledger {
    pub(super) fn new(stages: usize, sinks: usize) -> Self {
        Ledger {
            stages: vec![Entry::default(); stages],
            sinks: vec![Entry::default(); sinks],
            ..Ledger::default()
        }
    }

    /// One of as many stages and sinks.
    pub(super) fn empty(&self) -> Self {
        Ledger::new(self.stages.len(), self.sinks.len())
    }

    pub(super) fn add(&mut self, other: &Ledger) {
        self.source.add(&other.source);
        for (mine, theirs) in self.stages.iter_mut().zip(&other.stages) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.sinks.iter_mut().zip(&other.sinks) {
            mine.add(theirs);
        }
        self.written += other.written;
        self.bytes += other.bytes;
        self.cpu += other.cpu;
    }

    /// Takes a document back that failed in this component, as far as it came: 0 is the source. `text` is how many
    /// bytes it counted for in the source and in each stage, now that it is taken through again.
    pub(super) fn take_back(&mut self, component: usize, text: &[u64]) {
        let stages = self.stages.len();
        let entries = std::iter::once(&mut self.source).chain(&mut self.stages);
        for (at, entry) in entries.enumerate().take(component + 1) {
            entry.read = entry.read.saturating_sub(1);
            // The source counts the text of what it let go.
            if at > 0 || component > 0 {
                let bytes = text.get(at).copied().unwrap_or_default();
                entry.bytes = entry.bytes.saturating_sub(bytes);
            }
            if at == component {
                entry.failed = entry.failed.saturating_sub(1);
            }
        }
        let sink = component.checked_sub(1 + stages).and_then(|sink| self.sinks.get_mut(sink));
        if let Some(sink) = sink {
            sink.read = sink.read.saturating_sub(1);
            sink.failed = sink.failed.saturating_sub(1);
        }
    }

    pub(super) fn read(&self) -> u64 {
        self.source.read
    }

    pub(super) fn dropped(&self) -> u64 {
        self.stages.iter().map(Entry::dropped).sum()
    }

    pub(super) fn failed(&self) -> u64 {
        let later = self.stages.iter().chain(&self.sinks).map(|entry| entry.failed);
        self.source.failed + later.sum::<u64>()
    }

    /// Whether in = written + dropped + failed, and each stage got what the one before let go.
    pub(super) fn balances(&self) -> bool {
        let mut left = self.source.kept();
        for stage in &self.stages {
            if stage.read != left {
                return false;
            }
            left = stage.kept();
        }
        let lost_in_sinks: u64 = self.sinks.iter().map(|sink| sink.failed).sum();
        self.sinks.iter().all(|sink| sink.kept() == self.written)
            && left == self.written + lost_in_sinks
            && self.read() == self.written + self.dropped() + self.failed()
    }

    /// Turns wall time inside a block into processor time: each part's share of the block's.
    pub(super) fn scale_times(&mut self, wall: Duration, cpu: Duration) {
        let wall = wall.saturating_sub(self.waited);
        let scale =
            if wall.is_zero() { 1.0 } else { (cpu.as_secs_f64() / wall.as_secs_f64()).min(1.0) };
        self.cpu = cpu;
        let entries = self.stages.iter_mut().chain(&mut self.sinks);
        for entry in std::iter::once(&mut self.source).chain(entries) {
            entry.time = entry.time.mul_f64(scale) + entry.elsewhere;
            self.cpu += entry.elsewhere;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_document_unbalances_the_account() {
        let mut ledger = Ledger::new(2, 1);
        ledger.source.read = 10;
        ledger.source.failed = 1;
        ledger.stages[0].read = 9;
        ledger.stages[0].dropped.insert("too-short".to_owned(), 2);
        ledger.stages[1].read = 7;
        ledger.stages[1].failed = 3;
        ledger.sinks[0].read = 4;
        ledger.sinks[0].failed = 1;
        ledger.written = 3;
        assert!(ledger.balances());
        ledger.sinks[0].read = 3;
        assert!(!ledger.balances(), "a sink lost one");
        ledger.sinks[0].read = 4;
        ledger.written = 2;
        assert!(!ledger.balances());
        ledger.written = 3;
        ledger.stages[1].read = 6;
        assert!(!ledger.balances());
    }
}
