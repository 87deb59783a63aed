//! Takes blocks through all stages and sinks, one document at a time; a batch at a time where a stage is out of
//! process ([`batch`](super::batch)).

use std::time::{Duration, Instant};

use crate::{
    Block, BuildError, DocumentBuf, DocumentError, Intake, Provenance, Verdict,
    engine::{
        Pipeline,
        contain::contain,
        run::{
            batch::Gathered,
            clock::{lap, thread_time},
            dead_letters::{self, Failure},
            done::Done,
            identity,
            memory::Memories,
            picks::Picks,
            reader::Read,
            sinks::Sinks,
            stages::{Fatal, KEPT, Stages},
            stop::Stop,
            watch::{self, Event, SLOW, Watch},
        },
    },
    plugin::AnySource,
};

/// One thread's instances and buffers.
pub(super) struct Worker<'p> {
    pub(super) pipeline: &'p Pipeline,
    source: &'p dyn AnySource,
    level: Provenance,
    pub(super) stages: Stages<'p>,
    sinks: Sinks<'p>,
    document: DocumentBuf,
    /// Where a stage is out of process: documents on their way through the stages.
    pub(super) gathered: Option<Gathered>,
    /// Set where the run cannot go on.
    pub(super) fatal: Option<Fatal>,
    /// How many documents it may still take in, where that is limited.
    left: Option<u64>,
    /// Set from outside to stop the run, which a stage out of process may be waiting in.
    pub(super) stop: &'p Stop<'p>,
    pub(super) memories: &'p Memories,
    /// Whether it takes the time of each document.
    pub(super) timed: bool,
    /// The documents that it takes, where not all are to be taken.
    pub(super) picks: Option<Picks>,
    /// Who is told of documents that take long.
    pub(super) watch: Option<&'p Watch<'p>>,
}

impl<'p> Worker<'p> {
    /// Builds an instance of each stage and sink.
    pub(super) fn new(
        pipeline: &'p Pipeline,
        source: &'p dyn AnySource,
        limit: Option<u64>,
        stop: &'p Stop<'p>,
        memories: &'p Memories,
    ) -> Result<Self, BuildError> {
        let mut stages = Stages::of(pipeline)?;
        let remote = (0..pipeline.stages.len()).any(|at| stages.is_remote(at));
        let gathered = match (memories.is_empty(), remote) {
            (false, _) => Some(Gathered::of_blocks()),
            (true, remote) => remote.then(Gathered::default),
        };
        Ok(Worker {
            pipeline,
            source,
            level: pipeline.provenance(),
            stages,
            sinks: Sinks::of(pipeline)?,
            document: DocumentBuf::new(),
            gathered,
            fatal: None,
            left: limit,
            stop,
            memories,
            timed: false,
            picks: None,
            watch: None,
        })
    }

    /// Takes these documents and no others, each through the whole pipeline before the next.
    pub(super) fn pick(&mut self, picks: Picks) {
        self.picks = Some(picks);
        self.gathered = self.gathered.take().map(|_| Gathered::one_by_one());
    }

    /// Whether it has taken in all that it may.
    pub(super) fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    /// Takes a block through; `done` lends its buffers.
    pub(super) fn block(&mut self, read: &Read, block: &Block, done: &mut Done) {
        let (outputs, notes) = (self.pipeline.outputs().count(), self.memories.len());
        done.clear(outputs, notes, self.pipeline.stages.len(), self.sinks.len());
        (done.shard, done.ends) = (read.shard, read.ends);
        done.stored = watch::stored(block);
        done.ledger.bytes = block.pieces.iter().map(|piece| piece.range.len() as u64).sum();

        let components = 1 + self.pipeline.stages.len() + self.sinks.len();
        done.laps.start(if self.timed { components } else { 0 });
        let cpu = thread_time();
        let start = Instant::now();
        let mut document = std::mem::take(&mut self.document);
        let source = self.source;
        let mut since = start;
        let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
            if let Some(left) = &mut self.left {
                match left.checked_sub(1) {
                    Some(fewer) => *left = fewer,
                    None => return,
                }
            }
            if let Some(picks) = &mut self.picks
                && !picks.takes(document, done)
            {
                return;
            }
            done.count(document);
            match self.fatal {
                Some(_) => {}
                None if self.gathered.is_some() => self.gather(document, failed, done, &mut since),
                None => {
                    let began = since;
                    self.document(document, failed, done, &mut since);
                    self.tell_if_slow(document, since - began);
                }
            }
        };
        let parsed = contain(|| source.parse(block, &mut Intake::new(&mut document, &mut take)));
        self.batch(read.number, done, &mut since);
        if let Err(panic) = parsed {
            let uri = block.pieces.first().map_or("", |piece| &piece.uri);
            done.ledger.source.read += 1;
            done.ledger.source.failed += 1;
            document.clear();
            document.origin.uri.push_str(uri);
            document.place.input.push_str(uri);
            let error = DocumentError::new(format!(
                "the source panicked: {panic}; the rest of its block is lost"
            ));
            let failure = Failure { stage: &self.pipeline.source.name, error: &error, raw: None };
            done.fail(&document, 0, &failure);
        }
        // What is retried is put between what others left, as it is.
        if self.picks.is_none() {
            self.sinks.pack(done, &mut since);
        }
        self.document = document;
        self.trim(done);
        done.ledger.scale_times(start.elapsed(), thread_time().saturating_sub(cpu));
    }

    fn tell_if_slow(&self, document: &DocumentBuf, took: Duration) {
        if let Some(watch) = self.watch.filter(|_| took >= SLOW) {
            let seconds = took.as_secs_f64();
            watch.tell(|| Event::Slow { id: &document.id, uri: &document.origin.uri, seconds });
        }
    }

    fn document(
        &mut self,
        document: &mut DocumentBuf,
        failed: Option<(DocumentError, &[u8])>,
        done: &mut Done,
        since: &mut Instant,
    ) {
        if let Err(letter) = self.admit(document, failed, done, since) {
            return done.fail_with(document, 0, &letter);
        }
        for (at, planned) in self.pipeline.stages.iter().enumerate() {
            let entry = &mut done.ledger.stages[at];
            entry.read += 1;
            entry.bytes += document.text.len() as u64;
            let outcome = self.stages.step(at, document);
            entry.time += lap(since);
            done.laps.end(1 + at);
            match outcome {
                Ok(Verdict::Keep) => {}
                Ok(Verdict::Drop(reason)) => {
                    done.drop(document, &planned.name, &reason);
                    let entry = &mut done.ledger.stages[at];
                    *entry.dropped.entry(reason.name.into_owned()).or_default() += 1;
                    return;
                }
                Err(error) => {
                    entry.failed += 1;
                    let failure =
                        Failure { stage: &planned.name, error: &error, raw: Some(document.raw()) };
                    return done.fail(document, 1 + at, &failure);
                }
            }
        }
        self.encode(document, done, since);
    }

    /// Counts a document that the source read and completes it; the dead letter where it failed.
    pub(super) fn admit(
        &mut self,
        document: &mut DocumentBuf,
        failed: Option<(DocumentError, &[u8])>,
        done: &mut Done,
        since: &mut Instant,
    ) -> Result<(), Vec<u8>> {
        done.ledger.source.read += 1;
        if !document.carried {
            document.origin.source.clear();
            document.origin.source.push_str(self.pipeline.source.component);
        }
        let failed = failed.map(|(error, raw)| (error, Some(raw).filter(|raw| !raw.is_empty())));
        let failed = failed.or_else(|| {
            let (size, limit) = (document.text.len(), self.pipeline.run.max_document);
            (size > limit).then(|| {
                let error = DocumentError::new(format!(
                    "{size} bytes of text are more than max-document allows ({limit}); raise it in [run]"
                ));
                (error, Some(document.raw()))
            })
        });
        if let Some((error, raw)) = failed {
            done.ledger.source.failed += 1;
            done.ledger.source.time += lap(since);
            done.laps.document();
            let failure = Failure { stage: &self.pipeline.source.name, error: &error, raw };
            let mut letter = Vec::new();
            dead_letters::write(document, &failure, &mut letter);
            return Err(letter);
        }
        identity::complete(document, self.level);
        done.ledger.source.bytes += document.text.len() as u64;
        done.ledger.source.time += lap(since);
        done.laps.document();
        Ok(())
    }

    /// All sinks encode the document, or none does.
    pub(super) fn encode(&mut self, document: &DocumentBuf, done: &mut Done, since: &mut Instant) {
        if let Err((at, error)) = self.sinks.encode(document, done, since) {
            let stage = &self.pipeline.sinks[at].name;
            let failure = Failure { stage, error: &error, raw: Some(document.raw()) };
            done.fail(document, 1 + self.pipeline.stages.len() + at, &failure);
        }
    }

    /// One huge document must not hold its memory for the rest of the run.
    fn trim(&mut self, done: &mut Done) {
        let large = |document: &DocumentBuf| document.capacity() > KEPT;
        if large(&self.document) || self.gathered.as_mut().is_some_and(Gathered::trim) {
            self.document = DocumentBuf::new();
            self.stages.trim();
        }
        self.sinks.trim(2 * KEPT);
        let buffers = done.outputs.iter_mut().chain(&mut done.notes);
        for output in buffers.filter(|output| output.capacity() > 2 * KEPT) {
            output.shrink_to_fit();
        }
    }
}
