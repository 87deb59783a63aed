//! Stances that verbs show: who does it, to whom, and how it is told.

use docmill_core::{
    Span,
    vocab::stances::{Channel, Kind},
};

use crate::{
    chunks::{Chunk, Group, Sentence, Shape},
    lexicon::{Effect, Lexicon, Place, Slot, Tags, VerbFrame},
    mentions::{self, Named},
    outlook::{self, Outlook},
    quotes, reactions,
    reading::Reading,
    scoring::{Family, Finding, Findings, Shown},
    units::Pos,
};

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
        if frame.is("never") || frame.is("meet") {
            return;
        }
        if frame.is("reverse") {
            return self.reverse(findings);
        }
        let holders = self.holders();
        if holders.is_empty() {
            return;
        }
        let theme = self.theme();
        let given = self.known.indirect.is_some()
            && !theme.is_some_and(|theme| self.has_tag(theme, Tags::HARM));
        if frame.is("neutral") {
            return self.neutral(&holders, findings);
        }
        let envoy =
            |phrase: usize| self.read.head(phrase).is_some_and(|head| head.tags.any(Tags::ENVOY));
        let sent = if self.known.passive { self.known.subject } else { self.known.object };
        if frame.is("envoy") && !sent.is_some_and(envoy) {
            return;
        }
        if frame.is("given") && self.known.object.is_none() && !self.known.passive {
            return;
        }
        if frame.is("goods") && !given && !theme.is_some_and(|theme| self.is_goods(theme))
            || frame.is("harm") && !self.is_harm(theme)
        {
            return;
        }
        let mut outlook = outlook::of_group(self.read, self.lexicon, self.group);
        if frame.is("half") {
            outlook.degree = outlook.degree.min(0.5);
        }
        if theme.is_some_and(|theme| self.read.phrases[theme].negated) {
            outlook.turned = !outlook.turned;
        }
        if frame.is("bidden")
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
                && !frame.is("alone")
                && frame
                    .targets
                    .iter()
                    .any(|slot| slot.place == Place::After(self.lexicon.known.with));
        if let Some(target) = self.target(&frame.targets) {
            self.add(findings, &holders, &target, outlook);
            if frame.is("goods") || frame.kind != Kind::Appeal {
                self.contrast(findings, &holders, &target, outlook, theme);
            }
        } else if reciprocal && !frame.is("named") {
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
        if self.frame.is("threat") {
            outlook.degree = 1.0;
        }
        let mut sign = target.sign;
        if self.frame.is("demand") {
            sign = self.demanded(sign, &target.named);
        }
        let speech = self.frame.kind != Kind::Act && self.content_follows();
        let channel = if self.frame.is("author") {
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
                doubt: target.doubt + if self.frame.is("weak") { 0.3 } else { 0.0 },
                accuses: self.frame.is("fact"),
            },
        );
    }

    /// "Oslo takes no side": between those whom the clause names, else the two that the text is about.
    fn neutral(&self, holders: &[Named], findings: &mut Findings) {
        if self.frame.is("denied") && !self.known.negated {
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
    fn shared_target(&self, here: &Findings, holders: &[Named]) -> Option<Target> {
        let [holder] = holders else { return None };
        let same = self.frame.is("same") && self.after(self.lexicon.known.for_).is_some();
        let known = here.found.iter().rev().find(|known| known.holder.actor == holder.actor);
        let known = known.filter(|_| same)?;
        Some(Target {
            named: vec![Named { owned: true, ..known.target }],
            sign: self.frame.targets.first()?.sign,
            doubt: 0.05,
        })
    }

    /// "Demanded that Rome withdraw": the subject of what is demanded.
    fn bidden(&self) -> Option<Target> {
        let first = self.known.reports.filter(|_| self.frame.is("demand"))?;
        let demands = matches!(self.lemma, "demand" | "urge" | "request" | "ask" | "beg" | "order");
        let asked = self.read.groups.iter().find(|group| group.chunk > first)?;
        let subject = asked.subject.filter(|_| demands)?;
        let bare = self.read.units[asked.main].pos == Pos::Base || asked.modal;
        let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
        (bare && !named.is_empty()).then_some(Target { named, sign: -1, doubt: 0.0 })
    }

    /// "Rome welcomed the offer", with nobody named: whoever made it.
    fn reaction(
        &self,
        before: &[Finding],
        here: &Findings,
        holders: &[Named],
    ) -> Option<(Vec<Named>, i8)> {
        let answers =
            self.frame.kind == Kind::Attitude || self.frame.is("owned") || self.frame.is("answer");
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

    /// Who does it.
    fn holders(&self) -> Vec<Named> {
        let resolved = self.is_resolved();
        let phrase =
            if self.known.passive && !resolved { self.known.agent } else { self.known.subject };
        let Some(phrase) = phrase else {
            return self.announced().into_iter().collect();
        };
        let own = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
        if !own.is_empty() || self.frame.is("named") {
            return own;
        }
        let acts = Tags::HARM.or(Tags::GOODS).or(Tags::DEED);
        if !self.known.by_owner && !self.has_tag(phrase, acts) {
            return own;
        }
        mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase)
    }

    /// "No tanks would be sent": the speaker tells what its own side will do.
    fn announced(&self) -> Option<Named> {
        let future = self.known.passive
            && self.known.modal
            && self.known.agent.is_none()
            && self.frame.kind == Kind::Act;
        let said = self.reading.speech.around(self.sentence, self.trigger()).filter(|_| future)?;
        let (actor, span) = said.speaker.zip(said.speaker_span)?;
        Some(Named { actor, span, owned: true })
    }

    /// "Is opposed to", "is committed to": a passive whose subject holds the stance.
    fn is_resolved(&self) -> bool {
        self.known.passive
            && self.known.agent.is_none()
            && matches!(self.lemma, "oppose" | "commit" | "dedicate" | "devote" | "ally" | "align")
    }

    /// What changes hands.
    fn theme(&self) -> Option<usize> {
        if self.known.passive {
            return self.known.object.or(self.known.subject);
        }
        let object = self.known.object?;
        // "provide Rome with tanks"
        if self.names_actor(object) {
            return self.after(self.lexicon.known.with).or(Some(object));
        }
        Some(object)
    }

    fn names_actor(&self, phrase: usize) -> bool {
        !mentions::named(self.reading, self.lexicon, self.sentence, phrase).is_empty()
    }

    fn is_goods(&self, phrase: usize) -> bool {
        self.has_tag(phrase, Tags::GOODS)
    }

    fn is_harm(&self, theme: Option<usize>) -> bool {
        theme.is_none_or(|theme| {
            self.has_tag(theme, Tags::HARM)
                || self.names_actor(theme)
                || !self.names_after(self.lexicon.known.at)
        })
    }

    fn names_after(&self, prep: u32) -> bool {
        self.after(prep).is_some()
    }

    fn has_tag(&self, phrase: usize, tag: Tags) -> bool {
        let part = self.read.phrases.get(phrase).and_then(|known| {
            let of = self.read.prep_at(known.chunk + 1) == Some(self.lexicon.known.of);
            self.read.phrase_at(known.chunk + 2).filter(|_| of)
        });
        self.read.list(phrase).take(8).chain(part).any(|phrase| {
            let known = &self.read.phrases[phrase];
            let units = self.read.units.get(known.start..known.end).unwrap_or_default();
            units.iter().any(|unit| unit.tags.any(tag) && unit.pos != Pos::Name)
        })
    }

    /// The phrase after a preposition in this clause.
    fn after(&self, prep: u32) -> Option<usize> {
        let first = self.known.chunk + 1;
        let last = if self.frame.is("tight") { first + 1 } else { self.known.clause_end };
        let chunks = first..last.max(first);
        chunks
            .into_iter()
            .find(|chunk| self.read.prep_at(*chunk) == Some(prep))
            .and_then(|chunk| self.read.phrase_at(chunk + 1))
    }

    fn target(&self, slots: &[Slot]) -> Option<Target> {
        slots.iter().find_map(|slot| {
            let (named, sign, doubt) = self.at(slot)?;
            (!named.is_empty()).then_some(Target { named, sign, doubt })
        })
    }

    /// The actors that stand where a slot says.
    fn at(&self, slot: &Slot) -> Option<(Vec<Named>, i8, f64)> {
        match slot.place {
            Place::Object if self.is_resolved() => {
                let phrase = self.after(self.lexicon.known.to)?;
                self.object(phrase, slot.sign)
            }
            Place::Object => {
                let phrase = if self.known.passive {
                    self.known.subject
                } else {
                    self.known.indirect.or(self.known.object)
                }?;
                let found = self.object(phrase, slot.sign);
                let hostile = slot.sign < 0 && self.frame.kind == Kind::Act;
                if hostile
                    && self.known.passive
                    && found.as_ref().is_none_or(|(named, ..)| named.is_empty())
                {
                    return Some((self.seat(phrase), slot.sign, 0.1));
                }
                found
            }
            Place::Indirect => {
                if self.known.passive {
                    let subject = self.known.subject?;
                    let named = mentions::named(self.reading, self.lexicon, self.sentence, subject);
                    return Some((named, slot.sign, 0.0));
                }
                let phrase = self.known.indirect?;
                Some((
                    mentions::named(self.reading, self.lexicon, self.sentence, phrase),
                    slot.sign,
                    0.0,
                ))
            }
            Place::Subject => None,
            Place::Near => {
                let object =
                    if self.known.passive { self.known.subject } else { self.known.object };
                object.map(|_| (self.near(), slot.sign, 0.1))
            }
            Place::After(prep) => {
                let phrase = self.after(prep)?;
                let mut named = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
                if self.frame.is("org") {
                    let org = |named: &Named| {
                        self.reading
                            .actors
                            .get(named.actor as usize)
                            .is_some_and(|actor| actor.id.starts_with("org:"))
                    };
                    named.retain(org);
                }
                if !named.is_empty() || self.frame.is("named") {
                    return Some((named, slot.sign, 0.0));
                }
                if slot.sign < 0 && self.frame.kind == Kind::Act {
                    let places = self.places(phrase);
                    if !places.is_empty() {
                        return Some((places, slot.sign, 0.05));
                    }
                    let near = self.near();
                    if !near.is_empty() {
                        return Some((near, slot.sign, 0.1));
                    }
                }
                self.object(phrase, slot.sign)
            }
        }
    }

    /// Whom an object names, or whose thing it is; what belongs to an enemy turns the sign.
    fn object(&self, phrase: usize, sign: i8) -> Option<(Vec<Named>, i8, f64)> {
        let own = mentions::named(self.reading, self.lexicon, self.sentence, phrase);
        if !own.is_empty() {
            return Some((own, sign, 0.0));
        }
        if self.frame.is("named") {
            return None;
        }
        let phrase = mentions::counted(self.lexicon, self.read, phrase).unwrap_or(phrase);
        let head = self.read.head(phrase)?;
        if self.frame.is("people") && !head.tags.any(Tags::PEOPLE.or(Tags::AGENT)) {
            return None;
        }
        let noun = self.lexicon.noun_of(head.word);
        let owners = mentions::named_or_owners(self.reading, self.lexicon, self.sentence, phrase);
        if let Some(noun) = noun {
            if noun.is("kin") {
                return Some((owners, sign * noun.sign, 0.05));
            }
            // What a deed's verb governs is left to the rules for nouns.
            let judged = self.frame.kind == Kind::Attitude || self.frame.is("owned");
            if !judged {
                return None;
            }
        }
        Some((owners, sign, 0.0))
    }

    /// Countries named as the place: "in Syria", "across Moldova".
    fn near(&self) -> Vec<Named> {
        let known = self.lexicon.known;
        let preps = [known.in_, known.across, known.on, known.over, known.near];
        let chunks = self.known.chunk + 1..self.known.clause_end.max(self.known.chunk + 1);
        let mut found = Vec::new();
        for chunk in chunks {
            if self.read.prep_at(chunk).is_some_and(|prep| preps.contains(&prep))
                && let Some(phrase) = self.read.phrase_at(chunk + 1)
            {
                found = self.places(phrase);
                if !found.is_empty() {
                    break;
                }
            }
        }
        found
    }

    /// The country that a phrase lies in: "a town in Chile".
    fn seat(&self, phrase: usize) -> Vec<Named> {
        let chunk = self.read.phrases[phrase].chunk;
        let known = self.lexicon.known;
        let place = self
            .read
            .prep_at(chunk + 1)
            .is_some_and(|prep| [known.in_, known.across, known.near].contains(&prep));
        self.read
            .phrase_at(chunk + 2)
            .filter(|_| place)
            .map(|phrase| self.places(phrase))
            .unwrap_or_default()
    }

    fn places(&self, phrase: usize) -> Vec<Named> {
        self.read
            .list(phrase)
            .take(8)
            .filter_map(|phrase| {
                let unit = self.read.head(phrase)?;
                Some(Named {
                    actor: mentions::place_of(self.reading, unit)?,
                    span: unit.span,
                    owned: false,
                })
            })
            .collect()
    }

    /// The sign of an appeal by what it asks for: help is a request, an end or a retreat a demand; of two sides
    /// alike, neither is favoured.
    fn demanded(&self, sign: i8, named: &[Named]) -> i8 {
        if named.len() >= 2 && named.windows(2).all(|pair| pair[0].span == pair[1].span) {
            return 0;
        }
        let Some(complement) = self.known.complement else { return sign };
        let below = self.read.groups[complement];
        let Some(verb) = self.lexicon.verb_of(self.read.units[below.main].word) else {
            return sign;
        };
        let ends = verb.operator.is_some_and(|operator| operator.noun == Effect::Flip)
            || DEMANDED.contains(&&*verb.lemma);
        if ends || below.negated {
            -1
        } else if WELCOME.contains(&&*verb.lemma) {
            1
        } else {
            sign
        }
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

    /// "Paris irked Rome": the object holds it toward the subject.
    fn reverse(&self, findings: &mut Findings) {
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

/// Whether a verb names help or company, so that who asks for it makes a request.
pub(crate) fn asks_for_help(lemma: &str) -> bool {
    WELCOME.contains(&lemma)
}

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
    "cooperate",
    "work",
    "participate",
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
