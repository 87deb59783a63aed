//! The statistical tagger: an averaged perceptron over [`features`](crate::features), and how its
//! finding and that of lists and rules become one.
//!
//! Its labels are those of BILOU (first, inside, last, only word of a name; or none) for persons,
//! organisations, places, groups, and for other names (events, works), which are not written.

use std::ops::Range;
use std::sync::OnceLock;

use docmill_core::vocab::entities::Kind;
use docmill_text::{Lattice, Tagger};

use crate::classes::Class;
use crate::features::{Features, keeps_kind};
use crate::gazetteer::Known;
use crate::lexicon::{Sort, lexicon};
use crate::names::Mention;
use crate::prose::{Prose, Shape};

/// How many labels there are: none, and four for each of five kinds.
pub(crate) const LABELS: usize = 21;

/// The kinds that the tagger tells apart, in the order of its labels; `None` is any other name.
const KINDS: [Option<Kind>; 5] =
    [Some(Kind::Person), Some(Kind::Organisation), Some(Kind::Place), Some(Kind::Group), None];

/// Whether a label may follow another; [`LABELS`] is the boundary of a stretch.
#[cfg(feature = "training")]
pub(crate) fn allowed(before: usize, after: usize) -> bool {
    // 0 none; then for each kind first, inside, last, only.
    let opens = |label: usize| label != 0 && label != LABELS && matches!((label - 1) % 4, 0 | 1);
    let continues =
        |label: usize| label != 0 && label != LABELS && matches!((label - 1) % 4, 1 | 2);
    match (opens(before), continues(after)) {
        (true, true) => (before - 1) / 4 == (after - 1) / 4,
        (opens, continues) => !opens && !continues,
    }
}

/// The label of a kind (its place in the order) at a position.
#[cfg(feature = "training")]
pub(crate) fn label(kind: usize, position: usize) -> u8 {
    (1 + kind * 4 + position) as u8
}

fn model() -> Option<&'static Tagger> {
    static MODEL: OnceLock<Option<Tagger>> = OnceLock::new();
    MODEL.get_or_init(|| Tagger::from_bytes(include_bytes!("../model/names.bin")).ok()).as_ref()
}

/// Buffers.
#[derive(Default)]
pub(crate) struct Statistics {
    pub(crate) features: Features,
    own: Vec<u64>,
    scores: Vec<i32>,
    lattice: Lattice,
    labels: Vec<u8>,
    found: Vec<(Range<usize>, Option<Kind>)>,
    merged: Vec<Mention>,
}

impl Statistics {
    /// Replaces the rules' finding by that of both.
    pub(crate) fn revise(
        &mut self,
        prose: &Prose<'_>,
        known: &[Known],
        mentions: &mut Vec<Mention>,
    ) {
        let Some(model) = model() else { return };
        self.features.prepare(prose, known, mentions);
        self.found.clear();
        let stretches = std::mem::take(&mut self.features.stretches);
        for stretch in &stretches {
            self.scores.clear();
            self.scores.resize(stretch.len() * LABELS, 0);
            favour_lists(mentions, stretch, &mut self.scores);
            for (at, row) in stretch.clone().zip(self.scores.chunks_exact_mut(LABELS)) {
                self.own.clear();
                self.features.of(prose, at, stretch, &mut self.own);
                model.score(&self.own, row);
            }
            model.decode(&self.scores, &mut self.lattice, &mut self.labels);
            let mut first = stretch.start;
            for (at, label) in stretch.clone().zip(&self.labels) {
                let Some(label) = label.checked_sub(1) else { continue };
                if matches!(label % 4, 0 | 3) {
                    first = at;
                }
                if matches!(label % 4, 2 | 3) {
                    let kind = KINDS[usize::from(label / 4).min(4)];
                    let name = match kind {
                        Some(kind) => trimmed(prose, first..at + 1, kind, &self.features),
                        None => first..at + 1,
                    };
                    if name.is_empty() {
                        continue;
                    }
                    self.found.push((name, kind));
                }
            }
        }
        self.features.stretches = stretches;
        self.merge(prose, known, mentions);
    }

    /// Takes the tagger's names, and the lists' and rules' where it found none.
    fn merge(&mut self, prose: &Prose<'_>, known: &[Known], mentions: &mut Vec<Mention>) {
        self.merged.clear();
        let mut rules = mentions.iter().copied().peekable();
        let mut known = known.iter().copied().peekable();
        let mut free = 0;
        for (tokens, kind) in &self.found {
            while let Some(rule) = rules.next_if(|rule| rule.first < tokens.start) {
                if rule.first >= free && rule.end <= tokens.start && stays(&rule) {
                    self.merged.push(rule);
                }
            }
            while known.next_if(|known| known.first < tokens.start).is_some() {}
            let same = rules
                .peek()
                .filter(|rule| rule.first == tokens.start && rule.end == tokens.end)
                .copied();
            let entry = known
                .peek()
                .filter(|known| known.first == tokens.start && known.end == tokens.end)
                .map(|known| known.entry);
            let revised = self::revise(prose, tokens, *kind, same, entry);
            match (revised, kind) {
                (Some(mention), _) => {
                    self.merged.push(mention);
                    free = tokens.end;
                }
                (None, None) if tokens.len() > 1 => free = tokens.end,
                _ => {}
            }
            while rules.next_if(|rule| rule.first < free).is_some() {}
        }
        self.merged.extend(rules.filter(|rule| rule.first >= free && stays(rule)));
        std::mem::swap(mentions, &mut self.merged);
    }
}

/// A name without what does not belong to it: small words and clitics at its ends, titles before a
/// person, offices behind an organisation. Nothing where only such is left.
fn trimmed(prose: &Prose<'_>, name: Range<usize>, kind: Kind, features: &Features) -> Range<usize> {
    let small = |at: usize| !prose.is_capital(at) && prose.word(at).shape != Shape::Number;
    let Range { mut start, mut end } = name;
    while start < end && small(start) && features.is_unmarked(start) {
        start += 1;
    }
    while start < end
        && (prose.word(end - 1).shape == Shape::Clitic
            || small(end - 1) && features.is_unmarked(end - 1))
    {
        end -= 1;
    }
    let title = |at: usize| {
        prose.word(at).classes.any(&[Class::StateOffice, Class::OwnOffice])
            && !prose.has(at, Class::Surname)
    };
    match kind {
        Kind::Person => start = after_titles(prose, start..end),
        Kind::Organisation => {
            while start < end && title(end - 1) && features.is_unmarked(end - 1) {
                end -= 1;
            }
        }
        _ => {}
    }
    if (start..end).all(|at| is_office(prose, at) && features.is_unmarked(at)) {
        start..start
    } else {
        start..end
    }
}

/// Whether a token is but part of an office.
pub(crate) fn is_office(prose: &Prose<'_>, at: usize) -> bool {
    let classes = prose.word(at).classes;
    classes.any(&[
        Class::StateOffice,
        Class::OwnOffice,
        Class::OfficeModifier,
        Class::FormOfAddress,
    ]) && !classes.any(&[Class::FirstName, Class::Surname])
}

/// Where a person's name starts behind the titles before it.
pub(crate) fn after_titles(prose: &Prose<'_>, name: Range<usize>) -> usize {
    let title = |at: usize| {
        prose.word(at).classes.any(&[Class::StateOffice, Class::FormOfAddress])
            && !prose.has(at, Class::Particle)
    };
    let mut first = name.start;
    while first + 1 < name.end
        && title(first)
        && !(prose.has(first, Class::FirstName) && name.end - first == 2)
    {
        first += 1;
    }
    first
}

/// What a name of the lists counts for in the sums: one that is hardly ever anything else, any
/// other, and an unknown name that a rule is sure of. Chosen on the tuning halves.
const SURE: i32 = 300;
const LISTED: i32 = 150;
const FORMED: i32 = 100;

/// Gives the names of the lists a lead.
fn favour_lists(mentions: &[Mention], stretch: &Range<usize>, scores: &mut [i32]) {
    let first = mentions.partition_point(|mention| mention.first < stretch.start);
    for mention in mentions[first..].iter().take_while(|mention| mention.end <= stretch.end) {
        let lead = match mention.entry.and_then(|entry| lexicon().entry(entry)) {
            Some(entry) if keeps_kind(entry.sort) && mention.end - mention.first > 1 => SURE * 2,
            Some(entry) if keeps_kind(entry.sort) || mention.end - mention.first > 1 => SURE,
            Some(_) => LISTED,
            None if mention.score > 0.75 => FORMED,
            None => continue,
        };
        let kind = match mention.kind {
            Kind::Person => 0,
            Kind::Organisation => 1,
            Kind::Place | Kind::Location => 2,
            Kind::Group => 3,
        };
        for at in mention.first..mention.end {
            let position = match (at == mention.first, at + 1 == mention.end) {
                (true, true) => 3,
                (true, false) => 0,
                (false, false) => 1,
                (false, true) => 2,
            };
            if let Some(score) =
                scores.get_mut((at - stretch.start) * LABELS + 1 + kind * 4 + position)
            {
                *score += lead;
            }
        }
    }
}

/// Whether a mention of the rules stays where the tagger found nothing.
fn stays(mention: &Mention) -> bool {
    match mention.entry.and_then(|entry| lexicon().entry(entry)) {
        Some(entry) => {
            keeps_kind(entry.sort)
                || mention.end - mention.first > 1
                || matches!(
                    entry.sort,
                    Sort::Seat | Sort::Official | Sort::Organ | Sort::Organisation
                )
        }
        None => mention.score >= 0.85,
    }
}

/// The mention that a name of the tagger's makes, with what rules and lists know of the same words.
fn revise(
    prose: &Prose<'_>,
    tokens: &Range<usize>,
    kind: Option<Kind>,
    same: Option<Mention>,
    known: Option<u32>,
) -> Option<Mention> {
    let entry = same
        .and_then(|same| same.entry)
        .or(known)
        .and_then(|entry| lexicon().entry(entry).map(|known| (entry, known)));
    if let Some((number, entry)) = entry {
        let fits = match kind {
            Some(kind) => kind == entry.kind || kind == Kind::Place && entry.kind == Kind::Location,
            None => false,
        };
        if fits || keeps_kind(entry.sort) && kind != Some(Kind::Person) || entry.sort == Sort::Seat
        {
            let rule = if fits { "gazetteer" } else { "gazetteer-alone" };
            return Some(Mention {
                first: tokens.start,
                end: tokens.end,
                kind: entry.kind,
                entry: Some(number),
                rule,
                score: 0.95,
            });
        }
    }
    let kind = match kind? {
        Kind::Place if is_location(prose, tokens) => Kind::Location,
        kind => kind,
    };
    let agreed = same.filter(|same| same.kind == kind);
    let (rule, score) = agreed.map_or(("statistics", 0.8), |same| (same.rule, same.score.max(0.9)));
    Some(Mention { first: tokens.start, end: tokens.end, kind, entry: None, rule, score })
}

/// Whether a place has no government, by its form.
fn is_location(prose: &Prose<'_>, tokens: &Range<usize>) -> bool {
    let last = tokens.end - 1;
    let governed =
        ["city", "town", "village", "province", "state", "county", "district", "region", "oblast"];
    tokens.len() > 1
        && (prose.has(last, Class::PlaceLast) && !governed.iter().any(|word| prose.is(last, word))
            || ["mount", "lake", "gulf", "cape", "river"]
                .iter()
                .any(|word| prose.is(tokens.start, word)))
}
