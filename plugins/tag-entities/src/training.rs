//! Training of the statistical tagger; behind the feature `training`, for the example `train`.

use std::ops::Range;

use docmill_core::{DocumentBuf, vocab::entities::Kind};
use docmill_text::{Example, Tagger, Training, train};

use crate::features::keeps_kind;
use crate::gazetteer::Gazetteer;
use crate::lexicon::lexicon;
use crate::merge::{after_titles, is_office};
use crate::names::{self, Names};
use crate::prose::Reader;
use crate::statistics::{LABELS, Statistics, allowed, label};

/// A name in a text: its bytes, and its kind (`PER`, `ORG`, `LOC`, `NORP`, `MISC`).
pub type Name = (Range<usize>, String);

/// Gathers examples, then learns.
#[derive(Default)]
pub struct Trainer {
    examples: Vec<Example>,
    /// Stretches left out, since a name reaches over their ends.
    pub left_out: usize,
}

impl Trainer {
    /// Adds a document with the layers `tokens` and `sentences`, and the names in it. Where `groups`
    /// is false, its annotators left out groups (`NORP`), and those of the lists are taken for given.
    pub fn add(&mut self, document: &DocumentBuf, names: &[Name], groups: bool) {
        let (mut reader, mut known, mut found) = (Reader::default(), Vec::new(), Names::default());
        let prose = reader.read(&document.view());
        Gazetteer::default().find(&prose, &mut known);
        names::find(&prose, &known, &mut found);
        let mut statistics = Statistics::default();
        statistics.features.prepare(&prose, &known, &found.mentions);
        let mut labels = vec![0u8; prose.tokens.len()];
        let mut broken = vec![false; prose.tokens.len()];
        for (bytes, kind) in names {
            let mut first =
                prose.tokens.partition_point(|token| (token.end as usize) <= bytes.start);
            let end = prose.tokens.partition_point(|token| (token.start as usize) < bytes.end);
            if first >= end {
                continue;
            }
            let whole = prose.tokens[first].start as usize == bytes.start
                && prose.tokens[end - 1].end as usize == bytes.end;
            if kind != "MISC" && (first..end).all(|at| is_office(&prose, at)) {
                continue;
            }
            if kind == "PER" {
                first = after_titles(&prose, first..end);
            }
            let known = known.iter().find(|known| known.first == first && known.end == end);
            let entry = known.and_then(|known| lexicon().entry(known.entry));
            let kind = match (kind.as_str(), entry.filter(|entry| keeps_kind(entry.sort))) {
                ("LOC" | "NORP" | "ORG", Some(entry)) if entry.kind == Kind::Group => 3,
                ("LOC" | "NORP" | "ORG", Some(_)) => 2,
                ("PER", _) => 0,
                ("ORG", _) => 1,
                ("LOC", _) => 2,
                ("NORP", _) => 3,
                _ => 4,
            };
            for at in first..end {
                broken[at] = !whole;
                let position = match (at == first, at + 1 == end) {
                    (true, true) => 3,
                    (true, false) => 0,
                    (false, false) => 1,
                    (false, true) => 2,
                };
                labels[at] = label(kind, position);
            }
        }
        if !groups {
            for mention in found
                .mentions
                .iter()
                .filter(|mention| mention.kind == Kind::Group && mention.end - mention.first == 1)
            {
                if labels[mention.first] == 0 {
                    labels[mention.first] = label(3, 3);
                }
            }
        }
        for stretch in statistics.features.stretches.clone() {
            let own = &labels[stretch.clone()];
            let mut own = own.to_vec();
            close_other(&mut own);
            let complete = own.iter().try_fold(LABELS, |before, label| {
                let label = usize::from(*label);
                allowed(before, label).then_some(label)
            });
            if broken[stretch.clone()].contains(&true)
                || !complete.is_some_and(|last| allowed(last, LABELS))
            {
                self.left_out += 1;
                continue;
            }
            let mut example = Example { labels: own, ..Example::default() };
            for at in stretch.clone() {
                statistics.features.of(&prose, at, &stretch, &mut example.features);
                example.ends.push(example.features.len() as u32);
            }
            self.examples.push(example);
        }
    }

    /// How many stretches there are to learn from.
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }

    /// Learns.
    pub fn learn(&self, training: Training) -> Tagger {
        train(LABELS, &self.examples, allowed, training)
    }
}

/// Other names (events, works) may reach over the ends of a stretch: what lies in it is one name.
fn close_other(labels: &mut [u8]) {
    let other = |label: u8| (label >= label_of_other()).then(|| (label - 1) % 4);
    for at in 0..labels.len() {
        let Some(position) = other(labels[at]) else { continue };
        let open = at > 0 && other(labels[at - 1]).is_some_and(|before| before < 2);
        let goes_on =
            labels.get(at + 1).copied().and_then(other).is_some_and(|next| matches!(next, 1 | 2));
        let position = match (open && matches!(position, 1 | 2), goes_on && position < 2) {
            (false, false) => 3,
            (false, true) => 0,
            (true, true) => 1,
            (true, false) => 2,
        };
        labels[at] = label(4, position);
    }
}

/// The first label of other names.
fn label_of_other() -> u8 {
    label(4, 0)
}
