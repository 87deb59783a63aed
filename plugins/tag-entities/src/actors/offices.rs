//! Persons and organs: whose office they hold, whose organ they are.
//!
//! The text says it before the name ("Peruvian Deputy Energy Minister X", "Peru's ambassador, X"),
//! behind it ("X, a spokesman for the Foreign Ministry"), or leaves it to what it speaks of ("Prime
//! Minister X", "the Foreign Ministry"): then it is the state named last.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;

use super::{Acting, Actor, IN_CONTEXT, Scene};
use crate::classes::Class;
use crate::identity::{Who, entry_of};
use crate::lexicon::{Sort, lexicon};
use crate::prose::Shape;

/// The most tokens of an office that are read before a name, and a little more behind it.
const REACH: usize = 8;
/// The most mentions before that say what the text speaks of.
const CONTEXT: usize = 24;

/// An office, as far as it is read.
#[derive(Clone, Copy, Default)]
struct Office {
    /// Its holder acts for a state or an organisation.
    of_state: bool,
    /// Its holder speaks for themselves or a party: lawmaker, analyst.
    own: bool,
}

impl Scene<'_, '_> {
    /// A known official: their side, unless the text calls them the opposition's leader, a candidate,
    /// or the former holder of an office.
    pub(super) fn official(&self, at: usize, entry: u32) -> Acting {
        let prose = self.prose;
        let first = self.mentions[at].first;
        let own = || Actor::Own(self.identities.who[at]);
        let start = prose.sentence_of(first).start.max(first.saturating_sub(REACH));
        let (mut opposed, mut leads) = (false, false);
        for token in (start..first).rev() {
            let classes = prose.word(token).classes;
            if classes.has(Class::NoLonger) {
                return Acting::by(own(), "no-longer-in-office");
            }
            opposed |= prose.is(token, "opposition");
            leads |= ["leader", "head", "chief"].iter().any(|word| prose.is(token, word));
            let office = classes.any(&[
                Class::StateOffice,
                Class::OwnOffice,
                Class::OfficeModifier,
                Class::Nation,
                Class::Group,
            ]);
            if !(office || opposed || leads) {
                break;
            }
        }
        if opposed && leads {
            return Acting::by(own(), "opposition-leader");
        }
        Acting::of(entry)
    }

    /// A movement that governs its country: the state where its government is spoken of.
    pub(super) fn ruling(&self, at: usize, entry: u32) -> Acting {
        let behind = self.mentions[at].end;
        if self.has(behind, Class::Rulers)
            && let Some(state) = lexicon()
                .entry(entry)
                .and_then(|entry| entry.home)
                .and_then(|home| lexicon().state(home))
        {
            return Acting::by(Actor::Of(state), "ruling-movement");
        }
        Acting::of(entry)
    }

    /// A known organ of state: of its own state, or of the one named right before ("Iran's Supreme
    /// National Security Council").
    pub(super) fn organ(&self, at: usize, entry: u32) -> Acting {
        let holder = self.holder_before(at).filter(|holder| {
            matches!(self.sort(*holder), Some(Sort::Country | Sort::Demonym | Sort::Capital))
        });
        match holder.and_then(|holder| self.done.get(holder)?.actor) {
            Some(actor) => Acting::by(actor, "organ-of-state"),
            None => Acting::of(entry),
        }
    }

    /// An unknown organisation, if its name and what stands around make it an organ of state.
    pub(super) fn institution(&self, at: usize) -> Option<Acting> {
        let mention = &self.mentions[at];
        let mut words = mention.first..mention.end;
        let surely = words.clone().any(|token| self.has(token, Class::Organ));
        let maybe = self.has(mention.end - 1, Class::OrganisationLast)
            && self.has(mention.end - 1, Class::OfficialBody);
        if !surely && !maybe {
            return None;
        }
        if surely && let Some(state) = words.find_map(|token| self.nation(token)) {
            return Some(Acting::by(Actor::Of(state), "organ-of-state"));
        }
        if let Some(holder) = self.holder_before(at)
            && matches!(
                self.sort(holder),
                Some(Sort::Country | Sort::Demonym | Sort::Capital | Sort::Polity)
            )
            && let Some(actor) = self.done.get(holder).and_then(|acting| acting.actor)
        {
            return Some(Acting::by(actor, "organ-of-state"));
        }
        surely.then(|| self.context(at, mention.first)).flatten()
    }

    /// The side of an unknown person, by the office that the text gives them.
    pub(super) fn person(&self, at: usize) -> Option<Acting> {
        let sentence = self.prose.sentence_of(self.mentions[at].first);
        let (before, side) = self.office_before(at, &sentence);
        let explicit = self.of_state(at).or(side).or_else(|| self.office_after(at, &sentence));
        explicit.or_else(|| before.and_then(|office| self.context(at, office)))
    }

    /// "Colonel X of Niger's council".
    fn of_state(&self, at: usize) -> Option<Acting> {
        let mention = &self.mentions[at];
        let before = self.prose.before(mention.first)?;
        let holder = self.mentions.get(at + 1).filter(|next| next.first == mention.end + 1)?;
        let office = self.has(before, Class::StateOffice) && self.prose.is(mention.end, "of");
        let office = Office { of_state: office && holder.kind != Kind::Person, own: false };
        self.side_of(at + 1, office)
    }

    /// Reads the office before a name backwards. Returns where an office of state without a holder
    /// starts, and the side of one with a holder.
    fn office_before(&self, at: usize, sentence: &Range<usize>) -> (Option<usize>, Option<Acting>) {
        let prose = self.prose;
        let mut end = self.mentions[at].first;
        if end > sentence.start && prose.token(end - 1) == "," {
            end -= 1;
        }
        let mut office = Office::default();
        let limit = sentence.start.max(end.saturating_sub(REACH));
        while end > limit {
            let last = end - 1;
            let classes = prose.word(last).classes;
            if classes.has(Class::StateOffice) {
                office.of_state = true;
            } else if classes.any(&[Class::OwnOffice, Class::NoLonger])
                || prose.is(last, "opposition")
            {
                office.own = true;
            } else if let Some(holder) = self.ends_at(at, end) {
                // "its consul in Mumbai, X", "Minister for the Pacific X".
                let first = self.mentions[holder].first;
                let within = first > sentence.start
                    && (prose.is(first - 1, "in") || prose.is(first - 1, "at"));
                if !within && self.sort(holder) != Some(Sort::Place) {
                    return (None, self.side_of(holder, office));
                }
                end = first + 1;
            } else if !(classes.any(&[Class::OfficeModifier, Class::OfficeLink])
                || self.is_possessive(last))
            {
                break;
            }
            end -= 1;
        }
        ((office.of_state && !office.own).then_some(end), None)
    }

    /// The mention before `at` that ends at a token.
    fn ends_at(&self, at: usize, end: usize) -> Option<usize> {
        (at.saturating_sub(4)..at).rev().find(|other| self.mentions[*other].end == end)
    }

    /// "X, Israel's ambassador in Baku", "X, a deputy foreign minister", "X, a spokesman for the Y".
    fn office_after(&self, at: usize, sentence: &Range<usize>) -> Option<Acting> {
        let prose = self.prose;
        let comma = self.mentions[at].end;
        if prose.token(comma) != "," {
            return None;
        }
        let mut office = Office::default();
        let mut holder = None;
        let (mut next, mut place) = (at + 1, comma + 1);
        while place < sentence.end.min(comma + REACH + 5) {
            if let Some(mention) = self.mentions.get(next).filter(|mention| mention.first == place)
            {
                if mention.kind == Kind::Person {
                    break;
                }
                let within = prose.is(place - 1, "in") || prose.is(place - 1, "at");
                if !within {
                    holder = holder.or(Some(next));
                }
                place = mention.end;
                next += 1;
                if office.of_state && holder.is_some() {
                    break;
                }
                continue;
            }
            let word = prose.word(place);
            if word.classes.has(Class::StateOffice) {
                office.of_state = true;
            } else if word.classes.any(&[Class::OwnOffice, Class::NoLonger])
                || prose.is(place, "opposition")
            {
                office.own = true;
            } else if word.shape == Shape::Mark && prose.token(place) != "-"
                || prose.is(place, "who")
                || word.classes.has(Class::Says)
            {
                break;
            }
            place += 1;
        }
        if !office.of_state || office.own {
            return None;
        }
        match holder {
            Some(holder) => self.side_of(holder, office),
            None => self.context(at, comma + 1),
        }
    }

    /// The actor of someone who holds an office of the one mentioned.
    fn side_of(&self, holder: usize, office: Office) -> Option<Acting> {
        let who = self.identities.who[holder];
        match (who, self.sort(holder)) {
            (
                Who::Known(entry),
                Some(Sort::Country | Sort::Demonym | Sort::Capital | Sort::Seat | Sort::Organ),
            ) => {
                let actor = self
                    .done
                    .get(holder)
                    .and_then(|acting| acting.actor)
                    .unwrap_or(Actor::Of(entry));
                (office.of_state && !office.own).then(|| Acting::by(actor, "office-of-state"))
            }
            (Who::Known(entry), Some(Sort::Organisation | Sort::Polity)) => {
                let medium = entry_of(who).is_some_and(|entry| entry.is_medium);
                (!medium && (office.of_state || office.own))
                    .then(|| Acting::by(Actor::Of(entry), "office-of-organisation"))
            }
            _ if self.mentions[holder].kind == Kind::Organisation && office.of_state => {
                let acting = self.done.get(holder).copied().or_else(|| self.institution(holder));
                let actor = acting.and_then(|acting| acting.actor).unwrap_or(Actor::Own(who));
                Some(Acting::by(actor, "office-of-organisation"))
            }
            _ => None,
        }
    }

    /// The country that one token names, by the lists.
    fn nation(&self, token: usize) -> Option<u32> {
        let named =
            self.has(token, Class::Nation).then(|| lexicon().nation(self.prose.hashes[token]));
        named.flatten()
    }

    /// The state that the text speaks of at a mention whose office or name starts at `start`: the one
    /// named last in the sentence (behind "its": first), else the first in the sentence before.
    fn context(&self, at: usize, start: usize) -> Option<Acting> {
        let prose = self.prose;
        let number = |other: usize| prose.word(self.mentions[other].first).sentence;
        let state = |other: &usize| {
            let acts = self.done.get(*other).is_some_and(|acting| acting.actor.is_some());
            let sort = self.sort(*other);
            acts && matches!(
                sort,
                Some(
                    Sort::Country
                        | Sort::Demonym
                        | Sort::Capital
                        | Sort::Seat
                        | Sort::Organ
                        | Sort::Official
                )
            )
        };
        let first = at.saturating_sub(CONTEXT);
        let sentence = number(at);
        let own = start.checked_sub(1).is_some_and(|before| self.has(before, Class::Pronoun))
            || self.has(start, Class::Pronoun);
        let here = first + (first..at).take_while(|other| number(*other) != sentence).count()..at;
        let found = if own { here.clone().find(state) } else { here.rev().find(state) };
        let found = found.or_else(|| {
            let last = (first..at).rev().map(number).find(|other| *other < sentence)?;
            (first..at).filter(|other| number(*other) == last).find(state)
        })?;
        Some(Acting::by(self.done.get(found)?.actor?, IN_CONTEXT))
    }
}
