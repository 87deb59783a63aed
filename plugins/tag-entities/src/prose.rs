//! The text as the rules read it: tokens with their classes, shapes and sentences.
//!
//! A token such as `Israel-Hamas` or `US-led` is taken apart at its hyphens where a part names a
//! country, so that the rules see the name; one that the lists hold as a whole (`Guinea-Bissau`)
//! stays whole.

use std::ops::Range;

use docmill_core::{
    Document, Span,
    vocab::{self, tokens::Kind},
};
use docmill_text::{Token, TokenKind, fold_hash};

use crate::classes::{Class, Classes};
use crate::lexicon::lexicon;

/// How a token is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `army`.
    Lower,
    /// `Army`, `McCain`, `iPhone`.
    Capital,
    /// `NATO`, `U.S.`: at least two letters, no small one.
    Caps,
    /// `J.`, `J`.
    Initial,
    /// `'s`, `n't`.
    Clitic,
    /// Digits.
    Number,
    /// Punctuation and symbols.
    Mark,
}

/// How a sentence is written: what a capital proves in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As prose: a capital makes a name.
    Prose,
    /// As a title: most words have a capital.
    Title,
    /// In capitals.
    Caps,
}

/// What is known of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) classes: Classes,
    pub(crate) shape: Shape,
    pub(crate) sentence: u32,
    /// Whether it is the first word of its sentence, or of a quotation or clause after a colon.
    pub(crate) opens: bool,
}

/// A sentence: its tokens, and how it is written.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) tokens: Range<usize>,
    pub(crate) manner: Manner,
}

/// The most tokens of a dateline.
const DATELINE: usize = 16;

/// Buffers for the reading of one document after the other.
#[derive(Default)]
pub(crate) struct Reader {
    tokens: Vec<Token>,
    hashes: Vec<u64>,
    words: Vec<Word>,
    sentences: Vec<Sentence>,
}

/// A document's text, read.
#[derive(Clone, Copy)]
pub(crate) struct Prose<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    /// The folded hash of each token.
    pub(crate) hashes: &'a [u64],
    pub(crate) words: &'a [Word],
    pub(crate) sentences: &'a [Sentence],
}

impl Reader {
    /// Reads a document's layers `tokens` and `sentences`.
    pub(crate) fn read<'a>(&'a mut self, document: &Document<'a>) -> Prose<'a> {
        let text = document.text();
        self.tokens.clear();
        for token in vocab::tokens::read(document) {
            let kind = match token.kind {
                Kind::Word => TokenKind::Word,
                Kind::Number => TokenKind::Number,
                Kind::Punctuation => TokenKind::Punctuation,
                Kind::Symbol => TokenKind::Symbol,
            };
            let token = Token { start: token.span.start, end: token.span.end, kind };
            let follows = self.tokens.last().is_none_or(|last| last.end <= token.start);
            if follows && text.get(token.range()).is_some() {
                push_parts(text, token, &mut self.tokens);
            }
        }
        docmill_text::fold_hashes(text, &self.tokens, &mut self.hashes);
        self.sentences.clear();
        self.split(vocab::sentences::read(document));
        self.words.clear();
        for (number, sentence) in self.sentences.iter_mut().enumerate() {
            let first = sentence.tokens.start;
            for at in sentence.tokens.clone() {
                let shape = shape(self.tokens[at], text);
                let classes = lexicon().classes_of(self.hashes[at]);
                let opens =
                    matches!(shape, Shape::Lower | Shape::Capital | Shape::Caps | Shape::Initial)
                        && (at == first || opens_after(text, &self.tokens, &self.words, first, at));
                self.words.push(Word { classes, shape, sentence: number as u32, opens });
            }
            sentence.manner =
                manner(&self.tokens[sentence.tokens.clone()], &self.words[sentence.tokens.clone()]);
        }
        Prose {
            text,
            tokens: &self.tokens,
            hashes: &self.hashes,
            words: &self.words,
            sentences: &self.sentences,
        }
    }

    /// Groups the tokens by sentence; those between sentences make one of their own.
    fn split(&mut self, sentences: impl Iterator<Item = Span>) {
        let mut at = 0;
        let mut push = |at: &mut usize, end: usize| {
            if *at < end {
                self.sentences.push(Sentence { tokens: *at..end, manner: Manner::Prose });
                *at = end;
            }
        };
        for sentence in sentences {
            let before = |limit: u32, at: usize| {
                at + self.tokens[at..].partition_point(|token| token.start < limit)
            };
            let start = before(sentence.start, at);
            push(&mut at, start);
            let end = before(sentence.end, at);
            push(&mut at, end);
        }
        push(&mut at, self.tokens.len());
    }
}

impl<'a> Prose<'a> {
    /// The text of a token; nothing beyond the last.
    pub(crate) fn token(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    /// The text from one token to before another.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        match (self.tokens.get(range.start), self.tokens.get(range.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if range.start < range.end => (first.start..last.end).into(),
            _ => (0u32..0).into(),
        }
    }

    /// What is known of a token; of none beyond the last.
    pub(crate) fn word(&self, at: usize) -> Word {
        const NONE: Word =
            Word { classes: Classes::NONE, shape: Shape::Mark, sentence: u32::MAX, opens: false };
        self.words.get(at).copied().unwrap_or(NONE)
    }

    /// Whether a token has the class.
    pub(crate) fn has(&self, at: usize, class: Class) -> bool {
        self.word(at).classes.has(class)
    }

    /// Whether a token is written as a name is.
    pub(crate) fn is_capital(&self, at: usize) -> bool {
        matches!(self.word(at).shape, Shape::Capital | Shape::Caps | Shape::Initial)
    }

    /// The token before, in the same sentence.
    pub(crate) fn before(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1)?;
        (self.word(before).sentence == self.word(at).sentence).then_some(before)
    }

    /// The sentence of a token.
    pub(crate) fn sentence_of(&self, at: usize) -> Range<usize> {
        let sentence = self.sentences.get(self.word(at).sentence as usize);
        sentence.map_or(at..at, |sentence| sentence.tokens.clone())
    }

    /// How the sentence of a token is written.
    pub(crate) fn manner(&self, at: usize) -> Manner {
        self.sentences
            .get(self.word(at).sentence as usize)
            .map_or(Manner::Prose, |sentence| sentence.manner)
    }

    /// Whether a token is this word, whatever its case. `word` is in lower case.
    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        self.token(at).eq_ignore_ascii_case(word)
    }

    /// Whether a token stands in a dateline: "LIMA (AP) —", "Lima, March 3 (Wire) —".
    pub(crate) fn in_dateline(&self, first: usize) -> bool {
        let prose = self;
        let sentence = prose.sentence_of(first);
        if first + 4 >= sentence.start + DATELINE {
            return false;
        }
        let end = sentence.end.min(sentence.start + DATELINE);
        // Not the hyphen of "U.S.-led".
        let apart = |at: usize| at > 0 && prose.tokens[at - 1].end < prose.tokens[at].start;
        let is_dash = |at: usize| {
            matches!(prose.token(at), "—" | "–" | "--") || prose.token(at) == "-" && apart(at)
        };
        let dash = (first..end).find(|at| is_dash(*at));
        let Some(dash) = dash.filter(|dash| *dash > sentence.start) else { return false };
        let plain = (sentence.start..dash).all(|at| {
            matches!(
                prose.word(at).shape,
                Shape::Capital | Shape::Caps | Shape::Number | Shape::Initial
            ) || matches!(prose.token(at), "," | "(" | ")" | "/" | ".")
        });
        plain && (prose.token(dash - 1) == ")" || prose.word(sentence.start).shape == Shape::Caps)
    }
}

/// Adds a token, taken apart at its hyphens where that shows a country.
fn push_parts(text: &str, token: Token, out: &mut Vec<Token>) {
    let word = token.text(text);
    let is_hyphen = |c: char| matches!(c, '-' | '\u{2010}' | '\u{2011}');
    let worth = token.is_word()
        && word.contains(is_hyphen)
        && !lexicon().classes_of(fold_hash(word)).has(Class::Hyphenated)
        && word.split(is_hyphen).any(|part| {
            part.chars().next().is_some_and(char::is_uppercase)
                && lexicon().classes_of(fold_hash(part)).any(&[Class::Nation, Class::Group])
        });
    if !worth {
        out.push(token);
        return;
    }
    let mut start = token.start;
    for part in word.split_inclusive(is_hyphen) {
        let stem = part.trim_end_matches(is_hyphen);
        let end = start + stem.len() as u32;
        if start < end {
            out.push(Token { start, end, kind: token.kind });
        }
        start += part.len() as u32;
        if end < start {
            out.push(Token { start: end, end: start, kind: TokenKind::Punctuation });
        }
    }
}

fn shape(token: Token, text: &str) -> Shape {
    match token.kind {
        TokenKind::Number => return Shape::Number,
        TokenKind::Punctuation | TokenKind::Symbol => return Shape::Mark,
        TokenKind::Word => {}
    }
    let word = token.text(text);
    let (mut letters, mut upper, mut lower) = (0, 0, 0);
    for c in word.chars() {
        letters += usize::from(c.is_alphabetic());
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    match word.chars().next() {
        Some('\'' | '’') => Shape::Clitic,
        _ if matches!(word, "n't" | "n’t") => Shape::Clitic,
        _ if upper == 0 || letters == 0 => Shape::Lower,
        _ if upper == 1 && letters == 1 => Shape::Initial,
        _ if lower == 0 => Shape::Caps,
        Some(first) if first.is_uppercase() || upper > 1 || word.contains('-') => Shape::Capital,
        _ => Shape::Lower,
    }
}

/// Whether what stands before a token makes it the first word of a quotation or clause.
fn opens_after(text: &str, tokens: &[Token], words: &[Word], first: usize, at: usize) -> bool {
    let before = &words[first..at];
    if before.iter().all(|word| matches!(word.shape, Shape::Mark | Shape::Number)) {
        return true;
    }
    matches!(tokens[at - 1].text(text), "\"" | "“" | "‘" | "«" | ":" | "•" | "*" | "|")
}

fn manner(tokens: &[Token], words: &[Word]) -> Manner {
    let (mut lower, mut capital, mut caps) = (0, 0, 0);
    for (token, word) in tokens.iter().zip(words) {
        let long = token.end - token.start >= 4;
        match word.shape {
            Shape::Lower if long => lower += 1,
            Shape::Capital if long => capital += 1,
            Shape::Caps if long => caps += 1,
            _ => {}
        }
    }
    if caps >= 2 && caps * 10 >= (lower + capital + caps) * 7 {
        Manner::Caps
    } else if capital >= 4 && lower * 8 <= capital {
        Manner::Title
    } else {
        Manner::Prose
    }
}
