//! Capitals: the government ("Lima wants") or the place ("a meeting in Lima").
//!
//! What stands right before and after the name decides; where nothing does, a capital is taken for
//! its government, as news mostly means it so where it does not say "in".

use super::{Acting, Actor, Scene};
use crate::classes::Class;
use crate::lexicon::Sort;
use crate::prose::Shape;

/// The most tokens before a preposition that say what kind of `to` or `from` it is.
const REACH: usize = 8;

impl Scene<'_, '_> {
    /// `Lima`: its government, unless it is a place here.
    pub(super) fn capital(&self, at: usize, entry: u32) -> Acting {
        match self.capital_use(at) {
            Ok(rule) => Acting::by(Actor::Of(entry), rule),
            Err(rule) => Acting::none(rule),
        }
    }

    /// The rule by which a capital is a government, or else that by which it is a place.
    fn capital_use(&self, at: usize) -> Result<&'static str, &'static str> {
        let prose = self.prose;
        let mention = &self.mentions[at];
        let sentence = prose.sentence_of(mention.first);
        let of_country =
            self.mentions.get(at + 1).is_some_and(|next| next.first == mention.end + 1)
                && prose.token(mention.end) == ","
                && self.sort(at + 1) == Some(Sort::Country);
        if of_country {
            return Err("city-of-country");
        }
        let possessive = self.is_possessive(mention.end);
        let noun = prose.word(mention.end + usize::from(possessive));
        if noun.sentence == prose.word(mention.first).sentence
            && (noun.classes.any(&[Class::PlaceLast, Class::CityNoun])
                || !possessive && noun.classes.has(Class::CityEvent))
        {
            return Err("city-noun");
        }
        let Some(mut before) = prose.before(mention.first) else { return Ok("capital-subject") };
        while before > sentence.start
            && (self.has(before, Class::PlaceAdjective) || prose.is(before, "the"))
        {
            before -= 1;
        }
        let locative = self.has(before, Class::Locative)
            && (prose.word(before).shape == Shape::Lower || prose.word(before).opens);
        if possessive && !locative {
            return Ok("capital-possessive");
        }
        if let Some(beside) = self.capital_beside(at, before) {
            return beside;
        }
        if prose.is(before, "to") || prose.is(before, "from") {
            return self.capital_bound(before);
        }
        if locative {
            // "the authorities in Lima": they are the government.
            let seat = prose.is(before, "in")
                && before > sentence.start
                && self.has(before - 1, Class::Rulers);
            return if seat { Ok("capital-of-rulers") } else { Err("city-preposition") };
        }
        if prose.is(before, "of")
            && before > sentence.start
            && self.has(before - 1, Class::CityHead)
        {
            return Err("city-noun");
        }
        Ok("capital-default")
    }

    /// "Moscow and Kyiv": as the capital before.
    fn capital_beside(
        &self,
        at: usize,
        before: usize,
    ) -> Option<Result<&'static str, &'static str>> {
        let prose = self.prose;
        let joins = prose.is(before, "and")
            || prose.is(before, "or")
            || matches!(prose.token(before), "," | "-" | "–");
        let other =
            at.checked_sub(1).filter(|other| joins && self.mentions[*other].end == before)?;
        if self.sort(other) != Some(Sort::Capital) {
            return None;
        }
        let governs = self.done.get(other)?.actor.is_some();
        Some(if governs { Ok("capital-beside") } else { Err("city-beside") })
    }

    /// "ties to Lima", "a flight to Lima": by the last word before that says which.
    fn capital_bound(&self, preposition: usize) -> Result<&'static str, &'static str> {
        let start =
            self.prose.sentence_of(preposition).start.max(preposition.saturating_sub(REACH));
        let last = |class: Class| (start..preposition).rev().find(|at| self.has(*at, class));
        match (last(Class::Bond), last(Class::Travel)) {
            (bond, Some(travel)) if bond.is_none_or(|bond| bond < travel) => {
                Err("city-travelled-to")
            }
            (Some(_), _) => Ok("capital-bond"),
            (None, _) if self.prose.is(preposition, "from") => Err("city-preposition"),
            (None, _) => Ok("capital-object"),
        }
    }
}
