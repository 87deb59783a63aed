//! Direct speech by its marks: which units open and close it, and which stand within.

use docmill_core::{Span, vocab::tokens::Kind};
use docmill_text::{Quotation, Token, TokenKind};

use crate::{reading::Reading, units::Pos};

/// A quote by its marks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Direct {
    /// Sentence and unit of its opening mark.
    pub(crate) open: (usize, usize),
    /// Sentence and unit of its closing mark.
    pub(crate) close: (usize, usize),
    /// What stands between the marks.
    pub(crate) span: Span,
    /// Whether nothing precedes it in its paragraph.
    pub(crate) opens_paragraph: bool,
    /// The paragraphs that it begins and ends in.
    pub(crate) paragraphs: (usize, usize),
}

/// The quotations of a text whose tokens are given.
pub(crate) fn quotations(
    text: &str,
    tokens: &[docmill_core::vocab::tokens::Token],
) -> Vec<Quotation> {
    let kind = |kind: Kind| match kind {
        Kind::Word => TokenKind::Word,
        Kind::Number => TokenKind::Number,
        Kind::Punctuation => TokenKind::Punctuation,
        Kind::Symbol => TokenKind::Symbol,
    };
    let tokens: Vec<Token> = tokens
        .iter()
        .map(|token| Token { start: token.span.start, end: token.span.end, kind: kind(token.kind) })
        .collect();
    let mut found = Vec::new();
    docmill_text::quotes(text, &tokens, &mut found);
    found
}

/// Gives the quotation marks their classes, flags the units between outer ones, and returns the outer quotes.
pub(crate) fn set(reading: &mut Reading<'_>, quotations: &[Quotation]) -> Vec<Direct> {
    let text = reading.text;
    let mut ends: Vec<u32> = quotations.iter().map(|quotation| quotation.content_end).collect();
    ends.sort_unstable();
    let (mut next, mut end) = (0, 0);
    let mut found: Vec<Direct> = Vec::new();
    let (mut paragraph, mut before, mut first) = (0, 0, true);
    let mut inside = false;
    for (at, sentence) in reading.sentences.iter_mut().enumerate() {
        for (index, unit) in sentence.units.iter_mut().enumerate() {
            let gap = text.get(before..unit.span.start as usize);
            if gap.is_some_and(|gap| gap.contains('\n')) {
                paragraph += 1;
                first = true;
            }
            before = unit.span.end as usize;
            if matches!(unit.pos, Pos::OpenQuote | Pos::CloseQuote) {
                unit.pos = Pos::Other;
            }
            while quotations.get(next).is_some_and(|quotation| quotation.start < unit.span.start) {
                next += 1;
            }
            while ends.get(end).is_some_and(|end| *end < unit.span.start) {
                end += 1;
            }
            let opens = quotations.get(next).filter(|quotation| quotation.start == unit.span.start);
            let closes = ends.get(end) == Some(&unit.span.start);
            if let Some(quotation) = opens {
                unit.pos = Pos::OpenQuote;
                if quotation.depth == 0 {
                    inside = true;
                    found.push(Direct {
                        open: (at, index),
                        close: (at, index),
                        span: Span { start: quotation.content_start, end: quotation.content_end },
                        opens_paragraph: first,
                        paragraphs: (paragraph, paragraph),
                    });
                }
            } else if closes {
                unit.pos = Pos::CloseQuote;
                let outer = found.last_mut().filter(|direct| direct.span.end == unit.span.start);
                if let Some(direct) = outer {
                    direct.close = (at, index);
                    direct.paragraphs.1 = paragraph;
                    inside = false;
                }
            } else {
                unit.quoted = inside;
            }
            first = false;
        }
    }
    found.retain(|direct| direct.span.start < direct.span.end && direct.open < direct.close);
    found
}
