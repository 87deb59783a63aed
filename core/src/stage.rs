//! The stage: what most plugins offer.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{BuildError, Changes, Contract, Document, DocumentError, Verdict};

/// Looks at one document and says what should change; keeps or drops it.
///
/// The engine makes one instance for each worker thread and never calls it twice at once, so
/// buffers can be kept in it. Nothing may pass from one document to the next: the outcome for a
/// document must not depend on what came before it; what must, such as the search for duplicates, goes through a
/// [`Memory`]. After a panic the instance is built anew.
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

    /// What this stage remembers of earlier documents, where it compares documents with each other. None,
    /// by default.
    fn memory(&self) -> Option<Box<dyn Memory>> {
        None
    }
}

/// What a stage remembers of the documents before the one at hand.
///
/// Stages work in parallel and know one document each; a memory is there once in a run. When a stage has
/// kept a document, the engine shows what the stage [noted](Changes::note) of it to the memory: one
/// document at a time, in input order, whatever the number of threads. So a stage does the costly part, and
/// its memory only compares.
///
/// A resumed run shows it again, from the start, the notes of all documents that were shown before. Its
/// verdicts must depend on nothing else.
pub trait Memory: Send {
    /// Compares a document with those before it by its note, keeps it in mind, and says whether it goes on.
    /// An error fails the document; it should then not be kept in mind.
    fn recall(&mut self, id: &str, note: &[u8]) -> Result<Verdict, DocumentError>;
}
