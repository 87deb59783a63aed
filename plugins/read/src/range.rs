//! Large files, read from the middle: the lines that begin in a range of bytes.
//!
//! A line begins at the start of the file and after every newline. Both ends of a range are found the same way, so
//! that ranges which follow on each other have each line once.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    ops::Range,
};

use docmill_core::Input;

use crate::open::{Counted, Tally};

/// Large files are divided into ranges of this many bytes; several may go into one shard.
const RANGE_BYTES: u64 = 8 << 20;

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 64 << 10;

/// Divides a file of lines into ranges, if it is large and can be read from the middle.
pub(crate) fn divide(input: Input) -> Vec<Input> {
    let Some(bytes) = input.bytes.filter(|bytes| *bytes > RANGE_BYTES && is_plain(&input.uri))
    else {
        return vec![input];
    };
    let starts = (0..bytes).step_by(RANGE_BYTES as usize);
    let ranges = starts.map(|start| start..(start + RANGE_BYTES).min(bytes));
    let part = |range: Range<u64>| Input {
        uri: input.uri.clone(),
        bytes: Some(range.end - range.start),
        range: Some(range),
        ..Input::default()
    };
    ranges.map(part).collect()
}

/// Whether a local file can be read and is not compressed, nor in another encoding. Objects of a store stay whole:
/// to look at the first bytes of each would take a request each, before anything is read.
fn is_plain(uri: &str) -> bool {
    let mut head = [0; 4];
    let read = File::open(uri).and_then(|mut file| file.read_exact(&mut head));
    let compressed = head.starts_with(b"\x1f\x8b") || head == *b"\x28\xb5\x2f\xfd";
    read.is_ok() && !compressed && !head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xfe\xff")
}

/// The lines of a file that begin in a range, and where the first of them begins.
pub(crate) fn open(
    uri: &str,
    range: &Range<u64>,
    tally: &Tally,
) -> io::Result<(u64, impl Read + Send + use<>)> {
    let mut file = File::open(uri)?;
    let before = range.start.saturating_sub(1);
    file.seek(SeekFrom::Start(before))?;
    let mut file = BufReader::with_capacity(BUFFER_BYTES, tally.count(file));
    let start = match range.start {
        0 => 0,
        _ => before + file.skip_until(b'\n')? as u64,
    };
    Ok((start, Lines { file, left: range.end.saturating_sub(start), ended: start >= range.end }))
}

/// Bytes up to the first newline that is not before the last byte of a range.
struct Lines {
    file: BufReader<Counted<File>>,
    /// How many bytes of the range are left.
    left: u64,
    ended: bool,
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended || out.is_empty() {
            return Ok(0);
        }
        if self.left > 1 {
            let wanted = out.len().min(usize::try_from(self.left - 1).unwrap_or(usize::MAX));
            let read = self.file.read(&mut out[..wanted])?;
            self.left -= read as u64;
            self.ended = read == 0;
            return Ok(read);
        }
        // The last byte of the range, and what stands between it and the end of its line.
        let bytes = self.file.fill_buf()?;
        let len = match memchr::memchr(b'\n', bytes) {
            Some(newline) => newline + 1,
            None => bytes.len(),
        };
        let len = len.min(out.len());
        out[..len].copy_from_slice(&bytes[..len]);
        self.ended = len == 0 || out[len - 1] == b'\n';
        self.file.consume(len);
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_line_is_in_one_range(
            text in "([a-z]{0,6}\n?){0,20}",
            mut cuts in prop::collection::vec(0..120u64, 0..6),
        ) {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &text).unwrap();
            cuts.retain(|cut| *cut < text.len() as u64);
            cuts.extend([0, text.len() as u64]);
            cuts.sort_unstable();
            let mut joined = String::new();
            for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
                let (start, mut lines) = open(file.path().to_str().unwrap(), &(pair[0]..pair[1]), &Tally::default()).unwrap();
                let before = joined.len();
                lines.read_to_string(&mut joined).unwrap();
                if joined.len() > before {
                    prop_assert_eq!(start as usize, before, "{:?}", pair);
                    let begins = start == 0 || text.as_bytes()[before - 1] == b'\n';
                    prop_assert!(begins && pair[0] <= start && start < pair[1], "{:?}", pair);
                }
            }
            prop_assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_large_plain_file_is_divided_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, head: &[u8], len: u64| {
            let path = folder.path().join(name);
            std::fs::write(&path, head).unwrap();
            File::options().write(true).open(&path).unwrap().set_len(len).unwrap();
            let uri = path.to_str().unwrap().to_owned();
            divide(Input { uri, bytes: Some(len), ..Input::default() })
        };
        let ranges: Vec<_> = file("a", b"text", RANGE_BYTES * 2 + 1)
            .into_iter()
            .map(|input| input.range.unwrap())
            .collect();
        let (one, two) = (RANGE_BYTES, RANGE_BYTES * 2);
        assert_eq!(ranges, [0..one, one..two, two..two + 1]);
        assert_eq!(file("b", b"text", RANGE_BYTES).len(), 1);
        assert_eq!(file("c", b"\x1f\x8b..", two).len(), 1);
        assert_eq!(file("d", b"\x28\xb5\x2f\xfd", two).len(), 1);
        let missing = Input { uri: "none".into(), bytes: Some(two), ..Input::default() };
        assert_eq!(divide(missing.clone()), [missing]);
    }
}
