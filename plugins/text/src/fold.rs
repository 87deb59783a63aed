//! Words with case and typography folded away: a hash of them, and a comparison that agrees with
//! it.
//!
//! Folding lowers each character (`char::to_lowercase`), writes every apostrophe as `'` and every
//! Unicode hyphen as `-`, and leaves out invisible format characters (soft hyphens, joiners).
//!
//! The hash is FxHash's step (rotate by 5, exclusive or, multiply by 0x517cc1b727220a95) over the
//! folded UTF-8 in little-endian words of 8 bytes, the last one padded with zeros, then over the
//! folded length, then xor-shifted and multiplied once more (the finaliser of MurmurHash3), since
//! FxHash leaves its low bits weak. It has no seed and reads no native-endian or native-width
//! number, so models and tables built on one machine hold on every other. It is not made to
//! withstand inputs chosen to collide: whoever needs certainty compares, as [`Phrases`] does.
//!
//! [`Phrases`]: crate::Phrases

use crate::characters::{Class, class};
use crate::token::Token;

const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;
const FINALISER: u64 = 0xff51_afd7_ed55_8ccd;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The hash of a word, the same for all ways to write its case, apostrophes and hyphens.
///
/// ```
/// assert_eq!(docmill_text::fold_hash("O’BRIEN"), docmill_text::fold_hash("O'Brien"));
/// assert_ne!(docmill_text::fold_hash("Brien"), docmill_text::fold_hash("Brian"));
/// ```
pub fn fold_hash(word: &str) -> u64 {
    hash_at(word, 0, word.len())
}

/// The [`fold_hash`] of each token, in order. `out` is cleared first.
pub fn fold_hashes(text: &str, tokens: &[Token], out: &mut Vec<u64>) {
    out.clear();
    out.extend(tokens.iter().map(|token| hash_at(text, token.start as usize, token.end as usize)));
}

/// Whether two words are the same once folded.
///
/// ```
/// assert!(docmill_text::fold_eq("co\u{2010}op\u{ad}s", "CO-OPS"));
/// ```
pub fn fold_eq(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    unify(a).flat_map(char::to_lowercase).eq(unify(b).flat_map(char::to_lowercase))
}

/// Whether two words are the same but for apostrophes, hyphens and format characters; case counts.
pub(crate) fn typographic_eq(a: &str, b: &str) -> bool {
    a == b || unify(a).eq(unify(b))
}

/// The characters of a word, its typography unified.
fn unify(word: &str) -> impl Iterator<Item = char> {
    word.chars().filter_map(|c| {
        if c.is_ascii() {
            return Some(c);
        }
        match class(c) {
            Class::Apostrophe => Some('\''),
            Class::Hyphen => Some('-'),
            Class::Format => None,
            _ => Some(c),
        }
    })
}

/// The hash of the bytes of `text` from `start` to `end`; of nothing if they are not a piece of it.
#[inline]
fn hash_at(text: &str, start: usize, end: usize) -> u64 {
    let bytes = text.as_bytes();
    let mut state = 0;
    let mut at = start;
    while at < end {
        let chunk = word_at(bytes, at, end);
        if chunk & HIGH_BITS != 0 {
            return hash_beyond_ascii(text.get(start..end).unwrap_or(""));
        }
        state = step(state, lower(chunk));
        at += 8;
    }
    finish(state, end.saturating_sub(start))
}

#[cold]
fn hash_beyond_ascii(word: &str) -> u64 {
    let (mut state, mut chunk, mut length) = (0, 0u64, 0usize);
    let mut utf8 = [0; 4];
    for c in unify(word).flat_map(char::to_lowercase) {
        for byte in c.encode_utf8(&mut utf8).bytes() {
            chunk |= u64::from(byte) << (length % 8 * 8);
            length += 1;
            if length.is_multiple_of(8) {
                state = step(state, chunk);
                chunk = 0;
            }
        }
    }
    if !length.is_multiple_of(8) {
        state = step(state, chunk);
    }
    finish(state, length)
}

/// Up to 8 bytes from `at`, those at `end` and beyond read as zero.
#[inline]
fn word_at(bytes: &[u8], at: usize, end: usize) -> u64 {
    let length = end - at;
    if let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let chunk = u64::from_le_bytes(*chunk);
        return if length >= 8 { chunk } else { chunk & ((1 << (length * 8)) - 1) };
    }
    let rest = bytes.get(at..end.min(bytes.len())).unwrap_or(&[]);
    rest.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte))
}

/// Eight ASCII characters in lower case.
#[inline]
fn lower(chunk: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let from_a = chunk + ONES * (0x80 - b'A' as u64);
    let beyond_z = chunk + ONES * (0x7f - b'Z' as u64);
    chunk | (from_a & !beyond_z & HIGH_BITS) >> 2
}

#[inline]
fn step(state: u64, chunk: u64) -> u64 {
    (state.rotate_left(5) ^ chunk).wrapping_mul(MULTIPLIER)
}

#[inline]
fn finish(state: u64, length: usize) -> u64 {
    mix(step(state, length as u64))
}

/// Spreads a number's bits over all of its bits.
#[inline]
pub(crate) fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 33)).wrapping_mul(FINALISER);
    state ^ (state >> 33)
}

/// The hash of a sequence: that of its beginning, and of its next word.
#[inline]
pub(crate) fn roll(sequence: u64, word: u64) -> u64 {
    step(sequence, word) ^ word >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_hash_never_changes() {
        // Models hold these numbers: a change here is a change of every model's meaning.
        assert_eq!(fold_hash(""), 0);
        assert_eq!(fold_hash("kyiv"), 0x2356_5f11_de45_0e96);
        assert_eq!(fold_hash("Counter-Offensive"), 0xfa0d_431d_0356_6c74);
        assert_eq!(fold_hash("Łódź"), 0x952c_a5fd_84b4_8f98);
    }

    #[test]
    fn the_two_ways_to_hash_agree() {
        for word in ["", "a", "Seven77", "exactly8", "NineChars", "a-longer-word-of-ASCII-only"] {
            assert_eq!(hash_at(word, 0, word.len()), hash_beyond_ascii(word), "{word}");
        }
    }

    #[test]
    fn a_token_hashes_alike_wherever_it_stands() {
        let text = "Kyiv, kyiv and KYIV";
        let token = |start, end| Token { start, end, kind: crate::TokenKind::Word };
        let mut out = Vec::new();
        fold_hashes(text, &[token(0, 4), token(6, 10), token(15, 19)], &mut out);
        assert_eq!(out, [fold_hash("kyiv"); 3]);
    }

    proptest! {
        #[test]
        fn equal_words_have_equal_hashes(word in "[a-zA-Z'’\u{ad}\u{2010}éÉßİЖ-]{0,20}") {
            let changed: String = word.chars().flat_map(char::to_lowercase).collect();
            let changed = changed.replace('’', "'").replace('\u{2010}', "-").replace('\u{ad}', "");
            prop_assert!(fold_eq(&word, &changed));
            prop_assert_eq!(fold_hash(&word), fold_hash(&changed));
        }

        #[test]
        fn different_words_differ(a in "[a-zA-Zé-]{0,12}", b in "[a-zA-Zé-]{0,12}") {
            prop_assert_eq!(fold_eq(&a, &b), fold_hash(&a) == fold_hash(&b));
        }

        #[test]
        fn any_text_can_be_hashed(text in any::<String>()) {
            prop_assert_eq!(fold_hash(&text), hash_beyond_ascii(&text));
        }
    }
}
