//! Cuts the units of a sentence into chunks, from left to right.

use super::{Chunk, Group, Phrase, Sentence, Shape};
use crate::{
    lexicon::{Lexicon, Tags},
    units::{Pos, Unit},
};

/// Cuts the units of a sentence into chunks.
pub(crate) fn chunk(sentence: &mut Sentence, lexicon: &Lexicon) {
    let units = std::mem::take(&mut sentence.units);
    let mut at = 0;
    while let Some(unit) = units.get(at) {
        let next = match unit.pos {
            Pos::Be | Pos::Have | Pos::Do | Pos::Modal | Pos::To => group(sentence, &units, at),
            pos if pos.is_verb() => group(sentence, &units, at),
            Pos::Neg if opens_group(&units, at) => group(sentence, &units, at),
            Pos::Prep => {
                sentence.chunks.push(Chunk::Prep(at));
                at + 1
            }
            _ if opens_phrase(&units, at) => phrase(sentence, &units, at, lexicon),
            Pos::Adv => at + 1,
            pos => {
                sentence.chunks.push(Chunk::Mark(pos, at));
                at + 1
            }
        };
        at = next.max(at + 1);
    }
    sentence.units = units;
}

fn opens_phrase(units: &[Unit], at: usize) -> bool {
    units.get(at).is_some_and(|unit| {
        matches!(
            unit.pos,
            Pos::Name
                | Pos::Noun
                | Pos::Adj
                | Pos::Num
                | Pos::Det
                | Pos::No
                | Pos::PossPronoun
                | Pos::Pronoun
        )
    })
}

/// Whether "not" stands before a verb: "not to send", "not been".
fn opens_group(units: &[Unit], at: usize) -> bool {
    let mut rest = units.iter().skip(at + 1);
    rest.find(|unit| unit.pos != Pos::Adv).is_some_and(|unit| {
        unit.pos == Pos::To
            || unit.pos.is_auxiliary()
            || matches!(unit.pos, Pos::Base | Pos::Ing | Pos::Third)
    })
}

fn group(sentence: &mut Sentence, units: &[Unit], start: usize) -> usize {
    let (mut at, mut main) = (start, start);
    let (mut negated, mut modal, mut infinitive, mut passive) = (false, false, false, false);
    let mut last: Option<Pos> = None;
    let mut verb: Option<Pos> = None;
    while let Some(unit) = units.get(at) {
        match unit.pos {
            Pos::To if last.is_none() && !infinitive => infinitive = true,
            Pos::Neg => negated = true,
            Pos::Adv => {}
            Pos::Modal | Pos::Have | Pos::Be | Pos::Do if verb.is_none() => {
                modal |= unit.pos == Pos::Modal;
                last = Some(unit.pos);
                main = at;
            }
            pos if pos.is_verb() && verb.is_none() => {
                passive = last == Some(Pos::Be) && matches!(pos, Pos::Past | Pos::Part);
                verb = Some(pos);
                main = at;
                at += 1;
                break;
            }
            _ => break,
        }
        at += 1;
    }
    // Adverbs and a "not" after the last verb belong to what follows.
    let end = main + 1;
    negated &=
        units.get(start..end).is_some_and(|units| units.iter().any(|unit| unit.pos == Pos::Neg))
            || verb.is_none() && negated;
    let end = if verb.is_none() && negated { at.max(end) } else { end };
    let shape = match (infinitive, last, verb) {
        (true, ..) => Shape::Infinitive,
        (_, None, Some(Pos::Ing)) => Shape::Ing,
        (_, None, Some(Pos::Part)) => Shape::Participle,
        _ if units.get(start).is_some_and(|unit| unit.tags.any(Tags::ING))
            && verb != Some(Pos::Ing) =>
        {
            Shape::Ing
        }
        _ => Shape::Finite,
    };
    let chunk = sentence.chunks.len();
    sentence.chunks.push(Chunk::Group(sentence.groups.len()));
    sentence.groups.push(Group {
        start,
        end,
        main,
        shape,
        passive,
        negated,
        modal,
        chunk,
        subject: None,
        object: None,
        indirect: None,
        agent: None,
        governor: None,
        by_owner: false,
        complement: None,
        clause_end: chunk + 1,
        reports: None,
    });
    end
}

fn phrase(sentence: &mut Sentence, units: &[Unit], start: usize, lexicon: &Lexicon) -> usize {
    let mut phrase = Phrase {
        start,
        end: start + 1,
        head: start,
        possessed: start,
        chunk: sentence.chunks.len(),
        ..Phrase::default()
    };
    let before = start.checked_sub(1).and_then(|at| units.get(at));
    phrase.negated = before.is_some_and(|unit| unit.pos == Pos::Neg);
    let after_giver = before.is_some_and(|unit| {
        unit.pos.is_verb() && lexicon.verb_of(unit.word).is_some_and(|verb| verb.is_ditransitive)
    });
    let mut headed = false;
    let mut at = start;
    while let Some(unit) = units.get(at) {
        match unit.pos {
            Pos::Pronoun if at == start => {
                phrase.head = at;
                at += 1;
                break;
            }
            Pos::No if at == start => phrase.negated = true,
            Pos::Det | Pos::PossPronoun | Pos::No if !headed => {}
            Pos::Num if !headed || !units.get(at - 1).is_some_and(|unit| unit.pos == Pos::Name) => {
                if !headed {
                    phrase.head = at;
                }
            }
            Pos::Adv
                if !headed
                    && at > start
                    && units.get(at + 1).is_some_and(|unit| unit.pos == Pos::Adj) => {}
            Pos::Adj if headed && after_giver && at == start + 1 => break,
            Pos::Adj if !headed => phrase.head = at,
            Pos::Adj
                if units
                    .get(at + 1)
                    .is_some_and(|unit| matches!(unit.pos, Pos::Noun | Pos::Name | Pos::Adj)) => {}
            Pos::Noun | Pos::Name
                if headed
                    && (splits(units, at, after_giver && at == start + 1) || dated(units, at)) =>
            {
                break;
            }
            Pos::Noun | Pos::Name => {
                headed = true;
                phrase.head = at;
            }
            Pos::Poss if headed => {
                headed = false;
                phrase.possessed = at + 1;
            }
            Pos::Comma | Pos::But | Pos::Conj if at > start => match contrast(units, at) {
                Some((denied, noun)) => {
                    phrase.contrast = denied.or(phrase.contrast);
                    headed = false;
                    at = noun;
                    continue;
                }
                None => break,
            },
            _ => break,
        }
        at += 1;
    }
    phrase.end = at.max(start + 1);
    sentence.chunks.push(Chunk::Phrase(sentence.phrases.len()));
    sentence.phrases.push(phrase);
    phrase.end
}

/// Whether the noun or name at `at` begins a phrase of its own, though the one before could go on.
fn splits(units: &[Unit], at: usize, after_receiver: bool) -> bool {
    let (Some(before), Some(unit)) = (units.get(at - 1), units.get(at)) else {
        return false;
    };
    if before.pos == Pos::Name && unit.pos == Pos::Name {
        // "Ukrainian President Zelensky" goes on; "asked Oslo Bern" does not.
        return false;
    }
    let abbreviation = before.acronym;
    after_receiver && before.pos == Pos::Name && unit.pos == Pos::Noun && !abbreviation
}

/// Whether a date begins at `at`: "the ministry Monday".
fn dated(units: &[Unit], at: usize) -> bool {
    let time =
        |at: usize| units.get(at).is_some_and(|unit| unit.tags.any(Tags::TIME) && unit.capital);
    time(at) && !time(at - 1)
}

/// At a comma, "and" or "but" within a phrase: the denied adjective, if one is, and where the phrase goes on.
/// "humanitarian, not military, aid"; "humanitarian but not military aid"; "free and fair vote".
fn contrast(units: &[Unit], at: usize) -> Option<(Option<usize>, usize)> {
    let before = units.get(at.checked_sub(1)?)?;
    let pos = |at: usize| units.get(at).map(|unit| unit.pos);
    let modifier = |at: usize| matches!(pos(at), Some(Pos::Adj | Pos::Noun | Pos::Name));
    let mut next = at + 1;
    if pos(at) == Some(Pos::Comma) && matches!(pos(next), Some(Pos::But | Pos::Conj)) {
        next += 1;
    }
    let denied = pos(next) == Some(Pos::Neg);
    next += usize::from(denied);
    if !modifier(next) {
        return None;
    }
    let last = next;
    next += 1;
    if pos(next) == Some(Pos::Comma) && denied {
        next += 1;
    }
    let noun = matches!(pos(next), Some(Pos::Noun)) && !units[next].capital;
    let closed = pos(next - 1) == Some(Pos::Comma);
    let denied = denied && (before.pos == Pos::Adj || closed);
    let adjectives = before.pos == Pos::Adj && pos(last) == Some(Pos::Adj);
    (noun && (denied || adjectives)).then_some((denied.then_some(last), next))
}
