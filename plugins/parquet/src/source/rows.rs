//! Cuts files into blocks of whole rows, in memory that is bounded by their pages.
//!
//! A row stands in a block as the JSON form of its document, so that it means what the same document means in
//! other sources. Before it, in bytes that belong to no piece, stands its [`Place`].

use std::{fs::File, ops::Range, sync::Arc, vec};

use docmill_core::{BLOCK_BYTES, Block, BlockPiece, Cut, Input, Shard};
use parquet::{
    errors::ParquetError,
    file::reader::{FileReader, SerializedFileReader},
};

use super::{
    cells::{self, Cells},
    columns::{Columns, Wanted},
    contents,
    layers::{Layers, members},
    pages,
    place::{Place, contained},
    ranges, schema,
};
use crate::sink::json;

/// How many rows are read at once, at most.
const ROWS: usize = 256;

/// Reads the files of a shard.
pub(super) struct RowsCut {
    inputs: vec::IntoIter<Input>,
    wanted: Wanted,
    max_document: usize,
    open: Option<Table>,
}

impl RowsCut {
    pub(super) fn new(shard: &Shard, wanted: Wanted, max_document: usize) -> Self {
        RowsCut { inputs: shard.inputs.clone().into_iter(), wanted, max_document, open: None }
    }

    /// Opens the next file, or reports that it cannot be; `false` where there is none.
    fn open_next(&mut self, block: &mut Block) -> bool {
        let Some(input) = self.inputs.next() else { return false };
        let uri: Arc<str> = input.uri.into();
        let opened = contained(|| {
            let file = File::open(&*uri)?;
            schema::check(&file)?;
            Ok((file.try_clone()?, SerializedFileReader::new(file)?))
        });
        let opened = opened.map_err(|error| {
            format!("the file cannot be read as Parquet: {error}; repair it or leave it out")
        });
        let table = opened.and_then(|(file, reader)| {
            let columns = self.wanted.columns(reader.metadata().file_metadata())?;
            Ok(Table::new(uri.clone(), input.range, file, reader, columns))
        });
        match table {
            Ok(table) => self.open = Some(table),
            Err(error) => block.fail(&uri, 0, "", error),
        }
        true
    }
}

impl Cut for RowsCut {
    fn next(&mut self, block: &mut Block) -> bool {
        while block.bytes.len() < BLOCK_BYTES {
            let Some(table) = &mut self.open else {
                if self.open_next(block) {
                    continue;
                }
                break;
            };
            let before = block.bytes.len();
            let read = contained(|| table.next(block, self.max_document));
            if let Err(error) = &read {
                block.bytes.truncate(before);
                let row = table.row;
                let message = format!(
                    "the file is broken from row {row} on: {error}; what came before was read, so repair it \
                     and read the rest"
                );
                block.fail(&table.uri, table.offset, format!("row={row}"), message);
            }
            if !matches!(read, Ok(true)) {
                self.open = None;
            }
        }
        !block.pieces.is_empty()
    }
}

/// A file that is being read.
struct Table {
    uri: Arc<str>,
    /// The row groups that begin here are read; all, where there is none.
    range: Option<Range<u64>>,
    file: File,
    reader: SerializedFileReader<File>,
    columns: Columns,
    /// The number of the next row group.
    group: usize,
    /// The columns of the row group, in the order of [`Columns::all`].
    cells: Vec<Cells>,
    /// How many bytes as stored, and rows, the row group has.
    size: (u64, u64),
    /// How many rows of the row group have not been read.
    left: usize,
    /// How many rows were read and not taken.
    read: usize,
    /// How many rows are read at once.
    at_once: usize,
    /// How many values the lists of the row group have, as it says; they have no more.
    listed: u64,
    /// The number of the next row.
    row: u64,
    /// How many bytes its rows had in blocks, counted from where the range begins.
    offset: u64,
}

impl Table {
    fn new(
        uri: Arc<str>,
        range: Option<Range<u64>>,
        file: File,
        reader: SerializedFileReader<File>,
        columns: Columns,
    ) -> Self {
        let (group, cells, left, read, at_once, row, offset) = (0, Vec::new(), 0, 0, 1, 0, 0);
        let size = (0, 1);
        Table {
            uri,
            range,
            file,
            reader,
            columns,
            group,
            cells,
            size,
            left,
            read,
            at_once,
            listed: 0,
            row,
            offset,
        }
    }

    /// Adds the next row to the block; `false` where there is none.
    fn next(&mut self, block: &mut Block, max_document: usize) -> Result<bool, ParquetError> {
        while self.read == 0 {
            if self.left > 0 {
                self.read_rows()?;
            } else if !self.open_group(max_document)? {
                return Ok(false);
            }
        }
        let place = Place { row: self.row, column: self.columns.text as u64 };
        let before = block.bytes.len();
        place.write(&mut block.bytes);
        let start = block.bytes.len();
        let written = self.write(&mut block.bytes, max_document);
        *block.stored.get_or_insert_default() += self.stored();
        self.read -= 1;
        self.row += 1;
        if let Err(error) = written {
            block.bytes.truncate(before);
            block.fail(&self.uri, self.offset, place.to_string(), error);
            // What was left out has a place, too.
            self.offset += 1;
            return Ok(true);
        }
        let (offset, range) = (self.offset, start..block.bytes.len());
        self.offset += range.len() as u64;
        block.pieces.push(BlockPiece { uri: self.uri.clone(), offset, range, failure: None });
        Ok(true)
    }

    fn open_group(&mut self, max_document: usize) -> Result<bool, ParquetError> {
        if let Some(range) = &self.range {
            while let Some(group) = self.reader.metadata().row_groups().get(self.group)
                && !range.contains(&ranges::start(group))
            {
                self.row += u64::try_from(group.num_rows()).unwrap_or_default();
                self.group += 1;
            }
        }
        if self.group >= self.reader.metadata().num_row_groups() {
            return Ok(false);
        }
        let group = self.reader.get_row_group(self.group)?;
        let metadata = group.metadata();
        self.cells.clear();
        self.listed = 0;
        let (mut bytes, mut grows, mut pages) = (0_i64, false, 0_u64);
        for at in self.columns.all() {
            let column = metadata.columns().get(at);
            let column = column.ok_or_else(|| broken("a row group lacks a column"))?;
            bytes = bytes.saturating_add(column.uncompressed_size().max(0));
            let said = pages::check(&self.file, column, max_document)?;
            grows |= said.grows;
            pages = pages.saturating_add(said.largest);
            if pages > pages::together(max_document) {
                return Err(broken("its pages are too large together; write it with smaller ones"));
            }
            if column.column_descr().max_rep_level() > 0 {
                let values = u64::try_from(column.num_values()).unwrap_or(u64::MAX);
                self.listed = self.listed.saturating_add(values);
            }
            self.cells.push(Cells::new(column.column_descr_ptr(), contents::column(&*group, at)?));
        }
        self.left = usize::try_from(metadata.num_rows())
            .map_err(|_| broken("a row group has fewer rows than none"))?;
        let stored = u64::try_from(metadata.compressed_size()).unwrap_or(0);
        self.size = (stored, self.left.max(1) as u64);
        let row_bytes = usize::try_from(bytes).unwrap_or(usize::MAX) / self.left.max(1);
        let at_once = (BLOCK_BYTES / row_bytes.max(1)).clamp(1, ROWS);
        self.at_once = if grows { 1 } else { at_once };
        self.group += 1;
        Ok(true)
    }

    /// The share of the next row in what its row group has as stored.
    fn stored(&self) -> u64 {
        let ((bytes, rows), left) = (self.size, (self.left + self.read) as u64);
        let before = |left| {
            (u128::from(bytes) * u128::from(rows.saturating_sub(left)) / u128::from(rows)) as u64
        };
        before(left.saturating_sub(1)).saturating_sub(before(left))
    }

    fn read_rows(&mut self) -> Result<(), ParquetError> {
        self.cells.iter_mut().for_each(Cells::clear);
        let flat = self.columns.flat();
        let (flat, lists) = self.cells.split_at_mut_checked(flat).unwrap_or_default();
        let rows = cells::read_lists(lists, self.listed, self.at_once.min(self.left))?;
        flat.iter_mut().try_for_each(|flat| cells::read(flat, rows))?;
        self.left -= rows;
        self.read = rows;
        Ok(())
    }

    /// Writes the next row. An error concerns this row alone.
    fn write(&mut self, out: &mut Vec<u8>, max_document: usize) -> Result<(), String> {
        let Columns { html, id, keys, own, .. } = &self.columns;
        let flat = self.columns.flat();
        let (flat, mut lists) = self.cells.split_at_mut_checked(flat).unwrap_or_default();
        // All are taken, whatever becomes of the row.
        let mut row: vec::IntoIter<_> =
            flat.iter_mut().map(|cells| cells.next()?.value).collect::<Vec<_>>().into_iter();
        let mut next = || row.next().flatten();
        let text = next();
        out.push(b'{');
        if let Some(own) = own {
            out.extend_from_slice(b"\"docmill\":1,\"offsets\":");
            json(out, &own.offsets);
            out.push(b',');
        }
        if let Some(id) = id.and_then(|_| next()) {
            member(out, "id", |out| id.write(out));
        }
        out.extend_from_slice(b"\"metadata\":{");
        for (_, key) in keys {
            if let Some(value) = next() {
                member(out, key, |out| value.write(out));
            }
        }
        out.pop_if(|last| *last == b',');
        let metadata = own.as_ref().and_then(|_| next());
        let metadata = metadata.as_ref().and_then(|object| members(object.as_text()?));
        out.extend_from_slice(metadata.unwrap_or_default().as_bytes());
        out.push(b'}');
        if let Some(own) = own {
            let mut layers = Layers::new(out);
            for list in &own.lists {
                let columns = lists.split_at_mut_checked(list.leaves.len()).unwrap_or_default();
                layers.add(list, columns.0);
                lists = columns.1;
            }
            layers.end();
        }
        let text = match &text {
            None => "",
            Some(text) => text.as_text().ok_or("its text is not valid UTF-8; convert it")?,
        };
        if text.len() > max_document {
            return Err(format!(
                "its text has {} bytes, more than max-document allows ({max_document}); raise it in [run]",
                text.len()
            ));
        }
        out.extend_from_slice(if *html { b",\"html\":" } else { b",\"text\":" });
        json(out, text);
        out.push(b'}');
        Ok(())
    }
}

/// Adds a member and the comma after it, unless JSON has no word for its value.
fn member(out: &mut Vec<u8>, key: &str, write: impl FnOnce(&mut Vec<u8>) -> bool) {
    let before = out.len();
    json(out, key);
    out.push(b':');
    if write(out) {
        out.push(b',');
    } else {
        out.truncate(before);
    }
}

fn broken(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}
