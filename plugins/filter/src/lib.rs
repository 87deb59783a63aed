//! The stage `filter`: keeps the documents for which a condition holds, and drops the others with a reason.
//!
//! A condition is read and checked when the pipeline is built: its mistakes point at a column of the setting `when`.
//! It cannot fail on a document, and what it costs grows with the document's length. A layer that it reads is needed:
//! a pipeline in which nothing provides it is refused.
//!
//! ```
//! use docmill_core::{Changes, DocumentBuf, Stage, Verdict};
//! use docmill_filter::{Filter, Settings};
//!
//! let settings = Settings { when: "words > 3 and outlet != 'Example Post'".into(), ..Settings::default() };
//! let document = DocumentBuf::with_text("Kyiv thanked Berlin for tanks.");
//! let verdict = Filter::build(settings)?.process(&document.view(), &mut Changes::new())?;
//! assert_eq!(verdict, Verdict::Keep);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod condition;
mod mistake;
mod parser;
mod slips;
mod tokens;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Reason, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::condition::Condition;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Filter>()
}

/// Keeps the documents for which a condition holds, and drops the others with a reason that runs count by.
///
/// A condition compares (`==`, `!=`, `<`, `<=`, `>`, `>=`) and joins with `and`, `or`, `not` and parentheses:
/// `words > 80 and (outlet != 'Example Post' or has(byline))`. `not` binds tighter than `and`, `and` than `or`.
///
/// - Lengths of the text: `bytes`, `chars`, `words` (runs of chars without white space), `lines`, and `sentences`
///   (needs that layer). `text` and `id` are the document's own.
/// - Metadata by its key: `outlet`, or `metadata["my-key"]` where the key is no plain name or is one of the names
///   here. `has(outlet)` asks whether it is there. A key that is missing or `null`, or whose value is of another kind
///   than what it is compared with, equals nothing: `!=` holds and every other comparison does not. By itself, a key
///   holds where its value is true.
/// - Layers: `count("entities")`, or with a label `count("entities", "GPE")`.
/// - Texts: `contains(text, "part")`, also for metadata, where of a list one text must be the part;
///   `matches(title, "(?i)^live")` with a regular expression, which may match anywhere.
///
/// Texts stand in single or double quotes; the quote doubled is the quote itself, and backslashes stand for
/// themselves. They are ordered by code points, which is right for dates such as `2021-05-03`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The condition for which a document is kept. No default.
    #[schemars(length(min = 1))]
    pub when: String,
    /// Why the others are dropped: a short name in kebab-case, such as `too-short`, by which runs count them.
    /// Default: `filtered`.
    #[serde(default = "filtered")]
    pub reason: String,
}

fn filtered() -> String {
    "filtered".to_owned()
}

/// A condition that always holds.
impl Default for Settings {
    fn default() -> Self {
        Settings { when: "true".to_owned(), reason: filtered() }
    }
}

/// The stage.
#[derive(Debug)]
pub struct Filter {
    condition: Condition,
    reason: Reason,
}

impl Stage for Filter {
    const NAME: &'static str = "filter";
    type Settings = Settings;

    fn contract(settings: &Settings) -> Contract {
        // What cannot be read needs nothing; the build says why.
        let layers = parser::parse(&settings.when).map(|condition| condition.layers);
        let layers = layers.unwrap_or_default();
        layers.iter().fold(Contract::new(), |contract, layer| contract.needs(layer))
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        let condition = parser::parse(&settings.when)
            .map_err(|mistake| BuildError::at("/when", mistake.placed(&settings.when)))?;
        if !is_kebab_case(&settings.reason) {
            let message = format!(
                "{:?} is no name in kebab-case; write small letters, digits and hyphens, as in too-short",
                settings.reason
            );
            return Err(BuildError::at("/reason", message));
        }
        Ok(Filter { condition, reason: Reason::new(settings.reason) })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        _: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        Ok(match self.condition.holds(*document) {
            true => Verdict::Keep,
            false => Verdict::Drop(self.reason.clone()),
        })
    }
}

fn is_kebab_case(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('-').all(plain)
}

#[cfg(test)]
mod tests;
