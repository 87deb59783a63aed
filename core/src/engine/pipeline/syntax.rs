//! What to say of a text that is not TOML.

use super::{Findings, Place};
use crate::engine::{Code, Diagnostic};

/// What toml says, and what to do about it.
const HELP: [(&str, &str); 9] = [
    (
        "duplicate key",
        "write each key once; a table that may occur often has two brackets: [[stage]]",
    ),
    (
        "string, expected",
        "close the string with the quotation mark that it begins with, on the same line",
    ),
    ("unclosed array table", "close the header with two brackets: [[stage]]"),
    ("unclosed table", "close the header with a bracket: [source]"),
    ("unclosed array", "close the list with a bracket: [\"a\", \"b\"]"),
    ("unclosed inline table", "close the table with a brace: { a = 1, b = 2 }"),
    (
        "key with no value",
        "write a key, an equals sign and a value: use = \"…\"; put quotes around a key with blanks",
    ),
    ("unexpected key or value", "begin a new line after each value"),
    ("missing escaped value", "double the backslash, or put the string in single quotes"),
];

/// The first mistake in a text that `toml` cannot read.
pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Diagnostic {
    let end_of = |at: usize| at.min(text.len());
    let span = error.span().map_or(text.len()..text.len(), |s| end_of(s.start)..end_of(s.end));
    let place = Place { argument: None, span: span.start..span.end.max(span.start) };
    let said = error.message();
    let mut findings = Findings::default();
    if let Some(word) = text.get(place.span.clone()).filter(|word| is_bare(word, said)) {
        let (message, help) = match word.to_lowercase().as_str() {
            lower @ ("true" | "false") => {
                (format!("`{word}` is written in lower case"), format!("write {lower}"))
            }
            _ if word.starts_with(['“', '”', '„', '‘', '’', '«']) => (
                "these quotation marks are not TOML's".to_owned(),
                "write straight ones: \"…\"".to_owned(),
            ),
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => (
                format!("`{word}` is not a number"),
                "put strings in quotes, and commas between the values of a list".to_owned(),
            ),
            _ => {
                (format!("`{word}` is not in quotes"), format!("put strings in quotes: \"{word}\""))
            }
        };
        return findings.at(Code::Syntax, &place, message).help(help).clone();
    }
    let found = findings.at(Code::Syntax, &place, format!("this is not TOML: {said}"));
    if let Some((_, help)) = HELP.iter().find(|(part, _)| said.contains(part)) {
        found.help(*help);
    }
    found.clone()
}

/// Whether it is a value without quotes, of which `toml` guesses by the first letter what it was
/// meant to be.
fn is_bare(word: &str, said: &str) -> bool {
    let guesses = ["must be quoted", "invalid boolean", "invalid float", "invalid mantissa"];
    !word.trim().is_empty() && guesses.iter().any(|guess| said.contains(guess))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_quotes_is_called_that() {
        for (text, message, help) in [
            ("a = files\n", "`files` is not in quotes", "put strings in quotes: \"files\""),
            ("a = news", "`news` is not in quotes", "put strings in quotes: \"news\""),
            ("a = True", "`True` is written in lower case", "write true"),
            ("a = “x”", "these quotation marks are not TOML's", "write straight ones: \"…\""),
            (
                "a = 16 MiB",
                "`16 MiB` is not a number",
                "put strings in quotes, and commas between the values of a list",
            ),
        ] {
            let found = syntax(text, &toml::de::DeTable::parse(text).unwrap_err());
            assert_eq!(
                (found.message.as_str(), found.help.as_deref()),
                (message, Some(help)),
                "{text}"
            );
            assert_eq!(found.line_column(text), (1, 5), "{text}");
        }
    }
}
