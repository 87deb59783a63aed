//! The words of a text, with what does not count folded away: case, white space, punctuation and the ways in which
//! Unicode writes the same characters.
//!
//! A word is a run of letters, digits and the marks on them, in lower case and in the normal form NFKC, so that a
//! ligature is its letters and a full-width digit is a digit. Apostrophes and invisible format characters (soft
//! hyphens, joiners) are left out of words; all else separates them. Scripts that put no space between words make
//! each letter a word.

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick,
};

use crate::hash;

/// How much ASCII is folded at once, in bytes.
const RUN: usize = 512;
/// How much of it is looked at together.
const BLOCK: usize = 32;

/// What becomes of a byte of ASCII: in lower case it is part of a word, a space is between words.
#[inline]
fn fold(byte: u8) -> u8 {
    let lower = byte | 0x20;
    let is_letter = lower.wrapping_sub(b'a') < 26;
    let is_digit = byte.wrapping_sub(b'0') < 10;
    let other = if byte == b'\'' { LEFT_OUT } else { b' ' };
    if is_letter | is_digit { lower } else { other }
}

const LEFT_OUT: u8 = 0;

/// Writes folded bytes one after the other, of several spaces the first. All are written, and the next over one that does
/// not stay, so that little depends on what they are.
struct Spaced {
    end: usize,
    after_space: bool,
}

impl Spaced {
    #[inline]
    fn one(&mut self, folded: u8, places: &mut [u8]) {
        if let Some(place) = places.get_mut(self.end) {
            *place = folded;
        }
        let (is_space, is_left_out) = (folded == b' ', folded == LEFT_OUT);
        self.end += usize::from(!(is_left_out | is_space & self.after_space));
        self.after_space = is_space | is_left_out & self.after_space;
    }

    /// Eight bytes: all of them stay, mostly.
    #[inline]
    fn eight(&mut self, folded: &[u8; 8], places: &mut [u8]) {
        let spaces = which(folded, b' ');
        let twice = spaces & (spaces << 8 | u64::from(self.after_space) << 7);
        match places.get_mut(self.end..self.end + 8) {
            Some(places) if twice | which(folded, LEFT_OUT) == 0 => {
                places.copy_from_slice(folded);
                self.end += 8;
                self.after_space = spaces >> 63 == 1;
            }
            _ => folded.iter().for_each(|folded| self.one(*folded, places)),
        }
    }
}

/// Which of eight bytes of ASCII are this one: the highest bit of each.
#[inline]
fn which(bytes: &[u8; 8], byte: u8) -> u64 {
    let differ = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([byte; 8]);
    !(differ + u64::from_le_bytes([0x7f; 8])) & u64::from_le_bytes([0x80; 8])
}

/// The folded words of one text.
#[derive(Default)]
pub(crate) struct Words {
    /// Each word with a space after it: UTF-8.
    text: Vec<u8>,
    /// Of each word, where they are asked for.
    hashes: Vec<u64>,
    hashed: bool,
    /// Where the word at hand begins.
    start: usize,
    /// Whether all of that is ASCII, so that it is in its normal form.
    ascii: bool,
    /// Whether it takes no more letters.
    alone: bool,
}

impl Words {
    /// The words, a space after each.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The hash of each word, in text order, where the text was read with hashes.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Reads another text, in place of the last, with the hashes of its words or without.
    pub(crate) fn read(&mut self, text: &str, hashed: bool) {
        self.hashed = hashed;
        self.text.clear();
        self.hashes.clear();
        (self.start, self.ascii, self.alone) = (0, true, false);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let len = if first.is_ascii() {
                self.ascii(rest.as_bytes())
            } else {
                self.beyond_ascii(first);
                first.len_utf8()
            };
            rest = rest.get(len..).unwrap_or_default();
        }
        self.end();
    }

    /// Reads ASCII, some bytes at a time; how many.
    fn ascii(&mut self, bytes: &[u8]) -> usize {
        if self.alone {
            if bytes.first() == Some(&b'\'') {
                return 1;
            }
            self.end();
        }
        if !self.ascii {
            return self.ascii_after_others(bytes);
        }
        let before = self.text.len();
        let mut spaced = Spaced { end: 0, after_space: self.start == before };
        let bytes = bytes.get(..RUN).unwrap_or(bytes);
        self.text.resize(before + bytes.len(), 0);
        let places = self.text.get_mut(before..).unwrap_or_default();
        let mut read = 0;
        for block in bytes.as_chunks::<BLOCK>().0.iter().take_while(|block| block.is_ascii()) {
            let mut folded = *block;
            folded.iter_mut().for_each(|byte| *byte = fold(*byte));
            for eight in folded.as_chunks::<8>().0 {
                spaced.eight(eight, places);
            }
            read += BLOCK;
        }
        let rest = bytes.get(read..).unwrap_or_default().iter().take(BLOCK);
        for byte in rest.take_while(|byte| byte.is_ascii()) {
            spaced.one(fold(*byte), places);
            read += 1;
        }
        let end = spaced.end;
        self.text.truncate(before + end);
        self.pass_words();
        read
    }

    /// Reads ASCII after characters beyond it, to the end of their word; how many bytes.
    fn ascii_after_others(&mut self, bytes: &[u8]) -> usize {
        let mut read = 0;
        for byte in bytes.iter().take_while(|byte| byte.is_ascii()) {
            read += 1;
            match fold(*byte) {
                b' ' => {
                    self.end();
                    break;
                }
                LEFT_OUT => {}
                letter => self.text.push(letter),
            }
        }
        read
    }

    /// Passes over the words that have come to their end, which are ASCII.
    fn pass_words(&mut self) {
        let open = self.text.get(self.start..).unwrap_or_default();
        if self.hashed {
            let words = open.split_inclusive(|byte| *byte == b' ');
            let words = words.filter_map(|word| word.strip_suffix(b" "));
            self.hashes.extend(words.map(hash::of_bytes));
        }
        self.start += open.iter().rposition(|byte| *byte == b' ').map_or(0, |at| at + 1);
    }

    fn beyond_ascii(&mut self, c: char) {
        match class(c) {
            Class::Letter => {
                if self.alone {
                    self.end();
                }
                self.push(c);
            }
            Class::Unspaced => {
                self.end();
                self.push(c);
                self.alone = true;
            }
            // One without a letter before it says nothing.
            Class::Mark if self.start < self.text.len() => self.push_char(c),
            Class::Mark | Class::LeftOut => {}
            Class::Other => self.end(),
        }
    }

    fn push(&mut self, c: char) {
        match c {
            // The sigma at the end of a word is a matter of typography.
            'ς' => self.push_char('σ'),
            c => c.to_lowercase().for_each(|c| self.push_char(c)),
        }
    }

    fn push_char(&mut self, c: char) {
        self.ascii = false;
        self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Ends the word at hand, where there is one.
    fn end(&mut self) {
        if !self.ascii {
            self.normalize();
        }
        (self.ascii, self.alone) = (true, false);
        let word = self.text.get(self.start..).unwrap_or_default();
        if !word.is_empty() {
            if self.hashed {
                self.hashes.push(hash::of_bytes(word));
            }
            self.text.push(b' ');
            self.start = self.text.len();
        }
    }

    /// Brings the word at hand into its normal form.
    fn normalize(&mut self) {
        let word = self.text.get(self.start..).unwrap_or_default();
        let Ok(word) = str::from_utf8(word) else { return };
        if is_nfkc_quick(word.chars()) != IsNormalized::Yes {
            // Normal forms bring capitals (Ⅳ) and signs (½) of their own.
            let lowered = word.nfkc().flat_map(char::to_lowercase);
            let normal: String =
                lowered.filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect();
            self.text.truncate(self.start);
            self.text.extend_from_slice(normal.as_bytes());
        }
    }
}

/// What a character beyond ASCII does in a word.
enum Class {
    /// A letter or digit.
    Letter,
    /// A letter of a script that puts no space between words.
    Unspaced,
    /// A mark on the letter before it.
    Mark,
    /// An apostrophe, or invisible.
    LeftOut,
    /// It separates words.
    Other,
}

fn class(c: char) -> Class {
    match c {
        // Most of what is beyond ASCII in Latin, Greek and Cyrillic, without a search.
        '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2af}'
        | '\u{400}'..='\u{481}' => Class::Letter,
        '\u{201c}' | '\u{201d}' | '\u{2013}' | '\u{2014}' => Class::Other,
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => Class::LeftOut,
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => Class::LeftOut,
        _ if is_combining_mark(c) => Class::Mark,
        _ if !c.is_alphanumeric() => Class::Other,
        // Thai, Lao, Myanmar, Khmer, kana, ideographs.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Class::Unspaced,
        _ => Class::Letter,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        let mut words = Words::default();
        words.read("what was read before", true);
        words.read(text, true);
        let folded = String::from_utf8(words.text.clone()).unwrap();
        let hashes = folded.split_terminator(' ').map(|word| hash::of_bytes(word.as_bytes()));
        assert_eq!(words.hashes, hashes.collect::<Vec<_>>(), "{text:?}");
        words.read(text, false);
        assert_eq!(words.text, folded.as_bytes(), "{text:?}");
        folded.trim_end().to_owned()
    }

    /// The same, a character after the other.
    fn folded_slowly(text: &str) -> String {
        let mut words = Words::default();
        words.read("", false);
        for c in text.chars() {
            match c {
                '\'' => {}
                c if c.is_ascii_alphanumeric() => {
                    if words.alone {
                        words.end();
                    }
                    words.push(c);
                }
                c if c.is_ascii() => words.end(),
                c => words.beyond_ascii(c),
            }
        }
        words.end();
        String::from_utf8(words.text).unwrap().trim_end().to_owned()
    }

    #[test]
    fn case_space_and_punctuation_do_not_count() {
        assert_eq!(
            folded("  “KYIV”,\r\n\tsaid —the\u{a0}co-op’s chief… "),
            "kyiv said the co ops chief"
        );
        assert_eq!(folded("Łódź ÉTÉ Ὀδυσσεύς ὈΔΥΣΣΕΎΣ İ"), "łódź été ὀδυσσεύσ ὀδυσσεύσ i\u{307}");
        assert_eq!(folded("…!? — 🙂"), "");
        assert_eq!(folded(""), "");
    }

    #[test]
    fn the_ways_to_write_a_character_are_one() {
        assert_eq!(folded("e\u{301}te\u{301}"), folded("été"));
        assert_eq!(folded("of\u{fb01}ce"), "office");
        assert_eq!(folded("Ｎｏ １２ Ⅳ ½ ㎏ co\u{ad}operate"), "no 12 iv 12 cooperate");
    }

    #[test]
    fn scripts_without_spaces_have_words_of_a_letter() {
        assert_eq!(folded("東京タワーABC中"), "東 京 タ ワ ー abc 中");
        assert_eq!(folded("ที่นี่"), "ที่ นี่");
    }

    #[test]
    fn long_texts_are_read_in_runs() {
        let text = "Don't stop, Łódź! 'Tis 東A ".repeat(100);
        for at in (0..60).filter(|at| text.is_char_boundary(*at)) {
            assert_eq!(folded(&text[at..]), folded_slowly(&text[at..]));
        }
        let word = "Kyiv".repeat(300);
        assert_eq!(folded(&word), word.to_lowercase());
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_its_characters_are(
            text in any::<String>(),
            mixed in "[a-cX0'’ .\n\u{e9}\u{301}東\u{fb01}ς\u{ad}]{0,40}",
        ) {
            prop_assert_eq!(folded(&text), folded_slowly(&text));
            prop_assert_eq!(folded(&mixed), folded_slowly(&mixed));
        }

        #[test]
        fn case_and_what_stands_between_words_do_not_matter(
            words in prop::collection::vec("[a-zéßж]{1,9}", 0..9),
            between in "[ \n\t.,;:!?“”()-]{1,3}",
        ) {
            prop_assert_eq!(folded(&words.join(&between)), folded(&words.join(" ")));
            prop_assert_eq!(folded(&words.join(" ")), words.join(" "));
        }
    }
}
