//! Where a line break ends a sentence, and where the text is only wrapped.
//!
//! A blank line always ends one. A single break does not where the next line goes on in lower case
//! after no full stop, and nowhere in a block of lines that are filled to one width, as in e-mails
//! and wire copy: there each line but the last is so long that the first word of the next had no
//! room in it, and most go on in lower case.

use std::ops::Range;

use crate::token::{Token, TokenKind};

use super::marks::{closes, is_bullet, is_ellipsis, terminates};
use super::{LineBreaks, starts_in_lower_case};

/// The widest line, in chars, of text that is wrapped; more is a paragraph.
const WIDEST: usize = 120;
/// The narrowest, less is a list.
const NARROWEST: usize = 30;

pub(super) struct Lines<'a> {
    text: &'a str,
    breaks: LineBreaks,
    /// The block of lines, between blank ones, that was looked at last.
    block: Range<usize>,
    /// Whether it is wrapped.
    wrapped: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, breaks: LineBreaks) -> Self {
        Lines { text, breaks, block: 0..0, wrapped: false }
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
        if self.is_wrapped(gap.start) {
            return false;
        }
        let last = before.text(self.text);
        let stopped = before.kind == TokenKind::Punctuation
            && (closes(last, true)
                || terminates(last)
                || is_ellipsis(last)
                || last.starts_with(['?', '!', ':']));
        stopped || !after.is_word() || !starts_in_lower_case(next)
    }

    /// Whether the block of lines around `at` is wrapped. To be asked with ascending places.
    fn is_wrapped(&mut self, at: usize) -> bool {
        while at >= self.block.end {
            let start = self.block.end;
            let rest = self.text.get(start..).unwrap_or("");
            let mut lines = rest.split_inclusive('\n');
            let length: usize =
                lines.by_ref().take_while(|line| !line.trim_ascii().is_empty()).map(str::len).sum();
            let block = rest.get(..length).unwrap_or("");
            // The blank line goes with its block, so that each block is longer than nothing.
            let blank = rest
                .get(length..)
                .and_then(|rest| rest.split_inclusive('\n').next())
                .map_or(0, str::len);
            if length + blank == 0 {
                return false;
            }
            self.block = start..start + length + blank;
            self.wrapped = at < self.block.end && is_filled(block);
        }
        self.wrapped
    }
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

/// Whether three lines or more are filled to one width, and at least half of those after the first
/// begin in lower case.
fn is_filled(block: &str) -> bool {
    let width = |line: &str| line.trim_ascii_end().chars().count();
    let Some(widest) = block.lines().map(width).max() else { return false };
    if !(NARROWEST..=WIDEST).contains(&widest) {
        return false;
    }
    let (mut lines, mut lower) = (1, 0);
    for (line, next) in block.lines().zip(block.lines().skip(1)) {
        let word = next.split_ascii_whitespace().next().unwrap_or("");
        if width(line) + 1 + width(word) <= widest {
            return false;
        }
        lines += 1;
        lower += usize::from(starts_in_lower_case(word));
    }
    lines > 2 && lower * 2 >= lines - 1
}
