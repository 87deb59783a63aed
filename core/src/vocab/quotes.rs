//! The layer `quotes`: what someone said, with or without quotation marks.

use crate::{Annotation, Changes, Document, Span, vocab::names};

/// The name of the layer.
pub const LAYER: &str = "quotes";

names! {
    /// How it is told: the annotation's label.
    Kind {
        /// In quotation marks.
        Direct = "direct",
        /// In the writer's words: "said that …", "according to …".
        Indirect = "indirect",
    }
}

/// Something said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote<'a> {
    /// What was said; of a direct quote, what stands between the marks.
    pub span: Span,
    /// How it is told.
    pub kind: Kind,
    /// Where its speaker is named, where that is known (feature `speaker-span`).
    pub speaker_span: Option<Span>,
    /// The speaker's id, as in [`entities`](super::entities) (feature `speaker`).
    pub speaker: Option<&'a str>,
    /// The words that introduce it, such as `said` (feature `cue`).
    pub cue: Option<Span>,
}

impl<'a> Quote<'a> {
    /// Reads an annotation of the layer; `None` where it lacks a label.
    pub fn of(annotation: Annotation<'a>) -> Option<Self> {
        Some(Quote {
            span: annotation.span(),
            kind: Kind::of_name(annotation.label())?,
            speaker_span: annotation.feature("speaker-span").and_then(|value| value.as_span()),
            speaker: annotation.text_feature("speaker"),
            cue: annotation.feature("cue").and_then(|value| value.as_span()),
        })
    }
}

/// The quotes of a document, in text order.
pub fn read<'a>(document: &Document<'a>) -> impl Iterator<Item = Quote<'a>> + use<'a> {
    document.layer(LAYER).into_iter().flat_map(|layer| layer.iter().filter_map(Quote::of))
}

/// Adds a quote.
pub fn write(changes: &mut Changes, quote: &Quote<'_>) {
    let annotation = changes.annotate(LAYER, quote.span).label(quote.kind.name());
    annotation
        .with_some("speaker", quote.speaker)
        .with_some("speaker-span", quote.speaker_span)
        .with_some("cue", quote.cue);
}
