//! The stage: what most plugins offer.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{BuildError, Changes, Contract, Document, DocumentError, Verdict};

/// Looks at one document and says what should change; keeps or drops it.
///
/// The engine makes one instance for each worker thread and never calls it twice at once, so
/// buffers can be kept in it. Nothing may pass from one document to the next: the outcome for a
/// document must not depend on what came before it. After a panic the instance is built anew.
pub trait Stage: Sized + Send + 'static {
    /// What it is called in a pipeline file: a verb in kebab-case.
    const NAME: &'static str;

    /// Its table in the pipeline file. The doc comment of the type is the component's description,
    /// those of its fields are the settings' documentation.
    type Settings: DeserializeOwned + JsonSchema;

    /// What these settings make it read, write and edit.
    fn contract(settings: &Self::Settings) -> Contract;

    /// Loads models, compiles patterns. An error may point at a setting.
    fn build(settings: Self::Settings) -> Result<Self, BuildError>;

    /// Says what should change in one document. `changes` comes empty. An error concerns that
    /// document alone, and nothing of its change set is applied.
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError>;
}
