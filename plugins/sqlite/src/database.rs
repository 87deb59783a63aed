//! Makes the database of the rows of all shards.

use std::{
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, Statement, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    rows::{Cell, Rows, Table},
    schema,
};

/// The file is made anew, under a temporary name, and put on the disk by the engine: SQLite needs no journal for it
/// and waits for no disk, and leaves no other file behind. 16 MiB of it are kept in memory.
const MAKING: &str = "PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -16384;
PRAGMA foreign_keys = OFF;";

/// What of the database the settings decide.
pub(crate) struct Layout<'s> {
    /// The columns of metadata.
    pub(crate) columns: &'s [String],
    /// Whether there is full-text search.
    pub(crate) search: bool,
}

/// Makes the database at `path`: a transaction a part, with the part's row in `shards`; then indexes and search.
pub(crate) fn make(layout: &Layout<'_>, parts: &[PathBuf], path: &Path) -> io::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    let run = |statements: &str| connection.execute_batch(statements).map_err(failed);
    run(MAKING)?;
    run(&schema::tables(layout.columns))?;
    {
        let mut tables = Tables::of(&connection, layout).map_err(failed)?;
        for part in parts {
            run("BEGIN")?;
            tables.insert(Rows::new(BufReader::new(File::open(part)?)))?;
            run("COMMIT")?;
        }
    }
    run(&schema::indexes(layout.columns))?;
    if layout.search {
        run(&schema::search(layout.columns))?;
    }
    connection.close().map_err(|(_, error)| failed(error))
}

/// The statements that add rows, and how far they came.
struct Tables<'c> {
    documents: Statement<'c>,
    entities: Statement<'c>,
    stances: Statement<'c>,
    shards: Statement<'c>,
    /// Of the document that was added last.
    number: i64,
    /// How many parts were added.
    shard: i64,
}

/// Cells of a row beside the number of its document, in the order of the tables' columns.
pub(crate) const DOCUMENT_CELLS: usize = 8;
pub(crate) const ENTITY_CELLS: usize = 10;
pub(crate) const STANCE_CELLS: usize = 16;

impl<'c> Tables<'c> {
    fn of(connection: &'c Connection, layout: &Layout<'_>) -> rusqlite::Result<Self> {
        let prepare = |table, cells| connection.prepare(&schema::insert(table, cells));
        Ok(Tables {
            documents: prepare("documents", DOCUMENT_CELLS + layout.columns.len())?,
            entities: prepare("entities", ENTITY_CELLS)?,
            stances: prepare("stances", STANCE_CELLS)?,
            shards: connection.prepare("INSERT INTO shards VALUES (?, ?)")?,
            number: 0,
            shard: 0,
        })
    }

    /// Adds the rows of a part.
    fn insert(&mut self, mut rows: Rows<impl io::Read>) -> io::Result<()> {
        let before = self.number;
        while let Some((table, cells)) = rows.next()? {
            if table == Table::Documents {
                self.number += 1;
            }
            let number = self.number;
            let statement = match table {
                Table::Documents => &mut self.documents,
                Table::Entities => &mut self.entities,
                Table::Stances => &mut self.stances,
            };
            statement.raw_bind_parameter(1, number).map_err(failed)?;
            let mut place = 1;
            for cell in cells {
                place += 1;
                statement.raw_bind_parameter(place, cell?).map_err(failed)?;
            }
            statement.raw_execute().map_err(failed)?;
        }
        self.shard += 1;
        self.shards.execute([self.shard, self.number - before]).map_err(failed)?;
        Ok(())
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Cell::Null => ValueRef::Null,
            Cell::Integer(integer) => ValueRef::Integer(integer),
            Cell::Real(real) => ValueRef::Real(real),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// SQLite's own words; its error says them twice, with a number between. A full disk is told apart: there is
/// something to do about it.
fn failed(error: rusqlite::Error) -> io::Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.to_string())
}
