//! Sizes and times as pipeline files write them: `16 MiB`, `10 s`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

/// A number of bytes, with or without a unit.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Size {
    Bytes(u64),
    WithUnit(String),
}

impl Size {
    /// The bytes; where it is none, what is wrong.
    pub(super) fn bytes(&self) -> Result<u64, String> {
        match self {
            Size::Bytes(bytes) => Ok(*bytes),
            Size::WithUnit(text) => bytes(text).ok_or(format!("\"{text}\" is not a size")),
        }
    }
}

/// The bytes that a size with a unit means; `None` where it is none.
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1,
        "kb" => 1000,
        "mb" => 1000 * 1000,
        "gb" => 1000 * 1000 * 1000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// The time that a number with a unit means; `None` where it is none.
pub(super) fn time(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "min" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.replace('_', "").parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_units() {
        for (text, expected) in [
            ("16 MiB", Some(16 << 20)),
            ("16mib", Some(16 << 20)),
            ("1_000 kB", Some(1_000_000)),
            ("12", Some(12)),
            ("1.5 MB", None),
            ("MB", None),
            ("16 megs", None),
            ("-1", None),
            ("99999999999999999 GB", None),
            ("", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn times_need_units() {
        for (text, expected) in [
            ("10 s", Some(10_000)),
            ("500ms", Some(500)),
            ("2 min", Some(120_000)),
            ("1 h", Some(3_600_000)),
            ("10", None),
            ("1.5 s", None),
            ("s", None),
            ("99999999999999999999 s", None),
        ] {
            assert_eq!(time(text), expected.map(Duration::from_millis), "{text}");
        }
    }
}
