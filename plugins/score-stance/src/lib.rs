//! The stage `score-stance`: finds who takes which stance toward whom.
//!
//! A stance is something that the text shows: a holder, a target, what it consists in (attitude, act or appeal), its
//! sign from the target's point of view, and the clause that shows it. The book's chapter on stances defines them.
//!
//! The first version goes by rules, which can each be named. A sentence is cut into chunks (`units`, `tagging`,
//! `chunks`), which are linked to subjects and objects (`links`); actors are the tagger's, with pronouns resolved
//! (`mentions`, `pronouns`), and speech has its speakers (`marks`, `quotes`, `reports`). Then verbs (`verbs`), nouns (`nouns`, `ties`) and
//! predicates (`predicates`) with their roles say who stands how toward whom, as do demands (`bidding`), reactions to
//! what was told before (`reactions`) and whole quotes (`utterances`); negation, refusal and intention turn
//! or weaken it (`outlook`); and `scoring` settles whose word it is, how sure it is, and what to keep of findings
//! that say the same. All knowledge of English lies in `words/`.
//!
//! Time is linear in the text: every search looks at a bounded number of chunks.

mod bidding;
mod chunks;
mod inflect;
mod lexicon;
mod links;
mod marks;
mod mentions;
mod nouns;
mod outlook;
mod predicates;
mod pronouns;
mod quotes;
mod reactions;
mod reading;
mod reports;
mod scoring;
mod tagging;
mod ties;
mod units;
mod utterances;
mod verbs;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
    vocab::{entities, quotes as spoken, sentences, stances, tokens},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{lexicon::Lexicon, reading::Reading};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<ScoreStance>()
}

/// Finds who takes which stance toward whom, and who says what, in English news prose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The least confidence of a stance that is kept, from 0 to 1. Less finds more, and errs more often. Default: 0.6.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_confidence: f64,
    /// Whether to keep what a source says of another's conduct toward a third party. Default: true.
    pub embedded: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { min_confidence: 0.6, embedded: true }
    }
}

/// The stage.
pub struct ScoreStance {
    settings: Settings,
    lexicon: &'static Lexicon,
}

impl Stage for ScoreStance {
    const NAME: &'static str = "score-stance";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new()
            .needs(sentences::LAYER)
            .needs(tokens::LAYER)
            .needs(entities::LAYER)
            .writes(stances::LAYER)
            .writes(spoken::LAYER)
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if !(0.0..=1.0).contains(&settings.min_confidence) {
            return Err(BuildError::at("/min-confidence", "must lie between 0 and 1"));
        }
        Ok(ScoreStance { settings, lexicon: lexicon::english() })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let reading = Reading::of(document, self.lexicon);
        write_quotes(&reading, changes);
        for finding in scoring::score(&reading, self.lexicon) {
            let confidence = finding.confidence();
            if confidence < self.settings.min_confidence
                || finding.embedded && !self.settings.embedded
            {
                continue;
            }
            let actor = |named: mentions::Named| reading.actors.get(named.actor as usize);
            let (Some(holder), Some(target)) = (actor(finding.holder), actor(finding.target))
            else {
                continue;
            };
            let sentence = reading.spans.get(finding.sentence).copied().unwrap_or(finding.span);
            stances::write(
                changes,
                &stances::Stance {
                    span: finding.span,
                    holder: holder.id,
                    holder_name: holder.name,
                    target: target.id,
                    target_name: target.name,
                    kind: finding.kind,
                    polarity: finding.polarity(),
                    confidence,
                    channel: finding.channel,
                    embedded: finding.embedded,
                    rule: &finding.rule(),
                    trigger: finding.trigger,
                    sentence,
                },
            );
        }
        Ok(Verdict::Keep)
    }
}

fn write_quotes(reading: &Reading<'_>, changes: &mut Changes) {
    for said in &reading.speech.said {
        let speaker =
            said.speaker.and_then(|actor| reading.actors.get(actor as usize)).map(|actor| actor.id);
        spoken::write(
            changes,
            &spoken::Quote {
                span: said.span,
                kind: said.kind,
                speaker_span: said.speaker_span,
                speaker,
                cue: said.cue,
            },
        );
    }
}

#[cfg(test)]
mod tests;
