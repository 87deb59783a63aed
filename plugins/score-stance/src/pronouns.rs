//! Whom pronouns mean, and "both countries", "the country", "its neighbour".

mod candidates;
mod pairs;

use crate::{
    chunks::{Chunk, Sentence},
    lexicon::Lexicon,
    mentions::actor_of,
    reading::{ActorId, Reading},
    units::Pos,
};

pub(crate) use candidates::main_parties;
use candidates::{Candidate, WINDOW, candidate, modifiers, nobody, pair_candidate};
use pairs::{resolve_country, resolve_neighbour, resolve_pair};

/// What a pronoun of the third person can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Person,
    Thing,
    Many,
}

fn wanted(pronoun: &str) -> Option<Wanted> {
    Some(match pronoun.to_ascii_lowercase().as_str() {
        "he" | "she" | "him" | "her" | "his" | "himself" | "herself" => Wanted::Person,
        "it" | "its" | "itself" => Wanted::Thing,
        "they" | "them" | "their" | "themselves" => Wanted::Many,
        _ => return None,
    })
}

/// How many actors named last are kept for "both countries".
const RECENT: usize = 6;

/// Gives pronouns of the third person the nearest fitting actor named before: a subject of the sentence, else its
/// last actor, else the subject of the sentence before; and "both countries" the last two. In direct speech they
/// stay open.
pub(crate) fn resolve_pronouns(reading: &mut Reading<'_>, lexicon: &Lexicon) {
    let mut earlier: Vec<Candidate> = Vec::new();
    let mut recent: Vec<ActorId> = Vec::new();
    let parties = reading.parties.clone();
    for at in 0..reading.sentences.len() {
        let mut here: Vec<Candidate> = Vec::new();
        for chunk in 0..reading.sentences[at].chunks.len() {
            let Chunk::Phrase(phrase) = reading.sentences[at].chunks[chunk] else { continue };
            resolve_in_phrase(reading, at, phrase, &here, &earlier);
            let newest = earlier.iter().chain(&here).filter(|known| known.state);
            let newest = newest.filter_map(|known| known.actor);
            resolve_pair(reading, lexicon, at, phrase, newest, &parties);
            here.extend(pair_candidate(reading, at, phrase));
            resolve_country(reading, at, phrase, &recent);
            resolve_neighbour(reading, at, phrase, &parties);
            here.extend(modifiers(reading, at, phrase));
            here.extend(
                candidate(reading, lexicon, at, phrase)
                    .or_else(|| nobody(reading, lexicon, at, phrase)),
            );
            if here.len() > WINDOW {
                here.drain(..WINDOW / 2);
            }
            let newest = here.len().saturating_sub(3);
            for state in here.iter().skip(newest).filter(|known| known.state) {
                let Some(actor) = state.actor else { continue };
                recent.retain(|known| *known != actor);
                recent.push(actor);
                if recent.len() > RECENT {
                    recent.remove(0);
                }
            }
        }
        if !here.is_empty() {
            earlier = here;
        } else if earlier.first().is_some_and(|candidate| candidate.sentence + 2 < at) {
            earlier.clear();
        }
    }
}

fn resolve_in_phrase(
    reading: &mut Reading<'_>,
    sentence: usize,
    phrase: usize,
    here: &[Candidate],
    earlier: &[Candidate],
) {
    let (start, end, own_subject) = {
        let read = &reading.sentences[sentence];
        let known = &read.phrases[phrase];
        (known.start, known.end, subject_beside(reading, read, phrase))
    };
    for at in start..end {
        let unit = reading.sentences[sentence].units[at];
        let pronoun = matches!(unit.pos, Pos::Pronoun | Pos::PossPronoun);
        if !pronoun || unit.referent.is_some() || unit.quoted {
            continue;
        }
        let piece = unit.span.of(reading.text).unwrap_or_default();
        let Some(wanted) = wanted(piece) else { continue };
        let other = if unit.pos == Pos::Pronoun { own_subject } else { None };
        let fits = |candidate: &&Candidate| {
            let pair = candidate.beside.is_some() && wanted == Wanted::Many;
            if pair && candidate.beside == other {
                return false;
            }
            let kind = candidate.kind == wanted
                || wanted == Wanted::Many && candidate.kind == Wanted::Thing;
            kind && (candidate.actor.is_none() || candidate.actor != other)
        };
        let exact = |candidate: &&Candidate| fits(candidate) && candidate.kind == wanted;
        let nearest = here
            .iter()
            .rev()
            .filter(exact)
            .find(|candidate| candidate.subject)
            .or_else(|| here.iter().rev().find(exact))
            .or_else(|| earlier.iter().rev().find(exact).filter(|_| wanted == Wanted::Many));
        let inside = here
            .iter()
            .rev()
            .filter(fits)
            .find(|candidate| candidate.subject)
            .or_else(|| here.iter().rev().find(fits));
        let before = earlier
            .iter()
            .filter(fits)
            .find(|candidate| candidate.subject)
            .or_else(|| earlier.iter().rev().find(fits));
        let Some(found) = nearest.or(inside).or(before) else { continue };
        let read = &mut reading.sentences[sentence];
        match found.beside {
            Some(beside) if wanted == Wanted::Many && unit.pos == Pos::Pronoun => {
                if let Some(actor) = found.actor {
                    read.pairs.push((phrase, [actor, beside]));
                }
            }
            _ => read.units[at].referent = found.actor,
        }
    }
}

/// The subject of the clause in which a phrase is an object: not whom "it" can mean there.
fn subject_beside(reading: &Reading<'_>, read: &Sentence, phrase: usize) -> Option<ActorId> {
    let group = read.groups.get(read.phrases.get(phrase)?.governor?)?;
    let subject = group.subject.filter(|subject| *subject != phrase)?;
    actor_of(reading, read.head(subject)?)
}
