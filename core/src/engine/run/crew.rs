//! The workers of a run: each takes the next block, takes it through the pipeline, and hands in what came out.

use std::{panic::resume_unwind, path::Path, sync::Mutex, thread};

use super::{
    RunError,
    clock::thread_time,
    done::Done,
    memory::Memories,
    mutex::lock,
    order::Order,
    reader::Reader,
    stages::Fatal,
    stop::Stop,
    times::{Times, nanoseconds},
    tolerance::Tolerance,
    watch::Watch,
    worker::Worker,
    writer::{Unwritten, Writer},
};
use crate::{Block, engine::Pipeline, plugin::AnySource};

/// What the workers of a run share.
pub(super) struct Crew<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) source: &'a dyn AnySource,
    /// How many documents may fail.
    pub(super) tolerance: Mutex<Tolerance>,
    pub(super) reader: Mutex<Reader>,
    pub(super) order: Order<Done>,
    pub(super) writer: Mutex<Writer<'a>>,
    pub(super) memories: &'a Memories,
    pub(super) dead_letters: &'a Path,
    pub(super) stop: &'a Stop<'a>,
    pub(super) watch: &'a Watch<'a>,
    pub(super) times: Option<&'a Mutex<Times>>,
}

/// Why a worker ended before the end.
pub(super) enum Ended {
    With(RunError),
    /// Because of something that is told elsewhere.
    Quietly,
}

impl From<Fatal> for Ended {
    fn from(fatal: Fatal) -> Self {
        match fatal {
            Fatal::Stopped => Ended::Quietly,
            Fatal::Memory { stage, panic } => Ended::With(RunError::MemoryLost { stage, panic }),
            Fatal::NotStarted { stage, error } => {
                Ended::With(RunError::NotRestarted { stage, source: error })
            }
            Fatal::Restarts { stage, lost, allowed, document, error } => {
                let source = error;
                Ended::With(RunError::TooManyRestarts { stage, lost, allowed, document, source })
            }
        }
    }
}

impl Crew<'_> {
    /// Works, with one thread a worker, until there are no more blocks.
    pub(super) fn work(&self, workers: &mut [Worker<'_>]) -> Result<(), Ended> {
        thread::scope(|scope| {
            let Some((own, others)) = workers.split_first_mut() else { return Ok(()) };
            // Where the system gives no more threads, fewer do the work.
            let others: Vec<_> = others
                .iter_mut()
                .map_while(|worker| {
                    thread::Builder::new().spawn_scoped(scope, move || self.worker(worker)).ok()
                })
                .collect();
            let own = self.worker(own);
            let outcomes = others
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            // What ended the run says more than what ended because of it.
            outcomes.fold(own, |before, outcome| match (before, outcome) {
                (Err(Ended::Quietly) | Ok(()), Err(error)) => Err(error),
                (before, _) => before,
            })
        })
    }

    fn worker(&self, worker: &mut Worker<'_>) -> Result<(), Ended> {
        let _guard = EndOnPanic(self);
        let worked = self.blocks(worker);
        if worked.is_err() {
            self.end();
        }
        worked
    }

    fn blocks(&self, worker: &mut Worker<'_>) -> Result<(), Ended> {
        let mut block = Block::default();
        while !worker.is_full() && !self.order.has_ended() {
            let since = self.times.map(|_| thread_time());
            let read = lock(&self.reader).next(self.pipeline, self.source, self.stop, &mut block);
            let Some(read) = read else { break };
            if read.begins {
                self.watch.begun(read.shard);
            }
            let reading = since.map(|since| thread_time().saturating_sub(since));
            let Some(mut done) = self.order.admit(read.number) else { break };
            done.laps.reading = reading.map_or(0, nanoseconds);
            worker.block(&read, &block, &mut done);
            if let Some(fatal) = worker.fatal.take() {
                return Err(fatal.into());
            }
            if self.stop.is_due() {
                return Err(Ended::Quietly);
            }
            self.order.hand_in(read.number, done, |done| self.write(done))?;
        }
        Ok(())
    }

    fn write(&self, done: &mut Done) -> Result<(), Ended> {
        let failed = done.failed();
        let mut writer = lock(&self.writer);
        writer.write(done).map_err(|unwritten| match unwritten {
            Unwritten::Failed(error) => Ended::With(error.into()),
            Unwritten::Refused => Ended::Quietly,
        })?;
        if let Some(times) = self.times {
            lock(times).add(&done.laps);
        }
        let ledger = &writer.ledger;
        self.watch.written(done, ledger, self.order.waiting());
        let counted = lock(&self.tolerance).count(done.ledger.read(), failed);
        counted.map_err(|exceeded| Ended::With(exceeded.error(ledger.failed(), self.dead_letters)))
    }

    /// Lets nobody wait any longer.
    fn end(&self) {
        self.order.end();
        self.memories.end();
    }
}

/// Lets the other workers end when this one panics: a fault of the engine itself.
struct EndOnPanic<'a, 'c>(&'a Crew<'c>);

impl Drop for EndOnPanic<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}
