//! Settings: the schema, its documentation, and what the component does with good ones and bad ones.

use serde_json::{Map, Value as Json, json};

use super::{Tried, subject::candidates};
use crate::engine::{
    doors::library::probe::{Probe, Reply, ShownHost},
    pipeline::problems,
    registry::{RESERVED_KEYS, is_kebab_case},
};

/// Keywords that docmill's reading of settings goes by.
const READ: [&str; 19] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "enum",
    "const",
    "oneOf",
    "anyOf",
    "allOf",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
];
/// Keywords that say nothing of what is allowed, or that the component sees to itself.
const OTHER: [&str; 12] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "format",
    "deprecated",
    "readOnly",
    "writeOnly",
    "uniqueItems",
];
const TYPES: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];

/// A part of a schema, and the setting that it speaks of; empty for the whole.
struct Part<'s> {
    setting: String,
    schema: &'s Json,
}

/// All parts of a schema, the whole first.
fn parts(schema: &Json) -> Vec<Part<'_>> {
    let mut parts = vec![Part { setting: String::new(), schema }];
    let mut at = 0;
    while let Some(Part { setting, schema }) = parts.get(at) {
        let mut inner = Vec::new();
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            let setting = if setting.is_empty() { key.clone() } else { format!("{setting}.{key}") };
            inner.push(Part { setting, schema });
        }
        let lists = ["oneOf", "anyOf", "allOf", "prefixItems"].map(|key| schema[key].as_array());
        let single = ["items", "additionalProperties"]
            .map(|key| schema.get(key).filter(|part| part.is_object()));
        for schema in lists.into_iter().flatten().flatten().chain(single.into_iter().flatten()) {
            inner.push(Part { setting: setting.clone(), schema });
        }
        parts.extend(inner);
        at += 1;
    }
    parts
}

pub(super) fn schema(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let schema = &candidate.form.schema;
        if schema["type"] != "object" {
            return Err(candidate
                .broken("has a schema whose `type` is not \"object\", as settings are a table"));
        }
        for Part { setting, schema } in parts(schema) {
            if let Some(what) = fault(schema) {
                return Err(candidate.broken(match setting.as_str() {
                    "" => format!("has a schema that {what}"),
                    _ => format!("has a setting `{setting}` whose schema {what}"),
                }));
            }
        }
    }
    Ok(String::new())
}

/// What is wrong with a part of a schema by itself.
fn fault(schema: &Json) -> Option<String> {
    let Some(members) = schema.as_object() else {
        return Some("is no object".to_owned());
    };
    let unread =
        members.keys().find(|key| !READ.contains(&key.as_str()) && !OTHER.contains(&key.as_str()));
    if let Some(key) = unread.filter(|key| !key.starts_with("x-")) {
        return Some(format!("says `{key}`, which docmill does not read"));
    }
    let types = match &schema["type"] {
        Json::Null => Vec::new(),
        Json::Array(types) => types.iter().collect(),
        one => vec![one],
    };
    if let Some(unknown) =
        types.iter().find(|of| !of.as_str().is_some_and(|of| TYPES.contains(&of)))
    {
        return Some(format!("names the type {unknown}, which there is not"));
    }
    for (key, value) in members {
        let wanted = match key.as_str() {
            "properties" if !value.is_object() => "an object",
            "required" | "enum" | "oneOf" | "anyOf" | "allOf" | "prefixItems"
                if !value.is_array() =>
            {
                "a list"
            }
            "minItems" | "maxItems" | "minLength" | "maxLength" if !value.is_u64() => {
                "a whole number"
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"
                if !value.is_number() =>
            {
                "a number"
            }
            "description" | "title" | "format" if !value.is_string() => "a string",
            _ => continue,
        };
        return Some(format!("says of `{key}` something else than {wanted}"));
    }
    let properties = schema["properties"].as_object();
    for required in schema["required"].as_array().into_iter().flatten() {
        let known =
            required.as_str().is_some_and(|key| properties.is_some_and(|p| p.contains_key(key)));
        if !known {
            return Some(format!("requires {required}, which is none of its properties"));
        }
    }
    properties
        .into_iter()
        .flatten()
        .find(|(key, _)| !is_kebab_case(key))
        .map(|(key, _)| format!("has a property {key:?}, which is not kebab-case"))
}

pub(super) fn documented(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let said = |schema: &Json| {
            schema["description"].as_str().is_some_and(|said| !said.trim().is_empty())
        };
        if !said(&candidate.form.schema) {
            return Err(candidate.broken("has a schema without a `description` of what it does"));
        }
        for part in parts(&candidate.form.schema) {
            for (key, schema) in part.schema["properties"].as_object().into_iter().flatten() {
                if !said(schema) {
                    let within = if part.setting.is_empty() {
                        String::new()
                    } else {
                        format!("{}.", part.setting)
                    };
                    return Err(candidate.broken(format_args!(
                        "has a setting `{within}{key}` without a `description`"
                    )));
                }
            }
        }
    }
    Ok(String::new())
}

pub(super) fn reserved(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let properties = &candidate.form.schema["properties"];
        if let Some(key) = RESERVED_KEYS.into_iter().find(|key| properties.get(key).is_some()) {
            return Err(candidate
                .broken(format_args!("has a setting `{key}`, a key of every component's table")));
        }
    }
    Ok(String::new())
}

pub(super) fn closed(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        for part in parts(&candidate.form.schema) {
            let whole =
                part.setting.is_empty() && std::ptr::eq(part.schema, &candidate.form.schema);
            let table = whole || part.schema.get("properties").is_some();
            if table && part.schema["additionalProperties"] == Json::Null {
                return Err(candidate.broken(match part.setting.as_str() {
                    "" => "would let a misspelt setting pass".to_owned(),
                    setting => format!("would let a misspelt setting in `{setting}` pass"),
                }));
            }
        }
        let unknown = json!({ "no-such-setting": 1 });
        if problems(&unknown, &candidate.form.schema, "").is_empty() {
            return Err(candidate.broken("would let a misspelt setting pass"));
        }
    }
    Ok(String::new())
}

/// It can be made with as few settings as may be, and its defaults are what it says they are.
pub(super) fn defaults(probe: &Probe) -> Tried {
    for candidate in candidates(probe) {
        let contract = candidate.contract()?;
        candidate.create(ShownHost::Own)?;
        if candidate.contract()? != contract {
            return Err(candidate.broken("gives another contract when asked again"));
        }
        let empty = Map::new();
        let properties = candidate.form.schema["properties"].as_object().unwrap_or(&empty);
        for (key, schema) in properties {
            let Some(default) = schema.get("default").filter(|default| !default.is_null()) else {
                continue;
            };
            if let Some(wrong) = problems(default, schema, key).first() {
                return Err(candidate.broken(format_args!(
                    "has a default of `{key}` that its schema refuses: {wrong}"
                )));
            }
            if candidate.settings.get(key).is_some() {
                continue;
            }
            let mut settings = candidate.settings.clone();
            settings[key] = default.clone();
            if candidate.contract_with(&settings)? != contract {
                return Err(candidate.broken(format_args!(
                    "gives another contract when `{key}` is left out than when it is {default}, its default"
                )));
            }
            candidate.create_with(&settings, ShownHost::Own)?;
        }
    }
    Ok(String::new())
}

/// Values that no setting, or hardly one, can have.
fn bad_values() -> Vec<Json> {
    let deep = (0..64).fold(json!(1), |inner, _| json!([inner]));
    let mut values = vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(0.5),
        json!(1e308),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}"),
        json!("🙂"),
        json!("no-such-choice"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "a": 1 }),
        json!(["", 1, {}]),
    ];
    values.push(deep);
    values.push(Json::String("x".repeat(1_000_000)));
    values.push(Json::Array(vec![json!(1); 100_000]));
    values
}

pub(super) fn bad(probe: &Probe) -> Tried {
    let mut tried = 0;
    for candidate in candidates(probe) {
        let empty = Map::new();
        let properties = candidate.form.schema["properties"].as_object().unwrap_or(&empty);
        let mut all = bad_values();
        let many = (0..10_000).map(|n| (format!("setting-{n}"), json!(n)));
        all.push(many.collect::<Map<_, _>>().into());
        for key in properties.keys() {
            all.extend(bad_values().into_iter().map(|value| {
                let mut settings = candidate.settings.clone();
                settings[key] = value;
                settings
            }));
        }
        for settings in all {
            tried += 1;
            let text = settings.to_string();
            let said = refused(probe.contract(candidate.number, &text))
                .and_then(|()| refused(probe.create(candidate.number, &text, ShownHost::Own)));
            said.map_err(|what| {
                let shown: String = text.chars().take(80).collect();
                candidate.broken(format_args!("{what} (the settings are {shown})"))
            })?;
        }
    }
    Ok(format!("{tried} settings"))
}

/// That a component took settings, or refused them as it should.
fn refused<T>(reply: Reply<T>) -> Result<(), String> {
    match reply {
        Reply::Gave(_) => Ok(()),
        Reply::Refused { setting, .. } if setting.is_empty() || setting.starts_with('/') => Ok(()),
        Reply::Refused { setting, .. } => Err(format!(
            "names the setting at fault {setting:?}, which is no JSON pointer such as \"/min-length\""
        )),
        Reply::Dropped(..) => Err("returns a verdict for settings".to_owned()),
        Reply::Wrong(what) => Err(what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_read_to_its_leaves() {
        for (schema, what) in [
            (json!({ "type": "object", "properties": {} }), None),
            (json!({ "type": ["integer", "null"], "format": "uint", "minimum": 0 }), None),
            (json!({ "$ref": "#/$defs/x" }), Some("says `$ref`, which docmill does not read")),
            (json!({ "type": "text" }), Some("names the type \"text\", which there is not")),
            (json!({ "minimum": "1" }), Some("says of `minimum` something else than a number")),
            (json!({ "required": ["a"] }), Some("requires \"a\", which is none of its properties")),
            (
                json!({ "properties": { "a_b": {} } }),
                Some("has a property \"a_b\", which is not kebab-case"),
            ),
            (json!(3), Some("is no object")),
        ] {
            assert_eq!(fault(&schema).as_deref(), what, "{schema}");
        }
        let nested = json!({ "properties": { "a": { "items": { "properties": { "b": { "pattern": "x" } } } } } });
        let settings: Vec<String> = parts(&nested).into_iter().map(|part| part.setting).collect();
        assert_eq!(settings, ["", "a", "a", "a.b"]);
    }
}
