//! Reactions to what was told before: "Rome welcomed the offer", "Oslo called the move a theft".
//!
//! Whom they concern stands in an earlier sentence: whoever was last found to do something to the one who reacts.

use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    chunks::Sentence,
    lexicon::{Lexicon, Tags},
    mentions::{self, Named},
    outlook, quotes,
    reading::{ActorId, Reading},
    scoring::{Family, Finding, Findings, Shown},
    units::Pos,
};

/// How many sentences back a deed is remembered.
const MEMORY: usize = 4;
/// How many findings are looked at.
const MOST: usize = 48;

/// Verbs that say what someone thinks of something: "called the move a theft".
const JUDGING: &[&str] = &[
    "call",
    "describe",
    "brand",
    "label",
    "dub",
    "characterise",
    "characterize",
    "term",
    "slam",
    "dismiss",
];

/// Whether a phrase means a deed told before: "the offer", "such requests", "it".
pub(crate) fn means_deed(reading: &Reading<'_>, read: &Sentence, phrase: usize) -> bool {
    let Some(head) = read.head(phrase) else { return false };
    let piece = head.span.of(reading.text).unwrap_or_default();
    let pronoun = ["it", "this", "that"].iter().any(|known| piece.eq_ignore_ascii_case(known));
    pronoun || head.tags.any(Tags::DEED)
}

/// Who last did something to `to`, or asked something of it. `here` are the findings of this sentence so far.
pub(crate) fn doer(
    before: &[Finding],
    here: &[Finding],
    sentence: usize,
    to: ActorId,
) -> Option<ActorId> {
    let near = before.iter().rev().take(MOST);
    let near = near.take_while(|finding| finding.sentence + MEMORY >= sentence);
    here.iter()
        .rev()
        .chain(near)
        .find(|finding| finding.target.actor == to)
        .map(|finding| finding.holder.actor)
}

/// Finds judgements.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    before: &[Finding],
    findings: &mut Findings,
) {
    let read = &reading.sentences[sentence];
    for (at, group) in read.groups.iter().enumerate() {
        let main = &read.units[group.main];
        let Some(verb) = lexicon.verb_of(main.word).filter(|verb| JUDGING.contains(&&*verb.lemma))
        else {
            continue;
        };
        let (Some(subject), Some(object)) = (group.subject, group.object) else { continue };
        if group.passive {
            continue;
        }
        let holders = mentions::named(reading, lexicon, sentence, subject);
        let Some(holder) = holders.first() else { continue };
        let Some(sign) = judged(reading, lexicon, read, group.end) else { continue };
        let mut targets = mentions::named_or_owners(reading, lexicon, sentence, object);
        if targets.is_empty() && means_deed(reading, read, object) {
            let span = quotes::phrase_span(read, object).unwrap_or(main.span);
            targets = doer(before, &findings.found, sentence, holder.actor)
                .map(|actor| Named { actor, span, owned: true })
                .into_iter()
                .collect();
        }
        findings.add(
            &holders,
            &targets,
            Shown {
                kind: Kind::Attitude,
                sign,
                outlook: outlook::own(read, lexicon, at),
                family: Family::Judgement,
                lemma: &verb.lemma,
                trigger: main.span,
                sentence,
                channel: Channel::Quote,
                doubt: 0.0,
                accuses: false,
            },
        );
    }
}

/// How the words after a verb judge: the sign of their valences together.
fn judged(reading: &Reading<'_>, lexicon: &Lexicon, read: &Sentence, from: usize) -> Option<i8> {
    let _ = reading;
    let mut sum = 0;
    let mut turned = false;
    for unit in read.units.iter().skip(from).take(24) {
        if matches!(unit.pos, Pos::Stop | Pos::Semicolon) {
            break;
        }
        turned = matches!(unit.pos, Pos::Neg | Pos::No)
            || turned && !matches!(unit.pos, Pos::Noun | Pos::Comma);
        let value = i32::from(lexicon.word(unit.word).valence);
        sum += if turned { -value } else { value };
    }
    if sum.abs() < 10 { None } else { Some(sum.signum() as i8) }
}
