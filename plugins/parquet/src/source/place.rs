//! Where a document is, and how what reads it there is kept from doing harm.

use std::{
    fmt,
    panic::{self, AssertUnwindSafe},
};

use parquet::errors::ParquetError;

/// Where a document is: its row in the file, and the column of its text, each counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: u64,
    pub(super) column: u64,
}

impl Place {
    /// As it stands in a block.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let number = |at: usize| {
            let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk);
            u64::from_le_bytes(bytes.copied().unwrap_or_default())
        };
        Place { row: number(0), column: number(8) }
    }

    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.row.to_le_bytes());
        bytes.extend_from_slice(&self.column.to_le_bytes());
    }

    pub(super) fn parse(locator: &str) -> Option<Self> {
        let (row, column) = locator.strip_prefix("row=")?.split_once(";column=")?;
        Some(Place { row: row.parse().ok()?, column: column.parse().ok()? })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row={};column={}", self.row, self.column)
    }
}

/// Runs what reads a file, which may be broken in ways that its reader panics at.
pub(super) fn contained<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match panic::catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(ParquetError::EOF(error) | ParquetError::General(error))) => Err(error),
        Ok(Err(ParquetError::External(error))) => Err(error.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("its pages do not fit together".to_owned()),
    }
}
