//! Rows between the worker that makes them and the database that they end in.
//!
//! A row is its table (one byte), the length of its cells in bytes (four), and the cells: a byte that says what a
//! cell holds, then eight bytes of a number, or the length (four) and bytes of a text. Numbers are little-endian.

use std::io::{self, Read};

/// Where a row belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// A document; the rows after it, up to the next document's, are of it.
    Documents,
    Entities,
    Stances,
}

/// What stands in one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
}

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;

impl<'a> Cell<'a> {
    /// A text, or nothing in the place of an empty one.
    pub(crate) fn filled(text: &'a str) -> Self {
        if text.is_empty() { Cell::Null } else { Cell::Text(text) }
    }

    /// A number, as an integer where it is one.
    pub(crate) fn number(number: f64) -> Self {
        const EXACT: f64 = (1_u64 << 53) as f64;
        match number.trunc() == number && number.abs() < EXACT {
            true => Cell::Integer(number as i64),
            false => Cell::Real(number),
        }
    }
}

/// The most bytes that the cells of a row may take: SQLite holds rows of up to 1,000,000,000.
const MOST: usize = 999_000_000;

/// Appends a row; `None` where SQLite could not hold it.
pub(crate) fn write(table: Table, cells: &[Cell<'_>], out: &mut Vec<u8>) -> Option<()> {
    let table = match table {
        Table::Documents => 0,
        Table::Entities => 1,
        Table::Stances => 2,
    };
    let texts = cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 8 });
    if texts.sum::<usize>() > MOST - 16 * cells.len() {
        return None;
    }
    out.push(table);
    let length_at = out.len();
    out.extend_from_slice(&[0; 4]);
    for cell in cells {
        match cell {
            Cell::Null => out.push(NULL),
            Cell::Integer(integer) => {
                out.push(INTEGER);
                out.extend_from_slice(&integer.to_le_bytes());
            }
            Cell::Real(real) => {
                out.push(REAL);
                out.extend_from_slice(&real.to_le_bytes());
            }
            Cell::Text(text) => {
                out.push(TEXT);
                out.extend_from_slice(&(text.len() as u32).to_le_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
    let length = (out.len() - length_at - 4) as u32;
    out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    Some(())
}

/// Reads rows, one at a time.
pub(crate) struct Rows<R> {
    from: R,
    cells: Vec<u8>,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(from: R) -> Self {
        Rows { from, cells: Vec::new() }
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<(Table, Cells<'_>)>> {
        let mut table = [0];
        if self.from.read(&mut table)? == 0 {
            return Ok(None);
        }
        let table = match table {
            [0] => Table::Documents,
            [1] => Table::Entities,
            [2] => Table::Stances,
            _ => return Err(damaged()),
        };
        let mut length = [0; 4];
        self.from.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        self.cells.clear();
        let read = self.from.by_ref().take(length.into()).read_to_end(&mut self.cells)?;
        if read < length as usize {
            return Err(damaged());
        }
        Ok(Some((table, Cells(&self.cells))))
    }
}

/// The cells of a row.
pub(crate) struct Cells<'a>(&'a [u8]);

impl<'a> Iterator for Cells<'a> {
    type Item = io::Result<Cell<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(self.cell(*kind).ok_or_else(damaged))
    }
}

impl<'a> Cells<'a> {
    fn cell(&mut self, kind: u8) -> Option<Cell<'a>> {
        Some(match kind {
            NULL => Cell::Null,
            INTEGER => Cell::Integer(i64::from_le_bytes(self.bytes()?)),
            REAL => Cell::Real(f64::from_le_bytes(self.bytes()?)),
            TEXT => {
                let length = u32::from_le_bytes(self.bytes()?) as usize;
                let (text, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Cell::Text(str::from_utf8(text).ok()?)
            }
            _ => return None,
        })
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a part of the database is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELLS: [Cell<'_>; 5] =
        [Cell::Text("👍 a\u{0}b"), Cell::Null, Cell::Integer(-7), Cell::Real(0.25), Cell::Text("")];

    #[test]
    fn rows_come_back() {
        let mut out = Vec::new();
        write(Table::Documents, &CELLS, &mut out).unwrap();
        write(Table::Stances, &[], &mut out).unwrap();
        let mut rows = Rows::new(&out[..]);
        let (table, cells) = rows.next().unwrap().unwrap();
        assert_eq!(table, Table::Documents);
        assert_eq!(cells.collect::<io::Result<Vec<_>>>().unwrap(), CELLS);
        let (table, cells) = rows.next().unwrap().unwrap();
        assert_eq!((table, cells.count()), (Table::Stances, 0));
        assert!(rows.next().unwrap().is_none());
    }

    #[test]
    fn a_part_that_was_cut_off_is_an_error() {
        let mut out = Vec::new();
        write(Table::Entities, &CELLS, &mut out).unwrap();
        for end in 1..out.len() {
            assert!(Rows::new(&out[..end]).next().is_err(), "{end}");
        }
    }

    #[test]
    fn integral_numbers_are_integers() {
        assert_eq!(Cell::number(2026.0), Cell::Integer(2026));
        assert_eq!(Cell::number(-0.0), Cell::Integer(0));
        assert_eq!(Cell::number(0.5), Cell::Real(0.5));
        assert_eq!(Cell::number(1e300), Cell::Real(1e300));
    }
}
