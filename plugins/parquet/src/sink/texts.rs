//! The column of texts: pages that workers packed, and texts that are yet to be one.

use super::{blocks::MOST, pages::Zstd};
use bytes::Bytes;
use parquet::{
    basic::{Compression, Encoding, PageType, ZstdLevel},
    column::{
        page::{CompressedPage, Page, PageWriter},
        writer::ColumnCloseResult,
    },
    data_type::ByteArray,
    errors::Result,
    file::{
        metadata::{ColumnChunkMetaData, PageEncodingStats},
        writer::{SerializedPageWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

/// How much text a page made of other row groups' has, in bytes, about: as much as a block.
const PAGE_BYTES: usize = 256 << 10;

/// Writes the column in a row group.
pub(crate) struct Texts<'w> {
    column: ColumnDescPtr,
    to: SerializedPageWriter<'w, Vec<u8>>,
    zstd: &'w Zstd,
    /// Texts of no page as yet, each after its length: Parquet's encoding PLAIN.
    pending: Vec<u8>,
    count: u32,
    written: Written,
}

/// What was written, in bytes with the heads of pages.
#[derive(Default)]
struct Written {
    pages: i32,
    values: u64,
    uncompressed: usize,
    compressed: usize,
    bytes: u64,
}

impl<'w> Texts<'w> {
    pub(crate) fn new(
        column: ColumnDescPtr,
        zstd: &'w Zstd,
        to: &'w mut TrackedWrite<Vec<u8>>,
    ) -> Self {
        Texts {
            column,
            to: SerializedPageWriter::new(to),
            zstd,
            pending: Vec::new(),
            count: 0,
            written: Written::default(),
        }
    }

    /// Adds a text to the page at hand.
    pub(crate) fn add(&mut self, text: &[u8]) -> Result<()> {
        if self.pending.len() + text.len() > MOST {
            self.end_page()?;
        }
        self.pending.extend((text.len() as u32).to_le_bytes());
        self.pending.extend_from_slice(text);
        self.count += 1;
        Ok(())
    }

    /// Adds texts of another row group, as pages of their own size.
    pub(crate) fn join(&mut self, texts: &[ByteArray]) -> Result<()> {
        for text in texts {
            if self.pending.len() >= PAGE_BYTES {
                self.end_page()?;
            }
            self.add(text.data())?;
        }
        Ok(())
    }

    /// Ends the page at hand, if there is one.
    pub(crate) fn end_page(&mut self) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let mut compressed = Vec::new();
        self.zstd.compress(&self.pending, &mut compressed)?;
        let (count, size) = (self.count, self.pending.len());
        self.count = 0;
        self.pending.clear();
        self.page(count, size, compressed.into())
    }

    /// Writes a page of so many texts, which has so many bytes before compression.
    pub(crate) fn page(&mut self, count: u32, size: usize, compressed: Bytes) -> Result<()> {
        let page = Page::DataPage {
            buf: compressed,
            num_values: count,
            encoding: Encoding::PLAIN,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let page = self.to.write_page(CompressedPage::new(page, size))?;
        self.written.pages += 1;
        self.written.values += u64::from(count);
        self.written.uncompressed += page.uncompressed_size;
        self.written.compressed += page.compressed_size;
        self.written.bytes += page.bytes_written;
        Ok(())
    }

    /// Ends the column.
    pub(crate) fn close(mut self) -> Result<ColumnCloseResult> {
        self.end_page()?;
        self.to.close()?;
        let Written { pages, values, uncompressed, compressed, bytes } = self.written;
        let stats = PageEncodingStats {
            page_type: PageType::DATA_PAGE,
            encoding: Encoding::PLAIN,
            count: pages,
        };
        let metadata = ColumnChunkMetaData::builder(self.column)
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE])
            .set_page_encoding_stats(vec![stats])
            .set_num_values(values as i64)
            .set_total_uncompressed_size(uncompressed as i64)
            .set_total_compressed_size(compressed as i64)
            .set_data_page_offset(0)
            .build()?;
        Ok(ColumnCloseResult {
            bytes_written: bytes,
            rows_written: values,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        })
    }
}
