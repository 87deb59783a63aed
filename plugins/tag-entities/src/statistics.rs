//! The statistical tagger: an averaged perceptron over [`features`](crate::features).
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
use crate::lexicon::lexicon;
use crate::merge::trimmed;
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
    /// Names found, in text order; events and works have no kind.
    pub(crate) found: Vec<(Range<usize>, Option<Kind>)>,
}

impl Statistics {
    /// Finds names, given what the lists and rules found. Returns whether there is a model to do it.
    pub(crate) fn find(
        &mut self,
        prose: &Prose<'_>,
        known: &[Known],
        mentions: &[Mention],
    ) -> bool {
        let Some(model) = model() else { return false };
        self.features.prepare(prose, known, mentions);
        self.found.clear();
        let stretches = std::mem::take(&mut self.features.stretches);
        for stretch in &stretches {
            self.scores.clear();
            self.scores.resize(stretch.len() * LABELS, 0);
            favour_lists(prose, mentions, stretch, &mut self.scores);
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
        true
    }
}

/// What a name of the lists counts for in the sums: one that is hardly ever anything else, any
/// other, and an unknown name that a rule is sure of. Chosen on the tuning halves.
const SURE: i32 = 300;
const LISTED: i32 = 150;
const FORMED: i32 = 100;

/// Gives the names of the lists a lead.
fn favour_lists(
    prose: &Prose<'_>,
    mentions: &[Mention],
    stretch: &Range<usize>,
    scores: &mut [i32],
) {
    let first = mentions.partition_point(|mention| mention.first < stretch.start);
    for mention in mentions[first..].iter().take_while(|mention| mention.end <= stretch.end) {
        let words = mention.end - mention.first;
        // "2019 United Kingdom general election" is an event.
        let dated = mention.first > 0 && prose.word(mention.first - 1).shape == Shape::Number;
        let plain = || {
            let classes = prose.word(mention.first).classes;
            !classes.any(&[Class::FirstName, Class::Surname, Class::Ambiguous])
        };
        let lead = match mention.entry.and_then(|entry| lexicon().entry(entry)) {
            Some(entry) if words > 1 && keeps_kind(entry.sort) && !dated => SURE * 4,
            Some(entry) if words > 1 && entry.kind != Kind::Person => SURE * 2,
            Some(entry) if words > 1 || keeps_kind(entry.sort) || plain() => SURE,
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
