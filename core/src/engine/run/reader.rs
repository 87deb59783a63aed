//! Hands out blocks of input, in order, to whichever worker asks next.

use crate::{
    Block, Cut,
    engine::{Pipeline, contain::contain},
    plugin::AnySource,
};

/// How far the inputs are read.
#[derive(Default)]
pub(super) struct Reader {
    shard: usize,
    cut: Option<Box<dyn Cut>>,
    /// The number of the next block.
    next: u64,
}

impl Reader {
    /// Fills `block` with what comes next and returns its number, from 0; `None` at the end. Where the
    /// source panics, the rest of its shard is lost and counts as one failed input.
    pub(super) fn next(
        &mut self,
        pipeline: &Pipeline,
        source: &dyn AnySource,
        block: &mut Block,
    ) -> Option<u64> {
        loop {
            let shard = pipeline.shards.get(self.shard)?;
            block.clear();
            let cut = &mut self.cut;
            let filled = contain(|| {
                cut.get_or_insert_with(|| source.cut(shard, pipeline.run.max_document)).next(block)
            });
            if filled != Ok(true) {
                self.cut = None;
                self.shard += 1;
            }
            if let Err(panic) = &filled {
                let begun = block.pieces.last().map(|piece| piece.uri.clone());
                let first = || shard.inputs.first().map_or("", |input| &input.uri).into();
                block.clear();
                let error =
                    format!("the source panicked: {panic}; this block and what follows are lost");
                block.fail(&begun.unwrap_or_else(first), 0, "", error);
            }
            if filled != Ok(false) {
                self.next += 1;
                return Some(self.next - 1);
            }
        }
    }
}
