//! The rows of a table, in memory: one text that holds all fields, each repeated one once, and 8 bytes a
//! field, 16 a row.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use docmill_core::{Block, BuildError};

use super::{
    By, Settings,
    columns::{Column, columns},
};
use crate::{
    csv::{
        delimiter_of, read_delimiter,
        rows::{MARK, Rows, read_heading},
        scan::{Fields, Row, each_row},
    },
    inputs::Records,
    open,
    warc::short_id,
};

/// How many values of a column are remembered, to be held once.
const REPEATED_VALUES: usize = 1 << 14;

/// A table, its rows found by their key.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The metadata key of each column that gives one.
    names: Vec<String>,
    /// All fields.
    text: String,
    keys: Vec<Key>,
    /// Those of a row stand together, as many as there are names.
    values: Vec<Field>,
    /// The rows in the order of their keys.
    order: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Key {
    field: Field,
    line: u32,
}

/// A part of the text.
#[derive(Clone, Copy, Debug)]
struct Field {
    start: u32,
    len: u32,
}

impl Table {
    /// Reads the file. An error says on which line the fault is.
    pub(super) fn read(settings: &Settings, by: By) -> Result<Self, BuildError> {
        let delimiter = read_delimiter(settings.delimiter.as_deref(), "/metadata/delimiter")?;
        let path = &settings.path;
        let delimiter = delimiter_of(path, delimiter);
        let table = Reading::of(settings.clone(), by, delimiter);
        table.map_err(|error| BuildError::at("/metadata/path", format!("`{path}`: {error}")))
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The row that has this key.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let found = self.order.binary_search_by(|row| self.key(*row as usize).cmp(key));
        found.ok().and_then(|at| self.order.get(at)).map(|row| *row as usize)
    }

    pub(super) fn key(&self, row: usize) -> &str {
        self.keys.get(row).map_or("", |key| self.field(key.field))
    }

    /// The number of the row's first line.
    pub(super) fn line(&self, row: usize) -> u32 {
        self.keys.get(row).map_or(0, |key| key.line)
    }

    /// The metadata of a row: its fields that are not empty, by name.
    pub(super) fn values(&self, row: usize) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.names.len();
        let values = self.values.get(row * columns..(row + 1) * columns).unwrap_or_default();
        let values = values.iter().map(|field| self.field(*field));
        self.names.iter().map(String::as_str).zip(values).filter(|(_, value)| !value.is_empty())
    }

    fn field(&self, field: Field) -> &str {
        let (start, len) = (field.start as usize, field.len as usize);
        self.text.get(start..start + len).unwrap_or_default()
    }

    /// Puts the rows in order. Two of the same key are an error.
    fn sort(&mut self) -> Result<(), String> {
        let mut order: Vec<u32> = (0..self.keys.len() as u32).collect();
        order.sort_unstable_by(|a, b| {
            self.key(*a as usize).cmp(self.key(*b as usize)).then(a.cmp(b))
        });
        let lines = |row: &u32| self.line(*row as usize);
        let pairs = order.iter().zip(order.iter().skip(1));
        let twice = pairs.filter(|(a, b)| self.key(**a as usize) == self.key(**b as usize));
        let count = twice.clone().count();
        if let Some((first, second)) = twice.min_by_key(|(_, second)| **second) {
            let more = match count {
                1 => String::new(),
                _ => format!(" ({} more rows repeat a key)", count - 1),
            };
            return Err(format!(
                "the rows on lines {} and {} have the same key `{}`{more}; a key is for one row, so take \
                 the others out, or set `metadata.key` to a column that tells rows apart",
                lines(first),
                lines(second),
                self.key(*first as usize).escape_debug()
            ));
        }
        self.order = order;
        Ok(())
    }
}

/// A table that is being read.
struct Reading {
    table: Table,
    by: By,
    delimiter: u8,
    /// Once the header row is known.
    columns: Option<Vec<Column>>,
    /// For each column, what it holds already, by hash.
    repeated: Vec<HashMap<u64, Field>>,
}

impl Reading {
    fn of(settings: Settings, by: By, delimiter: u8) -> Result<Table, String> {
        let settings = Arc::new(settings);
        let opened = open::open(&settings.path).map_err(|error| {
            format!("the table cannot be read: {error}; repair it or name another")
        })?;
        let wanted = settings.clone();
        let check = move |header: &[u8]| columns(&wanted, by, header, delimiter).map(drop);
        let mut rows =
            Rows::new(settings.path.as_str().into(), opened.bytes, delimiter, Box::new(check));
        let (table, columns, repeated) = (Table::default(), None, Vec::new());
        let mut reading = Reading { table, by, delimiter, columns, repeated };
        let mut block = Block::default();
        loop {
            // A row may be as long as it likes: only one whose quotes stay open is long.
            let more = rows.fill(&mut block, usize::MAX);
            reading.take(&settings, &block)?;
            block.clear();
            if !more {
                break;
            }
        }
        if reading.columns.is_none() {
            return Err("the table is empty; it begins with a row of column names".to_owned());
        }
        let mut table = reading.table;
        table.text.shrink_to_fit();
        table.keys.shrink_to_fit();
        table.values.shrink_to_fit();
        table.sort()?;
        Ok(table)
    }

    fn take(&mut self, settings: &Settings, block: &Block) -> Result<(), String> {
        let mut end = 0;
        for piece in &block.pieces {
            if let Some((_, error)) = &piece.failure {
                return Err(error.clone());
            }
            let heading = block.bytes.get(end..piece.range.start).unwrap_or_default();
            let bytes = block.bytes.get(piece.range.clone()).unwrap_or_default();
            end = piece.range.end;
            let first = piece.offset == 0;
            let bytes = bytes.strip_prefix(MARK).filter(|_| first).unwrap_or(bytes);
            let mut outcome = Ok(());
            each_row(bytes, self.delimiter, read_heading(heading).0, |row| {
                if outcome.is_ok() {
                    outcome = self.row(settings, &row);
                }
            });
            outcome?;
        }
        Ok(())
    }

    fn row(&mut self, settings: &Settings, row: &Row<'_>) -> Result<(), String> {
        let Some(columns) = &self.columns else {
            let (names, columns) = columns(settings, self.by, row.bytes, self.delimiter)?;
            self.table.names = names;
            self.repeated.resize_with(columns.len(), HashMap::new);
            self.columns = Some(columns);
            return Ok(());
        };
        let text = row.checked(columns.len(), self.delimiter)?;
        if Fields::new(text, self.delimiter).all(|field| field.is_empty()) {
            return Ok(());
        }
        let table = &mut self.table;
        let columns = columns.iter().zip(&mut self.repeated);
        for (value, (column, repeated)) in Fields::new(text, self.delimiter).zip(columns) {
            if column.key {
                if value.is_empty() {
                    return Err(format!(
                        "the row on line {} has an empty key, so it is for no document; fill it in, or \
                         take the row out",
                        row.line
                    ));
                }
                let key = match self.by {
                    By::File => value.strip_prefix("./").unwrap_or(&value),
                    By::Id => &value,
                    By::Page => short_id(&value),
                };
                let field = push(&mut table.text, key)?;
                table.keys.push(Key { field, line: u32::try_from(row.line).unwrap_or(u32::MAX) });
            }
            if column.wanted {
                let field = push_once(&mut table.text, &value, repeated)?;
                table.values.push(field);
            }
        }
        Ok(())
    }
}

fn push(text: &mut String, value: &str) -> Result<Field, String> {
    let (start, len) = (text.len(), value.len());
    let field =
        u32::try_from(start).and_then(|start| Ok(Field { start, len: u32::try_from(len)? }));
    text.push_str(value);
    field.map_err(|_| {
        "the table is too large, it has more than 4 GiB of text; list what is wanted in `metadata.columns`"
            .to_owned()
    })
}

/// Adds a value, unless it is among those of its column that are remembered.
fn push_once(
    text: &mut String,
    value: &str,
    repeated: &mut HashMap<u64, Field>,
) -> Result<Field, String> {
    let mut hash = DefaultHasher::new();
    value.hash(&mut hash);
    let hash = hash.finish();
    let known = repeated.get(&hash).copied().filter(|field| {
        text.get(field.start as usize..field.start as usize + field.len as usize) == Some(value)
    });
    if let Some(field) = known {
        return Ok(field);
    }
    let field = push(text, value)?;
    if repeated.len() < REPEATED_VALUES {
        repeated.insert(hash, field);
    }
    Ok(field)
}
