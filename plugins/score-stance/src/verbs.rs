//! Stances that verbs show: who does it, to whom, and how it is told.

mod roles;
mod special;
mod targets;

use docmill_core::{
    Span,
    vocab::stances::{Channel, Kind},
};

use crate::{
    chunks::{Chunk, Group, Sentence, Shape},
    lexicon::{Flag, Lexicon, Place, Tags, VerbFrame},
    mentions::Named,
    outlook::{self, Outlook},
    reading::Reading,
    scoring::{Family, Finding, Findings, Shown},
    units::Pos,
};

pub(crate) use special::asks_for_help;

/// Finds the stances that the verbs of a sentence show. `before` are the findings of earlier sentences.
pub(crate) fn find(
    reading: &Reading<'_>,
    lexicon: &Lexicon,
    sentence: usize,
    before: &[Finding],
    findings: &mut Findings,
) {
    let read = &reading.sentences[sentence];
    for group in 0..read.groups.len() {
        let known = read.groups[group];
        let Some(verb) = lexicon.verb_of(read.units[known.main].word) else { continue };
        let shown = findings.found.len();
        for frame in verb.frames.iter().filter(|frame| has_particles(read, &known, frame)) {
            let rule = VerbRule {
                reading,
                lexicon,
                sentence,
                read,
                group,
                known,
                frame,
                lemma: &verb.lemma,
            };
            rule.apply(before, findings);
            if findings.found.len() > shown || !frame.particles.is_empty() {
                break;
            }
        }
    }
}

/// Whether a verb has the particles that a frame needs, right after it or after its object.
fn has_particles(read: &Sentence, group: &Group, frame: &VerbFrame) -> bool {
    let mut at = group.end;
    let limit = group.end + 8;
    frame.particles.iter().all(|particle| {
        let rest = read.units.get(at..limit.min(read.units.len())).unwrap_or_default();
        let found = rest.iter().position(|unit| unit.word == *particle);
        let passed = found.filter(|found| {
            rest[..*found].iter().all(|unit| {
                matches!(
                    unit.pos,
                    Pos::Name
                        | Pos::Noun
                        | Pos::Adj
                        | Pos::Det
                        | Pos::Pronoun
                        | Pos::PossPronoun
                        | Pos::Adv
                        | Pos::Poss
                        | Pos::Num
                )
            })
        });
        match passed {
            Some(found) if found == 0 || read.units[at + found].pos != Pos::Prep => {
                at += found + 1;
                true
            }
            _ => false,
        }
    })
}

struct VerbRule<'a> {
    reading: &'a Reading<'a>,
    lexicon: &'a Lexicon,
    sentence: usize,
    read: &'a Sentence,
    group: usize,
    known: Group,
    frame: &'a VerbFrame,
    lemma: &'a str,
}

/// A target with the sign toward it.
struct Target {
    named: Vec<Named>,
    sign: i8,
    doubt: f64,
}

impl VerbRule<'_> {
    fn apply(&self, before: &[Finding], findings: &mut Findings) {
        let frame = self.frame;
        if frame.is(Flag::Never) || frame.is(Flag::Meet) {
            return;
        }
        if frame.is(Flag::Reverse) {
            return self.reverse(findings);
        }
        let holders = self.holders();
        if holders.is_empty() {
            return;
        }
        let theme = self.theme();
        let given = self.known.indirect.is_some()
            && !theme.is_some_and(|theme| self.has_tag(theme, Tags::HARM));
        if frame.is(Flag::Neutral) {
            return self.neutral(&holders, findings);
        }
        let envoy =
            |phrase: usize| self.read.head(phrase).is_some_and(|head| head.tags.any(Tags::ENVOY));
        let sent = if self.known.passive { self.known.subject } else { self.known.object };
        if frame.is(Flag::Envoy) && !sent.is_some_and(envoy) {
            return;
        }
        if frame.is(Flag::Given) && self.known.object.is_none() && !self.known.passive {
            return;
        }
        if frame.is(Flag::Goods) && !given && !theme.is_some_and(|theme| self.is_goods(theme))
            || frame.is(Flag::Harm) && !self.is_harm(theme)
        {
            return;
        }
        let mut outlook = outlook::of_group(self.read, self.lexicon, self.group);
        if frame.is(Flag::Half) {
            outlook.degree = outlook.degree.min(0.5);
        }
        // A negated subject counts with the verb already.
        let counted = self.known.passive && theme == self.known.subject;
        if theme.is_some_and(|theme| self.read.phrases[theme].negated && !counted) {
            outlook.turned = !outlook.turned;
        }
        if frame.is(Flag::Bidden)
            && self
                .known
                .complement
                .is_none_or(|complement| self.read.groups[complement].shape != Shape::Infinitive)
        {
            return;
        }
        let each_other = self.known.object.is_some_and(|object| {
            let known = &self.read.phrases[object];
            let piece = |unit: usize| self.reading.piece(self.sentence, unit);
            matches!(
                (piece(known.start), piece(known.head)),
                ("each", "other") | ("one", "another")
            )
        });
        let reciprocal = holders.len() >= 2 && each_other
            || holders.len() >= 2
                && !frame.is(Flag::Alone)
                && !(frame.is(Flag::Listed)
                    && holders.windows(2).any(|pair| pair[0].span == pair[1].span))
                && frame
                    .targets
                    .iter()
                    .any(|slot| slot.place == Place::After(self.lexicon.known.with));
        if let Some(target) = self.target(&frame.targets) {
            self.add(findings, &holders, &target, outlook);
            if frame.is(Flag::Goods) || frame.kind != Kind::Appeal {
                self.contrast(findings, &holders, &target, outlook, theme);
            }
        } else if reciprocal && (each_other || !frame.is(Flag::Named)) {
            let sign = frame.targets.first().map_or(0, |slot| slot.sign);
            let each_other = Target { named: holders.clone(), sign, doubt: 0.05 };
            self.add(findings, &holders, &each_other, outlook);
        } else if let Some(target) = self.shared_target(findings, &holders) {
            self.add(findings, &holders, &target, outlook);
        } else if let Some(target) = self.bidden() {
            self.add(findings, &holders, &target, outlook);
        } else if let Some((named, sign)) = self.reaction(before, findings, &holders) {
            self.add_as(
                findings,
                &holders,
                &Target { named, sign, doubt: 0.1 },
                outlook,
                Family::Reaction,
            );
        }
        if let Some(target) = self.target(&frame.besides) {
            self.add(findings, &holders, &target, outlook);
        }
    }

    fn add(&self, findings: &mut Findings, holders: &[Named], target: &Target, outlook: Outlook) {
        self.add_as(findings, holders, target, outlook, Family::Verb);
    }

    fn add_as(
        &self,
        findings: &mut Findings,
        holders: &[Named],
        target: &Target,
        mut outlook: Outlook,
        family: Family,
    ) {
        if self.frame.is(Flag::Threat) {
            outlook.degree = 1.0;
        }
        let mut sign = target.sign;
        if self.frame.is(Flag::Demand) {
            sign = self.demanded(sign, &target.named);
        }
        let speech = self.frame.kind != Kind::Act && self.content_follows();
        let channel = if self.frame.is(Flag::Author) {
            Channel::Author
        } else if speech {
            Channel::Quote
        } else {
            Channel::Action
        };
        findings.add(
            holders,
            &target.named,
            Shown {
                kind: self.frame.kind,
                sign,
                outlook,
                family,
                lemma: self.lemma,
                trigger: self.trigger(),
                sentence: self.sentence,
                channel,
                doubt: target.doubt + if self.frame.is(Flag::Weak) { 0.3 } else { 0.0 },
                accuses: self.frame.is(Flag::Fact),
            },
        );
    }

    /// "Aid, but no weapons": what is denied beside what is given.
    fn contrast(
        &self,
        findings: &mut Findings,
        holders: &[Named],
        target: &Target,
        outlook: Outlook,
        theme: Option<usize>,
    ) {
        let inner = theme.is_some_and(|theme| self.read.phrases[theme].contrast.is_some());
        let after = (self.known.chunk + 1..self.known.clause_end).any(|chunk| {
            self.read.phrase_at(chunk).is_some_and(|phrase| {
                Some(phrase) != theme
                    && self.read.phrases[phrase].negated
                    && self.read.phrases[phrase].prep.is_none()
                    && self.is_goods(phrase)
                    && matches!(
                        self.read.chunks[chunk - 1],
                        Chunk::Mark(Pos::Neg | Pos::But | Pos::Conj | Pos::Comma, _)
                    )
            })
        });
        if (inner || after) && theme.is_none_or(|theme| !self.read.phrases[theme].negated) {
            self.add_as(
                findings,
                holders,
                target,
                Outlook { turned: !outlook.turned, ..outlook },
                Family::Contrast,
            );
        }
    }

    fn trigger(&self) -> Span {
        self.read.units[self.known.main].span
    }

    /// Whether the clause tells what was said: "urged B to …", "accused B of …".
    fn content_follows(&self) -> bool {
        let end = self.known.object.and_then(|object| self.read.list(object).last());
        let next = end.map(|last| self.read.phrases[last].chunk + 1);
        let known = self.lexicon.known;
        let preps = [known.of, known.for_, known.over, known.against];
        let prep = next.and_then(|chunk| self.read.prep_at(chunk));
        self.known.complement.is_some()
            || self.known.reports.is_some()
            || prep.is_some_and(|prep| preps.contains(&prep))
    }
}
