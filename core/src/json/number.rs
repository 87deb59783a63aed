//! Numbers that keep their value.

/// The number as an `f64`, where that says the same: what is written back is the same decimal.
/// `None` for integers past 2^53 that fall between two `f64`, for more than 17 digits, and the like.
pub(super) fn exact(literal: &str) -> Option<f64> {
    let number: f64 = literal.parse().ok()?;
    if !number.is_finite() {
        return None;
    }
    // Fifteen digits always come back, away from the ends of the range.
    let digits = literal.bytes().filter(u8::is_ascii_digit).count();
    if digits <= 15 && !literal.contains(['e', 'E']) {
        return Some(number);
    }
    let written = serde_json::to_string(&number).ok()?;
    (Decimal::of(literal) == Decimal::of(&written)).then_some(number)
}

/// A decimal number in one form: no zero at either end of the digits.
#[derive(Debug, PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    /// The power of ten of the last digit; `None` where it is past all measure.
    exponent: Option<i64>,
}

impl Decimal {
    fn of(literal: &str) -> Self {
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: String = [whole.trim_start_matches('-'), fraction].concat();
        let digits = all.trim_start_matches('0');
        let significant = digits.trim_end_matches('0');
        let shift = (digits.len() - significant.len()) as i64 - fraction.len() as i64;
        let exponent = match significant {
            "" => Some(0),
            _ => exponent.parse::<i64>().ok().and_then(|exponent| exponent.checked_add(shift)),
        };
        Decimal { negative: literal.starts_with('-'), digits: significant.to_owned(), exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_f64_would_change_is_told() {
        for same in
            ["0", "-0", "1", "1.50", "1e3", "0.1", "1e300", "9007199254740992", "0e999", "5e-324"]
        {
            assert!(exact(same).is_some(), "{same}");
        }
        for changed in [
            "9007199254740993",
            "12345678901234567891",
            "0.1000000000000000055",
            "1e999",
            "1e-999",
            "3e-324",
        ] {
            assert_eq!(exact(changed), None, "{changed}");
        }
    }
}
