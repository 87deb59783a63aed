//! How far a run is, as a line of JSON.

use std::time::Duration;

use docmill_core::engine::{ComponentReport, Progress, Totals};
use serde::Serialize;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    Running,
    /// It came to its end.
    Done,
    /// A signal stopped it.
    Stopped,
    /// It broke off.
    Failed,
}

/// What is called the same here and in `run.json` is the same.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    docmill: &'a str,
    event: &'a str,
    state: State,
    /// Since the run began.
    seconds: f64,
    /// Seconds until the inputs are read.
    eta: Option<f64>,
    documents: Totals,
    bytes: u64,
    stored_bytes: u64,
    stored_bytes_before: u64,
    stored_bytes_in_all: Option<u64>,
    shards_done: usize,
    shards: usize,
    blocks_waiting: usize,
    cpu_seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory: Option<u64>,
    source: &'a ComponentReport,
    stages: &'a [ComponentReport],
    sinks: &'a [ComponentReport],
}

/// The line, without its end.
pub(crate) fn line(
    progress: &Progress,
    state: State,
    elapsed: Duration,
    left: Option<Duration>,
) -> String {
    let report = &progress.report;
    let line = Line {
        docmill: env!("CARGO_PKG_VERSION"),
        event: "progress",
        state,
        seconds: rounded(elapsed),
        eta: left.map(rounded),
        documents: report.documents,
        bytes: report.bytes,
        stored_bytes: progress.stored,
        stored_bytes_before: progress.stored_before,
        stored_bytes_in_all: progress.stored_in_all,
        shards_done: progress.shards_done,
        shards: progress.shards,
        blocks_waiting: progress.waiting,
        cpu_seconds: report.cpu_seconds,
        peak_memory: report.peak_memory,
        source: &report.source,
        stages: &report.stages,
        sinks: &report.sinks,
    };
    // No map in it has keys that could not be written.
    serde_json::to_string(&line).unwrap_or_default()
}

/// In seconds, to the millisecond.
pub(crate) fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}
