//! A column of values: gathered from rows, and handed to its writer some at a time.

use parquet::{
    column::{
        reader::{ColumnReader, ColumnReaderImpl},
        writer::{ColumnCloseResult, ColumnWriter, ColumnWriterImpl},
    },
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type},
    errors::Result,
};

use super::{
    columns::{Kind, Leaf},
    groups::broken,
    records::Reader,
};

/// How many rows of a row group are read at once, to be written into another.
const ROWS: usize = 1024;

/// A column in the making.
pub(crate) struct Values<'w> {
    writer: ColumnWriter<'w>,
    optional: bool,
    defined: Vec<i16>,
    repeated: Vec<i16>,
    /// Those that are yet to be written.
    values: Typed,
}

enum Typed {
    Text(Vec<ByteArray>),
    Int(Vec<i32>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
}

impl<'w> Values<'w> {
    pub(crate) fn new(leaf: &Leaf, writer: ColumnWriter<'w>) -> Self {
        let values = match leaf.cell.kind() {
            Kind::Text => Typed::Text(Vec::new()),
            Kind::Int => Typed::Int(Vec::new()),
            Kind::Float => Typed::Float(Vec::new()),
            Kind::Double => Typed::Double(Vec::new()),
            Kind::Bool => Typed::Bool(Vec::new()),
        };
        let optional = leaf.cell.optional();
        Values { writer, optional, defined: Vec::new(), repeated: Vec::new(), values }
    }

    /// Takes the levels of a list that is missing or empty.
    pub(crate) fn levels(&mut self, defined: i16, repeated: i16) {
        self.defined.push(defined);
        self.repeated.push(repeated);
    }

    /// Takes a value; `defined` is the level of what it stands in.
    pub(crate) fn read(&mut self, records: &mut Reader, defined: i16, repeated: i16) -> Result<()> {
        let there = !self.optional || records.byte()? == 1;
        self.levels(defined + i16::from(self.optional && there), repeated);
        if there {
            match &mut self.values {
                Typed::Text(values) => values.push(ByteArray::from(records.text()?)),
                Typed::Int(values) => values.push(i32::from_le_bytes(records.array()?)),
                Typed::Float(values) => values.push(f32::from_le_bytes(records.array()?)),
                Typed::Double(values) => values.push(f64::from_le_bytes(records.array()?)),
                Typed::Bool(values) => values.push(records.byte()? == 1),
            }
        }
        Ok(())
    }

    /// Hands all that was taken to the column's writer.
    pub(crate) fn write(&mut self) -> Result<()> {
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
        match (&mut self.values, &mut self.writer) {
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

    /// Adds the rest of a column of another row group.
    pub(crate) fn join(&mut self, from: ColumnReader) -> Result<()> {
        fn all<T: DataType>(
            from: ColumnReaderImpl<T>,
            to: &mut ColumnWriterImpl<'_, T>,
        ) -> Result<()> {
            copy(from, |values, defined, repeated| {
                to.write_batch(values, defined, repeated).map(drop)
            })
        }
        use {ColumnReader as From, ColumnWriter as To};
        match (from, &mut self.writer) {
            (From::ByteArrayColumnReader(from), To::ByteArrayColumnWriter(to)) => all(from, to),
            (From::Int32ColumnReader(from), To::Int32ColumnWriter(to)) => all(from, to),
            (From::FloatColumnReader(from), To::FloatColumnWriter(to)) => all(from, to),
            (From::DoubleColumnReader(from), To::DoubleColumnWriter(to)) => all(from, to),
            (From::BoolColumnReader(from), To::BoolColumnWriter(to)) => all(from, to),
            _ => Err(broken("its columns are of other types")),
        }
    }

    pub(crate) fn close(self) -> Result<ColumnCloseResult> {
        self.writer.close()
    }
}

/// Hands the rest of a column to `write`, some rows at a time: values, and the levels that the column needs.
pub(crate) fn copy<T: DataType>(
    mut from: ColumnReaderImpl<T>,
    mut write: impl FnMut(&[T::T], Option<&[i16]>, Option<&[i16]>) -> Result<()>,
) -> Result<()> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let (defs, reps) = (Some(&mut defined), Some(&mut repeated));
        let (rows, ..) = from.read_records(ROWS, defs, reps, &mut values)?;
        if rows == 0 {
            return Ok(());
        }
        let [defs, reps] =
            [&defined, &repeated].map(|levels| Some(&**levels).filter(|l| !l.is_empty()));
        write(&values, defs, reps)?;
        values.clear();
        defined.clear();
        repeated.clear();
    }
}
