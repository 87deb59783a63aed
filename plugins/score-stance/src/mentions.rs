//! Who a phrase stands for: the actor it names, or the actors whose thing or deed it is.

//! Who a phrase stands for: the actor it names, the actors it belongs to, and whom pronouns mean.

use docmill_core::Span;

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
    gather(reading, lexicon, sentence, phrase, head)
}

/// The same, or else whose thing or deed each phrase is.
pub(crate) fn named_or_owners(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
) -> Vec<Named> {
    let found = named(reading, lexicon, sentence, phrase);
    if found.is_empty() { gather(reading, lexicon, sentence, phrase, owner) } else { found }
}

type Meaning = fn(&Reading<'_>, &Lexicon, &Sentence, usize) -> Option<Named>;

fn gather(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
    meaning: Meaning,
) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let Some(read) = reading.sentences.get(sentence) else {
        return found;
    };
    let mut add = |named: Named| {
        if !found.iter().any(|known| known.actor == named.actor) {
            found.push(named);
        }
    };
    for phrase in read.list(phrase).take(LONGEST_LIST) {
        if let Some(named) = meaning(reading, lexicon, read, phrase) {
            add(named);
        }
        let pair = read.pairs.iter().find(|(paired, _)| *paired == phrase);
        if let (Some((_, actors)), Some(unit)) = (pair, read.head(phrase)) {
            for actor in actors {
                add(Named { actor: *actor, span: unit.span, owned: false });
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
        let found = owner(reading, lexicon, read, phrase)
            .or_else(|| seated(reading, lexicon, read, phrase));
        if let Some(named) = found {
            return Some(Named { owned: false, ..named });
        }
    }
    let counted = counted(lexicon, read, phrase).filter(|counted| *counted > phrase);
    counted
        .and_then(|counted| head(reading, lexicon, read, counted))
        .or_else(|| apposed(reading, read, phrase))
}

/// The phrase that says what "dozens of" or "two of" counts.
pub(crate) fn counted(lexicon: &Lexicon, read: &Sentence, phrase: usize) -> Option<usize> {
    let known = read.phrases.get(phrase)?;
    let head = read.units.get(known.head)?;
    let quantity = head.tags.any(Tags::QUANTITY.or(Tags::NUMBER)) || head.pos == Pos::Num;
    let of = quantity && read.prep_at(known.chunk + 1) == Some(lexicon.known.of);
    read.phrase_at(known.chunk + 2).filter(|_| of)
}

/// Who stands beside a phrase as its name: "their union, the Dockers' League,".
fn apposed(reading: &Reading<'_>, read: &Sentence, phrase: usize) -> Option<Named> {
    let chunk = read.phrases.get(phrase)?.chunk;
    let mark = |at: usize| match read.chunks.get(at) {
        Some(Chunk::Mark(pos, _)) => Some(*pos),
        _ => None,
    };
    let between = mark(chunk + 1) == Some(Pos::Comma);
    let closes = matches!(mark(chunk + 3), Some(Pos::Comma | Pos::Stop));
    let next = read.phrase_at(chunk + 2).filter(|_| between && closes)?;
    let head = read.head(phrase)?;
    let unit = read.head(next).filter(|_| head.pos == Pos::Noun && !head.plural)?;
    let named = read.phrases[next].start + 1 >= read.phrases[next].head;
    Some(Named { actor: actor_of(reading, unit).filter(|_| named)?, span: unit.span, owned: false })
}

/// The state of "the government in Lima".
fn seated(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    read: &Sentence,
    phrase: usize,
) -> Option<Named> {
    let chunk = read.phrases.get(phrase)?.chunk;
    if read.prep_at(chunk + 1) != Some(lexicon.known.in_) {
        return None;
    }
    let unit = read.head(read.phrase_at(chunk + 2)?)?;
    Some(Named { actor: place_of(reading, unit)?, span: unit.span, owned: false })
}

/// The actor whose thing or deed a phrase is: its possessor, the name before its head, or the one after "of".
pub(crate) fn owner(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    read: &Sentence,
    phrase: usize,
) -> Option<Named> {
    let found = read.phrases.get(phrase)?;
    // Of "Peru's Chile policy", Peru; of "the government's Chile policy", nobody known.
    let end = if found.possessed > found.start { found.possessed } else { found.head };
    let modifiers = read.units.get(found.start..end).unwrap_or_default();
    for unit in modifiers.iter().rev() {
        let actor = if matches!(unit.pos, Pos::Name | Pos::PossPronoun) || unit.referent.is_some() {
            actor_of(reading, unit)
        } else {
            None
        };
        if let Some(actor) = actor {
            return Some(Named { actor, span: unit.span, owned: true });
        }
    }
    if let Some(counted) = counted(lexicon, read, phrase).filter(|counted| *counted > phrase) {
        return owner(reading, lexicon, read, counted);
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
    let deed = read.head(phrase).is_some_and(|head| head.tags.any(Tags::DEED.or(Tags::STANCE)));
    let prep = read.prep_at(chunk + 1)?;
    if prep != lexicon.known.of
        && !(deed && (prep == lexicon.known.by || prep == lexicon.known.from))
    {
        return None;
    }
    let whole = read.phrase_at(chunk + 2)?;
    let unit = read.head(whole)?;
    if let Some(actor) = actor_of(reading, unit) {
        return Some(Named { actor, span: unit.span, owned: true });
    }
    // "staff of Chile's embassy"
    let known = read.phrases.get(whole)?;
    let modifiers = read.units.get(known.start..known.head).unwrap_or_default();
    let unit = modifiers.iter().rev().find(|unit| unit.pos == Pos::Name)?;
    let agent = read.head(whole).is_some_and(|head| head.tags.any(Tags::AGENT));
    Some(Named { actor: actor_of(reading, unit).filter(|_| agent)?, span: unit.span, owned: true })
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

/// How many of a list of phrases are looked at.
const LONGEST_LIST: usize = 8;
