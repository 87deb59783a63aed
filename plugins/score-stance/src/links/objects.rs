//! What a verb group governs to its right: objects, agent, complement, the clause that it reports.

use super::{WINDOW, is_time, list_end, subjects::antecedent};
use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::Lexicon,
    units::Pos,
};

pub(super) fn find_objects(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
    let group = sentence.groups[at];
    let verb = lexicon.verb_of(sentence.units[group.main].word);
    let is_cue = verb.is_some_and(|verb| verb.is_cue);
    let mut objects: [Option<usize>; 2] = [None, None];
    let mut agent = None;
    let mut chunk = group.chunk + 1;
    let limit = (group.chunk + WINDOW).min(sentence.chunks.len());
    while chunk < limit {
        match sentence.chunks[chunk] {
            Chunk::Phrase(phrase) => {
                let after_prep = sentence.phrases[phrase].prep;
                let finite_follows = list_end(sentence, phrase).is_some_and(|end| {
                    sentence
                        .group_at(end)
                        .is_some_and(|group| sentence.groups[group].shape == Shape::Finite)
                });
                if after_prep.is_none() {
                    let clause = finite_follows || is_cue && clause_follows(sentence, phrase);
                    if clause && !is_time(sentence, phrase) {
                        if is_cue || objects[0].is_some() || chunk > group.chunk + 1 {
                            sentence.groups[at].reports = is_cue.then_some(chunk);
                            break;
                        }
                        break;
                    }
                    let open = objects[0].is_none()
                        || objects[1].is_none()
                            && chunk > 0
                            && matches!(sentence.chunks[chunk - 1], Chunk::Phrase(_));
                    let denied = sentence.phrases[phrase].negated && objects[0].is_some();
                    if !is_time(sentence, phrase) && !denied {
                        if !open {
                            break;
                        }
                        let place = usize::from(objects[0].is_some());
                        objects[place] = Some(phrase);
                        sentence.phrases[phrase].governor.get_or_insert(at);
                    }
                } else {
                    if group.passive && after_prep == Some(lexicon.known.by) && agent.is_none() {
                        agent = Some(phrase);
                    }
                    sentence.phrases[phrase].governor.get_or_insert(at);
                }
                chunk = list_end(sentence, phrase).unwrap_or(chunk + 1).max(chunk + 1);
                continue;
            }
            Chunk::Prep(_) => {}
            Chunk::Group(next) => {
                let shape = sentence.groups[next].shape;
                let direct = chunk == group.chunk + 1 || shape == Shape::Infinitive;
                if direct
                    && matches!(shape, Shape::Infinitive | Shape::Ing)
                    && sentence.groups[at].complement.is_none()
                {
                    sentence.groups[at].complement = Some(next);
                }
                break;
            }
            Chunk::Mark(Pos::That, _) => {
                sentence.groups[at].reports = Some(chunk + 1);
                break;
            }
            Chunk::Mark(Pos::OpenQuote | Pos::CloseQuote | Pos::Other, _) => {}
            Chunk::Mark(Pos::Conj | Pos::But, _) if sentence.prep_at(chunk + 1).is_some() => {}
            Chunk::Mark(Pos::But | Pos::Conj | Pos::Comma | Pos::Neg, _)
                if denied_follows(sentence, chunk) => {}
            Chunk::Mark(Pos::OpenBracket, _) => {
                let close = (chunk..limit)
                    .find(|at| matches!(sentence.chunks[*at], Chunk::Mark(Pos::CloseBracket, _)));
                chunk = close.unwrap_or(chunk);
            }
            Chunk::Mark(..) => break,
        }
        chunk += 1;
    }
    let ditransitive = verb.is_some_and(|verb| verb.is_ditransitive);
    let group = &mut sentence.groups[at];
    group.clause_end = chunk;
    group.agent = agent;
    match objects {
        [Some(first), Some(second)] if ditransitive => {
            group.indirect = Some(first);
            group.object = Some(second);
        }
        [first, _] => group.object = first,
    }
}

/// Whether ", not weapons" or "but no weapons" follows.
pub(super) fn denied_follows(sentence: &Sentence, chunk: usize) -> bool {
    let mut at = chunk + 1;
    while matches!(sentence.chunks.get(at), Some(Chunk::Mark(Pos::But | Pos::Neg | Pos::Conj, _))) {
        at += 1;
    }
    sentence.phrase_at(at).is_some_and(|phrase| sentence.phrases[phrase].negated)
}

/// Whether a phrase is the subject of a clause: prepositional phrases, then a finite verb.
pub(super) fn clause_follows(sentence: &Sentence, phrase: usize) -> bool {
    let Some(mut at) = list_end(sentence, phrase) else {
        return false;
    };
    for _ in 0..8 {
        match sentence.chunks.get(at) {
            Some(Chunk::Prep(_) | Chunk::Mark(Pos::OpenQuote, _)) => at += 1,
            Some(Chunk::Phrase(phrase)) if sentence.phrases[*phrase].prep.is_some() => {
                at = list_end(sentence, *phrase).unwrap_or(at + 1)
            }
            Some(Chunk::Group(group)) => return sentence.groups[*group].shape == Shape::Finite,
            _ => return false,
        }
    }
    false
}

/// What a relative clause is about: "an offer which Oslo turned down".
pub(super) fn relative_object(sentence: &Sentence, group: usize) -> Option<usize> {
    let subject = sentence.groups[group].subject?;
    let wh = sentence.phrases[subject].chunk.checked_sub(1)?;
    let found = matches!(sentence.chunks[wh], Chunk::Mark(Pos::Wh | Pos::That, _))
        .then(|| antecedent(sentence, wh));
    found.flatten().filter(|phrase| *phrase != subject)
}
