//! A document as stages and sinks see it: a read-only view over flat arrays.

use std::{cmp::Reverse, fmt};

use crate::{
    Span, Value,
    arrays::{Arrays, RawAnnotation, RawFeature, RawLayer, Str},
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

/// A document in the making: what a source fills, and where the engine keeps it.
///
/// Meant to be used again for the next document ([`clear`](Self::clear)): its buffers stay.
#[derive(Clone, Debug, Default)]
pub struct DocumentBuf {
    pub(crate) id: String,
    pub(crate) text: String,
    /// The bytes as read, where `raw_differs`; else they are equal to the text.
    pub(crate) raw: Vec<u8>,
    pub(crate) raw_differs: bool,
    pub(crate) arrays: Arrays,
    pub(crate) origin: Origin,
    /// Kept only when a sink asks for provenance.
    pub(crate) trace: Option<Trace>,
    /// Set where the source read a map, so that the raw bytes are not at hand.
    pub(crate) carried: bool,
}

impl DocumentBuf {
    /// A document without text.
    pub fn new() -> Self {
        DocumentBuf::default()
    }

    /// A document of this text, which is also its raw bytes.
    pub fn with_text(text: &str) -> Self {
        DocumentBuf { text: text.to_owned(), ..DocumentBuf::default() }
    }

    /// Empties it, for the next document.
    pub fn clear(&mut self) {
        self.id.clear();
        self.text.clear();
        self.raw.clear();
        self.raw_differs = false;
        self.arrays.clear();
        self.origin.clear();
        self.trace = None;
        self.carried = false;
    }

    /// The view that stages and sinks get.
    pub fn view(&self) -> Document<'_> {
        Document { buf: self }
    }

    /// Names the document. Without a name the engine makes one.
    pub fn set_id(&mut self, id: &str) {
        self.id.clear();
        self.id.push_str(id);
    }

    /// Says where in its input it lies, in the source's own form, where a source learns that only while
    /// it reads the document. One that was read with an origin of its own keeps that.
    pub fn set_locator(&mut self, locator: impl fmt::Display) {
        use fmt::Write;
        if !self.carried {
            self.origin.locator.clear();
            // Writing to a String cannot fail.
            let _ = write!(self.origin.locator, "{locator}");
        }
    }

    /// Appends to the text. The text so built is also the raw bytes, unless
    /// [`set_decoded`](Self::set_decoded) says otherwise.
    pub fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Sets the raw bytes and the text they decode to. `segments` cover the text in order;
    /// an empty slice says that text and raw bytes are equal.
    pub fn set_decoded(&mut self, raw: &[u8], text: &str, segments: &[Segment<'_>]) {
        self.text.clear();
        self.text.push_str(text);
        self.raw.clear();
        self.raw_differs = !segments.is_empty();
        self.trace = None;
        if self.raw_differs {
            self.raw.extend_from_slice(raw);
            self.trace = Some(Trace::of_segments(segments));
        }
    }

    /// The bytes as read: of a document whose map was read from a file, its text.
    pub(crate) fn raw(&self) -> &[u8] {
        if self.raw_differs { &self.raw } else { self.text.as_bytes() }
    }

    /// Sets a metadata value, replacing an earlier one.
    pub fn set(&mut self, key: &str, value: Value<'_>) {
        self.arrays.set_metadata(key, value);
    }

    /// Says that the layer is there, though it may stay empty.
    pub fn add_layer(&mut self, name: &str) {
        self.layer_for(name);
    }

    /// Adds an annotation. After the last, call [`seal`](Self::seal).
    pub fn annotate(&mut self, layer: &str, span: impl Into<Span>) -> Annotating<'_> {
        let layer = self.layer_for(layer);
        Annotating::new(&mut self.arrays, layer, span.into())
    }

    /// Puts the annotations of each layer in text order.
    pub fn seal(&mut self) {
        self.arrays.seal();
    }

    fn layer_for(&mut self, name: &str) -> u32 {
        self.arrays.layer_for(name)
    }
}

/// Adds to the annotation just made.
pub struct Annotating<'a> {
    arrays: &'a mut Arrays,
}

impl<'a> Annotating<'a> {
    pub(crate) fn new(arrays: &'a mut Arrays, layer: u32, span: Span) -> Self {
        let features = arrays.features.len() as u32;
        let label = Str::default();
        arrays.annotations.push(RawAnnotation {
            span,
            label,
            score: f32::NAN,
            features,
            features_len: 0,
            layer,
        });
        Annotating { arrays }
    }

    /// Sets its label.
    pub fn label(self, label: &str) -> Self {
        let label = self.arrays.push_str(label);
        if let Some(last) = self.arrays.annotations.last_mut() {
            last.label = label;
        }
        self
    }

    /// Sets its score; the engine refuses infinities, and NaN means none.
    pub fn score(self, score: f32) -> Self {
        if let Some(last) = self.arrays.annotations.last_mut() {
            last.score = score;
        }
        self
    }

    /// Adds a feature. Keys are kebab-case; `start`, `end`, `label` and `score` are taken.
    pub fn with<'v>(self, key: &str, value: impl Into<Value<'v>>) -> Self {
        let feature = self.arrays.push_feature(key, value.into());
        self.arrays.features.push(feature);
        if let Some(last) = self.arrays.annotations.last_mut() {
            last.features_len += 1;
        }
        self
    }

    /// Adds a feature where there is a value for it.
    pub fn with_some<'v>(self, key: &str, value: Option<impl Into<Value<'v>>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

impl Arrays {
    pub(crate) fn layer_for(&mut self, name: &str) -> u32 {
        if let Some(at) = self.layer_index(name) {
            return at as u32;
        }
        let name = self.push_str(name);
        self.layers.push(RawLayer { name, first: 0, len: 0, transient: 0 });
        self.layers.len() as u32 - 1
    }

    /// Groups annotations by layer, in text order; ties keep the order in which they were made.
    pub(crate) fn seal(&mut self) {
        let order = |a: &RawAnnotation| (a.layer, a.span.start, Reverse(a.span.end));
        if !self.annotations.is_sorted_by_key(order) {
            self.annotations.sort_by_key(order);
        }
        let mut first = 0;
        for (at, layer) in self.layers.iter_mut().enumerate() {
            let len =
                self.annotations[first..].iter().take_while(|a| a.layer as usize == at).count();
            layer.first = first as u32;
            layer.len = len as u32;
            first += len;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_in_text_order_outer_before_inner() {
        let mut buf = DocumentBuf::with_text("Kyiv thanked Berlin.");
        buf.annotate("entities", 13..19usize).label("GPE");
        buf.annotate("sentences", 0..20usize);
        buf.annotate("entities", 0..4usize).label("GPE").score(0.5).with("name", "Kyiv");
        buf.annotate("entities", 0..20usize);
        buf.seal();
        let document = buf.view();
        let spans: Vec<_> = document.layer("entities").unwrap().iter().map(|a| a.span()).collect();
        assert_eq!(spans, [Span::new(0, 20), Span::new(0, 4), Span::new(13, 19)]);
        assert_eq!(document.layer("sentences").unwrap().len(), 1);
        let kyiv = document.layer("entities").unwrap().get(1).unwrap();
        assert_eq!(
            (kyiv.label(), kyiv.score(), kyiv.text_feature("name")),
            ("GPE", Some(0.5), Some("Kyiv"))
        );
        assert!(document.layer("quotes").is_none());
    }
}
