//! Hashes of words and of numbers: the same on every machine and in every version.
//!
//! The step multiplies two numbers of 64 bits and folds the product's halves together, as wyhash does (Wang Yi,
//! public domain); the constants are fractional digits of π, and so fixed. Nothing here withstands input that is
//! chosen to collide: what must, goes by SHA-256 (see the crate's `note`).

const START: u64 = 0x243f_6a88_85a3_08d3;
const STEP: u64 = 0x1319_8a2e_0370_7345;
const END: u64 = 0xa409_3822_299f_31d1;

/// Mixes two numbers into one.
#[inline]
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The hash of a sequence of bytes.
#[inline]
pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut state = START;
    for chunk in chunks {
        state = mix(state ^ u64::from_le_bytes(*chunk), STEP);
    }
    let rest = rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    mix(mix(state ^ rest, STEP) ^ bytes.len() as u64, END)
}

/// The hash of a sequence of hashes.
#[inline]
pub(crate) fn of_hashes(hashes: &[u64]) -> u64 {
    mix(hashes.iter().fold(START, |state, hash| mix(state ^ hash, STEP)), END)
}

/// The hash of a hash in a round: other rounds hash it otherwise.
#[inline]
pub(crate) fn of_round(hash: u64, round: u64) -> u64 {
    mix(hash ^ (round + 1).wrapping_mul(STEP), END)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_never_change() {
        // Notes that runs left on disk hold what is made of these.
        assert_eq!(of_bytes(b""), 0x480f_e496_6428_8f5d);
        assert_eq!(of_bytes(b"kyiv"), 0xea62_627b_1098_2311);
        assert_eq!(of_bytes("łódź-widzew".as_bytes()), 0xa0eb_7142_ccea_9e89);
        assert_eq!(of_hashes(&[1, 2]), 0x3a92_a0f3_6b9f_f22e);
        assert_eq!(of_round(1, 0), 0x5bca_fe15_a891_95da);
        assert_eq!(of_round(1, 511), 0x86e4_7bcb_754a_8323);
    }

    #[test]
    fn what_differs_hashes_otherwise() {
        let words = ["", "\0", "\0\0", "a", "b", "a\0", "exactly8", "exactly8\0", "exactly8more"];
        let mut hashes = words.map(|word| of_bytes(word.as_bytes())).to_vec();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), words.len());
        assert_ne!(of_hashes(&[1, 2]), of_hashes(&[2, 1]));
    }
}
