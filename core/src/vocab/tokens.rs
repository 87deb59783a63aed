//! The layer `tokens`: words, numbers, punctuation marks and symbols, in order, without overlap.
//! Every char that is not white space lies in one. Transient.

use crate::{Changes, Document, Span, vocab::names};

/// The name of the layer.
pub const LAYER: &str = "tokens";

names! {
    /// What a token is: the annotation's label.
    Kind {
        /// Letters, with what belongs to them: `Kyiv`, `Israeli-made`, `U.S.`, `'s`.
        Word = "word",
        /// Digits, with what belongs to them: `22.5`, `1,200`, `2nd`.
        Number = "number",
        /// A punctuation mark or a run of one: `.`, `“`, `...`.
        Punctuation = "punctuation",
        /// Anything else: `$`, `+`, an emoji.
        Symbol = "symbol",
    }
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it lies.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// The tokens of a document, in text order.
pub fn read<'a>(document: &Document<'a>) -> impl Iterator<Item = Token> + use<'a> {
    let layer = document.layer(LAYER);
    layer.into_iter().flat_map(|layer| {
        layer.iter().filter_map(|token| {
            Some(Token { span: token.span(), kind: Kind::of_name(token.label())? })
        })
    })
}

/// Adds a token.
pub fn write(changes: &mut Changes, token: Token) {
    changes.annotate(LAYER, token.span).label(token.kind.name());
}
