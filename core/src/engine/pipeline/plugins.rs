//! `[[plugin]]`: libraries whose components a pipeline uses beside the built-in ones.

use std::{borrow::Cow, fs::File, path::Path};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Findings, isolation::Isolation, node::Node, settings};
use crate::{
    Plugin,
    engine::{
        Code, Lock, Pin, Refusal, Registry, chain,
        doors::process::{self, Program},
        load,
    },
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
    /// Where its code runs. With `process` no code of it ever runs in docmill's own process: what it offers, its
    /// contracts and its components are all asked of workers. Default: `none`.
    #[serde(default)]
    isolation: Option<Isolation>,
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
    let before_all = findings.list.len();
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
        let path = Path::new(&table.path);
        let loaded = match table.isolation {
            Some(Isolation::Process) => isolated(path, pin.as_ref(), &registry),
            Some(Isolation::None) | None => load(path, pin.as_ref()).map_err(|refusal| {
                let (said, help) = refusal.told();
                (refusal.code(), said, help)
            }),
        };
        let plugin = match loaded {
            Ok(plugin) => plugin,
            Err((code, said, help)) => {
                findings.at(code, place, said).help(help);
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
    if findings.list.len() > before_all {
        registry.to_mut().incomplete = true;
    }
    registry
}

/// A library's plugin, which workers alone load. An error is a code, what is wrong, and what to do.
fn isolated(
    path: &Path,
    pin: Option<&Pin>,
    registry: &Registry,
) -> Result<Plugin, (Code, String, String)> {
    if let Err(source) = File::open(path) {
        let refusal = Refusal::Unreadable { path: path.to_owned(), source };
        let (said, help) = refusal.told();
        return Err((refusal.code(), said, help));
    }
    let Some(worker) = registry.worker() else {
        let said = "this program starts no worker processes".to_owned();
        return Err((Code::PluginRefused, said, "take out `isolation`".to_owned()));
    };
    let program = Program::of_library(worker, path.to_owned(), pin);
    process::plugin(&program).map_err(|error| {
        let text = chain(&error);
        let (said, help) = text.rsplit_once("; ").unwrap_or((&text, "report it to its author"));
        (Code::PluginRefused, said.to_owned(), help.to_owned())
    })
}
