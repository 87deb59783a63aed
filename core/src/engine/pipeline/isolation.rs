//! `isolation`, `timeout` and `memory`: whether a stage runs in a process of its own, and what it is held to there.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Findings,
    node::{Form, Node, Table},
    settings,
    units::{Size, time},
};
use crate::{
    engine::Code,
    plugin::{Limits, schema},
};

/// Keys that every `[[stage]]` can have beside its settings.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
#[derive(Default)]
pub(crate) struct StageTable {
    /// Where the stage runs. Default: that of its `[[plugin]]`, else `none`.
    isolation: Option<Isolation>,
    /// How long a stage in a process of its own may take over one document: a whole number with a unit (`ms`, `s`,
    /// `min`, `h`), from 1 ms to 24 h. A document that takes longer fails. Default: `60 s`.
    timeout: Option<String>,
    /// How much resident memory the process of a stage may use: bytes, or a whole number with a unit (`MB`, `GB`, `MiB`, `GiB`),
    /// from 1 MiB. A document over which it uses more fails. Watched on Linux alone. Default: any amount.
    memory: Option<Size>,
}

/// Where a stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Isolation {
    /// In docmill's own process: fast, and trusted.
    None,
    /// In a worker process for each thread: a crash, or what breaks a limit, costs one document.
    Process,
}

/// The keys that [`StageTable`] reads.
pub(super) const KEYS: [&str; 3] = ["isolation", "timeout", "memory"];

/// What the keys ask for: the limits of a process of its own; `None` where there is to be none.
///
/// `outside` says that the stage has its own process by its nature, `usual` where it runs if its table does not say.
pub(super) fn read(
    node: &Node,
    table: &Table,
    outside: bool,
    usual: Isolation,
    findings: &mut Findings,
) -> Option<Limits> {
    let entries = table.entries.iter().filter(|entry| {
        // Quotes alone, the usual help for a number in the place of a string, make no time of it.
        let bare = entry.key == "timeout" && matches!(entry.value.form, Form::Number(_));
        if bare {
            findings
                .at(Code::WrongType, &entry.value.place, "a time needs a unit")
                .help(format!("write timeout = \"{} s\"", entry.value.json()));
        }
        KEYS.contains(&entry.key.as_str()) && !bare
    });
    let form = Form::Table(Table { entries: entries.cloned().collect() });
    let keys = Node { place: node.place.clone(), form };
    let schema = schema::<StageTable>();
    settings::check(&keys, &schema, "a stage", findings);
    let values = StageTable::deserialize(settings::mended(&keys, &schema)).unwrap_or_default();
    let mut limits = Limits::default();
    if let Some(text) = &values.timeout {
        match time(text) {
            Some(time) if (Duration::from_millis(1)..=LONGEST).contains(&time) => {
                limits.timeout = time
            }
            found => {
                let message = match found {
                    Some(_) => format!("`timeout` must be from 1 ms to 24 h, and this is {text}"),
                    None => format!("\"{text}\" is not a time"),
                };
                findings
                    .at(Code::BadValue, &keys.at("/timeout").place, message)
                    .help("write a whole number and a unit: \"500 ms\", \"10 s\", \"2 min\"");
            }
        }
    }
    if let Some(size) = &values.memory {
        let bytes = size.bytes().and_then(|bytes| match bytes {
            LEAST.. => Ok(bytes),
            _ => Err(format!("`memory` must be at least 1 MiB, and this is {bytes} bytes")),
        });
        match bytes {
            Ok(bytes) => limits.memory = Some(bytes),
            Err(message) => {
                findings
                    .at(Code::BadValue, &keys.at("/memory").place, message)
                    .help("write a whole number and a unit: \"512 MiB\", \"2 GiB\"");
            }
        }
    }
    match values.isolation {
        Some(Isolation::None) if outside => {
            findings
                .at(
                    Code::BadValue,
                    &keys.at("/isolation").place,
                    "this stage always runs in a process of its own",
                )
                .help("take it out");
        }
        given if outside || given.unwrap_or(usual) == Isolation::Process => return Some(limits),
        _ => {}
    }
    for key in ["timeout", "memory"] {
        if let Some(entry) = table.get(key).filter(|_| !outside) {
            findings
                .at(
                    Code::UnknownKey,
                    &entry.place,
                    format!("`{key}` holds nothing back in docmill's own process"),
                )
                .label("means nothing here")
                .help("add isolation = \"process\", or take it out");
        }
    }
    None
}

const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const LEAST: u64 = 1 << 20;
