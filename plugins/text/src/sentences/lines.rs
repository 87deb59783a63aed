//! Where a line break ends a sentence, and where the text is only wrapped.
//!
//! A blank line always ends one. A single break does not after a word that no sentence ends with
//! ("the", "and"), nor where the text is wrapped at a width, as in e-mails and wire copy, and the
//! line is filled to it: so long that the first word of the next had no room. A next line in lower
//! case alone shows nothing: on scraped pages nine in ten such lines are menus, tags and captions.
//!
//! The width is that of the longest block of three lines or more that are all, but the last, filled
//! to the widest of them. It counts only if of the lines that such blocks go on with at least a
//! third begin in lower case: else they are lists.

use std::ops::Range;

use crate::language::Language;
use crate::token::{Token, TokenKind};

use super::marks::is_bullet;
use super::{LineBreaks, starts_in_lower_case};

/// The widest line, in chars, of wrapped text; a wider one is a paragraph.
const WIDEST: usize = 120;
/// The narrowest, in chars, that a text is wrapped at; a narrower one is a list.
const NARROWEST: usize = 30;

pub(super) struct Lines<'a> {
    text: &'a str,
    language: &'a Language,
    breaks: LineBreaks,
    /// The width at which the text is wrapped, if it is; not known until it is asked for.
    width: Option<Option<usize>>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, language: &'a Language, breaks: LineBreaks) -> Self {
        Lines { text, language, breaks, width: None }
    }

    /// Whether a line that ends a sentence does so in the white space `gap`, between two tokens.
    pub(super) fn end_in(&mut self, gap: Range<usize>, before: &Token, after: &Token) -> bool {
        let breaks = breaks(self.text.get(gap.clone()).unwrap_or(""));
        if breaks != 1 {
            return breaks > 1;
        }
        match self.breaks {
            LineBreaks::Detect => {}
            LineBreaks::End => return true,
            LineBreaks::Wrap => return false,
        }
        let next = after.text(self.text);
        if is_bullet(next) {
            return true;
        }
        if self.is_filled_before(gap) {
            return false;
        }
        let last = before.text(self.text);
        let capital = after.is_word() && !starts_in_lower_case(next);
        let goes_on = match before.kind {
            TokenKind::Word => self.language.is_unfinished(last, capital),
            _ => last == "," && starts_in_lower_case(next),
        };
        !goes_on || after.kind == TokenKind::Symbol
    }

    /// Whether the text is wrapped, and the line that ends in `gap` is filled.
    fn is_filled_before(&mut self, gap: Range<usize>) -> bool {
        let text = self.text;
        let Some(widest) = *self.width.get_or_insert_with(|| wrapped_at(text)) else {
            return false;
        };
        let line = text.get(..gap.start).unwrap_or("").chars().rev();
        let line = line.take(WIDEST + 1).take_while(|c| *c != '\n').count();
        let word = text.get(gap.end..).unwrap_or("").chars();
        let word = word.take(WIDEST).take_while(|c| !c.is_whitespace()).count();
        line <= WIDEST && is_filled(line, word, widest)
    }
}

/// Whether a line of this width has no room for a word of that width.
fn is_filled(line: usize, word: usize, widest: usize) -> bool {
    line + 1 + word > widest
}

/// How many line breaks white space holds, two standing for more.
fn breaks(gap: &str) -> usize {
    let mut breaks = 0;
    let mut previous = ' ';
    for c in gap.chars() {
        let crlf = c == '\n' && previous == '\r';
        breaks +=
            usize::from(matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}') && !crlf);
        if breaks > 1 {
            break;
        }
        previous = c;
    }
    breaks
}

/// The width at which a text is wrapped, if it is.
fn wrapped_at(text: &str) -> Option<usize> {
    let (mut longest, mut width) = (0, 0);
    let (mut continuations, mut lower) = (0, 0);
    let mut block = Vec::new();
    // A blank line after the last one closes the last block.
    for line in text.lines().map(str::trim_ascii).chain([""]) {
        if !line.is_empty() {
            block.push(line);
            continue;
        }
        if let Some((widest, lower_case)) = filled_block(&block) {
            continuations += block.len() - 1;
            lower += lower_case;
            if block.len() > longest {
                (longest, width) = (block.len(), widest);
            }
        }
        block.clear();
    }
    (longest > 0 && lower * 3 >= continuations).then_some(width)
}

/// The width of a block of three lines or more that are all, but the last, filled to it, and how
/// many of its lines, but the first, begin in lower case.
fn filled_block(block: &[&str]) -> Option<(usize, usize)> {
    // Most paragraphs are one line: nothing to measure.
    if block.len() < 3 {
        return None;
    }
    let width = |line: &str| line.chars().count();
    let widest = block.iter().map(|line| width(line)).max()?;
    if !(NARROWEST..=WIDEST).contains(&widest) {
        return None;
    }
    let mut lower = 0;
    for (line, next) in block.iter().zip(block.iter().skip(1)) {
        let word = next.split_ascii_whitespace().next().unwrap_or("");
        if !is_filled(width(line), width(word), widest) {
            return None;
        }
        lower += usize::from(starts_in_lower_case(word));
    }
    Some((widest, lower))
}
