//! Wishes, requests and answers: "needs B's help", "rejected a request from B", "seeks B's ruin".

use super::NounRule;
use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    lexicon::{Effect, Flag},
    mentions::{self, Named},
    outlook::{self, Outlook},
    quotes, reactions,
    scoring::{Family, Finding, Findings, Shown},
};

/// Verbs that ask or wish for what follows "for".
const ASKING: &[&str] = &[
    "ask", "call", "appeal", "push", "press", "lobby", "plead", "beg", "look", "hope", "argue",
    "campaign",
];

/// Verbs whose subject wishes for what another gives: "needs Rome's help".
const WISHING: &[&str] =
    &["need", "want", "seek", "request", "demand", "expect", "await", "crave", "court"];

impl NounRule<'_> {
    /// "Seeks B's destruction", "took B's side": the owner is the target.
    pub(super) fn apply_owned(&self, findings: &mut Findings) {
        let targets = match self.owners() {
            owners if owners.is_empty() => {
                self.targets().map(|(targets, _)| targets).unwrap_or_default()
            }
            owners => owners,
        };
        let Some(group) = self.ruling_group() else { return };
        let known = self.read.groups[group];
        let lemma =
            self.lexicon.verb_of(self.read.units[known.main].word).map_or("", |verb| &verb.lemma);
        if self.noun.is(Flag::Take) && !matches!(lemma, "take" | "choose" | "pick") {
            return;
        }
        // "is committed to B's ruin"
        let resolved = known.passive && self.phrase.prep == Some(self.lexicon.known.to);
        let phrase = if known.passive && !resolved { known.agent } else { known.subject };
        let holders =
            phrase.map(|phrase| mentions::named(self.reading, self.lexicon, self.sentence, phrase));
        let sign = if self.noun.sign == 0 { 1 } else { self.noun.sign };
        let outlook = outlook::of_group(self.read, self.lexicon, group);
        findings.add(
            &holders.unwrap_or_default(),
            &targets,
            self.shown(sign, outlook, Family::Noun, 0.05),
        );
    }

    /// The verb group that governs the noun, also through a preposition or a predicate: "is committed to B's ruin".
    pub(super) fn ruling_group(&self) -> Option<usize> {
        self.governing_group()
            .or_else(|| self.read.phrases[self.phrase.first.unwrap_or(self.at)].governor)
    }

    /// "Needs B's help", "asked for help from B": the subject asks it of whoever gives it.
    pub(super) fn wished(&self, findings: &mut Findings, givers: &[Named]) -> bool {
        let Some(group) = self.ruling_group() else { return false };
        let known = self.read.groups[group];
        let Some(verb) = self.lexicon.verb_of(self.read.units[known.main].word) else {
            return false;
        };
        let object = known.object == Some(self.phrase.first.unwrap_or(self.at));
        let wishes = object && WISHING.contains(&&*verb.lemma)
            || self.phrase.prep == Some(self.lexicon.known.for_) && ASKING.contains(&&*verb.lemma);
        let Some(subject) = known.subject.filter(|_| wishes && !known.passive) else {
            return false;
        };
        let holders = mentions::named(self.reading, self.lexicon, self.sentence, subject);
        let outlook = outlook::own(self.read, self.lexicon, group);
        let shown =
            self.shown(self.noun.sign, Outlook { degree: 1.0, ..outlook }, Family::Noun, 0.0);
        if !givers.is_empty() {
            if self.noun.sign > 0 {
                findings.add(&holders, givers, Shown { kind: Kind::Appeal, ..shown });
            }
            return true;
        }
        if let Some((targets, sign)) = self.targets() {
            let kind = if self.noun.kind == Kind::Act { Kind::Appeal } else { self.noun.kind };
            findings.add(&holders, &targets, Shown { kind, sign, ..shown });
        }
        true
    }

    /// "Denied accusations": the subject is whom they are against.
    pub(super) fn is_rebuttal(&self, group: usize) -> bool {
        let word = self.read.units[self.read.groups[group].main].word;
        let lemma = self.lexicon.verb_of(word).map_or("", |verb| &verb.lemma);
        let denies =
            matches!(lemma, "deny" | "reject" | "dismiss" | "refute" | "rebut" | "dispute");
        let blames = matches!(
            &*self.noun.lemma,
            "accusation" | "allegation" | "criticism" | "charge" | "claim" | "complaint"
        );
        denies && blames
    }

    /// With whom an asker last had to do: to whom "its request" must go.
    pub(super) fn addressee(
        &self,
        before: &[Finding],
        here: &Findings,
        holders: &[Named],
    ) -> Option<(Vec<Named>, i8)> {
        let [holder] = holders else { return None };
        let actor = reactions::counterpart(before, &here.found, self.sentence, holder.actor)?;
        let span = quotes::phrase_span(self.read, self.at)?;
        Some((vec![Named { actor, span, owned: true }], self.noun.sign))
    }

    /// Who last asked something of the subject: whose "requests" it must be that it turned down.
    pub(super) fn asker(
        &self,
        before: &[Finding],
        here: &Findings,
        subject: &[Named],
    ) -> Vec<Named> {
        let [subject] = subject else { return Vec::new() };
        let noun = &self.noun.lemma;
        let asker = reactions::doer(before, &here.found, self.sentence, subject.actor, noun)
            .or_else(|| {
                reactions::counterpart(before, &here.found, self.sentence, subject.actor)
                    .map(|actor| (actor, 0))
            });
        let span = quotes::phrase_span(self.read, self.at);
        asker
            .zip(span)
            .map(|((actor, _), span)| Named { actor, span, owned: true })
            .into_iter()
            .collect()
    }

    /// Whether the noun is something that is asked or offered, so that it can be answered.
    pub(super) fn is_asked(&self) -> bool {
        let offered = ["offer", "apology", "help", "aid", "assistance", "support"];
        self.noun.kind == Kind::Appeal || offered.contains(&&*self.noun.lemma)
    }

    /// "A rejected a request from B": A's answer to B.
    pub(super) fn answer(
        &self,
        findings: &mut Findings,
        group: usize,
        effect: Effect,
        askers: &[Named],
        subject: &[Named],
    ) {
        if !self.is_asked() {
            return;
        }
        let lemma = self
            .lexicon
            .verb_of(self.read.units[self.read.groups[group].main].word)
            .map_or("", |verb| &verb.lemma);
        let sign = if effect == Effect::Accept { 1 } else { -1 };
        let outlook = outlook::of_group(self.read, self.lexicon, group);
        findings.add(
            subject,
            askers,
            Shown {
                kind: Kind::Act,
                sign,
                outlook,
                family: Family::Answer,
                lemma,
                trigger: self.read.units[self.read.groups[group].main].span,
                sentence: self.sentence,
                channel: Channel::Action,
                doubt: 0.0,
                accuses: false,
            },
        );
    }
}
