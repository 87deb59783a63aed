//! Turns the positions of layers into bytes, where they lie.

use super::layers::Place;
use crate::{
    DocumentError, Offsets, Positions, Span,
    arrays::{Arrays, Kind, RawFeature, RawValue, Str},
};

/// Turns the positions of all layers into bytes.
pub(super) fn place(text: &str, unit: Offsets, arrays: &mut Arrays) -> Result<(), DocumentError> {
    let mut positions = Positions::new(text, unit);
    let (mut layer, mut number) = (0, 0);
    for at in 0..arrays.annotations.len() {
        let annotation = arrays.annotations[at];
        number = if annotation.layer == layer { number } else { 0 };
        layer = annotation.layer;
        let error = |arrays: &Arrays, feature: Option<Str>, span: Span, len: u32| {
            let name = arrays.layers.get(layer as usize).map_or("", |layer| arrays.str(layer.name));
            let place = Place { name, number };
            let what = match feature {
                Some(key) => format!("`{}` in {place}", arrays.str(key)),
                None => place.to_string(),
            };
            misplaced(&what, span, len, unit)
        };
        let span = annotation.span;
        let Some(inside) = positions.inside(span.start, span.end) else {
            return Err(error(arrays, None, span, positions.len()));
        };
        arrays.annotations[at].span = inside;
        let features = annotation.features as usize;
        for feature in features..features + annotation.features_len as usize {
            let RawFeature { key, value } = arrays.features[feature];
            match place_value(value, &mut positions, &mut arrays.values) {
                Ok(value) => arrays.features[feature].value = value,
                Err(span) => return Err(error(arrays, Some(key), span, positions.len())),
            }
        }
        number += 1;
    }
    Ok(())
}

/// The value with its positions in bytes; an error is the span that has none.
fn place_value(
    value: RawValue,
    positions: &mut Positions<'_>,
    values: &mut [RawValue],
) -> Result<RawValue, Span> {
    match value.kind {
        Kind::SPAN => {
            let span =
                positions.inside(value.a, value.b).ok_or(Span { start: value.a, end: value.b })?;
            Ok(RawValue { kind: Kind::SPAN, a: span.start, b: span.end })
        }
        Kind::LIST => {
            for at in value.a as usize..value.a as usize + value.b as usize {
                values[at] = place_value(values[at], positions, values)?;
            }
            Ok(value)
        }
        _ => Ok(value),
    }
}

/// Why a span has no place in a text of `len` units.
pub(super) fn misplaced(what: &str, span: Span, len: u32, unit: Offsets) -> DocumentError {
    let Span { start, end } = span;
    let unit = unit.name();
    DocumentError::new(if start > end {
        format!("{what} ends before it starts: {start}..{end}")
    } else if end > len {
        format!("{what} leaves the text: {start}..{end} of {len} {unit}; is `offsets` right?")
    } else {
        format!("{what} splits a character: {start}..{end} in {unit}; is `offsets` right?")
    })
}
