//! Row groups: made of rows as workers wrote them, or of smaller row groups.
//!
//! All columns of a row group are open at once, each with its pages in memory as they are compressed; so neither
//! the rows nor the values of a whole row group lie in memory beside them.

use std::{
    io::{self, Write},
    sync::Arc,
};

use bytes::Bytes;
use parquet::{
    column::{
        reader::{ColumnReader, ColumnReaderImpl},
        writer::{ColumnWriter, ColumnWriterImpl, get_column_writer},
    },
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type},
    errors::{ParquetError, Result},
    file::{
        properties::WriterPropertiesPtr,
        reader::RowGroupReader,
        writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

use super::{
    columns::{Column, Kind, Leaf, Table},
    schema::Schema,
};

/// How many rows of a row group are read at once, to be written into another.
const ROWS: usize = 1024;

/// A row group in the making.
pub(crate) struct Group<'w> {
    writers: Vec<ColumnWriter<'w>>,
    leaves: Vec<Values>,
}

/// Writes a row group that `fill` fills.
pub(crate) fn write<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    schema: &Schema,
    properties: &WriterPropertiesPtr,
    fill: impl FnOnce(&mut Group<'_>) -> Result<()>,
) -> Result<()> {
    let columns = schema.leaves.columns();
    let mut pages: Vec<_> = columns.iter().map(|_| TrackedWrite::new(Vec::new())).collect();
    let closed = {
        let writer = |(column, pages): (&ColumnDescPtr, _)| {
            let pages = Box::new(SerializedPageWriter::new(pages));
            get_column_writer(column.clone(), properties.clone(), pages)
        };
        let writers = columns.iter().zip(&mut pages).map(writer).collect();
        let mut group = Group { writers, leaves: Vec::new() };
        fill(&mut group)?;
        let closed = group.writers.into_iter().map(ColumnWriter::close);
        closed.collect::<Result<Vec<_>>>()?
    };
    let mut row_group = file.next_row_group()?;
    for (pages, closed) in pages.into_iter().zip(closed) {
        row_group.append_column(&Bytes::from(pages.into_inner()?), closed)?;
    }
    row_group.close().map(drop)
}

impl Group<'_> {
    /// Adds records, as [`super::rows`] writes them.
    pub(crate) fn add(&mut self, table: &Table, records: Bytes) -> Result<()> {
        if self.leaves.is_empty() {
            let leaves = table.columns.iter().flat_map(Column::leaves);
            self.leaves = leaves.map(Values::new).collect();
        }
        let mut records = Reader { bytes: records, at: 0 };
        while records.at < records.bytes.len() {
            let _len = records.int()?;
            for _ in 0..records.int()? {
                self.row(table, &mut records)?;
            }
        }
        for (writer, values) in self.writers.iter_mut().zip(&mut self.leaves) {
            values.write(writer)?;
        }
        Ok(())
    }

    fn row(&mut self, table: &Table, records: &mut Reader) -> Result<()> {
        let mut leaves = self.leaves.as_mut_slice();
        for column in &table.columns {
            let (own, others) = leaves
                .split_at_mut_checked(column.leaves().len())
                .ok_or_else(|| broken("it has fewer columns than its table"))?;
            leaves = others;
            match column {
                Column::Flat(_) => own.iter_mut().try_for_each(|leaf| leaf.read(records, 0, 0))?,
                Column::List { .. } => match records.int()? {
                    len @ (0 | 1) => own.iter_mut().for_each(|leaf| leaf.levels(len as i16, 0)),
                    len => {
                        for number in 0..len - 1 {
                            let repeated = i16::from(number > 0);
                            own.iter_mut().try_for_each(|leaf| leaf.read(records, 2, repeated))?;
                        }
                    }
                },
            }
        }
        Ok(())
    }

    /// Adds all rows of a row group of the same columns.
    pub(crate) fn join(&mut self, group: &dyn RowGroupReader) -> Result<()> {
        for (at, writer) in self.writers.iter_mut().enumerate() {
            match (group.get_column_reader(at)?, writer) {
                (
                    ColumnReader::ByteArrayColumnReader(r),
                    ColumnWriter::ByteArrayColumnWriter(w),
                ) => {
                    copy(r, w)?;
                }
                (ColumnReader::Int32ColumnReader(r), ColumnWriter::Int32ColumnWriter(w)) => {
                    copy(r, w)?
                }
                (ColumnReader::FloatColumnReader(r), ColumnWriter::FloatColumnWriter(w)) => {
                    copy(r, w)?
                }
                (ColumnReader::DoubleColumnReader(r), ColumnWriter::DoubleColumnWriter(w)) => {
                    copy(r, w)?
                }
                (ColumnReader::BoolColumnReader(r), ColumnWriter::BoolColumnWriter(w)) => {
                    copy(r, w)?
                }
                _ => return Err(broken("its columns are of other types")),
            }
        }
        Ok(())
    }
}

/// Copies the rest of a column.
fn copy<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    to: &mut ColumnWriterImpl<'_, T>,
) -> Result<()> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let (defs, reps) = (Some(&mut defined), Some(&mut repeated));
        let (rows, ..) = from.read_records(ROWS, defs, reps, &mut values)?;
        if rows == 0 {
            return Ok(());
        }
        // A column that needs no levels has none.
        let levels = [&defined, &repeated].map(|levels| Some(&**levels).filter(|l| !l.is_empty()));
        to.write_batch(&values, levels[0], levels[1])?;
        values.clear();
        defined.clear();
        repeated.clear();
    }
}

/// Values of a column that are yet to be written.
struct Values {
    optional: bool,
    defined: Vec<i16>,
    repeated: Vec<i16>,
    values: Typed,
}

enum Typed {
    Text(Vec<ByteArray>),
    Int(Vec<i32>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
}

impl Values {
    fn new(leaf: &Leaf) -> Self {
        let values = match leaf.cell.kind() {
            Kind::Text => Typed::Text(Vec::new()),
            Kind::Int => Typed::Int(Vec::new()),
            Kind::Float => Typed::Float(Vec::new()),
            Kind::Double => Typed::Double(Vec::new()),
            Kind::Bool => Typed::Bool(Vec::new()),
        };
        let optional = leaf.cell.optional();
        Values { optional, defined: Vec::new(), repeated: Vec::new(), values }
    }

    fn levels(&mut self, defined: i16, repeated: i16) {
        self.defined.push(defined);
        self.repeated.push(repeated);
    }

    /// Takes a value; `defined` is the level of what it stands in.
    fn read(&mut self, records: &mut Reader, defined: i16, repeated: i16) -> Result<()> {
        let there = !self.optional || records.byte()? == 1;
        self.levels(defined + i16::from(self.optional && there), repeated);
        if there {
            match &mut self.values {
                Typed::Text(values) => values.push(records.text()?),
                Typed::Int(values) => values.push(i32::from_le_bytes(records.array()?)),
                Typed::Float(values) => values.push(f32::from_le_bytes(records.array()?)),
                Typed::Double(values) => values.push(f64::from_le_bytes(records.array()?)),
                Typed::Bool(values) => values.push(records.byte()? == 1),
            }
        }
        Ok(())
    }

    /// Hands all that was taken to the column's writer.
    fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<()> {
        fn batch<T: DataType>(
            writer: &mut ColumnWriterImpl<'_, T>,
            values: &mut Vec<T::T>,
            (defined, repeated): (&[i16], &[i16]),
        ) -> Result<()> {
            writer.write_batch(values, Some(defined), Some(repeated))?;
            values.clear();
            Ok(())
        }
        let levels = (self.defined.as_slice(), self.repeated.as_slice());
        match (&mut self.values, writer) {
            (Typed::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                batch::<ByteArrayType>(writer, values, levels)?;
            }
            (Typed::Int(values), ColumnWriter::Int32ColumnWriter(writer)) => {
                batch::<Int32Type>(writer, values, levels)?;
            }
            (Typed::Float(values), ColumnWriter::FloatColumnWriter(writer)) => {
                batch::<FloatType>(writer, values, levels)?;
            }
            (Typed::Double(values), ColumnWriter::DoubleColumnWriter(writer)) => {
                batch::<DoubleType>(writer, values, levels)?;
            }
            (Typed::Bool(values), ColumnWriter::BoolColumnWriter(writer)) => {
                batch::<BoolType>(writer, values, levels)?;
            }
            _ => return Err(broken("a column is of another type")),
        }
        self.defined.clear();
        self.repeated.clear();
        Ok(())
    }
}

/// Reads what [`super::rows`] wrote.
struct Reader {
    bytes: Bytes,
    at: usize,
}

impl Reader {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let array = rest.first_chunk().ok_or_else(|| broken("a row breaks off"))?;
        self.at += N;
        Ok(*array)
    }

    fn byte(&mut self) -> Result<u8> {
        self.array().map(u8::from_le_bytes)
    }

    fn int(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Result<ByteArray> {
        let len = self.int()? as usize;
        let end = self.at.saturating_add(len);
        if end > self.bytes.len() {
            return Err(broken("a text breaks off"));
        }
        let text = self.bytes.slice(self.at..end);
        self.at = end;
        Ok(ByteArray::from(text))
    }
}

/// What docmill itself wrote does not read as such.
pub(crate) fn broken(what: &str) -> ParquetError {
    ParquetError::External(Box::new(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("a part of the output is broken, {what}; run afresh"),
    )))
}

/// The properties that all columns of a file share.
pub(crate) fn shared(schema: &Schema) -> WriterPropertiesPtr {
    Arc::new(schema.properties.clone())
}
