//! Cuts an input into blocks of whole rows, in memory that does not grow with it.
//!
//! What parses a block knows nothing of earlier ones, so each piece has a heading before it, in bytes of the
//! block that belong to no piece: the number of its first line and, unless that is in the piece, the
//! header row.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use docmill_core::{BLOCK_BYTES, Block, BlockPiece};
use memchr::memchr;

use super::scan::{Found, Scan, newlines, trim_end};
use crate::inputs::{Records, broken};

/// How much is read at once, at least, in bytes.
const READ_BYTES: usize = 64 << 10;

/// The longest header row, in bytes: each block repeats it.
const HEADER_BYTES: usize = 64 << 10;

/// The byte order mark that may stand before the header row.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Says what is wrong with a header row, and what to do.
type CheckHeader = Box<dyn Fn(&[u8]) -> Result<(), String> + Send>;

/// One input, part of it read.
pub(crate) struct Rows {
    uri: Arc<str>,
    bytes: Box<dyn Read + Send>,
    delimiter: u8,
    check: CheckHeader,
    /// The header row, once it is read.
    header: Option<Vec<u8>>,
    /// The place of the next row that has not gone into a block.
    offset: u64,
    /// The number of its line.
    line: u64,
    /// What was read from that place on.
    tail: Vec<u8>,
    /// How reading ended, once it has.
    ended: Option<io::Result<()>>,
    /// See [`Scan::step`], as a place in the input.
    broken_until: u64,
}

/// The rows of a block that are being gathered.
struct Gathering {
    /// Where their heading begins in the block.
    heading: usize,
    /// Where they begin.
    start: usize,
}

impl Rows {
    /// `check` is asked once, at the header row.
    pub(crate) fn new(
        uri: Arc<str>,
        bytes: Box<dyn Read + Send>,
        delimiter: u8,
        check: CheckHeader,
    ) -> Self {
        let (header, tail, ended) = (None, Vec::new(), None);
        let (offset, line, broken_until) = (0, 1, 0);
        Rows { uri, bytes, delimiter, check, header, offset, line, tail, ended, broken_until }
    }
}

/// What the heading of a piece says: the number of its first line and, unless that is in the piece, the
/// header row.
pub(crate) fn read_heading(heading: &[u8]) -> (u64, Option<&[u8]>) {
    let line = heading.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = heading.get(line.len() + 1..).unwrap_or_default();
    let line = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()).unwrap_or(1);
    (line, header.strip_suffix(b"\n"))
}

impl Records for Rows {
    fn fill(&mut self, block: &mut Block, max_document: usize) -> bool {
        let heading = block.bytes.len();
        // Writing to memory cannot fail.
        let _ = writeln!(block.bytes, "{}", self.line);
        block.bytes.extend_from_slice(self.header.as_deref().unwrap_or_default());
        let gathering = Gathering { heading, start: block.bytes.len() };
        block.bytes.append(&mut self.tail);
        let mut row = gathering.start;
        let mut mark = 0;
        if self.offset == 0 {
            self.read(&mut block.bytes, BLOCK_BYTES);
            let marked = block.bytes.get(row..).is_some_and(|bytes| bytes.starts_with(MARK));
            mark = if marked { MARK.len() } else { 0 };
        }
        let mut scan = Scan::new(self.delimiter, row + mark);
        let mut sound = true;
        loop {
            let broken_until = self.broken_until.saturating_sub(self.offset) as usize;
            let last = matches!(self.ended, Some(Ok(())));
            let found = scan.step(&block.bytes, last, gathering.start + broken_until);
            let end = match found {
                Found::Row => scan.at,
                Found::Fault => {
                    sound = false;
                    let until = self.offset + (scan.at - gathering.start) as u64;
                    self.broken_until = self.broken_until.max(until);
                    let rest = block.bytes.get(row..).unwrap_or_default();
                    match memchr(b'\n', rest) {
                        Some(newline) => row + newline + 1,
                        None if last => block.bytes.len(),
                        None => {
                            scan.break_off();
                            continue;
                        }
                    }
                }
                Found::Nothing if self.ended.is_some() => return self.end(block, &gathering, row),
                Found::Nothing if block.bytes.len() - row > self.limit(max_document) => {
                    if self.header.is_none() {
                        let message = self.long_header(max_document);
                        return self.refuse(block, &gathering, message);
                    }
                    let begun = block.bytes.split_off(row);
                    self.hand_out(block, &gathering, row);
                    self.pass_over(block, begun, scan, max_document);
                    return true;
                }
                Found::Nothing => {
                    let room = BLOCK_BYTES.saturating_sub(block.bytes.len()).max(READ_BYTES);
                    self.read(&mut block.bytes, room);
                    continue;
                }
            };
            if end == row {
                return self.end(block, &gathering, row);
            }
            let bytes = block.bytes.get(row..end).unwrap_or_default();
            let len = bytes.len() - usize::from(bytes.ends_with(b"\n"));
            if self.header.is_none() {
                let header = trim_end(bytes).get(mark..).unwrap_or_default();
                mark = 0;
                let checked = match len > self.limit(max_document) {
                    true => Err(self.long_header(max_document)),
                    false => self.check_header(header, sound),
                };
                if let Err(message) = checked {
                    return self.refuse(block, &gathering, message);
                }
            } else if len > max_document {
                let lines = newlines(bytes);
                self.tail.extend(block.bytes.drain(end..));
                self.hand_out(block, &gathering, row);
                self.too_long(block, len as u64, max_document);
                self.offset += (end - row) as u64;
                self.line += lines;
                return true;
            }
            row = end;
            if row >= BLOCK_BYTES {
                self.tail.extend(block.bytes.drain(row..));
                self.hand_out(block, &gathering, row);
                return true;
            }
            scan = Scan::new(self.delimiter, row);
            sound = true;
        }
    }
}

impl Rows {
    /// How long a row may be that is being read.
    fn limit(&self, max_document: usize) -> usize {
        if self.header.is_some() { max_document } else { max_document.min(HEADER_BYTES) }
    }

    fn read(&mut self, bytes: &mut Vec<u8>, room: usize) {
        match self.bytes.by_ref().take(room as u64).read_to_end(bytes) {
            Ok(read) if read < room => self.ended = Some(Ok(())),
            Ok(_) => {}
            Err(error) => self.ended = Some(Err(error)),
        }
    }

    /// Keeps the first row that is not blank, if it can be the header row.
    fn check_header(&mut self, header: &[u8], sound: bool) -> Result<(), String> {
        if header.is_empty() {
            return Ok(());
        }
        if !sound {
            return Err(
                "the header row has a quoted field that is not closed, or goes on after its \
                        closing quote; repair it"
                    .to_owned(),
            );
        }
        (self.check)(header)?;
        self.header = Some([header, b"\n"].concat());
        Ok(())
    }

    /// Reports that the input is no table that can be read.
    fn refuse(&self, block: &mut Block, gathering: &Gathering, message: String) -> bool {
        block.bytes.truncate(gathering.heading);
        block.fail(&self.uri, 0, "", message);
        false
    }

    /// Reads on to the end of a row that is too long, of which this much was read, and keeps none of it.
    fn pass_over(
        &mut self,
        block: &mut Block,
        begun: Vec<u8>,
        mut scan: Scan,
        max_document: usize,
    ) {
        let (mut bytes, mut lines) = (begun.len() as u64, newlines(&begun));
        let mut part = begun;
        let mut ends = false;
        let mut found = Found::Nothing;
        while found != Found::Row && self.ended.is_none() {
            part.clear();
            self.read(&mut part, READ_BYTES);
            scan.at = 0;
            found = scan.step(&part, false, 0);
            if found == Found::Fault {
                scan.break_off();
                found = scan.step(&part, false, 0);
            }
            let own = part.get(..scan.at).unwrap_or_default();
            (bytes, lines) = (bytes + own.len() as u64, lines + newlines(own));
            ends = own.ends_with(b"\n") && found == Found::Row;
        }
        self.tail = part.split_off(scan.at.min(part.len()));
        self.too_long(block, bytes - u64::from(ends), max_document);
        self.offset += bytes;
        self.line += lines;
    }

    fn long_header(&self, max_document: usize) -> String {
        format!(
            "the header row has more than {} bytes; is this a table that begins with one?",
            self.limit(max_document)
        )
    }

    /// At the end of the input, of which nothing from `row` on can be used.
    fn end(&mut self, block: &mut Block, gathering: &Gathering, row: usize) -> bool {
        self.hand_out(block, gathering, row);
        if let Some(Err(error)) = &self.ended {
            broken(block, &self.uri, self.offset, error);
        }
        false
    }

    /// Makes a piece of the rows before `end`, and forgets what stands after it.
    fn hand_out(&mut self, block: &mut Block, gathering: &Gathering, end: usize) {
        block.bytes.truncate(end);
        let range = gathering.start..end;
        if range.is_empty() {
            block.bytes.truncate(gathering.heading);
            return;
        }
        let offset = self.offset;
        self.offset += range.len() as u64;
        self.line += newlines(block.bytes.get(range.clone()).unwrap_or_default());
        block.pieces.push(BlockPiece { uri: self.uri.clone(), offset, range, failure: None });
    }

    fn too_long(&self, block: &mut Block, len: u64, max_document: usize) {
        let message = format!(
            "the row on line {} has {len} bytes, more than max-document allows ({max_document}); raise it \
             in [run], or close the row's quotes",
            self.line
        );
        block.fail(&self.uri, self.offset, format!("byte={}", self.offset), message);
    }
}
