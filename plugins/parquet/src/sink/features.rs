//! Metadata and features as JSON text, in the JSON form that documents have elsewhere.

use std::borrow::Cow;

use docmill_core::{Positions, Value};
use serde::de::IgnoredAny;

/// An object of these members, in their order; positions in the unit of `positions`.
pub(crate) fn object<'v>(
    members: impl Iterator<Item = (&'v str, Value<'v>)>,
    positions: &mut Positions<'_>,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    for (number, (key, member)) in members.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        json(out, key);
        out.push(b':');
        value(member, positions, out);
    }
    out.push(b'}');
}

/// A metadata value as text: strings as they are, all else as JSON.
pub(crate) fn text<'v>(found: Value<'v>, positions: &mut Positions<'_>) -> Cow<'v, str> {
    match found {
        Value::Text(text) => Cow::Borrowed(text),
        other => {
            let mut out = Vec::new();
            value(other, positions, &mut out);
            Cow::Owned(String::from_utf8(out).unwrap_or_default())
        }
    }
}

fn value(found: Value<'_>, positions: &mut Positions<'_>, out: &mut Vec<u8>) {
    match found {
        Value::Text(text) => json(out, text),
        Value::Number(found) => number(found, out),
        Value::Bool(bool) => json(out, &bool),
        Value::Span(span) => {
            let (start, end) = positions.outside(span);
            out.extend_from_slice(format!("{{\"start\":{start},\"end\":{end}}}").as_bytes());
        }
        Value::List(list) => {
            out.push(b'[');
            for (number, member) in list.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                value(member, positions, out);
            }
            out.push(b']');
        }
        Value::Json(text) => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => out.extend_from_slice(text.as_bytes()),
            Err(_) => json(out, text),
        },
    }
}

/// Integral numbers that an `f64` holds exactly are written without a fraction.
fn number(number: f64, out: &mut Vec<u8>) {
    const EXACT: f64 = (1u64 << 53) as f64;
    let negative_zero = number == 0.0 && number.is_sign_negative();
    if number.trunc() == number && number.abs() < EXACT && !negative_zero {
        json(out, &(number as i64));
    } else {
        json(out, &number);
    }
}

/// Writing to a vector cannot fail.
pub(crate) fn json(out: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}
