//! Nouns, verbs and adjectives, where one word form can be several of them.

use docmill_core::vocab::entities;

use super::Context;
use crate::{
    lexicon::Tags,
    units::{Pos, Unit},
};

impl Context<'_> {
    /// Whether what follows can only be an object: a determiner, a name, a pronoun.
    pub(super) fn object_follows(&self) -> bool {
        self.next(1).is_some_and(|unit| {
            unit.mention.is_some()
                || unit
                    .tags
                    .any(Tags::DET.or(Tags::POSS_PRONOUN).or(Tags::THAT).or(Tags::WH).or(Tags::NO))
                || unit.tags.any(Tags::PRONOUN)
        })
    }

    pub(super) fn noun_follows(&self) -> bool {
        self.next(1).is_some_and(|unit| {
            unit.mention.is_some()
                || unit.pos == Pos::Other
                    && (unit.tags.is_empty() || unit.tags.any(Tags::NOUN.or(Tags::ADJ)))
                    && !unit.tags.any(Tags::PREP.or(Tags::DET).or(Tags::CONJ).or(Tags::SUB))
        })
    }

    pub(super) fn verb_or_noun(&self, tags: Tags) -> Pos {
        let nounish = tags.any(Tags::NOUN.or(Tags::ADJ));
        let before = self.before().map(|unit| unit.pos);
        let noun_like =
            if tags.any(Tags::ADJ) && !tags.any(Tags::NOUN) { Pos::Adj } else { Pos::Noun };
        if tags.any(Tags::ING) {
            return self.ing(tags, noun_like);
        }
        if tags.any(Tags::PREP) {
            return Pos::Prep;
        }
        let past = tags.any(Tags::PAST.or(Tags::PART)) && !tags.any(Tags::BASE.or(Tags::THIRD));
        if past {
            return self.past(tags);
        }
        if tags.any(Tags::BASE) {
            return self.base(tags, nounish, noun_like, before);
        }
        match before {
            Some(
                Pos::Det
                | Pos::No
                | Pos::PossPronoun
                | Pos::Poss
                | Pos::Adj
                | Pos::Num
                | Pos::Prep
                | Pos::To
                | Pos::Modal,
            ) => noun_like,
            Some(Pos::Pronoun | Pos::Wh) => Pos::Third,
            Some(Pos::Name) if nounish => {
                let before = self.before();
                let adjective = before.is_some_and(|unit| self.is_group(unit));
                let person = before.is_some_and(|unit| self.is_person(unit));
                let next = self.next_tags(1);
                let goes_on = next.any(Tags::TO) || next.any(Tags::PREP) && !tags.any(Tags::STANCE);
                let verb = person
                    || !adjective && (self.object_follows() || self.noun_follows() || goes_on);
                if verb { Pos::Third } else { noun_like }
            }
            Some(Pos::Noun) if nounish => {
                let plural = self.before().is_some_and(|unit| unit.plural);
                if !plural && self.object_follows() { Pos::Third } else { noun_like }
            }
            Some(Pos::CloseBracket | Pos::Comma | Pos::CloseQuote | Pos::Conj | Pos::But)
                if nounish =>
            {
                if self.object_follows() {
                    Pos::Third
                } else {
                    noun_like
                }
            }
            _ if nounish => noun_like,
            _ => Pos::Third,
        }
    }

    pub(super) fn is_person(&self, unit: &Unit) -> bool {
        unit.mention.and_then(|at| self.kinds.get(at as usize)) == Some(&entities::Kind::Person)
    }

    pub(super) fn is_group(&self, unit: &Unit) -> bool {
        unit.mention.and_then(|at| self.kinds.get(at as usize)) == Some(&entities::Kind::Group)
    }

    pub(super) fn base(
        &self,
        tags: Tags,
        nounish: bool,
        noun_like: Pos,
        before: Option<Pos>,
    ) -> Pos {
        let finite = if tags.any(Tags::PAST) { Pos::Past } else { Pos::Base };
        if tags.any(Tags::ADV) && before.is_some_and(Pos::is_verb) {
            return Pos::Adv;
        }
        match before {
            Some(Pos::Modal | Pos::Do | Pos::To) => Pos::Base,
            Some(Pos::Have) if tags.any(Tags::PART) => Pos::Past,
            Some(Pos::Be) if tags.any(Tags::PART) => Pos::Past,
            Some(Pos::Neg)
                if self.units[..self.at]
                    .iter()
                    .rev()
                    .take(4)
                    .any(|unit| matches!(unit.pos, Pos::Do | Pos::Modal | Pos::To)) =>
            {
                Pos::Base
            }
            Some(
                Pos::Det
                | Pos::No
                | Pos::PossPronoun
                | Pos::Poss
                | Pos::Adj
                | Pos::Num
                | Pos::Prep
                | Pos::Have
                | Pos::Be,
            ) => noun_like,
            Some(Pos::Pronoun | Pos::Wh) => finite,
            Some(Pos::Name) => {
                let person = self.before().is_some_and(|unit| !self.is_group(unit));
                let plural = self
                    .neighbour()
                    .and_then(|unit| unit.span.of(self.text))
                    .is_some_and(|piece| piece.ends_with('s'));
                if tags.any(Tags::PAST) && person && (self.object_follows() || self.noun_follows())
                {
                    Pos::Past
                } else if !nounish
                    || self.subjunctive() && self.object_follows()
                    || (plural || self.joined_names()) && self.object_follows()
                    || self.joined_names() && self.bare_object_follows()
                {
                    finite
                } else {
                    noun_like
                }
            }
            Some(Pos::Noun) => {
                let plural =
                    self.before().is_some_and(|unit| unit.plural || unit.tags.any(Tags::PLURAL));
                let asks = self.object_follows() || self.next_tags(1).any(Tags::TO);
                let verb = if nounish { plural && asks } else { plural || tags.any(Tags::PAST) };
                if verb { finite } else { noun_like }
            }
            Some(Pos::Conj | Pos::But | Pos::Comma) => {
                if !nounish || self.object_follows() {
                    finite
                } else {
                    noun_like
                }
            }
            _ if nounish && !self.object_follows() => noun_like,
            _ => finite,
        }
    }

    /// Whether the name before is the last of several joined by "and".
    pub(super) fn joined_names(&self) -> bool {
        self.at >= 3
            && self.units[self.at - 2].pos == Pos::Conj
            && self.units[self.at - 3].pos == Pos::Name
    }

    /// "That Oslo halt": a name right after "that".
    pub(super) fn subjunctive(&self) -> bool {
        let before = self.at.checked_sub(2).and_then(|at| self.units.get(at));
        before.is_some_and(|unit| matches!(unit.pos, Pos::That | Pos::Sub))
    }

    /// A plural noun, then the end of the clause or a preposition: "trade barbs".
    pub(super) fn bare_object_follows(&self) -> bool {
        let ends = self.next(2).is_none_or(|unit| {
            unit.tags.any(Tags::PREP.or(Tags::SUB)) || !matches!(unit.pos, Pos::Other)
        });
        self.next(1).is_some_and(|unit| unit.plural && unit.pos == Pos::Other) && ends
    }

    pub(super) fn past(&self, tags: Tags) -> Pos {
        let finite = if tags.any(Tags::PAST) { Pos::Past } else { Pos::Part };
        let before = self.before();
        match before.map(|unit| unit.pos) {
            Some(Pos::Det | Pos::Poss | Pos::PossPronoun | Pos::No) => Pos::Adj,
            Some(Pos::Num | Pos::Prep | Pos::Adj) if self.noun_follows() => Pos::Adj,
            Some(Pos::Num | Pos::Prep) if !tags.any(Tags::PART) => Pos::Adj,
            Some(pos)
                if (pos.is_verb() || pos == Pos::Conj && !self.verb_before())
                    && self.noun_follows()
                    && !self.object_follows() =>
            {
                Pos::Adj
            }
            _ => finite,
        }
    }

    pub(super) fn verb_before(&self) -> bool {
        self.units[..self.at].iter().any(|unit| unit.pos.is_verb() || unit.pos.is_auxiliary())
    }

    pub(super) fn ing(&self, tags: Tags, noun_like: Pos) -> Pos {
        let nounish = tags.any(Tags::NOUN.or(Tags::ADJ));
        match self.before().map(|unit| unit.pos) {
            Some(Pos::Be) => {
                if tags.any(Tags::ADJ) && self.noun_follows() {
                    Pos::Adj
                } else {
                    Pos::Ing
                }
            }
            Some(Pos::Det | Pos::Poss | Pos::PossPronoun | Pos::No | Pos::Adj | Pos::Num) => {
                if self.noun_follows() && !nounish {
                    Pos::Adj
                } else {
                    noun_like_ing(nounish, noun_like)
                }
            }
            Some(Pos::Name) if nounish => {
                if self.object_follows() {
                    Pos::Ing
                } else {
                    noun_like
                }
            }
            _ if tags.any(Tags::ADJ) && self.noun_follows() => Pos::Adj,
            Some(Pos::Prep) if self.counts() && self.noun_follows() => Pos::Adj,
            _ if tags.any(Tags::NOUN) && self.next_tags(1).any(Tags::PREP) => noun_like,
            _ => Pos::Ing,
        }
    }

    /// Whether "dozens of" stands right before.
    pub(super) fn counts(&self) -> bool {
        let before = self.at.checked_sub(2).and_then(|at| self.units.get(at));
        before.is_some_and(|unit| {
            unit.tags.any(Tags::QUANTITY.or(Tags::NUMBER)) || unit.pos == Pos::Num
        })
    }

    /// A word that the lexicon does not hold, by its ending.
    pub(super) fn unknown(&self) -> Pos {
        let piece = self.piece();
        let length = piece.len();
        if self.unit().capital && self.at > 0 {
            return Pos::Noun;
        }
        if length > 4 && piece.ends_with("ly") {
            return Pos::Adv;
        }
        if length > 5 && piece.ends_with("ing") {
            let after_prep = self.neighbour().is_some_and(|unit| unit.pos == Pos::Prep);
            let attribute = self.noun_follows() && (piece.contains('-') || after_prep);
            return if attribute { Pos::Adj } else { self.ing(Tags::ING, Pos::Noun) };
        }
        if length > 4 && piece.ends_with("ed") && !piece.ends_with("eed") {
            return self.past(Tags::PAST.or(Tags::PART));
        }
        let adjective =
            ["ous", "ful", "ive", "able", "ible", "less", "ical", "nal", "ary", "arian"]
                .iter()
                .any(|end| piece.ends_with(end));
        if adjective && self.noun_follows() { Pos::Adj } else { Pos::Noun }
    }
}

fn noun_like_ing(nounish: bool, noun_like: Pos) -> Pos {
    if nounish { noun_like } else { Pos::Noun }
}
