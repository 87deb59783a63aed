//! What a source says that another should do: "Oslo said that Bern must pay".
//!
//! It is an appeal of the source to the other: a request where help or company is meant, else a demand.

use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
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
