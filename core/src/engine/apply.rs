//! Applies a checked change set to a document: annotations, edits, map, metadata.

use crate::{
    Changes, Contract, DocumentBuf, Provenance, Span,
    arrays::{Arrays, Kind, RawFeature, RawValue, Str},
    engine::{
        moves::{Moved, Moves},
        trace::Edited,
    },
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
                let (moves, old, new) = (&self.moves, &*document.text, &*self.text);
                trace.carry(&Edited { stage, changes, moves, old, new }, level);
            }
            std::mem::swap(&mut document.text, &mut self.text);
            if !document.raw_differs {
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
            let (mut clipped, mut flag) = (clipped, None);
            for at in old..old + annotation.features_len as usize {
                let Some(feature) = arrays.features.get(at).copied() else { continue };
                if let Some(value) = self.move_value(arrays, feature.value, &mut clipped) {
                    if arrays.str(feature.key) == CLIPPED {
                        flag = Some(self.features.len());
                    }
                    self.features.push(RawFeature { value, ..feature });
                }
            }
            if clipped {
                let feature = arrays.push_feature(CLIPPED, true.into());
                match flag.and_then(|at| self.features.get_mut(at)) {
                    Some(flag) => *flag = feature,
                    None => self.features.push(feature),
                }
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
            Kind::SPAN => {
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
            Kind::LIST => {
                let mut members = Vec::with_capacity(value.b as usize);
                for at in value.a as usize..value.a as usize + value.b as usize {
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
            Kind::TEXT | Kind::JSON if value.b > 0 => RawValue { a: value.a + self.arena, ..value },
            Kind::LIST => RawValue { a: value.a + self.values, ..value },
            _ => value,
        }
    }

    fn feature(self, feature: RawFeature) -> RawFeature {
        RawFeature { key: self.str(feature.key), value: self.value(feature.value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn edits(document: &mut DocumentBuf, change: impl FnOnce(&mut Changes)) {
        let mut changes = Changes::new();
        change(&mut changes);
        let contract = Contract::new().edits_text();
        Apply::default().apply(document, &changes, &contract, "stage", Provenance::None);
    }

    #[test]
    fn a_written_layer_replaces_and_an_extended_one_grows() {
        let mut document = DocumentBuf::with_text("Kyiv");
        let mut apply = Apply::default();
        let mut changes = Changes::new();
        changes.annotate("entities", 0..4usize).label("GPE").with("name", "Kyiv");
        for (contract, expected) in [
            (Contract::new().writes("entities"), 1),
            (Contract::new().extends("entities"), 2),
            (Contract::new().writes("entities"), 1),
        ] {
            apply.apply(&mut document, &changes, &contract, "tag", Provenance::None);
            let layer = document.view().layer("entities").unwrap();
            assert_eq!(layer.len(), expected);
            assert!(layer.iter().all(|entity| entity.text_feature("name") == Some("Kyiv")));
        }
        let nothing = Contract::new().writes("entities").writes_transient("tokens");
        apply.apply(&mut document, &Changes::new(), &nothing, "tag", Provenance::None);
        assert_eq!(
            document.view().layer("entities").unwrap().len(),
            0,
            "finding none replaces what was found"
        );
        assert!(document.view().layer("tokens").unwrap().is_transient());
    }

    #[test]
    fn an_annotation_is_flagged_once_and_only_where_it_lost_text() {
        let mut document = DocumentBuf::with_text("0123456789");
        let place = Value::Span(Span::new(6, 8));
        document.annotate("x", 0..4usize).with(CLIPPED, false).with("at", place);
        document.annotate("x", 5..9usize).with(CLIPPED, place).with("after", "kept");
        document.seal();
        let features = |document: &DocumentBuf| -> Vec<String> {
            let layer = document.view().layer("x").unwrap();
            layer.iter().map(|a| format!("{:?}", a.features().collect::<Vec<_>>())).collect()
        };
        edits(&mut document, |c| c.remove(9..10usize, "r"));
        assert!(features(&document)[0].contains(r#"("clipped", Bool(false))"#), "nothing was cut");
        edits(&mut document, |c| c.remove(6..8usize, "r"));
        assert_eq!(
            features(&document),
            [
                r#"[("clipped", Bool(false))]"#,
                r#"[("after", Text("kept")), ("clipped", Bool(true))]"#
            ],
            "a span feature that is gone goes alone"
        );
        edits(&mut document, |c| c.remove(0..1usize, "r"));
        assert_eq!(features(&document)[0], r#"[("clipped", Bool(true))]"#);
    }

    #[test]
    fn what_was_read_of_a_carried_document_is_kept() {
        let line = br#"{"text":"abc","origin":{},"map":[{"text":[0,3],"raw":[5,8]}]}"#;
        let mut document = DocumentBuf::new();
        crate::json::read(line, &mut document).unwrap();
        edits(&mut document, |c| c.remove(0..1usize, "r"));
        edits(&mut document, |c| c.remove(0..1usize, "r"));
        assert_eq!((document.raw(), &*document.text), (&b"abc"[..], "c"));
    }
}
