//! The account of a run.

use std::time::Duration;

use super::{
    Report, RunError, digest, finish as files, job::Job, ledger::Ledger, record::Record,
    tracks::Track,
};
use crate::engine::Pipeline;

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
