//! Indirect speech: the clause after "said (that)", the one before ", Roe said", "according to", "accused of".

use crate::quotes::{Said, Speech, phrase_span, set_speaker};
use docmill_core::{Span, vocab::quotes::Kind};

use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::Lexicon,
    mentions::{self},
    reading::Reading,
    units::Pos,
};

/// How many of a sentence's reports are looked at.
const MOST_REPORTS: usize = 24;

pub(crate) fn indirect(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    speech: &mut Speech,
) {
    let read = &reading.sentences[sentence];
    let Some(end) = read.units.last().map(|unit| unit.span.end) else { return };
    let mut found = 0;
    for (at, group) in read.groups.iter().enumerate() {
        let unit = &read.units[group.main];
        if found >= MOST_REPORTS {
            break;
        }
        if !lexicon.verb_of(unit.word).is_some_and(|verb| verb.is_cue)
            || group.passive
            || unit.quoted
            || group.subject.is_none()
        {
            continue;
        }
        let span = match group.reports {
            None if is_accusing(lexicon, read, at) => {
                accused_of(lexicon, read, at).map(|start| Span { start, end })
            }
            Some(chunk) => chunk_start(read, chunk)
                .map(|start| Span { start, end: contrast_start(read, chunk).unwrap_or(end) }),
            None => trailing(read, at),
        };
        if let Some(span) = span.filter(|span| span.start < span.end) {
            let mut said = Said {
                span,
                kind: Kind::Indirect,
                speaker: None,
                speaker_span: None,
                cue: None,
                denied: false,
            };
            set_speaker(reading, lexicon, &mut said, sentence, at);
            speech.push(sentence, said);
            found += 1;
        }
    }
    according_to(reading, lexicon, sentence, speech);
    if let Some(said) = headline(reading, lexicon, sentence) {
        speech.push(sentence, said);
    }
}

/// "Roe: Oslo will pay", as headlines have it.
fn headline(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize) -> Option<Said> {
    let read = reading.sentences.get(sentence)?;
    let [Chunk::Phrase(phrase), Chunk::Mark(Pos::Colon, colon), ..] = read.chunks[..] else {
        return None;
    };
    let named = mentions::head(reading, lexicon, read, phrase)?;
    let span = Span { start: read.units[colon].span.end, end: read.units.last()?.span.end };
    let speaks = read.groups.iter().any(|group| group.shape == Shape::Finite);
    (speaks && span.start < span.end).then_some(Said {
        span,
        kind: Kind::Indirect,
        speaker: Some(named.actor),
        speaker_span: Some(named.span),
        cue: Some(read.units[colon].span),
        denied: false,
    })
}

/// Verbs whose "of …" or "for …" tells what a source claims.
fn is_accusing(lexicon: &Lexicon, read: &Sentence, group: usize) -> bool {
    let verb = lexicon.verb_of(read.units[read.groups[group].main].word);
    verb.is_some_and(|verb| matches!(&*verb.lemma, "accuse" | "suspect" | "blame"))
}

/// Where "of …" begins after "accused Rome".
fn accused_of(lexicon: &Lexicon, read: &Sentence, group: usize) -> Option<u32> {
    let object = read.groups[group].object?;
    let last = read.list(object).last()?;
    let chunk = read.phrases[last].chunk + 1;
    let known = lexicon.known;
    let told = read.prep_at(chunk).is_some_and(|prep| prep == known.of || prep == known.for_);
    chunk_start(read, chunk + 1).filter(|_| told)
}

pub(crate) fn chunk_start(read: &Sentence, chunk: usize) -> Option<u32> {
    let unit = match *read.chunks.get(chunk)? {
        Chunk::Phrase(phrase) => read.phrases[phrase].start,
        Chunk::Group(group) => read.groups[group].start,
        Chunk::Prep(unit) | Chunk::Mark(_, unit) => unit,
    };
    Some(read.units.get(unit)?.span.start)
}

/// Where ", but" or ", while" after a report leaves it.
fn contrast_start(read: &Sentence, from: usize) -> Option<u32> {
    let rest = read.chunks.iter().enumerate().skip(from);
    let mut marks = rest.filter_map(|(at, chunk)| match chunk {
        Chunk::Mark(pos, unit) => Some((at, *pos, *unit)),
        _ => None,
    });
    let mut comma = usize::MAX;
    marks.find_map(|(at, pos, unit)| {
        if pos == Pos::Comma {
            comma = at;
        }
        let leaves = matches!(pos, Pos::But)
            && comma != usize::MAX
            && comma + 1 == at
            && read.phrase_at(at + 1).is_some()
            && read.group_at(at + 2).is_some()
            || pos == Pos::Semicolon;
        leaves.then(|| read.units[unit].span.start)
    })
}

/// The clause before ", Roe said".
fn trailing(read: &Sentence, at: usize) -> Option<Span> {
    let group = read.groups[at];
    if group.shape != Shape::Finite || group.object.is_some() && group.object != group.subject {
        return None;
    }
    let subject = read.phrases.get(group.subject?)?;
    let first = group.chunk.min(subject.chunk).checked_sub(1)?;
    let Chunk::Mark(Pos::Comma, comma) = *read.chunks.get(first)? else {
        return None;
    };
    let has_verb = read
        .groups
        .iter()
        .take(at)
        .any(|before| before.chunk < first && before.shape == Shape::Finite);
    // "Oslo, officials said, would pay"
    let inserted = matches!(
        read.chunks.get(group.chunk.max(subject.chunk) + 1),
        Some(Chunk::Mark(Pos::Comma, _))
    );
    if !has_verb && inserted {
        return Some(Span {
            start: read.units.first()?.span.start,
            end: read.units.last()?.span.end,
        });
    }
    has_verb.then_some(Span {
        start: read.units.first()?.span.start,
        end: read.units.get(comma)?.span.start,
    })
}

/// Adds what is said "according to" someone.
fn according_to(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize, speech: &mut Speech) {
    if let Some(said) = according(reading, lexicon, sentence) {
        speech.push(sentence, said);
    }
}

/// "According to Roe, …" and "…, according to Roe".
pub(crate) fn according(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize) -> Option<Said> {
    let read = reading.sentences.get(sentence)?;
    let chunk = read.chunks.iter().position(|chunk| matches!(chunk, Chunk::Prep(unit) if reading.piece(sentence, *unit).eq_ignore_ascii_case("according")))?;
    let phrase = read.phrase_at(chunk + 2)?;
    let (Some(first), Some(last)) = (read.units.first(), read.units.last()) else { return None };
    let cue = chunk_start(read, chunk)?;
    let end = read.units[read.phrases[phrase].end - 1].span.end;
    let span = if chunk == 0 {
        Span { start: end, end: last.span.end }
    } else {
        Span { start: first.span.start, end: cue }
    };
    // "According to a post by Roe"
    let named = mentions::named_or_owners(reading, lexicon, sentence, phrase);
    (span.start < span.end).then(|| Said {
        span,
        kind: Kind::Indirect,
        speaker: named.first().map(|named| named.actor),
        speaker_span: named.first().map(|named| named.span).or_else(|| phrase_span(read, phrase)),
        cue: read.units.iter().find(|unit| unit.span.start == cue).map(|unit| unit.span),
        denied: false,
    })
}
