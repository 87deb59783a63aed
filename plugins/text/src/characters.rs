//! Classes of characters, as the tokenizer needs them: a table for ASCII, Unicode's general
//! category beyond.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What a character can do in a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// White space: no token.
    Space,
    /// A letter, or `_`: makes words.
    Letter,
    /// A digit or other numeric character.
    Digit,
    /// An ideograph: a word by itself, as no space marks where words end.
    Ideograph,
    /// A combining mark, a variation selector, an emoji's skin tone: stays with the character
    /// before it.
    Mark,
    /// An invisible format character (soft hyphen, joiner): part of a word only between letters.
    Format,
    /// `'` and its typographic forms: an apostrophe within a word, a quotation mark beside it.
    Apostrophe,
    /// `-` and the Unicode hyphens, not the dashes.
    Hyphen,
    /// Punctuation.
    Punctuation,
    /// Symbols, currency marks, control and private characters.
    Symbol,
}

/// The class of each ASCII byte; bytes of 128 and above hold [`Class::Symbol`] and must be decoded.
pub(crate) static ASCII: [Class; 256] = {
    let mut classes = [Class::Symbol; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'\t'..=b'\r' | b' ' => Class::Space,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'\'' => Class::Apostrophe,
            b'-' => Class::Hyphen,
            b'!' | b'"' | b'#' | b'%' | b'&' | b'(' | b')' | b'*' | b',' | b'.' | b'/' | b':'
            | b';' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}' => Class::Punctuation,
            _ => Class::Symbol,
        };
        byte += 1;
    }
    classes
};

/// The class of any character.
pub(crate) fn class(c: char) -> Class {
    match c {
        '\0'..='\x7f' => ASCII[c as usize & 0x7f],
        // The bulk of Latin, Greek and Cyrillic letters, without the search.
        '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ba}' => Class::Letter,
        '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3f5}' => Class::Letter,
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => Class::Letter,
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => Class::Apostrophe,
        '\u{2010}' | '\u{2011}' => Class::Hyphen,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => {
            Class::Ideograph
        }
        '\u{20000}'..='\u{3ffff}' => Class::Ideograph,
        '\u{ac00}'..='\u{d7a3}' => Class::Letter,
        '\u{1f3fb}'..='\u{1f3ff}' => Class::Mark,
        _ if c.is_whitespace() => Class::Space,
        _ => by_category(c),
    }
}

fn by_category(c: char) -> Class {
    use GeneralCategory as G;
    match c.general_category() {
        G::UppercaseLetter
        | G::LowercaseLetter
        | G::TitlecaseLetter
        | G::ModifierLetter
        | G::OtherLetter => Class::Letter,
        G::NonspacingMark | G::SpacingMark | G::EnclosingMark => Class::Mark,
        G::DecimalNumber | G::LetterNumber | G::OtherNumber => Class::Digit,
        G::Format => Class::Format,
        G::ConnectorPunctuation
        | G::DashPunctuation
        | G::OpenPunctuation
        | G::ClosePunctuation
        | G::InitialPunctuation
        | G::FinalPunctuation
        | G::OtherPunctuation => Class::Punctuation,
        _ => Class::Symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_what_the_standard_library_calls_white_space() {
        for c in '\0'..=char::MAX {
            assert_eq!(class(c) == Class::Space, c.is_whitespace(), "{c:?}");
        }
    }

    #[test]
    fn the_short_cuts_agree_with_the_category() {
        for c in '\u{80}'..='\u{ffff}' {
            if class(c) == Class::Letter {
                assert!(c.is_alphabetic() || by_category(c) == Class::Letter, "{c:?}");
            }
            if class(c) == Class::Ideograph {
                assert!(
                    by_category(c) == Class::Letter
                        || c.general_category() == GeneralCategory::Unassigned
                );
            }
        }
    }
}
