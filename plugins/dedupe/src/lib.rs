//! The stage `dedupe`: drops documents that say what an earlier one says, word for word or nearly so.
//!
//! Each document is noted by a digest of its words and a signature of its shingles, the sequences of two words in it
//! (MinHash, after Broder, "On the resemblance and containment of documents", 1997). The [`Memory`] compares notes in
//! input order, so that the first of several is kept at any number of threads, and names it as the twin of those that
//! go. What two documents share is measured after Jaccard: shingles in both, as a share of those in either.
//!
//! ```
//! use docmill_core::{Changes, DocumentBuf, Reason, Stage, Verdict};
//! use docmill_dedupe::{Dedupe, Settings};
//!
//! let mut stage = Dedupe::build(Settings::default())?;
//! let mut memory = stage.memory().ok_or("no memory")?;
//! for (id, text, verdict) in [
//!     ("a", "Kyiv thanked Berlin for the tanks.", Verdict::Keep),
//!     ("b", "KYIV THANKED BERLIN FOR THE TANKS", Verdict::Drop(Reason::new("duplicate").twin("a"))),
//! ] {
//!     let mut changes = Changes::new();
//!     let document = DocumentBuf::with_text(text);
//!     assert_eq!(stage.process(&document.view(), &mut changes)?, Verdict::Keep);
//!     # let note = docmill_core::testing::note(&changes);
//!     assert_eq!(memory.recall(id, note)?, verdict);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Why shingles of two words: with one word in twenty exchanged, two copies share .82 of them, .75 of those of three
//! words and .63 of those of five, while a block of text that two documents share counts alike whatever their length.
//! So the shorter, the better copies can be told from articles that only share boilerplate or a quotation; of single
//! words, two articles on one subject share too many.

mod hash;
mod note;
mod signature;
mod table;
mod twins;
mod words;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Memory, Plugin, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    note::Note,
    twins::{Comparison, Twins},
};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Dedupe>()
}

/// Drops documents that say what an earlier one says: the first in input order is kept, and is named as the twin of those
/// that go. The reason is `duplicate` where all words are the same, and else `near-duplicate`.
///
/// It compares the texts as the stages before it left them, and only the words: not case, white space, punctuation or
/// the way in which Unicode writes a character. Documents are compared with those that this stage kept, even where a
/// later stage dropped these: put filters before it. A document without words is kept.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// What counts as saying the same. Default: `near`.
    pub by: By,
    /// With `near`: how similar two documents must be, from 0.5 to 1: the share of the shingles in either that are in
    /// both. It is estimated, by 0.03 too high or too low in most cases. Default: 0.65, which one word in ten
    /// exchanged for another still reaches.
    #[schemars(range(min = 0.5, max = 1.0))]
    pub similarity: f64,
    /// With `near`: the length of a shingle in words, from 1 to 8. Longer ones make a word that was changed weigh more.
    /// Where a script puts no space between words, each letter counts as one: 5 is better for Thai, Lao, Khmer and
    /// Burmese. Default: 2.
    #[schemars(range(min = 1, max = 8))]
    pub shingle: usize,
    /// How many documents are kept in mind, from 1 to 67108863. One costs some 600 bytes of memory, 30 with `exact`,
    /// and the length of its id. None is ever forgotten: when there are so many, each further document that has no
    /// twin fails, with an error that says so. Default: 10000000.
    #[schemars(range(min = 1, max = 67_108_863))]
    pub max_documents: u32,
}

/// What counts as saying the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The same words in the same order, or nearly so.
    #[default]
    Near,
    /// The same words in the same order.
    Exact,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { by: By::Near, similarity: 0.65, shingle: 2, max_documents: 10_000_000 }
    }
}

/// The stage.
pub struct Dedupe {
    settings: Settings,
    note: Note,
}

impl Stage for Dedupe {
    const NAME: &'static str = "dedupe";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new()
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        // The schema says it too; who builds a stage without one is told here.
        if !(0.5..=1.0).contains(&settings.similarity) {
            return Err(BuildError::at("/similarity", "give a number from 0.5 to 1"));
        }
        if !(1..=8).contains(&settings.shingle) {
            return Err(BuildError::at("/shingle", "give a whole number from 1 to 8"));
        }
        if !(1..=table::MOST).contains(&settings.max_documents) {
            let message = format!("give a whole number from 1 to {}", table::MOST);
            return Err(BuildError::at("/max-documents", message));
        }
        Ok(Dedupe { settings, note: Note::default() })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let shingle = (self.settings.by == By::Near).then_some(self.settings.shingle);
        changes.note(self.note.of(document.text(), shingle));
        Ok(Verdict::Keep)
    }

    fn memory(&self) -> Option<Box<dyn Memory>> {
        let Settings { by, similarity, max_documents, .. } = self.settings;
        let comparison = (by == By::Near).then(|| Comparison {
            places: signature::places(similarity),
            band: signature::band_bytes(similarity),
        });
        Some(Box::new(Twins::new(comparison, max_documents)))
    }
}

#[cfg(test)]
mod tests;
