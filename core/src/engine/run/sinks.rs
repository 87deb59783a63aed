//! The sinks of a pipeline, at work on one document after another, and on what they wrote of a block.

use std::time::Instant;

use super::{clock::lap, done::Done};
use crate::{
    BuildError, DocumentBuf, DocumentError, SinkContract,
    engine::{Pipeline, contain::contain, pipeline::Part},
    plugin::AnySink,
};

/// An instance of each sink.
pub(super) struct Sinks<'p> {
    planned: &'p [Part<SinkContract, dyn AnySink>],
    /// `None` where one panicked and is to be built anew.
    instances: Vec<Option<Box<dyn AnySink>>>,
    /// What is packed, before it takes the place of what was encoded.
    packed: Vec<u8>,
}

impl<'p> Sinks<'p> {
    /// Builds them.
    pub(super) fn of(pipeline: &'p Pipeline) -> Result<Self, BuildError> {
        let planned = &pipeline.sinks;
        let instances = planned.iter().map(|part| part.instance().map(Some));
        let instances = instances.collect::<Result<_, _>>()?;
        Ok(Sinks { planned, instances, packed: Vec::new() })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.planned.len()
    }

    /// Has all encode a document. Where one cannot, none has: its place among them, and why.
    pub(super) fn encode(
        &mut self,
        document: &DocumentBuf,
        done: &mut Done,
        since: &mut Instant,
    ) -> Result<(), (usize, DocumentError)> {
        let before: Vec<usize> = done.outputs.iter().map(Vec::len).collect();
        let mut rest = &mut done.outputs[..];
        for (at, (sink, planned)) in self.instances.iter_mut().zip(self.planned).enumerate() {
            let (outputs, others) = rest.split_at_mut(planned.contract.outputs.len());
            rest = others;
            let encoded = encode(sink, planned, document, outputs);
            done.ledger.sinks[at].time += lap(since);
            done.laps.end(1 + done.ledger.stages.len() + at);
            if let Err(error) = encoded {
                done.ledger.sinks[at].read += 1;
                done.ledger.sinks[at].failed += 1;
                for (output, len) in done.outputs.iter_mut().zip(before) {
                    output.truncate(len);
                }
                return Err((at, error));
            }
        }
        let grown = done.outputs.iter().zip(&before);
        let mut grown = grown.map(|(output, len)| output.len().saturating_sub(*len) as u64);
        for (entry, planned) in done.ledger.sinks.iter_mut().zip(self.planned) {
            entry.read += 1;
            entry.bytes += grown.by_ref().take(planned.contract.outputs.len()).sum::<u64>();
        }
        done.ledger.written += 1;
        Ok(())
    }

    /// Has them pack what they encoded of a block.
    pub(super) fn pack(&mut self, done: &mut Done, since: &mut Instant) {
        let complete = done.failures.is_empty();
        done.laps.skip();
        let mut encoded = done.outputs.iter_mut();
        for (at, (sink, planned)) in self.instances.iter_mut().zip(self.planned).enumerate() {
            let outputs = planned.contract.outputs.iter().enumerate();
            for ((output, declared), encoded) in outputs.zip(encoded.by_ref()) {
                let nothing = encoded.is_empty() && complete;
                let Some(instance) = sink.as_mut().filter(|_| declared.merged && !nothing) else {
                    continue;
                };
                self.packed.clear();
                let packed = &mut self.packed;
                match contain(|| instance.pack(output, encoded, complete, packed)) {
                    Ok(true) => std::mem::swap(encoded, &mut self.packed),
                    Ok(false) => {}
                    // What was encoded is as good as it was.
                    Err(_) => *sink = None,
                }
            }
            done.ledger.sinks[at].time += lap(since);
            done.laps.end_block(1 + done.ledger.stages.len() + at);
        }
    }

    /// One huge document must not hold its memory for the rest of the run.
    pub(super) fn trim(&mut self, kept: usize) {
        if self.packed.capacity() > kept {
            self.packed = Vec::new();
        }
    }
}

fn encode(
    sink: &mut Option<Box<dyn AnySink>>,
    planned: &Part<SinkContract, dyn AnySink>,
    document: &DocumentBuf,
    outputs: &mut [Vec<u8>],
) -> Result<(), DocumentError> {
    let instance = match &mut *sink {
        Some(instance) => instance,
        gone => gone.insert(planned.instance().map_err(|error| {
            DocumentError::because("the sink panicked before and cannot be built again", error)
        })?),
    };
    contain(|| instance.encode(&document.view(), outputs)).unwrap_or_else(|panic| {
        *sink = None;
        Err(DocumentError::new(format!(
            "the sink panicked: {panic}; report it to the plugin's author"
        )))
    })
}
