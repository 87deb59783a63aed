//! `max-failed`: a number of documents, or a share of them.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// How many documents may fail before a run stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxFailed {
    /// So many.
    Count(u64),
    /// A share of all that were read.
    Share(Percentage),
    /// A share of the last ones.
    OfLast {
        /// How many of them.
        share: Percentage,
        /// Of how many, from 1 to 1,000,000.
        last: u64,
    },
}

/// A share, in millionths, from 0 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentage(u32);

impl Percentage {
    /// So many percent; 100 of more.
    pub const fn percent(percent: u8) -> Self {
        Percentage(if percent < 100 { percent as u32 * 10_000 } else { 1_000_000 })
    }

    /// How many of these documents it is, rounded down.
    pub fn of(self, documents: u64) -> u64 {
        (u128::from(documents) * u128::from(self.0) / 1_000_000) as u64
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        match rest {
            0 => write!(f, "{whole} %"),
            _ => write!(f, "{whole}.{} %", format!("{rest:04}").trim_end_matches('0')),
        }
    }
}

impl fmt::Display for MaxFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MaxFailed::Count(count) => write!(f, "{count}"),
            MaxFailed::Share(share) => write!(f, "{share}"),
            MaxFailed::OfLast { share, last } => write!(f, "{share} of {last}"),
        }
    }
}

/// As a pipeline file writes it.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Failures {
    Count(u64),
    Share(String),
}

/// How many last documents a share may be of: as many places are kept in mind.
const LAST: u64 = 1_000_000;

impl Failures {
    /// What it allows; where it cannot be told, what is wrong.
    pub(super) fn allowed(&self) -> Result<MaxFailed, String> {
        match self {
            Failures::Count(count) => Ok(MaxFailed::Count(*count)),
            Failures::Share(text) => {
                read(text).ok_or_else(|| format!("\"{text}\" is neither a number nor a share"))
            }
        }
    }
}

fn read(text: &str) -> Option<MaxFailed> {
    let (share, of) = text.split_once('%')?;
    let share = Percentage(millionths(share.trim())?);
    let of = of.trim();
    if of.is_empty() {
        return Some(MaxFailed::Share(share));
    }
    let last = of.strip_prefix("of")?;
    let last = last.strip_prefix(char::is_whitespace)?.trim_start();
    let digits = |c: char| c.is_ascii_digit() || c == '_';
    let last: u64 =
        last.chars().all(digits).then(|| last.replace('_', "").parse().ok()).flatten()?;
    (1..=LAST).contains(&last).then_some(MaxFailed::OfLast { share, last })
}

/// The millionths of a share in percent, of up to four decimals.
fn millionths(percent: &str) -> Option<u32> {
    let (whole, rest) = match percent.split_once('.') {
        Some((whole, rest)) if !rest.is_empty() => (whole, rest),
        Some(_) => return None,
        None => (percent, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || rest.len() > 4 || !digits(whole) || !digits(rest) {
        return None;
    }
    let millionths: u32 = format!("{whole}{rest:0<4}").parse().ok()?;
    (millionths <= 1_000_000).then_some(millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_written() {
        for (text, expected) in [
            ("5 %", "5 %"),
            ("5%", "5 %"),
            (" 0.25 % ", "0.25 %"),
            ("0.0001 %", "0.0001 %"),
            ("100 %", "100 %"),
            ("5 % of 1000", "5 % of 1000"),
            ("1.50% of 1_000_000", "1.5 % of 1000000"),
        ] {
            let allowed = Failures::Share(text.to_owned()).allowed();
            assert_eq!(allowed.map(|allowed| allowed.to_string()).as_deref(), Ok(expected));
        }
        for text in [
            "",
            "%",
            "5",
            "100",
            "five %",
            "-5 %",
            "+5 %",
            "5. %",
            ".5 %",
            "0.00001 %",
            "100.1 %",
            "1000 %",
            "5 % of",
            "5 % of 0",
            "5 % of 1000001",
            "5 % of1000",
            "5 % 1000",
            "5 %%",
            "5 % of -1",
            "5 % of _",
            "99999999999 %",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_rounded_down() {
        for (text, documents, expected) in [
            ("5 %", 100, 5),
            ("5 %", 119, 5),
            ("0 %", 9, 0),
            ("0.1 %", 999, 0),
            ("100 %", u64::MAX, u64::MAX),
        ] {
            let Some(MaxFailed::Share(share)) = read(text) else { panic!("{text}") };
            assert_eq!(share.of(documents), expected, "{text}");
        }
    }
}
