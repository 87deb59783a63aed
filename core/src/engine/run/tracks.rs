//! What a run writes, side by side: the outputs of its sinks, dead letters, dropped documents, and the notes of
//! stages that remember.

use super::{DEAD_LETTERS_FILE, DROPPED_FILE};
use crate::engine::Pipeline;

/// One of the files that grow while a run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Track {
    pub(super) kind: TrackKind,
    /// Below the run's folder; `None` of what is not put there.
    pub(super) path: Option<String>,
}

/// What a track holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TrackKind {
    /// An output of a sink, by its place among the sinks and among that one's outputs. `merged`: the sink makes it
    /// of what was encoded; else what was encoded is the file.
    Output { sink: usize, output: usize, merged: bool },
    /// Documents that failed.
    DeadLetters,
    /// Documents that were dropped.
    Dropped,
    /// What the stage at this place noted of documents, for its memory.
    Notes { stage: usize },
}

impl Track {
    pub(super) fn is_merged(&self) -> bool {
        matches!(self.kind, TrackKind::Output { merged: true, .. })
    }
}

/// The tracks of a pipeline: outputs in the order of the plan, then the engine's own. `memories` are the places of
/// the stages that remember.
pub(super) fn of(pipeline: &Pipeline, memories: &[usize]) -> Vec<Track> {
    let mut tracks = Vec::new();
    for (sink, part) in pipeline.sinks.iter().enumerate() {
        for (output, declared) in part.contract.outputs.iter().enumerate() {
            let kind = TrackKind::Output { sink, output, merged: declared.merged };
            tracks.push(Track { kind, path: Some(declared.path.clone()) });
        }
    }
    let own = [(TrackKind::DeadLetters, DEAD_LETTERS_FILE), (TrackKind::Dropped, DROPPED_FILE)];
    tracks.extend(own.map(|(kind, path)| Track { kind, path: Some(path.to_owned()) }));
    tracks.extend(
        memories.iter().map(|&stage| Track { kind: TrackKind::Notes { stage }, path: None }),
    );
    tracks
}
