//! Signatures: a set of any size as 256 bytes, of which two sets share as many as they are similar.
//!
//! Similar is after Jaccard: what two sets have in common, as a share of what either has. A signature has 256 bins; each keeps
//! the least hash of the set's members in it, and of that one byte (Li and König, "b-Bit Minwise Hashing", 2010).
//! Members are thrown into the bins in rounds until no bin is empty, and earlier rounds count as less (Dahlgaard,
//! Knudsen and Thorup, "Fast Similarity Sketching", 2017). Compared with one round whose empty bins borrow from
//! others (one permutation hashing with densification), the estimate has no bias for small sets, and it costs about
//! the same: some 2,000 hashes, or as many as there are members.

use crate::hash;

/// The length of a signature in bytes: how many bins it has.
pub(crate) const BINS: usize = 256;

/// A bin that nothing fell into. No member hashes to it: see [`least`].
const EMPTY: u64 = u64::MAX;

/// The signature of a set that is given by the hashes of its members; `None` where it has none. Members may stand
/// there more than once; `members` is in another order after it.
pub(crate) fn signature(members: &mut Vec<u64>) -> Option<[u8; BINS]> {
    if members.is_empty() {
        return None;
    }
    let mut bins = [EMPTY; BINS];
    // A set of one member fills them at last: each later round is for one bin alone.
    for round in 0..2 * BINS as u64 {
        throw(members, round, &mut bins);
        if !bins.contains(&EMPTY) {
            break;
        }
        // Most of them are the same, then: what the next rounds cost must not grow with the text.
        if round == 0 && members.len() > 4 * BINS {
            members.sort_unstable();
            members.dedup();
        }
    }
    Some(bins.map(|least| least as u8))
}

/// Throws all members into the bins once.
fn throw(members: &[u64], round: u64, bins: &mut [u64; BINS]) {
    for member in members {
        let hash = hash::of_round(*member, round);
        let bin = match round.checked_sub(BINS as u64) {
            None => hash as u8,
            Some(only) => only as u8,
        };
        // Nine bits for the round, the hash's upper 48 below them.
        let value = round << 48 | hash >> 16;
        let least = &mut bins[usize::from(bin)];
        *least = value.min(*least);
    }
}

/// In how many places two signatures must be the same for their sets to be at least so similar.
pub(crate) fn places(similarity: f64) -> usize {
    // Bytes of different members are the same one time in 256.
    let shared = similarity + (1.0 - similarity) / 256.0;
    // Not for rounding's sake one more than asked for.
    (BINS as f64 * shared - 1e-6).ceil() as usize
}

/// In how many places two signatures are the same.
#[inline]
pub(crate) fn same_places(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a == b).count()
}

/// How many bytes a band has: documents are compared where all bytes of one of their bands are the same. The more,
/// the fewer documents are compared in vain, and the more twins are missed. This is the most with which at most one pair in
/// twenty that is just so similar is missed, up to 32.
pub(crate) fn band_bytes(similarity: f64) -> usize {
    let missed = |bytes: usize| {
        let alike = power(similarity, bytes);
        power(1.0 - alike, BINS / bytes)
    };
    (1..=32).rev().find(|bytes| missed(*bytes) <= 0.05).unwrap_or(1)
}

/// By multiplication alone, which gives the same everywhere.
fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl Iterator<Item = u64>) -> [u8; BINS] {
        signature(&mut numbers.map(|number| hash::of_hashes(&[number])).collect()).unwrap()
    }

    /// The similarity that two signatures show.
    fn estimate(a: &[u8], b: &[u8]) -> f64 {
        (same_places(a, b) as f64 / BINS as f64 - 1.0 / 256.0) / (1.0 - 1.0 / 256.0)
    }

    #[test]
    fn the_signature_never_changes() {
        // Notes that runs left on disk hold it.
        assert_eq!(of(0..1)[..8], [254, 225, 123, 228, 36, 130, 129, 69]);
        assert_eq!(of(0..1000)[..8], [158, 35, 160, 206, 155, 48, 235, 91]);
    }

    #[test]
    fn shares_as_much_as_the_sets_do() {
        // Half, of small sets and large: 2/3 of n in common with as much again.
        for n in [3, 30, 300, 3_000, 30_000] {
            let (mut sum, rounds) = (0.0, 60);
            for round in 0..rounds {
                let start = round * 1_000_000;
                let a = of(start..start + n);
                let b = of(start + n / 3..start + n + n / 3);
                sum += estimate(&a, &b);
            }
            let mean = sum / rounds as f64;
            assert!((mean - 0.5).abs() < 0.02, "{n}: {mean}");
        }
    }

    #[test]
    fn sets_with_nothing_in_common_share_nothing() {
        for n in [1, 10, 1000] {
            let shared = estimate(&of(0..n), &of(n..2 * n));
            assert!(shared < 0.05, "{n}: {shared}");
        }
    }

    #[test]
    fn how_often_a_member_stands_there_does_not_matter() {
        let often = (0..100_000).map(|number| number % 3);
        assert_eq!(of(often), of(0..3));
        assert_eq!(signature(&mut Vec::new()), None);
    }

    #[test]
    fn bands_follow_the_similarity() {
        let bytes = [0.5, 0.65, 0.8, 0.9, 1.0].map(band_bytes);
        assert_eq!(bytes, [4, 6, 9, 16, 32]);
        assert_eq!([0.0, 0.5, 0.65, 1.0].map(places), [1, 129, 167, 256]);
    }
}
