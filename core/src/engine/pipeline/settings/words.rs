//! How a schema's demands are said: what a setting takes, between which bounds, and how to write it.

use std::fmt;

use serde_json::Value as Json;

use super::{branches, choices, types};
use crate::engine::pipeline::node::{Form, Node};

/// What a schema takes, in words: "a list of strings".
pub(super) fn wanted(schema: &Json) -> String {
    if let Some(choices) = choices(schema) {
        let names: Vec<String> = choices.iter().map(|choice| shown(choice)).collect();
        return list_of(&names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let alternatives: Vec<String> = match branches(schema) {
        Some(branches) => branches.into_iter().map(wanted).collect(),
        None => types(schema).into_iter().map(|of| of_type(of, schema)).collect(),
    };
    match alternatives.len() {
        0 => "something else".to_owned(),
        _ => alternatives.join(" or "),
    }
}

fn of_type(of: &str, schema: &Json) -> String {
    let plural = |schema: &Json| match types(schema).first() {
        Some(&"string") => "strings",
        Some(&"integer") => "whole numbers",
        Some(&"number") => "numbers",
        Some(&"array") => "lists",
        Some(&"object") => "tables",
        _ => "values",
    };
    match of {
        "string" => "a string".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!("a list of {}", plural(&schema["items"])),
        _ => "a table".to_owned(),
    }
}

/// How to write a value of another type so that the schema takes it.
pub(super) fn fix_for(node: &Node, schema: &Json, path: &str) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    // `names[1]` is not how a list's member is written.
    let set = if key.ends_with(']') { String::new() } else { format!("{key} = ") };
    if choices(schema).is_some() {
        return format!("write, for example, {set}{}", sample(schema));
    }
    let branch = branches(schema).and_then(|branches| branches.into_iter().next());
    let schema = branch.unwrap_or(schema);
    let of = types(schema).into_iter().next().unwrap_or_default();
    let value = toml(&node.json());
    let short = value.chars().count() <= 60;
    match (of, &node.form) {
        ("array", _) if short && types(&schema["items"]).iter().any(|of| super::fits(node, of)) => {
            format!("put it in brackets: {set}[{value}]")
        }
        ("string", Form::Number(_) | Form::Bool(_)) => {
            format!("put it in quotes: {set}\"{value}\"")
        }
        ("integer", Form::Text(text)) if text.trim().parse::<i64>().is_ok() => {
            format!("write it without quotes: {set}{}", text.trim())
        }
        ("number", Form::Text(text)) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            format!("write it without quotes: {set}{}", text.trim())
        }
        ("boolean", Form::Text(text)) if text.parse::<bool>().is_ok() => {
            format!("write it without quotes: {set}{text}")
        }
        ("integer", Form::Number(number)) => {
            format!("write it without a fraction: {set}{:.0}", number.as_f64().unwrap_or(1.0))
        }
        _ => format!("write, for example, {set}{}", sample(schema)),
    }
}

/// A value that the schema takes, as TOML: its default or first example if it has one.
pub(super) fn sample(schema: &Json) -> String {
    let given = schema.get("default").or_else(|| schema["examples"].get(0));
    if let Some(value) = given.filter(|value| !value.is_null()) {
        return toml(value);
    }
    if let Some(first) = choices(schema).and_then(|choices| choices.first().copied()) {
        return toml(first);
    }
    if let Some(first) = branches(schema).and_then(|branches| branches.first().copied()) {
        return sample(first);
    }
    match types(schema).first().copied() {
        Some("integer") => format!("{}", Bounds::of_number(schema).low.unwrap_or(1.0).max(1.0)),
        Some("number") => "0.5".to_owned(),
        Some("boolean") => "true".to_owned(),
        Some("array") => match &schema["items"] {
            Json::Object(_) => format!("[{}]", sample(&schema["items"])),
            _ => "[]".to_owned(),
        },
        Some("object") => "{}".to_owned(),
        _ => "\"…\"".to_owned(),
    }
}

/// Any value of a type that the schema takes.
pub(super) fn filler(schema: &Json) -> Json {
    if let Some(first) = choices(schema).and_then(|choices| choices.first().copied()) {
        return first.clone();
    }
    if let Some(first) = branches(schema).and_then(|branches| branches.first().copied()) {
        return filler(first);
    }
    match types(schema).first().copied() {
        Some("integer" | "number") => 1.into(),
        Some("boolean") => false.into(),
        Some("array") => Json::Array(Vec::new()),
        Some("object") => Json::Object(serde_json::Map::new()),
        _ => "".into(),
    }
}

/// A value as TOML, on one line.
fn toml(value: &Json) -> String {
    match value {
        Json::Array(values) => {
            format!("[{}]", values.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A value as a message shows it, shortened.
pub(super) fn shown(value: &Json) -> String {
    let text = toml(value);
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// "a, b or c"
pub(super) fn list_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} or {last}", many.join(", ")),
    }
}

/// What a number, or a length, must lie between.
#[derive(Default)]
pub(super) struct Bounds {
    pub(super) low: Option<f64>,
    high: Option<f64>,
    /// Whether the bounds themselves are outside.
    low_open: bool,
    high_open: bool,
}

impl Bounds {
    /// The bounds of a number. For 32 bits, schemars gives them in the name of the format alone.
    pub(super) fn of_number(schema: &Json) -> Self {
        let number = |key: &str| schema[key].as_f64();
        let (low, high) = match schema["format"].as_str() {
            Some("uint32") => (Some(0.0), Some(f64::from(u32::MAX))),
            Some("int32") => (Some(f64::from(i32::MIN)), Some(f64::from(i32::MAX))),
            _ => (None, None),
        };
        let (over, under) = (number("exclusiveMinimum"), number("exclusiveMaximum"));
        Bounds {
            low: over.or(number("minimum")).or(low),
            high: under.or(number("maximum")).or(high),
            low_open: over.is_some(),
            high_open: under.is_some(),
        }
    }

    /// The bounds of a length.
    pub(super) fn of_count(schema: &Json, low: &str, high: &str) -> Self {
        let (low, high) = (schema[low].as_f64(), schema[high].as_f64());
        Bounds { low, high, low_open: false, high_open: false }
    }

    pub(super) fn hold(&self, value: f64) -> bool {
        let above = |low| if self.low_open { value > low } else { value >= low };
        let below = |high| if self.high_open { value < high } else { value <= high };
        self.low.is_none_or(above) && self.high.is_none_or(below)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => return write!(f, "exactly {low}"),
            (Some(low), Some(high)) if !self.low_open && !self.high_open => {
                return write!(f, "from {low} to {high}");
            }
            _ => {}
        }
        if let Some(low) = self.low {
            write!(f, "{} {low}", if self.low_open { "more than" } else { "at least" })?;
        }
        if let Some(high) = self.high {
            let and = if self.low.is_some() { " and " } else { "" };
            write!(f, "{and}{} {high}", if self.high_open { "less than" } else { "at most" })?;
        }
        Ok(())
    }
}
