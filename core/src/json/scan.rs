//! Goes over one JSON text, value by value, without building a tree.
//!
//! What is read is handed on as it stands: a string without escapes is a slice of the line, a number
//! keeps its digits (an `f64` would change some), and any value can be taken raw. It accepts what
//! serde_json accepts, which the tests use as oracle.

use std::borrow::Cow;

use memchr::memchr2;

use crate::DocumentError;

/// How deep arrays and objects may lie in each other.
const MAX_DEPTH: usize = 128;

/// A place in a JSON text.
#[derive(Clone)]
pub(super) struct Scanner<'a> {
    line: &'a str,
    at: usize,
    /// Whether a byte below 0x20 stands anywhere, so that strings must be searched for them.
    controls: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        // In chunks, so that the search is vectorised.
        let control = |chunk: &[u8]| chunk.iter().fold(false, |found, byte| found | (*byte < 0x20));
        Scanner { line, at: 0, controls: line.as_bytes().chunks(64).any(control) }
    }

    /// The same text from another place on.
    pub(super) fn from(&self, at: usize) -> Self {
        Scanner { at, ..self.clone() }
    }

    /// The place in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is not white space; it stays where it is.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.line.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), DocumentError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.malformed("the end of the line")),
        }
    }

    /// What the next value is, for messages.
    pub(super) fn kind(&mut self) -> &'static str {
        match self.peek() {
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "a truth value",
            Some(b'n') => "null",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(_) => "bare text",
            None => "the end of the line",
        }
    }

    /// An object: calls `each` at every value, with its key.
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        self.expect(b'{', "`{`")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.malformed("a key in quotation marks"));
            }
            let key = self.string()?;
            self.expect(b':', "`:`")?;
            each(self, key)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',', "`,` or `}`")?;
        }
    }

    /// An array: calls `each` at every value, with its number from 0.
    pub(super) fn elements(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), DocumentError>,
    ) -> Result<(), DocumentError> {
        self.expect(b'[', "`[`")?;
        if self.take(b']') {
            return Ok(());
        }
        for number in 0.. {
            each(self, number)?;
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',', "`,` or `]`")?;
        }
        Ok(())
    }

    /// A string: a slice of the line where nothing in it is escaped.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, DocumentError> {
        self.expect(b'"', "a string")?;
        let run = self.run()?;
        if self.line.as_bytes().get(self.at) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(run));
        }
        let mut string = run.to_owned();
        self.rest_of_string(&mut string)?;
        Ok(Cow::Owned(string))
    }

    /// A string, appended to another.
    pub(super) fn string_into(&mut self, string: &mut String) -> Result<(), DocumentError> {
        self.expect(b'"', "a string")?;
        string.push_str(self.run()?);
        self.rest_of_string(string)
    }

    /// From an escape or the closing mark on.
    fn rest_of_string(&mut self, string: &mut String) -> Result<(), DocumentError> {
        loop {
            // `run` stops at one of two bytes.
            if self.line.as_bytes().get(self.at) == Some(&b'"') {
                self.at += 1;
                return Ok(());
            }
            string.push(self.escape()?);
            string.push_str(self.run()?);
        }
    }

    /// The chars up to the next `"` or `\`, which is there.
    fn run(&mut self) -> Result<&'a str, DocumentError> {
        let line = self.line;
        let rest = line.get(self.at..).unwrap_or_default();
        let Some(len) = memchr2(b'"', b'\\', rest.as_bytes()) else {
            self.at = line.len();
            return Err(self.malformed("the `\"` that closes a string"));
        };
        let run = rest.get(..len).unwrap_or_default();
        if self.controls
            && let Some(control) = run.bytes().position(|byte| byte < 0x20)
        {
            self.at += control;
            return Err(
                self.malformed("no bare control character in a string (write it `\\u00..`)")
            );
        }
        self.at += len;
        Ok(run)
    }

    /// A backslash and what follows.
    fn escape(&mut self) -> Result<char, DocumentError> {
        let start = self.at;
        let escaped = self.line.as_bytes().get(start + 1).copied();
        self.at += 2;
        let char = match escaped {
            Some(plain @ (b'"' | b'\\' | b'/')) => Some(char::from(plain)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => self.unicode_escape(),
            _ => None,
        };
        char.ok_or_else(|| {
            self.at = start;
            self.malformed("a valid escape in a string")
        })
    }

    /// The digits after `\u`, and the second half of a pair.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if self.line.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
            return None;
        }
        self.at += 2;
        let second = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.line.as_bytes().get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
    }

    /// A number, as it is written.
    pub(super) fn number(&mut self) -> Result<&'a str, DocumentError> {
        self.peek();
        let start = self.at;
        let byte = |at: usize| self.line.as_bytes().get(at).copied();
        let digits = |mut at: usize| {
            while let Some(b'0'..=b'9') = byte(at) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(byte(start) == Some(b'-'));
        let whole = at;
        at = digits(at);
        let mut valid = at == whole + 1 || at > whole && byte(whole) != Some(b'0');
        if byte(at) == Some(b'.') {
            let fraction = at + 1;
            at = digits(fraction);
            valid &= at > fraction;
        }
        if let Some(b'e' | b'E') = byte(at) {
            let exponent = at + 1 + usize::from(matches!(byte(at + 1), Some(b'+' | b'-')));
            at = digits(exponent);
            valid &= at > exponent;
        }
        if !valid {
            return Err(self.malformed("a number"));
        }
        self.at = at;
        Ok(self.line.get(start..at).unwrap_or_default())
    }

    /// `true` or `false`.
    pub(super) fn bool(&mut self) -> Result<bool, DocumentError> {
        let bool = self.peek() == Some(b't');
        self.word(if bool { "true" } else { "false" })?;
        Ok(bool)
    }

    /// Any value, as it is written.
    pub(super) fn raw(&mut self) -> Result<&'a str, DocumentError> {
        self.peek();
        let start = self.at;
        self.skip(MAX_DEPTH)?;
        Ok(self.line.get(start..self.at).unwrap_or_default())
    }

    fn skip(&mut self, depth: usize) -> Result<(), DocumentError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(DocumentError::new(format!(
                "arrays and objects lie more than {MAX_DEPTH} deep in each other at byte {} of the line",
                self.at
            )));
        };
        match self.peek() {
            Some(b'"') => self.skip_string(),
            Some(b'{') => self.skip_object(depth),
            Some(b'[') => self.elements(|scanner, _| scanner.skip(depth)),
            Some(b't' | b'f') => self.bool().map(drop),
            Some(b'n') => self.word("null"),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            _ => Err(self.malformed("a value")),
        }
    }

    /// Passes over a string without copying it.
    pub(super) fn skip_string(&mut self) -> Result<(), DocumentError> {
        self.expect(b'"', "a string")?;
        self.run()?;
        while self.line.as_bytes().get(self.at) != Some(&b'"') {
            self.escape()?;
            self.run()?;
        }
        self.at += 1;
        Ok(())
    }

    fn skip_object(&mut self, depth: usize) -> Result<(), DocumentError> {
        self.members(|scanner, _| scanner.skip(depth))
    }

    fn word(&mut self, word: &str) -> Result<(), DocumentError> {
        self.peek();
        if !self.line.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.malformed("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), DocumentError> {
        if self.take(byte) { Ok(()) } else { Err(self.malformed(what)) }
    }

    /// The error that this stands here where something else should.
    fn malformed(&self, expected: &str) -> DocumentError {
        let found = match self.line.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(char) => format!("`{}`", char.escape_debug()),
            None => "the end of the line".to_owned(),
        };
        DocumentError::new(format!(
            "not valid JSON at byte {} of the line: expected {expected}, found {found}",
            self.at
        ))
    }
}

/// The JSON without the white space between its parts; `None` where it is not valid JSON.
pub(super) fn compact(json: &str) -> Option<Cow<'_, str>> {
    let mut scanner = Scanner::new(json);
    scanner.raw().ok()?;
    scanner.end().ok()?;
    if !json.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Some(Cow::Borrowed(json));
    }
    let (mut in_string, mut escaped) = (false, false);
    let kept = json.chars().filter(|char| {
        let keep = in_string || !char.is_ascii_whitespace();
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        keep
    });
    Some(Cow::Owned(kept.collect()))
}

#[cfg(test)]
mod tests;
