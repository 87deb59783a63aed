//! Stances that nouns name: "A's support for B", "strikes on B", "a request from A", "ties between A and B".

mod answers;
mod roles;

use docmill_core::{
    Span,
    vocab::stances::{Channel, Kind},
};

use crate::{
    chunks::{Phrase, Sentence},
    lexicon::{Effect, Flag, Lexicon, Noun},
    mentions::{self, Named},
    outlook::{self, Outlook},
    reading::Reading,
    scoring::{Family, Finding, Findings, Shown},
    ties,
    units::Pos,
};

/// Finds the stances that the nouns of a sentence name.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    before: &[Finding],
    findings: &mut Findings,
) {
    let read = &reading.sentences[sentence];
    for at in 0..read.phrases.len() {
        let Some(noun) = read
            .head(at)
            .filter(|head| head.pos != Pos::Name)
            .and_then(|head| lexicon.noun_of(head.word))
        else {
            continue;
        };
        if noun.is(Flag::Never) || noun.is(Flag::Kin) {
            continue;
        }
        let rule =
            NounRule { reading, lexicon, sentence, read, at, phrase: read.phrases[at], noun };
        if noun.is(Flag::Mutual) {
            ties::apply(&rule, findings);
        } else if noun.is(Flag::Owned) {
            rule.apply_owned(findings);
        } else {
            rule.apply(before, findings);
        }
    }
}

/// A noun that names a stance, in its sentence.
pub(crate) struct NounRule<'a> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) sentence: usize,
    pub(crate) read: &'a Sentence,
    pub(crate) at: usize,
    pub(crate) phrase: Phrase,
    pub(crate) noun: &'a Noun,
}

impl NounRule<'_> {
    fn apply(&self, before: &[Finding], findings: &mut Findings) {
        let mut holders = self.owners();
        if holders.is_empty() {
            holders = self.after_any(&self.noun.holders);
        }
        if self.wished(findings, &holders) {
            return;
        }
        let governor = self.governor();
        let mut targets = self.targets();
        if targets.is_none()
            && !holders.is_empty()
            && self.noun.sign > 0
            && self.noun.kind != Kind::Appeal
        {
            targets = self.receiver_of_anothers(&holders);
        }
        let mut outlook = Outlook::DONE;
        outlook.turned = self.phrase.negated;
        let whole = self.whole();
        if let Some((phrase, ends)) = whole {
            outlook.ended = ends;
            if holders.is_empty() {
                holders = mentions::owner(self.reading, self.lexicon, self.read, phrase)
                    .filter(|named| {
                        self.read.phrases[phrase].start <= self.unit_of(named.span)
                            && self.unit_of(named.span) < self.read.phrases[phrase].end
                    })
                    .into_iter()
                    .map(|named| Named { owned: false, ..named })
                    .collect();
            }
        }
        let mut doubt = 0.0;
        let free = governor.is_none();
        if let Some((group, effect, subject)) = governor {
            let word = self.read.units[self.read.groups[group].main].word;
            match effect {
                _ if self.is_rebuttal(group) => {
                    if targets.is_none() {
                        targets = Some((subject.clone(), self.noun.sign));
                    }
                }
                Effect::Get => {
                    if targets.is_none() {
                        targets = Some((subject.clone(), self.noun.sign));
                    } else if holders.is_empty() {
                        holders = subject.clone();
                    }
                }
                Effect::Refuse | Effect::Accept if self.is_asked() => {
                    if holders.is_empty() && targets.is_none() {
                        holders = self.asker(before, findings, &subject);
                    }
                    self.answer(findings, group, effect, &holders, &subject);
                    if targets.is_none() {
                        targets = Some((subject.clone(), self.noun.sign));
                    }
                }
                Effect::Refuse | Effect::Accept | Effect::Blame | Effect::None => {}
                _ => {
                    let own = holders.is_empty()
                        || holders.iter().all(|holder| {
                            subject.iter().any(|subject| subject.actor == holder.actor)
                        });
                    if holders.is_empty() {
                        holders = subject.clone();
                    }
                    if own {
                        let above = outlook::of_group(self.read, self.lexicon, group);
                        outlook = outlook::apply(outlook, self.lexicon, word, effect);
                        outlook.turned ^= above.turned;
                        outlook.ended ^= above.ended;
                        outlook.void |=
                            above.void || outlook.ended && self.read.groups[group].modal;
                        outlook.degree = outlook.degree.min(above.degree);
                        if targets.is_none() {
                            targets = self.receiver(group);
                            doubt += 0.05;
                        }
                    }
                }
            }
        }
        if targets.is_none() && self.noun.kind == Kind::Appeal && free && !self.noun.is(Flag::Never)
        {
            targets = self.addressee(before, findings, &holders);
            doubt += 0.15;
        }
        let Some((targets, sign)) = targets else { return };
        if self.noun.is(Flag::Threat) {
            outlook.degree = 1.0;
        }
        if self.noun.is(Flag::Weak) {
            doubt += 0.2;
        }
        findings.add(&holders, &targets, self.shown(sign, outlook, Family::Noun, doubt));
        if self.phrase.contrast.is_some() && self.noun.sign > 0 {
            findings.add(
                &holders,
                &targets,
                self.shown(
                    sign,
                    Outlook { turned: !outlook.turned, ..outlook },
                    Family::Contrast,
                    doubt,
                ),
            );
        }
    }

    pub(crate) fn shown(
        &self,
        sign: i8,
        outlook: Outlook,
        family: Family,
        doubt: f64,
    ) -> Shown<'_> {
        Shown {
            kind: self.noun.kind,
            sign,
            outlook,
            family,
            lemma: &self.noun.lemma,
            trigger: self.trigger(),
            sentence: self.sentence,
            channel: Channel::Action,
            doubt,
            accuses: self.noun.is(Flag::Fact),
        }
    }

    pub(crate) fn trigger(&self) -> Span {
        self.read.units[self.phrase.head].span
    }
}
