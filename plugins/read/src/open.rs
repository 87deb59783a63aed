//! Opens inputs, and decompresses those that are compressed.

use std::{
    io::{self, BufReader, Error, ErrorKind, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use docmill_core::Input;
use flate2::bufread::MultiGzDecoder;

use crate::paths;

/// How much is read from a compressed file at once, in bytes.
const BUFFER_BYTES: usize = 64 << 10;

/// Counts the bytes that are read of inputs, as they are stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<AtomicU64>);

impl Tally {
    /// Counts what is read.
    pub(crate) fn count<R: Read>(&self, reader: R) -> Counted<R> {
        Counted { reader, tally: self.clone() }
    }

    /// Counts bytes that were read.
    pub(crate) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// How many bytes were read since it was last asked.
    pub(crate) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// A reader whose bytes are counted.
pub(crate) struct Counted<R> {
    reader: R,
    tally: Tally,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.tally.add(read);
        Ok(read)
    }
}

/// The bytes of an input, decompressed.
pub(crate) struct Opened {
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) compressed: bool,
    /// How many bytes there are, where that is known before they are read.
    pub(crate) len: Option<u64>,
}

/// Opens a file of UTF-8, or standard input for `-`, as it is now; one that begins as UTF-16 does is refused.
pub(crate) fn open(uri: &str) -> io::Result<Opened> {
    in_utf8(begin(uri, None, &Tally::default())?)
}

/// The same, as it was listed, and what is read is counted.
pub(crate) fn open_counted(input: &Input, tally: &Tally) -> io::Result<Opened> {
    in_utf8(begin(&input.uri, input.version.as_deref(), tally)?)
}

fn in_utf8((opened, head): (Opened, Vec<u8>)) -> io::Result<Opened> {
    if head == *b"\xff\xfe" || head == *b"\xfe\xff" {
        return Err(Error::new(ErrorKind::InvalidData, "it is UTF-16; convert it to UTF-8"));
    }
    Ok(opened)
}

/// Opens a file of any encoding, or standard input for `-`: of this version, where one is given.
pub(crate) fn open_any(uri: &str, version: Option<&str>, tally: &Tally) -> io::Result<Opened> {
    begin(uri, version, tally).map(|(opened, _)| opened)
}

/// Opens an input; with it come its first two bytes as stored. Gzip and zstd are known by their first
/// bytes; several members or frames, one after the other, are one input.
fn begin(uri: &str, version: Option<&str>, tally: &Tally) -> io::Result<(Opened, Vec<u8>)> {
    let mut len = None;
    let mut file: Box<dyn Read + Send> = if uri == "-" {
        Box::new(tally.count(io::stdin()))
    } else {
        let file = paths::open(uri, version)?;
        len = file.size()?;
        Box::new(tally.count(file))
    };
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    let (gzip, zstd) =
        (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let first = head.iter().copied().take(2).collect();
    let whole = io::Cursor::new(head).chain(file);
    let bytes: Box<dyn Read + Send> = if gzip {
        Box::new(Steps::of(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, whole))))
    } else if zstd {
        Box::new(Steps::of(zstd::stream::read::Decoder::new(whole)?))
    } else {
        Box::new(whole)
    };
    let compressed = gzip || zstd;
    Ok((Opened { bytes, compressed, len: len.filter(|_| !compressed) }, first))
}

/// Asks a decoder for bytes in steps of its own, whoever reads them and how much at once.
///
/// A decoder that comes to a fault gives none of the bytes that it made in that call, so how much stands before
/// the fault would depend on how much was asked for: a record that was read could then not be read again.
struct Steps<D> {
    decoder: D,
    bytes: Vec<u8>,
    /// How many of them are made, and how many of these are given.
    made: usize,
    given: usize,
}

/// How much a decoder makes in a step, at most, in bytes.
const STEP_BYTES: usize = 32 << 10;

impl<D: Read> Steps<D> {
    fn of(decoder: D) -> Self {
        Steps { decoder, bytes: vec![0; STEP_BYTES], made: 0, given: 0 }
    }
}

impl<D: Read> Read for Steps<D> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.made && !out.is_empty() {
            (self.made, self.given) = (0, 0);
            self.made = self.decoder.read(&mut self.bytes)?;
        }
        let mut made = self.bytes.get(self.given..self.made).unwrap_or_default();
        let given = made.read(out)?;
        self.given += given;
        Ok(given)
    }
}
