//! The stages of a pipeline, at work on one document after another: in a run, and in tests.

use crate::{
    BuildError, Changes, Contract, DocumentBuf, DocumentError, Provenance, Verdict,
    engine::{Apply, Pipeline, pipeline::Part, run::contain::contain},
    plugin::AnyStage,
};

/// An instance of each stage, and the buffers that they share.
pub(crate) struct Stages<'p> {
    planned: &'p [Part<Contract, dyn AnyStage>],
    level: Provenance,
    instances: Vec<Box<dyn AnyStage>>,
    changes: Changes,
    apply: Apply,
}

impl<'p> Stages<'p> {
    /// Builds them.
    pub(crate) fn of(pipeline: &'p Pipeline) -> Result<Self, BuildError> {
        Ok(Stages {
            planned: &pipeline.stages,
            level: pipeline.provenance(),
            instances: pipeline.stages.iter().map(Part::instance).collect::<Result<_, _>>()?,
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
        let (stage, changes) = (&mut self.instances[at], &mut self.changes);
        changes.clear();
        needed_layers(&planned.contract, document)?;
        let verdict = match contain(|| stage.process(&document.view(), changes)) {
            Ok(verdict) => verdict?,
            Err(panic) => {
                *stage = planned.instance().map_err(|error| {
                    DocumentError::because(
                        format!("the stage panicked ({panic}) and could not be built again"),
                        error,
                    )
                })?;
                return Err(DocumentError::new(format!(
                    "the stage panicked: {panic}; report it to the plugin's author"
                )));
            }
        };
        let checked = changes.check(&document.text, &planned.contract);
        checked.map_err(|fault| {
            DocumentError::because(
                "the stage broke its contract; report it to the plugin's author",
                fault,
            )
        })?;
        if verdict == Verdict::Keep {
            self.apply.apply(document, changes, &planned.contract, &planned.name, self.level);
        }
        Ok(verdict)
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
