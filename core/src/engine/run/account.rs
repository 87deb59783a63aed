//! The account of a run, and the heads of its outputs.

use std::time::Duration;

use super::{
    Report, RunError, digest, finish as files,
    job::Job,
    ledger::Ledger,
    parts::Parts,
    record::Record,
    tracks::{Track, TrackKind},
};
use crate::engine::{Pipeline, contain::contain_build};

/// The account of these shards of a run.
pub(super) fn account(pipeline: &Pipeline, job: &Job, records: &[Record]) -> Report {
    let empty = Ledger::new(pipeline.stages.len(), pipeline.sinks.len());
    let mut report = Report::of(pipeline, &files::sum(records, empty));
    report.pipeline_digest = digest(pipeline.canonical().as_bytes());
    (report.run, report.shards) = (job.plan.key.clone(), records.len());
    report
}

/// Puts the files of a run in place whose shards are done.
pub(super) fn finish(
    pipeline: &Pipeline,
    tracks: &[Track],
    job: &Job,
    records: &[Record],
    threads: usize,
    elapsed: Duration,
) -> Result<Report, RunError> {
    let mut report = account(pipeline, job, records);
    (report.threads, report.seconds) = (threads, elapsed.as_secs_f64());
    let empty = Ledger::new(pipeline.stages.len(), pipeline.sinks.len());
    let report = balanced(&files::sum(records, empty), report)?;
    files::finish(pipeline, tracks, &job.dir, &job.work, records, report)
}

pub(super) fn balanced(ledger: &Ledger, report: Report) -> Result<Report, RunError> {
    match ledger.balances() {
        true => Ok(report),
        false => Err(RunError::Unbalanced(Box::new(report))),
    }
}

pub(super) fn all_done(todo: &[usize], records: &[Record]) -> bool {
    todo.iter().all(|shard| records.binary_search_by_key(shard, |r| r.shard).is_ok())
}

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
