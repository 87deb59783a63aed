//! `docmill show`: the components there are, and what each can be told.
//!
//! All of it comes from the components themselves: their contracts, and the JSON Schema of their
//! settings, whose descriptions are doc comments.

use std::io::{self, Write};

use docmill_core::engine::{Component, Kind, Registry, schema};
use serde_json::Value as Json;

use crate::{
    args::Show,
    builtin,
    failure::{Failure, Outcome},
    term::{BOLD, DIM},
};

pub(crate) fn run(args: &Show) -> Result<Outcome, Failure> {
    let registry = builtin::registry()?;
    if args.schema {
        let schema = schema::of_pipelines(&registry);
        // `{:#}` writes it indented.
        writeln!(io::stdout(), "{schema:#}")?;
        return Ok(Outcome::Done);
    }
    let mut out = anstream::stdout().lock();
    match &args.name {
        None => list(&registry, &mut out)?,
        Some(name) => {
            let named: Vec<_> = registry.components().filter(|c| c.name() == name).collect();
            if named.is_empty() {
                return Err(unknown(&registry, name));
            }
            for (at, component) in named.into_iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                one(component, &mut out)?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn unknown(registry: &Registry, name: &str) -> Failure {
    let near = Kind::ALL.into_iter().find_map(|kind| registry.nearest(kind, name));
    Failure::Wrong(match near {
        Some(near) => format!("there is no component `{name}`; did you mean `{near}`?"),
        None => format!("there is no component `{name}`; `docmill show` lists them"),
    })
}

fn list(registry: &Registry, out: &mut impl Write) -> io::Result<()> {
    let width = registry.components().map(|component| component.name().len()).max().unwrap_or(0);
    for kind in Kind::ALL {
        writeln!(out, "{BOLD}{}s{BOLD:#}", kind.name())?;
        for component in registry.components().filter(|component| component.kind() == kind) {
            let schema = component.schema();
            writeln!(
                out,
                "  {:width$}  {}",
                component.name(),
                first_sentence(description(&schema))
            )?;
        }
    }
    Ok(())
}

fn one(component: Component<'_>, out: &mut impl Write) -> io::Result<()> {
    let (name, kind) = (component.name(), component.kind().name());
    let (plugin, version) = (component.plugin(), component.version());
    writeln!(out, "{BOLD}{name}{BOLD:#}, a {kind}  {DIM}{plugin} {version}{DIM:#}\n")?;
    let schema = component.schema();
    writeln!(out, "{}\n", description(&schema))?;
    let layers =
        [("needs the layers", component.needs()), ("brings the layers", component.writes())];
    for (head, layers) in &layers {
        if !layers.is_empty() {
            writeln!(out, "{head}: {}", layers.join(", "))?;
        }
    }
    if !component.extensions().is_empty() {
        writeln!(out, "files: .{}", component.extensions().join(", ."))?;
    }
    let settings = schema["properties"].as_object();
    if settings.is_none_or(|settings| settings.is_empty()) {
        return writeln!(out, "no settings");
    }
    writeln!(out, "settings:")?;
    for (key, setting) in settings.into_iter().flatten() {
        let required = schema["required"].as_array().into_iter().flatten().any(|r| r == key);
        writeln!(
            out,
            "\n  {BOLD}{key}{BOLD:#}  {DIM}{}{}{DIM:#}",
            form(setting),
            if required { "; must be set" } else { "" }
        )?;
        let text = description(setting);
        for line in text.lines() {
            writeln!(out, "      {line}")?;
        }
        for (name, meaning) in meanings(setting) {
            writeln!(out, "      {name}: {meaning}")?;
        }
        match &setting["default"] {
            Json::Null => {}
            // Doc comments name the default where it is more than a value.
            _ if text.contains("Default") => {}
            default => writeln!(out, "      Default: {default}.")?,
        }
    }
    Ok(())
}

fn description(schema: &Json) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn first_sentence(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text[..end].trim_end_matches('.').to_owned()
}

/// What a setting can be, in words.
fn form(schema: &Json) -> String {
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(values) = schema["enum"].as_array() {
        return either(values.iter().filter(|value| !value.is_null()).map(Json::to_string));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(forms) = schema[key].as_array() {
            return either(forms.iter().filter(|part| part["type"] != "null").map(form));
        }
    }
    match &schema["type"] {
        Json::String(name) => form_of_type(name, schema),
        Json::Array(names) => {
            let names = names.iter().filter_map(Json::as_str).filter(|name| *name != "null");
            either(names.map(|name| form_of_type(name, schema)))
        }
        _ => "any value".to_owned(),
    }
}

fn form_of_type(name: &str, schema: &Json) -> String {
    match name {
        "boolean" => "true or false".to_owned(),
        "string" => "a string".to_owned(),
        "integer" => format!("a whole number{}", range(schema)),
        "number" => format!("a number{}", range(schema)),
        "array" => match form(&schema["items"]).as_str() {
            "a string" => "a list of strings".to_owned(),
            form => format!("a list, each {form}"),
        },
        "object" => "a table".to_owned(),
        other => other.to_owned(),
    }
}

fn range(schema: &Json) -> String {
    match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" from {min}"),
        (None, Some(max)) => format!(" up to {max}"),
        (None, None) => String::new(),
    }
}

fn either(forms: impl Iterator<Item = String>) -> String {
    let forms: Vec<String> = forms.collect();
    match forms.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The values of a setting that have a description of their own.
fn meanings(schema: &Json) -> impl Iterator<Item = (String, &str)> {
    let forms = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    forms.filter_map(|form| Some((form.get("const")?.to_string(), form["description"].as_str()?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_says_what_it_can_be() {
        for (schema, words) in [
            (
                json!({"type": "integer", "minimum": 1, "maximum": 100}),
                "a whole number from 1 to 100",
            ),
            (json!({"type": ["integer", "null"], "minimum": 0}), "a whole number from 0"),
            (json!({"type": "array", "items": {"type": "string"}}), "a list of strings"),
            (json!({"enum": ["a", "b", "c"]}), "\"a\", \"b\" or \"c\""),
            (json!({"oneOf": [{"const": "none"}, {"const": "map"}]}), "\"none\" or \"map\""),
            (json!({"anyOf": [{"enum": ["x", "y"]}, {"type": "null"}]}), "\"x\" or \"y\""),
        ] {
            assert_eq!(form(&schema), words);
        }
    }

    #[test]
    fn a_list_shows_the_first_sentence() {
        assert_eq!(
            first_sentence("Marks words\nin capitals. Slowly.\n\nMore."),
            "Marks words in capitals"
        );
        assert_eq!(first_sentence("Writes it.\n\nMore"), "Writes it");
    }
}
