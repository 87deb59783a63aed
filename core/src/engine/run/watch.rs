//! Tells whoever watches a run how far it is, and what happens in it.
//!
//! What is told depends on the clock; what a run writes does not depend on what is told. How far it is, is told
//! after the first block, then ten times a second at most, and at the end. What happens is told only where
//! somebody listens; else it costs a comparison a block.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Report, Totals, dead_letters::Head, done::Done, ledger::Ledger, mutex::lock, record::Record,
};
use crate::{Block, engine::Pipeline};

/// The least time between two observations.
const BETWEEN: Duration = Duration::from_millis(100);

/// A document that takes a worker longer than this is told of.
pub(super) const SLOW: Duration = Duration::from_secs(1);

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The account so far, of what was written; of a run that is resumed, with what was done before. There are
    /// no outputs in it yet.
    pub report: Report,
    /// Bytes of the inputs that were read so far, as they are stored: of compressed inputs, before decompression.
    pub stored: u64,
    /// How many of these were read before this run was resumed.
    pub stored_before: u64,
    /// As many bytes as all inputs have as stored; `None` where the size of one is not known.
    pub stored_in_all: Option<u64>,
    /// Shards that are on the disk. None of a run to a stream are.
    pub shards_done: usize,
    /// Shards in all; of one job of several, its own.
    pub shards: usize,
    /// Blocks that are done and wait for an earlier one to be written.
    pub waiting: usize,
}

/// What happens in a run. More kinds may come.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The reading of a shard has begun.
    ShardBegun {
        /// Its number, from 0.
        shard: usize,
        /// The first of its inputs.
        input: &'a str,
        /// How many it has.
        inputs: usize,
    },
    /// All documents of a shard are through; what came of them is not yet on the disk for good.
    ShardDone {
        /// Its number, from 0.
        shard: usize,
    },
    /// A shard is on the disk, and a resumed run need not do it again.
    ShardCommitted {
        /// Its number, from 0.
        shard: usize,
        /// What became of its documents.
        documents: Totals,
    },
    /// A document failed.
    Failed {
        /// The document; empty where it has no name yet.
        id: &'a str,
        /// Its input.
        uri: &'a str,
        /// Its place there; empty for the input as a whole.
        locator: &'a str,
        /// The source, stage or sink that it failed in, by its name in the pipeline.
        stage: &'a str,
        /// What went wrong.
        error: &'a str,
    },
    /// The process of a stage was lost, and started again.
    Restarted {
        /// The stage, by its name in the pipeline.
        stage: &'a str,
        /// How often, since it was last told.
        times: u64,
    },
    /// A document took more than a second. Not told of where a stage runs in another process or remembers.
    Slow {
        /// The document; empty where it has no name.
        id: &'a str,
        /// Its input.
        uri: &'a str,
        /// How long it took.
        seconds: f64,
    },
}

/// Who is told of events.
pub type Events<'a> = &'a (dyn Fn(&Event<'_>) + Sync);

/// Who is told how far a run is.
type Observe<'a> = &'a (dyn Fn(&Progress) + Sync);

/// What is told of one run, and to whom.
pub(super) struct Watch<'a> {
    pipeline: &'a Pipeline,
    observe: Observe<'a>,
    events: Option<Events<'a>>,
    start: Instant,
    threads: usize,
    stored_before: u64,
    stored_in_all: Option<u64>,
    shards: usize,
    shards_done: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<Instant>,
    /// Bytes of the shards that came to their end: theirs as planned, whatever was counted of them.
    ended: u64,
    /// Those counted of the shard at hand.
    at_hand: u64,
    /// The account, when there is nothing more to come.
    ledger: Option<Ledger>,
}

impl<'a> Watch<'a> {
    /// `done` are the shards that were done before, `todo` those that are to be done.
    pub(super) fn new(
        pipeline: &'a Pipeline,
        (observe, events): (Observe<'a>, Option<Events<'a>>),
        (start, threads): (Instant, usize),
        done: impl Iterator<Item = usize>,
        todo: &[usize],
    ) -> Self {
        let mut watch = Watch {
            pipeline,
            observe,
            events,
            start,
            threads,
            stored_before: 0,
            stored_in_all: todo.iter().map(|shard| size(pipeline, *shard)).sum(),
            shards: todo.len(),
            shards_done: AtomicUsize::new(0),
            state: Mutex::default(),
        };
        for shard in done {
            watch.shards += 1;
            *watch.shards_done.get_mut() += 1;
            watch.stored_before += size(pipeline, shard).unwrap_or(0);
        }
        watch.stored_in_all = watch.stored_in_all.map(|bytes| bytes + watch.stored_before);
        watch
    }

    /// Takes note of a block that was written. `ledger` accounts for all so far.
    pub(super) fn written(&self, done: &Done, ledger: &Ledger, waiting: usize) {
        self.tell_of(done);
        let mut state = lock(&self.state);
        state.at_hand += done.stored;
        if done.ends {
            state.ended += size(self.pipeline, done.shard).unwrap_or(state.at_hand);
            state.at_hand = 0;
        }
        if state.last.is_some_and(|last| last.elapsed() < BETWEEN) {
            return;
        }
        state.last = Some(Instant::now());
        // What a source counts of a shard may be more than what is stored of it.
        let at_hand = size(self.pipeline, done.shard).unwrap_or(u64::MAX).min(state.at_hand);
        let stored = state.ended + at_hand;
        drop(state);
        (self.observe)(&self.progress(ledger, stored, waiting));
    }

    /// Keeps the account that the workers came to, for [`Watch::end`].
    pub(super) fn keep(&self, ledger: Ledger) {
        lock(&self.state).ledger = Some(ledger);
    }

    /// Tells how far the run came, and gives the account of it; `None` if it did not begin.
    pub(super) fn end(&self) -> Option<Ledger> {
        let mut state = lock(&self.state);
        let ledger = state.ledger.take()?;
        let stored = state.ended + state.at_hand;
        drop(state);
        (self.observe)(&self.progress(&ledger, stored, 0));
        Some(ledger)
    }

    fn progress(&self, ledger: &Ledger, stored: u64, waiting: usize) -> Progress {
        let mut report = Report::of(self.pipeline, ledger);
        (report.threads, report.shards) = (self.threads, self.shards);
        report.seconds = self.start.elapsed().as_secs_f64();
        Progress {
            report,
            stored: self.stored_before + stored,
            stored_before: self.stored_before,
            stored_in_all: self.stored_in_all,
            shards_done: self.shards_done.load(Ordering::Relaxed),
            shards: self.shards,
            waiting,
        }
    }

    /// Takes note that a shard is on the disk.
    pub(super) fn committed(&self, record: &Record) {
        self.shards_done.fetch_add(1, Ordering::Relaxed);
        self.tell(|| {
            let ledger = &record.ledger;
            Event::ShardCommitted { shard: record.shard, documents: Totals::of(ledger) }
        });
    }

    /// Takes note that the reading of a shard has begun.
    pub(super) fn begun(&self, shard: usize) {
        self.tell(|| {
            let inputs = self.pipeline.shards.get(shard).map_or(&[][..], |shard| &shard.inputs);
            let input = inputs.first().map_or("", |input| &input.uri);
            Event::ShardBegun { shard, input, inputs: inputs.len() }
        });
    }

    /// Tells an event, made only if somebody listens.
    pub(super) fn tell<'e>(&self, event: impl FnOnce() -> Event<'e>) {
        if let Some(events) = self.events {
            events(&event());
        }
    }

    fn tell_of(&self, done: &Done) {
        let Some(events) = self.events else { return };
        for line in done.dead_letters.split_inclusive(|byte| *byte == b'\n') {
            let Ok(Head { id, stage, error, origin }) = serde_json::from_slice(line) else {
                continue;
            };
            let (id, stage, error) = (&id, &stage, &error);
            let (uri, locator) = (&origin.uri, &origin.locator);
            events(&Event::Failed { id, uri, locator, stage, error });
        }
        for (part, entry) in self.pipeline.stages.iter().zip(&done.ledger.stages) {
            if let Some(times) = entry.restarts.filter(|times| *times > 0) {
                events(&Event::Restarted { stage: &part.name, times });
            }
        }
        if done.ends {
            events(&Event::ShardDone { shard: done.shard });
        }
    }
}

/// How many bytes the inputs of a shard have as stored, where that is known.
fn size(pipeline: &Pipeline, shard: usize) -> Option<u64> {
    pipeline.shards.get(shard)?.inputs.iter().map(|input| input.bytes).sum()
}

/// How many bytes as stored were read for a block, as far as its source says.
pub(super) fn stored(block: &Block) -> u64 {
    block.stored.unwrap_or_else(|| block.pieces.iter().map(|piece| piece.range.len() as u64).sum())
}
