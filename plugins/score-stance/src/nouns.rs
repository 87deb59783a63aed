//! Stances that nouns name: "A's support for B", "strikes on B", "a request from A", "ties between A and B".

use docmill_core::{
    Span,
    vocab::stances::{Channel, Kind},
};

use crate::{
    chunks::{Phrase, Sentence},
    lexicon::{Effect, Lexicon, Noun, Place, Tags, WordId},
    mentions::{self, Named},
    outlook::{self, Outlook},
    quotes, reactions,
    reading::Reading,
    scoring::{Family, Finding, Findings, Shown},
    ties,
    units::Pos,
};

/// How many chunks after a noun may belong to it.
const REACH: usize = 10;

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
        if noun.is("never") || noun.is("kin") {
            continue;
        }
        let rule =
            NounRule { reading, lexicon, sentence, read, at, phrase: read.phrases[at], noun };
        if noun.is("mutual") {
            ties::apply(&rule, findings);
        } else if noun.is("owned") {
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

/// Nouns that say that something comes to an end.
const ENDS: &[&str] = &[
    "suspension",
    "end",
    "halt",
    "freeze",
    "reduction",
    "cut",
    "cuts",
    "lifting",
    "cancellation",
    "cessation",
    "easing",
    "withdrawal",
    "removal",
    "stop",
    "termination",
    "lack",
    "absence",
    "denial",
];
/// Nouns that say how much or which part of something, or that it goes on.
const PARTS: &[&str] = &[
    "package",
    "wave",
    "series",
    "round",
    "increase",
    "resumption",
    "continuation",
    "provision",
    "form",
    "level",
    "levels",
    "amount",
    "lot",
    "barrage",
    "barrages",
    "campaign",
    "policy",
    "show",
    "display",
    "sign",
    "pledge",
    "promise",
    "offer",
    "threat",
    "expression",
    "message",
    "words",
    "word",
    "act",
    "acts",
    "plan",
    "shipment",
    "shipments",
    "delivery",
    "supply",
    "sale",
    "imposition",
    "escalation",
    "expansion",
    "history",
    "declaration",
];

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
    fn apply_owned(&self, findings: &mut Findings) {
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
        if self.noun.is("take") && !matches!(lemma, "take" | "choose" | "pick") {
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
    fn ruling_group(&self) -> Option<usize> {
        self.governing_group()
            .or_else(|| self.read.phrases[self.phrase.first.unwrap_or(self.at)].governor)
    }

    /// "Needs B's help", "asked for help from B": the subject asks it of whoever gives it.
    fn wished(&self, findings: &mut Findings, givers: &[Named]) -> bool {
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
                Effect::Refuse | Effect::Accept => {
                    if holders.is_empty() && targets.is_none() {
                        holders = self.asker(before, findings, &subject);
                    }
                    self.answer(findings, group, effect, &holders, &subject);
                    if targets.is_none() {
                        targets = Some((subject.clone(), self.noun.sign));
                    }
                }
                Effect::Blame | Effect::None => {}
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
        if targets.is_none() && self.noun.kind == Kind::Appeal && free && !self.noun.is("never") {
            targets = self.addressee(before, findings, &holders);
            doubt += 0.15;
        }
        let Some((targets, sign)) = targets else { return };
        if self.noun.is("threat") {
            outlook.degree = 1.0;
        }
        if self.noun.is("weak") {
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
            accuses: self.noun.is("fact"),
        }
    }

    pub(crate) fn trigger(&self) -> Span {
        self.read.units[self.phrase.head].span
    }

    /// The unit that a span begins.
    fn unit_of(&self, span: Span) -> usize {
        self.read.units.partition_point(|unit| unit.span.start < span.start)
    }

    /// The phrase of which the noun is a part: "a suspension of aid", and whether that brings it to an end.
    fn whole(&self) -> Option<(usize, bool)> {
        let of = [self.lexicon.known.of, self.lexicon.known.to, self.lexicon.known.in_];
        let before = self.phrase.chunk.checked_sub(2)?;
        let prep = self.phrase.prep.filter(|prep| of.contains(prep))?;
        let phrase = self.read.phrase_at(before)?;
        let head = self.read.head(phrase)?;
        let word = head.span.of(self.reading.text)?;
        let named = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        if named(ENDS) {
            return Some((phrase, true));
        }
        (named(PARTS) && prep == self.lexicon.known.of).then_some((phrase, false))
    }

    /// The possessor, or the name before the noun.
    pub(crate) fn owners(&self) -> Vec<Named> {
        let units = self.read.units.get(self.phrase.start..self.phrase.head).unwrap_or_default();
        let found = units.iter().rev().find_map(|unit| {
            let names = matches!(unit.pos, Pos::Name | Pos::PossPronoun);
            Some(Named {
                actor: mentions::actor_of(self.reading, unit).filter(|_| names)?,
                span: unit.span,
                owned: false,
            })
        });
        found.into_iter().collect()
    }

    /// The phrase after one of these prepositions, near after the noun.
    fn after(&self, prep: WordId) -> Option<usize> {
        let first = self.phrase.chunk + 1;
        for chunk in first..(first + REACH).min(self.read.chunks.len()) {
            match self.read.prep_at(chunk) {
                Some(found) if found == prep => return self.read.phrase_at(chunk + 1),
                Some(_) => {}
                None if self.read.phrase_at(chunk).is_some_and(|phrase| {
                    self.read.phrases[phrase].prep.is_some()
                        || self.read.phrases[phrase].first.is_some()
                }) => {}
                None => return None,
            }
        }
        None
    }

    /// The actors after a preposition.
    pub(crate) fn named_after(&self, prep: WordId) -> Option<Vec<Named>> {
        Some(mentions::named(self.reading, self.lexicon, self.sentence, self.after(prep)?))
    }

    fn after_any(&self, preps: &[WordId]) -> Vec<Named> {
        let found = preps.iter().filter_map(|prep| {
            let named =
                mentions::named(self.reading, self.lexicon, self.sentence, self.after(*prep)?);
            (!named.is_empty()).then_some(named)
        });
        found.into_iter().next().unwrap_or_default()
    }

    /// The actors after the noun's own prepositions, with the sign toward them.
    pub(crate) fn targets(&self) -> Option<(Vec<Named>, i8)> {
        let between = self.lexicon.known.between;
        self.noun.targets.iter().find_map(|slot| {
            let Place::After(prep) = slot.place else { return None };
            if prep == between {
                return None;
            }
            let phrase = self.after(prep)?;
            let mut named = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
            if named.is_empty() && slot.sign < 0 {
                named = self.places(phrase);
            }
            if named.is_empty() {
                named =
                    mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase);
            }
            (!named.is_empty()).then_some((named, slot.sign))
        })
    }

    fn places(&self, phrase: usize) -> Vec<Named> {
        let units = self.read.list(phrase).take(8).filter_map(|phrase| self.read.head(phrase));
        units
            .filter_map(|unit| {
                Some(Named {
                    actor: mentions::place_of(self.reading, unit)?,
                    span: unit.span,
                    owned: false,
                })
            })
            .collect()
    }

    /// The verb whose object the noun is, what it does to it, and its subject.
    fn governor(&self) -> Option<(usize, Effect, Vec<Named>)> {
        let group = self.governing_group()?;
        let known = self.read.groups[group];
        let operator = self.lexicon.verb_of(self.read.units[known.main].word)?.operator?;
        let phrase = if known.passive { known.agent? } else { known.subject? };
        Some((
            group,
            operator.noun,
            mentions::named(self.reading, self.lexicon, self.sentence, phrase),
        ))
    }

    /// The verb group whose object the noun is.
    pub(crate) fn governing_group(&self) -> Option<usize> {
        let mut first = self.phrase.first.unwrap_or(self.at);
        let chunk = self.read.phrases[first].chunk;
        let counting = chunk.checked_sub(2).and_then(|at| self.read.phrase_at(at));
        if let Some(counting) = counting
            .filter(|phrase| mentions::counted(self.lexicon, self.read, *phrase) == Some(first))
        {
            first = self.read.phrases[counting].first.unwrap_or(counting);
        }
        if let Some((phrase, _)) = self.whole() {
            first = self.read.phrases[phrase].first.unwrap_or(phrase);
        }
        let before = self.read.phrases[first].governor;
        before.filter(|group| {
            let known = &self.read.groups[*group];
            known.object == Some(first) || known.passive && known.subject == Some(first)
        })
    }

    /// "A welcomed B's help": help to A.
    fn receiver_of_anothers(&self, givers: &[Named]) -> Option<(Vec<Named>, i8)> {
        let group = self.governing_group()?;
        let known = self.read.groups[group];
        let verb = self.lexicon.verb_of(self.read.units[known.main].word)?;
        let effect = verb.operator.map_or(Effect::None, |operator| operator.noun);
        let receives = matches!(effect, Effect::Get | Effect::Deed | Effect::Accept)
            || matches!(&*verb.lemma, "appreciate" | "enjoy" | "use");
        let subject = known.subject.filter(|_| receives && !known.passive)?;
        let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
        let other = named.iter().all(|named| givers.iter().all(|giver| giver.actor != named.actor));
        (other && !named.is_empty()).then_some((named, self.noun.sign))
    }

    /// "Denied accusations": the subject is whom they are against.
    fn is_rebuttal(&self, group: usize) -> bool {
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

    /// To whom the governing verb gives it: "gave its backing to B", "offered B its help".
    fn receiver(&self, group: usize) -> Option<(Vec<Named>, i8)> {
        let known = self.read.groups[group];
        let indirect = known
            .indirect
            .map(|phrase| mentions::named(self.reading, self.lexicon, self.sentence, phrase))
            .filter(|named| !named.is_empty());
        indirect.map(|named| (named, self.noun.sign))
    }

    /// With whom an asker last had to do: to whom "its request" must go.
    fn addressee(
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
    fn asker(&self, before: &[Finding], here: &Findings, subject: &[Named]) -> Vec<Named> {
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

    /// "A rejected a request from B": A's answer to B.
    fn answer(
        &self,
        findings: &mut Findings,
        group: usize,
        effect: Effect,
        askers: &[Named],
        subject: &[Named],
    ) {
        let offered = matches!(
            &*self.noun.lemma,
            "offer" | "apology" | "help" | "aid" | "assistance" | "support"
        );
        if self.noun.kind != Kind::Appeal && !offered {
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

    /// How a phrase values a tie: "ties are warm", "on a positive course".
    pub(crate) fn valued(&self, phrase: usize) -> Option<i8> {
        let known = &self.read.phrases[phrase];
        let units = self.read.units.get(known.start..known.end)?;
        let word = units.iter().find(|unit| unit.tags.any(Tags::OF_TIES))?;
        Some(self.lexicon.word(word.word).value)
    }

    /// The sign of the first valuing word before the noun.
    pub(crate) fn adjective(&self) -> Option<i8> {
        let units = self.read.units.get(self.phrase.start..self.phrase.head).unwrap_or_default();
        let word = units.iter().find(|unit| unit.tags.any(Tags::OF_TIES))?;
        Some(self.lexicon.word(word.word).value)
    }
}
