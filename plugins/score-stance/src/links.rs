//! How the chunks of a sentence hang together: lists of phrases, subjects, objects, complements.
//!
//! No full parse: each verb group looks for its subject to the left and for its objects to the right, over a bounded
//! number of chunks, and stops where its clause does.

use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::{Control, Lexicon, Place, Tags},
    units::Pos,
};

/// How many chunks a search passes at most.
const WINDOW: usize = 48;

/// Links the chunks of a sentence.
pub(crate) fn link(sentence: &mut Sentence, lexicon: &Lexicon) {
    join_lists(sentence, lexicon);
    for at in 1..sentence.chunks.len() {
        if let (Some(prep), Some(phrase)) = (sentence.prep_at(at - 1), sentence.phrase_at(at)) {
            sentence.phrases[phrase].prep = Some(prep);
        }
    }
    for group in 1..sentence.groups.len() {
        tell_bare_infinitive(sentence, lexicon, group);
    }
    for group in 0..sentence.groups.len() {
        tell_participle(sentence, lexicon, group);
    }
    for group in 0..sentence.groups.len() {
        find_objects(sentence, lexicon, group);
        if sentence.groups[group].shape == Shape::Finite {
            let subject = subject_of_finite(sentence, lexicon, group);
            set_subject(sentence, group, subject);
        }
    }
    for group in 1..sentence.groups.len() {
        share_auxiliary(sentence, group);
    }
    for group in 0..sentence.groups.len() {
        let known = sentence.groups[group];
        if known.object.is_none() && !known.passive && known.shape == Shape::Finite {
            sentence.groups[group].object = relative_object(sentence, group);
        }
    }
    for group in 0..sentence.groups.len() {
        if sentence.groups[group].shape != Shape::Finite {
            link_nonfinite(sentence, lexicon, group);
        }
    }
}

fn set_subject(sentence: &mut Sentence, group: usize, subject: Option<usize>) {
    sentence.groups[group].subject = subject;
    if let Some(subject) = subject {
        sentence.phrases[subject].governor.get_or_insert(group);
    }
}

/// Whether a phrase names someone, as far as its head shows.
fn names_someone(sentence: &Sentence, phrase: usize) -> bool {
    sentence.head(phrase).is_some_and(|head| {
        matches!(head.pos, Pos::Name | Pos::Pronoun) || head.tags.any(Tags::AGENT) || head.capital
    })
}

fn is_time(sentence: &Sentence, phrase: usize) -> bool {
    sentence
        .head(phrase)
        .is_some_and(|head| head.tags.any(Tags::TIME) || head.pos == Pos::Num && head.plural)
}

fn is_adjective(sentence: &Sentence, phrase: usize) -> bool {
    sentence.head(phrase).is_some_and(|head| head.pos == Pos::Adj)
}

fn join_lists(sentence: &mut Sentence, lexicon: &Lexicon) {
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
fn next_member(
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

/// "Refused to disarm and recognise", "will visit and help": the second verb shares what governs the first.
fn share_auxiliary(sentence: &mut Sentence, at: usize) {
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
fn tell_bare_infinitive(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
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
fn tell_participle(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
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
            frame.is("fact")
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
fn followed_by_verb(sentence: &Sentence, chunk: usize) -> bool {
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

fn find_objects(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
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
            Chunk::Mark(Pos::But | Pos::Conj | Pos::Comma, _)
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
fn denied_follows(sentence: &Sentence, chunk: usize) -> bool {
    let mut at = chunk + 1;
    while matches!(sentence.chunks.get(at), Some(Chunk::Mark(Pos::But | Pos::Neg | Pos::Conj, _))) {
        at += 1;
    }
    sentence.phrase_at(at).is_some_and(|phrase| sentence.phrases[phrase].negated)
}

/// The chunk after a list of phrases.
fn list_end(sentence: &Sentence, phrase: usize) -> Option<usize> {
    let last = sentence.list(phrase).last()?;
    Some(sentence.phrases[last].chunk + 1)
}

/// Whether a phrase is the subject of a clause: prepositional phrases, then a finite verb.
fn clause_follows(sentence: &Sentence, phrase: usize) -> bool {
    let Some(mut at) = list_end(sentence, phrase) else {
        return false;
    };
    for _ in 0..8 {
        match sentence.chunks.get(at) {
            Some(Chunk::Prep(_)) => at += 1,
            Some(Chunk::Phrase(phrase)) if sentence.phrases[*phrase].prep.is_some() => {
                at = list_end(sentence, *phrase).unwrap_or(at + 1)
            }
            Some(Chunk::Group(group)) => return sentence.groups[*group].shape == Shape::Finite,
            _ => return false,
        }
    }
    false
}

fn subject_of_finite(sentence: &Sentence, lexicon: &Lexicon, at: usize) -> Option<usize> {
    left_subject(sentence, lexicon, at).or_else(|| inverted_subject(sentence, lexicon, at))
}

/// The subject of a finite verb, to its left.
fn left_subject(sentence: &Sentence, lexicon: &Lexicon, at: usize) -> Option<usize> {
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
fn matrix_subject(sentence: &Sentence, lexicon: &Lexicon, chunk: usize) -> Option<usize> {
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
fn subordinate_start(sentence: &Sentence, chunk: usize) -> Option<usize> {
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
fn inverted_subject(sentence: &Sentence, lexicon: &Lexicon, at: usize) -> Option<usize> {
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

/// What a relative clause is about: "an offer which Oslo turned down".
fn relative_object(sentence: &Sentence, group: usize) -> Option<usize> {
    let subject = sentence.groups[group].subject?;
    let wh = sentence.phrases[subject].chunk.checked_sub(1)?;
    let found = matches!(sentence.chunks[wh], Chunk::Mark(Pos::Wh | Pos::That, _))
        .then(|| antecedent(sentence, wh));
    found.flatten().filter(|phrase| *phrase != subject)
}

/// The phrase that a relative pronoun stands for.
fn antecedent(sentence: &Sentence, wh: usize) -> Option<usize> {
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
fn parenthesis_start(sentence: &Sentence, close: usize, mark: Pos) -> Option<usize> {
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

fn link_nonfinite(sentence: &mut Sentence, lexicon: &Lexicon, at: usize) {
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

fn subject_of_participle(sentence: &Sentence, at: usize) -> Option<usize> {
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
fn next_subject(sentence: &Sentence, at: usize) -> Option<usize> {
    let rest = sentence.groups.iter().skip(at + 1).take(WINDOW);
    rest.filter(|group| group.shape == Shape::Finite)
        .find_map(|group| group.subject)
        .filter(|subject| sentence.phrases[*subject].start > sentence.groups[at].start)
}

fn governor_and_subject(
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
fn owns(sentence: &Sentence, phrase: usize, group: usize) -> bool {
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
fn controller(
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
