//! The layer `sentences`: where sentences lie, in order, without overlap.

use crate::{Changes, Document, Span};

/// The name of the layer.
pub const LAYER: &str = "sentences";

/// The sentences of a document, in text order.
pub fn read<'a>(document: &Document<'a>) -> impl Iterator<Item = Span> + use<'a> {
    document.layer(LAYER).into_iter().flat_map(|layer| layer.iter().map(|sentence| sentence.span()))
}

/// Adds a sentence.
pub fn write(changes: &mut Changes, sentence: impl Into<Span>) {
    changes.annotate(LAYER, sentence);
}
