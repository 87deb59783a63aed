//! Who holds what a noun names, toward whom, and what governs the noun.

use super::NounRule;
use docmill_core::Span;

use crate::{
    lexicon::{Effect, Place, Tags, WordId},
    mentions::{self, Named},
    units::Pos,
};

/// How many chunks after a noun may belong to it.
const REACH: usize = 10;

/// Nouns that say that something comes to an end.
const ENDS: &[&str] = &[
    "suspension",
    "end",
    "halt",
    "freeze",
    "reduction",
    "cut",
    "cuts",
    "lifting",
    "cancellation",
    "cessation",
    "easing",
    "withdrawal",
    "removal",
    "stop",
    "termination",
    "lack",
    "absence",
    "denial",
];

/// Nouns that say how much or which part of something, or that it goes on.
const PARTS: &[&str] = &[
    "package",
    "wave",
    "series",
    "round",
    "increase",
    "resumption",
    "continuation",
    "provision",
    "form",
    "level",
    "levels",
    "amount",
    "lot",
    "barrage",
    "barrages",
    "campaign",
    "policy",
    "show",
    "display",
    "sign",
    "pledge",
    "promise",
    "offer",
    "threat",
    "expression",
    "message",
    "words",
    "word",
    "act",
    "acts",
    "plan",
    "shipment",
    "shipments",
    "delivery",
    "supply",
    "sale",
    "imposition",
    "escalation",
    "expansion",
    "history",
    "declaration",
];

impl NounRule<'_> {
    /// The unit that a span begins.
    pub(super) fn unit_of(&self, span: Span) -> usize {
        self.read.units.partition_point(|unit| unit.span.start < span.start)
    }

    /// The phrase of which the noun is a part: "a suspension of aid", and whether that brings it to an end.
    pub(super) fn whole(&self) -> Option<(usize, bool)> {
        let of = [self.lexicon.known.of, self.lexicon.known.to, self.lexicon.known.in_];
        let before = self.phrase.chunk.checked_sub(2)?;
        let prep = self.phrase.prep.filter(|prep| of.contains(prep))?;
        let phrase = self.read.phrase_at(before)?;
        let head = self.read.head(phrase)?;
        let word = head.span.of(self.reading.text)?;
        let named = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        if named(ENDS) {
            return Some((phrase, true));
        }
        (named(PARTS) && prep == self.lexicon.known.of).then_some((phrase, false))
    }

    /// The possessor, or the name before the noun.
    pub(crate) fn owners(&self) -> Vec<Named> {
        let units = self.read.units.get(self.phrase.start..self.phrase.head).unwrap_or_default();
        let found = units.iter().rev().find_map(|unit| {
            let names = matches!(unit.pos, Pos::Name | Pos::PossPronoun);
            Some(Named {
                actor: mentions::actor_of(self.reading, unit).filter(|_| names)?,
                span: unit.span,
                owned: false,
            })
        });
        found.into_iter().collect()
    }

    /// Whether a phrase stands in the first or the second prepositional phrase after the noun.
    fn is_near(&self, phrase: usize) -> bool {
        self.read.phrases[phrase].chunk <= self.phrase.chunk + 4
    }

    /// The phrase after one of these prepositions, near after the noun.
    pub(super) fn after(&self, prep: WordId) -> Option<usize> {
        let first = self.phrase.chunk + 1;
        for chunk in first..(first + REACH).min(self.read.chunks.len()) {
            match self.read.prep_at(chunk) {
                Some(found) if found == prep => return self.read.phrase_at(chunk + 1),
                Some(_) => {}
                None if self.read.phrase_at(chunk).is_some_and(|phrase| {
                    self.read.phrases[phrase].prep.is_some()
                        || self.read.phrases[phrase].first.is_some()
                }) => {}
                None => return None,
            }
        }
        None
    }

    /// The actors after a preposition.
    pub(crate) fn named_after(&self, prep: WordId) -> Option<Vec<Named>> {
        Some(mentions::named(self.reading, self.lexicon, self.sentence, self.after(prep)?))
    }

    pub(super) fn after_any(&self, preps: &[WordId]) -> Vec<Named> {
        let found = preps.iter().filter_map(|prep| {
            let named = mentions::named(
                self.reading,
                self.lexicon,
                self.sentence,
                self.after(*prep).filter(|phrase| self.is_near(*phrase))?,
            );
            (!named.is_empty()).then_some(named)
        });
        found.into_iter().next().unwrap_or_default()
    }

    /// The actors after the noun's own prepositions, with the sign toward them.
    pub(crate) fn targets(&self) -> Option<(Vec<Named>, i8)> {
        let between = self.lexicon.known.between;
        self.noun.targets.iter().find_map(|slot| {
            let Place::After(prep) = slot.place else { return None };
            if prep == between {
                return None;
            }
            let phrase = self.after(prep)?;
            let mut named = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
            if named.is_empty() && slot.sign < 0 {
                named = self.places(phrase);
            }
            if named.is_empty() {
                named =
                    mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase);
            }
            (!named.is_empty()).then_some((named, slot.sign))
        })
    }

    pub(super) fn places(&self, phrase: usize) -> Vec<Named> {
        let units = self.read.list(phrase).take(8).filter_map(|phrase| self.read.head(phrase));
        units
            .filter_map(|unit| {
                Some(Named {
                    actor: mentions::place_of(self.reading, unit)?,
                    span: unit.span,
                    owned: false,
                })
            })
            .collect()
    }

    /// The verb whose object the noun is, what it does to it, and its subject.
    pub(super) fn governor(&self) -> Option<(usize, Effect, Vec<Named>)> {
        let group = self.governing_group()?;
        let known = self.read.groups[group];
        let operator = self.lexicon.verb_of(self.read.units[known.main].word)?.operator?;
        let phrase = if known.passive { known.agent? } else { known.subject? };
        Some((
            group,
            operator.noun,
            mentions::named(self.reading, self.lexicon, self.sentence, phrase),
        ))
    }

    /// The verb group whose object the noun is.
    pub(crate) fn governing_group(&self) -> Option<usize> {
        let mut first = self.phrase.first.unwrap_or(self.at);
        let chunk = self.read.phrases[first].chunk;
        let counting = chunk.checked_sub(2).and_then(|at| self.read.phrase_at(at));
        if let Some(counting) = counting
            .filter(|phrase| mentions::counted(self.lexicon, self.read, *phrase) == Some(first))
        {
            first = self.read.phrases[counting].first.unwrap_or(counting);
        }
        if let Some((phrase, _)) = self.whole() {
            first = self.read.phrases[phrase].first.unwrap_or(phrase);
        }
        let before = self.read.phrases[first].governor;
        before.filter(|group| {
            let known = &self.read.groups[*group];
            known.object == Some(first) || known.passive && known.subject == Some(first)
        })
    }

    /// "A welcomed B's help": help to A.
    pub(super) fn receiver_of_anothers(&self, givers: &[Named]) -> Option<(Vec<Named>, i8)> {
        let group = self.governing_group()?;
        let known = self.read.groups[group];
        let verb = self.lexicon.verb_of(self.read.units[known.main].word)?;
        let effect = verb.operator.map_or(Effect::None, |operator| operator.noun);
        let receives = matches!(effect, Effect::Get | Effect::Deed | Effect::Accept)
            || matches!(&*verb.lemma, "appreciate" | "enjoy" | "use");
        let subject = known.subject.filter(|_| receives && !known.passive)?;
        let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
        let other = named.iter().all(|named| givers.iter().all(|giver| giver.actor != named.actor));
        (other && !named.is_empty()).then_some((named, self.noun.sign))
    }

    /// To whom the governing verb gives it: "gave its backing to B", "offered B its help".
    pub(super) fn receiver(&self, group: usize) -> Option<(Vec<Named>, i8)> {
        let known = self.read.groups[group];
        let indirect = known
            .indirect
            .map(|phrase| mentions::named(self.reading, self.lexicon, self.sentence, phrase))
            .filter(|named| !named.is_empty());
        indirect.map(|named| (named, self.noun.sign))
    }

    /// How a phrase values a tie: "ties are warm", "on a positive course".
    pub(crate) fn valued(&self, phrase: usize) -> Option<i8> {
        let known = &self.read.phrases[phrase];
        let units = self.read.units.get(known.start..known.end)?;
        let word = units.iter().find(|unit| unit.tags.any(Tags::OF_TIES))?;
        Some(self.lexicon.word(word.word).value)
    }

    /// The sign of the first valuing word before the noun.
    pub(crate) fn adjective(&self) -> Option<i8> {
        let units = self.read.units.get(self.phrase.start..self.phrase.head).unwrap_or_default();
        let word = units.iter().find(|unit| unit.tags.any(Tags::OF_TIES))?;
        Some(self.lexicon.word(word.word).value)
    }
}
