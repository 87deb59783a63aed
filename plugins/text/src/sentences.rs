//! Sentences of news prose, from its tokens.
//!
//! A sentence ends at a full stop, question or exclamation mark or ellipsis, with the closing
//! quotes and brackets that follow it, if what comes next can open a sentence: a word in lower case
//! cannot, so "“Go!” she said." is one sentence. After an abbreviation or initial, whose full stop
//! the tokenizer has kept with it, only a word that usually opens sentences shows that one has
//! ended. A line ends a sentence too, so that headlines and captions stand alone, unless the text
//! is wrapped there.
//!
//! Every token lies in exactly one sentence. Time is linear in the text.

mod lines;
mod marks;
mod opening;

use std::ops::Range;

use crate::language::{Language, english};
use crate::token::{Token, TokenKind};

use lines::Lines;
use marks::{closes, ends_without_space, is_ellipsis, is_format, terminates};

/// A sentence: where it stands in the text, and which tokens it holds.
///
/// Both are given because the stages after it need both: spans to write down, tokens to read; each
/// would have to be searched for from the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sentence {
    /// First byte: that of its first token.
    pub start: u32,
    /// One past the last byte of its last token.
    pub end: u32,
    /// Index of its first token.
    pub first_token: u32,
    /// One past the index of its last token.
    pub end_token: u32,
}

impl Sentence {
    /// Where it stands, in bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Its text. `text` must be the one it was found in.
    pub fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// Its tokens. `tokens` must be those it was found in.
    pub fn tokens(self, tokens: &[Token]) -> &[Token] {
        tokens.get(self.first_token as usize..self.end_token as usize).unwrap_or(&[])
    }
}

/// Finds the sentences of `text`, whose tokens are given, by the rules of English. `out` is cleared
/// first.
///
/// ```
/// let text = "Talks resume in the U.S. on Monday\n\n“Will it hold?” Mr. Roe asked. “We hope.” He left.";
/// let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
/// docmill_text::tokens(text, &mut tokens);
/// docmill_text::sentences(text, &tokens, &mut sentences);
/// let found: Vec<&str> = sentences.iter().map(|sentence| sentence.text(text)).collect();
/// assert_eq!(found, [
///     "Talks resume in the U.S. on Monday",
///     "“Will it hold?” Mr. Roe asked.",
///     "“We hope.”",
///     "He left.",
/// ]);
/// ```
pub fn sentences(text: &str, tokens: &[Token], out: &mut Vec<Sentence>) {
    sentences_in(english(), LineBreaks::Detect, text, tokens, out);
}

/// As [`sentences`], by the word lists of any language (that by which the tokens were found) and
/// with any meaning of line breaks.
pub fn sentences_in(
    language: &Language,
    line_breaks: LineBreaks,
    text: &str,
    tokens: &[Token],
    out: &mut Vec<Sentence>,
) {
    out.clear();
    let lines = Lines::new(text, language, line_breaks);
    let mut splitter = Splitter { text, tokens, language, lines, first: 0, quoted: false, out };
    let mut at = 0;
    while at < tokens.len() {
        at = splitter.look(at);
    }
    splitter.end_before(tokens.len());
}

/// What a single line break means. A blank line ends a sentence always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineBreaks {
    /// It ends a sentence, unless the text looks wrapped there.
    #[default]
    Detect,
    /// It ends a sentence.
    End,
    /// It is a space: the text is wrapped.
    Wrap,
}

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    language: &'a Language,
    lines: Lines<'a>,
    /// The first token of the current sentence.
    first: usize,
    /// Whether a straight quotation mark stands open in this paragraph.
    quoted: bool,
    out: &'a mut Vec<Sentence>,
}

/// What may have ended a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// `.`, or a full stop of another script.
    Stop,
    /// `?`, `!` or a run of them.
    Question,
    /// `...` or `…`.
    Ellipsis,
    /// A full stop that belongs to an abbreviation.
    Abbreviation,
    /// A mark that needs neither space nor capital after it: `。`.
    Sure,
}

impl Splitter<'_> {
    /// Looks at the token at `at`: does a sentence end before it, or with it? Returns where to go
    /// on.
    #[inline]
    fn look(&mut self, at: usize) -> usize {
        let Some(token) = self.tokens.get(at) else { return at + 1 };
        if at > self.first && self.line_ends_before(at) {
            self.end_before(at);
            self.quoted = false;
        }
        let last = self.text.as_bytes().get((token.end as usize).wrapping_sub(1));
        match last {
            Some(b'.' | b'!' | b'?') => {}
            Some(b'"') => {
                self.quoted = !self.quoted;
                return at + 1;
            }
            Some(128..) if token.kind == TokenKind::Punctuation => {}
            _ => return at + 1,
        }
        match self.ending(*token) {
            Some(ending) => self.after(at, ending),
            None => at + 1,
        }
    }

    /// Closes the current sentence before the token at `at`.
    fn end_before(&mut self, at: usize) {
        if let Some([first, .., last] | [first @ last]) = self.tokens.get(self.first..at) {
            self.out.push(Sentence {
                start: first.start,
                end: last.end,
                first_token: self.first as u32,
                end_token: at as u32,
            });
        }
        self.first = at;
    }

    fn ending(&self, token: Token) -> Option<Ending> {
        let text = token.text(self.text);
        match token.kind {
            TokenKind::Word if text.ends_with('.') => Some(Ending::Abbreviation),
            TokenKind::Punctuation if is_ellipsis(text) => Some(Ending::Ellipsis),
            TokenKind::Punctuation if ends_without_space(text) => Some(Ending::Sure),
            TokenKind::Punctuation if text.starts_with(['?', '!']) => Some(Ending::Question),
            TokenKind::Punctuation if terminates(text) => Some(Ending::Stop),
            _ => None,
        }
    }

    /// Decides whether the sentence ends with the token at `at` and what closes after it.
    fn after(&mut self, at: usize, ending: Ending) -> usize {
        let mut next = at + 1;
        loop {
            if self.closes_after(next) {
                self.quoted ^= self.tokens[next].text(self.text) == "\"";
                next += 1;
            } else if let Some(reference) = self.reference_after(next) {
                next = reference;
            } else {
                break;
            }
        }
        if next < self.tokens.len()
            && !self.line_ends_before(next)
            && self.opens_at(at, next, ending)
        {
            self.end_before(next);
        }
        next
    }

    /// Whether the token at `at` belongs to the sentence that has just ended before it.
    fn closes_after(&mut self, at: usize) -> bool {
        let (Some(before), Some(token)) =
            (self.tokens.get(at.wrapping_sub(1)), self.tokens.get(at))
        else {
            return false;
        };
        let text = token.text(self.text);
        let belongs = match token.kind {
            TokenKind::Punctuation => {
                closes(text, before.end == token.start) || text == "\"" && self.quoted
            }
            TokenKind::Symbol => is_format(text),
            _ => false,
        };
        belongs && !self.line_ends_before(at)
    }

    /// Where the reference that follows a sentence's end, as in "It did.[1] It", ends.
    fn reference_after(&mut self, at: usize) -> Option<usize> {
        let [open, number, close] = self.tokens.get(at..at + 3)? else { return None };
        let is_reference = open.text(self.text) == "["
            && number.kind == TokenKind::Number
            && close.text(self.text) == "]";
        (is_reference && !self.line_ends_before(at)).then_some(at + 3)
    }

    #[inline]
    fn line_ends_before(&mut self, at: usize) -> bool {
        let (Some(before), Some(token)) =
            (self.tokens.get(at.wrapping_sub(1)), self.tokens.get(at))
        else {
            return false;
        };
        let (end, start) = (before.end as usize, token.start as usize);
        if start == end || start == end + 1 && self.text.as_bytes().get(end) == Some(&b' ') {
            return false;
        }
        self.lines.end_in(end..start, before, token)
    }
}

fn starts_in_lower_case(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_lowercase) && !chars.next().is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens;

    /// The sentences of `text`, separated by `|`.
    fn split(text: &str) -> String {
        let (mut words, mut out) = (Vec::new(), Vec::new());
        tokens(text, &mut words);
        sentences(text, &words, &mut out);
        out.iter().map(|sentence| sentence.text(text)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn full_stops_end_sentences() {
        assert_eq!(
            split("He left. She stayed! Why? 12 were seen."),
            "He left.|She stayed!|Why?|12 were seen."
        );
    }

    #[test]
    fn abbreviations_do_not_but_an_opening_word_shows_an_end() {
        assert_eq!(
            split("Gen. Roe met Mr. Doe of Acme Inc. at noon."),
            "Gen. Roe met Mr. Doe of Acme Inc. at noon."
        );
        assert_eq!(split("He left the U.S. The Senate met."), "He left the U.S.|The Senate met.");
        assert_eq!(
            split("The U.S. Senate met at 5 p.m. Monday."),
            "The U.S. Senate met at 5 p.m. Monday."
        );
        assert_eq!(
            split("See No. 5 on Jan. 6. No. He will not."),
            "See No. 5 on Jan. 6.|No.|He will not."
        );
    }

    #[test]
    fn initials_do_not() {
        assert_eq!(
            split("J. K. Roe and George W. Doe came. He left."),
            "J. K. Roe and George W. Doe came.|He left."
        );
        assert_eq!(split("They need vitamin C. They know."), "They need vitamin C.|They know.");
    }

    #[test]
    fn numbers_keep_their_points() {
        assert_eq!(
            split("It rose 2.5 per cent. 1. First point"),
            "It rose 2.5 per cent.|1. First point"
        );
    }

    #[test]
    fn closing_marks_belong_to_their_sentence() {
        assert_eq!(
            split("“It is the end.” He left. (He ran.) Gone."),
            "“It is the end.”|He left.|(He ran.)|Gone."
        );
        assert_eq!(split("'It is \"over.\"' He left."), "'It is \"over.\"'|He left.");
    }

    #[test]
    fn references_belong_to_the_sentence_before_them() {
        assert_eq!(
            split("It did.[1] It was [sic] so. [2][3] Yes."),
            "It did.[1]|It was [sic] so. [2][3]|Yes."
        );
    }

    #[test]
    fn a_straight_quote_that_stands_apart_closes_what_is_open() {
        assert_eq!(
            split("He said: \" It is so. \" They left. \" Yes. \""),
            "He said: \" It is so. \"|They left.|\" Yes. \""
        );
    }

    #[test]
    fn an_attribution_goes_on() {
        assert_eq!(
            split("“Go!” she said. “Now?” Roe asked. “Yes.”"),
            "“Go!” she said.|“Now?” Roe asked.|“Yes.”"
        );
        assert_eq!(split("“Is it over?” They wondered."), "“Is it over?”|They wondered.");
        assert_eq!(split("Yahoo! said so."), "Yahoo! said so.");
    }

    #[test]
    fn an_ellipsis_ends_a_sentence_only_before_a_capital() {
        assert_eq!(
            split("He was … late... and then... They left."),
            "He was … late... and then...|They left."
        );
    }

    #[test]
    fn a_missing_space_is_forgiven() {
        assert_eq!(
            split("It is the end.The start was good."),
            "It is the end.|The start was good."
        );
    }

    #[test]
    fn lines_end_sentences() {
        assert_eq!(
            split("Talks resume\nBy Jane Roe\n\nKyiv said"),
            "Talks resume|By Jane Roe|Kyiv said"
        );
        assert_eq!(split("Points:\n- one\n- two"), "Points:|- one|- two");
        assert_eq!(split("One\r\nTwo\u{2029}Three"), "One|Two|Three");
    }

    #[test]
    fn unless_the_line_is_unfinished() {
        assert_eq!(
            split("the talks with\nthe ministry resumed.\nlater"),
            "the talks with\nthe ministry resumed.|later"
        );
    }

    #[test]
    fn nor_where_lines_are_filled() {
        let wrapped = "The talks will be held on Monday with\nForeign Minister Roe, who has asked for\na pause. He \
                       did so in a short letter.";
        assert_eq!(split(wrapped).split('|').count(), 2);
        assert_eq!(
            split("On Monday Jane Roe met\nForeign Minister Doe\nAll about Kyiv"),
            "On Monday Jane Roe met|Foreign Minister Doe|All about Kyiv"
        );
    }

    #[test]
    fn but_filled_lines_may_be_a_list() {
        let list = "All about Kyiv and its people\nForeign Minister Roe on Sunday\nMonday Jane Roe met John Doe";
        assert_eq!(split(list).split('|').count(), 3);
    }

    #[test]
    fn other_scripts_have_their_own_full_stops() {
        assert_eq!(split("東京は雨。大阪は晴れ。"), "東京は雨。|大阪は晴れ。");
        assert_eq!(split("हाँ। नहीं।"), "हाँ।|नहीं।");
    }

    #[test]
    fn time_is_linear() {
        // Quadratic time would take minutes.
        for piece in [
            ".", "a.", "a. ", "“", "”", "x", "\n", "a\n", "?”", "(", ")", " ", "'s", "a@", "a://",
            "1,", "。",
        ] {
            let text = piece.repeat(1_000_000 / piece.len());
            split(&text);
        }
    }

    fn pieces() -> impl Strategy<Value = String> {
        let known = prop::sample::select(vec![
            "He ", "said ", "Mr. ", "U.S. ", "J. ", "etc. ", "1", ".", ". ", "?", "! ", "...", "…",
            "\"", "“", "”", "’", "'", "(", ")", "[", "]", ",", "-", "\n", "\n\n", "\r\n", " ",
            "\u{200b}", "\u{301}", "東", "。", "é", "The ", "a",
        ]);
        prop::collection::vec(known, 0..50).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn every_token_lies_in_one_sentence(text in prop_oneof![5 => pieces(), 1 => any::<String>()]) {
            let (mut words, mut out) = (Vec::new(), Vec::new());
            tokens(&text, &mut words);
            sentences(&text, &words, &mut out);
            let mut next = 0;
            for sentence in &out {
                prop_assert_eq!(sentence.first_token, next);
                next = sentence.end_token;
                let inside = sentence.tokens(&words);
                prop_assert_eq!(inside.first().map(|token| token.start), Some(sentence.start));
                prop_assert_eq!(inside.last().map(|token| token.end), Some(sentence.end));
            }
            prop_assert_eq!(next as usize, words.len());
        }
    }
}
