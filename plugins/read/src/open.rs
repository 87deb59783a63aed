//! Opens inputs, and decompresses those that are compressed.

use std::{
    fs::File,
    io::{self, BufReader, Error, ErrorKind, Read},
};

use flate2::bufread::MultiGzDecoder;

/// How much is read from a compressed file at once, in bytes.
const BUFFER_BYTES: usize = 64 << 10;

/// The bytes of an input, decompressed.
pub(crate) struct Opened {
    pub(crate) bytes: Box<dyn Read + Send>,
    pub(crate) compressed: bool,
    /// How many bytes there are, where that is known before they are read.
    pub(crate) len: Option<u64>,
}

/// Opens a file of UTF-8, or standard input for `-`; one that begins as UTF-16 does is refused.
pub(crate) fn open(uri: &str) -> io::Result<Opened> {
    let (opened, head) = begin(uri)?;
    if head == *b"\xff\xfe" || head == *b"\xfe\xff" {
        return Err(Error::new(ErrorKind::InvalidData, "it is UTF-16; convert it to UTF-8"));
    }
    Ok(opened)
}

/// Opens a file of any encoding, or standard input for `-`.
pub(crate) fn open_any(uri: &str) -> io::Result<Opened> {
    begin(uri).map(|(opened, _)| opened)
}

/// Opens an input; with it come its first two bytes as stored. Gzip and zstd are known by their first
/// bytes; several members or frames, one after the other, are one input.
fn begin(uri: &str) -> io::Result<(Opened, Vec<u8>)> {
    let mut len = None;
    let mut file: Box<dyn Read + Send> = if uri == "-" {
        Box::new(io::stdin())
    } else {
        let file = File::open(uri)?;
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(Error::new(ErrorKind::IsADirectory, "it is a folder"));
        }
        len = found.is_file().then_some(found.len());
        Box::new(file)
    };
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    let (gzip, zstd) =
        (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    let first = head.iter().copied().take(2).collect();
    let whole = io::Cursor::new(head).chain(file);
    let bytes: Box<dyn Read + Send> = if gzip {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, whole)))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    };
    let compressed = gzip || zstd;
    Ok((Opened { bytes, compressed, len: len.filter(|_| !compressed) }, first))
}
