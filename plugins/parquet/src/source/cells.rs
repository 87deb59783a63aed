//! The values of one column, some rows at a time.

use std::collections::VecDeque;

use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit},
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{ByteArray, DataType},
    errors::{ParquetError, Result},
    record::Field,
    schema::types::ColumnDescPtr,
};

use crate::sink::json;

/// How many values the lists of a row group may have for their rows to be read at once. Few in tests, so that they try
/// both ways.
const GROUP_CELLS: u64 = if cfg!(test) { 100 } else { 4 << 20 };

/// Of other row groups, rows are read one by one until they have so many values.
const CELLS: usize = if cfg!(test) { 40 } else { 64 << 10 };

/// How many values the lists of a row may have.
const ROW_CELLS: usize = 16 << 20;

/// A column that is being read.
pub(super) struct Cells {
    column: ColumnDescPtr,
    reader: ColumnReader,
    /// Those that were read and not taken.
    read: VecDeque<Cell>,
}

/// A value, or that there is none, and where it stands.
pub(super) struct Cell {
    pub(super) defined: i16,
    pub(super) repeated: i16,
    pub(super) value: Option<Value>,
}

/// A value.
pub(super) enum Value {
    Bytes(ByteArray),
    Other(Field),
}

impl Cells {
    pub(super) fn new(column: ColumnDescPtr, reader: ColumnReader) -> Self {
        Cells { column, reader, read: VecDeque::new() }
    }

    /// Forgets those that were not taken.
    pub(super) fn clear(&mut self) {
        self.read.clear();
    }

    /// How many were not taken.
    pub(super) fn len(&self) -> usize {
        self.read.len()
    }

    /// Reads so many rows more. Returns how many there were.
    pub(super) fn read(&mut self, rows: usize) -> Result<usize> {
        let (column, read) = (&self.column, &mut self.read);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(from) => {
                take(from, column, rows, read, |value| Ok(Value::Other(Field::Bool(value))))
            }
            ColumnReader::Int32ColumnReader(from) => take(from, column, rows, read, |value| {
                Ok(Value::Other(Field::convert_int32(column, value)))
            }),
            ColumnReader::Int64ColumnReader(from) => {
                take(from, column, rows, read, |value| Ok(Value::Other(int64(column, value))))
            }
            ColumnReader::Int96ColumnReader(from) => take(from, column, rows, read, |value| {
                Ok(Value::Other(Field::convert_int96(column, value)))
            }),
            ColumnReader::FloatColumnReader(from) => {
                take(from, column, rows, read, |value| Ok(Value::Other(Field::Float(value))))
            }
            ColumnReader::DoubleColumnReader(from) => {
                take(from, column, rows, read, |value| Ok(Value::Other(Field::Double(value))))
            }
            ColumnReader::ByteArrayColumnReader(from) => {
                take(from, column, rows, read, |value| bytes(column, value))
            }
            ColumnReader::FixedLenByteArrayColumnReader(from) => {
                take(from, column, rows, read, |value| bytes(column, value.into()))
            }
        }
    }

    /// The next value of the row, or the first of the next row.
    pub(super) fn next(&mut self) -> Option<Cell> {
        self.read.pop_front()
    }

    /// The next value of the row, unless the row has ended.
    pub(super) fn next_in_row(&mut self) -> Option<Cell> {
        self.read.front().filter(|cell| cell.repeated > 0)?;
        self.read.pop_front()
    }
}

fn int64(column: &ColumnDescPtr, value: i64) -> Field {
    match column.logical_type_ref() {
        Some(LogicalType::Timestamp(found)) if found.unit == TimeUnit::NANOS => {
            Field::TimestampMicros(value.div_euclid(1000))
        }
        Some(LogicalType::Time(found)) if found.unit == TimeUnit::NANOS => {
            Field::TimeMicros(value.div_euclid(1000))
        }
        _ => Field::convert_int64(column, value),
    }
}

fn bytes(column: &ColumnDescPtr, value: ByteArray) -> Result<Value> {
    match column.converted_type() {
        ConvertedType::DECIMAL => Field::convert_byte_array(column, value).map(Value::Other),
        _ => Ok(Value::Bytes(value)),
    }
}

/// Reads so many rows of a column as cells.
fn take<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    column: &ColumnDescPtr,
    rows: usize,
    cells: &mut VecDeque<Cell>,
    value: impl Fn(T::T) -> Result<Value>,
) -> Result<usize> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    let (defs, reps) = (Some(&mut defined), Some(&mut repeated));
    let (rows, _, levels) = reader.read_records(rows, defs, reps, &mut values)?;
    let whole = column.max_def_level();
    let mut values = values.into_iter();
    for at in 0..levels {
        // A column that needs no levels has none.
        let defined = defined.get(at).copied().unwrap_or(whole);
        let repeated = repeated.get(at).copied().unwrap_or(0);
        let found = if defined == whole { values.next() } else { None };
        cells.push_back(Cell { defined, repeated, value: found.map(&value).transpose()? });
    }
    Ok(rows)
}

/// Reads so many rows of lists, or fewer where they hold much, and returns how many. In the row group, the lists have
/// `listed` values, at most.
pub(super) fn read_lists(lists: &mut [Cells], listed: u64, rows: usize) -> Result<usize> {
    if listed <= GROUP_CELLS {
        lists.iter_mut().try_for_each(|cells| read(cells, rows))?;
        return Ok(rows);
    }
    for row in 1..=rows {
        let mut held = 0;
        for cells in &mut *lists {
            read(cells, 1)?;
            held += cells.len();
            if held > ROW_CELLS {
                return Err(ParquetError::General("a row has lists that are too long".to_owned()));
            }
        }
        if held > CELLS {
            return Ok(row);
        }
    }
    Ok(rows)
}

/// Reads so many rows; fewer are an error.
pub(super) fn read(cells: &mut Cells, rows: usize) -> Result<()> {
    match cells.read(rows)? == rows {
        true => Ok(()),
        false => {
            Err(ParquetError::General("a column has fewer rows than its row group".to_owned()))
        }
    }
}

impl Value {
    /// Its text, where it is valid UTF-8.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Bytes(bytes) => std::str::from_utf8(bytes.data()).ok(),
            Value::Other(_) => None,
        }
    }

    /// Appends it as JSON; `false` where JSON has no word for it, such as bytes that are no text.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> bool {
        let field = match self {
            Value::Bytes(_) => {
                self.as_text().inspect(|text| json(out, *text));
                return self.as_text().is_some();
            }
            Value::Other(field) => field,
        };
        match field {
            Field::Bool(value) => json(out, value),
            Field::Byte(value) => json(out, value),
            Field::Short(value) => json(out, value),
            Field::Int(value) => json(out, value),
            Field::Long(value) => json(out, value),
            Field::UByte(value) => json(out, value),
            Field::UShort(value) => json(out, value),
            Field::UInt(value) => json(out, value),
            Field::ULong(value) => json(out, value),
            Field::Float(value) if value.is_finite() => json(out, value),
            Field::Double(value) if value.is_finite() => json(out, value),
            Field::Date(_) | Field::Decimal(_) => json(out, &field.to_string()),
            Field::TimeMillis(_) | Field::TimeMicros(_) => json(out, &short(&field.to_string())),
            Field::TimestampMillis(_) | Field::TimestampMicros(_) => {
                json(out, &short(&field.to_string().replacen(' ', "T", 1)));
            }
            _ => return false,
        }
        true
    }
}

/// A time without its zone, which a file need not know, and without a fraction of zeros.
fn short(time: &str) -> String {
    let time = time.split(' ').next().unwrap_or_default();
    match time.contains('.') {
        true => time.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => time.to_owned(),
    }
}
