//! `--input` and `--output`: another source, another folder, another sink.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{component_mut, components, paths, put, table_named};
use crate::engine::{
    Kind, Registry,
    pipeline::{
        Findings, Place,
        node::{Entry, Form, Node, Table},
    },
};

pub(super) fn input(
    root: &mut Table,
    registry: &Registry,
    typed: &[String],
    findings: &mut Findings,
) -> bool {
    let (argument, places) = arguments("--input", typed);
    let own = components(root).find(|(kind, ..)| *kind == Kind::Source).map(|(.., name)| name);
    let source = paths::source(registry, own.as_deref(), typed, &places, findings);
    let Some(offered) = source.and_then(|source| registry.source(source)) else { return false };
    let source = offered.entry.name;
    let settings = (offered.entry.settings_for)(typed);
    let whole = Place { span: 0..argument.len(), argument: Some(argument) };
    let place_of = |text: &str| {
        typed.iter().position(|typed| typed == text).and_then(|at| places.get(at)).cloned()
    };
    let new = component(source, &settings, &whole, &place_of);
    let old = match root.get("source").map(|entry| &entry.value) {
        Some(Node { form: Form::Table(old), .. }) if own.as_deref() == Some(source) => {
            Some(old.clone())
        }
        _ => None,
    };
    replace(root, "source", Node { form: Form::Table(merged(old, new)), place: whole });
    true
}

pub(super) fn output(root: &mut Table, registry: &Registry, typed: &str, findings: &mut Findings) {
    let (argument, places) = arguments("--output", &[typed.to_owned()]);
    let whole = Place { span: 0..argument.len(), argument: Some(argument) };
    let Some(place) = places.first() else { return };
    let (dir, file) = paths::output(typed);
    if let Some(run) = table_named(root, "run", place) {
        let dir = Node { form: Form::Text(dir), place: place.clone() };
        put(run, &[("dir".to_owned(), place.clone())], dir);
    }
    let Some(file) = file else { return };
    let Some(sink) = paths::sink(registry, &file, place, findings) else { return };
    let Some(offered) = registry.sink(sink) else { return };
    let settings = (offered.entry.settings_for)(&file);
    let new = component(sink, &settings, &whole, &|_| Some(place.clone()));
    let own = components(root).find(|(kind, _, _, of)| *kind == Kind::Sink && of == sink);
    let old = own.and_then(|(kind, at, ..)| component_mut(root, kind, at).cloned());
    let node = Node { form: Form::Table(merged(old, new)), place: whole.clone() };
    replace(root, "sink", Node { form: Form::List(vec![node]), place: whole });
}

/// One line of all the values of a flag, and the place of each in it.
fn arguments(flag: &str, values: &[String]) -> (Arc<str>, Vec<Place>) {
    let mut line = flag.to_owned();
    let mut spans = Vec::new();
    for value in values {
        line.push(' ');
        spans.push(line.len()..line.len() + value.len());
        line.push_str(value);
    }
    let line: Arc<str> = line.into();
    let place = |span| Place { argument: Some(line.clone()), span };
    let places = spans.into_iter().map(place).collect();
    (line, places)
}

/// The table of a component with these settings; strings that `place_of` knows get their own place.
fn component(
    name: &str,
    settings: &Json,
    whole: &Place,
    place_of: &dyn Fn(&str) -> Option<Place>,
) -> Table {
    fn locate(node: &mut Node, place_of: &dyn Fn(&str) -> Option<Place>) {
        match &mut node.form {
            Form::Text(text) => {
                if let Some(place) = place_of(text) {
                    node.place = place;
                }
            }
            Form::List(nodes) => nodes.iter_mut().for_each(|node| locate(node, place_of)),
            Form::Table(table) => {
                table.entries.iter_mut().for_each(|entry| locate(&mut entry.value, place_of));
            }
            Form::Number(_) | Form::Bool(_) | Form::Refused => {}
        }
    }
    let mut node = Node::of_json(settings, whole);
    locate(&mut node, place_of);
    let mut table = match node.form {
        Form::Table(table) => table,
        _ => Table::default(),
    };
    let value = Node { form: Form::Text(name.to_owned()), place: whole.clone() };
    table.entries.insert(0, Entry { key: "use".to_owned(), place: whole.clone(), value });
    table
}

/// `old` with the entries of `new` in place of its own.
fn merged(old: Option<Table>, new: Table) -> Table {
    let mut table = old.unwrap_or_default();
    table.entries.retain(|entry| new.get(&entry.key).is_none());
    table.entries.extend(new.entries);
    table
}

fn replace(root: &mut Table, key: &str, value: Node) {
    root.entries.retain(|entry| entry.key != key);
    let place = value.place.clone();
    root.entries.push(Entry { key: key.to_owned(), place, value });
}
