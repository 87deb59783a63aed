//! Finite or not: participles that look like past forms, infinitives without "to", verbs that share an auxiliary.

use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::{Flag, Lexicon, Place, Tags},
    units::Pos,
};

/// "Refused to disarm and recognise", "will visit and help": the second verb shares what governs the first.
pub(super) fn share_auxiliary(sentence: &mut Sentence, at: usize) {
    let group = sentence.groups[at];
    let (before, main) = (sentence.groups[at - 1], sentence.units[group.main].pos);
    let inverted = matches!(sentence.units[before.main].pos, Pos::Do | Pos::Modal)
        && before.chunk + 2 == group.chunk
        && group.start == group.main
        && main == Pos::Base;
    if let Some(subject) = sentence.phrase_at(before.chunk + 1).filter(|_| inverted) {
        let denied = before
            .chunk
            .checked_sub(1)
            .is_some_and(|at| matches!(sentence.chunks[at], Chunk::Mark(Pos::Neg, _)));
        let group = &mut sentence.groups[at];
        group.negated |= before.negated || denied;
        group.modal |= before.modal;
        group.subject = Some(subject);
        return;
    }
    let bare = group.start == group.main && sentence.units[group.main].pos == Pos::Base;
    let joined = group.chunk.checked_sub(1).is_some_and(|before| {
        matches!(sentence.chunks[before], Chunk::Mark(Pos::Conj | Pos::But, _))
    });
    if !bare || !joined || group.shape != Shape::Finite {
        return;
    }
    let first = at.saturating_sub(3);
    let before = (first..at).rev().find(|before| {
        let before = &sentence.groups[*before];
        before.shape == Shape::Infinitive || before.modal
    });
    let Some(before) = before.map(|before| sentence.groups[before]) else { return };
    let (shape, subject, modal) = (before.shape, before.subject, before.modal);
    let group = &mut sentence.groups[at];
    (group.shape, group.modal) = (shape, modal);
    if shape == Shape::Finite {
        group.negated |= before.negated;
        group.subject = subject.or(group.subject);
    }
}

/// "Helped Oslo build": an infinitive without "to".
pub(super) fn tell_bare_infinitive(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
    const GOVERNING: &[&str] = &["help", "let", "make", "see", "watch", "have", "hear"];
    let (before, group) = (sentence.groups[at - 1], sentence.groups[at]);
    let verb = lexicon.verb_of(sentence.units[before.main].word);
    let bare = group.start == group.main && sentence.units[group.main].pos == Pos::Base;
    let beside = before.chunk + 2 == group.chunk && sentence.phrase_at(before.chunk + 1).is_some();
    if bare && beside && verb.is_some_and(|verb| GOVERNING.contains(&&*verb.lemma)) {
        sentence.groups[at].shape = Shape::Infinitive;
    }
}

/// A past form without an auxiliary may be a participle: "weapons supplied by Oslo were late".
pub(super) fn tell_participle(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
    let group = sentence.groups[at];
    let main = &sentence.units[group.main];
    if group.shape != Shape::Finite
        || group.start != group.main
        || main.pos != Pos::Past
        || !main.tags.any(Tags::PART) && !main.tags.is_empty()
    {
        return;
    }
    let by = sentence.prep_at(group.chunk + 1) == Some(lexicon.known.by);
    let opens = match group.chunk.checked_sub(1).map(|before| sentence.chunks[before]) {
        None => true,
        Some(Chunk::Mark(Pos::Comma | Pos::Dash | Pos::Sub | Pos::OpenBracket, _)) => {
            by || sentence.prep_at(group.chunk + 1).is_some()
        }
        Some(Chunk::Mark(Pos::Conj, _)) => by,
        _ => false,
    };
    let needs_object = lexicon.verb_of(main.word).is_some_and(|verb| {
        verb.frames.iter().any(|frame| {
            frame.is(Flag::Fact)
                && frame.targets.first().is_some_and(|slot| slot.place == Place::Object)
        })
    });
    let after_phrase =
        group.chunk.checked_sub(1).is_some_and(|before| sentence.phrase_at(before).is_some());
    let lacks_object = needs_object && after_phrase && sentence.prep_at(group.chunk + 1).is_some();
    let reduced = lacks_object
        || matches!(
            group.chunk.checked_sub(1).map(|before| sentence.chunks[before]),
            Some(Chunk::Phrase(_))
        ) && followed_by_verb(sentence, group.chunk);
    if by || opens || reduced {
        let group = &mut sentence.groups[at];
        group.shape = Shape::Participle;
        group.passive = true;
    }
}

/// Whether a finite verb follows that has no subject of its own, so that the one at `chunk` is no finite verb.
pub(super) fn followed_by_verb(sentence: &Sentence, chunk: usize) -> bool {
    if sentence.prep_at(chunk + 1).is_none() {
        return false;
    }
    for at in chunk + 1..(chunk + 10).min(sentence.chunks.len()) {
        match sentence.chunks[at] {
            Chunk::Group(group) if sentence.groups[group].shape == Shape::Finite => {
                return sentence.phrase_at(at - 1).is_some_and(|phrase| {
                    sentence.prep_at(sentence.phrases[phrase].chunk.wrapping_sub(1)).is_some()
                });
            }
            Chunk::Group(_) | Chunk::Mark(..) => return false,
            _ => {}
        }
    }
    false
}
