//! Infinitives, gerunds and participles: what governs them, and who does what they say.

use super::{WINDOW, is_time, set_subject, subjects::antecedent};
use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::{Control, Lexicon, Place, Tags},
    units::Pos,
};

pub(super) fn link_nonfinite(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
    let group = sentence.groups[at];
    let (governor, subject) = match group.shape {
        Shape::Participle => (None, subject_of_participle(sentence, at)),
        _ => governor_and_subject(sentence, lexicon, at),
    };
    sentence.groups[at].governor = governor;
    sentence.groups[at].by_owner = subject.is_some_and(|subject| {
        owns(sentence, subject, at)
            || at > 0
                && sentence.groups[at - 1].by_owner
                && sentence.groups[at - 1].subject == Some(subject)
    });
    set_subject(sentence, at, subject);
}

pub(super) fn subject_of_participle(sentence: &Sentence, at: usize) -> Option<usize> {
    let chunk = sentence.groups[at].chunk;
    match chunk.checked_sub(1).map(|before| sentence.chunks[before]) {
        Some(Chunk::Phrase(phrase)) => Some(phrase),
        Some(Chunk::Mark(Pos::Comma, _)) => antecedent(sentence, chunk),
        Some(Chunk::Mark(Pos::Conj, _))
            if at > 0 && sentence.groups[at - 1].shape == Shape::Participle =>
        {
            sentence.groups[at - 1].subject
        }
        Some(Chunk::Mark(Pos::Conj | Pos::Sub | Pos::OpenQuote, _)) | None => {
            next_subject(sentence, at)
        }
        _ => None,
    }
}

/// The subject of the main clause after a fronted participle.
pub(super) fn next_subject(sentence: &Sentence, at: usize) -> Option<usize> {
    let rest = sentence.groups.iter().skip(at + 1).take(WINDOW);
    rest.filter(|group| group.shape == Shape::Finite)
        .find_map(|group| group.subject)
        .filter(|subject| sentence.phrases[*subject].start > sentence.groups[at].start)
}

pub(super) fn governor_and_subject(
    sentence: &Sentence,
    lexicon: &Lexicon,
    at: usize,
) -> (Option<usize>, Option<usize>) {
    let group = sentence.groups[at];
    let infinitive = group.shape == Shape::Infinitive;
    let mut chunk = group.chunk;
    let mut between: Option<usize> = None;
    let mut comma = false;
    let mut prep = None;
    for _ in 0..WINDOW {
        let Some(before) = chunk.checked_sub(1) else { break };
        chunk = before;
        match sentence.chunks[chunk] {
            Chunk::Phrase(phrase) => {
                if !is_time(sentence, phrase) && !comma {
                    between.get_or_insert(sentence.phrases[phrase].first.unwrap_or(phrase));
                }
            }
            Chunk::Prep(unit) => {
                if chunk + 1 == group.chunk {
                    prep = Some(sentence.units[unit].word);
                }
            }
            Chunk::Group(governor) => {
                if governor >= at {
                    break;
                }
                let above = sentence.groups[governor];

                let joined = matches!(
                    sentence.chunks.get(group.chunk.wrapping_sub(1)),
                    Some(Chunk::Mark(Pos::Conj | Pos::But, _))
                );
                if joined && above.shape == group.shape {
                    return (above.governor, above.subject);
                }
                if comma && above.shape != Shape::Finite && !infinitive {
                    continue;
                }
                // "Roe said that …, adding that …"
                let is_cue = |unit: usize| {
                    lexicon.verb_of(sentence.units[unit].word).is_some_and(|verb| verb.is_cue)
                };
                if comma && group.reports.is_some() && is_cue(group.main) && above.reports.is_none()
                {
                    let reports = sentence.groups[..governor]
                        .iter()
                        .rposition(|group| group.reports.is_some() && is_cue(group.main));
                    if let Some(reports) = reports {
                        return (None, sentence.groups[reports].subject);
                    }
                }
                let subject = controller(sentence, lexicon, governor, at, between, comma, prep);
                let governs =
                    infinitive && !comma || chunk + 1 == group.chunk || prep.is_some() && !comma;
                return (governs.then_some(governor), subject);
            }
            Chunk::Mark(Pos::Comma, _) => comma = true,
            Chunk::Mark(Pos::Sub, _) if chunk + 1 == group.chunk => comma = true,
            Chunk::Mark(Pos::Wh, _) => between = None,
            Chunk::Mark(Pos::Stop | Pos::Semicolon | Pos::Colon, _) => break,
            Chunk::Mark(..) => {}
        }
    }
    if comma || between.is_none() || prep.is_some() {
        let subject =
            between.filter(|_| !comma && prep.is_none()).or_else(|| next_subject(sentence, at));
        return (None, subject);
    }
    (None, between)
}

/// Whether a phrase right before a complement says whose it is: "Oslo's refusal to", "Chilean involvement in".
pub(super) fn owns(sentence: &Sentence, phrase: usize, group: usize) -> bool {
    let known = &sentence.phrases[phrase];
    let next = sentence.groups[group].chunk;
    let adjacent = known.chunk + 1 == next
        || known.chunk + 2 == next && sentence.prep_at(known.chunk + 1).is_some();
    let units = sentence.units.get(known.start..known.head).unwrap_or_default();
    let owned = units.iter().any(|unit| matches!(unit.pos, Pos::Name | Pos::PossPronoun));
    adjacent
        && owned
        && sentence.units[known.head].pos == Pos::Noun
        && !sentence.units[known.head].tags.any(Tags::AGENT)
}

/// Who does what a complement says, given the verb group that governs it and the phrase that stands between.
pub(super) fn controller(
    sentence: &Sentence,
    lexicon: &Lexicon,
    governor: usize,
    at: usize,
    between: Option<usize>,
    comma: bool,
    prep: Option<u32>,
) -> Option<usize> {
    let above = sentence.groups[governor];
    let verb = lexicon.verb_of(sentence.units[above.main].word);
    let control = verb.and_then(|verb| verb.operator).map(|operator| operator.control);
    let infinitive = sentence.groups[at].shape == Shape::Infinitive;
    let own = above.subject;
    let Some(between) = between.filter(|_| !comma) else {
        return own;
    };
    let object = above.object.or(above.indirect);
    if owns(sentence, between, at) {
        return Some(between);
    }
    if infinitive && sentence.phrases[between].prep == Some(lexicon.known.for_) {
        return Some(between);
    }
    if infinitive {
        return match control {
            Some(Control::Object | Control::Both) => Some(between),
            _ => own,
        };
    }
    let known = lexicon.known;
    if prep.is_some_and(|prep| [known.of, known.for_, known.from].contains(&prep)) {
        return object.or(own);
    }
    if prep.is_some() {
        return own;
    }
    let between_prep = sentence.phrases[between].prep;
    let receiver = verb.is_some_and(|verb| {
        let slots = verb.frames.iter().flat_map(|frame| &frame.targets);
        slots.into_iter().any(|slot| Some(slot.place) == between_prep.map(Place::After))
    });
    let adjacent = sentence.phrases[between].chunk + 1 == sentence.groups[at].chunk;
    let gerund = between_prep == Some(known.to) && adjacent && !receiver;
    let direct = between_prep.is_none()
        || between_prep == Some(known.of)
        || between_prep == Some(known.with)
        || gerund;
    if direct { Some(between) } else { own }
}
