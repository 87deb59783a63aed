//! What a quote shows as a whole, where none of its words does: its speaker speaks well or ill of the one it is about.
//!
//! It is about the one other actor that it names, else about whoever the speaker had to do with just before. How
//! the words sound gives the sign (their valences together), else the speaker's last stance toward the same, else what
//! that one last did to the speaker. The weakest rule, and marked so.

use docmill_core::{
    Span,
    vocab::{
        quotes,
        stances::{Channel, Kind},
    },
};

use crate::{
    lexicon::Lexicon,
    mentions::{self, Named},
    outlook::Outlook,
    quotes::Said,
    reading::{ActorId, Reading},
    scoring::{Family, Finding, Findings, Shown},
    units::{Pos, Unit},
};

/// How many words a quote must have.
const SHORTEST: usize = 5;
/// How many sentences back whom it is about may be found.
const MEMORY: usize = 3;
/// How many findings are looked at.
const MOST: usize = 48;
/// The valence from which on the words decide.
const CLEAR: i32 = 2;

/// Adds a finding for each quote of a sentence that shows none of its speaker's.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    before: &[Finding],
    findings: &mut Findings,
) {
    for said in reading.speech.beginning(sentence) {
        let Some(speaker) = said.speaker else { continue };
        let whole = said.kind == quotes::Kind::Direct
            && said
                .span
                .of(reading.text)
                .is_some_and(|piece| piece.starts_with(char::is_uppercase));
        if !whole || said.span.len() < 2 * SHORTEST {
            continue;
        }
        let near = before.iter().rev().take(MOST);
        let near: Vec<&Finding> = findings.found.iter().rev().chain(near).collect();
        let shows = near
            .iter()
            .any(|known| known.holder.actor == speaker && said.span.overlaps(known.trigger));
        let words: Vec<&Unit> = units_of(reading, sentence, said).collect();
        if shows || words.iter().filter(|unit| unit.pos != Pos::Comma).count() < SHORTEST {
            continue;
        }
        let Some(target) = about(reading, sentence, speaker, &words, &near) else { continue };
        let valence = valence(lexicon, &words);
        let clear = (valence.abs() >= CLEAR).then_some(valence.signum() as i8);
        let held = last(speaker, target, &near);
        let Some(sign) = held.or(clear).or_else(|| last(target, speaker, &near)) else { continue };
        // The evidence lies in the sentence where the quote begins.
        let whole = reading.spans.get(sentence).copied().unwrap_or(said.span);
        let said_span = Span { start: said.span.start, end: said.span.end.min(whole.end) };
        findings.add(
            &[Named { actor: speaker, span: said_span, owned: false }],
            &[Named { actor: target, span: said_span, owned: false }],
            Shown {
                kind: Kind::Attitude,
                sign,
                outlook: Outlook::DONE,
                family: Family::Utterance,
                lemma: "quote",
                trigger: said_span,
                sentence,
                channel: Channel::Quote,
                doubt: 0.0,
                accuses: false,
            },
        );
    }
}

/// The units of a quote, in the sentence where it begins and those after.
fn units_of<'a>(
    reading: &'a Reading<'_>,
    sentence: usize,
    said: &Said,
) -> impl Iterator<Item = &'a Unit> {
    let span = said.span;
    let rest = reading.sentences.iter().skip(sentence).take(6);
    rest.flat_map(|read| &read.units)
        .skip_while(move |unit| unit.span.start < span.start)
        .take_while(move |unit| unit.span.end <= span.end)
}

/// Whom a quote is about.
fn about(
    reading: &Reading<'_>,
    sentence: usize,
    speaker: ActorId,
    words: &[&Unit],
    near: &[&Finding],
) -> Option<ActorId> {
    let mut named: Vec<ActorId> = words
        .iter()
        .filter_map(|unit| mentions::actor_of(reading, unit))
        .filter(|actor| *actor != speaker)
        .collect();
    named.sort_unstable();
    named.dedup();
    match named[..] {
        [one] => Some(one),
        [] => {
            near.iter().take_while(|known| known.sentence + MEMORY >= sentence).find_map(|known| {
                let (holder, target) = (known.holder.actor, known.target.actor);
                if holder == speaker { Some(target) } else { (target == speaker).then_some(holder) }
            })
        }
        _ => None,
    }
}

/// The sign of the last stance of one actor toward another.
fn last(holder: ActorId, toward: ActorId, near: &[&Finding]) -> Option<i8> {
    near.iter()
        .find(|known| (known.holder.actor, known.target.actor) == (holder, toward))
        .map(|known| known.sign)
        .filter(|sign| *sign != 0)
}

fn valence(lexicon: &Lexicon, words: &[&Unit]) -> i32 {
    let mut turned = false;
    let mut sum = 0;
    for unit in words {
        turned = matches!(unit.pos, Pos::Neg | Pos::No)
            || turned && !matches!(unit.pos, Pos::Noun | Pos::Comma | Pos::Stop);
        let value = i32::from(lexicon.word(unit.word).valence);
        sum += if turned { -value } else { value };
    }
    sum
}
