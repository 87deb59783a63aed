//! Looks at the headers of a column's pages before the pages are read.
//!
//! Who reads pages sets aside as much memory as their headers say, before anything is read. So a header that says
//! more than its page can hold, or more than a page may, is an error here.

use std::{fs::File, io::BufRead};

use parquet::{
    basic::{Compression, Type as Physical},
    errors::ParquetError,
    file::{metadata::ColumnChunkMetaData, reader::ChunkReader},
};

use super::thrift::{INT, STRUCT, TRUTH, Thrift};

/// How many bytes a page may have, at least, whatever `max-document` says: writers begin a new one after 1 to 100 MiB.
const PAGE_BYTES: u64 = 256 << 20;

/// How many values a dictionary may have, and a page whose reader holds something for each of its values.
pub(super) const VALUES: u64 = 1 << 24;

/// How many bytes a value of a column may have in which all have the same number.
const WIDTH: i32 = 1 << 20;

/// The number of the encoding whose values have parts of the values before them.
const DELTA_BYTE_ARRAY: i64 = 7;

/// What the headers of a column say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Whether its values, decoded, can have much more bytes than its pages.
    pub(super) grows: bool,
    /// How many bytes the largest page has.
    pub(super) largest: u64,
}

/// How many bytes the pages may have that are read at once, one of each column.
pub(super) fn together(max_document: usize) -> u64 {
    most(max_document).saturating_mul(4)
}

fn most(max_document: usize) -> u64 {
    PAGE_BYTES.max((max_document as u64).saturating_mul(2))
}

/// Checks the headers of a column of a row group; its values have `max_document` bytes, at most.
pub(super) fn check(
    file: &File,
    column: &ColumnChunkMetaData,
    max_document: usize,
) -> Result<Said, ParquetError> {
    let width = column.column_descr().type_length();
    if column.column_type() == Physical::FIXED_LEN_BYTE_ARRAY && !(1..=WIDTH).contains(&width) {
        return Err(lies("the values of a column have no bytes, or too many"));
    }
    let (start, len) = column.byte_range();
    if start.checked_add(len).is_none_or(|end| end > file.metadata().map_or(0, |file| file.len())) {
        return Err(lies("a column goes on behind the end of the file"));
    }
    let most = most(max_document);
    let mut headers = Thrift { from: file.get_read(start)?, left: len };
    let mut said = Said::default();
    while headers.left > 0 {
        let mut header = Header::default();
        header.read(&mut headers, 0)?;
        said.grows |= header.encoding == DELTA_BYTE_ARRAY;
        let (packed, unpacked) = (unsigned(header.packed)?, unsigned(header.unpacked)?);
        if packed > headers.left {
            return Err(lies("a page is longer than its column"));
        }
        if unpacked > holds(column.compression(), packed) {
            return Err(lies("a page's header says more than the page can hold"));
        }
        if unpacked > most {
            return Err(ParquetError::General(format!(
                "a page has {unpacked} bytes, more than {most}; raise max-document in [run] to half of that, \
                 or write the file with smaller pages"
            )));
        }
        let entries = unsigned(header.entries)?;
        if entries.saturating_mul(least(column)) > unpacked || entries > VALUES {
            return Err(lies("a dictionary has more values than its page can hold"));
        }
        said.largest = said.largest.max(unpacked);
        headers.left -= packed;
        headers.from.seek_relative(packed as i64)?;
    }
    Ok(said)
}

/// How many bytes so many compressed ones can become, at most.
fn holds(compression: Compression, packed: u64) -> u64 {
    let ratio = match compression {
        Compression::UNCOMPRESSED => 1,
        // A copy of 64 bytes takes 3.
        Compression::SNAPPY => 22,
        // A block of one repeated byte has 128 KiB, and takes 4.
        _ => 1 << 15,
    };
    packed.saturating_mul(ratio)
}

/// How many bytes a value in a dictionary takes, at least.
fn least(column: &ColumnChunkMetaData) -> u64 {
    match column.column_type() {
        Physical::FIXED_LEN_BYTE_ARRAY => {
            u64::try_from(column.column_descr().type_length()).unwrap_or(0).max(1)
        }
        Physical::BOOLEAN => 1,
        _ => 4,
    }
}

/// What is of interest in a page's header.
#[derive(Clone, Copy, Default)]
struct Header {
    unpacked: i64,
    packed: i64,
    /// The values of a dictionary.
    entries: i64,
    /// How the values of a page are encoded, by number.
    encoding: i64,
}

impl Header {
    /// Reads the struct that stands in this field of a header; 0 is the header itself.
    fn read<R: BufRead>(
        &mut self,
        thrift: &mut Thrift<R>,
        inside: i64,
    ) -> Result<(), ParquetError> {
        let mut last = 0;
        while let Some((number, kind)) = thrift.field(last)? {
            let expected = match (inside, number) {
                (0, 1..=4) | (5, 1..=4) | (7, 1 | 2) | (8, 1..=6) => INT,
                (0, 5..=8) | (5, 5) | (8, 8) => STRUCT,
                (7, 3) | (8, 7) => TRUTH,
                _ => kind,
            };
            match (inside, number) {
                _ if kind != expected => return Err(lies("a page's header cannot be read")),
                (0, 2) => self.unpacked = thrift.signed()?,
                (0, 3) => self.packed = thrift.signed()?,
                (7, 1) => self.entries = thrift.signed()?,
                (5, 2) | (8, 4) => self.encoding = thrift.signed()?,
                (0, 5..=8) => self.read(thrift, number)?,
                _ => thrift.skip(kind)?,
            }
            last = number;
        }
        Ok(())
    }
}

fn unsigned(value: i64) -> Result<u64, ParquetError> {
    u64::try_from(value).map_err(|_| lies("a page has a size below 0"))
}

fn lies(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{io::Write, sync::Arc};

    use parquet::schema::{parser::parse_message_type, types::SchemaDescriptor};

    use super::*;

    /// What is said of a column of one page: a header of these sizes, and `body` bytes.
    fn checked(compression: Compression, unpacked: u32, packed: u32, body: usize) -> String {
        let mut bytes = vec![0x15, 0];
        for size in [unpacked, packed] {
            bytes.push(0x15);
            let mut left = u64::from(size) << 1;
            while left >= 0x80 {
                bytes.push(left as u8 | 0x80);
                left >>= 7;
            }
            bytes.push(left as u8);
        }
        // The head of a data page, with statistics of a text and a truth value, to be passed over.
        bytes.extend([0x2c, 0x15, 2, 0x4c, 0x18, 1, b'a', 0x61, 0, 0, 0]);
        bytes.resize(bytes.len() + body, 0);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let schema = parse_message_type("message schema { required binary text; }").unwrap();
        let schema = SchemaDescriptor::new(Arc::new(schema));
        let column = ColumnChunkMetaData::builder(schema.column(0))
            .set_compression(compression)
            .set_data_page_offset(0)
            .set_total_compressed_size(bytes.len() as i64)
            .build()
            .unwrap();
        let found = super::check(&file, &column, 1 << 20);
        found.map_or_else(|error| error.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn a_page_is_no_larger_than_its_bytes_can_make_it() {
        let (plain, snappy) = (Compression::UNCOMPRESSED, Compression::SNAPPY);
        let zstd = Compression::ZSTD(Default::default());
        assert_eq!(checked(plain, 100, 100, 100), "fine");
        assert_eq!(checked(snappy, 2200, 100, 100), "fine");
        assert_eq!(checked(zstd, 1 << 20, 100, 100), "fine");
        let more = "a page's header says more than the page can hold";
        for (compression, unpacked) in [(plain, 101), (snappy, 2201), (zstd, u32::MAX >> 1)] {
            let found = checked(compression, unpacked, 100, 100);
            assert!(found.contains(more), "{compression}: {found}");
        }
        assert!(checked(plain, 101, 101, 100).contains("a page is longer than its column"));
        let found = checked(zstd, 300 << 20, 1 << 20, 1 << 20);
        assert!(found.contains("raise max-document"), "{found}");
    }

    #[test]
    fn values_of_one_width_have_some_bytes_and_not_too_many() {
        for (width, fine) in [(16, true), (0, false), (WIDTH, true), (WIDTH + 1, false)] {
            let schema = format!("message schema {{ required fixed_len_byte_array({width}) w; }}");
            let schema = SchemaDescriptor::new(Arc::new(parse_message_type(&schema).unwrap()));
            let column = ColumnChunkMetaData::builder(schema.column(0)).build().unwrap();
            let found = super::check(&tempfile::tempfile().unwrap(), &column, 1 << 20);
            assert_eq!(found.is_ok(), fine, "{width}: {found:?}");
        }
    }
}
