//! Findings of the rules, and how they become stances: whose word they are, how sure, and which of two that say the
//! same is kept.

use docmill_core::{
    Span,
    vocab::{
        quotes,
        stances::{Channel, Kind},
    },
};

use crate::{
    bidding, lexicon::Lexicon, mentions::Named, nouns, outlook::Outlook, predicates, reactions,
    reading::Reading, utterances, verbs,
};

/// How many findings of one sentence are kept.
const MOST_FINDINGS: usize = 64;

/// A rule family, with how often it is right where it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Verb,
    Noun,
    Tie,
    Answer,
    Predicate,
    Contrast,
    Accusation,
    Reaction,
    Judgement,
    Bidding,
    Utterance,
}

impl Family {
    fn name(self) -> &'static str {
        match self {
            Family::Verb => "verb",
            Family::Noun => "noun",
            Family::Tie => "tie",
            Family::Answer => "answer",
            Family::Predicate => "predicate",
            Family::Contrast => "contrast",
            Family::Accusation => "accusation",
            Family::Reaction => "reaction",
            Family::Judgement => "judgement",
            Family::Bidding => "bidding",
            Family::Utterance => "utterance",
        }
    }

    /// How often it is right; see the crate's README for the count.
    fn precision(self) -> f64 {
        match self {
            Family::Verb => 0.88,
            Family::Noun => 0.75,
            Family::Tie => 0.7,
            Family::Answer => 0.85,
            Family::Predicate => 0.8,
            Family::Contrast => 0.8,
            Family::Accusation => 0.65,
            Family::Reaction => 0.65,
            Family::Judgement => 0.7,
            Family::Bidding => 0.6,
            Family::Utterance => 0.7,
        }
    }
}

/// A stance as a rule found it.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) holder: Named,
    pub(crate) target: Named,
    pub(crate) kind: Kind,
    pub(crate) sign: i8,
    pub(crate) degree: f32,
    pub(crate) family: Family,
    /// The verb or noun behind it.
    pub(crate) lemma: Box<str>,
    pub(crate) trigger: Span,
    /// The words that show it.
    pub(crate) span: Span,
    pub(crate) sentence: usize,
    pub(crate) channel: Channel,
    pub(crate) embedded: bool,
    /// What speaks against it, from 0 to 1.
    pub(crate) doubt: f64,
    /// Whether a source that tells it accuses its holder.
    pub(crate) accuses: bool,
}

impl Finding {
    pub(crate) fn rule(&self) -> String {
        format!("{}:{}", self.family.name(), self.lemma)
    }

    /// How sure it is, to two decimals.
    pub(crate) fn confidence(&self) -> f64 {
        let owned =
            if self.holder.owned { 0.1 } else { 0.0 } + if self.target.owned { 0.1 } else { 0.0 };
        let sure =
            self.family.precision() - self.doubt - owned - if self.embedded { 0.05 } else { 0.0 };
        (sure.clamp(0.05, 0.99) * 100.0).round() / 100.0
    }

    pub(crate) fn polarity(&self) -> f64 {
        f64::from(self.sign) * f64::from(self.degree)
    }
}

/// What the rules have found in one sentence.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) found: Vec<Finding>,
}

/// What a rule says of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) kind: Kind,
    pub(crate) sign: i8,
    pub(crate) outlook: Outlook,
    pub(crate) family: Family,
    pub(crate) lemma: &'a str,
    pub(crate) trigger: Span,
    pub(crate) sentence: usize,
    pub(crate) channel: Channel,
    pub(crate) doubt: f64,
    pub(crate) accuses: bool,
}

impl Findings {
    /// Adds a finding for each pair of holder and target.
    pub(crate) fn add(&mut self, holders: &[Named], targets: &[Named], shown: Shown<'_>) {
        let Some(sign) = shown.outlook.sign(shown.sign, shown.kind) else { return };
        for holder in holders {
            for target in targets.iter().filter(|target| target.actor != holder.actor) {
                if self.found.len() >= MOST_FINDINGS {
                    return;
                }
                let start = holder.span.start.min(target.span.start).min(shown.trigger.start);
                let end = holder.span.end.max(target.span.end).max(shown.trigger.end);
                self.found.push(Finding {
                    holder: *holder,
                    target: *target,
                    kind: shown.kind,
                    sign,
                    degree: shown.outlook.degree,
                    family: shown.family,
                    lemma: shown.lemma.into(),
                    trigger: shown.trigger,
                    span: Span { start, end },
                    sentence: shown.sentence,
                    channel: shown.channel,
                    embedded: false,
                    doubt: shown.doubt,
                    accuses: shown.accuses && sign < 0,
                });
            }
        }
    }
}

/// All stances of a document, in text order.
pub(crate) fn score(reading: &Reading<'_>, lexicon: &Lexicon) -> Vec<Finding> {
    let mut all = Vec::new();
    for sentence in 0..reading.sentences.len() {
        if !reading.may_show(sentence) {
            continue;
        }
        let mut findings = Findings::default();
        verbs::find(reading, lexicon, sentence, &all, &mut findings);
        nouns::find(reading, lexicon, sentence, &all, &mut findings);
        reactions::find(reading, lexicon, sentence, &all, &mut findings);
        predicates::find(reading, lexicon, sentence, &mut findings);
        bidding::find(reading, lexicon, sentence, &mut findings);
        let mut found = findings.found;
        for finding in &mut found {
            vouch(reading, finding);
        }
        accusations(reading, sentence, &mut found);
        let mut findings = Findings { found };
        utterances::find(reading, lexicon, sentence, &all, &mut findings);
        let found = findings.found;
        all.extend(best(found));
    }
    all
}

/// Sets whose word a finding is.
fn vouch(reading: &Reading<'_>, finding: &mut Finding) {
    let Some(said) = reading.speech.around(finding.sentence, finding.trigger) else {
        return;
    };
    finding.channel = Channel::Quote;
    finding.embedded = said.speaker != Some(finding.holder.actor);
    if said.denied && finding.degree > 0.25 {
        finding.degree = 0.25;
    }
}

/// Whoever says that another harmed or helped it takes a stance toward that other.
fn accusations(reading: &Reading<'_>, sentence: usize, found: &mut Vec<Finding>) {
    let mut derived: Vec<Finding> = Vec::new();
    for finding in found.iter().filter(|finding| {
        finding.embedded
            && finding.kind != Kind::Appeal
            && finding.sign != 0
            && finding.degree >= 0.5
    }) {
        let Some(said) = reading.speech.around(sentence, finding.trigger) else { continue };
        let Some((speaker, span)) = said.speaker.zip(said.speaker_span) else { continue };
        let direct = said.kind == quotes::Kind::Direct;
        let own = finding.target.actor == speaker;
        let states = own && (direct || finding.sign < 0) || finding.accuses && direct;
        let said_already = found.iter().any(|known| {
            (known.holder.actor, known.target.actor, known.sign)
                == (speaker, finding.holder.actor, finding.sign)
        });
        if !states || said_already || finding.holder.actor == speaker {
            continue;
        }
        derived.push(Finding {
            holder: Named { actor: speaker, span, owned: false },
            target: finding.holder,
            kind: Kind::Attitude,
            degree: 1.0,
            family: Family::Accusation,
            channel: Channel::Quote,
            embedded: false,
            accuses: false,
            ..finding.clone()
        });
    }
    found.extend(derived);
}

/// One finding a clause and pair: of several with the same pair and sign whose triggers lie in one another's span,
/// the surest.
fn best(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| {
        (a.trigger, a.holder.actor, a.target.actor).cmp(&(
            b.trigger,
            b.holder.actor,
            b.target.actor,
        ))
    });
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let same = |known: &&mut Finding| {
            same_pair(known, &finding)
                && known.sign == finding.sign
                && near(known.trigger, finding.trigger)
                && known.embedded == finding.embedded
        };
        match kept.iter_mut().find(same) {
            Some(known) if known.confidence() < finding.confidence() => *known = finding,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    kept
}

fn same_pair(a: &Finding, b: &Finding) -> bool {
    (a.holder.actor, a.target.actor) == (b.holder.actor, b.target.actor)
}

/// Whether two triggers are of one clause: close to one another.
fn near(a: Span, b: Span) -> bool {
    let gap = b.start.saturating_sub(a.end).max(a.start.saturating_sub(b.end));
    gap < 40
}
