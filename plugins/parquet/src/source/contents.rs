//! Looks at what pages hold before it is decoded.
//!
//! Who decodes a page sets aside as much memory as it says that it has values, and holds a row whole, however long its
//! list. A few bytes can say anything. So what says too much is an error here.

use parquet::{
    basic::Encoding,
    column::{
        page::{Page, PageMetadata, PageReader},
        reader::{ColumnReader, get_column_reader},
    },
    errors::{ParquetError, Result},
    file::reader::RowGroupReader,
    schema::types::ColumnDescPtr,
};

use super::pages::VALUES;

/// How many values a row may have in a column.
const ROW_VALUES: u64 = 4 << 20;

/// A column of a row group, each page of which is looked at before it is decoded.
pub(super) fn column(group: &dyn RowGroupReader, at: usize) -> Result<ColumnReader> {
    let pages = group.get_column_page_reader(at)?;
    let metadata = group.metadata().column(at);
    let column = metadata.column_descr_ptr();
    let left = u64::try_from(metadata.num_values()).unwrap_or(0);
    let looked = Looked { pages, column: column.clone(), left, row: Row::default() };
    Ok(get_column_reader(column, Box::new(looked)))
}

struct Looked {
    pages: Box<dyn PageReader>,
    column: ColumnDescPtr,
    /// How many values are left of those that the column says it has.
    left: u64,
    row: Row,
}

impl Looked {
    fn look(&mut self, page: &Page) -> Result<()> {
        let (mut rest, values, encoding) = match page {
            Page::DictionaryPage { .. } => return Ok(()),
            Page::DataPage { buf, num_values, encoding, .. }
            | Page::DataPageV2 { buf, num_values, encoding, .. } => {
                (&**buf, *num_values, *encoding)
            }
        };
        let lists = self.column.max_rep_level() > 0;
        if lists {
            let left = self.left.checked_sub(u64::from(values));
            self.left = left.ok_or_else(|| lies("a column has more values than it says"))?;
        }
        match page {
            Page::DataPageV2 { rep_levels_byte_len, def_levels_byte_len, .. } => {
                let repeated = cut(&mut rest, u64::from(*rep_levels_byte_len))?;
                cut(&mut rest, u64::from(*def_levels_byte_len))?;
                if lists {
                    self.row.go_on(repeated, values)?;
                }
            }
            Page::DataPage { def_level_encoding, rep_level_encoding, .. } => {
                if lists {
                    let repeated = with_length(&mut rest, *rep_level_encoding)?;
                    self.row.go_on(repeated, values)?;
                }
                let defined = self.column.max_def_level();
                if defined > 0 && *def_level_encoding == Encoding::RLE {
                    with_length(&mut rest, Encoding::RLE)?;
                } else if defined > 0 {
                    let width = u64::from(i16::BITS - defined.leading_zeros());
                    cut(&mut rest, (u64::from(values) * width).div_ceil(8))?;
                }
            }
            Page::DictionaryPage { .. } => {}
        }
        if matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            lengths(&mut rest, u64::from(values))?;
            if encoding == Encoding::DELTA_BYTE_ARRAY {
                lengths(&mut rest, u64::from(values))?;
            }
        }
        Ok(())
    }
}

/// The row that the last page ended in.
#[derive(Default)]
struct Row {
    values: u64,
}

impl Row {
    /// Goes on with the levels of a page, which say where a row begins. A level is one bit, as no lists of lists are
    /// read.
    fn go_on(&mut self, mut levels: &[u8], values: u32) -> Result<()> {
        let mut left = u64::from(values);
        while left > 0 && !levels.is_empty() {
            let head = varint(&mut levels)?;
            let run = head >> 1;
            if run > u64::from(u32::MAX) / 8 {
                return Err(lies("a page has a run that is too long"));
            }
            if head & 1 == 0 {
                let goes_on = cut(&mut levels, 1)?.first().is_some_and(|level| *level > 0);
                let run = run.min(left);
                self.values = match (run, goes_on) {
                    (0, _) => self.values,
                    (_, true) => self.values + run,
                    (_, false) => 1,
                };
                left -= run;
            } else {
                let len = run.min(levels.len() as u64);
                for byte in cut(&mut levels, len)? {
                    for bit in 0..left.min(8) {
                        self.values = if byte >> bit & 1 == 1 { self.values + 1 } else { 1 };
                    }
                    left = left.saturating_sub(8);
                    self.check()?;
                }
            }
            self.check()?;
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        match self.values > ROW_VALUES {
            true => Err(lies("a row has a list that is too long")),
            false => Ok(()),
        }
    }
}

/// Looks at numbers that stand in blocks of differences, and cuts them off. They say themselves how many they are.
fn lengths(rest: &mut &[u8], values: u64) -> Result<()> {
    let (block, parts, count) = (varint(rest)?, varint(rest)?, varint(rest)?);
    varint(rest)?;
    if count > values.min(VALUES) {
        return Err(lies("a page has more lengths than values, or too many"));
    }
    let part = match block.checked_div(parts) {
        Some(part) if part > 0 && part % 32 == 0 && part <= u64::from(u32::MAX) => part,
        _ => return Err(lies("a page has blocks of no meaning")),
    };
    let mut left = count.saturating_sub(1);
    while left > 0 {
        varint(rest)?;
        for width in cut(rest, parts)? {
            if left == 0 {
                break;
            }
            cut(rest, u64::from(*width) * (part / 8))?;
            left = left.saturating_sub(part);
        }
    }
    Ok(())
}

/// Cuts off what is preceded by its length.
fn with_length<'p>(rest: &mut &'p [u8], encoding: Encoding) -> Result<&'p [u8]> {
    if encoding != Encoding::RLE {
        return Err(lies("a page has levels in an encoding that is not in use"));
    }
    let len = cut(rest, 4)?.try_into().map_or(0, u32::from_le_bytes);
    cut(rest, u64::from(len))
}

fn cut<'p>(rest: &mut &'p [u8], len: u64) -> Result<&'p [u8]> {
    let parts = usize::try_from(len).ok().and_then(|len| rest.split_at_checked(len));
    let (part, after) = parts.ok_or_else(|| lies("a page breaks off"))?;
    *rest = after;
    Ok(part)
}

fn varint(rest: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = u64::from(cut(rest, 1)?.first().copied().unwrap_or_default());
        value |= (byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(lies("a page has a number that is too long"))
}

fn lies(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

impl Iterator for Looked {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Looked {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.look(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        self.pages.take_deferred_dictionary()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of numbers in blocks, and how many bytes they leave.
    fn numbers(bytes: &[u8], values: u64) -> Option<usize> {
        let mut rest = bytes;
        lengths(&mut rest, values).ok().map(|()| rest.len())
    }

    #[test]
    fn there_are_no_more_lengths_than_values() {
        // Blocks of 128 in 4 parts, 3 numbers, the first of them 0; then a block of its least difference, and widths.
        let block = [128, 1, 4, 3, 0, 0, 8, 9, 9, 9];
        let page = [&block[..], &[0; 32], b"rest"].concat();
        assert_eq!(numbers(&page, 3), Some(4));
        assert_eq!(numbers(&page, 2), None, "more than values");
        assert_eq!(numbers(&page[..40], 3), None, "it breaks off");
        assert_eq!(numbers(&[128, 1, 4, 1, 0, 7], 1), Some(1), "one number has no block");
        assert_eq!(numbers(&[128, 1, 4, 0, 0], 0), Some(0));
        for header in [[128, 1, 0, 1, 0], [128, 1, 5, 1, 0], [0, 0, 4, 1, 0]] {
            assert_eq!(numbers(&header, 1), None, "{header:?}");
        }
        let billions = [128, 1, 4, 0xff, 0xff, 0xff, 0xff, 7, 0];
        assert_eq!(numbers(&billions, u64::from(u32::MAX)), None);
    }

    /// How many values the last row of these pages has, or what is wrong with them.
    fn row(pages: &[(&[u8], u32)]) -> std::result::Result<u64, String> {
        let mut row = Row::default();
        for (levels, values) in pages {
            row.go_on(levels, *values).map_err(|error| error.to_string())?;
        }
        Ok(row.values)
    }

    #[test]
    fn a_row_is_counted_over_runs_and_pages() {
        // A run of zeros, one of ones, and eight bits.
        assert_eq!(row(&[(&[4, 0, 6, 1], 5)]), Ok(4));
        assert_eq!(row(&[(&[3, 0b0110_1110], 7)]), Ok(3));
        assert_eq!(row(&[(&[2, 0], 1), (&[6, 1], 3), (&[3, 0xff], 8)]), Ok(12));
        assert_eq!(row(&[(&[6, 1], 2), (&[2, 0], 1)]), Ok(1));
        assert_eq!(row(&[(&[6, 1, 0, 0, 2, 1], 4)]), Ok(4), "a run of none ends no row");
        // A run of two hundred millions, of which a page has as many values as it says.
        let run = [0x80, 0x80, 0x80, 0xc0, 1, 1];
        assert_eq!(row(&[(&run, 1000)]), Ok(1000));
        let error = "a row has a list that is too long";
        assert!(row(&[(&run, u32::MAX)]).is_err_and(|found| found.contains(error)));
        let half = ROW_VALUES as u32 / 2 + 1;
        assert!(row(&[(&run, half), (&run, half)]).is_err_and(|found| found.contains(error)));
    }
}
