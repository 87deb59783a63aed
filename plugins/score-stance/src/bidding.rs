//! What a source says that another should do: "Oslo said that Bern must pay".
//!
//! It is an appeal of the source to the other: a request where help or company is meant, else a demand.

use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    chunks::Chunk,
    lexicon::Lexicon,
    mentions::{self, Named},
    outlook::Outlook,
    reading::Reading,
    scoring::{Family, Findings, Shown},
    units::Pos,
    verbs::asks_for_help,
};

/// Finds such appeals.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    findings: &mut Findings,
) {
    let read = &reading.sentences[sentence];
    unless(reading, lexicon, sentence, findings);
    for group in &read.groups {
        let first = reading.piece(sentence, group.start);
        let bound = matches!(first, "should" | "must" | "ought");
        let (Some(subject), true) = (group.subject, bound) else {
            continue;
        };
        let main = &read.units[group.main];
        let said = reading.speech.around(sentence, main.span);
        let Some((actor, span)) = said.and_then(|said| said.speaker.zip(said.speaker_span)) else {
            continue;
        };
        let targets = mentions::named(reading, lexicon, sentence, subject);
        // "Oslo and Bern must work together", Oslo says: no demand on Bern.
        if targets.iter().any(|target| target.actor == actor) {
            continue;
        }
        let Some(verb) = lexicon.verb_of(main.word).filter(|_| main.pos != Pos::Be) else {
            continue;
        };
        let sign = if asks_for_help(&verb.lemma) && !group.negated { 1 } else { -1 };
        let outlook = Outlook::DONE;
        findings.add(
            &[Named { actor, span, owned: false }],
            &targets,
            Shown {
                kind: Kind::Appeal,
                sign,
                outlook,
                family: Family::Bidding,
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

/// "Oslo will veto it unless Bern pays": a threat to Bern.
fn unless(reading: &Reading<'_>, lexicon: &Lexicon, sentence: usize, findings: &mut Findings) {
    let read = &reading.sentences[sentence];
    for (at, chunk) in read.chunks.iter().enumerate() {
        let Chunk::Mark(Pos::Sub, unit) = *chunk else { continue };
        if !reading.piece(sentence, unit).eq_ignore_ascii_case("unless") {
            continue;
        }
        let main = read.groups.iter().rev().find(|group| group.chunk < at && group.modal);
        let asked = read.groups.iter().find(|group| group.chunk > at);
        let (Some(holder), Some(target)) =
            (main.and_then(|group| group.subject), asked.and_then(|group| group.subject))
        else {
            continue;
        };
        findings.add(
            &mentions::named(reading, lexicon, sentence, holder),
            &mentions::named(reading, lexicon, sentence, target),
            Shown {
                kind: Kind::Appeal,
                sign: -1,
                outlook: Outlook::DONE,
                family: Family::Bidding,
                lemma: "unless",
                trigger: read.units[unit].span,
                sentence,
                channel: Channel::Action,
                doubt: 0.0,
                accuses: false,
            },
        );
    }
}
