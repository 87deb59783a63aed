//! Components for tests of pipeline files: settings of every shape, layers to need and write.
//!
//! They read and write nothing; only `notes` looks whether its paths are there.

use std::{collections::BTreeMap, path::Path};

use docmill_core::{
    Block, BuildError, Changes, Contract, Cursor, Cut, Document, DocumentError, Input, Intake,
    Origin, Plugin, Provenance, Shard, Sink, SinkContract, Source, SourceContract, Stage, Verdict,
    engine::{Registry, WorkerCommand},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// All of them.
pub(crate) fn registry() -> Registry {
    let plugin = Plugin::new("test-components", "1.0.0")
        .source::<Notes>()
        .source::<Lines>()
        .stage::<Trim>()
        .stage::<Split>()
        .stage::<Tag>()
        .stage::<Judge>()
        .sink::<JsonLines>()
        .sink::<Tables>();
    let registry = Registry::new(vec![plugin]).unwrap();
    // It is not there, as the program of a docmill that was moved away is not.
    registry.with_worker(WorkerCommand { program: "/no/such/docmill".into(), args: Vec::new() })
}

/// Reads text files.
pub(crate) struct Notes(NotesSettings);

/// Reads text files.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NotesSettings {
    /// Files to read, and patterns such as `articles/*.txt`. At least one.
    #[schemars(length(min = 1))]
    paths: Vec<String>,
    /// Layers that the documents bring. Default: none.
    #[serde(default)]
    layers: Vec<String>,
    /// What the files are written in. Default: `utf-8`.
    #[serde(default)]
    #[allow(dead_code)]
    encoding: Encoding,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "latin-1")]
    Latin1,
}

impl Source for Notes {
    const NAME: &'static str = "notes";
    const EXTENSIONS: &'static [&'static str] = &["txt", "txt.gz"];
    type Settings = NotesSettings;

    fn contract(settings: &NotesSettings) -> SourceContract {
        settings.layers.iter().fold(SourceContract::new(), |contract, layer| contract.brings(layer))
    }
    fn settings_for(paths: &[String]) -> Json {
        json!({ "paths": paths })
    }
    fn build(settings: NotesSettings) -> Result<Self, BuildError> {
        Ok(Notes(settings))
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        let mut inputs = Vec::new();
        for (at, path) in self.0.paths.iter().enumerate() {
            let path = Path::new(path);
            let missing = || {
                let what = path.display();
                BuildError::at(format!("/paths/{at}"), format!("nothing is found at `{what}`"))
            };
            let pattern = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let ending = if path.is_dir() { Some(".txt") } else { pattern.strip_prefix('*') };
            if let Some(ending) = ending {
                let folder = if path.is_dir() { Some(path) } else { path.parent() };
                let names = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter();
                let mut found: Vec<_> = names
                    .flatten()
                    .flatten()
                    .map(|entry| entry.path())
                    .filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending)))
                    .collect();
                found.sort();
                if found.is_empty() {
                    return Err(missing());
                }
                inputs.extend(found);
            } else if path == Path::new("-") || path.is_file() {
                inputs.push(path.to_owned());
            } else {
                return Err(missing());
            }
        }
        let input = |path: std::path::PathBuf| Input {
            bytes: std::fs::metadata(&path).ok().map(|metadata| metadata.len()),
            uri: path.to_str().unwrap_or_default().to_owned(),
            ..Input::default()
        };
        Ok(vec![Shard { inputs: inputs.into_iter().map(input).collect() }])
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        Box::new(Nothing)
    }
    fn parse(&self, _: &Block, _: &mut Intake<'_>) {}
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Ok(())
    }
}

struct Nothing;

impl Cut for Nothing {
    fn next(&mut self, _: &mut Block) -> bool {
        false
    }
}

/// Reads documents in JSON, a line each.
pub(crate) struct Lines;

/// Reads documents in JSON, a line each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LinesSettings {
    /// The file to read.
    #[allow(dead_code)]
    path: String,
}

impl Source for Lines {
    const NAME: &'static str = "lines";
    const EXTENSIONS: &'static [&'static str] = &["jsonl"];
    type Settings = LinesSettings;

    fn contract(_: &LinesSettings) -> SourceContract {
        SourceContract::new().may_bring_any()
    }
    fn settings_for(paths: &[String]) -> Json {
        json!({ "path": paths.first() })
    }
    fn build(_: LinesSettings) -> Result<Self, BuildError> {
        Ok(Lines)
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Ok(Vec::new())
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        Box::new(Nothing)
    }
    fn parse(&self, _: &Block, _: &mut Intake<'_>) {}
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Ok(())
    }
}

macro_rules! stage {
    ($stage:ident, $name:literal, $settings:ty, $contract:expr, $build:expr) => {
        pub(crate) struct $stage;

        impl Stage for $stage {
            const NAME: &'static str = $name;
            type Settings = $settings;

            fn contract(settings: &$settings) -> Contract {
                let contract: fn(&$settings) -> Contract = $contract;
                contract(settings)
            }
            fn build(settings: $settings) -> Result<Self, BuildError> {
                let build: fn($settings) -> Result<(), BuildError> = $build;
                build(settings).map(|()| $stage)
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

/// Shortens lines.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct TrimSettings {
    /// The longest line to keep, in chars, from 10 to 1000. Default: 200.
    #[schemars(range(min = 10, max = 1000))]
    max_length: Option<u32>,
    /// Whether empty lines go. Default: no.
    blank_lines: bool,
    /// A list of words to look for.
    #[schemars(extend("format" = "path"))]
    words: Option<String>,
}

stage!(Trim, "trim", TrimSettings, |_| Contract::new().edits_text(), |settings| {
    let _ = (settings.max_length, settings.blank_lines, settings.words);
    Ok(())
});

/// Finds sentences and tokens.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct SplitSettings {}

stage!(
    Split,
    "split",
    SplitSettings,
    |_| Contract::new().writes("sentences").writes_transient("tokens"),
    |_| Ok(())
);

/// Marks names.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct TagSettings {
    /// Which labels to give. Default: all.
    labels: Vec<Label>,
    /// How sure to be, above 0 and below 1. Default: 0.5.
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))]
    threshold: Option<f32>,
    /// A list of words.
    #[schemars(extend("format" = "path"))]
    gazetteer: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
enum Label {
    /// A person.
    Person,
    /// A place.
    Place,
}

stage!(
    Tag,
    "tag",
    TagSettings,
    |_| Contract::new().needs("tokens").needs("sentences").writes("entities"),
    |settings| {
        let _ = (settings.labels.len(), settings.threshold, settings.gazetteer);
        Ok(())
    }
);

/// Scores who says what about whom.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct JudgeSettings {
    /// Patterns of words, with balanced parentheses.
    patterns: Vec<String>,
    /// How much each rule counts, from -9 to 9.
    weights: BTreeMap<String, Weight>,
    /// When to pass a stance over.
    limits: Limits,
}

#[derive(Deserialize, JsonSchema)]
struct Weight(#[schemars(range(min = -9, max = 9))] i8);

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Limits {
    /// The longest sentence, in words, from 1.
    #[schemars(range(min = 1))]
    sentence_length: Option<u32>,
}

stage!(
    Judge,
    "judge",
    JudgeSettings,
    |_| Contract::new().needs("entities").uses("quotes").writes("stances"),
    |settings| {
        let _ = (
            settings.weights.values().map(|weight| weight.0).max(),
            settings.limits.sentence_length,
        );
        for (at, pattern) in settings.patterns.iter().enumerate() {
            if pattern.matches('(').count() != pattern.matches(')').count() {
                let message = format!("the parentheses of `{pattern}` are not balanced");
                return Err(BuildError::at(format!("/patterns/{at}"), message));
            }
        }
        Ok(())
    }
);

macro_rules! sink {
    ($sink:ident, $name:literal, $extensions:expr, $settings:ty, $contract:expr, $settings_for:expr) => {
        pub(crate) struct $sink;

        impl Sink for $sink {
            const NAME: &'static str = $name;
            const EXTENSIONS: &'static [&'static str] = $extensions;
            type Settings = $settings;

            fn contract(settings: &$settings) -> SinkContract {
                let contract: fn(&$settings) -> SinkContract = $contract;
                contract(settings)
            }
            fn settings_for(path: &str) -> Json {
                let settings_for: fn(&str) -> Json = $settings_for;
                settings_for(path)
            }
            fn build(_: $settings) -> Result<Self, BuildError> {
                Ok($sink)
            }
            fn encode(&mut self, _: &Document<'_>, _: &mut [Vec<u8>]) -> Result<(), DocumentError> {
                Ok(())
            }
        }
    };
}

/// Writes documents in JSON.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct JsonLinesSettings {
    /// The file to write, below the run's folder.
    path: String,
    /// How much to say about where text comes from. Default: `map`.
    #[serde(default)]
    provenance: Provenance,
}

sink!(
    JsonLines,
    "json",
    &["jsonl"],
    JsonLinesSettings,
    |settings| SinkContract::new().output(&settings.path, "/path").provenance(settings.provenance),
    |path| json!({ "path": path })
);

/// Writes tables of documents and stances.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TablesSettings {
    /// The table of documents, below the run's folder.
    documents: String,
    /// The table of stances, below the run's folder. Default: none.
    #[serde(default)]
    stances: Option<String>,
}

sink!(
    Tables,
    "tables",
    &["csv"],
    TablesSettings,
    |settings| {
        let contract = SinkContract::new().output(&settings.documents, "/documents");
        match &settings.stances {
            Some(stances) => contract.output(stances, "/stances").needs("stances"),
            None => contract,
        }
    },
    |path| json!({ "documents": path })
);
