//! The stages of a pipeline, at work on one document after another: in a run, and in tests.

use crate::{
    BuildError, Changes, Contract, DocumentBuf, DocumentError, Provenance, Verdict, Violation,
    engine::{Apply, Pipeline, contain::contain, pipeline::Part},
    plugin::AnyStage,
};

/// An instance of each stage, and the buffers that they share.
pub(crate) struct Stages<'p> {
    planned: &'p [Part<Contract, dyn AnyStage>],
    level: Provenance,
    /// `None` where one panicked and is to be built anew.
    instances: Vec<Option<Box<dyn AnyStage>>>,
    changes: Changes,
    apply: Apply,
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
        let apply = &mut self.apply;
        let applied = contain(|| {
            changes.check(&document.text, &planned.contract)?;
            if verdict == Verdict::Keep {
                apply.apply(document, changes, &planned.contract, &planned.name, self.level);
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

    /// Gives buffers back that a huge document made large.
    pub(super) fn trim(&mut self) {
        self.apply = Apply::default();
        self.changes = Changes::new();
    }
}

fn needed_layers(contract: &Contract, document: &DocumentBuf) -> Result<(), DocumentError> {
    let missing = contract.needs.iter().find(|layer| document.arrays.layer_index(layer).is_none());
    missing.map_or(Ok(()), |layer| {
        let message = format!("the document lacks the layer `{layer}`; add the stage that writes it, or give it in the input");
        Err(DocumentError::new(message))
    })
}
