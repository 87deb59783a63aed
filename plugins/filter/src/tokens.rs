//! The tokens of a condition: names, numbers, strings and marks, each with the byte where it begins.
//!
//! A string stands in single or double quotes; the quote doubled is the quote itself, and nothing else is special,
//! so that regular expressions need no second layer of backslashes.

use crate::{condition::Comparison, mistake::Mistake};

/// A token, and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'s> {
    pub(crate) at: usize,
    pub(crate) kind: TokenKind<'s>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind<'s> {
    /// Letters, digits and `_`, not beginning with a digit; keywords too.
    Name(&'s str),
    /// Finite.
    Number(f64),
    /// What stands between the quotes.
    Text(String),
    Comparison(Comparison),
    /// `(`, `)`, `[`, `]` or `,`.
    Mark(char),
    /// Behind the last.
    End,
}

impl TokenKind<'_> {
    /// How a message calls it.
    pub(crate) fn shown(&self) -> String {
        match self {
            TokenKind::Name(name) => format!("`{name}`"),
            TokenKind::Number(number) => format!("`{number}`"),
            TokenKind::Text(_) => "a string".to_owned(),
            TokenKind::Comparison(comparison) => format!("`{}`", comparison.sign()),
            TokenKind::Mark(mark) => format!("`{mark}`"),
            TokenKind::End => "the end".to_owned(),
        }
    }
}

/// The tokens of a condition, the last of them the end.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token<'_>>, Mistake> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    loop {
        let at = source.len() - rest.len();
        let Some(first) = rest.chars().next() else { break };
        let (kind, len) = match first {
            '(' | ')' | '[' | ']' | ',' => (TokenKind::Mark(first), 1),
            '\'' | '"' => string(rest, first, at)?,
            '0'..='9' | '-' => number(rest, first, at)?,
            '=' | '!' | '<' | '>' => comparison(rest, at)?,
            _ if is_name(first) => {
                let len = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                (TokenKind::Name(rest.get(..len).unwrap_or_default()), len)
            }
            '&' => return Err(Mistake::new(at, "`&` is not known here; write `and`")),
            '|' => return Err(Mistake::new(at, "`|` is not known here; write `or`")),
            _ => {
                let message = format!(
                    "{first:?} is not known here; put texts in quotes, and write a metadata key that is no plain name as metadata[\"my-key\"]"
                );
                return Err(Mistake::new(at, message));
            }
        };
        tokens.push(Token { at, kind });
        rest = rest.get(len..).unwrap_or_default().trim_start();
    }
    tokens.push(Token { at: source.len(), kind: TokenKind::End });
    Ok(tokens)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The string that `rest` begins with, and its length with its quotes.
fn string(rest: &str, quote: char, at: usize) -> Result<(TokenKind<'static>, usize), Mistake> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((place, c)) = chars.next() {
        if c != quote {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return Ok((TokenKind::Text(text), place + 1));
        }
    }
    Err(Mistake::new(at, format!("this string has no end; close it with {quote}")))
}

fn number(rest: &str, first: char, at: usize) -> Result<(TokenKind<'static>, usize), Mistake> {
    let digits = if first == '-' { rest.get(1..).unwrap_or_default() } else { rest };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        let message = "`-` stands only before a number; write a metadata key with a hyphen as metadata[\"my-key\"]";
        return Err(Mistake::new(at, message));
    }
    let unsigned = digits.find(|c: char| !is_name(c) && c != '.').unwrap_or(digits.len());
    let len = rest.len() - digits.len() + unsigned;
    let written = rest.get(..len).unwrap_or_default();
    let plain = written.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
    match written.parse() {
        Ok(number) if plain && f64::is_finite(number) => Ok((TokenKind::Number(number), len)),
        _ => Err(Mistake::new(at, "this is not a number; write it as in 80, 2.5 or -1")),
    }
}

fn comparison(rest: &str, at: usize) -> Result<(TokenKind<'static>, usize), Mistake> {
    // Those of two chars first: `<=` begins with `<`.
    let found = Comparison::ALL.iter().find(|comparison| rest.starts_with(comparison.sign()));
    match found {
        Some(comparison) => Ok((TokenKind::Comparison(*comparison), comparison.sign().len())),
        None if rest.starts_with('!') => {
            Err(Mistake::new(at, "`!` is not known here; write `not` or `!=`"))
        }
        None => Err(Mistake::new(at, "`=` is not known here; write `==`")),
    }
}
