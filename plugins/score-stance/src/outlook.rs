//! What becomes of a stance under negation, refusal, ending, intention and denial.

use docmill_core::vocab::stances::Kind;

use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::{Effect, Lexicon, Tags},
    units::Pos,
};

/// How far up a chain of governing verbs the search goes.
const DEEPEST: usize = 6;

/// How something is told: as done, turned around, ended, intended, denied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outlook {
    /// Whether it is negated or refused.
    pub(crate) turned: bool,
    /// Whether it is brought to an end.
    pub(crate) ended: bool,
    /// Whether nothing can be said of it.
    pub(crate) void: bool,
    /// How far it goes: 1 done or said, 0.5 intended or conditional, 0.25 denied.
    pub(crate) degree: f32,
}

impl Outlook {
    /// Done, or said outright.
    pub(crate) const DONE: Outlook =
        Outlook { turned: false, ended: false, void: false, degree: 1.0 };

    /// The sign of a stance that would have `sign` if it were simply done; `None` where there is no stance.
    pub(crate) fn sign(self, sign: i8, kind: Kind) -> Option<i8> {
        if self.void {
            return None;
        }
        if !self.turned && !self.ended {
            return Some(sign);
        }
        if self.turned && self.ended {
            return Some(sign);
        }
        match (kind, sign) {
            (Kind::Appeal, _) if self.turned => None,
            (_, 1) => Some(-1),
            (_, -1) if self.ended => Some(1),
            _ => Some(0),
        }
    }

    pub(crate) fn under(mut self, effect: Effect) -> Self {
        match effect {
            Effect::Flip => self.turned = !self.turned,
            Effect::Half => self.degree = self.degree.min(0.5),
            Effect::Doubt => self.degree = self.degree.min(0.25),
            _ => {}
        }
        self
    }
}

/// Verbs that bring to an end what they govern.
const ENDING: &[&str] = &[
    "stop",
    "cease",
    "end",
    "halt",
    "suspend",
    "freeze",
    "quit",
    "lift",
    "ease",
    "relax",
    "waive",
    "drop",
    "scrap",
    "cancel",
    "abandon",
    "cut",
    "slash",
    "reduce",
    "curb",
    "curtail",
    "withdraw",
    "revoke",
    "terminate",
    "block",
    "veto",
    "prevent",
    "oppose",
];

/// The effect of a verb on what it governs: turned, or ended.
pub(crate) fn apply(mut outlook: Outlook, lexicon: &Lexicon, word: u32, effect: Effect) -> Outlook {
    let Some(verb) = lexicon.verb_of(word) else {
        return outlook;
    };
    if effect == Effect::Flip && ENDING.contains(&&*verb.lemma) {
        outlook.ended = !outlook.ended;
        return outlook;
    }
    if effect == Effect::None && matches!(&*verb.lemma, "refrain" | "avoid") {
        outlook.void = true;
    }
    outlook.under(effect)
}

/// The outlook of a verb group: its own negation and modality, and those of the verbs that govern it.
pub(crate) fn of_group(sentence: &Sentence, lexicon: &Lexicon, group: usize) -> Outlook {
    let mut outlook = own(sentence, lexicon, group);
    let mut at = group;
    outlook = under_noun(sentence, outlook, group);
    for _ in 0..DEEPEST {
        let Some(above) = sentence.groups[at].governor else { break };
        let main = &sentence.units[sentence.groups[above].main];
        let verb = lexicon.verb_of(main.word);
        if let Some(operator) = verb.and_then(|verb| verb.operator) {
            outlook = apply(outlook, lexicon, main.word, operator.verb);
        }
        outlook = predicate(sentence, outlook, above, at);
        let above_own = own(sentence, lexicon, above);
        // "should stop attacking": nobody says that it ended.
        outlook.void |= outlook.ended && sentence.groups[above].modal;
        outlook.turned ^= above_own.turned;
        outlook.degree = outlook.degree.min(above_own.degree);
        at = above;
    }
    outlook
}

/// What a noun before an infinitive does: "a refusal to", "plans to".
fn under_noun(sentence: &Sentence, outlook: Outlook, group: usize) -> Outlook {
    let chunk = sentence.groups[group].chunk;
    let before = chunk
        .checked_sub(1)
        .and_then(|at| sentence.phrase_at(at).or_else(|| sentence.phrase_at(at.checked_sub(1)?)));
    // "a call for Oslo to send"
    let before = before.map(|phrase| {
        let known = &sentence.phrases[phrase];
        let asked =
            known.prep.is_some().then(|| sentence.phrase_at(known.chunk.checked_sub(2)?)).flatten();
        asked.unwrap_or(phrase)
    });
    let Some(head) = before.and_then(|phrase| sentence.head(phrase)) else { return outlook };
    if sentence.groups[group].shape == Shape::Finite {
        outlook
    } else if head.tags.any(Tags::UNWILLING) && head.pos == Pos::Noun {
        outlook.under(Effect::Flip)
    } else if head.tags.any(Tags::INTENT) && head.pos == Pos::Noun {
        outlook.under(Effect::Half)
    } else {
        outlook
    }
}

/// Negation and modality of a verb group itself.
pub(crate) fn own(sentence: &Sentence, lexicon: &Lexicon, group: usize) -> Outlook {
    let known = sentence.groups[group];
    let mut outlook = Outlook::DONE;
    outlook.turned = known.negated;
    if known.modal {
        outlook.degree = 0.5;
    }
    outlook.void = conditional(sentence, lexicon, group);
    let subject_negated = known.subject.is_some_and(|subject| {
        sentence.phrases[subject].negated && sentence.phrases[subject].start < known.start
    });
    outlook.turned ^= subject_negated;
    // "has yet to send"
    if sentence.units.get(known.start..known.end).is_some_and(|units| {
        units.iter().any(|unit| unit.pos == Pos::Adv && unit.tags.any(Tags::BUT))
    }) {
        outlook.turned = true;
    }
    outlook
}

/// Whether "if" or "unless" opens the clause of a verb group.
fn conditional(sentence: &Sentence, lexicon: &Lexicon, group: usize) -> bool {
    let known = sentence.groups[group];
    let start = known
        .subject
        .map_or(known.chunk, |subject| sentence.phrases[subject].chunk.min(known.chunk));
    start.checked_sub(1).is_some_and(|before| matches!(sentence.chunks[before], Chunk::Mark(Pos::Sub, unit) if sentence.units[unit].word == lexicon.known.if_))
}

/// What an adjective between "be" and an infinitive does: "is ready to", "was unwilling to".
fn predicate(sentence: &Sentence, mut outlook: Outlook, above: usize, below: usize) -> Outlook {
    let main = &sentence.units[sentence.groups[above].main];
    if main.pos != Pos::Be || sentence.groups[below].shape != Shape::Infinitive {
        return outlook;
    }
    outlook.degree = outlook.degree.min(0.5);
    let adjective = sentence
        .phrase_at(sentence.groups[above].chunk + 1)
        .and_then(|phrase| sentence.head(phrase));
    if adjective.is_some_and(|adjective| {
        adjective.tags.any(Tags::ADJ) && adjective.tags.any(Tags::UNWILLING)
    }) {
        outlook.turned = !outlook.turned;
    }
    outlook
}
