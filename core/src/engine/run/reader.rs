//! Hands out blocks of input, in order, to whichever worker asks next.

use std::{collections::VecDeque, sync::Arc};

use super::stop::Stop;
use crate::{
    Block, Cut,
    engine::{Pipeline, contain::contain},
    plugin::AnySource,
};

/// How far the inputs are read.
pub(super) struct Reader {
    /// The shards that are to be read; the first is at hand.
    shards: VecDeque<usize>,
    cut: Option<Box<dyn Cut>>,
    /// The number of the next block.
    next: u64,
}

/// What a block is.
pub(super) struct Read {
    /// Its number, from 0.
    pub(super) number: u64,
    pub(super) shard: usize,
    /// Whether it is the first of its shard.
    pub(super) begins: bool,
    /// Whether the shard ends here; the block is empty.
    pub(super) ends: bool,
}

impl Reader {
    pub(super) fn new(shards: impl IntoIterator<Item = usize>) -> Self {
        Reader { shards: shards.into_iter().collect(), cut: None, next: 0 }
    }

    /// Fills `block` with what comes next; `None` at the end, and between shards where the run is to
    /// stop. Where the source panics, the rest of its shard is lost and counts as one failed input.
    pub(super) fn next(
        &mut self,
        pipeline: &Pipeline,
        source: &dyn AnySource,
        stop: &Stop<'_>,
        block: &mut Block,
    ) -> Option<Read> {
        let number = *self.shards.front()?;
        if self.cut.is_none() && stop.is_asked() {
            return None;
        }
        block.clear();
        let begins = self.cut.is_none();
        let shard = pipeline.shards.get(number)?;
        let cut = &mut self.cut;
        let filled = contain(|| {
            cut.get_or_insert_with(|| source.cut(shard, pipeline.run.max_document)).next(block)
        });
        if let Err(panic) = &filled {
            let begun = block.pieces.last().map(|piece| piece.uri.clone());
            let first = || Arc::from(shard.inputs.first().map_or("", |input| &input.uri));
            block.clear();
            let error =
                format!("the source panicked: {panic}; this block and what follows are lost");
            block.fail(&begun.unwrap_or_else(first), 0, "", error);
            self.cut = Some(Box::new(Nothing));
        }
        let ends = filled == Ok(false);
        if ends {
            block.clear();
            self.cut = None;
            self.shards.pop_front();
        }
        self.next += 1;
        Some(Read { number: self.next - 1, shard: number, begins, ends })
    }
}

/// A shard of which no more is read.
struct Nothing;

impl Cut for Nothing {
    fn next(&mut self, _: &mut Block) -> bool {
        false
    }
}
