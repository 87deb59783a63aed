//! The bytes of a file, decompressed, with the place of each in the file as it is stored.
//!
//! Bytes are read into one buffer, which holds what is asked for and little more. Where a member of a
//! compressed file is broken, [`Stream::next_member`] finds the next. That can mean to go back; how far
//! is limited in all, so that no file can keep its reader busy for ever.

use std::{
    collections::VecDeque,
    fmt,
    io::{self, Error, ErrorKind, Read, Seek, SeekFrom},
};

use super::members::Members;
use crate::{
    open::Tally,
    paths::{self, Stored},
};

/// How much is read from the file at once, at most, in bytes; a member's header must fit.
const INPUT_BYTES: usize = 128 << 10;
/// The least room that is decompressed into, in bytes.
const ROOM_BYTES: usize = 64 << 10;
/// How often the file may be read again in all, where going back could find more.
const AGAIN: u64 = 4;

/// Where a record begins: the byte of the file as stored, of the member if it is compressed, and then
/// how many decompressed bytes of that stand before the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) byte: u64,
    pub(super) skip: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte={}", self.byte)?;
        if self.skip > 0 {
            write!(f, ";skip={}", self.skip)?;
        }
        Ok(())
    }
}

impl Place {
    pub(super) fn parse(locator: &str) -> Option<Self> {
        let (byte, skip) = locator.split_once(";skip=").unwrap_or((locator, "0"));
        Some(Place { byte: byte.strip_prefix("byte=")?.parse().ok()?, skip: skip.parse().ok()? })
    }
}

/// Why there are no more bytes, where that is not the end.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file cannot be read further.
    Read(Error),
    /// A member is broken; there may be others.
    Member(Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Read(error) => write!(f, "the file cannot be read: {error}"),
            Fault::Member(error) => write!(f, "it cannot be decompressed: {error}"),
        }
    }
}

/// A file that is read.
pub(super) struct Stream {
    file: Stored,
    tally: Tally,
    members: Members,
    /// Bytes as stored, those from `read` to `filled` not yet used.
    input: Vec<u8>,
    read: usize,
    filled: usize,
    /// The place in the file of the first that is not used.
    stored: u64,
    /// Decompressed bytes, those from `start` to `end` not yet used.
    output: Vec<u8>,
    start: usize,
    end: usize,
    /// How many decompressed bytes came before `start`; of a plain file, its place in that.
    at: u64,
    /// Where members begin, in decompressed bytes and as stored: the last one before `at`, and those after.
    begun: VecDeque<(u64, u64)>,
    within: bool,
    ended: bool,
    fault: Option<Fault>,
    /// How many bytes may still be read again.
    again: u64,
}

impl Stream {
    /// Opens a file, of this version where one is given.
    pub(super) fn open(uri: &str, version: Option<&str>, tally: Tally) -> io::Result<Self> {
        let mut file = paths::open(uri, version)?;
        let size = file.size()?.unwrap_or(0);
        let mut input = Vec::with_capacity(INPUT_BYTES);
        file.by_ref().take(INPUT_BYTES as u64).read_to_end(&mut input)?;
        let (members, filled) = (Members::of(&input)?, input.len());
        input.resize(INPUT_BYTES, 0);
        tally.add(input.len());
        Ok(Stream {
            file,
            tally,
            members,
            input,
            read: 0,
            filled,
            stored: 0,
            output: vec![0; 4 * ROOM_BYTES],
            start: 0,
            end: 0,
            at: 0,
            begun: VecDeque::new(),
            within: false,
            ended: false,
            fault: None,
            again: size.saturating_mul(AGAIN),
        })
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.output.len()
    }

    /// What comes next, as far as it is at hand.
    pub(super) fn unread(&self) -> &[u8] {
        self.output.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads on until so many bytes are at hand, or there are no more; returns how many are.
    pub(super) fn fill(&mut self, wanted: usize) -> usize {
        while self.end - self.start < wanted && self.fault.is_none() && !self.ended {
            self.make_room(wanted);
            if let Err(fault) = self.step() {
                self.fault = Some(fault);
            }
        }
        self.end - self.start
    }

    pub(super) fn consume(&mut self, len: usize) {
        let len = len.min(self.end - self.start);
        self.start += len;
        self.at += len as u64;
        while self.begun.get(1).is_some_and(|(at, _)| *at <= self.at) {
            self.begun.pop_front();
        }
    }

    /// The place of the byte that comes after so many others.
    pub(super) fn place(&self, ahead: usize) -> Place {
        let at = self.at + ahead as u64;
        let before = self.begun.iter().rev().find(|(begun, _)| *begun <= at);
        match before {
            Some((begun, byte)) => Place { byte: *byte, skip: at - begun },
            None => Place { byte: at, skip: 0 },
        }
    }

    /// Whether a member begins after so many bytes.
    pub(super) fn begins_member(&self, ahead: usize) -> bool {
        self.members_ahead().any(|begins| begins == ahead)
    }

    /// After how many bytes members begin, as far as is known.
    pub(super) fn members_ahead(&self) -> impl Iterator<Item = usize> {
        self.begun.iter().filter_map(|(at, _)| usize::try_from(at.checked_sub(self.at)?).ok())
    }

    /// Why there are no more bytes after those at hand, where that is not the end.
    pub(super) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Goes to a place; `false` where that is not in the file.
    pub(super) fn reach(&mut self, place: Place) -> io::Result<bool> {
        let here = self.place(0);
        let skip = if here.byte == place.byte && here.skip <= place.skip {
            place.skip - here.skip
        } else {
            self.seek(place.byte)?;
            place.skip
        };
        Ok(self.pass(skip))
    }

    /// Goes back to a place, unless too much was read again already.
    pub(super) fn go_back(&mut self, place: Place) -> io::Result<bool> {
        let distance = self.stored.saturating_sub(place.byte);
        match self.again.checked_sub(distance) {
            Some(left) => self.again = left,
            None => return Ok(false),
        }
        self.seek(place.byte)?;
        Ok(self.pass(place.skip))
    }

    /// After a fault: goes to the next member that begins with a record; `false` where there is none.
    /// Looks for it from the broken one's second byte on, as the fault may show only in the next.
    pub(super) fn next_member(&mut self) -> io::Result<bool> {
        if self.members.magic().is_empty() || matches!(self.fault, Some(Fault::Read(_))) {
            return Ok(false);
        }
        let mut from = self.begun.back().map_or(self.stored, |(_, byte)| byte + 1);
        loop {
            let distance = self.stored.saturating_sub(from);
            match self.again.checked_sub(distance) {
                Some(left) => self.again = left,
                None => from = self.stored + 1,
            }
            self.seek(from)?;
            if !self.find_magic()? {
                return Ok(false);
            }
            from = self.stored + 1;
            self.fill(b"WARC/".len());
            if self.unread().starts_with(b"WARC/") {
                return Ok(true);
            }
        }
    }

    /// Passes over decompressed bytes; `false` where there are not so many.
    fn pass(&mut self, mut skip: u64) -> bool {
        while skip > 0 {
            let len = (self.fill(1) as u64).min(skip);
            if len == 0 {
                return false;
            }
            self.consume(len as usize);
            skip -= len;
        }
        true
    }

    /// Goes to where a member may begin.
    fn find_magic(&mut self) -> io::Result<bool> {
        loop {
            let input = self.input.get(self.read..self.filled).unwrap_or_default();
            if let Some(found) = self.members.find(input) {
                self.take_input(found);
                return Ok(true);
            }
            // The last bytes may be the first of a magic number.
            let passed = input.len().saturating_sub(self.members.magic().len() - 1);
            self.take_input(passed);
            if !self.read_on()? {
                self.ended = true;
                return Ok(false);
            }
        }
    }

    /// Goes to a byte of the file, where a member begins.
    fn seek(&mut self, byte: u64) -> io::Result<()> {
        let first = self.stored - self.read as u64;
        if (first..=first + self.filled as u64).contains(&byte) {
            self.read = (byte - first) as usize;
        } else {
            self.file.seek(SeekFrom::Start(byte))?;
            (self.read, self.filled) = (0, 0);
        }
        self.stored = byte;
        self.at = if self.members.magic().is_empty() {
            byte
        } else {
            self.at + (self.end - self.start) as u64
        };
        (self.start, self.end) = (0, 0);
        self.begun.clear();
        (self.within, self.ended, self.fault) = (false, false, None);
        Ok(())
    }

    fn take_input(&mut self, len: usize) {
        self.read += len;
        self.stored += len as u64;
    }

    /// Adds to the input; `false` at the end of the file, or where there is no room.
    fn read_on(&mut self) -> io::Result<bool> {
        self.input.copy_within(self.read..self.filled, 0);
        (self.read, self.filled) = (0, self.filled - self.read);
        let room = self.input.get_mut(self.filled..).unwrap_or_default();
        let read = loop {
            match self.file.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.tally.add(read);
        self.filled += read;
        Ok(read > 0)
    }

    fn make_room(&mut self, wanted: usize) {
        if self.output.len() - self.end >= ROOM_BYTES {
            return;
        }
        self.output.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.output.len() - self.end < ROOM_BYTES {
            // Grows with what comes, not with what a record says of itself.
            let len = wanted.min(2 * self.output.len()).max(self.end) + ROOM_BYTES;
            self.output.resize(len, 0);
        }
    }

    /// Decompresses some bytes.
    fn step(&mut self) -> Result<(), Fault> {
        let plain = self.members.magic().is_empty();
        if self.read == self.filled && !self.read_on().map_err(Fault::Read)? {
            if plain || !self.within {
                self.ended = true;
                return Ok(());
            }
            // Something may be left that had no room in the output.
            let output = self.output.get_mut(self.end..).unwrap_or_default();
            let step = self.members.step(&[], output).map_err(Fault::Member)?;
            self.end += step.written;
            self.within = !step.ended;
            return match step.written == 0 && !step.ended {
                true => Err(Fault::Member(breaks_off())),
                false => Ok(()),
            };
        }
        if !self.within && !plain {
            let at = self.at + (self.end - self.start) as u64;
            // Of members without bytes, only the last is kept: a file can hold nothing else.
            self.begun.pop_back_if(|(last, _)| *last == at);
            self.begun.push_back((at, self.stored));
            self.members.restart().map_err(Fault::Member)?;
            self.within = true;
        }
        let input = self.input.get(self.read..self.filled).unwrap_or_default();
        let output = self.output.get_mut(self.end..).unwrap_or_default();
        let step = self.members.step(input, output).map_err(Fault::Member)?;
        self.take_input(step.read);
        self.end += step.written;
        self.within = !step.ended;
        if step.read + step.written == 0 && !step.ended {
            let full = self.filled - self.read == self.input.len();
            if full || !self.read_on().map_err(Fault::Read)? {
                return Err(Fault::Member(breaks_off()));
            }
        }
        Ok(())
    }
}

fn breaks_off() -> Error {
    Error::new(ErrorKind::UnexpectedEof, "it breaks off")
}
