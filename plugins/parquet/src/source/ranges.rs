//! Large files, divided at their row groups.
//!
//! A row group belongs to the range in which its first byte lies, so that ranges which follow on each other have
//! each row once.

use std::{fs::File, ops::Range};

use docmill_core::Input;
use parquet::file::{
    metadata::{ParquetMetaData, RowGroupMetaData},
    reader::{FileReader, SerializedFileReader},
};

use super::{place::contained, schema};

/// A range holds row groups of this many bytes, at least; several ranges may go into one shard.
const RANGE_BYTES: u64 = 8 << 20;

/// Divides a large file into ranges that begin with a row group. What cannot be read stays whole, and is reported
/// when it is read.
pub(super) fn divide(input: Input) -> Vec<Input> {
    let Some(bytes) = input.bytes.filter(|bytes| *bytes > RANGE_BYTES) else { return vec![input] };
    let starts = contained(|| {
        let file = File::open(&input.uri)?;
        schema::check(&file)?;
        let reader = SerializedFileReader::new(file)?;
        Ok(starts(reader.metadata()))
    });
    let cuts = cuts(&starts.unwrap_or_default(), bytes);
    if cuts.len() < 3 {
        return vec![input];
    }
    let ranges = cuts.windows(2).filter_map(|pair| Some(*pair.first()?..*pair.last()?));
    let part = |range: Range<u64>| Input {
        uri: input.uri.clone(),
        bytes: Some(range.end - range.start),
        range: Some(range),
        ..Input::default()
    };
    ranges.map(part).collect()
}

/// The first byte of a row group. Panics where its metadata are broken.
pub(super) fn start(group: &RowGroupMetaData) -> u64 {
    group.columns().iter().map(|column| column.byte_range().0).min().unwrap_or_default()
}

fn starts(metadata: &ParquetMetaData) -> Vec<u64> {
    metadata.row_groups().iter().map(start).collect()
}

/// Where ranges begin, and the end of the last: none inside where row groups do not stand in their order, or
/// beyond the file.
fn cuts(starts: &[u64], bytes: u64) -> Vec<u64> {
    let mut cuts = vec![0];
    if starts.is_sorted() && starts.last().is_some_and(|last| *last < bytes) {
        for start in starts {
            if cuts.last().is_some_and(|last| *start - last >= RANGE_BYTES) {
                cuts.push(*start);
            }
        }
    }
    cuts.push(bytes);
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_begin_with_row_groups_that_stand_in_their_order() {
        let one = RANGE_BYTES;
        assert_eq!(cuts(&[4, one - 1, one, 2 * one], 3 * one), [0, one, 2 * one, 3 * one]);
        assert_eq!(cuts(&[4, one + 5, one + 6], 2 * one), [0, one + 5, 2 * one]);
        assert_eq!(cuts(&[one, 4], 2 * one), [0, 2 * one]);
        assert_eq!(cuts(&[4, 3 * one], 2 * one), [0, 2 * one]);
        assert_eq!(cuts(&[], 2 * one), [0, 2 * one]);
    }
}
