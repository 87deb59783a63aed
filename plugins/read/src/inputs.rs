//! Goes through the inputs of a shard, and reports those that cannot be opened or break off.

use std::{io, ops::Range, sync::Arc, vec};

use docmill_core::{BLOCK_BYTES, Block, Cut, Input, Shard};

/// A block ends with this many pieces, however few bytes they have.
pub(crate) const BLOCK_PIECES: usize = 4096;

/// One input, part of it read.
pub(crate) trait Records: Send {
    /// Adds whole records to the block until it is full or a record was passed over; `false` at the end
    /// of the input.
    fn fill(&mut self, block: &mut Block, max_document: usize) -> bool;
}

/// Opens an input, by its path, to read its records: those that begin in a range of it, where there is one.
type Begin = Box<dyn Fn(Arc<str>, &Option<Range<u64>>) -> io::Result<Box<dyn Records>> + Send>;

/// Reads the inputs of a shard.
pub(crate) struct InputsCut {
    inputs: vec::IntoIter<Input>,
    begin: Begin,
    open: Option<Box<dyn Records>>,
    max_document: usize,
}

impl InputsCut {
    pub(crate) fn new(shard: &Shard, max_document: usize, begin: Begin) -> Self {
        InputsCut { inputs: shard.inputs.clone().into_iter(), begin, open: None, max_document }
    }

    /// Opens the next input, or reports that it cannot be; `false` where there is none.
    fn open_next(&mut self, block: &mut Block) -> bool {
        let Some(input) = self.inputs.next() else {
            return false;
        };
        let uri: Arc<str> = input.uri.into();
        match (self.begin)(uri.clone(), &input.range) {
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
