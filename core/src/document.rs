//! A document as stages and sinks see it: a read-only view over flat arrays.

use std::fmt;

use crate::{
    Span, Value,
    arrays::{Arrays, RawAnnotation, RawFeature, RawLayer},
    document_buf::DocumentBuf,
    provenance::{Edit, Origin, Segment, Trace},
};

/// A document: its text, its metadata and its layers of annotations.
///
/// A view, free to copy. It never changes: a stage says what should change in a
/// [`Changes`](crate::Changes), and the engine makes the next document of both.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    buf: &'a DocumentBuf,
}

impl<'a> Document<'a> {
    pub(crate) fn new(buf: &'a DocumentBuf) -> Self {
        Document { buf }
    }

    /// Where it lies.
    pub(crate) fn buf(self) -> &'a DocumentBuf {
        self.buf
    }

    /// What names it in outputs: the input's own id, or one made of its content and place.
    pub fn id(self) -> &'a str {
        &self.buf.id
    }

    /// Its current text, after the edits of earlier stages. Valid UTF-8, under 4 GiB.
    pub fn text(self) -> &'a str {
        &self.buf.text
    }

    /// The value under a metadata key.
    pub fn metadata(self, key: &str) -> Option<Value<'a>> {
        let arrays = &self.buf.arrays;
        let feature = arrays.metadata.iter().find(|feature| arrays.str(feature.key) == key)?;
        Some(arrays.value(feature.value))
    }

    /// All metadata, in the order in which it was first set.
    pub fn all_metadata(self) -> impl ExactSizeIterator<Item = (&'a str, Value<'a>)> {
        let arrays = &self.buf.arrays;
        arrays.metadata.iter().map(|feature| (arrays.str(feature.key), arrays.value(feature.value)))
    }

    /// The layer of this name, or `None` where nothing wrote one. A layer may be empty.
    pub fn layer(self, name: &str) -> Option<Layer<'a>> {
        let arrays = &self.buf.arrays;
        arrays.layer_index(name).map(|at| Layer { arrays, layer: &arrays.layers[at] })
    }

    /// All layers, in the order in which they were first written.
    pub fn layers(self) -> impl ExactSizeIterator<Item = Layer<'a>> {
        let arrays = &self.buf.arrays;
        arrays.layers.iter().map(|layer| Layer { arrays, layer })
    }

    /// Where its raw bytes lie.
    pub fn origin(self) -> &'a Origin {
        &self.buf.origin
    }

    /// Where each byte of the current text comes from, in text order; `None` where the run keeps no
    /// provenance. The segments cover the text without gaps.
    pub fn map(self) -> Option<impl ExactSizeIterator<Item = Segment<'a>>> {
        self.buf.trace.as_ref().map(Trace::map)
    }

    /// What was removed and replaced so far, by which stage and why, in the order of the stages and
    /// of the raw bytes within a stage; `None` where the run keeps no provenance.
    pub fn edits(self) -> Option<impl ExactSizeIterator<Item = Edit<'a>>> {
        self.buf.trace.as_ref().map(Trace::edits)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("id", &self.id())
            .field("text", &self.text())
            .field("metadata", &self.all_metadata().collect::<Vec<_>>())
            .field("layers", &self.layers().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The annotations of one kind, in text order: by start, outer before inner.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    arrays: &'a Arrays,
    layer: &'a RawLayer,
}

impl<'a> Layer<'a> {
    /// Its name, such as `entities`.
    pub fn name(self) -> &'a str {
        self.arrays.str(self.layer.name)
    }

    /// How many annotations it holds.
    pub fn len(self) -> usize {
        self.layer.len as usize
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether it is exported only when named: much, and cheap to make again.
    pub fn is_transient(self) -> bool {
        self.layer.transient != 0
    }

    /// The annotation at a place, from 0.
    pub fn get(self, at: usize) -> Option<Annotation<'a>> {
        let raw = self.raw().get(at)?;
        Some(Annotation { arrays: self.arrays, raw })
    }

    /// The annotations in text order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Annotation<'a>> + DoubleEndedIterator {
        let arrays = self.arrays;
        self.raw().iter().map(move |raw| Annotation { arrays, raw })
    }

    fn raw(self) -> &'a [RawAnnotation] {
        let first = self.layer.first as usize;
        self.arrays.annotations.get(first..first + self.len()).unwrap_or_default()
    }
}

impl fmt::Debug for Layer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        f.write_str(": ")?;
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Something said of a span of the text.
#[derive(Clone, Copy)]
pub struct Annotation<'a> {
    arrays: &'a Arrays,
    raw: &'a RawAnnotation,
}

impl<'a> Annotation<'a> {
    /// What it speaks of.
    pub fn span(self) -> Span {
        self.raw.span
    }

    /// Its label, empty where it has none.
    pub fn label(self) -> &'a str {
        self.arrays.str(self.raw.label)
    }

    /// Its score, where it has one: finite, in the range that its layer defines.
    pub fn score(self) -> Option<f32> {
        (!self.raw.score.is_nan()).then_some(self.raw.score)
    }

    /// The feature under a key.
    pub fn feature(self, key: &str) -> Option<Value<'a>> {
        let feature = self.raw_features().iter().find(|f| self.arrays.str(f.key) == key)?;
        Some(self.arrays.value(feature.value))
    }

    /// The feature under a key, where it is a string.
    pub fn text_feature(self, key: &str) -> Option<&'a str> {
        self.feature(key)?.as_text()
    }

    /// All features, in the order in which they were given.
    pub fn features(self) -> impl ExactSizeIterator<Item = (&'a str, Value<'a>)> {
        let arrays = self.arrays;
        self.raw_features().iter().map(move |f| (arrays.str(f.key), arrays.value(f.value)))
    }

    fn raw_features(self) -> &'a [RawFeature] {
        self.arrays.features_of(self.raw)
    }
}

impl fmt::Debug for Annotation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{} {}", self.raw.span.start, self.raw.span.end, self.label())?;
        if let Some(score) = self.score() {
            write!(f, " {score}")?;
        }
        f.debug_map().entries(self.features()).finish()
    }
}
