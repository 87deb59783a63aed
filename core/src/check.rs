//! Whether a change set keeps to its stage's contract and to the document's bounds.

use thiserror::Error;

use crate::{
    Changes, Contract, Span, Value,
    arrays::RawFeature,
    changes::{RawPieceKind, Rewrite},
};

/// What is wrong with a change set. It is a fault of the stage: the document fails, and nothing of
/// the set is applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Violation {
    /// A span leaves the text, splits a char or ends before it starts.
    #[error("{what} at bytes {}..{} does not lie in the text ({len} bytes) on char boundaries", span.start, span.end)]
    BadSpan {
        /// What the span belongs to.
        what: String,
        /// The span.
        span: Span,
        /// The length of the text in bytes.
        len: usize,
    },
    /// It annotates a layer that its contract does not name.
    #[error("writes the layer `{0}`, which its contract does not declare; add `.writes(\"{0}\")`")]
    UndeclaredLayer(String),
    /// It sets metadata that its contract does not name.
    #[error(
        "sets the metadata key `{0}`, which its contract does not declare; add `.sets(\"{0}\")`"
    )]
    UndeclaredMetadata(String),
    /// It edits text without saying so.
    #[error("edits the text, which its contract does not declare; add `.edits_text()`")]
    UndeclaredEdit,
    /// Two edits share text, or insert at the same place.
    #[error("two edits overlap at bytes {}..{}", span.start, span.end)]
    OverlappingEdits {
        /// The second of them.
        span: Span,
    },
    /// Edits and a rewrite in one set.
    #[error("holds both edits and a rewrite; use one of them")]
    EditsAndRewrite,
    /// The pieces of a rewrite do not say where the new text comes from.
    #[error("the pieces of a rewrite do not fit its text: {0}")]
    BadRewrite(&'static str),
    /// A score or number that is infinite or not a number.
    #[error("a {0} is infinite or not a number")]
    NotFinite(&'static str),
    /// A feature with a name that the JSON form needs itself.
    #[error("the feature name `{0}` is reserved")]
    ReservedFeature(String),
    /// Two features of one annotation with one name.
    #[error("an annotation has two features `{0}`; give it one, a list if need be")]
    DoubledFeature(String),
    /// A span in metadata, which does not move with the text.
    #[error("the metadata key `{0}` holds a span; annotate it in a layer")]
    SpanInMetadata(String),
}

/// Feature names that the JSON form needs itself.
pub(crate) const RESERVED_FEATURES: [&str; 4] = ["start", "end", "label", "score"];

impl Changes {
    /// Whether the engine may apply it to a document of this text.
    ///
    /// # Errors
    ///
    /// The first [`Violation`] found.
    pub fn check(&self, text: &str, contract: &Contract) -> Result<(), Violation> {
        self.check_edits(text, contract)?;
        self.check_annotations(text, contract)?;
        for feature in &self.arrays.metadata {
            let key = self.arrays.str(feature.key);
            if !contract.metadata.iter().any(|declared| declared == key) {
                return Err(Violation::UndeclaredMetadata(key.to_owned()));
            }
            self.check_value(feature, |_| Err(Violation::SpanInMetadata(key.to_owned())))?;
        }
        Ok(())
    }

    fn check_edits(&self, text: &str, contract: &Contract) -> Result<(), Violation> {
        if self.edits.is_empty() && self.rewrite.is_none() {
            return Ok(());
        }
        if !contract.edits {
            return Err(Violation::UndeclaredEdit);
        }
        let reason = |at| self.arrays.str(at);
        for edit in &self.edits {
            check_span(|| format!("an edit ({})", reason(edit.reason)), edit.span, text)?;
        }
        let mut spans: Vec<Span> = self.edits.iter().map(|edit| edit.span).collect();
        if !spans.is_sorted() {
            spans.sort_unstable();
        }
        for pair in spans.windows(2) {
            if pair[1].start < pair[0].end || pair[1] == pair[0] {
                return Err(Violation::OverlappingEdits { span: pair[1] });
            }
        }
        match &self.rewrite {
            Some(_) if !self.edits.is_empty() => Err(Violation::EditsAndRewrite),
            Some(rewrite) => rewrite.check(text),
            None => Ok(()),
        }
    }

    fn check_annotations(&self, text: &str, contract: &Contract) -> Result<(), Violation> {
        let arrays = &self.arrays;
        for layer in &arrays.layers {
            let name = arrays.str(layer.name);
            if !contract.writes.iter().any(|written| written.layer == name) {
                return Err(Violation::UndeclaredLayer(name.to_owned()));
            }
        }
        let name = |layer: u32| {
            arrays.layers.get(layer as usize).map_or("", |layer| arrays.str(layer.name))
        };
        for annotation in &arrays.annotations {
            check_span(
                || format!("an annotation of `{}`", name(annotation.layer)),
                annotation.span,
                text,
            )?;
            if annotation.score.is_infinite() {
                return Err(Violation::NotFinite("score"));
            }
            let features = arrays.features_of(annotation);
            for feature in features {
                let key = arrays.str(feature.key);
                if RESERVED_FEATURES.contains(&key) {
                    return Err(Violation::ReservedFeature(key.to_owned()));
                }
                self.check_value(feature, |span| {
                    let layer = name(annotation.layer);
                    check_span(|| format!("the feature `{key}` of `{layer}`"), span, text)
                })?;
            }
            self.check_names(features)?;
        }
        Ok(())
    }

    /// That no two features have one name.
    fn check_names(&self, features: &[RawFeature]) -> Result<(), Violation> {
        const FEW: usize = 16;
        let name = |feature: &RawFeature| self.arrays.str(feature.key);
        let doubled = if features.len() <= FEW {
            let mut rest = features.iter().enumerate();
            rest.find(|(at, one)| features[..*at].iter().any(|other| name(other) == name(one)))
                .map(|(_, doubled)| name(doubled))
        } else {
            let mut names: Vec<&str> = features.iter().map(name).collect();
            names.sort_unstable();
            names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
        };
        doubled.map_or(Ok(()), |name| Err(Violation::DoubledFeature(name.to_owned())))
    }

    /// Checks a value and all that lies in it; `span` judges spans.
    fn check_value(
        &self,
        feature: &RawFeature,
        span: impl Fn(Span) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        let mut lists = Vec::new();
        let mut next = Some(self.arrays.value(feature.value));
        while let Some(value) = next {
            match value {
                Value::Number(number) if !number.is_finite() => {
                    return Err(Violation::NotFinite("number"));
                }
                Value::Span(found) => span(found)?,
                Value::List(list) => lists.extend(list.iter()),
                _ => {}
            }
            next = lists.pop();
        }
        Ok(())
    }
}

impl Rewrite {
    fn check(&self, old: &str) -> Result<(), Violation> {
        let (mut at, mut taken) = (0, 0);
        for piece in &self.pieces {
            let new = self.text.get(at..at + piece.len as usize);
            let new =
                new.ok_or(Violation::BadRewrite("a piece leaves the text or splits a char"))?;
            let from = match piece.kind {
                RawPieceKind::Kept { at } => Some(at as usize..at as usize + new.len()),
                RawPieceKind::Decoded { from, .. } => Some(from.range()),
                RawPieceKind::Inserted => None,
            };
            if let Some(from) = from {
                let source = old.get(from.clone());
                let source = source.ok_or(Violation::BadRewrite(
                    "a piece comes from outside the old text or splits a char",
                ))?;
                if from.start < taken {
                    return Err(Violation::BadRewrite("what the pieces take does not ascend"));
                }
                match piece.kind {
                    RawPieceKind::Kept { .. } if source != new => {
                        return Err(Violation::BadRewrite(
                            "a kept piece differs from the old text",
                        ));
                    }
                    RawPieceKind::Decoded { .. } if source.is_empty() && !new.is_empty() => {
                        return Err(Violation::BadRewrite(
                            "a piece is decoded from nothing; say that it is inserted",
                        ));
                    }
                    _ => {}
                }
                taken = from.end;
            }
            at += new.len();
        }
        if at < self.text.len() {
            return Err(Violation::BadRewrite("they end before it"));
        }
        Ok(())
    }
}

fn check_span(what: impl Fn() -> String, span: Span, text: &str) -> Result<(), Violation> {
    // `get` refuses reversed spans, ends past the text and split chars alike.
    match span.of(text) {
        Some(_) => Ok(()),
        None => Err(Violation::BadSpan { what: what(), span, len: text.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, PieceKind};

    fn check(contract: Contract, change: impl FnOnce(&mut Changes)) -> Result<(), Violation> {
        let mut changes = Changes::new();
        change(&mut changes);
        changes.check("né le 3", &contract)
    }

    #[test]
    fn an_undeclared_layer_key_or_edit_is_refused() {
        let nothing = Contract::new;
        assert!(matches!(
            check(nothing(), |c| {
                c.annotate("x", 0..1usize);
            }),
            Err(Violation::UndeclaredLayer(_))
        ));
        assert!(matches!(
            check(nothing(), |c| c.set("x", 1.0)),
            Err(Violation::UndeclaredMetadata(_))
        ));
        assert_eq!(check(nothing(), |c| c.remove(0..1usize, "r")), Err(Violation::UndeclaredEdit));
    }

    #[test]
    fn spans_on_char_boundaries_inside_the_text_pass() {
        let contract = || Contract::new().writes("x");
        assert_eq!(
            check(contract(), |c| {
                c.annotate("x", 1..3usize).with("at", Span::new(0, 8));
            }),
            Ok(())
        );
        for bad in [Span::new(0, 2), Span::new(0, 9), Span { start: 3, end: 1 }] {
            assert!(matches!(
                check(contract(), |c| {
                    c.annotate("x", bad);
                }),
                Err(Violation::BadSpan { .. })
            ));
            assert!(
                check(contract(), |c| {
                    c.annotate("x", 0..1usize).with("at", bad);
                })
                .is_err()
            );
        }
    }

    #[test]
    fn neighbouring_edits_pass_overlapping_ones_do_not() {
        let edits = |a: Span, b: Span| {
            check(Contract::new().edits_text(), |c| {
                c.remove(b, "b");
                c.remove(a, "a");
            })
        };
        assert_eq!(edits(Span::new(0, 3), Span::new(3, 4)), Ok(()));
        assert!(edits(Span::new(0, 3), Span::new(1, 4)).is_err());
        assert!(edits(Span::new(3, 3), Span::new(3, 3)).is_err());
    }

    #[test]
    fn a_rewrite_says_where_all_of_it_comes_from() {
        let rewrite = |text: &str, pieces: &[Piece<'_>]| {
            check(Contract::new().edits_text(), |c| c.rewrite(text, pieces, "r"))
        };
        let kept = |at, len| Piece { len, kind: PieceKind::Kept { at } };
        assert_eq!(
            rewrite("le né", &[Piece { len: 3, kind: PieceKind::Inserted }, kept(0, 3)]),
            Ok(())
        );
        assert!(rewrite("le né", &[kept(4, 3), kept(0, 3)]).is_err(), "what is taken ascends");
        assert!(rewrite("le", &[kept(0, 2)]).is_err(), "kept text is equal");
        assert!(rewrite("le né", &[kept(4, 3)]).is_err(), "every byte is covered");
        let decoded = |from, len| Piece { len, kind: PieceKind::Decoded { from, how: "x" } };
        assert!(rewrite("le", &[decoded(Span::new(3, 3), 2)]).is_err(), "nothing decodes to it");
        assert_eq!(rewrite("", &[decoded(Span::new(0, 3), 0)]), Ok(()), "a mark may be left out");
        assert_eq!(
            rewrite("né ", &[kept(0, 4), kept(4, 0)]),
            Ok(()),
            "an empty piece says nothing"
        );
    }

    #[test]
    fn an_annotation_has_a_feature_once() {
        let with = |count: usize| {
            check(Contract::new().writes("x"), |c| {
                let mut new = c.annotate("x", 0..1usize).with("f0", 1.0);
                for n in 1..count {
                    new = new.with(&format!("f{n}"), 1.0);
                }
                new.with("f1", true);
            })
        };
        assert_eq!(with(1), Ok(()));
        for count in [2, 100] {
            assert_eq!(with(count), Err(Violation::DoubledFeature("f1".to_owned())));
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_at_any_depth() {
        let contract = || Contract::new().writes("x").sets("k");
        let nested = |value: Value<'_>| {
            let inner = [value];
            let list = [Value::Bool(true), Value::from(&inner[..])];
            let set = check(contract(), |c| c.set("k", Value::from(&list[..])));
            let annotated = check(contract(), |c| {
                c.annotate("x", 0..1usize).with("k", Value::from(&list[..]));
            });
            (set, annotated)
        };
        assert_eq!(nested(Value::Number(1.0)), (Ok(()), Ok(())));
        let nan = Err(Violation::NotFinite("number"));
        assert_eq!(nested(Value::Number(f64::NAN)), (nan.clone(), nan));
        let in_metadata = Err(Violation::SpanInMetadata("k".to_owned()));
        assert_eq!(nested(Value::Span(Span::new(0, 1))), (in_metadata, Ok(())));
    }
}
