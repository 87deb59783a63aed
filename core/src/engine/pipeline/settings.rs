//! A component's settings against the JSON Schema of its settings type.
//!
//! This knows the part of JSON Schema that schemars writes for settings: types, properties,
//! required and additional ones, choices, alternatives, ranges, lengths, lists and tuples. What it
//! does not know it lets pass; the component itself, which is built next, has the last word. One
//! mistake is one finding, at the key or value that has to change.

mod words;

use serde_json::{Map, Value as Json};

use super::{
    Findings,
    node::{Entry, Form, Node, Table},
};
use crate::engine::{Code, registry::nearest};
use words::{Bounds, filler, fix_for, list_of, sample, shown, wanted};

/// Checks the settings of `owner`, which is what messages call it.
pub(super) fn check(settings: &Node, schema: &Json, owner: &str, findings: &mut Findings) {
    Check { owner, findings }.value(settings, schema, "");
}

/// The settings with the wrong ones left out, and something in place of those that cannot be: enough
/// to ask a component what it would read and write, never to build it.
pub(super) fn mended(settings: &Node, schema: &Json) -> Json {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let mut mended = Map::new();
    for (key, schema) in properties {
        let given = settings.table().and_then(|table| table.get(key)).filter(|entry| {
            let mut findings = Findings::default();
            Check { owner: "", findings: &mut findings }.value(&entry.value, schema, "");
            findings.list.is_empty() && !matches!(entry.value.form, Form::Refused)
        });
        match given {
            Some(entry) => mended.insert(key.clone(), entry.value.json()),
            None if required.contains(&key.as_str()) => mended.insert(key.clone(), filler(schema)),
            None => None,
        };
    }
    Json::Object(mended)
}

/// What is wrong with settings that stand in no file.
pub(crate) fn problems(settings: &Json, schema: &Json, owner: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let place = super::Place { argument: None, span: 0..0 };
    check(&Node::of_json(settings, &place), schema, owner, &mut findings);
    findings.list.into_iter().map(|found| found.message).collect()
}

/// Settings without those that need not be made: something in place of the others.
pub(crate) fn fewest(schema: &Json) -> Json {
    let nothing = Node::of_json(&Json::Null, &super::Place { argument: None, span: 0..0 });
    mended(&nothing, schema)
}

/// What is wrong with a table by this schema: for tests of schemas.
#[cfg(test)]
pub(crate) fn problems_with(table: &toml::de::DeTable<'_>, schema: &Json) -> Vec<String> {
    let mut findings = Findings::default();
    let table = Table::read(table, None, &mut findings);
    let place = super::Place { argument: None, span: 0..0 };
    check(&Node { place, form: Form::Table(table) }, schema, "a pipeline", &mut findings);
    findings.list.into_iter().map(|found| found.message).collect()
}

struct Check<'c> {
    owner: &'c str,
    findings: &'c mut Findings,
}

impl Check<'_> {
    /// `path` is the setting as the user would say it: `filters[1].words`; empty for the whole.
    fn value(&mut self, node: &Node, schema: &Json, path: &str) {
        if matches!(node.form, Form::Refused) {
            return;
        }
        if let Some(choices) = choices(schema) {
            return self.choice(node, schema, &choices, path);
        }
        if let Some(branches) = branches(schema) {
            self.alternatives(node, schema, &branches, path);
        } else if !types(schema).is_empty() && !types(schema).iter().any(|of| fits(node, of)) {
            self.wrong_type(node, schema, path);
            return;
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(node, part, path);
        }
        match &node.form {
            Form::Table(table) => self.table(node, table, schema, path),
            Form::List(values) => self.list(node, values, schema, path),
            Form::Number(number) => {
                let bounds = Bounds::of_number(schema);
                let value = number.as_f64().unwrap_or_default();
                if !bounds.hold(value) {
                    self.out_of_bounds(node, path, &format!("{bounds}"), &number.to_string());
                }
            }
            Form::Text(text) => {
                let bounds = Bounds::of_count(schema, "minLength", "maxLength");
                let length = text.chars().count();
                if !bounds.hold(length as f64) {
                    let (must, is) = (format!("{bounds} chars long"), format!("{length} long"));
                    self.out_of_bounds(node, path, &must, &is);
                }
            }
            Form::Bool(_) | Form::Refused => {}
        }
    }

    fn table(&mut self, node: &Node, table: &Table, schema: &Json, path: &str) {
        let empty = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&empty);
        let more = &schema["additionalProperties"];
        let mut meant = Vec::new();
        for entry in &table.entries {
            let setting = join(path, &entry.key);
            match properties.get(&entry.key) {
                Some(schema) => self.value(&entry.value, schema, &setting),
                None if more.is_object() => self.value(&entry.value, more, &setting),
                None if *more == Json::Bool(false) => {
                    meant.extend(self.unknown(entry, table, properties, &setting));
                }
                None => {}
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for key in required.filter_map(Json::as_str) {
            // A misspelt one was reported where it stands.
            if table.get(key).is_some() || meant.iter().any(|meant| meant == key) {
                continue;
            }
            let schema = properties.get(key).unwrap_or(&Json::Null);
            let message = format!("{} needs the setting `{}`", self.owner, join(path, key));
            self.findings
                .at(Code::MissingKey, &node.place, message)
                .label(first_sentence(schema))
                .help(format!("add {key} = {}", sample(schema)));
        }
    }

    /// Returns the setting that was probably meant.
    fn unknown(
        &mut self,
        entry: &Entry,
        table: &Table,
        properties: &Map<String, Json>,
        setting: &str,
    ) -> Option<String> {
        let message = format!("{} has no setting `{setting}`", self.owner);
        let found = self.findings.at(Code::UnknownKey, &entry.place, message);
        found.label("unknown setting");
        let known = properties.keys().map(String::as_str);
        let unset = known.clone().filter(|known| table.get(known).is_none());
        if let Some(near) = nearest(&entry.key, unset).or_else(|| nearest(&entry.key, known)) {
            found.help(format!("did you mean `{near}`?"));
            return Some(near.to_owned());
        }
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        found.help(match (known.len(), setting.contains(['.', '['])) {
            (0, _) => "take it out; there are no settings here".to_owned(),
            (_, true) => format!("take it out, or write one of {}", list_of(&known)),
            (_, false) => format!("take it out, or write one of its settings: {}", list_of(&known)),
        });
        None
    }

    fn list(&mut self, node: &Node, values: &[Node], schema: &Json, path: &str) {
        let bounds = Bounds::of_count(schema, "minItems", "maxItems");
        if !bounds.hold(values.len() as f64) {
            let is = if values.is_empty() { "empty".to_owned() } else { values.len().to_string() };
            self.out_of_bounds(node, path, &format!("{bounds} long"), &is);
        }
        let tuple = schema["prefixItems"].as_array();
        for (at, value) in values.iter().enumerate() {
            let of_tuple = tuple.and_then(|schemas| schemas.get(at));
            self.value(value, of_tuple.unwrap_or(&schema["items"]), &format!("{path}[{at}]"));
        }
    }

    fn choice(&mut self, node: &Node, schema: &Json, choices: &[&Json], path: &str) {
        let value = node.json();
        if choices.contains(&&value) {
            return;
        }
        let same_kind = |choice: &&&Json| Node::of_json(choice, &node.place).kind() == node.kind();
        if !choices.iter().any(|choice| same_kind(&choice)) {
            return self.wrong_type(node, schema, path);
        }
        let names: Vec<String> = choices.iter().map(|choice| shown(choice)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!("{} cannot be {}", self.setting(path), shown(&value));
        let near = node
            .text()
            .and_then(|text| nearest(text, choices.iter().filter_map(|choice| choice.as_str())));
        let help = match near {
            Some(near) => format!("did you mean \"{near}\"? It can be {}", list_of(&names)),
            None => format!("write {}", list_of(&names)),
        };
        self.findings.at(Code::BadValue, &node.place, message).help(help);
    }

    fn alternatives(&mut self, node: &Node, schema: &Json, branches: &[&Json], path: &str) {
        let accept = |branch: &&&Json| {
            let choices = choices(branch);
            let types = types(branch);
            match choices {
                Some(choices) => choices
                    .iter()
                    .any(|choice| Node::of_json(choice, &node.place).kind() == node.kind()),
                None => types.is_empty() || types.iter().any(|of| fits(node, of)),
            }
        };
        // What is wrong with it as the alternative that it is most like.
        let mut best: Option<Findings> = None;
        for branch in branches.iter().filter(accept) {
            let mut findings = Findings::default();
            Check { owner: self.owner, findings: &mut findings }.value(node, branch, path);
            if best.as_ref().is_none_or(|best| findings.list.len() < best.list.len()) {
                best = Some(findings);
            }
        }
        match best {
            Some(best) => self.findings.list.extend(best.list),
            None => self.wrong_type(node, schema, path),
        }
    }

    fn wrong_type(&mut self, node: &Node, schema: &Json, path: &str) {
        let message =
            format!("{} takes {}, and this is {}", self.setting(path), wanted(schema), node.kind());
        let help = fix_for(node, schema, path);
        self.findings.at(Code::WrongType, &node.place, message).help(help);
    }

    fn out_of_bounds(&mut self, node: &Node, path: &str, must: &str, is: &str) {
        let message = format!("{} must be {must}, and this is {is}", self.setting(path));
        let help = format!("write a value that is {must}");
        self.findings.at(Code::BadValue, &node.place, message).help(help);
    }

    fn setting(&self, path: &str) -> String {
        if path.is_empty() { self.owner.to_owned() } else { format!("`{path}`") }
    }
}

/// The values that a schema lists, if it does nothing but list values; without `null`, which TOML
/// cannot say.
fn choices(schema: &Json) -> Option<Vec<&Json>> {
    if let Some(only) = schema.get("const") {
        return Some(vec![only]);
    }
    if let Some(values) = schema["enum"].as_array() {
        return Some(values.iter().filter(|value| !value.is_null()).collect());
    }
    let branches = branches(schema)?;
    let lists: Option<Vec<Vec<&Json>>> = branches.into_iter().map(choices).collect();
    lists.map(|lists| lists.concat())
}

/// The alternatives of a schema, without `null`.
fn branches(schema: &Json) -> Option<Vec<&Json>> {
    let branches = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array())?;
    Some(branches.iter().filter(|branch| branch["type"] != "null").collect())
}

/// The types that a schema allows, without `null`; none where it does not say.
fn types(schema: &Json) -> Vec<&str> {
    let types = match &schema["type"] {
        Json::String(of) => vec![of.as_str()],
        Json::Array(types) => types.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    types.into_iter().filter(|of| *of != "null").collect()
}

fn fits(node: &Node, of: &str) -> bool {
    match (&node.form, of) {
        (Form::Number(number), "integer") => !number.is_f64(),
        (Form::Text(_), "string")
        | (Form::Number(_), "number")
        | (Form::Bool(_), "boolean")
        | (Form::List(_), "array")
        | (Form::Table(_), "object") => true,
        _ => false,
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The first sentence of a setting's doc comment.
fn first_sentence(schema: &Json) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    line.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
