//! Row groups: made of rows as workers wrote them, or of smaller row groups.
//!
//! Texts come as pages that workers made; see [`blocks`](super::blocks). All columns of a row group are open at once, each with its pages in memory as they are compressed; so neither
//! the rows nor the values of a whole row group lie in memory beside them.

use std::io::{self, Write};

use bytes::Bytes;
use parquet::{
    column::{reader::ColumnReader, writer::get_column_writer},
    errors::{ParquetError, Result},
    file::{
        reader::RowGroupReader,
        writer::{SerializedFileWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

use super::{
    blocks,
    columns::{Cell, Column, Leaf, Table},
    pages::{self, Pages, Zstd},
    records::Reader,
    schema::Schema,
    texts::Texts,
    values::{self, Values},
};

/// A row group in the making.
pub(crate) struct Group<'w> {
    table: &'w Table,
    columns: Vec<Open<'w>>,
}

/// A column that is being written.
enum Open<'w> {
    /// The texts of documents.
    Texts(Texts<'w>),
    Values(Box<Values<'w>>),
}

/// Writes a row group that `fill` fills.
pub(crate) fn write<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    (table, schema): (&Table, &Schema),
    zstd: &Zstd,
    fill: impl FnOnce(&mut Group<'_>) -> Result<()>,
) -> Result<()> {
    let columns = schema.leaves.columns();
    let mut pages: Vec<_> = columns.iter().map(|_| TrackedWrite::new(Vec::new())).collect();
    let closed = {
        let leaves = table.columns.iter().flat_map(Column::leaves);
        let open = |((column, leaf), pages): ((&ColumnDescPtr, &Leaf), _)| {
            if leaf.cell == Cell::Text {
                return Open::Texts(Texts::new(column.clone(), zstd, pages));
            }
            let pages = Box::new(Pages::new(zstd, pages));
            let writer = get_column_writer(column.clone(), schema.properties.clone(), pages);
            Open::Values(Box::new(Values::new(leaf, writer)))
        };
        let open = columns.iter().zip(leaves).zip(&mut pages).map(open);
        let mut group = Group { table, columns: open.collect() };
        fill(&mut group)?;
        let closed = group.columns.into_iter().map(|open| match open {
            Open::Texts(texts) => texts.close(),
            Open::Values(values) => pages::compressed(values.close()?),
        });
        closed.collect::<Result<Vec<_>>>()?
    };
    let mut row_group = file.next_row_group()?;
    for (pages, closed) in pages.into_iter().zip(closed) {
        row_group.append_column(&Bytes::from(pages.into_inner()?), closed)?;
    }
    row_group.close().map(drop)
}

impl Group<'_> {
    /// Adds records, as [`super::rows`] writes them and [`super::blocks`] packs them.
    pub(crate) fn add(&mut self, records: Bytes) -> Result<()> {
        let mut records = Reader::new(records);
        while !records.is_at_end() {
            let (len, count) = (records.int()?, records.int()?);
            if count == blocks::PAGE {
                self.page(&mut records, len as usize)?;
                continue;
            }
            for _ in 0..count & !blocks::APART {
                self.row(&mut records, count & blocks::APART != 0)?;
            }
        }
        for open in &mut self.columns {
            if let Open::Values(values) = open {
                values.write()?;
            }
        }
        Ok(())
    }

    /// Ends the page at hand, and takes one that is made, if there is one.
    fn page(&mut self, records: &mut Reader, len: usize) -> Result<()> {
        let texts = self.columns.iter_mut().find_map(|open| match open {
            Open::Texts(texts) => Some(texts),
            Open::Values(_) => None,
        });
        let texts = texts.ok_or_else(|| broken("it has texts that its table has not"))?;
        texts.end_page()?;
        if len == 0 {
            return Ok(());
        }
        let (count, size) = (records.int()?, records.int()?);
        let len = len.checked_sub(blocks::PAGE_HEAD_BYTES);
        let page = records.bytes(len.ok_or_else(|| broken("a page breaks off"))?)?;
        texts.page(count, size as usize, page)
    }

    /// Reads a row; `apart`: its text is in the page before.
    fn row(&mut self, records: &mut Reader, apart: bool) -> Result<()> {
        let mut columns = self.columns.as_mut_slice();
        for column in &self.table.columns {
            let (own, others) = columns
                .split_at_mut_checked(column.leaves().len())
                .ok_or_else(|| broken("it has fewer columns than its table"))?;
            columns = others;
            match column {
                Column::Flat(_) => own.iter_mut().try_for_each(|open| match open {
                    Open::Texts(_) if apart => Ok(()),
                    Open::Texts(texts) => texts.add(&records.text()?),
                    Open::Values(values) => values.read(records, 0, 0),
                })?,
                Column::List { .. } => match records.int()? {
                    len @ (0 | 1) => values(own).for_each(|leaf| leaf.levels(len as i16, 0)),
                    len => {
                        for number in 0..len - 1 {
                            let repeated = i16::from(number > 0);
                            values(own).try_for_each(|leaf| leaf.read(records, 2, repeated))?;
                        }
                    }
                },
            }
        }
        Ok(())
    }

    /// Adds all rows of a row group of the same columns.
    pub(crate) fn join(&mut self, group: &dyn RowGroupReader) -> Result<()> {
        for (at, open) in self.columns.iter_mut().enumerate() {
            match (group.get_column_reader(at)?, open) {
                (ColumnReader::ByteArrayColumnReader(from), Open::Texts(texts)) => {
                    values::copy(from, |found, _, _| texts.join(found))?;
                }
                (from, Open::Values(values)) => values.join(from)?,
                _ => return Err(broken("its texts are of another type")),
            }
        }
        Ok(())
    }
}

/// The values of these columns that are yet to be written.
fn values<'o, 'w>(open: &'o mut [Open<'w>]) -> impl Iterator<Item = &'o mut Values<'w>> {
    open.iter_mut().filter_map(|open| match open {
        Open::Texts(_) => None,
        Open::Values(values) => Some(&mut **values),
    })
}

/// What docmill itself wrote does not read as such.
pub(crate) fn broken(what: &str) -> ParquetError {
    ParquetError::External(Box::new(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("a part of the output is broken, {what}; run afresh"),
    )))
}
