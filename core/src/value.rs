//! What a feature of an annotation, or a metadata key, can hold.

use std::fmt;

use crate::{
    Span,
    arrays::{Arrays, RawValue},
};

/// The value of a feature or of a metadata key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A string.
    Text(&'a str),
    /// A finite number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A place in the document's text; it moves with the text. Not in metadata.
    Span(Span),
    /// Values of these kinds, in order.
    List(List<'a>),
    /// JSON that no other kind can say (null, an object, a number that an `f64` would change), as it
    /// was read. It comes from input and goes out again; stages have no use for it.
    Json(&'a str),
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Value::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    /// The span, if it is one.
    pub fn as_span(self) -> Option<Span> {
        match self {
            Value::Span(span) => Some(span),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(self) -> Option<List<'a>> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Value::Number(number)
    }
}

/// The decimal that the `f32` is written as: 0.98 stays 0.98, and is not 0.9800000190734863.
impl From<f32> for Value<'_> {
    fn from(number: f32) -> Self {
        Value::Number(number.to_string().parse().unwrap_or(f64::from(number)))
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Number(number.into())
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Value::Number(number.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(bool: bool) -> Self {
        Value::Bool(bool)
    }
}

impl From<Span> for Value<'_> {
    fn from(span: Span) -> Self {
        Value::Span(span)
    }
}

impl<'a> From<&'a [Value<'a>]> for Value<'a> {
    fn from(values: &'a [Value<'a>]) -> Self {
        Value::List(List(Members::Slice(values)))
    }
}

/// A list of values, as a stage wrote it or as a document holds it.
#[derive(Clone, Copy)]
pub struct List<'a>(Members<'a>);

#[derive(Clone, Copy)]
enum Members<'a> {
    Slice(&'a [Value<'a>]),
    Flat(&'a Arrays, &'a [RawValue]),
}

impl<'a> List<'a> {
    pub(crate) fn flat(arrays: &'a Arrays, start: u32, len: u32) -> Self {
        let start = start as usize;
        let members = arrays.values.get(start..start + len as usize).unwrap_or_default();
        List(Members::Flat(arrays, members))
    }

    /// How many values it holds.
    pub fn len(self) -> usize {
        match self.0 {
            Members::Slice(values) => values.len(),
            Members::Flat(_, values) => values.len(),
        }
    }

    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        (0..self.len()).filter_map(move |at| self.get(at))
    }

    /// The value at a place, from 0.
    pub fn get(self, at: usize) -> Option<Value<'a>> {
        match self.0 {
            Members::Slice(values) => values.get(at).copied(),
            Members::Flat(arrays, values) => values.get(at).map(|raw| arrays.value(*raw)),
        }
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_float_keeps_its_digits() {
        for (number, expected) in [(0.98_f32, 0.98), (-0.1, -0.1), (3.0, 3.0), (1e-30, 1e-30)] {
            assert_eq!(Value::from(number), Value::Number(expected));
        }
        assert!(Value::from(f32::NAN).as_number().is_some_and(f64::is_nan));
        assert_eq!(Value::from(f32::INFINITY), Value::Number(f64::INFINITY));
    }
}
