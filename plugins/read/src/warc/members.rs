//! Decompresses the members of a file one at a time, so that it is known where each begins.
//!
//! A step takes some bytes and gives some; one that does neither wants more bytes at once.

use std::io::{self, Error, ErrorKind};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use memchr::memmem;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

/// How a file is stored.
pub(super) enum Members {
    /// As it is.
    Plain,
    Gzip(Gzip),
    Zstd(Decoder<'static>),
}

/// What a step did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
    /// The member is complete, and its checksum right.
    pub(super) ended: bool,
}

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The skippable frame with which a `.warc.zst` brings a dictionary.
const ZSTD_DICTIONARY: [u8; 4] = [0x5d, 0x2a, 0x4d, 0x18];

impl Members {
    /// What a file that begins so holds.
    pub(super) fn of(head: &[u8]) -> io::Result<Self> {
        if head.starts_with(&ZSTD_DICTIONARY) {
            let message = "it is compressed with a dictionary of its own, which is not supported; \
                           compress it anew: zstd -dc FILE | zstd -o OTHER.warc.zst";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        Ok(if head.starts_with(&GZIP[..2]) {
            Members::Gzip(Gzip::new())
        } else if head.starts_with(&ZSTD) {
            Members::Zstd(Decoder::new()?)
        } else {
            Members::Plain
        })
    }

    /// What a member begins with.
    pub(super) fn magic(&self) -> &'static [u8] {
        match self {
            Members::Plain => b"",
            Members::Gzip(_) => &GZIP,
            Members::Zstd(_) => &ZSTD,
        }
    }

    /// Where in these bytes a member may begin.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<usize> {
        memmem::find(bytes, self.magic())
    }

    /// Makes ready for a member's first byte.
    pub(super) fn restart(&mut self) -> io::Result<()> {
        match self {
            Members::Plain => Ok(()),
            Members::Gzip(gzip) => {
                gzip.restart();
                Ok(())
            }
            Members::Zstd(decoder) => decoder.reinit(),
        }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        match self {
            Members::Plain => {
                let len = input.len().min(output.len());
                if let (Some(from), Some(to)) = (input.get(..len), output.get_mut(..len)) {
                    to.copy_from_slice(from);
                }
                Ok(Step { read: len, written: len, ended: false })
            }
            Members::Gzip(gzip) => gzip.step(input, output),
            Members::Zstd(decoder) => {
                let mut input = InBuffer::around(input);
                let mut output = OutBuffer::around(output);
                let left = decoder.run(&mut input, &mut output)?;
                Ok(Step { read: input.pos(), written: output.pos(), ended: left == 0 })
            }
        }
    }
}

/// A member of gzip (RFC 1952), part of it read.
pub(super) struct Gzip {
    inflate: Decompress,
    sum: Crc,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Header,
    Body,
    Trailer,
}

impl Gzip {
    fn new() -> Self {
        Gzip { inflate: Decompress::new(false), sum: Crc::new(), stage: Stage::Header }
    }

    fn restart(&mut self) {
        self.inflate.reset(false);
        self.sum.reset();
        self.stage = Stage::Header;
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> io::Result<Step> {
        let mut step = Step::default();
        if self.stage == Stage::Header {
            let Some(len) = header_len(input)? else { return Ok(step) };
            step.read = len;
            self.stage = Stage::Body;
        }
        if self.stage == Stage::Body {
            let input = input.get(step.read..).unwrap_or_default();
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, output, FlushDecompress::None)?;
            step.read += (self.inflate.total_in() - read) as usize;
            step.written = (self.inflate.total_out() - written) as usize;
            self.sum.update(output.get(..step.written).unwrap_or_default());
            if status == Status::StreamEnd {
                self.stage = Stage::Trailer;
            }
        }
        if self.stage == Stage::Trailer
            && let Some(trailer) = input.get(step.read..).and_then(<[u8]>::first_chunk::<8>)
        {
            let [a, b, c, d, e, f, g, h] = *trailer;
            if u32::from_le_bytes([a, b, c, d]) != self.sum.sum() {
                return Err(wrong("its checksum is wrong"));
            }
            if u32::from_le_bytes([e, f, g, h]) != self.sum.amount() {
                return Err(wrong("its length is wrong"));
            }
            step.read += trailer.len();
            step.ended = true;
        }
        Ok(step)
    }
}

/// The length of a member's header; `None` where it goes on after these bytes.
fn header_len(input: &[u8]) -> io::Result<Option<usize>> {
    let magic = GZIP.get(..input.len().min(GZIP.len())).unwrap_or_default();
    if !input.starts_with(magic) {
        return Err(wrong("no member of gzip begins there"));
    }
    let Some(&flags) = input.get(3) else { return Ok(None) };
    if flags & 0xe0 != 0 {
        return Err(wrong("it has flags that are not known"));
    }
    let mut len = 10;
    if flags & 4 != 0 {
        let Some(&[low, high]) = input.get(len..).and_then(<[u8]>::first_chunk) else {
            return Ok(None);
        };
        len += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let Some(rest) = input.get(len..) else { return Ok(None) };
            let Some(end) = memchr::memchr(0, rest) else { return Ok(None) };
            len += end + 1;
        }
    }
    if flags & 2 != 0 {
        len += 2;
    }
    Ok((len <= input.len()).then_some(len))
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_with_all_they_can_hold_are_passed_over() {
        let mut header = vec![0x1f, 0x8b, 8, 0b1_1110, 0, 0, 0, 0, 0, 3];
        header.extend(b"\x05\0extra");
        header.extend(b"name\0comment\0\xab\xcd");
        for len in 0..header.len() {
            assert_eq!(header_len(&header[..len]).unwrap(), None, "{len}");
        }
        header.extend(b"more");
        assert_eq!(header_len(&header).unwrap(), Some(header.len() - 4));
        assert!(header_len(b"WARC").is_err());
        assert!(header_len(b"\x1f\x8b\x08\xff").is_err());
    }

    #[test]
    fn a_wrong_checksum_or_length_is_no_end() {
        use std::io::Write;
        let mut whole = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        whole.write_all(b"Kyiv").unwrap();
        let whole = whole.finish().unwrap();
        let step = |bytes: &[u8]| Gzip::new().step(bytes, &mut [0; 10]);
        assert_eq!(step(&whole).unwrap(), Step { read: whole.len(), written: 4, ended: true });
        assert!(!step(&whole[..whole.len() - 1]).unwrap().ended);
        for (at, part) in [(8, "checksum"), (1, "length")] {
            let mut broken = whole.clone();
            let at = broken.len() - at;
            broken[at] ^= 1;
            assert!(step(&broken).unwrap_err().to_string().contains(part));
        }
    }
}
