//! Tells the classes of words apart where the lexicon leaves a choice: noun or verb, preposition or conjunction.
//!
//! One pass from left to right over a sentence; each choice looks at the class chosen before and at the words that
//! follow, a bounded number of them.
//! The closed classes are told apart here and in `small`, nouns and verbs in `open`.

mod open;
mod small;

use docmill_core::vocab::entities;

use crate::{
    lexicon::{Tags, VERB},
    units::{Pos, Unit},
};

/// How far to look for the verb that tells a conjunction from a preposition.
const LOOK_AHEAD: usize = 12;

/// Sets the class of each unit of a sentence. `kinds` are the kinds of all mentions.
pub(crate) fn resolve(text: &str, units: &mut [Unit], kinds: &[entities::Kind]) {
    for at in 0..units.len() {
        let pos = Context { text, units, kinds, at }.pos();
        units[at].pos = pos;
    }
}

struct Context<'a> {
    text: &'a str,
    units: &'a [Unit],
    kinds: &'a [entities::Kind],
    at: usize,
}

impl Context<'_> {
    fn unit(&self) -> &Unit {
        &self.units[self.at]
    }

    fn piece(&self) -> &str {
        self.unit().span.of(self.text).unwrap_or_default()
    }

    /// The unit before, adverbs passed over.
    fn before(&self) -> Option<&Unit> {
        self.units[..self.at].iter().rev().find(|unit| unit.pos != Pos::Adv)
    }

    /// The unit right before.
    fn neighbour(&self) -> Option<&Unit> {
        self.at.checked_sub(1).and_then(|at| self.units.get(at))
    }

    fn next(&self, ahead: usize) -> Option<&Unit> {
        self.units.get(self.at + ahead)
    }

    fn next_tags(&self, ahead: usize) -> Tags {
        self.next(ahead).map_or(Tags::default(), |unit| unit.tags)
    }

    /// The tags of the next unit that is no adverb or negation.
    fn tags_after_adverbs(&self) -> Tags {
        let rest = self.units.get(self.at + 1..).unwrap_or_default();
        rest.iter().find(|unit| !only_adverb(unit)).map_or(Tags::default(), |unit| unit.tags)
    }

    fn pos(&self) -> Pos {
        let unit = self.unit();
        if unit.mention.is_some() {
            return Pos::Name;
        }
        if unit.pos == Pos::Poss {
            return self.apostrophe();
        }
        if unit.pos != Pos::Other {
            return unit.pos;
        }
        let tags = unit.tags;
        if tags.is_empty() {
            return self.unknown();
        }
        if tags.any(Tags::BE.or(Tags::HAVE).or(Tags::DO).or(Tags::MODAL)) {
            return self.auxiliary(tags);
        }
        if tags.any(Tags::NEG) {
            return Pos::Neg;
        }
        if tags.any(Tags::NO) {
            return Pos::No;
        }
        if tags.any(Tags::TO) {
            return self.to();
        }
        if tags.any(Tags::BUT) {
            // "has yet to send"
            let negates = self.before().is_some_and(|unit| unit.pos == Pos::Have);
            return if negates { Pos::Neg } else { Pos::But };
        }
        if tags.any(Tags::THAT) {
            return self.that();
        }
        if tags.any(Tags::WH) {
            return Pos::Wh;
        }
        if tags.any(Tags::POSS_PRONOUN) {
            return self.possessive(tags);
        }
        if tags.any(Tags::PRONOUN) {
            return Pos::Pronoun;
        }
        if tags.any(Tags::CONJ) {
            return Pos::Conj;
        }
        if tags.any(Tags::SUB) {
            return self.subordinator(tags);
        }
        if tags.any(Tags::PREP) && !tags.any(VERB) {
            return self.preposition(tags);
        }
        if tags.any(Tags::DET) {
            return Pos::Det;
        }
        if tags.any(Tags::NUMBER) {
            return Pos::Num;
        }
        if tags.any(Tags::ADV) && !tags.any(VERB) {
            return Pos::Adv;
        }
        if tags.any(VERB) {
            return self.verb_or_noun(tags);
        }
        if tags.any(Tags::ADJ) && !tags.any(Tags::NOUN) { Pos::Adj } else { Pos::Noun }
    }

    /// `'s`, `'`: a possessor's, a contracted "is" or a quotation mark.
    fn apostrophe(&self) -> Pos {
        let after_noun = self
            .neighbour()
            .is_some_and(|unit| matches!(unit.pos, Pos::Noun | Pos::Name | Pos::Num));
        if !after_noun || !self.unit().glued {
            return if self.unit().glued { Pos::CloseQuote } else { Pos::OpenQuote };
        }
        let ends_in_s = self.neighbour().is_some_and(|unit| {
            unit.span.of(self.text).is_some_and(|piece| piece.ends_with(['s', 'S']))
        });
        if ends_in_s { Pos::Poss } else { Pos::CloseQuote }
    }

    fn auxiliary(&self, tags: Tags) -> Pos {
        let piece = self.piece();
        if piece.starts_with(['\'', '’']) {
            return self.clitic(tags);
        }
        if tags.any(Tags::MODAL) {
            let noun = self.neighbour().is_some_and(|unit| {
                matches!(unit.pos, Pos::Det | Pos::PossPronoun | Pos::Poss | Pos::Adj | Pos::No)
            });
            let month = self.unit().capital
                && piece.starts_with('M')
                && self.neighbour().is_some_and(|unit| unit.pos == Pos::Prep);
            return if noun || month { Pos::Noun } else { Pos::Modal };
        }
        if tags.any(Tags::BE) {
            return Pos::Be;
        }
        if tags.any(Tags::HAVE) { Pos::Have } else { Pos::Do }
    }

    /// `'s`, `'ve`, `'d` and their kin, as tokens of their own.
    fn clitic(&self, tags: Tags) -> Pos {
        let neighbour = self.neighbour().map(|unit| unit.pos);
        let s = self.piece().ends_with(['s', 'S']);
        if s && matches!(neighbour, Some(Pos::Name | Pos::Noun | Pos::Num | Pos::Adj)) {
            let next = self.next(1);
            let is = next.is_some_and(|unit| {
                unit.tags.any(Tags::DET.or(Tags::NEG)) && !unit.tags.any(Tags::QUANTITY)
                    || unit.tags.any(Tags::ING)
                        && !unit.tags.any(Tags::NOUN.or(Tags::ADJ))
                        && self.next(2).is_some_and(|unit| {
                            unit.mention.is_some() || unit.tags.any(Tags::DET.or(Tags::PREP))
                        })
            });
            return if is { Pos::Be } else { Pos::Poss };
        }
        if tags.any(Tags::MODAL) {
            return Pos::Modal;
        }
        if tags.any(Tags::BE) {
            return Pos::Be;
        }
        if tags.any(Tags::HAVE) { Pos::Have } else { Pos::Do }
    }

    fn that(&self) -> Pos {
        let next = self.next_tags(1);
        let before = self.neighbour().map(|unit| unit.pos);
        if matches!(before, Some(Pos::Noun | Pos::Name | Pos::Pronoun))
            && next.any(VERB.or(Tags::BE).or(Tags::HAVE).or(Tags::DO).or(Tags::MODAL))
        {
            return Pos::Wh;
        }
        let determines = self.next(1).is_some_and(|unit| {
            unit.mention.is_none()
                && !unit.tags.any(
                    Tags::DET
                        .or(Tags::PRONOUN)
                        .or(Tags::POSS_PRONOUN)
                        .or(Tags::PREP)
                        .or(Tags::PLURAL),
                )
                && (unit.tags.is_empty() || unit.tags.any(Tags::NOUN))
                && !unit.plural
        });
        if determines && matches!(before, Some(Pos::Prep | Pos::Base | Pos::To) | None) {
            Pos::Det
        } else {
            Pos::That
        }
    }

    fn possessive(&self, tags: Tags) -> Pos {
        if !tags.any(Tags::PRONOUN) {
            return Pos::PossPronoun;
        }
        let next = self.next(1);
        let object = next.is_none_or(|unit| {
            unit.tags.any(
                Tags::PREP
                    .or(Tags::DET)
                    .or(Tags::TO)
                    .or(Tags::CONJ)
                    .or(Tags::SUB)
                    .or(Tags::POSS_PRONOUN),
            ) || !matches!(unit.pos, Pos::Other | Pos::Num | Pos::Name)
        });
        if object { Pos::Pronoun } else { Pos::PossPronoun }
    }
}

fn only_adverb(unit: &Unit) -> bool {
    unit.tags.any(Tags::ADV.or(Tags::NEG)) && !unit.tags.any(VERB.or(Tags::NOUN))
}
