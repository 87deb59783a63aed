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
    let known = &read.phrases[phrase];
    let units = read.units.get(known.start..known.end).unwrap_or_default();
    let owned = units.iter().any(|unit| matches!(unit.pos, Pos::Name | Pos::Poss));
    pronoun || head.tags.any(Tags::DEED) && !owned
}

/// Nouns that can mean any deed; others mean only one that they name: "the closure", after "closed".
const GENERIC: &[&str] = &[
    "move",
    "decision",
    "step",
    "offer",
    "proposal",
    "plan",
    "statement",
    "remark",
    "remarks",
    "comment",
    "comments",
    "gesture",
    "measure",
    "measures",
    "action",
    "actions",
    "response",
    "text",
    "policy",
    "charge",
    "charges",
    "claim",
    "claims",
    "announcement",
    "ruling",
    "it",
    "this",
    "that",
];

/// Who last did something to `to`, or asked something of it, and with which sign: an act rather than words, and one
/// that the noun names, if there is one. `here` are the findings of this sentence so far.
pub(crate) fn doer(
    before: &[Finding],
    here: &[Finding],
    sentence: usize,
    to: ActorId,
    noun: &str,
) -> Option<(ActorId, i8)> {
    let near = before.iter().rev().take(MOST);
    let near = near.take_while(|finding| finding.sentence + MEMORY >= sentence);
    let all = here.iter().rev().chain(near).filter(|finding| finding.target.actor == to);
    let noun = noun.to_ascii_lowercase();
    let generic = GENERIC.contains(&&*noun);
    let (mut act, mut any) = (None, None);
    for finding in all {
        let shared = finding.lemma.bytes().zip(noun.bytes()).take_while(|(a, b)| a == b).count();
        let found = (finding.holder.actor, finding.sign);
        if shared >= 4 {
            return Some(found);
        }
        if finding.kind != Kind::Attitude {
            act.get_or_insert(found);
        }
        any.get_or_insert(found);
    }
    if let Some(found) = act.or(any).filter(|_| generic) {
        return Some(found);
    }
    // A third party's word on what one did to another.
    let near = before.iter().rev().take(MOST);
    let near = near.take_while(|finding| finding.sentence + MEMORY >= sentence);
    let named = here.iter().rev().chain(near).find(|finding| {
        let shared = finding.lemma.bytes().zip(noun.bytes()).take_while(|(a, b)| a == b).count();
        finding.kind == Kind::Act && finding.holder.actor != to && shared >= 4
    });
    named.map(|finding| (finding.holder.actor, finding.sign))
}

/// With whom an actor last had to do.
pub(crate) fn counterpart(
    before: &[Finding],
    here: &[Finding],
    sentence: usize,
    actor: ActorId,
) -> Option<ActorId> {
    let near = before.iter().rev().take(MOST);
    let near = near.take_while(|finding| finding.sentence + MEMORY >= sentence);
    here.iter().rev().chain(near).find_map(|finding| {
        let (holder, target) = (finding.holder.actor, finding.target.actor);
        if holder == actor { Some(target) } else { (target == actor).then_some(holder) }
    })
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
        let valence = judged(lexicon, read, group.end);
        let mut sign = valence.signum() as i8;
        let mut sure = valence.abs() >= CLEAR;
        let mut targets = mentions::named_or_owners(reading, lexicon, sentence, object);
        if targets.is_empty() && means_deed(reading, read, object) {
            let span = quotes::phrase_span(read, object).unwrap_or(main.span);
            let noun = read.head(object).and_then(|head| head.span.of(reading.text));
            let noun = noun.unwrap_or_default();
            if let Some((actor, done)) = doer(before, &findings.found, sentence, holder.actor, noun)
            {
                targets.push(Named { actor, span, owned: true });
                if valence.abs() < 2 * CLEAR {
                    (sign, sure) = (done, done != 0);
                }
            }
        }
        if !sure {
            continue;
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

/// How far from 0 the valence of a judgement must lie.
const CLEAR: i32 = 1;

/// The valence of the words after a verb.
fn judged(lexicon: &Lexicon, read: &Sentence, from: usize) -> i32 {
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
    sum
}
