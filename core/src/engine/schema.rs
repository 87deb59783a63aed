//! The JSON Schema of pipeline files, for editors.

use serde_json::{Value as Json, json};

use super::{
    Kind, Registry,
    pipeline::{RunTable, TestTable},
};
use crate::plugin::schema;

/// The JSON Schema of pipeline files made of these components: one alternative a component, told
/// apart by the constant in `use`, which is what editors complete best. `docmill check` stays the
/// authority; this knows nothing of layers and paths.
pub fn of_pipelines(registry: &Registry) -> Json {
    let name = json!({
        "type": "string",
        "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "description": "Its name, in kebab-case.",
    });
    let components = |kind| -> Json {
        let of_kind = registry.components().filter(|component| component.kind() == kind);
        let tables = of_kind.map(|component| {
            let mut table = component.schema();
            let description = table["description"].clone();
            let mut key = json!({ "const": component.name() });
            if description.is_string() {
                key["description"] = description;
            }
            if let Some(table) = table.as_object_mut() {
                table.remove("$schema");
                table.insert("title".to_owned(), component.name().into());
                let properties = table.entry("properties").or_insert_with(|| json!({}));
                properties["use"] = key;
                properties["name"] = name.clone();
                let required = table.entry("required").or_insert_with(|| json!([]));
                if let Some(required) = required.as_array_mut() {
                    required.insert(0, "use".into());
                }
            }
            table
        });
        json!({ "oneOf": tables.collect::<Vec<_>>() })
    };
    let part = |mut schema: Json| {
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("$schema");
            schema.remove("title");
        }
        schema
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "docmill pipeline",
        "type": "object",
        "additionalProperties": false,
        "required": ["source", "sink"],
        "properties": {
            "name": name,
            "source": components(Kind::Source),
            "stage": { "type": "array", "items": components(Kind::Stage) },
            "sink": { "type": "array", "items": components(Kind::Sink), "minItems": 1 },
            "run": part(schema::<RunTable>()),
            "test": { "type": "array", "items": part(schema::<TestTable>()) },
        },
    })
}
