//! Takes documents through the stages a batch at a time, where one of them is out of process and each message
//! to it costs much, or remembers earlier documents and has to wait for its turn.
//!
//! What comes out, its order and the account of it are the same as one document at a time: what failed keeps
//! its place among the dead letters until the batch is through.

use std::time::Instant;

use crate::{
    DocumentBuf, DocumentError, Verdict,
    engine::run::{
        clock::{lap, thread_time},
        dead_letters::{self, Failure},
        done::Done,
        dropped,
        ledger::Entry,
        memory::Turn,
        stages::{Fatal, Taken},
        worker::Worker,
    },
};

/// A batch is full with this many documents …
const DOCUMENTS: usize = 32;
/// … or this much text, in bytes.
const TEXT: usize = 1 << 20;

/// Documents on their way through the stages. Buffers are used again.
#[derive(Default)]
pub(super) struct Gathered {
    places: Vec<Place>,
    /// How many of the places are taken.
    len: usize,
    /// Bytes of text in them.
    text: usize,
    /// When a batch is full.
    size: BatchSize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BatchSize {
    #[default]
    Bounded,
    /// A batch is a block, however much is in it.
    Block,
    One,
}

/// A document in a batch.
#[derive(Default)]
struct Place {
    document: DocumentBuf,
    /// Whether it was dropped, or has failed.
    ended: bool,
    /// The component that it failed in, where it has failed.
    failed: Option<usize>,
    /// Its dead letter, or its line among the dropped.
    letter: Vec<u8>,
    /// What the stage at hand noted of it, where that one remembers.
    note: Vec<u8>,
}

impl Gathered {
    /// For pipelines with stages that remember: a block passes the gate of such a stage once, as a whole.
    pub(super) fn of_blocks() -> Self {
        Gathered { size: BatchSize::Block, ..Gathered::default() }
    }

    /// For when what becomes of each document must be told apart.
    pub(super) fn one_by_one() -> Self {
        Gathered { size: BatchSize::One, ..Gathered::default() }
    }

    /// Gives back what large documents made large; whether there was any.
    pub(super) fn trim(&mut self) -> bool {
        const KEPT: usize = 256 << 10;
        let mut large = false;
        for place in self.places.iter_mut().filter(|place| place.document.capacity() > KEPT) {
            *place = Place::default();
            large = true;
        }
        large
    }
}

impl Worker<'_> {
    /// Adds a document to the batch, which goes through the stages when it is full. `document` comes back with
    /// the buffers of another.
    pub(super) fn gather(
        &mut self,
        document: &mut DocumentBuf,
        failed: Option<(DocumentError, &[u8])>,
        done: &mut Done,
        since: &mut Instant,
    ) {
        let Some(mut gathered) = self.gathered.take() else { return };
        if gathered.places.len() == gathered.len {
            gathered.places.push(Place::default());
        }
        let place = &mut gathered.places[gathered.len];
        place.letter.clear();
        (place.ended, place.failed) = (false, None);
        if let Err(letter) = self.admit(document, failed, done, since) {
            (place.ended, place.failed, place.letter) = (true, Some(0), letter);
        }
        std::mem::swap(&mut place.document, document);
        gathered.len += 1;
        gathered.text += place.document.text.len();
        let full = match gathered.size {
            BatchSize::Bounded => gathered.len >= DOCUMENTS || gathered.text >= TEXT,
            BatchSize::Block => false,
            BatchSize::One => true,
        };
        self.gathered = Some(gathered);
        if full {
            // Only where no stage remembers, to which the block's number would matter.
            self.batch(0, done, since);
        }
    }

    /// Takes what was gathered of this block through the stages and sinks.
    pub(super) fn batch(&mut self, block: u64, done: &mut Done, since: &mut Instant) {
        let Some(mut gathered) = self.gathered.take() else { return };
        let places = &mut gathered.places[..gathered.len];
        for at in 0..self.pipeline.stages.len() {
            if self.fatal.is_none() {
                self.stage(at, places, done, since);
            }
            if let (None, Some(memory)) = (&self.fatal, self.memories.place(at)) {
                self.recall(at, memory, block, places, done, since);
            }
        }
        let through = if self.fatal.is_none() { &*places } else { &[] };
        for (at, place) in through.iter().enumerate() {
            done.laps.back_to(through.len() - at);
            match place.failed {
                Some(component) => done.fail_with(&place.document, component, &place.letter),
                None if place.ended => done.dropped.extend_from_slice(&place.letter),
                None => self.encode(&place.document, done, since),
            }
        }
        (gathered.len, gathered.text) = (0, 0);
        self.gathered = Some(gathered);
    }

    fn stage(&mut self, at: usize, places: &mut [Place], done: &mut Done, since: &mut Instant) {
        let entry = &mut done.ledger.stages[at];
        let count = places.len();
        let open = places.iter_mut().enumerate().filter(|(_, place)| !place.ended);
        if !self.stages.is_remote(at) {
            for (of, place) in open {
                entry.read += 1;
                entry.bytes += place.document.text.len() as u64;
                let outcome = self.stages.step(at, &mut place.document);
                place.note.clear();
                place.note.extend_from_slice(self.stages.note());
                entry.time += lap(since);
                done.laps.back_to(count - of);
                done.laps.end(1 + at);
                place.settle(outcome, at, &self.pipeline.stages[at].name, entry);
            }
            return;
        }
        let open: Vec<&mut DocumentBuf> = open.map(|(_, place)| &mut place.document).collect();
        if open.is_empty() {
            return;
        }
        entry.restarts.get_or_insert_default();
        entry.read += open.len() as u64;
        entry.bytes += open.iter().map(|document| document.text.len() as u64).sum::<u64>();
        let mut taken = Vec::with_capacity(open.len());
        let (wall, cpu) = (Instant::now(), thread_time());
        let outcome = self.stages.batch(at, open, &mut taken, self.stop);
        let own = thread_time().saturating_sub(cpu);
        entry.time += own;
        done.ledger.waited += wall.elapsed().saturating_sub(own);
        *since = Instant::now();
        done.laps.skip();
        if let Err(fatal) = outcome {
            self.fatal = Some(fatal);
            return;
        }
        let share = own / taken.len().max(1) as u32;
        let open = places.iter_mut().enumerate().filter(|(_, place)| !place.ended);
        for ((of, place), Taken { outcome, time, lost }) in open.zip(taken) {
            entry.elsewhere += time;
            done.laps.back_to(count - of);
            done.laps.add(1 + at, time + share);
            *entry.restarts.get_or_insert_default() += u64::from(lost);
            place.settle(outcome, at, &self.pipeline.stages[at].name, entry);
        }
    }

    /// Shows the memory of a stage the documents that it kept, when the block's turn has come.
    fn recall(
        &mut self,
        at: usize,
        memory: usize,
        block: u64,
        places: &mut [Place],
        done: &mut Done,
        since: &mut Instant,
    ) {
        let waiting = Instant::now();
        let Some(mut turn) = self.memories.enter(memory, block) else {
            self.fatal = Some(Fatal::Stopped);
            return;
        };
        done.ledger.waited += waiting.elapsed();
        *since = Instant::now();
        let stage = &self.pipeline.stages[at].name;
        for place in places.iter_mut().filter(|place| !place.ended) {
            let shown = place.show(&mut turn, stage, &mut done.notes[memory]);
            let entry = &mut done.ledger.stages[at];
            entry.time += lap(since);
            match shown {
                Ok(outcome) => place.settle(outcome, at, stage, entry),
                Err(fatal) => {
                    self.fatal = Some(fatal);
                    return;
                }
            }
        }
    }
}

impl Place {
    fn show(
        &self,
        turn: &mut Turn<'_>,
        stage: &str,
        notes: &mut Vec<u8>,
    ) -> Result<Result<Verdict, DocumentError>, Fatal> {
        turn.recall(stage, &self.document.id, &self.note, notes)
    }

    /// Counts what became of its document in the stage at this place.
    fn settle(
        &mut self,
        outcome: Result<Verdict, DocumentError>,
        at: usize,
        stage: &str,
        entry: &mut Entry,
    ) {
        match outcome {
            Ok(Verdict::Keep) => {}
            Ok(Verdict::Drop(reason)) => {
                dropped::write(&self.document, stage, &reason, &mut self.letter);
                *entry.dropped.entry(reason.name.into_owned()).or_default() += 1;
                self.ended = true;
            }
            Err(error) => {
                entry.failed += 1;
                let raw = Some(self.document.raw());
                let failure = Failure { stage, error: &error, raw };
                dead_letters::write(&self.document, &failure, &mut self.letter);
                (self.ended, self.failed) = (true, Some(1 + at));
            }
        }
    }
}
