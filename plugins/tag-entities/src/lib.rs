//! The stage `tag-entities`: finds who and what is named, and which political actor is meant.
//!
//! It reads the layers `tokens` and `sentences` and writes `entities`: persons, organisations,
//! places with and without a government, nationalities; each with an id that is the same for all
//! names of one, and with the actor it stands for here. A word list of countries, capitals, leaders and
//! organisations finds what is known (`gazetteer`), the forms of names what is not (`names`); all
//! mentions of one get one id (`identity`), and `actors` tells "Kyiv wants" from "a meeting in Kyiv".
//!
//! Mentions do not overlap. The time is linear in the text. Made for English.

mod actors;
mod classes;
mod features;
mod gazetteer;
mod identity;
mod lexicon;
mod merge;
mod names;
mod prose;
mod slug;
mod statistics;
#[cfg(feature = "training")]
pub mod training;

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
    vocab::{entities, sentences, tokens},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::actors::{Acting, Actor, Scratch};
use crate::gazetteer::{Gazetteer, Known};
use crate::identity::Identities;
use crate::lexicon::lexicon;
use crate::names::{Mention, Names};
use crate::prose::Reader;
use crate::statistics::Statistics;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<TagEntities>()
}

/// Finds persons, organisations, places and nationalities in English text, in the layer `entities`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Mentions that score less are left out, from 0 to 1. Default: 0.5.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_score: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { min_score: 0.5 }
    }
}

/// The stage.
#[derive(Default)]
pub struct TagEntities {
    min_score: f32,
    reader: Reader,
    gazetteer: Gazetteer,
    known: Vec<Known>,
    names: Names,
    statistics: Statistics,
    merged: Vec<Mention>,
    identities: Identities,
    scratch: Scratch,
    acting: Vec<Acting>,
    rule: String,
}

impl Stage for TagEntities {
    const NAME: &'static str = "tag-entities";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().needs(tokens::LAYER).needs(sentences::LAYER).writes(entities::LAYER)
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if !(0.0..=1.0).contains(&settings.min_score) {
            return Err(BuildError::at("/min-score", "give a number from 0 to 1"));
        }
        lexicon();
        Ok(TagEntities { min_score: settings.min_score, ..TagEntities::default() })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let prose = self.reader.read(document);
        self.gazetteer.find(&prose, &mut self.known);
        names::find(&prose, &self.known, &mut self.names);
        if self.statistics.find(&prose, &self.known, &self.names.mentions) {
            let found = &self.statistics.found;
            merge::merge(&prose, &self.known, found, &mut self.names, &mut self.merged);
        }
        self.names.mentions.retain(|mention| mention.score >= self.min_score);
        self.identities.identify(&prose, &mut self.names);
        let mentions = &self.names.mentions;
        actors::assign(&prose, mentions, &self.identities, &mut self.scratch, &mut self.acting);
        for ((mention, who), acting) in mentions.iter().zip(&self.identities.who).zip(&self.acting)
        {
            let actor = match acting.actor {
                Some(Actor::Own(who)) => Some((self.identities.id(who), self.identities.name(who))),
                Some(Actor::Of(entry)) => lexicon()
                    .entry(entry)
                    .and_then(|entry| entry.actor.as_ref())
                    .map(|(id, name)| (&**id, &**name)),
                None => None,
            };
            self.rule.clear();
            self.rule.push_str(mention.rule);
            if let Some(rule) = acting.rule {
                self.rule.push('+');
                self.rule.push_str(rule);
            }
            entities::write(
                changes,
                &entities::Entity {
                    span: prose.span(mention.first..mention.end),
                    kind: mention.kind,
                    score: Some(mention.score),
                    id: self.identities.id(*who),
                    name: self.identities.name(*who),
                    actor: actor.map(|(id, _)| id),
                    actor_name: actor.map(|(_, name)| name),
                    rule: Some(&self.rule),
                },
            );
        }
        Ok(Verdict::Keep)
    }
}

#[cfg(test)]
mod tests;
