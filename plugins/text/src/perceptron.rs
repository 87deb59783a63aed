//! A tagger of sequences that adds up integer weights: an averaged structured perceptron.
//!
//! Each position of a sequence has features (64-bit hashes); each feature has a weight for each
//! label, each pair of neighbouring labels another; the tagger finds the labels whose weights sum
//! highest (Viterbi). Method: M. Collins, "Discriminative Training Methods for Hidden Markov Models"
//! (EMNLP 2002), with averaged weights, cut to 8 bits. All sums are of integers, so a model gives
//! the same labels on every machine. A feature is known by 32 bits of its hash: the one in some ten
//! thousand that is taken for another costs nothing that matters.

use rustc_hash::FxHashMap;
use thiserror::Error;

/// A trained tagger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagger {
    labels: usize,
    /// `[before * (labels + 1) + after]`; the last label is the boundary of a sequence.
    transitions: Vec<i16>,
    /// Open addressing, linear probing; the length is a power of two, an empty slot has no weights.
    slots: Vec<Slot>,
    /// Label and weight, those of one feature together.
    weights: Vec<(u8, i8)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Slot {
    key: u32,
    /// The first weight, shifted by 8, and how many there are.
    weights: u32,
}

/// Buffers for decoding.
#[derive(Debug, Clone, Default)]
pub struct Lattice {
    sums: Vec<i32>,
    next: Vec<i32>,
    back: Vec<u8>,
}

/// Why bytes are no model.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// They are of something else, or of another version.
    #[error("not a model of this version: train it anew")]
    Version,
    /// They end too early, or hold what cannot be.
    #[error("the model is damaged: fetch or train it anew")]
    Damaged,
}

const MAGIC: &[u8; 8] = b"dmtag\x00\x00\x01";
/// The weight of a pair of labels that cannot follow each other.
const NEVER: i16 = i16::MIN;
const NEVER_SUM: i32 = -1 << 28;
const MOST_LABELS: usize = 64;

impl Tagger {
    /// How many labels it gives, from 0.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// Adds the weights of a position's features to `scores`, one for each label.
    #[inline]
    pub fn score(&self, features: &[u64], scores: &mut [i32]) {
        let mask = self.slots.len().wrapping_sub(1);
        for feature in features {
            let key = key(*feature);
            let mut at = place(key) & mask;
            while let Some(slot) = self.slots.get(at) {
                if slot.weights == 0 {
                    break;
                }
                if slot.key == key {
                    let first = (slot.weights >> 8) as usize;
                    let weights = self.weights.get(first..first + (slot.weights & 0xff) as usize);
                    for (label, weight) in weights.unwrap_or_default() {
                        if let Some(score) = scores.get_mut(usize::from(*label)) {
                            *score += i32::from(*weight);
                        }
                    }
                    break;
                }
                at = (at + 1) & mask;
            }
        }
    }

    /// Finds the best labels of a sequence from the scores of its positions, one row of
    /// [`labels`](Self::labels) scores each. `out` is cleared first.
    pub fn decode(&self, scores: &[i32], lattice: &mut Lattice, out: &mut Vec<u8>) {
        decode(self.labels, &self.transitions, scores, lattice, out);
    }

    /// The model as bytes, the same for the same model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.push(self.labels as u8);
        for transition in &self.transitions {
            out.extend(transition.to_le_bytes());
        }
        let mut slots: Vec<&Slot> = self.slots.iter().filter(|slot| slot.weights != 0).collect();
        slots.sort_unstable_by_key(|slot| slot.key);
        out.extend((slots.len() as u32).to_le_bytes());
        let mut last = 0;
        for slot in slots {
            push_varint(&mut out, slot.key - last);
            last = slot.key;
            out.push((slot.weights & 0xff) as u8);
            let first = (slot.weights >> 8) as usize;
            let end = first + (slot.weights & 0xff) as usize;
            for (label, weight) in self.weights.get(first..end).unwrap_or_default() {
                out.extend([*label, *weight as u8]);
            }
        }
        out
    }

    /// Reads a model from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Version)?;
        let labels = usize::from(byte(&mut rest)?);
        if labels == 0 || labels > MOST_LABELS {
            return Err(ModelError::Damaged);
        }
        let mut transitions = Vec::new();
        for _ in 0..(labels + 1) * (labels + 1) {
            transitions.push(i16::from_le_bytes([byte(&mut rest)?, byte(&mut rest)?]));
        }
        let count = [byte(&mut rest)?, byte(&mut rest)?, byte(&mut rest)?, byte(&mut rest)?];
        let count = u32::from_le_bytes(count) as usize;
        // A feature takes 4 bytes at least: a damaged count cannot ask for much memory.
        if count > rest.len() {
            return Err(ModelError::Damaged);
        }
        let mut features = Vec::with_capacity(count);
        let mut last = 0u32;
        for _ in 0..count {
            last = last.checked_add(varint(&mut rest)?).ok_or(ModelError::Damaged)?;
            let mut weights = Vec::new();
            for _ in 0..byte(&mut rest)? {
                let label = byte(&mut rest)?;
                weights.push((label, byte(&mut rest)? as i8));
            }
            features.push((last, weights));
        }
        match rest {
            [] => Ok(Tagger::new(labels, transitions, features)),
            _ => Err(ModelError::Damaged),
        }
    }

    fn new(labels: usize, transitions: Vec<i16>, features: Vec<(u32, Vec<(u8, i8)>)>) -> Self {
        let mut slots = vec![Slot::default(); (features.len() * 2).next_power_of_two()];
        let mask = slots.len() - 1;
        let mut weights = Vec::new();
        for (key, own) in features {
            let first = weights.len() as u32;
            if own.is_empty() || first >= 1 << 24 {
                continue;
            }
            let count = own.len().min(MOST_LABELS) as u32;
            weights.extend(own.into_iter().take(count as usize));
            let mut at = place(key) & mask;
            while slots[at].weights != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { key, weights: first << 8 | count };
        }
        Tagger { labels, transitions, slots, weights }
    }
}

/// What a feature is known by.
fn key(feature: u64) -> u32 {
    (feature.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Where a feature lies in the table.
fn place(key: u32) -> usize {
    key.wrapping_mul(0x85eb_ca6b).rotate_left(13) as usize
}

fn byte(rest: &mut &[u8]) -> Result<u8, ModelError> {
    let (first, tail) = rest.split_first().ok_or(ModelError::Damaged)?;
    *rest = tail;
    Ok(*first)
}

fn varint(rest: &mut &[u8]) -> Result<u32, ModelError> {
    let mut value = 0u32;
    for shift in (0..35).step_by(7) {
        let next = byte(rest)?;
        value |= u32::from(next & 0x7f).checked_shl(shift).ok_or(ModelError::Damaged)?;
        if next < 0x80 {
            return Ok(value);
        }
    }
    Err(ModelError::Damaged)
}

fn push_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The best path. Of paths that sum the same, the one whose labels are lower.
fn decode(
    labels: usize,
    transitions: &[i16],
    scores: &[i32],
    lattice: &mut Lattice,
    out: &mut Vec<u8>,
) {
    out.clear();
    let length = scores.len() / labels.max(1);
    if length == 0 {
        return;
    }
    let transition =
        |before: usize, after: usize| match transitions.get(before * (labels + 1) + after) {
            Some(&NEVER) | None => NEVER_SUM,
            Some(weight) => i32::from(*weight),
        };
    let Lattice { sums, next, back } = lattice;
    sums.clear();
    sums.extend((0..labels).map(|label| transition(labels, label) + scores[label]));
    back.clear();
    for row in scores.chunks_exact(labels).skip(1) {
        next.clear();
        for (label, score) in row.iter().enumerate() {
            let mut best = (i32::MIN, 0);
            for (before, sum) in sums.iter().enumerate() {
                let sum = sum + transition(before, label);
                if sum > best.0 {
                    best = (sum, before);
                }
            }
            next.push((best.0 + score).max(NEVER_SUM * 4));
            back.push(best.1 as u8);
        }
        std::mem::swap(sums, next);
    }
    let mut best = (i32::MIN, 0);
    for (label, sum) in sums.iter().enumerate() {
        let sum = sum + transition(label, labels);
        if sum > best.0 {
            best = (sum, label);
        }
    }
    let mut label = best.1;
    out.push(label as u8);
    for row in back.chunks_exact(labels).rev() {
        label = usize::from(row[label]);
        out.push(label as u8);
    }
    out.reverse();
}

/// A sequence to learn from.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The features of all positions, one after the other.
    pub features: Vec<u64>,
    /// Where each position's features end.
    pub ends: Vec<u32>,
    /// The label of each position.
    pub labels: Vec<u8>,
}

/// How to learn.
#[derive(Debug, Clone, Copy)]
pub struct Training {
    /// How many times to go through the examples.
    pub epochs: usize,
    /// Features that occur less often are left out.
    pub min_count: u32,
    /// Weights that come out smaller, of 127, are left out.
    pub min_weight: i8,
}

/// Learns from examples. `allowed` says which labels may follow which; the number of labels stands
/// for the boundary of a sequence. The same examples in the same order give the same tagger.
pub fn train(
    labels: usize,
    examples: &[Example],
    allowed: impl Fn(usize, usize) -> bool,
    training: Training,
) -> Tagger {
    let mut learner = Learner::new(labels, examples, allowed, training);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..training.epochs {
        for at in (1..order.len()).rev() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            order.swap(at, (random % (at as u64 + 1)) as usize);
        }
        for at in &order {
            learner.learn(&examples[*at]);
        }
    }
    learner.finish(training.min_weight)
}

/// A weight, its sum over all steps, and the step up to which that is counted.
#[derive(Debug, Clone, Copy, Default)]
struct Averaged {
    weight: i32,
    sum: i64,
    step: u32,
}

impl Averaged {
    fn add(&mut self, change: i32, step: u32) {
        self.sum += i64::from(self.weight) * i64::from(step - self.step);
        self.step = step;
        self.weight += change;
    }

    fn average(mut self, step: u32) -> f64 {
        self.add(0, step);
        self.sum as f64 / f64::from(step.max(1))
    }
}

struct Learner {
    labels: usize,
    index: FxHashMap<u32, u32>,
    weights: Vec<Averaged>,
    transitions: Vec<Averaged>,
    allowed: Vec<bool>,
    step: u32,
    lattice: Lattice,
    path: Vec<u8>,
}

impl Learner {
    fn new(
        labels: usize,
        examples: &[Example],
        allowed: impl Fn(usize, usize) -> bool,
        training: Training,
    ) -> Self {
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        for feature in examples.iter().flat_map(|example| &example.features) {
            *counts.entry(key(*feature)).or_default() += 1;
        }
        let mut kept: Vec<u32> = counts
            .into_iter()
            .filter(|(_, count)| *count >= training.min_count)
            .map(|(key, _)| key)
            .collect();
        kept.sort_unstable();
        let pairs = (0..=labels).flat_map(|before| (0..=labels).map(move |after| (before, after)));
        Learner {
            labels,
            weights: vec![Averaged::default(); kept.len() * labels],
            index: kept.into_iter().zip(0..).collect(),
            transitions: vec![Averaged::default(); (labels + 1) * (labels + 1)],
            allowed: pairs.map(|(before, after)| allowed(before, after)).collect(),
            step: 0,
            lattice: Lattice::default(),
            path: Vec::new(),
        }
    }

    fn learn(&mut self, example: &Example) {
        self.step += 1;
        let mut scores = vec![0; example.ends.len() * self.labels];
        for (at, row) in scores.chunks_exact_mut(self.labels).enumerate() {
            for feature in features_at(example, at) {
                if let Some(index) = self.index.get(&key(*feature)) {
                    let first = *index as usize * self.labels;
                    for (score, weight) in row.iter_mut().zip(&self.weights[first..]) {
                        *score += weight.weight;
                    }
                }
            }
        }
        let transitions: Vec<i16> = self
            .transitions
            .iter()
            .zip(&self.allowed)
            .map(
                |(weight, allowed)| {
                    if *allowed { weight.weight.clamp(-30_000, 30_000) as i16 } else { NEVER }
                },
            )
            .collect();
        let mut path = std::mem::take(&mut self.path);
        decode(self.labels, &transitions, &scores, &mut self.lattice, &mut path);
        if path != example.labels {
            self.update(example, &example.labels, 1);
            self.update(example, &path, -1);
        }
        self.path = path;
    }

    fn update(&mut self, example: &Example, labels: &[u8], change: i32) {
        let mut before = self.labels;
        for (at, label) in labels.iter().enumerate() {
            let label = usize::from(*label);
            self.transitions[before * (self.labels + 1) + label].add(change, self.step);
            before = label;
            for feature in features_at(example, at) {
                if let Some(index) = self.index.get(&key(*feature)) {
                    self.weights[*index as usize * self.labels + label].add(change, self.step);
                }
            }
        }
        self.transitions[before * (self.labels + 1) + self.labels].add(change, self.step);
    }

    /// The averages, so that all but one in a thousand fit into 8 bits.
    fn finish(self, min_weight: i8) -> Tagger {
        let step = self.step + 1;
        let averages: Vec<f64> = self.weights.iter().map(|weight| weight.average(step)).collect();
        let mut sizes: Vec<f64> =
            averages.iter().map(|average| average.abs()).filter(|size| *size > 0.0).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let largest =
            sizes.get(sizes.len().saturating_sub(1 + sizes.len() / 1000)).copied().unwrap_or(1.0);
        let scale = 127.0 / largest.max(1e-9);
        let mut features = Vec::new();
        let mut keys: Vec<(u32, u32)> = self.index.into_iter().collect();
        keys.sort_unstable();
        for (key, index) in keys {
            let first = index as usize * self.labels;
            let own = averages[first..first + self.labels].iter().zip(0..);
            let own: Vec<(u8, i8)> = own
                .map(|(average, label)| {
                    (label, (average * scale).round().clamp(-127.0, 127.0) as i8)
                })
                .filter(|(_, weight)| weight.unsigned_abs() >= min_weight.unsigned_abs().max(1))
                .collect();
            if !own.is_empty() {
                features.push((key, own));
            }
        }
        let transitions = self.transitions.iter().zip(&self.allowed);
        let transitions = transitions
            .map(|(weight, allowed)| match allowed {
                true => (weight.average(step) * scale).round().clamp(-30_000.0, 30_000.0) as i16,
                false => NEVER,
            })
            .collect();
        Tagger::new(self.labels, transitions, features)
    }
}

fn features_at(example: &Example, at: usize) -> &[u64] {
    let first = at.checked_sub(1).map_or(0, |before| example.ends[before]) as usize;
    &example.features[first..example.ends[at] as usize]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Label 1 where feature 7 stands, and right after it.
    fn examples() -> Vec<Example> {
        let sequence = |features: &[u64], labels: &[u8]| Example {
            features: features.to_vec(),
            ends: (1..=features.len() as u32).collect(),
            labels: labels.to_vec(),
        };
        vec![
            sequence(&[1, 7, 2, 3], &[0, 1, 1, 0]),
            sequence(&[7, 3, 2], &[1, 1, 0]),
            sequence(&[3, 2, 1], &[0, 0, 0]),
            sequence(&[2, 3, 7, 1, 1], &[0, 0, 1, 1, 0]),
        ]
    }

    const TRAINING: Training = Training { epochs: 20, min_count: 1, min_weight: 1 };

    fn tagged(tagger: &Tagger, features: &[u64]) -> Vec<u8> {
        let mut scores = vec![0; features.len() * tagger.labels()];
        for (feature, row) in features.iter().zip(scores.chunks_exact_mut(tagger.labels())) {
            tagger.score(&[*feature], row);
        }
        let mut out = Vec::new();
        tagger.decode(&scores, &mut Lattice::default(), &mut out);
        out
    }

    #[test]
    fn it_learns_what_it_is_shown() {
        let tagger = train(2, &examples(), |_, _| true, TRAINING);
        for example in examples().iter().take(3) {
            assert_eq!(tagged(&tagger, &example.features), example.labels);
        }
    }

    #[test]
    fn a_pair_that_is_not_allowed_never_comes() {
        let tagger = train(2, &examples(), |before, after| (before, after) != (1, 1), TRAINING);
        assert_ne!(tagged(&tagger, &[7, 3, 2]), [1, 1, 0]);
    }

    #[test]
    fn a_model_outlives_its_bytes() {
        let tagger = train(2, &examples(), |_, _| true, TRAINING);
        let bytes = tagger.to_bytes();
        assert_eq!(Tagger::from_bytes(&bytes).unwrap().to_bytes(), bytes);
        assert_eq!(Tagger::from_bytes(b"something else"), Err(ModelError::Version));
        assert_eq!(Tagger::from_bytes(&bytes[..bytes.len() - 1]), Err(ModelError::Damaged));
    }

    #[test]
    fn nothing_to_tag() {
        let tagger = train(2, &[], |_, _| true, TRAINING);
        assert!(tagged(&tagger, &[]).is_empty());
        assert_eq!(tagged(&tagger, &[5]), [0]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..64)) {
            let bytes = [MAGIC.as_slice(), &tail].concat();
            if let Ok(tagger) = Tagger::from_bytes(&bytes) {
                tagged(&tagger, &[1, 2, 3]);
            }
        }
    }
}
