//! Cuts inputs into blocks of whole lines, in memory that does not grow with them.
//!
//! Bytes are read straight into the block. What stands after its last newline is kept for the next
//! block; a line that grows past the limit is passed over a piece at a time.

use std::{
    io::{self, Read},
    ops::Range,
    sync::Arc,
};

use docmill_core::{BLOCK_BYTES, Block, BlockPiece};
use memchr::{memchr, memrchr};

use crate::inputs::{Records, broken};

/// How much is read at once, at least, in bytes.
const READ_BYTES: usize = 64 << 10;

/// One input, part of it read.
pub(super) struct Lines {
    uri: Arc<str>,
    bytes: Box<dyn Read + Send>,
    /// The place of the next line that has not gone into a block.
    offset: u64,
    /// What was read from that place on.
    tail: Vec<u8>,
    /// An error that came with the tail, to be met after it.
    error: Option<io::Error>,
}

impl Lines {
    /// `offset` is the place of the first line in the input, in bytes.
    pub(super) fn new(uri: Arc<str>, bytes: Box<dyn Read + Send>, offset: u64) -> Self {
        Lines { uri, bytes, offset, tail: Vec::new(), error: None }
    }
}

impl Records for Lines {
    fn fill(&mut self, block: &mut Block, max_document: usize) -> bool {
        let start = block.bytes.len();
        let mut searched = start;
        block.bytes.append(&mut self.tail);
        // Where the line begins whose end is not read.
        let mut line = start;
        loop {
            let room = BLOCK_BYTES.saturating_sub(block.bytes.len()).max(READ_BYTES);
            let read = match self.error.take() {
                Some(error) => Err(error),
                None => self.bytes.by_ref().take(room as u64).read_to_end(&mut block.bytes),
            };
            let new = block.bytes.get(searched..).unwrap_or_default();
            if let Some(newline) = memrchr(b'\n', new) {
                line = searched + newline + 1;
            }
            searched = block.bytes.len();
            match read {
                Ok(read) if read < room => {
                    self.hand_out(block, start..searched, max_document);
                    return false;
                }
                Ok(_) => {}
                Err(error) => {
                    block.bytes.truncate(line);
                    self.hand_out(block, start..line, max_document);
                    broken(block, &self.uri, self.offset, &error);
                    return false;
                }
            }
            if searched - line > max_document {
                self.hand_out(block, start..line, max_document);
                return self.pass_over(block, line, max_document);
            }
            if searched >= BLOCK_BYTES && line > start {
                self.tail.extend(block.bytes.drain(line..));
                self.hand_out(block, start..line, max_document);
                return true;
            }
        }
    }
}

impl Lines {
    /// Makes a piece of whole lines, without those that are too long.
    fn hand_out(&mut self, block: &mut Block, range: Range<usize>, max_document: usize) {
        let (mut first, mut line) = (range.start, range.start);
        // Only then can there be one.
        while range.end - first > max_document && line < range.end {
            let rest = block.bytes.get(line..range.end).unwrap_or_default();
            let len = memchr(b'\n', rest).unwrap_or(rest.len());
            let next = (line + len + 1).min(range.end);
            if len > max_document {
                self.piece(block, first..line);
                let bytes = (next - line) as u64;
                self.too_long(block, len as u64, max_document);
                self.offset += bytes;
                first = next;
            }
            line = next;
        }
        self.piece(block, first..range.end);
    }

    fn piece(&mut self, block: &mut Block, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let (uri, offset) = (self.uri.clone(), self.offset);
        self.offset += range.len() as u64;
        block.pieces.push(BlockPiece { uri, offset, range, failure: None });
    }

    /// Reads on to the end of a line that is too long, and keeps none of it; `false` at the end of the
    /// input.
    fn pass_over(&mut self, block: &mut Block, line: usize, max_document: usize) -> bool {
        let mut len = (block.bytes.len() - line) as u64;
        let ended = loop {
            block.bytes.truncate(line);
            let read = self.bytes.by_ref().take(READ_BYTES as u64).read_to_end(&mut block.bytes);
            let new = block.bytes.get(line..).unwrap_or_default();
            if let Some(newline) = memchr(b'\n', new) {
                len += newline as u64;
                self.tail.extend_from_slice(new.get(newline + 1..).unwrap_or_default());
                self.error = read.err();
                break Ok(false);
            }
            len += new.len() as u64;
            match read {
                Ok(read) if read == READ_BYTES => {}
                Ok(_) => break Ok(true),
                Err(error) => break Err(error),
            }
        };
        block.bytes.truncate(line);
        self.too_long(block, len, max_document);
        self.offset += len + 1;
        match ended {
            Ok(ended) => !ended,
            Err(error) => {
                broken(block, &self.uri, self.offset, &error);
                false
            }
        }
    }

    fn too_long(&self, block: &mut Block, len: u64, max_document: usize) {
        let message = format!(
            "the line has {len} bytes, more than max-document allows ({max_document}); raise it in [run]"
        );
        block.fail(&self.uri, self.offset, format!("byte={}", self.offset), message);
    }
}
