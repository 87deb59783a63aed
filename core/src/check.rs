//! Whether a change set keeps to its stage's contract and to the document's bounds.

use thiserror::Error;

use crate::{
    Changes, Contract, Span, Value, arrays::RawFeature, changes::Rewrite, door::abi::PieceForm,
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
            let start = piece.from.start as usize;
            let from = match piece.form {
                PieceForm::KEPT => Some(start..start + new.len()),
                PieceForm::DECODED => Some(piece.from.range()),
                _ => None,
            };
            if let Some(from) = from {
                let source = old.get(from.clone());
                let source = source.ok_or(Violation::BadRewrite(
                    "a piece comes from outside the old text or splits a char",
                ))?;
                if from.start < taken {
                    return Err(Violation::BadRewrite("what the pieces take does not ascend"));
                }
                match piece.form {
                    PieceForm::KEPT if source != new => {
                        return Err(Violation::BadRewrite(
                            "a kept piece differs from the old text",
                        ));
                    }
                    PieceForm::DECODED if source.is_empty() && !new.is_empty() => {
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
mod tests;
