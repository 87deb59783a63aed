//! Stances that predicates show: "A is grateful to B", "A is an ally of B"; in speech, "B is a threat" of the speaker.

use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    chunks::{Chunk, Sentence},
    lexicon::{Flag, Lexicon, Tags},
    mentions::{self, Named},
    outlook,
    reading::Reading,
    scoring::{Family, Findings, Shown},
    units::Pos,
};

/// Finds the stances that predicates show.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    findings: &mut Findings,
) {
    let read = &reading.sentences[sentence];
    find_beside(reading, lexicon, sentence, findings);
    for (at, group) in read.groups.iter().enumerate() {
        if read.units[group.main].pos != Pos::Be {
            continue;
        }
        let (Some(subject), Some(predicate)) = (group.subject, read.phrase_at(group.chunk + 1))
        else {
            continue;
        };
        let subjects = mentions::named(reading, lexicon, sentence, subject);
        if subjects.is_empty() {
            continue;
        }
        let Some(head) = read.head(predicate) else { continue };
        let outlook = outlook::own(read, lexicon, at);
        let shown = |sign: i8, lemma| Shown {
            kind: Kind::Attitude,
            sign,
            outlook,
            family: Family::Predicate,
            lemma,
            trigger: head.span,
            sentence,
            channel: Channel::Author,
            doubt: 0.0,
            accuses: false,
        };
        let word = lexicon.word(head.word);
        if head.tags.any(Tags::TOWARD) {
            let targets = after_prep(reading, lexicon, sentence, read, predicate);
            findings.add(&subjects, &targets, shown(word.value, &word.text));
        }
        if let Some(noun) = lexicon.noun_of(head.word).filter(|noun| noun.is(Flag::Kin)) {
            let targets: Vec<Named> = mentions::owner(reading, lexicon, read, predicate)
                .into_iter()
                .map(|named| Named { owned: false, ..named })
                .collect();
            findings.add(&subjects, &targets, shown(noun.sign, &noun.lemma));
        }
        let value = valued(lexicon, read, predicate);
        let speaker = reading
            .speech
            .around(sentence, head.span)
            .and_then(|said| said.speaker.zip(said.speaker_span));
        let named = read.head(subject).is_some_and(|unit| unit.pos == Pos::Name || unit.quoted);
        if let (Some((sign, lemma)), Some((actor, span)), true) = (value, speaker, named) {
            findings.add(
                &[Named { actor, span, owned: false }],
                &subjects,
                Shown { channel: Channel::Quote, ..shown(sign, lemma) },
            );
        }
    }
}

/// "Peru, Chile's oldest ally, …": what stands beside a name.
fn find_beside(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize, findings: &mut Findings) {
    let read = &reading.sentences[sentence];
    for chunk in 1..read.chunks.len() {
        let comma = matches!(read.chunks[chunk], Chunk::Mark(Pos::Comma | Pos::Dash, _));
        let (Some(one), Some(other), true) =
            (read.phrase_at(chunk - 1), read.phrase_at(chunk + 1), comma)
        else {
            continue;
        };
        for (name, kin) in [(one, other), (other, one)] {
            let Some(head) = read.head(kin) else { continue };
            let Some(noun) = lexicon.noun_of(head.word).filter(|noun| noun.is(Flag::Kin)) else {
                continue;
            };
            let holder = mentions::head(reading, lexicon, read, name);
            let mut targets: Vec<Named> = mentions::owner(reading, lexicon, read, kin)
                .into_iter()
                .map(|named| Named { owned: false, ..named })
                .collect();
            if targets.is_empty() {
                targets = after_prep(reading, lexicon, sentence, read, kin);
            }
            let Some(holder) = holder else { continue };
            findings.add(
                &[holder],
                &targets,
                Shown {
                    kind: Kind::Attitude,
                    sign: noun.sign,
                    outlook: outlook::Outlook::DONE,
                    family: Family::Predicate,
                    lemma: &noun.lemma,
                    trigger: head.span,
                    sentence,
                    channel: Channel::Author,
                    doubt: 0.0,
                    accuses: false,
                },
            );
        }
    }
}

/// The actors after the prepositions that follow a predicate.
fn after_prep(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    read: &Sentence,
    predicate: usize,
) -> Vec<Named> {
    let mut chunk = read.phrases[predicate].chunk + 1;
    for _ in 0..3 {
        let (Some(Chunk::Prep(_)), Some(phrase)) =
            (read.chunks.get(chunk), read.phrase_at(chunk + 1))
        else {
            break;
        };
        let named = mentions::named(reading, lexicon, sentence, phrase);
        if !named.is_empty() {
            return named;
        }
        chunk += 2;
    }
    Vec::new()
}

/// How a predicate values its subject, and the word that does.
fn valued<'a>(lexicon: &'a Lexicon, read: &Sentence, predicate: usize) -> Option<(i8, &'a str)> {
    let phrase = &read.phrases[predicate];
    let units = read.units.get(phrase.possessed.max(phrase.start)..phrase.end)?;
    units.iter().rev().find(|unit| unit.tags.any(Tags::OF_ACTORS)).map(|unit| {
        let word = lexicon.word(unit.word);
        (word.value, &*word.text)
    })
}
