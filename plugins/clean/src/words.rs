//! Words: where they stand, how they are written, of what kinds they are.
//!
//! A word is a run of letters, digits and apostrophes, compared by a hash in which upper and lower case (of
//! ASCII letters) are the same, and `’` is `'`. Its kinds are those of [`kinds`](crate::kinds).

use crate::kinds::{Kind, Kinds, kinds_of};

/// A word of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Hash of the lower-cased word.
    pub(crate) hash: u64,
    /// Its bytes in the text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
    kinds: Kinds,
}

impl Word {
    /// Whether a list says so.
    pub(crate) fn is(self, kind: Kind) -> bool {
        self.kinds.have(kind)
    }

    /// Whether it begins with a digit.
    pub(crate) fn is_number(self) -> bool {
        self.shape == Shape::Number
    }

    /// Whether it begins in upper case.
    pub(crate) fn is_capital(self) -> bool {
        matches!(self.shape, Shape::Capitalised | Shape::Upper)
    }
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Lower,
    /// Its first letter is upper case, not all are.
    Capitalised,
    /// Two or more letters, all upper case.
    Upper,
    Number,
}

/// The entries of a word list: its lines without comments and empty ones.
pub(crate) fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Signs that stand between words: rules that need one are not asked without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(u8);

impl Signs {
    /// `@`
    pub(crate) const AT: Signs = Signs(1);
    /// `#`
    pub(crate) const HASH: Signs = Signs(2);
    /// `(` or `[`
    pub(crate) const BRACKET: Signs = Signs(4);
    /// `|`, `>` or `/`
    pub(crate) const BAR: Signs = Signs(8);
    /// `,`
    pub(crate) const COMMA: Signs = Signs(16);
    /// A sign that is not ASCII and no quotation mark or dash.
    pub(crate) const OTHER: Signs = Signs(32);
    /// Two signs of white space in a row, or one that is not a space.
    pub(crate) const WIDE: Signs = Signs(64);
    /// `:`
    pub(crate) const COLON: Signs = Signs(128);

    /// Whether one of the others is among these.
    pub(crate) fn have(self, others: &[Signs]) -> bool {
        others.iter().any(|other| self.0 & other.0 != 0)
    }

    fn of_ascii(byte: u8) -> u8 {
        let signs = match byte {
            b'@' => Signs::AT,
            b'#' => Signs::HASH,
            b'(' | b'[' => Signs::BRACKET,
            b'|' | b'>' | b'/' => Signs::BAR,
            b',' => Signs::COMMA,
            b'\t' => Signs::WIDE,
            b':' => Signs::COLON,
            _ => Signs(0),
        };
        signs.0
    }
}

/// Splits into words, appended to `words` with offsets counted from `at`; says which signs stand between them.
pub(crate) fn words_of(text: &str, at: usize, words: &mut Vec<Word>) -> Signs {
    let bytes = text.as_bytes();
    let mut signs = 0;
    let mut i = 0;
    while let Some(&first) = bytes.get(i) {
        if first < 0x80 && !is_plain(first) {
            signs |= Signs::of_ascii(first);
            if first == b' ' && bytes.get(i + 1) == Some(&b' ') {
                signs |= Signs::WIDE.0;
            }
            i += 1;
            continue;
        }
        let mut end = i;
        while bytes.get(end).is_some_and(|byte| is_plain(*byte)) {
            end += 1;
        }
        let plain = bytes.get(end).is_none_or(|byte| *byte < 0x80 && *byte != b'\'');
        let read = if plain { read_plain(bytes, i, end) } else { read_any(text, i) };
        let Some(Read { end, hash, letters, uppers, first_upper }) = read else {
            let char = text.get(i..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
            signs |= match char {
                '‘'..='‟' | '–' | '—' | '…' => 0,
                _ if char.is_whitespace() => Signs::WIDE.0,
                _ => Signs::OTHER.0,
            };
            i += char.len_utf8();
            continue;
        };
        let shape = match first {
            b'0'..=b'9' => Shape::Number,
            _ if first_upper && uppers == letters && letters > 1 => Shape::Upper,
            _ if first_upper => Shape::Capitalised,
            _ => Shape::Lower,
        };
        let (start, kinds) = (at + i, kinds_of(hash));
        words.push(Word { hash, start: start as u32, end: (at + end) as u32, shape, kinds });
        i = end;
    }
    Signs(signs)
}

/// ASCII letters and digits.
fn is_plain(byte: u8) -> bool {
    PLAIN[byte as usize]
}

const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// A word that was read.
struct Read {
    end: usize,
    hash: u64,
    letters: u32,
    uppers: u32,
    first_upper: bool,
}

/// Every byte's bit that tells the cases of ASCII letters apart, and that digits have set, too.
const CASE: u64 = 0x2020_2020_2020_2020;

/// Reads a word of ASCII letters and digits, eight at a time.
fn read_plain(bytes: &[u8], start: usize, end: usize) -> Option<Read> {
    let (mut hasher, mut uppers) = (Hasher::default(), 0);
    let mut at = start;
    while at < end {
        let count = (end - at).min(8);
        let chunk = match bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
            Some(chunk) => u64::from_le_bytes(chunk),
            None => (at..end).rev().fold(0, |chunk, at| chunk << 8 | u64::from(bytes[at])),
        };
        let mask = u64::MAX >> (64 - 8 * count);
        uppers += (!chunk & CASE & mask).count_ones();
        hasher.chunk((chunk | CASE) & mask);
        at += count;
    }
    let letters = (end - start) as u32;
    let first_upper = bytes.get(start).is_some_and(u8::is_ascii_uppercase);
    Some(Read { end, hash: hasher.finish(end - start), letters, uppers, first_upper })
}

/// Reads a word of any letters, with apostrophes inside; `None` where none begins.
fn read_any(text: &str, start: usize) -> Option<Read> {
    let bytes = text.as_bytes();
    let (mut letters, mut uppers, mut first_upper) = (0, 0, false);
    let (mut hasher, mut chunk, mut count) = (Hasher::default(), 0, 0);
    let mut push = |byte: u8| {
        chunk |= u64::from(byte) << (8 * (count % 8));
        count += 1;
        if count % 8 == 0 {
            hasher.chunk(std::mem::take(&mut chunk));
        }
    };
    let mut end = start;
    while let Some(char) = text.get(end..).and_then(|rest| rest.chars().next()) {
        let next = end + char.len_utf8();
        if matches!(char, '\'' | '’') {
            if letters == 0 || !bytes.get(next).is_some_and(u8::is_ascii_alphabetic) {
                break;
            }
            push(b'\'');
        } else if char.is_ascii_alphanumeric() || is_letter(char) || letters > 0 && is_mark(char) {
            let upper = char.is_uppercase();
            first_upper |= letters == 0 && upper;
            uppers += u32::from(upper);
            letters += 1;
            bytes[end..next].iter().for_each(|byte| push(byte.to_ascii_lowercase()));
        } else {
            break;
        }
        end = next;
    }
    if count % 8 > 0 {
        hasher.chunk(chunk);
    }
    (letters > 0).then(|| Read { end, hash: hasher.finish(count), letters, uppers, first_upper })
}

/// Hashes a word of which eight bytes at a time are given, the last ones filled up with zeros.
#[derive(Default)]
struct Hasher(u64);

impl Hasher {
    // The multiplier of FxHash.
    const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;

    fn chunk(&mut self, chunk: u64) {
        self.0 = (self.0.rotate_left(5) ^ chunk).wrapping_mul(Self::MULTIPLIER);
    }

    fn finish(self, bytes: usize) -> u64 {
        let hash = (self.0 ^ bytes as u64).wrapping_mul(Self::MULTIPLIER);
        hash ^ hash >> 32
    }
}

/// The hash of a listed word.
pub(crate) fn hash_of(word: &str) -> u64 {
    read_any(word, 0).map_or(0, |read| read.hash)
}

/// Whether a character that is not ASCII belongs to words.
fn is_letter(char: char) -> bool {
    match char {
        // The Latin letters and the general punctuation of most news, without a search in tables.
        '\u{c0}'..='\u{24f}' => !matches!(char, '×' | '÷'),
        '\u{2000}'..='\u{206f}' => false,
        _ => char.is_alphanumeric(),
    }
}

/// A combining mark: it belongs to the word that it follows.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(&str, Shape)> {
        let mut words = Vec::new();
        words_of(text, 0, &mut words);
        words.iter().map(|w| (&text[w.start as usize..w.end as usize], w.shape)).collect()
    }

    #[test]
    fn words_are_letters_digits_and_apostrophes() {
        assert_eq!(
            words("You’re 'in' 3D, AFP’s — Élan!"),
            [
                ("You’re", Shape::Capitalised),
                ("in", Shape::Lower),
                ("3D", Shape::Number),
                ("AFP’s", Shape::Capitalised),
                ("Élan", Shape::Capitalised)
            ]
        );
    }

    #[test]
    fn a_curly_apostrophe_hashes_as_a_straight_one() {
        let mut words = Vec::new();
        words_of("you’re you're", 0, &mut words);
        assert_eq!(words[0].hash, words[1].hash);
        assert_eq!(words[0].hash, hash_of("you're"));
    }
}
