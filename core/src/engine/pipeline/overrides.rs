//! What the command line changes in a pipeline file: `--set`, `--input`, `--output`.
//!
//! Changes are made to the file's tables before these are checked, and each remembers the argument
//! it came from, so a wrong one is reported like a mistake in the file.

mod paths;
mod replace;
mod set;

use std::{num::NonZeroUsize, path::PathBuf};

use super::{
    Findings, Place,
    node::{Entry, Form, Node, Table},
};
use crate::engine::{Kind, Lock, Registry};

/// What the command line changes in a pipeline file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The pipeline file's own path, which no output may overwrite.
    pub file: Option<PathBuf>,
    /// `--set NAME.KEY=VALUE`, each as typed. NAME is a component's name in the pipeline, `source` or
    /// `run`; VALUE is a TOML value, or else taken as a string.
    pub set: Vec<String>,
    /// `--input`: files, folders, globs or `-` that take the place of the source's.
    pub input: Vec<String>,
    /// `--output`: a folder takes the place of `[run] dir`; a file or `-` that of the sinks too.
    pub output: Option<String>,
    /// `--threads`.
    pub threads: Option<NonZeroUsize>,
    /// `--locked`: the libraries that plugins are loaded from must have the hashes that stand here.
    pub lock: Option<Lock>,
    /// Leaves inputs alone, so that a pipeline can be tested where its inputs are not.
    pub without_inputs: bool,
}

/// Makes the changes. `false` where `--input` means nothing, so that what the file itself names is
/// not what will be read.
pub(super) fn apply(
    root: &mut Table,
    registry: &Registry,
    overrides: &Overrides,
    findings: &mut Findings,
) -> bool {
    let input =
        overrides.input.is_empty() || replace::input(root, registry, &overrides.input, findings);
    if let Some(output) = &overrides.output {
        replace::output(root, registry, output, findings);
    }
    for typed in &overrides.set {
        set::set(root, registry, typed, findings);
    }
    input
}

/// The components of the file: kind, place within the kind, name, component.
fn components(root: &Table) -> impl Iterator<Item = (Kind, usize, String, String)> {
    Kind::ALL.into_iter().flat_map(|kind| {
        let nodes = match root.get(kind.name()).map(|entry| &entry.value) {
            Some(Node { form: Form::List(nodes), .. }) => nodes.iter().collect(),
            Some(node) => vec![node],
            None => Vec::new(),
        };
        nodes.into_iter().enumerate().filter_map(move |(at, node)| {
            let text = |key| node.table()?.get(key)?.value.text();
            let component = text("use")?;
            Some((kind, at, text("name").unwrap_or(component).to_owned(), component.to_owned()))
        })
    })
}

fn component_mut(root: &mut Table, kind: Kind, at: usize) -> Option<&mut Table> {
    let node = match &mut root.get_mut(kind.name())?.value {
        Node { form: Form::List(nodes), .. } => nodes.get_mut(at)?,
        node => node,
    };
    match &mut node.form {
        Form::Table(table) => Some(table),
        _ => None,
    }
}

/// A table at the top of the file, made where there is none; `None` where the file has something
/// else under that name, which is reported when it is read.
fn table_named<'r>(root: &'r mut Table, key: &str, place: &Place) -> Option<&'r mut Table> {
    if root.get(key).is_none() {
        root.entries.push(Entry {
            key: key.to_owned(),
            place: place.clone(),
            value: Node { form: Form::Table(Table::default()), place: place.clone() },
        });
    }
    match &mut root.get_mut(key)?.value.form {
        Form::Table(table) => Some(table),
        _ => None,
    }
}

/// Puts a value at a path of keys, making tables on the way.
fn put(table: &mut Table, keys: &[(String, Place)], value: Node) {
    let [(key, place), rest @ ..] = keys else { return };
    let at =
        table.entries.iter().position(|entry| entry.key == *key).unwrap_or(table.entries.len());
    if at == table.entries.len() {
        let made = Node { form: Form::Table(Table::default()), place: place.clone() };
        table.entries.push(Entry { key: key.clone(), place: place.clone(), value: made });
    }
    let Some(entry) = table.entries.get_mut(at) else { return };
    entry.place = place.clone();
    if rest.is_empty() {
        entry.value = value;
        return;
    }
    if entry.value.table().is_none() {
        entry.value = Node { form: Form::Table(Table::default()), place: place.clone() };
    }
    if let Form::Table(table) = &mut entry.value.form {
        put(table, rest, value);
    }
}

/// Whether the output goes to standard output.
pub(super) fn to_stdout(overrides: &Overrides) -> bool {
    overrides.output.as_deref() == Some("-")
}
