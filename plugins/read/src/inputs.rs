//! Goes through the inputs of a shard, and reports those that cannot be opened or break off.

use std::{io, sync::Arc, vec};

use docmill_core::{BLOCK_BYTES, Block, Cut, Input, Shard};

use crate::open::Tally;

/// A block ends with this many pieces, however few bytes they have.
pub(crate) const BLOCK_PIECES: usize = 4096;

/// One input, part of it read.
pub(crate) trait Records: Send {
    /// Adds whole records to the block until it is full or a record was passed over; `false` at the end
    /// of the input.
    fn fill(&mut self, block: &mut Block, max_document: usize) -> bool;
}

/// Opens an input, of this path, to read its records: those that begin in a range of it, where there is one. What is
/// read is to be counted.
type Begin = Box<dyn Fn(Arc<str>, &Input, &Tally) -> io::Result<Box<dyn Records>> + Send>;

/// Reads the inputs of a shard.
pub(crate) struct InputsCut {
    inputs: vec::IntoIter<Input>,
    begin: Begin,
    open: Option<Box<dyn Records>>,
    max_document: usize,
    tally: Tally,
}

impl InputsCut {
    pub(crate) fn new(shard: &Shard, max_document: usize, begin: Begin) -> Self {
        let (inputs, tally) = (shard.inputs.clone().into_iter(), Tally::default());
        InputsCut { inputs, begin, open: None, max_document, tally }
    }

    /// Opens the next input, or reports that it cannot be; `false` where there is none.
    fn open_next(&mut self, block: &mut Block) -> bool {
        let Some(input) = self.inputs.next() else {
            return false;
        };
        let uri: Arc<str> = input.uri.as_str().into();
        match (self.begin)(uri.clone(), &input, &self.tally) {
            Ok(records) => self.open = Some(records),
            Err(error) => {
                let message =
                    format!("the file cannot be read: {error}; repair it or leave it out");
                block.fail(&uri, 0, "", message);
            }
        }
        true
    }
}

impl Cut for InputsCut {
    fn next(&mut self, block: &mut Block) -> bool {
        while block.bytes.len() < BLOCK_BYTES && block.pieces.len() < BLOCK_PIECES {
            if let Some(records) = &mut self.open {
                if !records.fill(block, self.max_document) {
                    self.open = None;
                }
            } else if !self.open_next(block) {
                break;
            }
        }
        block.stored = Some(self.tally.take());
        !block.pieces.is_empty()
    }
}

/// Reports that an input breaks off at this byte.
pub(crate) fn broken(block: &mut Block, uri: &Arc<str>, offset: u64, error: &io::Error) {
    let message = format!(
        "the input breaks off at byte {offset} (after decompression, if it is compressed): {error}; what \
         came before was read, so repair it and read the rest"
    );
    block.fail(uri, offset, format!("byte={offset}"), message);
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use docmill_core::Source;

    use super::*;

    /// What a source says that it read of a file, block by block.
    fn stored<S: Source>(path: &std::path::Path) -> Vec<u64> {
        let settings = S::settings_for(&[path.to_str().unwrap().to_owned()]);
        let source = S::build(serde_json::from_value(settings).unwrap()).unwrap();
        let mut counts = Vec::new();
        for shard in source.shards().unwrap() {
            let mut cut = source.cut(&shard, 16 << 20);
            let mut block = Block::default();
            while cut.next(&mut block) {
                counts.push(block.stored.unwrap());
                block.clear();
            }
        }
        counts
    }

    #[test]
    fn what_is_read_of_an_input_counts_as_it_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let words = (0..200_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_string());
        let lines: String = words.map(|word| format!("{{\"text\": \"{word}\"}}\n")).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(lines.as_bytes(), 1).unwrap();
        for (name, bytes) in
            [("a.jsonl", lines.as_bytes()), ("b.jsonl.gz", &gzip), ("c.jsonl.zst", &zstd)]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let counts = stored::<crate::jsonl::Jsonl>(&path);
            assert_eq!(counts.iter().sum::<u64>(), bytes.len() as u64, "{name}");
            // Half of the blocks bring about half of the bytes.
            let half: u64 = counts[..counts.len() / 2].iter().sum();
            let share = half as f64 / bytes.len() as f64;
            assert!((0.4..0.6).contains(&share), "{name}: {share} of {} blocks", counts.len());
        }
        let page = folder.path().join("page.html.gz");
        std::fs::write(&page, &gzip).unwrap();
        assert_eq!(stored::<crate::files::Files>(&page), [gzip.len() as u64]);
    }
}
