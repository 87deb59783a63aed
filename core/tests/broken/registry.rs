//! Which plugins can be used together, and what is known of their components.

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
    engine::{Kind, Overrides, Pipeline, Registry},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::components::{Split, registry};

/// Has a setting that it cannot have.
#[derive(Deserialize, JsonSchema)]
struct NamedSettings {
    name: String,
}

macro_rules! named {
    ($stage:ident, $name:literal) => {
        struct $stage;

        impl Stage for $stage {
            const NAME: &'static str = $name;
            type Settings = NamedSettings;
            fn contract(_: &NamedSettings) -> Contract {
                Contract::new()
            }
            fn build(settings: NamedSettings) -> Result<Self, BuildError> {
                Err(BuildError::new(settings.name))
            }
            fn process(
                &mut self,
                _: &Document<'_>,
                _: &mut Changes,
            ) -> Result<Verdict, DocumentError> {
                Ok(Verdict::Keep)
            }
        }
    };
}

named!(Named, "named");
named!(Shouting, "Shouting");

fn refused(plugins: Vec<Plugin>) -> String {
    Registry::new(plugins).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn two_plugins_cannot_offer_one_name() {
    let plugins = ["one", "two"].map(|name| Plugin::new(name, "1.0.0").stage::<Split>());
    assert_eq!(
        refused(plugins.into()),
        "the plugins `one` and `two` both offer a stage named `split`; leave one of them out"
    );
}

#[test]
fn names_and_settings_that_pipeline_files_cannot_hold_are_refused() {
    assert_eq!(
        refused(vec![Plugin::new("one", "1.0.0").stage::<Named>()]),
        "the stage `named` of the plugin `one` has a setting `name`, a name that pipeline files need themselves; rename the setting"
    );
    assert_eq!(
        refused(vec![Plugin::new("one", "1.0.0").stage::<Shouting>()]),
        "the plugin `one` offers a stage named `Shouting`; rename it in kebab-case: lower-case letters, digits, single hyphens"
    );
}

#[test]
fn components_are_listed_and_described() {
    let registry = registry();
    let named: Vec<&str> = registry.components().map(|component| component.name()).collect();
    assert_eq!(
        named,
        ["notes", "lines", "trim", "split", "tag", "judge", "command", "json", "tables"]
    );
    let tag = registry.component(Kind::Stage, "tag").unwrap();
    assert_eq!((tag.plugin(), tag.version()), ("test-components", "1.0.0"));
    assert_eq!(
        (tag.needs(), tag.writes()),
        (vec!["tokens".to_owned(), "sentences".to_owned()], vec!["entities".to_owned()])
    );
    assert_eq!(tag.schema()["description"], "Marks names.");
    assert!(registry.component(Kind::Sink, "tag").is_none());
    assert_eq!(registry.nearest(Kind::Stage, "tga"), Some("tag"));
}

#[test]
fn the_files_among_a_program_and_its_arguments_are_inputs_of_the_run() {
    let file = "tests/broken/programs/marks-entities.sh";
    let text = format!(
        "[source]\nuse = \"lines\"\npath = \"-\"\n[[stage]]\nuse = \"command\"\nprogram = [\"sh\", \"{file}\", \"--fast\"]\n[[sink]]\nuse = \"json\"\npath = \"a\"\n"
    );
    let pipeline = Pipeline::read(&text, &registry(), &Overrides::default()).unwrap();
    let stage = pipeline.components().nth(1).unwrap();
    assert_eq!((stage.component, stage.plugin), ("command", "docmill"));
    assert_eq!(stage.reads, [std::path::Path::new(file)]);
}
