//! Looks at a file's schema before the file is read.
//!
//! Who reads it sets aside as much memory as it says, and goes as deep as it nests. So a schema that has fewer columns
//! than it says, or that is of no use, is an error here.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
};

use parquet::errors::ParquetError;

use super::thrift::{BYTE, BYTES, INT, LIST, STRUCT, TRUTH, Thrift};

/// How deep a schema may nest.
const DEPTH: usize = 100;

/// How many bytes the paths of all columns may have together: each column has a copy of the names above it.
const PATH_BYTES: u64 = 64 << 20;

const KIND: &str = "a value is of a wrong kind";

/// Checks the schema of a file; one that has none, or no end, is left to who reads it.
pub(super) fn check(mut file: &File) -> Result<(), ParquetError> {
    let whole = file.metadata()?.len();
    let Some(tail) = whole.checked_sub(8) else { return Ok(()) };
    file.seek(SeekFrom::Start(tail))?;
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    let [a, b, c, d, magic @ ..] = bytes;
    let len = u64::from(u32::from_le_bytes([a, b, c, d]));
    let (b"PAR1", Some(start)) = (&magic, tail.checked_sub(len)) else { return Ok(()) };
    file.seek(SeekFrom::Start(start))?;
    metadata(&mut Thrift { from: BufReader::new(file), left: len })
}

/// Reads a file's metadata as far as the schema, which stands first, but for a version.
fn metadata(thrift: &mut Thrift<BufReader<&File>>) -> Result<(), ParquetError> {
    let mut field = thrift.field(0)?;
    if field == Some((1, INT)) {
        thrift.signed()?;
        field = thrift.field(1)?;
    }
    let (Some((2, LIST)), (STRUCT, len)) = (field, thrift.list()?) else {
        return Err(lies("its metadata does not begin with a schema"));
    };
    // Of the groups that have not ended, how many parts are to come, and how long their path is.
    let mut open: Vec<(u64, u64)> = Vec::new();
    let mut paths = 0_u64;
    for at in 0..len {
        while open.pop_if(|(parts, _)| *parts == 0).is_some() {}
        let (children, name) = part(thrift)?;
        let above = open.last_mut().map_or(0, |(parts, path)| {
            *parts -= 1;
            *path
        });
        // Each name stands in a string of its own.
        let path = above.saturating_add(name).saturating_add(24);
        if children == 0 {
            paths = paths.saturating_add(path);
        } else if children > len - at - 1 {
            return Err(lies("a group has more columns than there are"));
        } else {
            open.push((children, path));
        }
        if open.len() > DEPTH || paths > PATH_BYTES {
            return Err(lies("its columns nest too deep, or have too long names"));
        }
    }
    Ok(())
}

/// How many parts a part of the schema has, and how many bytes its name.
fn part(thrift: &mut Thrift<BufReader<&File>>) -> Result<(u64, u64), ParquetError> {
    let (mut last, mut children, mut name) = (0, 0, 0);
    while let Some((number, kind)) = thrift.field(last)? {
        match (number, kind) {
            (5, INT) => children = thrift.signed()?,
            (4, BYTES) => name = thrift.bytes()?,
            (1..=3 | 6..=9, INT) => drop(thrift.signed()?),
            (10, STRUCT) => logical_type(thrift)?,
            (1..=10, _) => return Err(lies(KIND)),
            (_, kind) => thrift.skip(kind)?,
        }
        last = number;
    }
    let children = u64::try_from(children).map_err(|_| lies("a group has fewer columns than 0"))?;
    Ok((children, name))
}

/// Passes over a logical type, whose values must be of the kinds that the format gives them.
fn logical_type(thrift: &mut Thrift<BufReader<&File>>) -> Result<(), ParquetError> {
    union(thrift, |thrift, which| {
        let mut last = 0;
        while let Some((number, kind)) = thrift.field(last)? {
            let expected = match (which, number) {
                (5, 1 | 2) | (18, 2) => INT,
                (7 | 8, 1) | (10, 2) => TRUTH,
                (7 | 8, 2) => STRUCT,
                (10 | 16, 1) => BYTE,
                (17 | 18, 1) => BYTES,
                _ => kind,
            };
            match (which, number) {
                _ if kind != expected => return Err(lies(KIND)),
                // The unit of a time.
                (7 | 8, 2) => union(thrift, |thrift, _| thrift.skip(STRUCT))?,
                _ => thrift.skip(kind)?,
            }
            last = number;
        }
        Ok(())
    })
}

/// Reads a struct all of whose fields are structs.
fn union<R: BufRead>(
    thrift: &mut Thrift<R>,
    mut each: impl FnMut(&mut Thrift<R>, i64) -> Result<(), ParquetError>,
) -> Result<(), ParquetError> {
    let mut last = 0;
    while let Some((number, kind)) = thrift.field(last)? {
        if kind != STRUCT {
            return Err(lies(KIND));
        }
        each(thrift, number)?;
        last = number;
    }
    Ok(())
}

fn lies(what: &str) -> ParquetError {
    ParquetError::General(format!("its schema cannot be read: {what}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    /// What is said of a schema of these parts: how many parts each has.
    fn checked(children: &[i64]) -> String {
        let mut bytes = vec![0x15, 2, 0x19, 0xfc];
        let varint = |bytes: &mut Vec<u8>, mut value: u64| {
            while value >= 0x80 {
                bytes.push(value as u8 | 0x80);
                value >>= 7;
            }
            bytes.push(value as u8);
        };
        varint(&mut bytes, children.len() as u64);
        for children in children {
            // A name, how many parts, and the type of a time.
            bytes.extend([0x48, 1, b'a', 0x15]);
            varint(&mut bytes, (children << 1) as u64 ^ (children >> 63) as u64);
            bytes.extend([0x5c, 0x8c, 0x11, 0x1c, 0x1c, 0, 0, 0, 0, 0]);
        }
        let len = bytes.len() as u32;
        bytes.extend(len.to_le_bytes());
        bytes.extend(b"PAR1");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        super::check(&file).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn a_schema_has_the_columns_it_says() {
        assert_eq!(checked(&[3, 0, 2, 0, 0, 0]), "fine");
        assert!(checked(&[4, 0, 0, 0]).contains("more columns than there are"));
        assert!(checked(&[i64::from(i32::MAX), 0]).contains("more columns than there are"));
        assert!(checked(&[-1, 0]).contains("fewer columns than 0"));
        let nested = |depth: usize| [vec![1; depth], vec![0]].concat();
        assert_eq!(checked(&nested(100)), "fine");
        assert!(checked(&nested(101)).contains("nest too deep"));
    }

    #[test]
    fn what_has_no_schema_is_left_to_its_reader() {
        for bytes in [&b""[..], b"PAR1", b"\xff\xff\xff\xffPAR1", b"\0\0\0\0PARE"] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            assert!(super::check(&file).is_ok(), "{bytes:?}");
        }
    }
}
