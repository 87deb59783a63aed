//! The JSON Schema of pipeline files, for editors.

use serde_json::{Value as Json, json};

use super::{
    Kind, Registry,
    pipeline::{PluginTable, RunTable, StageTable, TestTable},
};
use crate::plugin::schema;

/// The JSON Schema of the keys that every `[[stage]]` can have beside its settings.
pub fn of_every_stage() -> Json {
    schema::<StageTable>()
}

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
            let mut table = component.schema().clone();
            let of_stages = (kind == Kind::Stage).then(of_every_stage);
            let of_stages = of_stages.map(|mut table| table["properties"].take());
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
                for (key, schema) in of_stages.iter().filter_map(Json::as_object).flatten() {
                    properties[key] = schema.clone();
                }
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
            "plugin": { "type": "array", "items": part(schema::<PluginTable>()) },
            "test": { "type": "array", "items": part(schema::<TestTable>()) },
        },
    })
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::*;
    use crate::{
        BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
        engine::pipeline::problems_with,
    };

    /// Keeps what is loud.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
    #[derive(Default)]
    struct LoudSettings {
        /// How loud, from 1.
        #[schemars(range(min = 1))]
        volume: Option<u8>,
    }

    struct Loud;

    impl Stage for Loud {
        const NAME: &'static str = "loud";
        type Settings = LoudSettings;
        fn contract(settings: &LoudSettings) -> Contract {
            let _ = settings.volume;
            Contract::new()
        }
        fn build(_: LoudSettings) -> Result<Self, BuildError> {
            Ok(Loud)
        }
        fn process(&mut self, _: &Document<'_>, _: &mut Changes) -> Result<Verdict, DocumentError> {
            Ok(Verdict::Keep)
        }
    }

    fn problems(stages: &str) -> Vec<String> {
        let plugin = Plugin::new("loud", "1.0.0").stage::<Loud>();
        let mut schema = of_pipelines(&Registry::new(vec![plugin]).unwrap());
        // There is no source or sink in this plugin to choose from.
        schema["required"] = json!([]);
        problems_with(DeTable::parse(stages).unwrap().get_ref(), &schema)
    }

    #[test]
    fn good_pipelines_fit_the_schema() {
        let good = "name = 'x'\n[[stage]]\nuse = 'loud'\nname = 'y'\nvolume = 3\n[run]\nthreads = 2\n\
                    [[test]]\nname = 'z'\ntext = 'A'\nwant.text = 'A'\nwant.shouts = [{ text = 'A' }]";
        assert_eq!(problems(good), [""; 0]);
    }

    #[test]
    fn bad_ones_do_not() {
        for (bad, problem) in [
            ("[[stage]]\nuse = 'loudd'", "`stage[0].use` cannot be \"loudd\""),
            ("[[stage]]\nuse = 'loud'\nvolme = 3", "a pipeline has no setting `stage[0].volme`"),
            (
                "[[stage]]\nuse = 'loud'\nvolume = 0",
                "`stage[0].volume` must be from 1 to 255, and this is 0",
            ),
            ("[[stage]]\nvolume = 3", "a pipeline needs the setting `stage[0].use`"),
            ("[run]\nthread = 2", "a pipeline has no setting `run.thread`"),
            ("[[test]]\nname = 'z'\ntext = 'A'", "a pipeline needs the setting `test[0].want`"),
            ("sinks = 3", "a pipeline has no setting `sinks`"),
        ] {
            assert_eq!(problems(bad), [problem], "{bad}");
        }
    }

    #[test]
    fn a_component_is_told_by_a_constant_and_described() {
        let plugin = Plugin::new("loud", "1.0.0").stage::<Loud>();
        let schema = of_pipelines(&Registry::new(vec![plugin]).unwrap());
        let stage = &schema["properties"]["stage"]["items"]["oneOf"][0];
        assert_eq!(stage["properties"]["use"]["const"], "loud");
        assert_eq!(stage["description"], "Keeps what is loud.");
        assert_eq!(stage["required"][0], "use");
        assert_eq!(stage["properties"]["volume"]["description"], "How loud, from 1.");
    }
}
