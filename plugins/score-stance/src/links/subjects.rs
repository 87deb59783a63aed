//! The subjects of finite verbs: to the left past parentheses and relative clauses, or after a verb of speech.

use super::{WINDOW, is_adjective, is_time, list_end, names_someone};
use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::Lexicon,
    units::Pos,
};

pub(super) fn subject_of_finite(
    sentence: &Sentence,
    lexicon: &Lexicon,
    at: usize,
) -> Option<usize> {
    left_subject(sentence, lexicon, at).or_else(|| inverted_subject(sentence, lexicon, at))
}

/// The subject of a finite verb, to its left.
pub(super) fn left_subject(sentence: &Sentence, lexicon: &Lexicon, at: usize) -> Option<usize> {
    let group = sentence.groups[at];
    let mut chunk = group.chunk;
    let (mut joined, mut comma) = (false, false);
    for _ in 0..WINDOW {
        chunk = chunk.checked_sub(1)?;
        match sentence.chunks[chunk] {
            Chunk::Phrase(phrase) => {
                let first = sentence.phrases[phrase].first.unwrap_or(phrase);
                chunk = sentence.phrases[first].chunk;
                if joined || is_time(sentence, phrase) || is_adjective(sentence, phrase) {
                    continue;
                }
                if sentence.phrases[first].prep.is_some() {
                    chunk = chunk.checked_sub(1)?;
                    continue;
                }
                if let Some(governor) = sentence.phrases[first].governor {
                    let above = sentence.groups[governor];
                    let object = above.object == Some(first) || above.indirect == Some(first);
                    if object && above.shape != Shape::Finite {
                        chunk = above.chunk;
                        continue;
                    }
                }
                return Some(first);
            }
            Chunk::Prep(_) => {}
            Chunk::Group(before) => {
                let before = sentence.groups[before];
                if before.shape == Shape::Finite {
                    if !joined {
                        return None;
                    }
                    // "demanded that Oslo halt it and accused Bern"
                    let bare =
                        before.start == before.main && sentence.units[before.main].pos == Pos::Base;
                    if bare && sentence.units[group.main].pos != Pos::Base {
                        continue;
                    }
                    if let Some(start) = subordinate_start(sentence, chunk).filter(|_| comma) {
                        chunk = start;
                        continue;
                    }
                    return matrix_subject(sentence, lexicon, before.chunk).or(before.subject);
                }
            }
            Chunk::Mark(pos, _) => match pos {
                Pos::Conj | Pos::But => joined = true,
                Pos::Wh => return antecedent(sentence, chunk),
                Pos::Comma | Pos::Dash if joined && chunk + 2 >= group.chunk => comma = true,
                Pos::Comma | Pos::Dash => chunk = parenthesis_start(sentence, chunk, pos)?,
                Pos::CloseBracket => {
                    let open = (0..chunk).rev().take(WINDOW).find(|at| {
                        matches!(sentence.chunks[*at], Chunk::Mark(Pos::OpenBracket, _))
                    });
                    chunk = open?;
                }
                Pos::OpenQuote | Pos::Neg | Pos::Other => {}
                Pos::That if joined => {}
                Pos::CloseQuote => {
                    let mark = chunk.checked_sub(1).map(|before| sentence.chunks[before]);
                    let open = (0..chunk).rev().take(WINDOW).find(|at| {
                        matches!(sentence.chunks[*at], Chunk::Mark(Pos::OpenQuote, _))
                    })?;
                    if !joined && matches!(mark, Some(Chunk::Mark(..)) | None) || open == 0 {
                        return None;
                    }
                    chunk = open;
                }
                _ => return None,
            },
        }
    }
    None
}

/// "Roe said the deal failed and warned …": who says it, where the verb before is of no one's doing.
pub(super) fn matrix_subject(
    sentence: &Sentence,
    lexicon: &Lexicon,
    chunk: usize,
) -> Option<usize> {
    let own = sentence.group_at(chunk).and_then(|group| sentence.groups[group].subject)?;
    if names_someone(sentence, own) {
        return None;
    }
    let earlier = sentence.groups.iter().rev().filter(|group| group.chunk < chunk).take(4);
    let cue = earlier.into_iter().find(|group| {
        group.reports.is_some()
            && lexicon.verb_of(sentence.units[group.main].word).is_some_and(|verb| verb.is_cue)
    });
    cue.and_then(|group| group.subject).filter(|subject| names_someone(sentence, *subject))
}

/// Where the subordinate clause begins that holds the verb at `chunk`, if one does.
pub(super) fn subordinate_start(sentence: &Sentence, chunk: usize) -> Option<usize> {
    let first = chunk.saturating_sub(WINDOW / 2);
    for at in (first..chunk).rev() {
        match sentence.chunks[at] {
            Chunk::Mark(Pos::Wh | Pos::Sub, _) => return Some(at),
            Chunk::Mark(Pos::Comma | Pos::Semicolon | Pos::Colon | Pos::Stop | Pos::That, _) => {
                return None;
            }
            Chunk::Group(group) if sentence.groups[group].shape == Shape::Finite => return None,
            _ => {}
        }
    }
    None
}

/// "…," said Roe: the subject after a verb of speech.
pub(super) fn inverted_subject(sentence: &Sentence, lexicon: &Lexicon, at: usize) -> Option<usize> {
    let group = sentence.groups[at];
    let cue = lexicon.verb_of(sentence.units[group.main].word).is_some_and(|verb| verb.is_cue);
    let before = group.chunk.checked_sub(1).map(|before| sentence.chunks[before]);
    let opens = matches!(before, Some(Chunk::Mark(Pos::Comma | Pos::CloseQuote | Pos::Dash, _)));
    let after_quote = matches!(before, Some(Chunk::Mark(Pos::CloseQuote, _)));
    let phrase = sentence.phrase_at(group.chunk + 1)?;
    let main = sentence.units[group.main].pos;
    let next = sentence.groups.get(at + 1).map(|next| next.chunk);
    let own = next == list_end(sentence, phrase)
        && sentence.groups.get(at + 1).is_some_and(|next| next.shape == Shape::Finite);
    (cue && opens
        && matches!(main, Pos::Past | Pos::Third)
        && group.start == group.main
        && (names_someone(sentence, phrase) || after_quote)
        && !own)
        .then_some(phrase)
}

/// The phrase that a relative pronoun stands for.
pub(super) fn antecedent(sentence: &Sentence, wh: usize) -> Option<usize> {
    let mut at = wh;
    for _ in 0..6 {
        at = at.checked_sub(1)?;
        match sentence.chunks[at] {
            Chunk::Phrase(phrase) if !is_time(sentence, phrase) => return Some(phrase),
            Chunk::Phrase(_)
            | Chunk::Prep(_)
            | Chunk::Mark(Pos::Comma | Pos::Dash | Pos::CloseBracket | Pos::CloseQuote, _) => {}
            _ => return None,
        }
    }
    None
}

/// The comma or dash that opens the parenthesis which the one at `close` ends.
pub(super) fn parenthesis_start(sentence: &Sentence, close: usize, mark: Pos) -> Option<usize> {
    let first = close.saturating_sub(WINDOW);
    for at in (first..close).rev() {
        match sentence.chunks[at] {
            Chunk::Mark(pos, _) if pos == mark => {
                let after = sentence.chunks.get(at + 1)?;
                let clause = matches!(after, Chunk::Phrase(_))
                    && (at + 1..close).any(|at| {
                        sentence
                            .group_at(at)
                            .is_some_and(|group| sentence.groups[group].shape == Shape::Finite)
                    });
                if clause {
                    return None;
                }
                let inner = match after {
                    Chunk::Mark(Pos::Wh | Pos::Sub, _) | Chunk::Prep(_) | Chunk::Phrase(_) => true,
                    Chunk::Group(group) => sentence.groups[*group].shape != Shape::Finite,
                    _ => at + 1 == close,
                };
                let before = at.checked_sub(1).map(|before| sentence.chunks[before]);
                return (inner
                    && matches!(
                        before,
                        Some(Chunk::Phrase(_) | Chunk::Mark(Pos::CloseBracket, _))
                    ))
                .then_some(at);
            }
            Chunk::Mark(Pos::Colon | Pos::Semicolon | Pos::Stop, _) => return None,
            _ => {}
        }
    }
    None
}
