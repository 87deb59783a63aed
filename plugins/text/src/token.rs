//! A token: where it stands, and what it is made of.

use std::ops::Range;

/// A token of a text: a byte range, on char boundaries, and a kind. It holds no text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it is made of.
    pub kind: TokenKind,
}

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// Letters: words, clitics, abbreviations, addresses, @handles, #tags, `12-year-old`.
    Word = 0,
    /// Digits, with what groups them or is written to them: `22.5`, `1,200`, `10:30`, `9/11`,
    /// `3-6`, `22nd`.
    Number = 1,
    /// Punctuation: quotation marks, dashes, full stops, a whole ellipsis.
    Punctuation = 2,
    /// Everything else: currency marks, mathematical signs, emoji, control characters.
    Symbol = 3,
}

impl Token {
    /// Where it stands, in bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Its text. `text` must be the one it was found in; of another text, an empty or a wrong
    /// piece.
    pub fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// Whether it is a [`TokenKind::Word`].
    pub fn is_word(self) -> bool {
        self.kind == TokenKind::Word
    }
}
