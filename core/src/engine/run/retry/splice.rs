//! Puts new bytes into their places in a file.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// Bytes that belong somewhere in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Insert {
    /// How many bytes of the old file come before them.
    pub(super) at: u64,
    /// Where they are in the file of new bytes.
    pub(super) from: u64,
    pub(super) len: u64,
}

/// Writes to `to` what `old` holds with the new bytes in their places; `inserts` ascend.
pub(super) fn splice(
    mut old: impl Read,
    new: &mut (impl Read + Seek),
    inserts: &[Insert],
    to: &mut impl Write,
) -> io::Result<()> {
    let mut at = 0;
    for insert in inserts {
        copy(&mut old, insert.at.saturating_sub(at), to)?;
        at = at.max(insert.at);
        new.seek(SeekFrom::Start(insert.from))?;
        copy(new, insert.len, to)?;
    }
    io::copy(&mut old, to).map(drop)
}

/// The same for files.
pub(super) fn splice_file(
    old: &Path,
    new: &mut File,
    inserts: &[Insert],
    to: &Path,
) -> io::Result<()> {
    let mut to = io::BufWriter::with_capacity(1 << 16, File::create(to)?);
    splice(File::open(old)?, new, inserts, &mut to)?;
    to.flush()
}

fn copy(from: &mut impl Read, len: u64, to: &mut impl Write) -> io::Result<()> {
    match io::copy(&mut from.take(len), to)? == len {
        true => Ok(()),
        false => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is shorter than it was")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_bytes_stand_where_they_belong() {
        let insert = |at, from, len| Insert { at, from, len };
        let spliced = |inserts: &[Insert]| {
            let mut out = Vec::new();
            splice(&b"abcd"[..], &mut io::Cursor::new(b"XYZ"), inserts, &mut out)
                .map(|()| String::from_utf8(out).unwrap())
        };
        assert_eq!(spliced(&[]).unwrap(), "abcd");
        assert_eq!(
            spliced(&[insert(0, 0, 1), insert(2, 1, 1), insert(2, 2, 1)]).unwrap(),
            "XabYZcd"
        );
        assert_eq!(spliced(&[insert(4, 0, 3)]).unwrap(), "abcdXYZ");
        assert!(spliced(&[insert(5, 0, 1)]).is_err());
    }
}
