//! `[[plugin]]`: libraries whose components a pipeline uses beside the built-in ones.

use std::{borrow::Cow, path::Path};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Findings, node::Node, settings};
use crate::{
    engine::{Code, Lock, Pin, Registry, load},
    plugin::schema,
};

/// A library with components of one's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PluginTable {
    /// The library's file, relative to the working directory.
    #[schemars(length(min = 1))]
    path: String,
    /// The SHA-256 of the file, 64 hexadecimal digits; another file is refused. `docmill lock` writes down
    /// all of them at once. Default: any.
    sha256: Option<String>,
}

/// The registry with the components of these libraries. What cannot be used is reported.
pub(super) fn read<'r>(
    tables: &[&Node],
    registry: &'r Registry,
    lock: Option<&Lock>,
    findings: &mut Findings,
) -> Cow<'r, Registry> {
    let schema = schema::<PluginTable>();
    let mut registry = Cow::Borrowed(registry);
    for node in tables {
        let before = findings.list.len();
        settings::check(node, &schema, "[[plugin]]", findings);
        let table = PluginTable::deserialize(node.json());
        let Some(table) = table.ok().filter(|_| findings.list.len() == before) else { continue };
        let pin = table.sha256.as_deref().map(|sha256| Pin::new(sha256, "the pipeline"));
        if pin == Some(None) {
            findings
                .at(Code::BadValue, &node.at("/sha256").place, "this is not a SHA-256")
                .help("write the 64 hexadecimal digits that `sha256sum` prints");
            continue;
        }
        let place = &node.at("/path").place;
        let pin = pin.flatten().or_else(|| lock?.pin(&table.path));
        let plugin = match load(Path::new(&table.path), pin.as_ref()) {
            Ok(plugin) => plugin,
            Err(refusal) => {
                let (said, help) = refusal.told();
                findings.at(refusal.code(), place, said).help(help);
                continue;
            }
        };
        match registry.with(plugin) {
            Ok(more) => registry = Cow::Owned(more),
            Err(error) => {
                findings
                    .at(Code::PluginRefused, place, error.to_string())
                    .help("take one of the two out of the pipeline");
            }
        }
    }
    registry
}
