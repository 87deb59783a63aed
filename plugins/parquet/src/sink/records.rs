//! Reads what was encoded for a shard, some whole records at a time.

use std::io::Read;

use bytes::Bytes;
use parquet::errors::Result;

use super::{
    blocks::{PAGE, PAGE_HEAD_BYTES},
    groups,
    rows::HEAD_BYTES,
};

/// How much is read at once, in bytes, at least: little enough for its memory to be used again, which larger pieces
/// go back to the system with.
const READ_BYTES: usize = 64 << 10;

/// How large a block without a page may be before it is divided, in bytes.
const BLOCK_BYTES: usize = 4 << 20;

/// Reads records. Those of a block come together, as its page has to stand in one row group with all of them.
pub(crate) struct Records<'r> {
    encoded: &'r mut dyn Read,
    /// Whether they are of documents, in blocks.
    in_blocks: bool,
    /// What was read and not given out.
    bytes: Vec<u8>,
    ended: bool,
}

/// Some records, in which there is at least one row.
pub(crate) struct Piece {
    pub(crate) bytes: Bytes,
    /// Bytes of rows, before any of it was compressed.
    pub(crate) size: usize,
}

/// What was seen of the next piece.
#[derive(Default)]
struct Seen {
    /// Where its last whole record ends.
    end: usize,
    size: usize,
    rows: bool,
    /// Whether it begins with a page.
    packed: bool,
}

impl<'r> Records<'r> {
    pub(crate) fn new(encoded: &'r mut dyn Read, in_blocks: bool) -> Self {
        Records { encoded, in_blocks, bytes: Vec::new(), ended: false }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>> {
        let mut seen = Seen::default();
        loop {
            let whole = self.see(&mut seen) || !self.in_blocks && seen.end > 0;
            if whole || self.ended && seen.end > 0 {
                let rest = self.bytes.split_off(seen.end);
                let bytes = Bytes::from(std::mem::replace(&mut self.bytes, rest));
                if seen.rows {
                    return Ok(Some(Piece { bytes, size: seen.size }));
                }
                seen = Seen::default();
            } else if !self.ended {
                self.bytes.reserve(READ_BYTES);
                let read = self.encoded.take(READ_BYTES as u64).read_to_end(&mut self.bytes)?;
                self.ended = read < READ_BYTES;
            } else if self.bytes.is_empty() {
                return Ok(None);
            } else {
                return Err(groups::broken("its last row breaks off"));
            }
        }
    }

    /// Looks at the records that are there; true where a block has come to its end.
    fn see(&self, seen: &mut Seen) -> bool {
        loop {
            let rest = self.bytes.get(seen.end..).unwrap_or_default();
            let Some((&head, rest)) = rest.split_first_chunk::<4>() else { return false };
            let Some(&count) = rest.first_chunk() else { return false };
            let (len, is_page) =
                (u32::from_le_bytes(head) as usize, u32::from_le_bytes(count) == PAGE);
            if is_page && len > 0 && seen.end > 0 {
                return true;
            }
            let Some(record) = rest.get(4..).and_then(|rest| rest.get(..len)) else {
                return false;
            };
            seen.packed |= is_page && len > 0;
            seen.rows |= !is_page;
            seen.end += HEAD_BYTES + len;
            seen.size += if is_page { size(record) } else { HEAD_BYTES + len };
            if is_page && len == 0 || !seen.packed && seen.size >= BLOCK_BYTES {
                return true;
            }
        }
    }
}

/// The size of a page before compression.
fn size(page: &[u8]) -> usize {
    let head = page.first_chunk::<PAGE_HEAD_BYTES>();
    let size = head.and_then(|head| head.last_chunk()).map(|size| u32::from_le_bytes(*size));
    size.unwrap_or_default() as usize
}

/// Reads what [`super::rows`] wrote.
pub(crate) struct Reader {
    bytes: Bytes,
    at: usize,
}

impl Reader {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Reader { bytes, at: 0 }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let array = rest.first_chunk().ok_or_else(|| groups::broken("a row breaks off"))?;
        self.at += N;
        Ok(*array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn int(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Result<Bytes> {
        let len = self.int()? as usize;
        self.bytes(len)
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Result<Bytes> {
        let end = self.at.saturating_add(len);
        if end > self.bytes.len() {
            return Err(groups::broken("a text breaks off"));
        }
        let bytes = self.bytes.slice(self.at..end);
        self.at = end;
        Ok(bytes)
    }
}
