//! Phrases that mean states named before: "both countries", "the country", "its neighbour".

use super::subject_beside;

use crate::{
    chunks::Chunk,
    lexicon::{Flag, Lexicon},
    mentions::head,
    reading::{ActorId, Reading},
    units::{Pos, Unit},
};

/// Nouns that "both" and "the two" can stand before.
pub(super) const PAIRED: &[&str] = &[
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

/// "The country": the state named last.
pub(super) fn resolve_country(
    reading: &mut Reading<'_>,
    sentence: usize,
    phrase: usize,
    recent: &[ActorId],
) {
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
pub(super) fn resolve_neighbour(
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
pub(super) fn resolve_pair(
    reading: &mut Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    phrase: usize,
    newest: impl Iterator<Item = ActorId>,
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
    let tie = lexicon.noun_of(head.word).is_some_and(|noun| noun.is(Flag::Mutual));
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
    let allowed = |actor: &ActorId| joint || Some(*actor) != subject;
    let mut near: Vec<ActorId> = newest.filter(allowed).collect();
    near.sort_unstable();
    near.dedup();
    let main: Vec<ActorId> = parties.iter().copied().filter(allowed).take(2).collect();
    let pair = if near.len() == 2 { near } else { main };
    if let [one, other] = pair[..] {
        reading.sentences[sentence].pairs.push((phrase, [one, other]));
    }
}
