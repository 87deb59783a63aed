//! Reads Thrift's compact form, field by field.
//!
//! Who reads Parquet takes a field's kind for granted, so that a field of another kind would mean something else to
//! him than to who looks beforehand. Those who use this name the kinds they expect, and whatever is odd is an error.

use std::io::{self, BufRead, Read};

use parquet::errors::ParquetError;

/// The kinds of values.
pub(super) const TRUTH: u8 = 1;
pub(super) const BYTE: u8 = 3;
pub(super) const INT: u8 = 5;
pub(super) const LONG: u8 = 6;
pub(super) const BYTES: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// How deep structs may nest; those of the format have four levels.
const DEPTH: usize = 8;

/// Reads what is in `left` bytes.
pub(super) struct Thrift<R> {
    pub(super) from: R,
    pub(super) left: u64,
}

/// A field: its number, and its kind.
pub(super) type Field = (i64, u8);

impl<R: BufRead> Thrift<R> {
    /// The next field after the one of this number; `None` at the end of a struct.
    pub(super) fn field(&mut self, last: i64) -> Result<Option<Field>, ParquetError> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let number = match head >> 4 {
            0 => self.signed()?,
            more => last + i64::from(more),
        };
        let kind = match head & 0xf {
            2 => TRUTH,
            kind => kind,
        };
        match (1..=i64::from(i16::MAX)).contains(&number) && kind != 0 {
            true => Ok(Some((number, kind))),
            false => Err(odd("a field has a number of no meaning")),
        }
    }

    /// The kind and the number of a list's values.
    pub(super) fn list(&mut self) -> Result<(u8, u64), ParquetError> {
        let head = self.byte()?;
        let len = match head >> 4 {
            15 => self.varint()?,
            len => u64::from(len),
        };
        Ok((head & 0xf, len))
    }

    /// Passes over a value of this kind.
    pub(super) fn skip(&mut self, kind: u8) -> Result<(), ParquetError> {
        self.skip_to(kind, DEPTH)
    }

    fn skip_to(&mut self, kind: u8, depth: usize) -> Result<(), ParquetError> {
        match kind {
            // Truth values stand in the head of their field.
            TRUTH => Ok(()),
            BYTE => self.pass(1),
            4..=LONG => self.varint().map(drop),
            7 => self.pass(8),
            BYTES => self.bytes().map(drop),
            STRUCT if depth > 0 => {
                let mut last = 0;
                while let Some((number, kind)) = self.field(last)? {
                    self.skip_to(kind, depth - 1)?;
                    last = number;
                }
                Ok(())
            }
            // No lists are where this is used.
            _ => Err(odd("a field has a value of no meaning")),
        }
    }

    /// Passes over bytes, and returns how many there were.
    pub(super) fn bytes(&mut self) -> Result<u64, ParquetError> {
        let len = self.varint()?;
        self.pass(len)?;
        Ok(len)
    }

    fn pass(&mut self, len: u64) -> Result<(), ParquetError> {
        self.take(len)?;
        match io::copy(&mut (&mut self.from).take(len), &mut io::sink())? == len {
            true => Ok(()),
            false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    fn take(&mut self, len: u64) -> Result<(), ParquetError> {
        let left = self.left.checked_sub(len);
        self.left = left.ok_or_else(|| odd("it breaks off"))?;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, ParquetError> {
        self.take(1)?;
        let byte = self.from.fill_buf()?.first().copied();
        self.from.consume(usize::from(byte.is_some()));
        byte.ok_or_else(|| odd("it breaks off"))
    }

    pub(super) fn varint(&mut self) -> Result<u64, ParquetError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(odd("a number is too long"))
    }

    pub(super) fn signed(&mut self) -> Result<i64, ParquetError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

fn odd(what: &str) -> ParquetError {
    ParquetError::General(format!("what describes it cannot be read: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `read` makes of bytes, and how many it leaves.
    fn of<T>(
        bytes: &[u8],
        read: impl FnOnce(&mut Thrift<&[u8]>) -> Result<T, ParquetError>,
    ) -> Option<(T, u64)> {
        let mut thrift = Thrift { from: bytes, left: bytes.len() as u64 };
        read(&mut thrift).ok().map(|read| (read, thrift.left))
    }

    #[test]
    fn fields_are_read_and_odd_ones_are_not() {
        assert_eq!(of(&[0x25, 3], |thrift| thrift.field(1)), Some((Some((3, INT)), 1)));
        assert_eq!(of(&[0x12], |thrift| thrift.field(0)), Some((Some((1, TRUTH)), 0)));
        assert_eq!(of(&[0x05, 8], |thrift| thrift.field(9)), Some((Some((4, INT)), 0)));
        assert_eq!(of(&[0], |thrift| thrift.field(9)), Some((None, 0)));
        // The end of a struct to some, the number -1, and bytes that are missing.
        for bytes in [&[0x10][..], &[0x05, 1], &[0x05], &[]] {
            assert_eq!(of(bytes, |thrift| thrift.field(1)), None, "{bytes:?}");
        }
    }

    #[test]
    fn values_are_passed_over() {
        let nested = [0x1c, 0x18, 2, b'a', b'b', 0x11, 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 7];
        assert_eq!(of(&nested, |thrift| thrift.skip(STRUCT)), Some(((), 1)));
        assert_eq!(of(&[0x1c; 40], |thrift| thrift.skip(STRUCT)), None);
        assert_eq!(of(&[0xff, 0xff, 0xff, 0xff, 0x0f], |thrift| thrift.skip(BYTES)), None);
        assert_eq!(of(&[0x80; 11], |thrift| thrift.skip(LONG)), None);
    }
}
