//! `--set NAME.KEY=VALUE`.

use std::sync::Arc;

use toml::de::DeTable;

use super::{component_mut, components, put, table_named};
use crate::engine::{
    Code, Kind, Registry,
    pipeline::{
        Findings, Place,
        node::{Entry, Form, Node, Table},
    },
    registry::{RESERVED_KEYS, nearest},
};

/// A change of one setting.
struct Setting {
    /// NAME and the parts of KEY.
    path: Vec<(String, Place)>,
    value: Node,
}

/// Makes one change.
pub(super) fn set(root: &mut Table, registry: &Registry, typed: &str, findings: &mut Findings) {
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
    // Whether `when` is a setting, the component's check knows.
    if RESERVED_KEYS.contains(&key.as_str()) && key != "when" {
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
