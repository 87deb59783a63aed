//! Applies a checked change set to a document: annotations, edits, map, metadata.

use crate::{
    Changes, Contract, DocumentBuf, Provenance, Span,
    arrays::{Arrays, Kind, RawFeature, RawValue, Str},
    engine::moves::{Moved, Moves},
    provenance::Trace,
};

/// The feature that an annotation gets when some of its text was removed.
pub(crate) const CLIPPED: &str = "clipped";

/// Applies change sets. Its buffers are kept from one document to the next.
#[derive(Default)]
pub(crate) struct Apply {
    moves: Moves,
    text: String,
    features: Vec<RawFeature>,
}

impl Apply {
    /// Makes the next document: adds the annotations, applies the edits, carries the map and all
    /// layers over, sets the metadata. The set must have passed [`Changes::check`].
    pub(crate) fn apply(
        &mut self,
        document: &mut DocumentBuf,
        changes: &Changes,
        contract: &Contract,
        stage: &str,
        level: Provenance,
    ) {
        document.arrays.take_annotations(changes, contract);
        if self.moves.of(changes, &document.text, &mut self.text) {
            if level > Provenance::None {
                let trace =
                    document.trace.get_or_insert_with(|| Trace::verbatim(document.text.len()));
                trace.carry(&self.moves, changes, stage, &document.text, &self.text, level);
            }
            std::mem::swap(&mut document.text, &mut self.text);
            if !document.raw_differs && !document.carried {
                document.raw.clear();
                document.raw.extend_from_slice(self.text.as_bytes());
                document.raw_differs = true;
            }
            self.move_annotations(&mut document.arrays);
        }
        document.arrays.seal();
        document.arrays.take_metadata(changes);
    }

    /// Moves every annotation, and every span in a feature, with its text.
    fn move_annotations(&mut self, arrays: &mut Arrays) {
        self.features.clear();
        let mut annotations = std::mem::take(&mut arrays.annotations);
        annotations.retain_mut(|annotation| {
            let (span, clipped) = match self.moves.span(annotation.span) {
                Moved::Whole(span) => (span, false),
                Moved::Clipped(span) => (span, true),
                Moved::Gone => return false,
            };
            annotation.span = span;
            let first = self.features.len();
            let old = annotation.features as usize;
            let mut flag = clipped;
            for at in old..old + annotation.features_len as usize {
                let Some(feature) = arrays.features.get(at).copied() else { continue };
                if arrays.str(feature.key) == CLIPPED {
                    continue; // said again below, once
                }
                if let Some(value) = self.move_value(arrays, feature.value, &mut flag) {
                    self.features.push(RawFeature { value, ..feature });
                }
            }
            let was = arrays.features_of(annotation).iter().any(|f| arrays.str(f.key) == CLIPPED);
            if flag || was {
                let feature = arrays.push_feature(CLIPPED, true.into());
                self.features.push(feature);
            }
            annotation.features = first as u32;
            annotation.features_len = (self.features.len() - first) as u32;
            true
        });
        arrays.annotations = annotations;
        std::mem::swap(&mut arrays.features, &mut self.features);
    }

    fn move_value(
        &self,
        arrays: &mut Arrays,
        value: RawValue,
        clipped: &mut bool,
    ) -> Option<RawValue> {
        match value.kind {
            Kind::Span => {
                let span = match self.moves.span(Span { start: value.a, end: value.b }) {
                    Moved::Whole(span) => span,
                    Moved::Clipped(span) => {
                        *clipped = true;
                        span
                    }
                    Moved::Gone => return None,
                };
                Some(RawValue { a: span.start, b: span.end, ..value })
            }
            Kind::List => {
                let mut members = Vec::with_capacity(value.b as usize);
                for at in value.a as usize..(value.a + value.b) as usize {
                    let member = arrays.values.get(at).copied();
                    members
                        .extend(member.and_then(|member| self.move_value(arrays, member, clipped)));
                }
                let start = arrays.values.len() as u32;
                arrays.values.extend(members);
                Some(RawValue { a: start, b: arrays.values.len() as u32 - start, ..value })
            }
            _ => Some(value),
        }
    }
}

impl Arrays {
    /// Adds the annotations of a change set, in the place of the layers that it replaces.
    fn take_annotations(&mut self, changes: &Changes, contract: &Contract) {
        let new = &changes.arrays;
        for written in &contract.writes {
            let at = self.layer_for(&written.layer);
            if !written.extends && self.layers[at as usize].len > 0 {
                self.annotations.retain(|annotation| annotation.layer != at);
            }
            if written.transient {
                self.layers[at as usize].transient = 1;
            } else if !written.extends {
                self.layers[at as usize].transient = 0;
            }
        }
        if new.annotations.is_empty() {
            return;
        }
        let layers: Vec<u32> =
            new.layers.iter().map(|layer| self.layer_for(new.str(layer.name))).collect();
        let shift = self.append_all(new);
        let features = self.features.len() as u32;
        self.features.extend(new.features.iter().map(|feature| shift.feature(*feature)));
        self.annotations.extend(new.annotations.iter().map(|annotation| {
            let mut annotation = *annotation;
            annotation.label = shift.str(annotation.label);
            annotation.features += features;
            annotation.layer = layers.get(annotation.layer as usize).copied().unwrap_or_default();
            annotation
        }));
    }

    fn take_metadata(&mut self, changes: &Changes) {
        let new = &changes.arrays;
        for feature in &new.metadata {
            self.set_metadata(new.str(feature.key), new.value(feature.value));
        }
    }

    /// Appends another's strings and values; returns how its records move.
    fn append_all(&mut self, other: &Arrays) -> Shift {
        let shift = Shift { arena: self.arena.len() as u32, values: self.values.len() as u32 };
        self.arena.push_str(&other.arena);
        self.values.extend(other.values.iter().map(|value| shift.value(*value)));
        shift
    }
}

/// How far the records of appended arrays move.
#[derive(Clone, Copy)]
struct Shift {
    arena: u32,
    values: u32,
}

impl Shift {
    fn str(self, at: Str) -> Str {
        if at.len == 0 { at } else { Str { start: at.start + self.arena, ..at } }
    }

    fn value(self, value: RawValue) -> RawValue {
        match value.kind {
            Kind::Text | Kind::Json if value.b > 0 => RawValue { a: value.a + self.arena, ..value },
            Kind::List => RawValue { a: value.a + self.values, ..value },
            _ => value,
        }
    }

    fn feature(self, feature: RawFeature) -> RawFeature {
        RawFeature { key: self.str(feature.key), value: self.value(feature.value) }
    }
}
