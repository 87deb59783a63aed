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

/// The folded words of one text.
#[derive(Default)]
pub(crate) struct Words {
    /// Each word with a space after it.
    text: String,
    /// Of each word, where they are asked for.
    hashes: Vec<u64>,
    hashed: bool,
    /// Where the word at hand begins.
    start: usize,
    /// Whether it takes no more letters.
    alone: bool,
}

impl Words {
    /// The words, a space after each.
    pub(crate) fn text(&self) -> &str {
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
        (self.start, self.alone) = (0, false);
        let mut rest = text;
        while let Some(&byte) = rest.as_bytes().first() {
            let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if run > 0 {
                if self.alone {
                    self.end();
                }
                let (letters, after) = rest.split_at(run);
                let from = self.text.len();
                self.text.push_str(letters);
                if let Some(pushed) = self.text.get_mut(from..) {
                    pushed.make_ascii_lowercase();
                }
                rest = after;
            } else if byte.is_ascii() {
                if byte != b'\'' {
                    self.end();
                }
                rest = &rest[1..];
            } else {
                let mut chars = rest.chars();
                chars.next().into_iter().for_each(|c| self.beyond_ascii(c));
                rest = chars.as_str();
            }
        }
        self.end();
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
            Class::Mark if self.start < self.text.len() => self.text.push(c),
            Class::Mark | Class::LeftOut => {}
            Class::Other => self.end(),
        }
    }

    fn push(&mut self, c: char) {
        match c {
            // The sigma at the end of a word is a matter of typography.
            'ς' => self.text.push('σ'),
            c => self.text.extend(c.to_lowercase()),
        }
    }

    /// Ends the word at hand, where there is one.
    fn end(&mut self) {
        self.alone = false;
        let word = self.text.get(self.start..).unwrap_or_default();
        if !word.is_ascii() && is_nfkc_quick(word.chars()) != IsNormalized::Yes {
            // Normal forms bring capitals (Ⅳ) and signs (½) of their own.
            let lowered = word.nfkc().flat_map(char::to_lowercase);
            let normal: String =
                lowered.filter(|c| c.is_alphanumeric() || is_combining_mark(*c)).collect();
            self.text.truncate(self.start);
            self.text.push_str(&normal);
        }
        let word = self.text.get(self.start..).unwrap_or_default();
        if !word.is_empty() {
            if self.hashed {
                self.hashes.push(hash::of_bytes(word.as_bytes()));
            }
            self.text.push(' ');
            self.start = self.text.len();
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
        assert_eq!(words.hashes.len(), words.text.matches(' ').count(), "{text:?}");
        words.text.trim_end().to_owned()
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

    proptest! {
        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            folded(&text);
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
