//! Reads values of metadata and features.

use crate::{
    DocumentError, Span,
    arrays::{Arrays, Kind, RawValue},
    json::{number, scan, scan::Scanner},
};

/// Lists in lists up to this depth are lists; deeper ones are kept as JSON.
const LIST_DEPTH: usize = 16;

/// A value; where it may be one, an object of `start` and `end` is a span, in the line's unit.
pub(in crate::json) fn value(
    scanner: &mut Scanner<'_>,
    arrays: &mut Arrays,
    spans: bool,
) -> Result<RawValue, DocumentError> {
    value_in_list(scanner, arrays, spans, LIST_DEPTH)
}

fn value_in_list(
    scanner: &mut Scanner<'_>,
    arrays: &mut Arrays,
    spans: bool,
    depth: usize,
) -> Result<RawValue, DocumentError> {
    match scanner.peek() {
        Some(b'"') => {
            let string = arrays.push_str(&scanner.string()?);
            Ok(RawValue { kind: Kind::TEXT, a: string.start, b: string.len })
        }
        Some(b't' | b'f') => Ok(RawValue { kind: Kind::BOOL, a: scanner.bool()?.into(), b: 0 }),
        Some(b'-' | b'0'..=b'9') => {
            let literal = scanner.number()?;
            Ok(match number::exact(literal) {
                Some(number) => arrays.push_value(number.into()),
                None => as_json(literal, arrays),
            })
        }
        Some(b'[') if depth > 0 => {
            let mut members = Vec::new();
            scanner.elements(|scanner, _| {
                members.push(value_in_list(scanner, arrays, spans, depth - 1)?);
                Ok(())
            })?;
            let start = arrays.values.len() as u32;
            arrays.values.extend_from_slice(&members);
            Ok(RawValue { kind: Kind::LIST, a: start, b: members.len() as u32 })
        }
        Some(b'{') if spans => {
            let raw = scanner.raw()?;
            Ok(match span(raw) {
                Some(span) => RawValue { kind: Kind::SPAN, a: span.start, b: span.end },
                None => as_json(raw, arrays),
            })
        }
        _ => Ok(as_json(scanner.raw()?, arrays)),
    }
}

fn as_json(raw: &str, arrays: &mut Arrays) -> RawValue {
    let json = scan::compact(raw).unwrap_or(raw.into());
    let at = arrays.push_str(&json);
    RawValue { kind: Kind::JSON, a: at.start, b: at.len }
}

/// Whether this JSON, as a feature, is a span.
pub(crate) fn is_span(raw: &str) -> bool {
    span(raw).is_some()
}

/// `{"start": 5, "end": 12}`, and nothing else in it.
fn span(raw: &str) -> Option<Span> {
    let (mut start, mut end, mut other) = (None, None, false);
    let read = Scanner::new(raw).members(|scanner, key| {
        let position = scanner.raw()?.parse::<u32>().ok();
        match &*key {
            "start" if start.is_none() => start = position,
            "end" if end.is_none() => end = position,
            _ => other = true,
        }
        Ok(())
    });
    (read.is_ok() && !other).then_some(Span { start: start?, end: end? })
}
