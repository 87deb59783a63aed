//! What a table can be told, read from the JSON Schema of its settings.

use serde_json::Value as Json;

/// One setting of a table.
pub(super) struct Setting<'s> {
    /// Its key; with a dot in it, that of a table within the table.
    pub(super) key: String,
    /// What it can be, in words.
    pub(super) form: String,
    pub(super) required: bool,
    /// Its doc comment.
    pub(super) text: &'s str,
    /// The values that have a doc comment of their own.
    pub(super) values: Vec<(String, &'s str)>,
    /// Its default, where the doc comment does not name it.
    pub(super) default: Option<String>,
}

/// The settings of a table, those of tables within it after them.
pub(super) fn settings_of(schema: &Json) -> Vec<Setting<'_>> {
    let mut settings = Vec::new();
    let required =
        |key: &str| schema["required"].as_array().into_iter().flatten().any(|r| r == key);
    for (key, setting) in schema["properties"].as_object().into_iter().flatten() {
        let text = description(setting);
        settings.push(Setting {
            key: key.clone(),
            form: form(setting),
            required: required(key),
            text,
            values: values(setting),
            default: match &setting["default"] {
                Json::Null => None,
                // Doc comments name the default where it is more than a value.
                _ if text.contains("Default") => None,
                default => Some(default.to_string()),
            },
        });
        for mut inner in tables_of(setting).flat_map(settings_of) {
            inner.key = format!("{key}.{}", inner.key);
            settings.push(inner);
        }
    }
    settings
}

/// What a setting can be that may be a table.
fn tables_of(schema: &Json) -> Box<dyn Iterator<Item = &Json> + '_> {
    let forms = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array());
    Box::new(std::iter::once(schema).chain(forms.flatten().flat_map(tables_of)))
}

pub(super) fn description(schema: &Json) -> &str {
    schema["description"].as_str().unwrap_or_default()
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

fn values(schema: &Json) -> Vec<(String, &str)> {
    let forms = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
    let described = forms
        .filter_map(|form| Some((form.get("const")?.to_string(), form["description"].as_str()?)));
    described.collect()
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
    fn settings_of_inner_tables_are_told_too() {
        let inner = json!({"type": "object", "properties": {"text": {"type": "string"}}});
        let or_path = json!({"anyOf": [{"anyOf": [{"type": "string"}, inner]}, {"type": "null"}]});
        for want in [inner, or_path] {
            let schema = json!({"properties": {"want": want}, "required": ["want"]});
            let told = settings_of(&schema).into_iter().map(|s| (s.key, s.required));
            let told: Vec<_> = told.collect();
            assert_eq!(told, [("want".to_owned(), true), ("want.text".to_owned(), false)]);
        }
    }
}
