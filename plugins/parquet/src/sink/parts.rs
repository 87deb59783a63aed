//! From documents as workers wrote them to a shard's part, which is a Parquet file, and from parts to the file.
//!
//! A shard's last row group takes in what would be a small one after it; the row groups of small shards are
//! joined when parts are. All others are copied as they are.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use parquet::{
    column::writer::ColumnCloseResult,
    errors::{ParquetError, Result},
    file::{
        metadata::KeyValue,
        properties::WriterPropertiesPtr,
        reader::{FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
};

use super::{columns::Table, groups, rows::HEAD_BYTES, schema::Schema};

/// How much is read at once, in bytes, at least: little enough for its memory to be used again, which larger pieces
/// go back to the system with.
const READ_BYTES: usize = 64 << 10;

/// The key of a part's own metadata that says how many bytes each row group was made of.
const SIZES_KEY: &str = "docmill-part";

/// Writes parts and joins them.
pub(crate) struct Parts {
    table: Table,
    schema: Schema,
    properties: WriterPropertiesPtr,
    /// How many bytes of rows a row group is to hold, about.
    group_bytes: usize,
}

impl Parts {
    pub(crate) fn new(table: Table, schema: Schema, group_bytes: usize) -> Self {
        let properties = groups::shared(&schema);
        Parts { table, schema, properties, group_bytes }
    }

    /// See [`docmill_core::Sink::seal`].
    pub(crate) fn seal(&self, encoded: &mut dyn Read, part: impl Write + Send) -> Result<()> {
        let mut file = self.file(part)?;
        let mut records = Records { encoded, bytes: Vec::new(), ended: false };
        let mut sizes = Vec::new();
        // What was read ahead.
        let mut begun: Vec<Bytes> = Vec::new();
        loop {
            if begun.is_empty() {
                match records.next()? {
                    Some(records) => begun.push(records),
                    None => break,
                }
            }
            let mut size = 0;
            groups::write(&mut file, &self.schema, &self.properties, |group| {
                loop {
                    for records in begun.drain(..) {
                        size += records.len();
                        group.add(&self.table, records)?;
                    }
                    // Where little is left it goes into this row group, too.
                    let full = size >= self.group_bytes;
                    let mut ahead = 0;
                    while ahead == 0 || full && ahead < self.group_bytes / 2 {
                        let Some(records) = records.next()? else { break };
                        ahead += records.len();
                        begun.push(records);
                    }
                    if begun.is_empty() || full && ahead >= self.group_bytes / 2 {
                        return Ok(());
                    }
                }
            })?;
            sizes.push(size.to_string());
        }
        file.append_key_value_metadata(KeyValue::new(SIZES_KEY.to_owned(), sizes.join(" ")));
        file.finish()?;
        file.inner_mut().flush()?;
        Ok(())
    }

    /// See [`docmill_core::Sink::merge`].
    pub(crate) fn merge(&self, parts: &[PathBuf], path: &Path) -> Result<()> {
        let mut file = self.file(File::create_new(path)?)?;
        let mut groups = Groups { parts: parts.iter(), open: None }.peekable();
        let small = |group: &PartGroup| group.size < self.group_bytes / 2;
        while let Some(group) = groups.next() {
            let group = group?;
            let small_next = |next: &Result<PartGroup>, size: usize| match next {
                Ok(next) => small(next) && size + next.size <= self.group_bytes,
                Err(_) => false,
            };
            let joined =
                small(&group) && groups.peek().is_some_and(|next| small_next(next, group.size));
            if !joined {
                group.copy(&mut file)?;
                continue;
            }
            groups::write(&mut file, &self.schema, &self.properties, |joined| {
                let mut size = group.size;
                joined.join(&*group.part.reader.get_row_group(group.at)?)?;
                drop(group);
                while let Some(next) = groups.next_if(|next| small_next(next, size)) {
                    let next = next?;
                    size += next.size;
                    joined.join(&*next.part.reader.get_row_group(next.at)?)?;
                }
                Ok(())
            })?;
        }
        file.finish()?;
        file.inner_mut().flush()?;
        Ok(())
    }

    fn file<W: Write + Send>(&self, to: W) -> Result<SerializedFileWriter<W>> {
        SerializedFileWriter::new(to, self.schema.root.clone(), self.properties.clone())
    }
}

/// Reads whole records, some at a time.
struct Records<'r> {
    encoded: &'r mut dyn Read,
    /// What was read and not given out.
    bytes: Vec<u8>,
    ended: bool,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let mut whole = 0;
            while let Some(head) = self.bytes.get(whole..).and_then(<[u8]>::first_chunk::<4>) {
                let end = whole.saturating_add(HEAD_BYTES + u32::from_le_bytes(*head) as usize);
                if end > self.bytes.len() {
                    break;
                }
                whole = end;
            }
            if whole > 0 {
                let rest = self.bytes.split_off(whole);
                return Ok(Some(Bytes::from(std::mem::replace(&mut self.bytes, rest))));
            }
            if self.ended {
                return match self.bytes.is_empty() {
                    true => Ok(None),
                    false => Err(groups::broken("its last row breaks off")),
                };
            }
            self.bytes.reserve(READ_BYTES);
            let read = self.encoded.take(READ_BYTES as u64).read_to_end(&mut self.bytes)?;
            self.ended = read < READ_BYTES;
        }
    }
}

/// A part that is being read.
struct Part {
    file: File,
    reader: SerializedFileReader<File>,
    sizes: Vec<usize>,
}

/// A row group of a part.
struct PartGroup {
    part: std::rc::Rc<Part>,
    at: usize,
    size: usize,
}

impl PartGroup {
    /// Copies its bytes.
    fn copy<W: Write + Send>(&self, file: &mut SerializedFileWriter<W>) -> Result<()> {
        let metadata = self.part.reader.metadata().row_group(self.at);
        let rows_written = u64::try_from(metadata.num_rows()).unwrap_or_default();
        let from = &self.part.file;
        let mut group = file.next_row_group()?;
        for column in metadata.columns() {
            let close = ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                rows_written,
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            };
            group.append_column(from, close)?;
        }
        group.close().map(drop)
    }
}

/// The row groups of all parts, in order; one part is open at a time.
struct Groups<'p> {
    parts: std::slice::Iter<'p, PathBuf>,
    open: Option<(std::rc::Rc<Part>, usize)>,
}

impl Iterator for Groups<'_> {
    type Item = Result<PartGroup>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((part, at)) = &mut self.open {
                if *at < part.reader.metadata().num_row_groups() {
                    let size = part.sizes.get(*at).copied().unwrap_or(usize::MAX);
                    let group = PartGroup { part: part.clone(), at: *at, size };
                    *at += 1;
                    return Some(Ok(group));
                }
                self.open = None;
            }
            match open(self.parts.next()?) {
                Ok(Some(part)) => self.open = Some((std::rc::Rc::new(part), 0)),
                Ok(None) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Opens a part, unless it is empty.
fn open(path: &Path) -> Result<Option<Part>> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(None);
    }
    let reader = SerializedFileReader::new(file.try_clone()?)?;
    let sizes = reader.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    let sizes = sizes.filter(|pair| pair.key == SIZES_KEY).find_map(|pair| pair.value.as_deref());
    let sizes = sizes.unwrap_or_default().split_whitespace();
    let sizes = sizes.map(|size| size.parse().unwrap_or(usize::MAX)).collect();
    Ok(Some(Part { file, reader, sizes }))
}

/// Passes on what a file system said.
pub(crate) fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    }
}
