//! Looks at the headers of a column's pages before the pages are read.
//!
//! Who reads pages sets aside as much memory as their headers say, before anything is read. So a header that says
//! more than its page can hold, or more than a page may, is an error here. Headers are in Thrift's compact form.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

use parquet::{
    basic::{Compression, Type as Physical},
    errors::ParquetError,
    file::{metadata::ColumnChunkMetaData, reader::ChunkReader},
};

/// How many bytes a page may have, at least, whatever `max-document` says: writers begin a new one after 1 to 100 MiB.
const PAGE_BYTES: u64 = 256 << 20;

/// How deep a header's structs may nest; those of the format have three levels.
const DEPTH: usize = 8;

/// Checks the headers of a column of a row group; its values have `max_document` bytes, at most.
pub(super) fn check(
    file: &File,
    column: &ColumnChunkMetaData,
    max_document: usize,
) -> Result<(), ParquetError> {
    let (start, len) = column.byte_range();
    if start.checked_add(len).is_none_or(|end| end > file.metadata().map_or(0, |file| file.len())) {
        return Err(lies("a column goes on behind the end of the file"));
    }
    let largest = PAGE_BYTES.max((max_document as u64).saturating_mul(2));
    let mut headers = Headers { from: file.get_read(start)?, left: len };
    while headers.left > 0 {
        let header = headers.header(&mut Header::default(), &[], DEPTH)?;
        let (packed, unpacked) = (unsigned(header.packed)?, unsigned(header.unpacked)?);
        if packed > headers.left {
            return Err(lies("a page is longer than its column"));
        }
        if unpacked > holds(column.compression(), packed) {
            return Err(lies("a page's header says more than the page can hold"));
        }
        if unpacked > largest {
            return Err(ParquetError::General(format!(
                "a page has {unpacked} bytes, more than {largest}; raise max-document in [run] to half of that, \
                 or write the file with smaller pages"
            )));
        }
        if unsigned(header.entries)?.saturating_mul(least(column)) > unpacked {
            return Err(lies("a dictionary has more values than its page can hold"));
        }
        headers.left -= packed;
        headers.from.seek_relative(packed as i64)?;
    }
    Ok(())
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
}

/// Reads headers.
struct Headers {
    from: BufReader<File>,
    /// How many bytes of the column are left.
    left: u64,
}

impl Headers {
    /// Reads a struct that stands at this path of field numbers.
    fn header(
        &mut self,
        header: &mut Header,
        path: &[i64],
        depth: usize,
    ) -> Result<Header, ParquetError> {
        let mut number = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(*header);
            }
            number = match head >> 4 {
                0 => self.signed()?,
                more => number + i64::from(more),
            };
            match (path, number, head & 0xf) {
                ([], 2, 5) => header.unpacked = self.signed()?,
                ([], 3, 5) => header.packed = self.signed()?,
                ([7], 1, 5) => header.entries = self.signed()?,
                ([], _, 12) if depth > 0 => {
                    self.header(header, &[number], depth - 1)?;
                }
                (_, _, kind) => self.skip(kind, depth)?,
            }
        }
    }

    /// Passes over a value of this kind.
    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), ParquetError> {
        match kind {
            // Truth values stand in the head of their field.
            1 | 2 => Ok(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let len = self.varint()?;
                self.pass(len)
            }
            12 if depth > 0 => self.header(&mut Header::default(), &[-1], depth - 1).map(drop),
            // The format has no lists in headers.
            _ => Err(lies("a page's header cannot be read")),
        }
    }

    fn pass(&mut self, len: u64) -> Result<(), ParquetError> {
        self.take(len)?;
        match io::copy(&mut (&mut self.from).take(len), &mut io::sink())? == len {
            true => Ok(()),
            false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    fn take(&mut self, len: u64) -> Result<(), ParquetError> {
        let left = self.left.checked_sub(len);
        self.left = left.ok_or_else(|| lies("a page's header breaks off"))?;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, ParquetError> {
        self.take(1)?;
        let byte = self.from.fill_buf()?.first().copied();
        self.from.consume(usize::from(byte.is_some()));
        byte.ok_or_else(|| lies("a page's header breaks off"))
    }

    fn varint(&mut self) -> Result<u64, ParquetError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(lies("a page's header cannot be read"))
    }

    fn signed(&mut self) -> Result<i64, ParquetError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
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
        found.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
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
}
