//! Reads the raw bytes of a document again.

use std::fs::File;

use docmill_core::{Cursor, DocumentError, Origin};
use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::ByteArrayType,
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
};

use super::{
    contents, pages,
    place::{Place, contained},
    schema,
};

/// Where the last call left off.
struct Left {
    uri: String,
    column: u64,
    file: File,
    reader: SerializedFileReader<File>,
    /// The number of the next row group, and of its first row.
    group: usize,
    first: u64,
    /// The column in the row group that is open, and the number of its next row.
    open: Option<(ColumnReaderImpl<ByteArrayType>, u64)>,
}

/// Fills `raw` with the value of the row's column.
pub(super) fn reread(
    origin: &Origin,
    cursor: &mut Cursor,
    raw: &mut Vec<u8>,
) -> Result<(), DocumentError> {
    let place = Place::parse(&origin.locator).ok_or_else(|| {
        let locator = &origin.locator;
        DocumentError::new(format!(
            "`{locator}` is no place in a table; it should be `row=N;column=N`"
        ))
    })?;
    let known = cursor.take().and_then(|left| left.downcast::<Left>().ok());
    let known = known.filter(|left| left.reaches(&origin.uri, place));
    let read = contained(|| {
        let mut left = match known {
            Some(left) => left,
            None => Box::new(Left::open(&origin.uri, place)?),
        };
        left.read(place.row, raw)?;
        Ok(left)
    });
    let left = read.map_err(|error| {
        let (row, uri) = (place.row, &origin.uri);
        DocumentError::new(format!("row {row} of `{uri}` cannot be read again: {error}"))
    })?;
    *cursor = Some(left);
    Ok(())
}

impl Left {
    fn open(uri: &str, place: Place) -> Result<Self, ParquetError> {
        let file = File::open(uri)?;
        schema::check(&file)?;
        let reader = SerializedFileReader::new(file.try_clone()?)?;
        let (uri, column) = (uri.to_owned(), place.column);
        Ok(Left { uri, column, file, reader, group: 0, first: 0, open: None })
    }

    fn reaches(&self, uri: &str, place: Place) -> bool {
        let next = self.open.as_ref().map_or(self.first, |(_, next)| *next);
        self.uri == uri && self.column == place.column && next <= place.row
    }

    fn read(&mut self, row: u64, raw: &mut Vec<u8>) -> Result<(), ParquetError> {
        let gone = || ParquetError::General("it is not there any more".to_owned());
        while self.first <= row {
            let group = self.reader.metadata().row_groups().get(self.group).ok_or_else(gone)?;
            let rows = u64::try_from(group.num_rows()).unwrap_or_default();
            if row < self.first.saturating_add(rows) {
                let group = self.reader.get_row_group(self.group)?;
                let column = usize::try_from(self.column).unwrap_or(usize::MAX);
                let metadata = group.metadata().columns().get(column).ok_or_else(gone)?;
                pages::check(&self.file, metadata, usize::MAX)?;
                match contents::column(&*group, column)? {
                    ColumnReader::ByteArrayColumnReader(column) => {
                        self.open = Some((column, self.first));
                    }
                    _ => return Err(gone()),
                }
            }
            self.group += 1;
            self.first = self.first.saturating_add(rows);
        }
        let (column, next) = self.open.as_mut().ok_or_else(gone)?;
        let skipped = usize::try_from(row.saturating_sub(*next)).unwrap_or(usize::MAX);
        if column.skip_records(skipped)? != skipped {
            return Err(gone());
        }
        let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
        column.read_records(1, Some(&mut defined), Some(&mut repeated), &mut values)?;
        *next = row + 1;
        raw.clear();
        raw.extend_from_slice(values.first().map(|value| value.data()).unwrap_or_default());
        Ok(())
    }
}
