//! Cuts a file into blocks of records, in memory that does not grow with it.
//!
//! A record is whole where a blank line, another record or the end follows its length. One that is not
//! fails, and reading goes on at the next first line of a record, which may lie within the length that
//! the broken one gave itself, or at the next member of a compressed file.
//!
//! Before each piece stands what its parse needs to know, see [`Preamble`].

use std::{io, sync::Arc};

use docmill_core::{BLOCK_BYTES, Block, BlockPiece};

use super::{
    header::{self, BEGINNING, Fields},
    page::{self, Kind},
    stream::{Fault, Place, Stream},
};
use crate::{
    inputs::{self, BLOCK_PIECES},
    open::Tally,
};

/// The largest header of a record, and of a response in it, in bytes.
pub(super) const HEAD_BYTES: usize = 64 << 10;

/// What stands before a record in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Preamble {
    pub(super) place: Place,
    /// How many bytes the document may have.
    pub(super) limit: usize,
}

impl Preamble {
    pub(super) const BYTES: usize = 24;

    fn write(&self, bytes: &mut Vec<u8>) {
        for number in [self.place.byte, self.place.skip, self.limit as u64] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
        let place = Place { byte: numbers.next()?, skip: numbers.next()? };
        Some(Preamble { place, limit: usize::try_from(numbers.next()?).ok()? })
    }
}

/// One file, part of it read.
pub(super) struct Records {
    uri: Arc<str>,
    stream: Stream,
}

/// What a record's header says.
struct Head {
    len: usize,
    block: u64,
    kind: Kind,
}

impl inputs::Records for Records {
    fn fill(&mut self, block: &mut Block, max_document: usize) -> bool {
        while block.bytes.len() < BLOCK_BYTES && block.pieces.len() < BLOCK_PIECES {
            if !self.record(block, max_document) {
                return false;
            }
        }
        true
    }
}

impl Records {
    /// Opens a file, of this version where one is given.
    pub(super) fn open(uri: Arc<str>, version: Option<&str>, tally: Tally) -> io::Result<Self> {
        let stream = Stream::open(&uri, version, tally)?;
        Ok(Records { uri, stream })
    }

    /// How many bytes its buffer has.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.stream.held()
    }

    /// Takes the next record, or reports what is in its place; `false` at the end of the file.
    fn record(&mut self, block: &mut Block, max_document: usize) -> bool {
        while self.stream.fill(1) > 0 {
            let blank = blank(self.stream.unread());
            if blank == 0 {
                break;
            }
            self.stream.consume(blank);
        }
        if self.stream.unread().is_empty() {
            return self.end(block);
        }
        let head = match read_head(&mut self.stream) {
            Ok(head) => head,
            Err(error) => {
                self.broken(block, self.stream.place(0), &error);
                return self.find_next(block, 1);
            }
        };
        let limit = head.len.saturating_add(max_document).saturating_add(HEAD_BYTES);
        let whole = (head.len as u64).saturating_add(head.block);
        let whole = match usize::try_from(whole) {
            Ok(whole) if whole <= limit => whole,
            _ => return self.pass_over(block, &head, whole, max_document),
        };
        // With the blank lines and a byte more, which tells whether its member is sound.
        let have = self.stream.fill(whole + 5);
        if have < whole || !ends_well(&self.stream, whole) {
            let error = self.why_broken(have < whole, head.block);
            self.broken(block, self.stream.place(0), &error);
            return self.find_next(block, head.len);
        }
        let record = self.stream.unread().get(..whole).unwrap_or_default();
        if is_wanted(&head, record) {
            let place = self.stream.place(0);
            Preamble { place, limit: max_document }.write(&mut block.bytes);
            let start = block.bytes.len();
            block.bytes.extend_from_slice(record);
            let (uri, range) = (self.uri.clone(), start..block.bytes.len());
            block.pieces.push(BlockPiece { uri, offset: place.byte, range, failure: None });
        }
        self.stream.consume(whole);
        true
    }

    fn why_broken(&self, short: bool, said: u64) -> String {
        match (self.stream.fault(), short) {
            (Some(fault), _) => fault.to_string(),
            (None, true) => format!("the file ends before the {said} bytes that its header says"),
            (None, false) => {
                format!("no end of a record comes after the {said} bytes that its header says")
            }
        }
    }

    /// Where nothing more is at hand.
    fn end(&mut self, block: &mut Block) -> bool {
        match self.stream.fault() {
            None => false,
            Some(fault @ Fault::Member(_)) => {
                let error = fault.to_string();
                self.broken(block, self.stream.place(0), &error);
                self.next_member(block)
            }
            Some(fault @ Fault::Read(_)) => {
                let error = fault.to_string();
                self.broken(block, self.stream.place(0), &error);
                false
            }
        }
    }

    /// Goes on at the next record after so many bytes; `false` where there is none.
    fn find_next(&mut self, block: &mut Block, skip: usize) -> bool {
        // What is found lies after the first byte.
        self.stream.consume(skip.saturating_sub(1));
        loop {
            let unread = self.stream.unread();
            let line = header::find_record(unread);
            let begins = |at: &usize| {
                let from = unread.get(*at..).unwrap_or_default();
                *at > 0 && from.starts_with(b"WARC/")
            };
            let member = self.stream.members_ahead().find(begins);
            if let Some(at) = line.into_iter().chain(member).min() {
                self.stream.consume(at);
                return true;
            }
            let kept = unread.len().min(BEGINNING);
            self.stream.consume(unread.len() - kept);
            if self.stream.fill(kept + 1) <= kept {
                self.stream.consume(kept);
                return self.stream.fault().is_some() && self.next_member(block);
            }
        }
    }

    fn next_member(&mut self, block: &mut Block) -> bool {
        self.stream.next_member().unwrap_or_else(|error| {
            self.broken(block, self.stream.place(0), &Fault::Read(error).to_string());
            false
        })
    }

    /// Reads on to the end of a record that is too large and keeps none of it.
    fn pass_over(
        &mut self,
        block: &mut Block,
        head: &Head,
        whole: u64,
        max_document: usize,
    ) -> bool {
        let place = self.stream.place(0);
        self.stream.fill(head.len + HEAD_BYTES);
        let wanted = is_wanted(head, self.stream.unread());
        // What is found lies after the first byte: one of the header stays.
        self.stream.consume(head.len - 1);
        let mut left = whole - (head.len - 1) as u64;
        // A record within: the next one, if this one's length is wrong.
        let mut within = None;
        while left > 0 {
            let have = self.stream.fill(4 * BEGINNING);
            let unread = self.stream.unread();
            if within.is_none() {
                let found = header::find_record(unread).filter(|at| (*at as u64) < left);
                within = found.map(|at| self.stream.place(at));
            }
            let step = if have < 4 * BEGINNING { have } else { have - BEGINNING };
            let step = (step as u64).min(left);
            if step == 0 {
                break;
            }
            self.stream.consume(step as usize);
            left -= step;
        }
        self.stream.fill(5);
        if left == 0 && ends_well(&self.stream, 0) {
            if wanted {
                let message = format!(
                    "the record has {} bytes, more than max-document allows ({max_document}); raise it in [run]",
                    head.block
                );
                block.fail(&self.uri, place.byte, place.to_string(), message);
            }
            return true;
        }
        let error = self.why_broken(left > 0, head.block);
        self.broken(block, place, &error);
        if let Some(place) = within {
            match self.stream.go_back(place) {
                Ok(true) => return true,
                Ok(false) => {}
                Err(error) => {
                    self.broken(block, place, &Fault::Read(error).to_string());
                    return false;
                }
            }
        }
        self.find_next(block, 0)
    }

    fn broken(&self, block: &mut Block, place: Place, error: &str) {
        let message = format!(
            "the record at {place} is broken: {error}; what comes after it was read where it could be found"
        );
        block.fail(&self.uri, place.byte, place.to_string(), message);
    }
}

/// Reads the header of the record that comes next.
fn read_head(stream: &mut Stream) -> Result<Head, String> {
    stream.fill(BEGINNING);
    if !header::begins_record(stream.unread()) {
        return Err("it does not begin with WARC and a version".to_owned());
    }
    let mut wanted = 4 << 10;
    let len = loop {
        let have = stream.fill(wanted);
        if let Some(len) = header::len(stream.unread()) {
            break len;
        }
        if have < wanted {
            return Err(match stream.fault() {
                Some(fault) => fault.to_string(),
                None => "the file ends in its header".to_owned(),
            });
        }
        if have >= HEAD_BYTES {
            return Err(format!("its header does not end within {HEAD_BYTES} bytes"));
        }
        wanted = have + 1;
    };
    let fields = Fields::of(stream.unread().get(..len).unwrap_or_default());
    let said = fields.get("Content-Length").and_then(|value| std::str::from_utf8(value).ok());
    let block = said.filter(|value| !value.starts_with('+')).and_then(|value| value.parse().ok());
    let block = block.ok_or("its header has no Content-Length that is a number")?;
    Ok(Head { len, block, kind: Kind::of(fields) })
}

/// The length of the record that comes next, read whole; as far as its header says so.
pub(super) fn read_whole(stream: &mut Stream) -> Result<usize, String> {
    let head = read_head(stream)?;
    let whole = usize::try_from(head.block).ok().and_then(|block| block.checked_add(head.len));
    let whole = whole.ok_or("its length is no length that fits in memory")?;
    match stream.fill(whole) < whole {
        true => Err("the file ends in it".to_owned()),
        false => Ok(whole),
    }
}

fn is_wanted(head: &Head, record: &[u8]) -> bool {
    match (head.kind, record.split_at_checked(head.len)) {
        (Kind::Response, Some((header, block))) => page::is_wanted(Fields::of(header), block),
        (kind, _) => kind == Kind::Block,
    }
}

/// Whether a record can end after so many bytes.
fn ends_well(stream: &Stream, len: usize) -> bool {
    let after = stream.unread().get(len..).unwrap_or_default();
    let blank = blank(after);
    let rest = after.get(blank..).unwrap_or_default();
    if rest.is_empty() {
        // An error in the next member is not this record's.
        return stream.fault().is_none() || stream.begins_member(stream.unread().len());
    }
    after.starts_with(b"\r\n\r\n")
        || after.starts_with(b"\n\n")
        || header::begins_record(rest)
        || stream.begins_member(len + blank)
}

fn blank(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}
