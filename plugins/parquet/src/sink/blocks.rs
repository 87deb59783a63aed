//! Blocks of documents, packed: their texts as a page of Parquet, compressed.
//!
//! Texts are most of what there is. Workers compress them side by side, and only that is kept until the shard is
//! sealed. The records of a block, as [`rows`](super::rows) writes them, become:
//!
//! | block | packed |
//! |---|---|
//! | complete | a record with the count [`PAGE`]: how many texts, their size before compression, both `u32`, and the page; then its records without their texts, with the bit [`APART`] set in the count |
//! | of which documents failed | its records as they are, and the head of a record with the count [`PAGE`] and nothing in it |
//!
//! The page of a block is the same either way.

use parquet::errors::Result;

use super::{pages::Zstd, rows::HEAD_BYTES};

/// The count of a record that is a page of texts or, where nothing is in it, the end of a block.
pub(crate) const PAGE: u32 = u32::MAX;

/// Set in the count of a record whose rows have their texts in the page before.
pub(crate) const APART: u32 = 1 << 31;

/// The bytes before the page in its record.
pub(crate) const PAGE_HEAD_BYTES: usize = 8;

/// How much text a page may hold, in bytes: a block with more is not packed, and is more than one page.
pub(crate) const MOST: usize = 16 << 20;

/// Buffers up to this many bytes are used again.
const KEPT: usize = 1 << 20;

/// Packs blocks. Its buffer is used again.
pub(crate) struct Packer {
    zstd: Zstd,
    /// Texts, each after its length: Parquet's encoding PLAIN.
    texts: Vec<u8>,
}

impl Packer {
    /// Compresses at this level of zstd.
    pub(crate) fn new(level: i32) -> Result<Self> {
        Ok(Packer { zstd: Zstd::new(level)?, texts: Vec::new() })
    }

    /// Packs a block; see [`docmill_core::Sink::pack`].
    pub(crate) fn pack(&mut self, block: &[u8], complete: bool, packed: &mut Vec<u8>) {
        if !(complete && self.page(block, packed).is_some()) {
            packed.clear();
            packed.extend_from_slice(block);
            packed.extend(head(0, PAGE));
        }
        self.texts.shrink_to(KEPT);
    }

    /// Writes the page, and the records without texts. `None` where that cannot be.
    fn page(&mut self, block: &[u8], packed: &mut Vec<u8>) -> Option<()> {
        self.texts.clear();
        let mut count = 0_u32;
        for record in Records(block) {
            self.texts.extend_from_slice(record?.text);
            count += 1;
        }
        if self.texts.len() > MOST {
            return None;
        }
        packed.extend([0; HEAD_BYTES]);
        packed.extend(count.to_le_bytes().into_iter().chain(size(self.texts.len())));
        let page = packed.len();
        self.zstd.compress(&self.texts, packed).ok()?;
        let len = packed.len() - page + PAGE_HEAD_BYTES;
        packed.iter_mut().zip(head(len, PAGE)).for_each(|(byte, new)| *byte = new);
        for record in Records(block) {
            let Record { before, after, .. } = record?;
            packed.extend(head(before.len() + after.len(), 1 | APART));
            packed.extend_from_slice(before);
            packed.extend_from_slice(after);
        }
        Some(())
    }
}

/// The records of documents, each of one row; `None` and no more where they are broken.
struct Records<'b>(&'b [u8]);

struct Record<'b> {
    /// The values of the row before its text: the id.
    before: &'b [u8],
    /// With its length before it.
    text: &'b [u8],
    after: &'b [u8],
}

impl<'b> Records<'b> {
    fn record(&mut self) -> Option<Record<'b>> {
        let len = u32::from_le_bytes(*self.0.first_chunk()?) as usize;
        let (record, others) = self.0.split_at_checked(HEAD_BYTES + len)?;
        let (before, rest) = text(record.get(HEAD_BYTES..)?)?;
        let (text, after) = text(rest)?;
        self.0 = others;
        Some(Record { before, text, after })
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = Option<Record<'b>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_none() {
            self.0 = &[];
        }
        Some(record)
    }
}

/// Divides bytes after a text, which has its length before it.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = u32::from_le_bytes(*bytes.first_chunk()?) as usize;
    bytes.split_at_checked(4 + len)
}

/// The head of a record of so many bytes.
fn head(len: usize, count: u32) -> impl Iterator<Item = u8> {
    size(len).into_iter().chain(count.to_le_bytes())
}

/// All that is written here is far below 4 GiB, as a row is.
fn size(len: usize) -> [u8; 4] {
    (len as u32).to_le_bytes()
}
