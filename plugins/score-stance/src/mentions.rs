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
    let modifiers = read.units.get(found.start..found.head).unwrap_or_default();
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
    /// Nobody: a subject that is no actor, but that a pronoun may mean.
    actor: Option<ActorId>,
    kind: Wanted,
    subject: bool,
    sentence: usize,
    /// The one beside it in a list of two.
    beside: Option<ActorId>,
    /// Whether it can be one of "both countries".
    state: bool,
}

/// How many of a list of phrases are looked at.
const LONGEST_LIST: usize = 8;
/// How many actors named last are kept for "both countries".
const RECENT: usize = 6;

/// Nouns that "both" and "the two" can stand before.
const PAIRED: &[&str] = &[
    "countries",
    "nations",
    "governments",
    "states",
    "leaders",
    "presidents",
    "ministers",
    "armies",
    "militaries",
    "peoples",
    "capitals",
    "neighbours",
    "neighbors",
    "republics",
    "powers",
];

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
            let newest: Vec<ActorId> = earlier
                .iter()
                .chain(&here)
                .filter(|known| known.state)
                .filter_map(|known| known.actor)
                .collect();
            resolve_pair(reading, lexicon, at, phrase, &newest, &parties);
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

/// How many candidates of a sentence are kept.
const WINDOW: usize = 32;

/// Whether a name or a pronoun means a state: "both countries" can mean it.
fn is_state(reading: &Reading<'_>, unit: &Unit) -> bool {
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
fn pair_candidate(reading: &Reading<'_>, sentence: usize, phrase: usize) -> Option<Candidate> {
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
fn modifiers(reading: &Reading<'_>, sentence: usize, phrase: usize) -> Vec<Candidate> {
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
fn nobody(
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

fn candidate(
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

/// "The country": the state named last.
fn resolve_country(reading: &mut Reading<'_>, sentence: usize, phrase: usize, recent: &[ActorId]) {
    let read = &reading.sentences[sentence];
    let known = &read.phrases[phrase];
    let found = (known.start + 1..known.end).find(|at| {
        let word = |at: usize| read.units[at].span.of(reading.text).unwrap_or_default();
        let the = word(at - 1).eq_ignore_ascii_case("the");
        the && ["country", "nation", "kingdom"]
            .iter()
            .any(|known| word(*at).eq_ignore_ascii_case(known))
    });
    let alone = found.filter(|at| {
        *at == known.head
            || *at + 1 == known.possessed.saturating_sub(1)
            || read.units.get(*at + 1).is_some_and(|unit| unit.pos == Pos::Poss)
    });
    let named = read.units[known.start..known.end].iter().any(|unit| unit.mention.is_some());
    let of = read.chunks.get(known.chunk + 1).is_some_and(
        |chunk| matches!(chunk, Chunk::Prep(unit) if reading.piece(sentence, *unit) == "of"),
    );
    if let (Some(at), Some(actor)) = (alone.filter(|_| !named && !of), recent.last()) {
        let actor = *actor;
        reading.sentences[sentence].units[at].referent = Some(actor);
    }
}

/// "Its neighbour": of the two states that the text is most about, the other one.
fn resolve_neighbour(
    reading: &mut Reading<'_>,
    sentence: usize,
    phrase: usize,
    parties: &[ActorId],
) {
    let read = &reading.sentences[sentence];
    let known = &read.phrases[phrase];
    let head = reading.piece(sentence, known.head);
    if !matches!(head, "neighbour" | "neighbor") || parties.len() < 2 {
        return;
    }
    let units = read.units.get(known.start..known.head).unwrap_or_default();
    let own = units
        .iter()
        .find(|unit| unit.pos == Pos::PossPronoun && unit.span.of(reading.text) == Some("its"));
    let Some(own) = own.and_then(|unit| unit.referent) else { return };
    let other = parties.iter().take(2).find(|actor| **actor != own);
    if parties.iter().take(2).any(|actor| *actor == own) {
        let at = known.head;
        reading.sentences[sentence].units[at].referent = other.copied();
    }
}

/// "Both countries", "the two governments", "each other": the two actors named last, but for the subject.
fn resolve_pair(
    reading: &mut Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
    newest: &[ActorId],
    parties: &[ActorId],
) {
    let read = &reading.sentences[sentence];
    let known = &read.phrases[phrase];
    let units = read.units.get(known.start..known.end).unwrap_or_default();
    let word = |unit: &Unit, words: &[&str]| {
        let piece = unit.span.of(reading.text).unwrap_or_default();
        words.iter().any(|known| piece.eq_ignore_ascii_case(known))
    };
    let two = units.iter().any(|unit| word(unit, &["both", "two"]));
    let Some(head) = read.units.get(known.head) else { return };
    let sides = word(head, PAIRED)
        || word(
            head,
            &["both", "two", "neighbours", "neighbors", "capitals", "rivals", "allies", "foes"],
        );
    let all = word(head, &["sides"]) && units.len() <= 3;
    let between = known.prep == Some(lexicon.known.between) && word(head, PAIRED);
    let tie = lexicon.noun_of(head.word).is_some_and(|noun| noun.is("mutual"));
    let bilateral = tie && units.iter().any(|unit| word(unit, &["bilateral"]));
    let names = units.iter().any(|unit| unit.mention.is_some());
    if names || !(two && sides || all || between || bilateral) || known.joined.is_some() {
        return;
    }
    let subject = subject_beside(reading, read, phrase).or_else(|| {
        let subject =
            read.groups.get(known.governor?)?.subject.filter(|subject| *subject != phrase)?;
        self::head(reading, lexicon, read, subject).map(|named| named.actor)
    });
    let joint = between || bilateral;
    let allowed = |actor: &&ActorId| joint || Some(**actor) != subject;
    let mut near: Vec<ActorId> = newest.iter().filter(allowed).copied().collect();
    near.sort_unstable();
    near.dedup();
    let main: Vec<ActorId> = parties.iter().filter(allowed).take(2).copied().collect();
    let pair = if near.len() == 2 { near } else { main };
    if let [one, other] = pair[..] {
        reading.sentences[sentence].pairs.push((phrase, [one, other]));
    }
}
