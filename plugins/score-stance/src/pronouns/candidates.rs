//! Whom a pronoun can mean: those named so far, and subjects that are no actor.

use super::{RECENT, Wanted, wanted};
use docmill_core::vocab::entities::Kind;

use crate::{
    lexicon::{Lexicon, Tags},
    mentions::{actor_of, head},
    reading::{ActorId, Reading},
    units::{Pos, Unit},
};

/// Someone named earlier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Nobody: a subject that is no actor, but that a pronoun may mean.
    pub(super) actor: Option<ActorId>,
    pub(super) kind: Wanted,
    pub(super) subject: bool,
    pub(super) sentence: usize,
    /// The one beside it in a list of two.
    pub(super) beside: Option<ActorId>,
    /// Whether it can be one of "both countries".
    pub(super) state: bool,
}

/// How many candidates of a sentence are kept.
pub(super) const WINDOW: usize = 32;

/// Whether a name or a pronoun means a state: "both countries" can mean it.
pub(super) fn is_state(reading: &Reading<'_>, unit: &Unit) -> bool {
    let actor = actor_of(reading, unit).and_then(|actor| reading.actors.get(actor as usize));
    let place = reading
        .mention(unit)
        .is_some_and(|mention| matches!(mention.kind, Kind::Place | Kind::Group));
    place || actor.is_some_and(|actor| actor.id.starts_with("country:"))
}

/// The states of a document, most named first.
pub(crate) fn main_parties(reading: &Reading<'_>) -> Vec<ActorId> {
    let mut counts = vec![0usize; reading.actors.len()];
    for mention in &reading.mentions {
        let place = matches!(mention.kind, Kind::Place | Kind::Group);
        let state = |actor: &ActorId| {
            place
                || reading
                    .actors
                    .get(*actor as usize)
                    .is_some_and(|actor| actor.id.starts_with("country:"))
        };
        if let Some(count) =
            mention.actor.filter(state).and_then(|actor| counts.get_mut(actor as usize))
        {
            *count += 1;
        }
    }
    let mut parties: Vec<ActorId> =
        (0..counts.len() as ActorId).filter(|actor| counts[*actor as usize] > 0).collect();
    parties.sort_by_key(|actor| std::cmp::Reverse(counts[*actor as usize]));
    parties.truncate(RECENT);
    parties
}

/// "Both countries" as whom "they" can mean.
pub(super) fn pair_candidate(
    reading: &Reading<'_>,
    sentence: usize,
    phrase: usize,
) -> Option<Candidate> {
    let read = &reading.sentences[sentence];
    let (_, [one, other]) = read.pairs.iter().rev().find(|(paired, _)| *paired == phrase)?;
    let subject = read.phrases[phrase]
        .governor
        .is_some_and(|group| read.groups[group].subject == Some(phrase));
    Some(Candidate {
        actor: Some(*one),
        kind: Wanted::Many,
        subject,
        sentence,
        beside: Some(*other),
        state: false,
    })
}

/// Actors named before the head of a phrase: "the Chilean offer".
pub(super) fn modifiers(reading: &Reading<'_>, sentence: usize, phrase: usize) -> Vec<Candidate> {
    let read = &reading.sentences[sentence];
    let known = &read.phrases[phrase];
    let units = read.units.get(known.start..known.head).unwrap_or_default();
    let names = units.iter().filter(|unit| unit.pos == Pos::Name);
    let found = names.filter_map(|unit| {
        let mention = reading.mention(unit)?;
        let kind = if mention.kind == Kind::Person { Wanted::Person } else { Wanted::Thing };
        let state = is_state(reading, unit);
        Some(Candidate {
            actor: Some(mention.actor?),
            kind,
            subject: false,
            sentence,
            beside: None,
            state,
        })
    });
    found.collect()
}

/// A plural subject that is no actor: "three men", whom "they" then means.
pub(super) fn nobody(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Option<Candidate> {
    let read = &reading.sentences[sentence];
    let known = &read.phrases[phrase];
    let head = read.head(phrase)?;
    let _ = lexicon;
    let governed = known.governor.map(|group| &read.groups[group]);
    let subject = governed.is_some_and(|group| group.subject == Some(phrase));
    let object = governed.is_some_and(|group| group.object == Some(phrase));
    let people =
        head.pos == Pos::Noun && head.plural && !head.tags.any(Tags::TIME) && known.prep.is_none();
    (people && (subject || object)).then_some(Candidate {
        actor: None,
        kind: Wanted::Many,
        subject,
        sentence,
        beside: None,
        state: false,
    })
}

pub(super) fn candidate(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Option<Candidate> {
    let read = &reading.sentences[sentence];
    let named = head(reading, lexicon, read, phrase)?;
    let unit = read.head(phrase)?;
    let mention = reading.mention(unit).map(|mention| mention.kind);
    let person = match mention {
        Some(kind) => kind == Kind::Person,
        None if unit.pos == Pos::Pronoun => {
            wanted(unit.span.of(reading.text).unwrap_or_default()) == Some(Wanted::Person)
        }
        None => !unit.plural,
    };
    let known = &read.phrases[phrase];
    let many = known.joined.is_some() || unit.plural && unit.mention.is_none();
    let kind = if many {
        Wanted::Many
    } else if person {
        Wanted::Person
    } else {
        Wanted::Thing
    };
    let subject = known
        .governor
        .is_some_and(|group| read.groups[group].subject == Some(known.first.unwrap_or(phrase)));
    let beside = known.joined.and_then(|next| head(reading, lexicon, read, next));
    let state = is_state(reading, unit);
    Some(Candidate {
        actor: Some(named.actor),
        kind,
        subject,
        sentence,
        beside: beside.map(|named| named.actor),
        state,
    })
}
