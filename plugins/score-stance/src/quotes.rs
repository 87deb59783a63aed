//! Who says what: direct speech by its marks, indirect speech by the verb that reports it.
//!
//! Direct speech takes its speaker from the verb of speech beside it ("…," Roe said; Roe said: "…"; according to
//! Roe, "…"), else from the quote before it in the same paragraph or, where a paragraph is nothing but a quote, in
//! the one before. Indirect speech is the clause after "said (that)", or the one before ", Roe said".

use docmill_core::{Span, vocab::quotes::Kind};

use crate::{
    chunks::{Chunk, Sentence, Shape},
    lexicon::Lexicon,
    mentions,
    reading::{ActorId, Reading},
    units::Pos,
};

/// How many of a sentence's reports are looked at.
const MOST_REPORTS: usize = 24;

/// Something said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
    pub(crate) speaker: Option<ActorId>,
    pub(crate) speaker_span: Option<Span>,
    pub(crate) cue: Option<Span>,
    /// Whether the speaker denies it.
    pub(crate) denied: bool,
}

/// All that is said in a document.
#[derive(Debug, Default)]
pub(crate) struct Speech {
    pub(crate) said: Vec<Said>,
    /// Those that concern each sentence.
    by_sentence: Vec<Vec<u32>>,
}

impl Speech {
    /// The innermost speech that holds `at` in a sentence.
    pub(crate) fn around(&self, sentence: usize, at: Span) -> Option<&Said> {
        let known = self.by_sentence.get(sentence)?;
        let said = known.iter().filter_map(|index| self.said.get(*index as usize));
        said.filter(|said| said.span.contains(at)).min_by_key(|said| said.span.len())
    }

    fn push(&mut self, sentence: usize, said: Said) {
        self.add(sentence..sentence + 1, said);
    }

    fn add(&mut self, sentences: std::ops::Range<usize>, said: Said) {
        let index = self.said.len() as u32;
        self.said.push(said);
        for sentence in sentences {
            if let Some(known) = self.by_sentence.get_mut(sentence) {
                known.push(index);
            }
        }
    }
}

/// Tells opening from closing marks, paragraph by paragraph, and flags the units between them.
pub(crate) fn pair_marks(reading: &mut Reading<'_>) {
    let text = reading.text;
    let (mut open, mut single) = (false, false);
    let mut before = 0;
    for sentence in &mut reading.sentences {
        for unit in &mut sentence.units {
            if text.get(before..unit.span.start as usize).is_some_and(|gap| gap.contains('\n')) {
                (open, single) = (false, false);
            }
            before = unit.span.end as usize;
            let piece = unit.span.of(text).unwrap_or_default();
            match piece {
                "\"" => {
                    unit.pos = if open { Pos::CloseQuote } else { Pos::OpenQuote };
                    open = !open;
                }
                "“" | "„" | "«" => {
                    unit.pos = Pos::OpenQuote;
                    open = true;
                }
                "”" | "»" => {
                    unit.pos = Pos::CloseQuote;
                    open = false;
                }
                "‘" => {
                    unit.pos = Pos::OpenQuote;
                    single = true;
                }
                "’" | "'" if single && unit.glued => {
                    unit.pos = Pos::CloseQuote;
                    single = false;
                }
                _ => unit.quoted = open,
            }
        }
    }
}

/// A direct quote by its marks: sentence and unit of both.
#[derive(Clone, Copy, Debug)]
struct Direct {
    open: (usize, usize),
    close: (usize, usize),
    span: Span,
    /// Whether a paragraph break precedes it, and nothing else does in its paragraph.
    opens_paragraph: bool,
    /// The paragraph that it ends in.
    paragraph: usize,
    /// Whether its closing mark is there.
    closed: bool,
}

/// Finds all speech and its speakers, and gives "I" and "we" their meaning.
pub(crate) fn attribute(reading: &mut Reading<'_>, lexicon: &Lexicon) -> Speech {
    let mut speech =
        Speech { by_sentence: vec![Vec::new(); reading.sentences.len()], ..Speech::default() };
    let mut last: Option<(Said, usize, bool)> = None;
    for direct in direct_quotes(reading) {
        let mut said = Said {
            span: direct.span,
            kind: Kind::Direct,
            speaker: None,
            speaker_span: None,
            cue: None,
            denied: false,
        };
        if let Some((group, sentence)) = cue_of(reading, lexicon, &direct) {
            set_speaker(reading, lexicon, &mut said, sentence, group);
        } else if let Some((before, paragraph, closed)) = last {
            let goes_on = before_in_paragraph(paragraph, &direct)
                || direct.opens_paragraph && paragraph + 1 == direct.paragraph
                || !closed && direct.opens_paragraph;
            if goes_on {
                (said.speaker, said.speaker_span) = (before.speaker, before.speaker_span);
            }
        }
        mean_first_person(reading, &direct, said.speaker);
        speech.add(direct.open.0..direct.close.0 + 1, said);
        last = Some((said, direct.paragraph, direct.closed));
    }
    for sentence in 0..reading.sentences.len() {
        indirect(reading, lexicon, sentence, &mut speech);
    }
    speech
}

fn before_in_paragraph(paragraph: usize, direct: &Direct) -> bool {
    paragraph == direct.paragraph
}

fn direct_quotes(reading: &Reading<'_>) -> Vec<Direct> {
    let mut found = Vec::new();
    let mut open: Option<((usize, usize), bool)> = None;
    let (mut paragraph, mut before, mut first) = (0, 0, true);
    let mut last = (0, 0);
    for (sentence, read) in reading.sentences.iter().enumerate() {
        for (at, unit) in read.units.iter().enumerate() {
            if reading
                .text
                .get(before..unit.span.start as usize)
                .is_some_and(|gap| gap.contains('\n'))
            {
                if let Some((from, opens)) = open.take() {
                    found.extend(direct(reading, from, last, opens, paragraph, false));
                }
                paragraph += 1;
                first = true;
            }
            before = unit.span.end as usize;
            match unit.pos {
                Pos::OpenQuote if open.is_none() => open = Some(((sentence, at), first)),
                Pos::CloseQuote => {
                    if let Some((from, opens)) = open.take() {
                        found.extend(direct(reading, from, (sentence, at), opens, paragraph, true));
                    }
                }
                _ => {}
            }
            first = false;
            last = (sentence, at);
        }
    }
    if let Some((from, opens)) = open {
        found.extend(direct(reading, from, last, opens, paragraph, false));
    }
    found
}

fn direct(
    reading: &Reading<'_>,
    open: (usize, usize),
    close: (usize, usize),
    opens_paragraph: bool,
    paragraph: usize,
    closed: bool,
) -> Option<Direct> {
    let unit =
        |(sentence, at): (usize, usize)| reading.sentences.get(sentence)?.units.get(at).copied();
    let start = unit(open)?.span.end;
    let end = if closed { unit(close)?.span.start } else { unit(close)?.span.end };
    (start < end).then_some(Direct {
        open,
        close,
        span: Span { start, end },
        opens_paragraph,
        paragraph,
        closed,
    })
}

/// The verb of speech that a quote belongs to, and its sentence.
fn cue_of(reading: &Reading<'_>, lexicon: &Lexicon, direct: &Direct) -> Option<(usize, usize)> {
    let (close_sentence, close) = direct.close;
    let (open_sentence, open) = direct.open;
    let after = reading.sentences.get(close_sentence)?;
    let cue = |read: &Sentence, group: usize| {
        let known = read.groups[group];
        let unit = &read.units[known.main];
        !unit.quoted
            && known.subject.is_some()
            && lexicon.verb_of(unit.word).is_some_and(|verb| verb.is_cue)
    };
    let before = reading.sentences.get(open_sentence)?;
    let earlier = before.groups.iter().take_while(|group| group.main < open).count();
    let introduced = (0..earlier)
        .rev()
        .take(4)
        .find(|group| cue(before, *group))
        .map(|group| (group, open_sentence));
    let stops = close
        .checked_sub(1)
        .and_then(|at| after.units.get(at))
        .is_some_and(|unit| matches!(unit.pos, Pos::Comma | Pos::Stop));
    let followed = after.units.get(close + 1).is_some_and(|unit| unit.pos == Pos::Comma);
    if introduced.is_some() && !stops && !followed {
        return introduced;
    }
    let next = after.groups.iter().position(|group| group.main > close);
    if let Some(group) = next.filter(|group| {
        cue(after, *group)
            && after.groups[*group].start <= close + 14
            && !reopened(after, close, after.groups[*group].start)
    }) {
        return Some((group, close_sentence));
    }
    introduced
}

/// Whether another quote opens between a quote's end and a verb.
fn reopened(read: &Sentence, close: usize, verb: usize) -> bool {
    read.units
        .get(close + 1..verb)
        .is_some_and(|units| units.iter().any(|unit| unit.pos == Pos::OpenQuote))
}

fn set_speaker(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    said: &mut Said,
    sentence: usize,
    group: usize,
) {
    let read = &reading.sentences[sentence];
    let Some(subject) = read.groups[group].subject else { return };
    let group = read.groups[group];
    said.cue = read.units.get(group.main).map(|unit| unit.span);
    let named = mentions::named(reading, lexicon, sentence, subject);
    said.speaker = named.first().map(|named| named.actor);
    said.speaker_span =
        named.first().map(|named| named.span).or_else(|| phrase_span(read, subject));
    said.denied =
        lexicon.verb_of(read.units[group.main].word).is_some_and(|verb| &*verb.lemma == "deny");
}

/// The words of a phrase.
pub(crate) fn phrase_span(read: &Sentence, phrase: usize) -> Option<Span> {
    let phrase = read.phrases.get(phrase)?;
    Some(Span {
        start: read.units.get(phrase.start)?.span.start,
        end: read.units.get(phrase.end.checked_sub(1)?)?.span.end,
    })
}

fn mean_first_person(reading: &mut Reading<'_>, direct: &Direct, speaker: Option<ActorId>) {
    let Some(speaker) = speaker else { return };
    for sentence in direct.open.0..=direct.close.0 {
        let Some(read) = reading.sentences.get_mut(sentence) else { continue };
        for unit in &mut read.units {
            let first_person = matches!(unit.pos, Pos::Pronoun | Pos::PossPronoun)
                && direct.span.contains(unit.span)
                && unit.span.of(reading.text).is_some_and(is_first_person);
            if first_person {
                unit.referent = Some(speaker);
            }
        }
    }
}

fn is_first_person(word: &str) -> bool {
    ["i", "we", "us", "our", "my", "me", "ours"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn indirect(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize, speech: &mut Speech) {
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
    has_verb.then_some(Span {
        start: read.units.first()?.span.start,
        end: read.units.get(comma)?.span.start,
    })
}

/// "According to Roe, …" and "…, according to Roe".
fn according_to(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize, speech: &mut Speech) {
    let read = &reading.sentences[sentence];
    let Some(chunk) = read.chunks.iter().position(|chunk| matches!(chunk, Chunk::Prep(unit) if reading.piece(sentence, *unit).eq_ignore_ascii_case("according"))) else {
        return;
    };
    let Some(phrase) = read.phrase_at(chunk + 2) else { return };
    let (Some(first), Some(last)) = (read.units.first(), read.units.last()) else { return };
    let Some(cue) = chunk_start(read, chunk) else { return };
    let end = read.units[read.phrases[phrase].end - 1].span.end;
    let span = if chunk == 0 {
        Span { start: end, end: last.span.end }
    } else {
        Span { start: first.span.start, end: cue }
    };
    let named = mentions::named(reading, lexicon, sentence, phrase);
    if span.start < span.end {
        speech.push(
            sentence,
            Said {
                span,
                kind: Kind::Indirect,
                speaker: named.first().map(|named| named.actor),
                speaker_span: named
                    .first()
                    .map(|named| named.span)
                    .or_else(|| phrase_span(read, phrase)),
                cue: read.units.iter().find(|unit| unit.span.start == cue).map(|unit| unit.span),
                denied: false,
            },
        );
    }
}
