//! Who says what: direct speech by its marks, indirect speech by the verb that reports it.
//!
//! Direct speech takes its speaker from the verb of speech beside it ("…," Roe said; Roe said: "…"; according to
//! Roe, "…"), else from the quote before it in the same paragraph or, where a paragraph is nothing but a quote, in
//! the one before. Indirect speech is the clause after "said (that)", or the one before ", Roe said".

use docmill_core::{Span, vocab::quotes::Kind};

use crate::{
    chunks::{Sentence, Shape},
    lexicon::Lexicon,
    marks::Direct,
    mentions::{self, Named},
    reading::{ActorId, Reading},
    reports,
    units::Pos,
};

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

    /// What is said from a sentence on.
    pub(crate) fn beginning(&self, sentence: usize) -> impl Iterator<Item = &Said> {
        let before = sentence.checked_sub(1).and_then(|before| self.by_sentence.get(before));
        let known = self.by_sentence.get(sentence).into_iter().flatten();
        let new = known.filter(move |index| !before.is_some_and(|before| before.contains(index)));
        new.filter_map(|index| self.said.get(*index as usize))
    }

    pub(crate) fn push(&mut self, sentence: usize, said: Said) {
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

/// Finds all speech and its speakers, and gives "I" and "we" their meaning.
pub(crate) fn attribute(reading: &mut Reading<'_>, lexicon: &Lexicon, quotes: &[Direct]) -> Speech {
    let mut speech =
        Speech { by_sentence: vec![Vec::new(); reading.sentences.len()], ..Speech::default() };
    let mut last: Option<(Said, usize)> = None;
    for direct in quotes {
        let mut said = Said {
            span: direct.span,
            kind: Kind::Direct,
            speaker: None,
            speaker_span: None,
            cue: None,
            denied: false,
        };
        let cue = cue_of(reading, lexicon, direct);
        let told = according_before(reading, lexicon, direct);
        if let Some(told) = told {
            (said.speaker, said.speaker_span, said.cue) =
                (told.speaker, told.speaker_span, told.cue);
        } else if let Some((sentence, group)) = cue {
            let sentence = if sentence == usize::MAX { direct.open.0 } else { sentence };
            set_speaker(reading, lexicon, &mut said, sentence, group);
        } else if let Some((before, paragraph)) = last {
            let (begins, _) = direct.paragraphs;
            let goes_on = paragraph == begins || direct.opens_paragraph && paragraph + 1 == begins;
            if goes_on {
                (said.speaker, said.speaker_span) = (before.speaker, before.speaker_span);
            }
        }
        if said.cue.is_none()
            && let Some(named) = named_before_colon(reading, lexicon, direct.open)
        {
            said.speaker = Some(named.actor);
            said.speaker_span = Some(named.span);
        }
        mean_first_person(reading, direct, said.speaker);
        speech.add(direct.open.0..direct.close.0 + 1, said);
        last = Some((said, direct.paragraphs.1));
    }
    for sentence in 0..reading.sentences.len() {
        reports::indirect(reading, lexicon, sentence, &mut speech);
    }
    speech
}

/// The verb that a quote belongs to, as sentence and verb group: a verb of speech after it, one before it, one that
/// ends the sentence before in a colon; else, of a few quoted words, the verb that governs them.
fn cue_of(reading: &Reading<'_>, lexicon: &Lexicon, direct: &Direct) -> Option<(usize, usize)> {
    let (close_sentence, close) = direct.close;
    let (open_sentence, open) = direct.open;
    let after = reading.sentences.get(close_sentence)?;
    let before = reading.sentences.get(open_sentence)?;
    let cue = |read: &Sentence, group: usize| {
        let known = read.groups[group];
        let unit = &read.units[known.main];
        !unit.quoted
            && known.subject.is_some()
            && lexicon.verb_of(unit.word).is_some_and(|verb| verb.is_cue)
    };
    let earlier = before.groups.iter().take_while(|group| group.main < open).count();
    let introduced = (0..earlier)
        .rev()
        .take(4)
        .find(|group| cue(before, *group))
        .map(|group| (open_sentence, group));
    let stops = close
        .checked_sub(1)
        .and_then(|at| after.units.get(at))
        .is_some_and(|unit| matches!(unit.pos, Pos::Comma | Pos::Stop));
    let followed = after.units.get(close + 1).is_some_and(|unit| unit.pos == Pos::Comma);
    if introduced.is_some() && !stops && !followed {
        return introduced;
    }
    let later = after.groups.iter().position(|group| group.main > close);
    let next = later.into_iter().flat_map(|first| first..after.groups.len()).take(3);
    let next = next.into_iter().find(|group| {
        let start = after.groups[*group].start;
        cue(after, *group) && start <= close + REACH && !reopened(after, close, start)
    });
    next.map(|group| (close_sentence, group))
        .or(introduced)
        .or_else(|| colon_before(reading, direct))
        .or_else(|| governing(before, open))
}

/// How many units after a quote its verb of speech may stand.
const REACH: usize = 24;

/// The last verb of a sentence that ends in a colon, right before a quote: "Roe was blunt:".
fn colon_before(reading: &Reading<'_>, direct: &Direct) -> Option<(usize, usize)> {
    let (open_sentence, open) = direct.open;
    let sentence = open_sentence.checked_sub(1).filter(|_| open == 0)?;
    let read = reading.sentences.get(sentence)?;
    let colon = read.units.last().is_some_and(|unit| unit.pos == Pos::Colon);
    let group = read.groups.iter().rposition(|group| {
        group.shape == Shape::Finite && group.subject.is_some() && !read.units[group.main].quoted
    });
    group.filter(|_| colon).map(|group| (sentence, group))
}

/// The verb before a few quoted words in its sentence: "Roe thanked them for “patience”".
fn governing(read: &Sentence, open: usize) -> Option<(usize, usize)> {
    let earlier = read.groups.iter().take_while(|group| group.main < open).count();
    let near = (0..earlier).rev().take(4).find(|group| {
        let known = &read.groups[*group];
        known.subject.is_some() && !known.passive && !read.units[known.main].quoted
    });
    near.map(|group| (usize::MAX, group))
}

/// Who stands before a colon that a quote follows: "Roe: “…”".
fn named_before_colon(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    (sentence, open): (usize, usize),
) -> Option<Named> {
    let read = reading.sentences.get(sentence)?;
    let colon = open.checked_sub(1).filter(|at| read.units[*at].pos == Pos::Colon)?;
    let phrase = read.phrases.iter().position(|phrase| phrase.end == colon)?;
    mentions::head(reading, lexicon, read, phrase)
}

/// Whether another quote opens between a quote's end and a verb.
fn reopened(read: &Sentence, close: usize, verb: usize) -> bool {
    read.units
        .get(close + 1..verb)
        .is_some_and(|units| units.iter().any(|unit| unit.pos == Pos::OpenQuote))
}

pub(crate) fn set_speaker(
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
        let first = if sentence == direct.open.0 { direct.open.1 } else { 0 };
        let last = if sentence == direct.close.0 { direct.close.1 } else { read.units.len() };
        for unit in read.units.get_mut(first..last).unwrap_or_default() {
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

/// The speaker of a quote in a sentence that says "according to".
fn according_before(reading: &Reading<'_>, lexicon: &Lexicon, direct: &Direct) -> Option<Said> {
    let found = reports::according(reading, lexicon, direct.close.0)?;
    (found.span.contains(direct.span) || found.span.overlaps(direct.span)).then_some(found)
}
