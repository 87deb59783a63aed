//! The stages of a pipeline, at work on one document after another: in a run, and in tests.

use std::{ops::ControlFlow, time::Duration};

use crate::{
    BuildError, Changes, Contract, Document, DocumentBuf, DocumentError, Provenance, Verdict,
    Violation,
    engine::{Apply, Pipeline, chain, contain::contain, pipeline::Part, run::stop::Stop},
    plugin::{AnyStage, Batch},
};

/// Buffers up to this many bytes are kept from one block to the next.
pub(super) const KEPT: usize = 4 << 20;

/// An instance of each stage, and the buffers that they share.
pub(crate) struct Stages<'p> {
    planned: &'p [Part<Contract, dyn AnyStage>],
    level: Provenance,
    /// `None` where one panicked and is to be built anew.
    instances: Vec<Option<Box<dyn AnyStage>>>,
    changes: Changes,
    apply: Apply,
    /// Of each stage, how many documents in a row cost its process its life.
    in_a_row: Vec<u32>,
    max_restarts: u32,
}

impl<'p> Stages<'p> {
    /// Builds them.
    pub(crate) fn of(pipeline: &'p Pipeline) -> Result<Self, BuildError> {
        Ok(Stages {
            planned: &pipeline.stages,
            level: pipeline.provenance(),
            instances: pipeline
                .stages
                .iter()
                .map(|part| part.instance().map(Some))
                .collect::<Result<_, _>>()?,
            changes: Changes::new(),
            apply: Apply::default(),
            in_a_row: vec![0; pipeline.stages.len()],
            max_restarts: pipeline.run.max_restarts,
        })
    }

    /// Takes a document through the stage at this place, from 0. Where that fails, or drops the
    /// document, the document is as it was. After a panic the stage is built anew.
    pub(crate) fn step(
        &mut self,
        at: usize,
        document: &mut DocumentBuf,
    ) -> Result<Verdict, DocumentError> {
        let planned = &self.planned[at];
        needed_layers(&planned.contract, document)?;
        let stage = match &mut self.instances[at] {
            Some(stage) => stage,
            gone => gone.insert(planned.instance().map_err(|error| {
                DocumentError::because("the stage panicked before and cannot be built again", error)
            })?),
        };
        let changes = &mut self.changes;
        changes.clear();
        let verdict = match contain(|| stage.process(&document.view(), changes)) {
            Ok(verdict) => verdict?,
            Err(panic) => {
                self.instances[at] = None;
                return Err(DocumentError::new(format!(
                    "the stage panicked: {panic}; report it to the plugin's author"
                )));
            }
        };
        settle(&mut self.apply, planned, self.level, document, changes, verdict)
    }

    /// What the stage that was last stepped through noted of the document.
    pub(super) fn note(&self) -> &[u8] {
        &self.changes.note
    }

    /// Whether the stage at this place is out of process, so that it wants [`batch`](Self::batch).
    pub(super) fn is_remote(&mut self, at: usize) -> bool {
        self.instances[at].as_mut().is_some_and(|stage| stage.remote().is_some())
    }

    /// Takes documents through a stage that is out of process. What became of each is added to `taken`, in
    /// their order.
    pub(super) fn batch(
        &mut self,
        at: usize,
        documents: Vec<&mut DocumentBuf>,
        taken: &mut Vec<Taken>,
        stop: &Stop<'_>,
    ) -> Result<(), Fatal> {
        let planned = &self.planned[at];
        let Some(stage) = self.instances[at].as_mut().and_then(|stage| stage.remote()) else {
            return Ok(());
        };
        let mut ready = Vec::with_capacity(documents.len());
        for document in documents {
            let outcome = needed_layers(&planned.contract, document).map(|()| Verdict::Keep);
            if outcome.is_ok() {
                ready.push((taken.len(), document));
            }
            taken.push(Taken { outcome, time: Duration::ZERO, lost: false });
        }
        let mut batch = Sent {
            planned,
            level: self.level,
            apply: &mut self.apply,
            ready,
            taken,
            in_a_row: &mut self.in_a_row[at],
            max_restarts: self.max_restarts,
            fatal: None,
            stop,
        };
        stage
            .process_batch(&mut batch)
            .map_err(|error| Fatal::NotStarted { stage: planned.name.clone(), error })?;
        let stopped = batch.is_stopped().then_some(Fatal::Stopped);
        batch.fatal.or(stopped).map_or(Ok(()), Err)
    }

    /// Gives buffers back that a huge document made large.
    pub(super) fn trim(&mut self) {
        self.apply = Apply::default();
        self.changes = Changes::new();
        let instances = self.instances.iter_mut().flatten();
        instances.filter_map(|stage| stage.remote()).for_each(|stage| stage.trim(KEPT));
    }
}

/// Checks a change set and applies it.
fn settle(
    apply: &mut Apply,
    planned: &Part<Contract, dyn AnyStage>,
    level: Provenance,
    document: &mut DocumentBuf,
    changes: &Changes,
    verdict: Verdict,
) -> Result<Verdict, DocumentError> {
    let applied = contain(|| {
        changes.check(&document.text, &planned.contract)?;
        if verdict == Verdict::Keep {
            apply.apply(document, changes, &planned.contract, &planned.name, level);
        }
        Ok(())
    });
    let applied = applied.map_err(|panic| {
        DocumentError::new(format!(
            "docmill panicked over what the stage wants changed: {panic}; please report this"
        ))
    })?;
    applied.map(|()| verdict).map_err(|fault: Violation| {
        DocumentError::because(
            "the stage broke its contract; report it to the plugin's author",
            fault,
        )
    })
}

/// What became of a document in a stage out of process.
pub(super) struct Taken {
    pub(super) outcome: Result<Verdict, DocumentError>,
    /// Processor time that it took there.
    pub(super) time: Duration,
    /// Whether it cost the stage's process its life.
    pub(super) lost: bool,
}

/// Why the run cannot go on.
pub(super) enum Fatal {
    /// It is stopped from outside, and some documents have had no answer.
    Stopped,
    /// The memory of a stage panicked.
    Memory { stage: String, panic: String },
    /// The process of a stage cannot be started again.
    NotStarted { stage: String, error: BuildError },
    /// Too many documents in a row cost the process of a stage its life.
    Restarts { stage: String, lost: u32, allowed: u32, document: String, error: DocumentError },
}

/// The documents that a stage out of process has been sent, and what became of them.
struct Sent<'a, 'd> {
    planned: &'a Part<Contract, dyn AnyStage>,
    level: Provenance,
    apply: &'a mut Apply,
    /// Each with its place in `taken`.
    ready: Vec<(usize, &'d mut DocumentBuf)>,
    taken: &'a mut Vec<Taken>,
    in_a_row: &'a mut u32,
    max_restarts: u32,
    fatal: Option<Fatal>,
    stop: &'a Stop<'a>,
}

impl Batch for Sent<'_, '_> {
    fn is_stopped(&self) -> bool {
        self.stop.is_due()
    }

    fn len(&self) -> usize {
        self.ready.len()
    }

    fn document(&self, at: usize) -> Document<'_> {
        self.ready[at].1.view()
    }

    fn answer(
        &mut self,
        at: usize,
        outcome: Result<Verdict, DocumentError>,
        changes: &mut Changes,
        time: Duration,
    ) {
        let (place, document) = &mut self.ready[at];
        let outcome = outcome.and_then(|verdict| {
            settle(self.apply, self.planned, self.level, document, changes, verdict)
        });
        self.taken[*place] = Taken { outcome, time, lost: false };
        *self.in_a_row = 0;
    }

    fn lose(&mut self, at: usize, error: DocumentError) -> ControlFlow<()> {
        let (place, document) = &self.ready[at];
        *self.in_a_row += 1;
        let mut flow = ControlFlow::Continue(());
        if *self.in_a_row > self.max_restarts {
            self.fatal = Some(Fatal::Restarts {
                stage: self.planned.name.clone(),
                lost: *self.in_a_row,
                allowed: self.max_restarts,
                document: document.id.clone(),
                error: DocumentError::new(chain(&error)),
            });
            flow = ControlFlow::Break(());
        }
        self.taken[*place] = Taken { outcome: Err(error), time: Duration::ZERO, lost: true };
        flow
    }
}

fn needed_layers(contract: &Contract, document: &DocumentBuf) -> Result<(), DocumentError> {
    let missing = contract.needs.iter().find(|layer| document.arrays.layer_index(layer).is_none());
    missing.map_or(Ok(()), |layer| {
        let message = format!("the document lacks the layer `{layer}`; add the stage that writes it, or give it in the input");
        Err(DocumentError::new(message))
    })
}
