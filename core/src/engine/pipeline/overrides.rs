//! What the command line changes in a pipeline file: `--set`, `--input`, `--output`.
//!
//! Changes are made to the file's tables before these are checked, and each remembers the argument
//! it came from, so a wrong one is reported like a mistake in the file.

use std::{path::Path, sync::Arc};

use serde_json::Value as Json;
use toml::de::DeTable;

use super::{
    Findings, Overrides, Place,
    node::{Entry, Form, Node, Table},
    paths,
};
use crate::engine::{
    Code, Kind, Registry,
    registry::{RESERVED_KEYS, nearest},
};

/// Makes the changes. `false` where `--input` means nothing, so that what the file itself names is
/// not what will be read.
pub(super) fn apply(
    root: &mut Table,
    registry: &Registry,
    overrides: &Overrides,
    findings: &mut Findings,
) -> bool {
    let input = overrides.input.is_empty() || input(root, registry, &overrides.input, findings);
    if let Some(output) = &overrides.output {
        self::output(root, registry, output, findings);
    }
    for set in &overrides.set {
        self::set(root, registry, set, findings);
    }
    input
}

/// A change of one setting.
struct Setting {
    /// NAME and the parts of KEY.
    path: Vec<(String, Place)>,
    value: Node,
}

fn set(root: &mut Table, registry: &Registry, typed: &str, findings: &mut Findings) {
    const FLAG: &str = "--set ";
    let argument: Arc<str> = format!("{FLAG}{typed}").into();
    let whole = Place { span: FLAG.len()..argument.len(), argument: Some(argument) };
    let Some(setting) = parse(&whole, FLAG.len(), typed, findings) else {
        findings
            .at(Code::BadArgument, &whole, "this is not NAME.KEY=VALUE")
            .help("write a component's name, a dot, the setting, an equals sign and the value");
        return;
    };
    let [(name, name_place), keys @ ..] = setting.path.as_slice() else { return };
    let Some(table) = table_of(root, registry, name, name_place, keys, findings) else { return };
    put(table, keys, setting.value);
}

/// Reads NAME.KEY=VALUE as the line of TOML that it mostly is; a value that is not TOML is a string.
fn parse(whole: &Place, offset: usize, typed: &str, findings: &mut Findings) -> Option<Setting> {
    // Blanks in the flag's place, so that positions are those of the whole argument.
    let line = format!("{}{typed}", " ".repeat(offset));
    let one_setting = |line: &str, findings: &mut Findings| {
        let parsed = DeTable::parse(line).ok()?;
        let mut table = Table::read(parsed.get_ref(), whole.argument.as_ref(), findings);
        let mut path = Vec::new();
        loop {
            let [Entry { key, place, value }] = <[Entry; 1]>::try_from(table.entries).ok()?;
            let inner = value.place == place;
            path.push((key, place));
            match value.form {
                // The table of a dotted key stands where its key does.
                Form::Table(next) if inner => table = next,
                form => return Some(Setting { path, value: Node { form, place: value.place } }),
            }
        }
    };
    let setting = match one_setting(&line, findings) {
        Some(setting) => Some(setting),
        None => {
            let equals = line.find('=')?;
            let (keys, value) = line.split_at_checked(equals)?;
            let mut setting = one_setting(&format!("{keys}=0"), findings)?;
            let span = equals + 1..line.len();
            setting.value = Node {
                form: Form::Text(value.get(1..)?.trim().to_owned()),
                place: Place { span, argument: whole.argument.clone() },
            };
            Some(setting)
        }
    };
    setting.filter(|setting| setting.path.len() >= 2)
}

/// The table that NAME means.
fn table_of<'r>(
    root: &'r mut Table,
    registry: &Registry,
    name: &str,
    place: &Place,
    keys: &[(String, Place)],
    findings: &mut Findings,
) -> Option<&'r mut Table> {
    let (key, key_place) = keys.first()?;
    if name == "run" {
        return table_named(root, "run", place);
    }
    if RESERVED_KEYS.contains(&key.as_str()) {
        findings
            .at(Code::BadArgument, key_place, format!("`{key}` cannot be changed here"))
            .help("change it in the pipeline file");
        return None;
    }
    if name == "source" {
        return table_named(root, "source", place);
    }

    let named: Vec<(Kind, usize, String, String)> = components(root).collect();
    let mut meant: Vec<_> = named.iter().filter(|(_, _, of, _)| of == name).collect();
    if meant.len() > 1 {
        let has_key = |kind: Kind, component: &str| {
            let component = registry.component(kind, component);
            component.is_none_or(|c| c.schema()["properties"].get(key).is_some())
        };
        meant.retain(|(kind, _, _, component)| has_key(*kind, component));
    }
    match meant.as_slice() {
        [(kind, at, _, _)] => component_mut(root, *kind, *at),
        [] => {
            let known = named.iter().map(|(_, _, name, _)| name.as_str()).chain(["source", "run"]);
            let mut names: Vec<&str> = known.collect();
            names.sort_unstable();
            names.dedup();
            let found = if named.iter().any(|(_, _, of, _)| of == name) {
                findings.at(
                    Code::BadArgument,
                    key_place,
                    format!("none of the components named `{name}` has a setting `{key}`"),
                )
            } else {
                findings.at(
                    Code::BadArgument,
                    place,
                    format!("nothing in this pipeline is named `{name}`"),
                )
            };
            match nearest(name, names.iter().copied().filter(|known| *known != name)) {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!("its components are {}", names.join(", "))),
            };
            None
        }
        [(one, ..), (two, ..), ..] => {
            findings
                .at(Code::AmbiguousName, place, format!("`{name}` is both a {one} and a {two} here, and both have `{key}`"))
                .help(format!("give one of them a name of its own in the pipeline file, or write `source.{key}` for the source's"));
            None
        }
    }
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

fn input(root: &mut Table, registry: &Registry, typed: &[String], findings: &mut Findings) -> bool {
    let (argument, places) = arguments("--input", typed);
    let own = components(root).find(|(kind, ..)| *kind == Kind::Source).map(|(.., name)| name);
    let inputs = paths::inputs(registry, own.as_deref(), typed, &places, findings);
    let Some((source, inputs)) = inputs else { return false };
    let Some(offered) = registry.source(source) else { return false };
    let settings = (offered.entry.settings_for)(&inputs);
    let whole = Place { span: 0..argument.len(), argument: Some(argument) };
    let place_of = |text: &str| {
        let at = inputs.iter().position(|input| input == text);
        // A folder has become several globs; where it has, the whole argument is the place.
        at.filter(|_| inputs.len() == places.len()).and_then(|at| places.get(at)).cloned()
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

fn output(root: &mut Table, registry: &Registry, typed: &str, findings: &mut Findings) {
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

/// Whether the output goes to standard output.
pub(super) fn to_stdout(overrides: &Overrides) -> bool {
    overrides.output.as_deref().is_some_and(|output| Path::new(output) == Path::new("-"))
}
