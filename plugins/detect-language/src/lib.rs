//! The stage `detect-language`: says in which language a document is written, and drops what is in another.
//!
//! It looks at the script, then at letters and at sequences of three (the crate `whatlang`, after Cavnar and
//! Trenkle, "N-Gram-Based Text Categorization", 1994), and sets the metadata `language` and
//! `language-confidence`. Where it cannot tell, the language is `und` (undetermined) and the confidence 0: the
//! text has too few letters, none of the candidates is written in its script, or the two best are as good as
//! each other.
//!
//! ```
//! use docmill_core::{Changes, DocumentBuf, Reason, Stage, Verdict};
//! use docmill_detect_language::{DetectLanguage, Settings};
//!
//! let document = DocumentBuf::with_text("Der Gemeinderat hat beschlossen, das alte Hallenbad zu erneuern.");
//! let mut stage = DetectLanguage::build(Settings { keep: vec!["en".into()], ..Settings::default() })?;
//! let verdict = stage.process(&document.view(), &mut Changes::new())?;
//! assert_eq!(verdict, Verdict::Drop(Reason::new("other-language")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Confidences are rounded before they are compared or written. Time and memory grow with the length of the
//! text and nothing else.

mod codes;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Reason, Stage, Verdict,
};
use schemars::JsonSchema;
use serde::Deserialize;
use whatlang::{Detector, Lang};

use crate::codes::UNDETERMINED;

const LANGUAGE: &str = "language";
const CONFIDENCE: &str = "language-confidence";

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<DetectLanguage>()
}

/// Says in which of 70 languages a document is written, in the metadata `language` (ISO 639-1, or 639-3 where
/// that has no code) and `language-confidence` (from 0 to 1), in the place of what is there. A language that
/// cannot be told is `und`, its confidence 0. Can drop documents in other languages, by the reason
/// `other-language`.
///
/// It knows `af` `ak` `am` `ar` `az` `be` `bg` `bn` `ca` `cs` `cy` `da` `de` `el` `en` `eo` `es` `et` `fa`
/// `fi` `fr` `gu` `he` `hi` `hr` `hu` `hy` `id` `it` `ja` `jv` `ka` `km` `kn` `ko` `la` `lt` `lv` `mk` `ml`
/// `mr` `my` `nb` `ne` `nl` `or` `pa` `pl` `pt` `ro` `ru` `si` `sk` `sl` `sn` `sr` `sv` `ta` `te` `th` `tk`
/// `tl` `tr` `uk` `ur` `uz` `vi` `yi` `zh` `zu`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The languages to keep, such as `["en", "de"]`; documents in any other are dropped. `und` keeps those
    /// whose language cannot be told. Default: all.
    pub keep: Vec<String>,
    /// The candidates, two or more. The fewer, the surer, but a text in a language that is not among them is
    /// taken for the nearest in the same script, often with high confidence: name all that the documents are in.
    /// Default: all 70.
    pub among: Vec<String>,
    /// The fewest chars that are letters in a text whose language is told, from 1. Shorter texts are `und`.
    /// With all candidates, a text of 20 chars is told wrongly one time in six, one of 50 one time in sixteen.
    /// Default: 50.
    #[schemars(range(min = 1))]
    pub min_chars: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { keep: Vec::new(), among: Vec::new(), min_chars: 50 }
    }
}

/// The stage.
pub struct DetectLanguage {
    detector: Detector,
    /// Empty: all.
    among: Vec<Lang>,
    /// Codes; empty: all.
    keep: Vec<String>,
    min_chars: usize,
}

impl Stage for DetectLanguage {
    const NAME: &'static str = "detect-language";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().sets(LANGUAGE).sets(CONFIDENCE)
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        let Settings { keep, among, min_chars } = settings;
        let among = candidates(&among)?;
        for (at, wanted) in keep.iter().enumerate().filter(|(_, wanted)| *wanted != UNDETERMINED) {
            let setting = format!("/keep/{at}");
            let language =
                codes::language(wanted).map_err(|message| BuildError::at(&*setting, message))?;
            if !among.is_empty() && !among.contains(&language) {
                let message = format!("`{wanted}` is never found; add it to `among`");
                return Err(BuildError::at(setting, message));
            }
        }
        let detector = match among.is_empty() {
            true => Detector::new(),
            false => Detector::with_allowlist(among.clone()),
        };
        Ok(DetectLanguage { detector, among, keep, min_chars })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let (language, confidence) = self.detect(document.text()).unwrap_or((UNDETERMINED, 0.0));
        changes.set(LANGUAGE, language);
        changes.set(CONFIDENCE, confidence);
        let kept = self.keep.is_empty() || self.keep.iter().any(|wanted| wanted == language);
        Ok(if kept { Verdict::Keep } else { Verdict::Drop(Reason::new("other-language")) })
    }
}

impl DetectLanguage {
    /// The code of the language of a text, and how sure that is, above 0 and up to 1; `None` where it cannot
    /// be told.
    fn detect(&self, text: &str) -> Option<(&'static str, f64)> {
        let letters = text.chars().filter(|char| char.is_alphabetic()).take(self.min_chars).count();
        if letters < self.min_chars {
            return None;
        }
        let found = self.detector.detect(text)?;
        // A script that one language has is taken for it, candidate or not.
        if !self.among.is_empty() && !self.among.contains(&found.lang()) {
            return None;
        }
        let confidence = (found.confidence() * 1000.0).round() / 1000.0;
        // Nothing is above 0 that is not a number.
        (confidence > 0.0).then(|| (codes::code(found.lang()), confidence))
    }
}

/// The languages of the setting `among`.
fn candidates(among: &[String]) -> Result<Vec<Lang>, BuildError> {
    if among.len() == 1 {
        let message = "one candidate is found in whatever is written in its script; give two or more, or none, \
                       and the one to keep as `keep`";
        return Err(BuildError::at("/among", message));
    }
    let language = |(at, code): (usize, &String)| {
        codes::language(code).map_err(|message| BuildError::at(format!("/among/{at}"), message))
    };
    among.iter().enumerate().map(language).collect()
}

#[cfg(test)]
mod tests;
