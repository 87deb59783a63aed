//! What a run did: the table at its end, and `run.json`.

use serde::{Deserialize, Serialize};

use super::ledger::{Entry, Ledger};
use crate::engine::{Pipeline, pipeline::Part};

/// The account of a run. Written to `run.json`; its threads, times and memory are the only things in a
/// run's folder that differ between two runs of the same pipeline over the same input.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Report {
    /// The version of docmill.
    pub docmill: String,
    /// The pipeline's name.
    pub pipeline: String,
    /// `sha256:` and the digest of the checked pipeline: components, settings, plugin versions.
    pub pipeline_digest: String,
    /// Names the run: sixteen hexadecimal digits made of pipeline, plugins, the files that settings name, and inputs.
    /// Empty of a run to a stream.
    pub run: String,
    /// How many shards it has. A run of one job of several accounts for that one's alone.
    pub shards: usize,
    /// How often documents that failed were retried.
    pub retries: u32,
    /// The plugins whose components it uses.
    pub plugins: Vec<PluginReport>,
    /// Worker threads.
    pub threads: usize,
    /// in = written + dropped + failed.
    pub documents: Totals,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// What the source did.
    pub source: ComponentReport,
    /// What each stage did, in order.
    pub stages: Vec<ComponentReport>,
    /// What each sink did, in order.
    pub sinks: Vec<ComponentReport>,
    /// The files written, below the run's folder.
    pub outputs: Vec<OutputReport>,
    /// Seconds from start to end.
    pub seconds: f64,
    /// Seconds of processor time of all workers.
    pub cpu_seconds: f64,
    /// The most memory that the process has used so far, in bytes; known on Linux only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory: Option<u64>,
}

/// A plugin, as it took part in a run.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PluginReport {
    /// Its crate.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The library that it was loaded from; left out of one that is built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `sha256:` and 64 hexadecimal digits, of the library's bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// The fates of all documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Totals {
    /// Read by the source, or failed to be.
    #[serde(rename = "in")]
    pub read: u64,
    /// Made by stages out of others. No stage can, yet.
    pub made: u64,
    /// Left the last stage and were encoded by every sink.
    pub written: u64,
    /// Dropped by a stage.
    pub dropped: u64,
    /// Failed in the source, a stage or a sink.
    pub failed: u64,
}

/// What one component did.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ComponentReport {
    /// Its name in the pipeline.
    pub name: String,
    /// The component.
    #[serde(rename = "use")]
    pub component: String,
    /// Documents that came in.
    #[serde(rename = "in")]
    pub read: u64,
    /// Documents that went on.
    pub kept: u64,
    /// Documents dropped, by reason.
    pub dropped: std::collections::BTreeMap<String, u64>,
    /// Documents that failed here.
    pub failed: u64,
    /// Bytes of text that came in; of a sink, bytes that it wrote.
    pub bytes: u64,
    /// How many documents cost its process its life, each time to be started again; only of a stage that runs in
    /// a process of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restarts: Option<u64>,
    /// Seconds of processor time: the component's share of its blocks' wall time, times their
    /// processor time.
    pub cpu_seconds: f64,
}

/// A file that a run wrote.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct OutputReport {
    /// Below the run's folder.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Report {
    pub(super) fn of(pipeline: &Pipeline, ledger: &Ledger) -> Self {
        let mut plugins: Vec<_> =
            pipeline.components().map(|p| (p.plugin, p.version, p.library, p.digest)).collect();
        plugins.sort_unstable();
        plugins.dedup();
        let named = plugins.into_iter().map(|(name, version, library, digest)| PluginReport {
            name: name.to_owned(),
            version: version.to_owned(),
            path: library.map(|path| path.display().to_string()),
            digest: digest.map(str::to_owned),
        });
        Report {
            docmill: env!("CARGO_PKG_VERSION").to_owned(),
            pipeline: pipeline.name().to_owned(),
            plugins: named.collect(),
            documents: Totals::of(ledger),
            bytes: ledger.bytes,
            source: ComponentReport::of(&pipeline.source, &ledger.source),
            stages: pipeline
                .stages
                .iter()
                .zip(&ledger.stages)
                .map(|(part, entry)| ComponentReport::of(part, entry))
                .collect(),
            sinks: pipeline
                .sinks
                .iter()
                .zip(&ledger.sinks)
                .map(|(part, entry)| ComponentReport::of(part, entry))
                .collect(),
            cpu_seconds: ledger.cpu.as_secs_f64(),
            peak_memory: peak_memory(),
            ..Report::default()
        }
    }

    /// As `run.json` holds it.
    pub fn to_json(&self) -> Vec<u8> {
        // Nothing in a report can fail to be written: no maps but of strings, no foreign types.
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

impl Totals {
    pub(super) fn of(ledger: &Ledger) -> Self {
        Totals {
            read: ledger.read(),
            made: 0,
            written: ledger.written,
            dropped: ledger.dropped(),
            failed: ledger.failed(),
        }
    }
}

impl ComponentReport {
    fn of<C, B: ?Sized>(part: &Part<C, B>, entry: &Entry) -> Self {
        ComponentReport::named(&part.name, part.component, entry)
    }

    /// What the component of this name did.
    pub(super) fn named(name: &str, component: &str, entry: &Entry) -> Self {
        ComponentReport {
            name: name.to_owned(),
            component: component.to_owned(),
            read: entry.read,
            kept: entry.kept(),
            dropped: entry.dropped.clone(),
            failed: entry.failed,
            bytes: entry.bytes,
            restarts: entry.restarts,
            cpu_seconds: entry.time.as_secs_f64(),
        }
    }
}

/// The peak of the process's resident memory, as Linux counts it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
