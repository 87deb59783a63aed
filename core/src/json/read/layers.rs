//! Reads `layers`: annotations and their features.

use std::fmt;

use super::{object, once, read_position, string, unique, value::value, wrong_type};
use crate::{
    DocumentError, Span,
    arrays::{Arrays, RawAnnotation, RawFeature, RawLayer, Str},
    json::scan::Scanner,
};

/// One layer; positions stay in the line's unit.
pub(super) fn layer(
    scanner: &mut Scanner<'_>,
    name: &str,
    arrays: &mut Arrays,
) -> Result<(), DocumentError> {
    let at = arrays.layers.len() as u32;
    let first = arrays.annotations.len() as u32;
    let name_in_arena = arrays.push_str(name);
    arrays.layers.push(RawLayer { name: name_in_arena, first, len: 0, transient: 0 });
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, &format!("the layer `{name}`"), "an array"));
    }
    scanner.elements(|scanner, number| annotation(scanner, at, &Place { name, number }, arrays))
}

/// Where in the layers an error is.
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) number: usize,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "annotation {} of the layer `{}` (counted from 0)", self.number, self.name)
    }
}

fn annotation(
    scanner: &mut Scanner<'_>,
    layer: u32,
    place: &Place<'_>,
    arrays: &mut Arrays,
) -> Result<(), DocumentError> {
    object(scanner, || place.to_string())?;
    let features = arrays.features.len();
    let (mut start, mut end) = (None, None);
    let (mut label, mut score) = (None, None);
    let key_of = |key: &str| format!("`{key}` in {place}");
    scanner.members(|scanner, key| {
        match &*key {
            "start" | "end" => {
                let position = if key == "start" { &mut start } else { &mut end };
                once(&mut position.is_some(), &key).map_err(|error| within(place, error))?;
                *position = Some(read_position(scanner, || key_of(&key))?);
            }
            "label" => {
                once(&mut label.is_some(), &key).map_err(|error| within(place, error))?;
                label = Some(match scanner.peek() {
                    Some(b'n') => scanner.raw().map(|_| Str::default())?,
                    _ => arrays.push_str(&string(scanner, || key_of(&key))?),
                });
            }
            "score" => {
                once(&mut score.is_some(), &key).map_err(|error| within(place, error))?;
                score = Some(read_score(scanner, || key_of(&key))?);
            }
            _ => {
                let value = value(scanner, arrays, true)?;
                let key = arrays.push_str(&key);
                arrays.features.push(RawFeature { key, value });
            }
        }
        Ok(())
    })?;
    let (Some(start), Some(end)) = (start, end) else {
        return Err(DocumentError::new(format!("{place} lacks `start` or `end`")));
    };
    let new = arrays.features.get(features..).unwrap_or_default();
    unique(new.iter().map(|feature| arrays.str(feature.key)), key_of)?;
    arrays.annotations.push(RawAnnotation {
        span: Span { start, end },
        label: label.unwrap_or_default(),
        score: score.unwrap_or(f32::NAN),
        features: features as u32,
        features_len: new.len() as u32,
        layer,
    });
    Ok(())
}

fn read_score(scanner: &mut Scanner<'_>, what: impl Fn() -> String) -> Result<f32, DocumentError> {
    match scanner.peek() {
        Some(b'n') => scanner.raw().map(|_| f32::NAN),
        Some(b'-' | b'0'..=b'9') => {
            let literal = scanner.number()?;
            let score = literal.parse().ok().filter(|score: &f32| score.is_finite());
            score.ok_or_else(|| DocumentError::new(format!("{} is out of range", what())))
        }
        _ => Err(wrong_type(scanner, &what(), "a number")),
    }
}

fn within(place: &Place<'_>, error: DocumentError) -> DocumentError {
    DocumentError::new(format!("{error}, in {place}"))
}
