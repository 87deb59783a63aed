//! What stands at the head of outputs: a byte order mark, the names of columns.

use super::{
    RunError,
    parts::Parts,
    tracks::{Track, TrackKind},
};
use crate::engine::{Pipeline, contain::contain_build};

/// Writes what stands at the head of outputs that are joined of their parts.
pub(super) fn write_heads(
    pipeline: &Pipeline,
    tracks: &[Track],
    parts: &mut Parts,
) -> Result<(), RunError> {
    for (at, track) in tracks.iter().enumerate() {
        if let TrackKind::Output { sink, output, merged: false } = track.kind {
            parts.write_head(at, &head(pipeline, sink, output)?)?;
        }
    }
    Ok(())
}

/// What stands at the head of an output.
pub(super) fn head(pipeline: &Pipeline, sink: usize, output: usize) -> Result<Vec<u8>, RunError> {
    let part = &pipeline.sinks[sink];
    let instance = part.instance()?;
    let mut bytes = Vec::new();
    contain_build(|| {
        instance.header(output, &mut bytes);
        Ok(())
    })?;
    part.give_back(instance);
    Ok(bytes)
}
