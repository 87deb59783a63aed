//! A document in the making: what a source fills, and where the engine keeps it.

use std::{cmp::Reverse, fmt};

use crate::{
    Document, Segment, Span, Value,
    arrays::{Arrays, RawAnnotation, RawLayer, Str},
    provenance::{Origin, Trace},
};

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
    pub(crate) place: InputPlace,
}

/// Where in the run's inputs a document stands, whatever origin it carries.
#[derive(Clone, Debug, Default)]
pub(crate) struct InputPlace {
    pub(crate) input: String,
    /// Its number among the documents of this input in its block, from 0; `None` where it cannot be told.
    pub(crate) number: Option<u64>,
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
        self.place.input.clear();
        self.place.number = None;
    }

    /// The view that stages and sinks get.
    pub fn view(&self) -> Document<'_> {
        Document::new(self)
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
    /// an empty slice says that text and raw bytes are equal, or that there is no text.
    pub fn set_decoded(&mut self, raw: &[u8], text: &str, segments: &[Segment<'_>]) {
        self.text.clear();
        self.text.push_str(text);
        self.raw.clear();
        self.raw_differs = !segments.is_empty() || text.is_empty() && !raw.is_empty();
        self.trace = None;
        if self.raw_differs {
            self.raw.extend_from_slice(raw);
            self.trace = Some(Trace::of_segments(segments));
        }
    }

    /// The bytes as read: of a document whose map was read from a file, its text as that gave it.
    pub(crate) fn raw(&self) -> &[u8] {
        if self.raw_differs { &self.raw } else { self.text.as_bytes() }
    }

    /// How many bytes its buffers hold, used or not.
    pub(crate) fn capacity(&self) -> usize {
        self.id.capacity() + self.text.capacity() + self.raw.capacity() + self.arrays.capacity()
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
