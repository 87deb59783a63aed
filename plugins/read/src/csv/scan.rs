//! Where rows end, and where fields do: RFC 4180, with `\n` as well as `\r\n` after a row.
//!
//! A quote opens a quoted field only at the field's beginning; elsewhere it is a char like others. In a
//! quoted field, `""` is a quote, and after the closing one the field is over. A row that breaks this, or
//! is never closed, costs its first line: the next row begins after it. (One that grows past the limit of a
//! document is passed over whole: it may be meant.)
//!
//! That stays linear. Within a broken row every newline is inside quotes, so a later row that still has
//! an open quote at one of them breaks at the same byte: it is broken too, and need not be read on.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The row is over; the scan stands after its newline, or at the end of the input.
    Row,
    /// What stands here breaks the rules of quoting, or a quote stays open.
    Fault,
    /// More bytes are needed to tell.
    Nothing,
}

/// Reads one row, as its bytes come.
pub(super) struct Scan {
    delimiter: u8,
    state: State,
    /// The next byte to look at.
    pub(super) at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field: the closing one, or the first of two.
    Quote,
    /// After a carriage return that follows the closing quote.
    Return,
    /// In a broken row, of which only the end is looked for.
    Broken,
}

impl Scan {
    /// A row that begins at this byte.
    pub(super) fn new(delimiter: u8, at: usize) -> Self {
        Scan { delimiter, state: State::FieldStart, at }
    }

    /// From now on the row ends at the next newline.
    pub(super) fn break_off(&mut self) {
        self.state = State::Broken;
    }

    /// Reads on to the end of the row, or of the bytes; `last` says that no others follow. A quote that
    /// is open at a newline before `broken_until` stays open, as an earlier row showed.
    pub(super) fn step(&mut self, bytes: &[u8], last: bool, broken_until: usize) -> Found {
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let Some(first) = rest.first() else {
                return match self.state {
                    _ if !last => Found::Nothing,
                    State::Quoted => Found::Fault,
                    _ => Found::Row,
                };
            };
            let next = match self.state {
                State::FieldStart | State::Quote if *first == self.delimiter => State::FieldStart,
                State::FieldStart if *first == b'"' => State::Quoted,
                State::Quote if *first == b'"' => State::Quoted,
                State::FieldStart | State::Quote | State::Return if *first == b'\n' => {
                    self.at += 1;
                    return Found::Row;
                }
                State::FieldStart => State::Plain,
                State::Quote if *first == b'\r' => State::Return,
                State::Quote | State::Return => return Found::Fault,
                State::Plain | State::Broken => {
                    let end = match self.state {
                        State::Plain => memchr2(self.delimiter, b'\n', rest),
                        _ => memchr(b'\n', rest),
                    };
                    self.at += end.unwrap_or(rest.len());
                    match end.and_then(|end| rest.get(end)) {
                        None => continue,
                        Some(b'\n') => {
                            self.at += 1;
                            return Found::Row;
                        }
                        Some(_) => State::FieldStart,
                    }
                }
                State::Quoted => {
                    let known = broken_until.saturating_sub(self.at).min(rest.len());
                    let (known, unknown) = rest.split_at(known);
                    let end = memchr2(b'"', b'\n', known)
                        .or_else(|| Some(known.len() + memchr(b'"', unknown)?));
                    self.at += end.unwrap_or(rest.len());
                    match end.and_then(|end| rest.get(end)) {
                        None => continue,
                        Some(b'\n') => return Found::Fault,
                        Some(_) => State::Quote,
                    }
                }
            };
            self.state = next;
            self.at += 1;
        }
    }
}

/// A row of a piece.
pub(crate) struct Row<'a> {
    /// Without its end.
    pub(crate) bytes: &'a [u8],
    /// Where it begins, in the piece.
    pub(crate) start: usize,
    /// The number of its first line.
    pub(crate) line: u64,
    /// Whether it breaks the rules of quoting; then it is its first line alone.
    pub(crate) broken: bool,
}

impl<'a> Row<'a> {
    /// The row, if it keeps the rules and has this many fields; else what is wrong with it, with its line.
    pub(crate) fn checked(&self, columns: usize, delimiter: u8) -> Result<&'a str, String> {
        let line = self.line;
        if self.broken {
            return Err(format!(
                "the row on line {line} has a quoted field that is not closed, or goes on after its \
                 closing quote; write a quote inside quotes twice"
            ));
        }
        let text = std::str::from_utf8(self.bytes).map_err(|error| {
            format!(
                "the row on line {line} has invalid UTF-8 at byte {}; convert the file to UTF-8",
                error.valid_up_to()
            )
        })?;
        let count = Fields::new(text, delimiter).count();
        if count == columns {
            return Ok(text);
        }
        Err(format!(
            "the row on line {line} has {count} fields and the header row {columns}; quote fields that \
             hold the delimiter"
        ))
    }
}

/// Calls `each` at every row that is not blank. The bytes are whole rows; the first is on this line.
pub(crate) fn each_row<'a>(
    bytes: &'a [u8],
    delimiter: u8,
    line: u64,
    mut each: impl FnMut(Row<'a>),
) {
    let (mut start, mut line, mut broken_until) = (0, line, 0);
    while start < bytes.len() {
        let mut scan = Scan::new(delimiter, start);
        let broken = scan.step(bytes, true, broken_until) == Found::Fault;
        let rest = bytes.get(start..).unwrap_or_default();
        let len = if broken {
            broken_until = broken_until.max(scan.at);
            memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1)
        } else {
            scan.at - start
        };
        let row = rest.get(..len).unwrap_or_default();
        let trimmed = trim_end(row);
        if !trimmed.is_empty() {
            each(Row { bytes: trimmed, start, line, broken });
        }
        line += newlines(row);
        start += len.max(1);
    }
}

/// How many newlines there are.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// A row without its end.
pub(super) fn trim_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// The values of a row that keeps the rules of quoting, without its end. There is at least one.
pub(crate) struct Fields<'a> {
    rest: Option<&'a str>,
    delimiter: u8,
}

impl<'a> Fields<'a> {
    /// The delimiter is ASCII.
    pub(crate) fn new(row: &'a str, delimiter: u8) -> Self {
        Fields { rest: Some(row), delimiter }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.rest.take()?;
        let Some(quoted) = rest.strip_prefix('"') else {
            let end = memchr(self.delimiter, rest.as_bytes());
            self.rest = end.and_then(|end| rest.get(end + 1..));
            return rest.get(..end.unwrap_or(rest.len())).map(Cow::Borrowed);
        };
        let mut value = Cow::Borrowed("");
        let mut part = quoted;
        loop {
            let end = memchr(b'"', part.as_bytes()).unwrap_or(part.len());
            let (before, after) = (part.get(..end)?, part.get(end + 1..).unwrap_or_default());
            match value.is_empty() {
                true => value = Cow::Borrowed(before),
                false => value.to_mut().push_str(before),
            }
            match after.strip_prefix('"') {
                Some(more) => {
                    value.to_mut().push('"');
                    part = more;
                }
                None => {
                    self.rest = memchr(self.delimiter, after.as_bytes())
                        .and_then(|delimiter| after.get(delimiter + 1..));
                    return Some(value);
                }
            }
        }
    }
}
