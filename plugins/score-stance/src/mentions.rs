//! Who a phrase stands for: the actor it names, the actors it belongs to, and whom pronouns mean.

use docmill_core::{Span, vocab::entities::Kind};

use crate::{
    chunks::{Chunk, Sentence},
    lexicon::{Lexicon, Tags},
    reading::{ActorId, Reading},
    units::{Pos, Unit},
};

/// An actor where it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) actor: ActorId,
    /// The words that name it.
    pub(crate) span: Span,
    /// Whether the phrase is the actor's own thing or deed, not the actor: "Norwegian tanks".
    pub(crate) owned: bool,
}

/// Whom a phrase and those joined to it name.
pub(crate) fn named(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Vec<Named> {
    let mut found = Vec::new();
    let Some(read) = reading.sentences.get(sentence) else {
        return found;
    };
    for phrase in read.list(phrase).take(8) {
        if let Some(named) = head(reading, lexicon, read, phrase)
            && !found.iter().any(|known: &Named| known.actor == named.actor)
        {
            found.push(named);
        }
    }
    found
}

/// The same, or else whose thing or deed each phrase is.
pub(crate) fn named_or_owners(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Vec<Named> {
    let mut found = named(reading, lexicon, sentence, phrase);
    if found.is_empty() {
        let Some(read) = reading.sentences.get(sentence) else {
            return found;
        };
        for phrase in read.list(phrase).take(8) {
            if let Some(named) = owner(reading, lexicon, read, phrase)
                && !found.iter().any(|known: &Named| known.actor == named.actor)
            {
                found.push(named);
            }
        }
    }
    found
}

/// The actor that a phrase names.
pub(crate) fn head(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    read: &Sentence,
    phrase: usize,
) -> Option<Named> {
    let unit = read.head(phrase)?;
    if let Some(actor) = actor_of(reading, unit) {
        return Some(Named { actor, span: unit.span, owned: false });
    }
    if unit.tags.any(Tags::AGENT) {
        return owner(reading, lexicon, read, phrase).map(|named| Named { owned: false, ..named });
    }
    None
}

/// The actor whose thing or deed a phrase is: its possessor, the name before its head, or the one after "of".
pub(crate) fn owner(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    read: &Sentence,
    phrase: usize,
) -> Option<Named> {
    let found = read.phrases.get(phrase)?;
    let modifiers = read.units.get(found.start..found.head).unwrap_or_default();
    for unit in modifiers.iter().rev() {
        let actor = if matches!(unit.pos, Pos::Name | Pos::PossPronoun) {
            actor_of(reading, unit)
        } else {
            None
        };
        if let Some(actor) = actor {
            return Some(Named { actor, span: unit.span, owned: true });
        }
    }
    after_of(reading, lexicon, read, phrase).map(|named| Named { owned: true, ..named })
}

fn after_of(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    read: &Sentence,
    phrase: usize,
) -> Option<Named> {
    let chunk = read.phrases.get(phrase)?.chunk;
    if read.prep_at(chunk + 1) != Some(lexicon.known.of) {
        return None;
    }
    let unit = read.head(read.phrase_at(chunk + 2)?)?;
    Some(Named { actor: actor_of(reading, unit)?, span: unit.span, owned: true })
}

/// The actor that a name or a pronoun means.
pub(crate) fn actor_of(reading: &Reading<'_>, unit: &Unit) -> Option<ActorId> {
    unit.referent.or_else(|| reading.mention(unit)?.actor)
}

/// The actor or the country that a name means, also as a mere place.
pub(crate) fn place_of(reading: &Reading<'_>, unit: &Unit) -> Option<ActorId> {
    unit.referent.or_else(|| {
        let mention = reading.mention(unit)?;
        mention.actor.or(mention.place)
    })
}

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

/// Someone named earlier.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    actor: ActorId,
    kind: Wanted,
    subject: bool,
    sentence: usize,
}

/// Gives pronouns of the third person the nearest fitting actor named before: a subject of the sentence, else its
/// last actor, else the subject of the sentence before. In direct speech they stay open.
pub(crate) fn resolve_pronouns(reading: &mut Reading<'_>, lexicon: &Lexicon) {
    let mut earlier: Vec<Candidate> = Vec::new();
    for at in 0..reading.sentences.len() {
        let mut here: Vec<Candidate> = Vec::new();
        for chunk in 0..reading.sentences[at].chunks.len() {
            let Chunk::Phrase(phrase) = reading.sentences[at].chunks[chunk] else { continue };
            resolve_in_phrase(reading, at, phrase, &here, &earlier);
            if let Some(candidate) = candidate(reading, lexicon, at, phrase) {
                here.push(candidate);
            }
        }
        if !here.is_empty() {
            earlier = here;
        } else if at > 0 && earlier.first().is_some_and(|candidate| candidate.sentence + 2 < at) {
            earlier.clear();
        }
    }
}

fn candidate(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Option<Candidate> {
    let read = &reading.sentences[sentence];
    let named = head(reading, lexicon, read, phrase)?;
    let unit = read.head(phrase)?;
    let person = match reading.mention(unit).map(|mention| mention.kind) {
        Some(Kind::Person) => true,
        Some(_) => false,
        None if unit.pos == Pos::Pronoun => {
            wanted(unit.span.of(reading.text).unwrap_or_default()) == Some(Wanted::Person)
        }
        None => !unit.plural,
    };
    let known = &read.phrases[phrase];
    let kind = if known.joined.is_some() || unit.plural && unit.mention.is_none() {
        Wanted::Many
    } else if person {
        Wanted::Person
    } else {
        Wanted::Thing
    };
    let subject = known
        .governor
        .is_some_and(|group| read.groups[group].subject == Some(known.first.unwrap_or(phrase)));
    Some(Candidate { actor: named.actor, kind, subject, sentence })
}

fn resolve_in_phrase(
    reading: &mut Reading<'_>,
    sentence: usize,
    phrase: usize,
    here: &[Candidate],
    earlier: &[Candidate],
) {
    let (start, end) = {
        let known = &reading.sentences[sentence].phrases[phrase];
        (known.start, known.end)
    };
    for at in start..end {
        let unit = reading.sentences[sentence].units[at];
        if !matches!(unit.pos, Pos::Pronoun | Pos::PossPronoun)
            || unit.referent.is_some()
            || unit.quoted
        {
            continue;
        }
        let Some(wanted) = wanted(unit.span.of(reading.text).unwrap_or_default()) else { continue };
        let fits = |candidate: &&Candidate| {
            candidate.kind == wanted || wanted == Wanted::Many && candidate.kind == Wanted::Thing
        };
        let found = here
            .iter()
            .rev()
            .filter(fits)
            .find(|candidate| candidate.subject)
            .or_else(|| here.iter().rev().find(fits));
        let found = found
            .or_else(|| earlier.iter().filter(fits).find(|candidate| candidate.subject))
            .or_else(|| earlier.iter().rev().find(fits));
        reading.sentences[sentence].units[at].referent = found.map(|candidate| candidate.actor);
    }
}
