//! `[run]`: folder, threads, and what becomes of failures.

use std::{num::NonZeroUsize, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Findings, RunSettings,
    max_failed::Failures,
    node::{Entry, Node},
    settings,
    units::Size,
};
use crate::{engine::Code, plugin::schema};

/// How the pipeline is run.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct RunTable {
    /// The folder of outputs, `run.json` and `dead-letters.jsonl`, relative to the working
    /// directory. Default: `out`.
    #[schemars(length(min = 1))]
    dir: String,
    /// Worker threads, from 1 to 1024. Default: as many as there are processors.
    #[schemars(range(min = 1, max = 1024))]
    threads: Option<usize>,
    /// What becomes of the run when a document fails: `dead-letter` sets the document aside and goes
    /// on, `stop` ends the run. Default: `dead-letter`.
    on_error: OnError,
    /// How many documents may fail before the run stops: a number from 0; or a share of all that were read, `"5 %"`,
    /// judged from the 100th document on, after each, and at the end; or a share of the last ones, `"5 % of 1000"`, with
    /// 1 to 1000000 of them. Shares have up to four decimals. A job of `--shard` judges its own documents, and a run
    /// that is resumed begins its last ones anew. Default: any number.
    max_failed: Option<Failures>,
    /// How many documents in a row may cost a stage that runs in a process of its own
    /// (`isolation = "process"`, `use = "command"`) that process before the run stops, from 0. Default: 5.
    max_restarts: u32,
    /// The largest document, in raw bytes or as a string with a unit (`kB`, `MB`, `GB`, `KiB`, `MiB`,
    /// `GiB`), from 1 byte to 1 GiB; a larger one is passed over and counted as failed.
    /// Default: `16 MiB`.
    max_document: Size,
    /// How much input makes a shard, in bytes as stored or as a string with a unit, from 1 byte: a run is put on the
    /// disk a shard at a time, and one that is broken off goes on after the last (`--resume`). A file that is
    /// compressed, or neither of JSON lines nor Parquet, is never divided. Default: `32 MiB`.
    shard: Size,
}

/// What becomes of a run when a document fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnError {
    /// The document goes to the dead letters, the run goes on.
    DeadLetter,
    /// The run stops.
    Stop,
}

impl Default for RunTable {
    fn default() -> Self {
        RunTable {
            dir: "out".to_owned(),
            threads: None,
            on_error: OnError::DeadLetter,
            max_failed: None,
            max_restarts: 5,
            max_document: Size::Bytes(16 << 20),
            shard: Size::Bytes(SHARD),
        }
    }
}

/// How many bytes make a shard, unless a pipeline says otherwise.
pub(super) const SHARD: u64 = 32 << 20;

/// The largest that `max-document` may be, in bytes. Places in a document are 32 bits wide, and text
/// can be three times as long as the bytes it was decoded from.
const MAX_DOCUMENT: u64 = 1 << 30;

/// The settings; where some are wrong, the defaults.
pub(super) fn read(table: Option<&Entry>, findings: &mut Findings) -> RunSettings {
    let values = table.and_then(|table| checked(&table.value, findings)).unwrap_or_default();
    let max_document = values.max_document.bytes().and_then(|bytes| match bytes {
        1..=MAX_DOCUMENT => Ok(bytes),
        _ => Err(format!("`max-document` must be from 1 byte to 1 GiB, and this is {bytes}")),
    });
    if let (Err(message), Some(table)) = (&max_document, table) {
        findings
            .at(Code::BadValue, &table.value.at("/max-document").place, message)
            .help("write bytes, or a whole number and a unit up to 1 GiB: \"16 MiB\"");
    }
    let shard = values.shard.bytes().and_then(|bytes| match bytes {
        0 => Err("`shard` must be at least 1 byte".to_owned()),
        _ => Ok(bytes),
    });
    if let (Err(message), Some(table)) = (&shard, table) {
        findings
            .at(Code::BadValue, &table.value.at("/shard").place, message)
            .help("write bytes, or a whole number and a unit: \"32 MiB\"");
    }
    let max_failed = values.max_failed.map(|failures| failures.allowed()).transpose();
    if let (Err(message), Some(table)) = (&max_failed, table) {
        findings
            .at(Code::BadValue, &table.value.at("/max-failed").place, message)
            .help("write a number, or a share: 100, \"5 %\", \"5 % of 1000\"");
    }
    RunSettings {
        dir: Some(PathBuf::from(values.dir)),
        threads: values.threads.and_then(NonZeroUsize::new),
        on_error: values.on_error,
        max_failed: max_failed.unwrap_or_default(),
        max_restarts: values.max_restarts,
        max_document: max_document.map_or(16 << 20, |bytes| bytes as usize),
        shard: shard.unwrap_or(SHARD),
    }
}

fn checked(table: &Node, findings: &mut Findings) -> Option<RunTable> {
    if table.table().is_none() {
        let message = format!("`run` is a table, and this is {}", table.kind());
        findings
            .at(Code::WrongType, &table.place, message)
            .help("write [run] on a line of its own, and its settings below");
        return None;
    }
    let schema = schema::<RunTable>();
    settings::check(table, &schema, "[run]", findings);
    RunTable::deserialize(settings::mended(table, &schema)).ok()
}
