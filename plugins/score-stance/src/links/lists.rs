//! Lists of phrases: "Oslo, Bern and Rome".

use super::{WINDOW, names_someone};
use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::{Lexicon, Tags},
    units::Pos,
};

pub(super) fn join_lists(sentence: &mut Sentence, lexicon: &Lexicon) {
    let mut at = 0;
    while at < sentence.chunks.len() {
        let Some(first) = sentence.phrase_at(at) else {
            at += 1;
            continue;
        };
        let mut members = vec![first];
        let mut next = at + 1;
        let mut closed = false;
        while members.len() < WINDOW {
            let Some((phrase, chunk, last)) = next_member(sentence, lexicon, next, first) else {
                break;
            };
            members.push(phrase);
            next = chunk + 1;
            if last {
                closed = true;
                break;
            }
        }
        if closed {
            for pair in members.windows(2) {
                sentence.phrases[pair[0]].joined = Some(pair[1]);
                sentence.phrases[pair[1]].first = Some(first);
            }
            at = next;
        } else {
            at += 1;
        }
    }
}

/// The phrase that goes on a list at the chunk `at`, its chunk, and whether it is the last.
pub(super) fn next_member(
    sentence: &Sentence,
    lexicon: &Lexicon,
    at: usize,
    first: usize,
) -> Option<(usize, usize, bool)> {
    let mark = |at: usize| match sentence.chunks.get(at) {
        Some(Chunk::Mark(pos, _)) => Some(*pos),
        _ => None,
    };
    let as_ = Some(lexicon.known.as_);
    let (chunk, last) = if sentence.prep_at(at) == as_ && sentence.prep_at(at + 1) == as_ {
        (at + 2, true)
    } else {
        match mark(at)? {
            Pos::Conj => (at + 1, true),
            Pos::Comma if mark(at + 1) == Some(Pos::Conj) => (at + 2, true),
            Pos::Comma => (at + 1, false),
            _ => return None,
        }
    };
    let phrase = sentence.phrase_at(chunk)?;
    let alike = names_someone(sentence, first) == names_someone(sentence, phrase);
    let after_verb = sentence.phrases[first]
        .chunk
        .checked_sub(1)
        .is_some_and(|before| !matches!(sentence.chunks[before], Chunk::Mark(..)));
    let between = sentence.phrases[first].chunk.checked_sub(1).and_then(|at| sentence.prep_at(at));
    let between = between == Some(lexicon.known.between);
    let own_verb = last
        && !between
        && after_verb
        && sentence
            .group_at(chunk + 1)
            .is_some_and(|group| sentence.groups[group].shape == Shape::Finite);
    let apposition = !last
        && sentence
            .units
            .get(sentence.phrases[phrase].start)
            .is_some_and(|unit| unit.tags.any(Tags::DET));
    (alike && !own_verb && !apposition).then_some((phrase, chunk, last))
}
