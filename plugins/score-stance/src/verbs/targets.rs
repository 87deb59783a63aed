//! Toward whom a verb shows a stance: where its meaning says that the target stands.

use super::{Target, VerbRule};
use docmill_core::vocab::stances::Kind;

use crate::{
    lexicon::{Flag, Place, Slot, Tags},
    mentions::{self, Named},
};

impl VerbRule<'_> {
    /// The phrase after a preposition in this clause.
    pub(super) fn after(&self, prep: u32) -> Option<usize> {
        let first = self.known.chunk + 1;
        let last = if self.frame.is(Flag::Tight) { first + 1 } else { self.known.clause_end };
        let chunks = first..last.max(first);
        chunks
            .into_iter()
            .find(|chunk| self.read.prep_at(*chunk) == Some(prep))
            .and_then(|chunk| self.read.phrase_at(chunk + 1))
    }

    pub(super) fn target(&self, slots: &[Slot]) -> Option<Target> {
        slots.iter().find_map(|slot| {
            let (named, sign, doubt) = self.at(slot)?;
            (!named.is_empty()).then_some(Target { named, sign, doubt })
        })
    }

    /// The actors that stand where a slot says.
    pub(super) fn at(&self, slot: &Slot) -> Option<(Vec<Named>, i8, f64)> {
        match slot.place {
            Place::Object if self.is_resolved() => {
                let phrase = self.after(self.lexicon.known.to)?;
                self.object(phrase, slot.sign)
            }
            Place::Object => {
                let phrase = if self.known.passive {
                    self.known.subject
                } else {
                    self.known.indirect.or(self.known.object)
                }?;
                let found = self.object(phrase, slot.sign);
                let hostile = slot.sign < 0 && self.frame.kind == Kind::Act;
                if hostile
                    && self.known.passive
                    && found.as_ref().is_none_or(|(named, ..)| named.is_empty())
                {
                    return Some((self.seat(phrase), slot.sign, 0.1));
                }
                found
            }
            Place::Indirect => {
                if self.known.passive {
                    let subject = self.known.subject?;
                    let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
                    return Some((named, slot.sign, 0.0));
                }
                let phrase = self.known.indirect?;
                Some((
                    mentions::named(self.reading, self.lexicon, self.sentence, phrase),
                    slot.sign,
                    0.0,
                ))
            }
            Place::Subject => None,
            Place::Near => {
                let object =
                    if self.known.passive { self.known.subject } else { self.known.object };
                object.map(|_| (self.near(), slot.sign, 0.1))
            }
            Place::After(prep) => {
                let phrase = self.after(prep)?;
                let mut named = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
                if self.frame.is(Flag::Org) {
                    let org = |named: &Named| {
                        self.reading
                            .actors
                            .get(named.actor as usize)
                            .is_some_and(|actor| actor.id.starts_with("org:"))
                    };
                    named.retain(org);
                }
                if !named.is_empty() || self.frame.is(Flag::Named) {
                    return Some((named, slot.sign, 0.0));
                }
                if slot.sign < 0 && self.frame.kind == Kind::Act {
                    let places = self.places(phrase);
                    if !places.is_empty() {
                        return Some((places, slot.sign, 0.05));
                    }
                    let near = self.near();
                    if !near.is_empty() {
                        return Some((near, slot.sign, 0.1));
                    }
                }
                self.object(phrase, slot.sign)
            }
        }
    }

    /// Whom an object names, or whose thing it is; what belongs to an enemy turns the sign.
    pub(super) fn object(&self, phrase: usize, sign: i8) -> Option<(Vec<Named>, i8, f64)> {
        let own = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
        if !own.is_empty() {
            return Some((own, sign, 0.0));
        }
        if self.frame.is(Flag::Named) {
            return None;
        }
        let phrase = mentions::counted(self.lexicon, self.read, phrase).unwrap_or(phrase);
        let head = self.read.head(phrase)?;
        if self.frame.is(Flag::People) && !head.tags.any(Tags::PEOPLE.or(Tags::AGENT)) {
            return None;
        }
        let noun = self.lexicon.noun_of(head.word);
        let owners = mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase);
        if let Some(noun) = noun {
            if noun.is(Flag::Kin) {
                return Some((owners, sign * noun.sign, 0.05));
            }
            // What a deed's verb governs is left to the rules for nouns.
            let judged = self.frame.kind == Kind::Attitude || self.frame.is(Flag::Owned);
            if !judged {
                return None;
            }
        }
        Some((owners, sign, 0.0))
    }

    /// Countries named as the place: "in Syria", "across Moldova".
    pub(super) fn near(&self) -> Vec<Named> {
        let known = self.lexicon.known;
        let preps = [known.in_, known.across, known.on, known.over, known.near];
        let chunks = self.known.chunk + 1..self.known.clause_end.max(self.known.chunk + 1);
        let mut found = Vec::new();
        for chunk in chunks {
            if self.read.prep_at(chunk).is_some_and(|prep| preps.contains(&prep))
                && let Some(phrase) = self.read.phrase_at(chunk + 1)
            {
                found = self.places(phrase);
                if !found.is_empty() {
                    break;
                }
            }
        }
        found
    }

    /// The country that a phrase lies in: "a town in Chile".
    pub(super) fn seat(&self, phrase: usize) -> Vec<Named> {
        let chunk = self.read.phrases[phrase].chunk;
        let known = self.lexicon.known;
        let place = self
            .read
            .prep_at(chunk + 1)
            .is_some_and(|prep| [known.in_, known.across, known.near].contains(&prep));
        self.read
            .phrase_at(chunk + 2)
            .filter(|_| place)
            .map(|phrase| self.places(phrase))
            .unwrap_or_default()
    }

    pub(super) fn places(&self, phrase: usize) -> Vec<Named> {
        self.read
            .list(phrase)
            .take(8)
            .filter_map(|phrase| {
                let unit = self.read.head(phrase)?;
                Some(Named {
                    actor: mentions::place_of(self.reading, unit)?,
                    span: unit.span,
                    owned: false,
                })
            })
            .collect()
    }
}
