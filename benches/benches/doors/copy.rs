//! A stage that does little but copy annotations: what a door costs it, it costs any.

use docmill_core::{BuildError, Changes, Contract, Document, DocumentError, Stage, Verdict};
use schemars::JsonSchema;
use serde::Deserialize;

/// Nothing to set.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Nothing {}

/// Copies marks, and dies over some documents.
pub(crate) struct Copy;

impl Stage for Copy {
    const NAME: &'static str = "copy";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new().needs("marks").writes("copies")
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Copy)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        if document.text().starts_with("die ") {
            std::process::abort();
        }
        for mark in document.layer("marks").iter().flat_map(|layer| layer.iter()) {
            let mut copy = changes.annotate("copies", mark.span()).label(mark.label());
            for (key, value) in mark.features() {
                copy = copy.with(key, value);
            }
        }
        Ok(Verdict::Keep)
    }
}
