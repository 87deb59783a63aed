//! Verbs whose target stands elsewhere: demands, reactions, neutrality, feelings that the subject causes.

use super::{Target, VerbRule};
use docmill_core::vocab::stances::{Channel, Kind};

use crate::{
    lexicon::{Effect, Flag, Place},
    mentions::{self, Named},
    outlook::{self, Outlook},
    quotes, reactions,
    scoring::{Family, Finding, Findings, Shown},
    units::Pos,
};

/// Whether a verb names help or company, so that who asks for it makes a request.
pub(crate) fn asks_for_help(lemma: &str) -> bool {
    WELCOME.contains(&lemma)
}

impl VerbRule<'_> {
    /// "Oslo takes no side": between those whom the clause names, else the two that the text is about.
    pub(super) fn neutral(&self, holders: &[Named], findings: &mut Findings) {
        if self.frame.is(Flag::Denied) && !self.known.negated {
            return;
        }
        let holder = holders.iter().map(|named| named.actor);
        let holder: Vec<u32> = holder.collect();
        let chunks = self.known.chunk + 1..self.known.clause_end.max(self.known.chunk + 1) + 3;
        let phrases = chunks.filter_map(|chunk| self.read.phrase_at(chunk));
        let mut targets: Vec<Named> = phrases
            .flat_map(|phrase| mentions::named(self.reading, self.lexicon, self.sentence, phrase))
            .filter(|named| !holder.contains(&named.actor))
            .collect();
        if targets.is_empty() {
            let parties = self.reading.parties.iter().filter(|actor| !holder.contains(actor));
            targets = parties
                .take(2)
                .map(|actor| Named { actor: *actor, span: self.trigger(), owned: true })
                .collect();
        }
        findings.add(
            holders,
            &targets,
            Shown {
                kind: Kind::Attitude,
                sign: 0,
                outlook: Outlook::DONE,
                family: Family::Verb,
                lemma: self.lemma,
                trigger: self.trigger(),
                sentence: self.sentence,
                channel: Channel::Author,
                doubt: 0.05,
                accuses: false,
            },
        );
    }

    /// "Oslo thanked Rome and pressed for more": whom the verb before concerns. "Apologised": whoever was harmed.
    pub(super) fn shared_target(&self, here: &Findings, holders: &[Named]) -> Option<Target> {
        let [holder] = holders else { return None };
        let same = self.frame.is(Flag::Same) && self.after(self.lexicon.known.for_).is_some();
        let known = here.found.iter().rev().find(|known| known.holder.actor == holder.actor);
        let known = known.filter(|_| same)?;
        Some(Target {
            named: vec![Named { owned: true, ..known.target }],
            sign: self.frame.targets.first()?.sign,
            doubt: 0.05,
        })
    }

    /// "Demanded that Rome withdraw": the subject of what is demanded.
    pub(super) fn bidden(&self) -> Option<Target> {
        let first = self.known.reports.filter(|_| self.frame.is(Flag::Demand))?;
        let demands = matches!(self.lemma, "demand" | "urge" | "request" | "ask" | "beg" | "order");
        let asked = self.read.groups.iter().find(|group| group.chunk > first)?;
        let subject = asked.subject.filter(|_| demands)?;
        let bare = self.read.units[asked.main].pos == Pos::Base || asked.modal;
        let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
        (bare && !named.is_empty()).then_some(Target { named, sign: -1, doubt: 0.0 })
    }

    /// "Rome welcomed the offer", with nobody named: whoever made it.
    pub(super) fn reaction(
        &self,
        before: &[Finding],
        here: &Findings,
        holders: &[Named],
    ) -> Option<(Vec<Named>, i8)> {
        let answers = self.frame.kind == Kind::Attitude
            || self.frame.is(Flag::Owned)
            || self.frame.is(Flag::Answer);
        let slot = self.frame.targets.iter().find(|slot| slot.place == Place::Object)?;
        let object = if self.known.passive { self.known.subject } else { self.known.object }?;
        let [holder] = holders else { return None };
        if !answers || !reactions::means_deed(self.reading, self.read, object) {
            return None;
        }
        let noun = self.read.head(object)?.span.of(self.reading.text)?;
        let (actor, _) = reactions::doer(before, &here.found, self.sentence, holder.actor, noun)?;
        let span = quotes::phrase_span(self.read, object)?;
        Some((vec![Named { actor, span, owned: true }], slot.sign))
    }

    /// The sign of an appeal by what it asks for: help is a request, an end or a retreat a demand; of two sides
    /// alike, neither is favoured.
    pub(super) fn demanded(&self, sign: i8, named: &[Named]) -> i8 {
        if self.lemma != "invite"
            && named.len() >= 2
            && named.windows(2).all(|pair| pair[0].span == pair[1].span)
        {
            return 0;
        }
        let Some(complement) = self.known.complement else { return sign };
        let below = self.read.groups[complement];
        let Some(verb) = self.lexicon.verb_of(self.read.units[below.main].word) else {
            return sign;
        };
        let ends = verb.operator.is_some_and(|operator| operator.noun == Effect::Flip)
            || DEMANDED.contains(&&*verb.lemma);
        let always = matches!(self.lemma, "pressure" | "pressurise" | "demand" | "order");
        if ends || always || below.negated {
            -1
        } else if WELCOME.contains(&&*verb.lemma) {
            1
        } else {
            sign
        }
    }

    /// "Paris irked Rome": the object holds it toward the subject.
    pub(super) fn reverse(&self, findings: &mut Findings) {
        let (subject, object) = if self.known.passive {
            (self.known.agent, self.known.subject)
        } else {
            (self.known.subject, self.known.object)
        };
        let (Some(subject), Some(object)) = (subject, object) else { return };
        let targets = mentions::named_or_owners(self.reading, self.lexicon, self.sentence, subject);
        let holders = mentions::named(self.reading, self.lexicon, self.sentence, object);
        let sign = self.frame.targets.first().map_or(0, |slot| slot.sign);
        let outlook = outlook::of_group(self.read, self.lexicon, self.group);
        self.add(findings, &holders, &Target { named: targets, sign, doubt: 0.05 }, outlook);
    }
}

/// Verbs that name a concession when they are demanded.
const DEMANDED: &[&str] = &[
    "withdraw",
    "leave",
    "refrain",
    "apologise",
    "apologize",
    "surrender",
    "release",
    "return",
    "comply",
    "explain",
    "abandon",
    "retreat",
    "pull",
    "resign",
    "pay",
    "respect",
    "abide",
];

/// Verbs that name help or company when they are asked for.
const WELCOME: &[&str] = &[
    "help",
    "aid",
    "assist",
    "support",
    "back",
    "join",
    "visit",
    "provide",
    "send",
    "supply",
    "give",
    "host",
    "mediate",
    "attend",
    "share",
    "invest",
    "meet",
    "protect",
    "defend",
    "donate",
    "deliver",
    "contribute",
    "come",
    "train",
    "recognise",
    "recognize",
    "intervene",
    "stay",
];
