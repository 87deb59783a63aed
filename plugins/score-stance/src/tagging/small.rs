//! Prepositions, particles, conjunctions and "to".

use super::{Context, LOOK_AHEAD};
use crate::{lexicon::Tags, units::Pos};

impl Context<'_> {
    pub(super) fn to(&self) -> Pos {
        let up = self.neighbour().and_then(|unit| unit.span.of(self.text));
        let number =
            self.next(1).is_some_and(|unit| unit.pos == Pos::Num || unit.tags.any(Tags::NUMBER));
        if up.is_some_and(|up| up.eq_ignore_ascii_case("up")) && number {
            return Pos::Adv;
        }
        let next = self.tags_after_adverbs();
        let verb = next.any(Tags::BASE)
            || self.next(1).is_some_and(|unit| unit.mention.is_none())
                && next.any(Tags::BE.or(Tags::HAVE).or(Tags::DO));
        if verb && self.next(1).is_none_or(|unit| unit.mention.is_none()) {
            Pos::To
        } else {
            Pos::Prep
        }
    }

    /// Whether a clause with its own verb follows: a subject, then a finite verb.
    pub(super) fn opens_clause(&self) -> bool {
        let mut seen = false;
        for unit in self.units.iter().skip(self.at + 1).take(LOOK_AHEAD) {
            let tags = unit.tags;
            if unit.mention.is_some()
                || tags.any(Tags::DET.or(Tags::PRONOUN).or(Tags::POSS_PRONOUN).or(Tags::NUMBER))
            {
                seen = true;
                continue;
            }
            if seen
                && (tags.any(Tags::MODAL.or(Tags::BE).or(Tags::HAVE).or(Tags::DO)) && !unit.glued
                    || tags.any(Tags::PAST.or(Tags::THIRD)) && !tags.any(Tags::NOUN))
            {
                return true;
            }
            if seen && (unit.span.of(self.text) == Some("of") || tags.any(Tags::CONJ)) {
                continue;
            }
            if tags.any(Tags::PREP.or(Tags::CONJ).or(Tags::SUB).or(Tags::THAT).or(Tags::WH))
                || !matches!(unit.pos, Pos::Other | Pos::Num | Pos::Poss)
            {
                return false;
            }
            seen |= !tags.any(Tags::ADV) && !unit.glued;
        }
        false
    }

    pub(super) fn subordinator(&self, tags: Tags) -> Pos {
        let next = self.next_tags(1);
        // "has so far refused"
        let after_auxiliary = self.neighbour().is_some_and(|unit| unit.pos.is_auxiliary());
        if after_auxiliary && self.piece().eq_ignore_ascii_case("so") {
            return Pos::Adv;
        }
        if next.any(Tags::PREP)
            && self.next(1).is_some_and(|unit| unit.span.of(self.text) == Some("of"))
        {
            return Pos::Adv;
        }
        if !tags.any(Tags::PREP) {
            return Pos::Sub;
        }
        if next.any(Tags::ING) || !self.opens_clause() { Pos::Prep } else { Pos::Sub }
    }

    /// Preposition, or a particle that belongs to the verb before.
    pub(super) fn preposition(&self, tags: Tags) -> Pos {
        if self.approximates() {
            return Pos::Adv;
        }
        if !tags.any(Tags::ADV) {
            return Pos::Prep;
        }
        let particle = ["up", "down", "out", "off"]
            .iter()
            .any(|known| self.piece().eq_ignore_ascii_case(known));
        if particle && self.neighbour().is_some_and(|unit| unit.pos.is_verb()) {
            return Pos::Adv;
        }
        let object = self.next(1).is_some_and(|unit| {
            unit.mention.is_some()
                || matches!(unit.pos, Pos::Num | Pos::OpenQuote)
                || unit.tags.any(
                    Tags::DET
                        .or(Tags::PRONOUN)
                        .or(Tags::POSS_PRONOUN)
                        .or(Tags::NOUN)
                        .or(Tags::NUMBER)
                        .or(Tags::ING),
                )
                || unit.tags.is_empty() && unit.pos == Pos::Other
        });
        if object { Pos::Prep } else { Pos::Adv }
    }

    /// "About 100", "up to 16": a number is meant.
    pub(super) fn approximates(&self) -> bool {
        let number = |ahead: usize| {
            self.next(ahead).is_some_and(|unit| unit.pos == Pos::Num || unit.tags.any(Tags::NUMBER))
        };
        let is = |word: &str| self.piece().eq_ignore_ascii_case(word);
        let least = |ahead: usize| {
            self.next(ahead)
                .and_then(|unit| unit.span.of(self.text))
                .is_some_and(|piece| matches!(piece, "least" | "most"))
        };
        let after_verb = self.neighbour().is_none_or(|unit| {
            unit.pos.is_verb() || unit.pos == Pos::Adv || unit.pos == Pos::Comma
        });
        is("about") && number(1) && after_verb
            || (is("over") || is("around") || is("under")) && number(1) && after_verb
            || is("at") && least(1)
            || is("up")
                && self.next(1).and_then(|unit| unit.span.of(self.text)) == Some("to")
                && number(2)
    }
}
