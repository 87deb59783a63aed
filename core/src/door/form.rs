//! Whether arrays that came from outside hold together.
//!
//! After this check everything that reads arrays can follow every place in them, in time and memory that
//! the arrays' own size bounds: no run is shared, so that a small set cannot stand for a huge one.

use thiserror::Error;

use super::abi::{Kind, PieceForm, RawFeature, RawPiece, RawTextEdit, RawValue, Str};
use crate::{Changes, arrays::Arrays, json};

/// Lists in lists up to this depth.
const LIST_DEPTH: u8 = 16;

/// What is wrong with arrays that came from outside: a fault of the plugin.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Malformed {
    #[error("{0} is not a string of the arena")]
    BadString(&'static str),
    #[error("{0} leaves its array")]
    BadRun(&'static str),
    #[error("two {0} share an array's elements")]
    SharedRun(&'static str),
    #[error("a list holds itself, or one that comes after it")]
    ListOutOfOrder,
    #[error("lists are more than {LIST_DEPTH} deep")]
    DeepList,
    #[error("a value is of the unknown kind {0}")]
    UnknownKind(u32),
    #[error("a value of kind json is not one value of JSON on one line")]
    BadJson,
    #[error("a feature has a span as JSON, whose place nobody checks; send it as a span")]
    SpanAsJson,
    #[error("an annotation belongs to no layer")]
    NoLayer,
    #[error("a piece of a new text is of the unknown form {0}")]
    UnknownPiece(u32),
    #[error("{0} is not UTF-8")]
    NotUtf8(&'static str),
    #[error("an array that has a length has no address, or a wrong one")]
    BadPointer,
    #[error("what came is no frame of docmill's")]
    NoFrame,
    #[error("an array has 4 GiB or more")]
    TooLong,
}

/// The strings of an arena, as places in it are checked.
struct Strings<'a> {
    arena: &'a str,
    /// Every place in it is a char boundary: most arenas hold names and numbers alone.
    ascii: bool,
}

impl<'a> Strings<'a> {
    fn of(arena: &'a str) -> Self {
        Strings { arena, ascii: arena.is_ascii() }
    }

    fn check(&self, at: Str, what: &'static str) -> Result<(), Malformed> {
        let start = at.start as usize;
        let end = start + at.len as usize;
        let inside = end <= self.arena.len();
        if inside && self.ascii || at.len == 0 {
            return Ok(());
        }
        let boundary = |at| self.arena.is_char_boundary(at);
        match inside && boundary(start) && boundary(end) {
            true => Ok(()),
            false => Err(Malformed::BadString(what)),
        }
    }
}

impl Arrays {
    /// Whether all that the arrays refer to is there.
    fn check_form(&self, strings: &Strings<'_>) -> Result<(), Malformed> {
        // Where there are no values, a list that holds something leaves their array.
        if !self.values.is_empty() {
            self.check_lists(strings)?;
        }
        for layer in &self.layers {
            strings.check(layer.name, "the name of a layer")?;
        }
        let mut features = 0_u64;
        for annotation in &self.annotations {
            strings.check(annotation.label, "a label")?;
            if annotation.layer as usize >= self.layers.len() {
                return Err(Malformed::NoLayer);
            }
            let end = annotation.features as usize + annotation.features_len as usize;
            if annotation.features_len > 0 && end > self.features.len() {
                return Err(Malformed::BadRun("the features of an annotation"));
            }
            features += u64::from(annotation.features_len);
        }
        if features > self.features.len() as u64 {
            return Err(Malformed::SharedRun("annotations"));
        }
        for RawFeature { key, value } in self.features.iter().chain(&self.metadata) {
            strings.check(*key, "the name of a feature")?;
            self.check_value(*value, strings)?;
        }
        match self.features.iter().any(|feature| self.has_span_as_json(feature.value)) {
            true => Err(Malformed::SpanAsJson),
            false => Ok(()),
        }
    }

    /// Whether a feature is JSON that is read as a span. Lists have been checked before.
    fn has_span_as_json(&self, value: RawValue) -> bool {
        let members = || self.values.iter().skip(value.a as usize).take(value.b as usize);
        match value.kind {
            Kind::JSON => json::is_span(self.str(Str { start: value.a, len: value.b })),
            Kind::LIST => members().any(|member| self.has_span_as_json(*member)),
            _ => false,
        }
    }

    fn check_value(&self, value: RawValue, strings: &Strings<'_>) -> Result<(), Malformed> {
        let text = Str { start: value.a, len: value.b };
        match value.kind {
            Kind::TEXT => strings.check(text, "a text"),
            Kind::NUMBER | Kind::BOOL | Kind::SPAN => Ok(()),
            Kind::LIST => match (value.a as usize).checked_add(value.b as usize) {
                Some(end) if end <= self.values.len() => Ok(()),
                _ => Err(Malformed::BadRun("a list")),
            },
            Kind::JSON => {
                strings.check(text, "a value of kind json")?;
                let json = self.str(text);
                let one = serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok();
                let line = !json.bytes().any(|byte| byte.is_ascii_control());
                if one && line { Ok(()) } else { Err(Malformed::BadJson) }
            }
            Kind(unknown) => Err(Malformed::UnknownKind(unknown)),
        }
    }

    /// Lists hold only values that stand before them, no value is in two lists, and depth is bounded.
    fn check_lists(&self, strings: &Strings<'_>) -> Result<(), Malformed> {
        let mut depths: Vec<u8> = Vec::new();
        let mut taken: Vec<bool> = Vec::new();
        let tops = self.features.iter().chain(&self.metadata).map(|feature| feature.value);
        let all = self.values.iter().copied().enumerate().map(|(at, value)| (Some(at), value));
        for (at, value) in all.chain(tops.map(|value| (None, value))) {
            if at.is_some() {
                self.check_value(value, strings)?;
            }
            if value.kind != Kind::LIST || value.b == 0 {
                continue;
            }
            let run = value.a as usize..value.a as usize + value.b as usize;
            if run.end > self.values.len() {
                return Err(Malformed::BadRun("a list"));
            }
            if at.is_some_and(|at| run.end > at) {
                return Err(Malformed::ListOutOfOrder);
            }
            if depths.is_empty() {
                depths = vec![0; self.values.len()];
                taken = vec![false; self.values.len()];
            }
            let mut depth = 0;
            for member in run {
                depth = depth.max(depths[member]);
                if std::mem::replace(&mut taken[member], true) {
                    return Err(Malformed::SharedRun("lists"));
                }
            }
            if depth >= LIST_DEPTH {
                return Err(Malformed::DeepList);
            }
            if let Some(at) = at {
                depths[at] = depth + 1;
            }
        }
        Ok(())
    }
}

impl Changes {
    /// Whether all that the set refers to is there; whether it fits its document is [`Changes::check`]'s.
    pub(crate) fn check_form(&self) -> Result<(), Malformed> {
        let strings = Strings::of(&self.arrays.arena);
        self.arrays.check_form(&strings)?;
        for RawTextEdit { with, reason, .. } in &self.edits {
            strings.check(*with, "the new text of an edit")?;
            strings.check(*reason, "the reason of an edit")?;
        }
        if let Some(rewrite) = &self.rewrite {
            strings.check(rewrite.reason, "the reason of a rewrite")?;
            for RawPiece { form, how, .. } in &rewrite.pieces {
                strings.check(*how, "the name of a decoding")?;
                if ![PieceForm::KEPT, PieceForm::DECODED, PieceForm::INSERTED].contains(form) {
                    return Err(Malformed::UnknownPiece(form.0));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Span, Value};

    fn set() -> Changes {
        let mut changes = Changes::new();
        let inner = [Value::Number(1.5), Value::Text("a")];
        let outer = [Value::from(&inner[..]), Value::Bool(true), Value::Json("null")];
        changes.annotate("x", 0..1usize).label("L").with("list", &outer[..]).with("k", "v");
        changes.set("m", &inner[..]);
        changes.remove(0..1usize, "r");
        changes
    }

    #[test]
    fn what_the_builder_makes_holds_together() {
        assert_eq!(set().check_form(), Ok(()));
    }

    #[test]
    fn a_span_is_not_sent_as_json() {
        let sent = |value: Value<'_>| {
            let mut changes = Changes::new();
            changes.annotate("x", 0..1usize).with("k", value);
            changes.check_form()
        };
        let span = Value::Json("{\"start\":0,\"end\":9}");
        assert_eq!(sent(span), Err(Malformed::SpanAsJson));
        assert_eq!(sent(Value::from(&[Value::Bool(true), span][..])), Err(Malformed::SpanAsJson));
        assert_eq!(sent(Value::Json("{\"start\":0}")), Ok(()));
        // In metadata it is an object like others.
        let mut changes = Changes::new();
        changes.set("m", span);
        assert_eq!(changes.check_form(), Ok(()));
    }

    #[test]
    fn what_does_not_hold_together_is_found() {
        let far = Str { start: 1 << 20, len: 1 };
        let list = |a, b| RawValue { kind: Kind::LIST, a, b };
        type Break = fn(&mut Changes);
        let broken: [(Break, Malformed); 10] = [
            (|c| c.arrays.annotations[0].layer = 7, Malformed::NoLayer),
            (
                |c| c.arrays.annotations[0].features_len = 9,
                Malformed::BadRun("the features of an annotation"),
            ),
            (
                |c| c.arrays.annotations.push(c.arrays.annotations[0]),
                Malformed::SharedRun("annotations"),
            ),
            (|c| c.arrays.features[0].value.b = 99, Malformed::BadRun("a list")),
            (
                |c| c.arrays.features[1].value = c.arrays.features[0].value,
                Malformed::SharedRun("lists"),
            ),
            (
                |c| c.arrays.values[0] = RawValue { kind: Kind::LIST, a: 0, b: 1 },
                Malformed::ListOutOfOrder,
            ),
            (|c| c.arrays.features[1].value.kind = Kind(77), Malformed::UnknownKind(77)),
            (|c| c.arrays.features[1].value.kind = Kind::JSON, Malformed::BadJson),
            (|c| c.edits[0].reason.start = 1 << 20, Malformed::BadString("the reason of an edit")),
            (
                |c| c.arrays.metadata[0].key.len = 1 << 20,
                Malformed::BadString("the name of a feature"),
            ),
        ];
        for (at, (break_it, expected)) in broken.into_iter().enumerate() {
            let mut changes = set();
            break_it(&mut changes);
            assert_eq!(changes.check_form(), Err(expected), "case {at}");
        }
        let mut deep = Changes::new();
        let arrays = &mut deep.arrays;
        arrays.values.push(RawValue::default());
        for at in 0..40 {
            arrays.values.push(list(at, 1));
        }
        assert_eq!(deep.check_form(), Err(Malformed::DeepList));
        let mut rewrite = Changes::new();
        rewrite.rewrite("a", &[], "r");
        let piece =
            RawPiece { len: 1, form: PieceForm(9), from: Span::default(), how: Str::default() };
        rewrite.rewrite.as_mut().unwrap().pieces.push(piece);
        assert_eq!(rewrite.check_form(), Err(Malformed::UnknownPiece(9)));
        rewrite.rewrite.as_mut().unwrap().pieces[0].how = far;
        assert_eq!(rewrite.check_form(), Err(Malformed::BadString("the name of a decoding")));
    }
}
