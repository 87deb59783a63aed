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
}

/// Opens a file, or standard input for `-`. Gzip and zstd are known by their first bytes; several
/// members or frames, one after the other, are one input.
pub(crate) fn open(uri: &str) -> io::Result<Opened> {
    let mut file: Box<dyn Read + Send> = if uri == "-" {
        Box::new(io::stdin())
    } else {
        let file = File::open(uri)?;
        if file.metadata()?.is_dir() {
            return Err(Error::new(ErrorKind::IsADirectory, "it is a folder"));
        }
        Box::new(file)
    };
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    let (gzip, zstd) =
        (head.starts_with(&[0x1f, 0x8b]), head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err(Error::new(ErrorKind::InvalidData, "it is UTF-16; convert it to UTF-8"));
    }
    let whole = io::Cursor::new(head).chain(file);
    let bytes: Box<dyn Read + Send> = if gzip {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, whole)))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    };
    Ok(Opened { bytes, compressed: gzip || zstd })
}
