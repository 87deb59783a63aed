//! From documents as workers wrote them to a shard's part, which is a Parquet file, and from parts to the file.
//!
//! A shard's last row group takes in what would be a small one after it; the row groups of small shards are
//! joined when parts are. All others are copied as they are.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use parquet::{
    column::writer::ColumnCloseResult,
    errors::{ParquetError, Result},
    file::{
        metadata::KeyValue,
        reader::{ChunkReader, FileReader, Length, SerializedFileReader},
        writer::SerializedFileWriter,
    },
};

use super::{
    columns::Table,
    groups,
    pages::Zstd,
    records::{Piece, Records},
    schema::Schema,
};

/// The key of a part's own metadata that says how many bytes each row group was made of.
const SIZES_KEY: &str = "docmill-part";

/// How much of a part is copied at once, in bytes.
const COPY_BYTES: usize = 64 << 10;

/// Writes parts and joins them.
pub(crate) struct Parts {
    table: Table,
    schema: Schema,
    /// How many bytes of rows a row group is to hold, about.
    group_bytes: usize,
}

impl Parts {
    pub(crate) fn new(table: Table, schema: Schema, group_bytes: usize) -> Self {
        Parts { table, schema, group_bytes }
    }

    /// See [`docmill_core::Sink::seal`].
    pub(crate) fn seal(&self, encoded: &mut dyn Read, part: impl Write + Send) -> Result<()> {
        let mut file = self.file(part)?;
        let mut records = Records::new(encoded, self.table.has_texts());
        let (form, zstd) = ((&self.table, &self.schema), &Zstd::new(self.schema.level)?);
        let mut sizes = Vec::new();
        // What was read ahead.
        let mut begun: Vec<Piece> = Vec::new();
        loop {
            if begun.is_empty() {
                match records.next()? {
                    Some(piece) => begun.push(piece),
                    None => break,
                }
            }
            let mut size = 0;
            groups::write(&mut file, form, zstd, |group| {
                loop {
                    for piece in begun.drain(..) {
                        size += piece.size;
                        group.add(piece.bytes)?;
                    }
                    // Where little is left it goes into this row group, too.
                    let full = size >= self.group_bytes;
                    let mut ahead = 0;
                    while ahead == 0 || full && ahead < self.group_bytes / 2 {
                        let Some(piece) = records.next()? else { break };
                        ahead += piece.size;
                        begun.push(piece);
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
        let to = BufWriter::with_capacity(COPY_BYTES, File::create_new(path)?);
        let mut file = self.file(to)?;
        let (form, zstd) = ((&self.table, &self.schema), &Zstd::new(self.schema.level)?);
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
            groups::write(&mut file, form, zstd, |joined| {
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
        SerializedFileWriter::new(to, self.schema.root.clone(), self.schema.properties.clone())
    }
}

/// A file that is copied.
struct Chunks<'f>(&'f File);

impl Length for Chunks<'_> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Chunks<'_> {
    type T = BufReader<File>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut file = self.0.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(BufReader::with_capacity(COPY_BYTES, file))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
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
        let from = &Chunks(&self.part.file);
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
