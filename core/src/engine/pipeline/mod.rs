//! A pipeline file, read and checked: what the runner runs.
//!
//! [`Pipeline::read`] finds every mistake that can be known before a document is read, all of them
//! at once, each with its place. A pipeline that it returns can be run as it is: components known,
//! their settings accepted, each built once, layers provided before they are needed, outputs that
//! touch neither each other nor an input.
//!
//! The file is read by hand from `toml`'s spanned tables, since every way through serde loses
//! positions. Settings go to components as JSON.

mod components;
mod findings;
mod isolation;
mod layers;
mod max_failed;
mod node;
mod outputs;
mod overrides;
mod plugins;
mod read;
mod reads;
mod run;
mod settings;
mod shards;
mod syntax;
mod test_blocks;
mod units;

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde_json::{Value as Json, json};

use super::{
    contain::contain_build,
    registry::{Kind, PluginId},
};
use crate::{
    BuildError, Contract, Provenance, Shard, SinkContract, SourceContract,
    plugin::{AnySink, AnySource, AnyStage, Make},
};
pub(crate) use findings::Findings;
pub(crate) use isolation::StageTable;
pub use max_failed::{MaxFailed, Percentage};
pub(super) use node::{Place, as_json};
pub use overrides::Overrides;
pub(crate) use plugins::PluginTable;
pub use run::OnError;
pub(crate) use run::RunTable;
#[cfg(test)]
pub(crate) use settings::problems_with;
pub(crate) use settings::{fewest, problems};
pub(crate) use test_blocks::TestTable;
pub use test_blocks::{Dropped, TestCase, Wanted, WantedLayer};

/// A checked pipeline.
pub struct Pipeline {
    pub(crate) name: String,
    pub(crate) source: Part<SourceContract, dyn AnySource>,
    pub(crate) stages: Vec<Part<Contract, dyn AnyStage>>,
    pub(crate) sinks: Vec<Part<SinkContract, dyn AnySink>>,
    pub(crate) run: RunSettings,
    pub(crate) tests: Vec<TestCase>,
    /// What the source will read; empty where inputs were not looked for.
    pub(crate) shards: Vec<Shard>,
}

/// A component in its place in a pipeline. `C` is its contract, `B` what is built of it.
pub(crate) struct Part<C, B: ?Sized> {
    /// Its name in this pipeline, unique within its kind.
    pub(crate) name: String,
    /// Its name in the registry.
    pub(crate) component: &'static str,
    pub(crate) plugin: PluginId,
    pub(crate) settings: Json,
    pub(crate) contract: C,
    /// The files that its settings name for it to read, to be hashed into the run's key.
    pub(crate) reads: Vec<PathBuf>,
    pub(crate) build: Make<Box<B>>,
    /// What the check built; the first caller takes it.
    pub(crate) built: Mutex<Option<Box<B>>>,
}

impl<C, B: ?Sized> Part<C, B> {
    /// An instance: the one that the check built, or, once that is taken, a new one.
    pub(crate) fn instance(&self) -> Result<Box<B>, BuildError> {
        let built = self.built.lock().unwrap_or_else(PoisonError::into_inner).take();
        built.map_or_else(|| contain_build(|| (self.build)(&self.settings)), Ok)
    }

    /// Gives an instance back that was only looked at, for the next caller.
    pub(crate) fn give_back(&self, instance: Box<B>) {
        self.built.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(instance);
    }

    fn planned(&self, kind: Kind) -> PlannedComponent<'_> {
        PlannedComponent {
            kind,
            name: &self.name,
            component: self.component,
            plugin: self.plugin.name,
            version: self.plugin.version,
            library: self.plugin.from.map(|from| from.path.as_path()),
            digest: self.plugin.from.map(|from| from.digest.as_str()),
            settings: &self.settings,
            reads: &self.reads,
        }
    }
}

/// A component in its place in a pipeline, as `run --dry-run` shows it.
#[derive(Clone, Copy, Debug)]
pub struct PlannedComponent<'p> {
    /// What it is for.
    pub kind: Kind,
    /// Its name in this pipeline, unique within its kind.
    pub name: &'p str,
    /// Its name in the registry: `use`.
    pub component: &'static str,
    /// The plugin that offers it.
    pub plugin: &'static str,
    /// That plugin's version.
    pub version: &'static str,
    /// The library that the plugin was loaded from; `None` of one that is built in.
    pub library: Option<&'static Path>,
    /// `sha256:` and 64 hexadecimal digits, of the library's bytes as they were loaded.
    pub digest: Option<&'static str>,
    /// The settings made for it.
    pub settings: &'p Json,
    /// The files that its settings name for it to read.
    pub reads: &'p [PathBuf],
}

/// `[run]`: how the pipeline is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSettings {
    /// The folder of outputs, `run.json` and `dead-letters.jsonl`, relative to the working
    /// directory. `None` where the output goes to standard output.
    pub dir: Option<PathBuf>,
    /// Worker threads; `None` for as many as there are processors.
    pub threads: Option<NonZeroUsize>,
    /// What becomes of a run when a document fails.
    pub on_error: OnError,
    /// How many documents may fail before the run stops; `None` for any number.
    pub max_failed: Option<MaxFailed>,
    /// How many documents in a row may cost a stage its own process before the run stops.
    pub max_restarts: u32,
    /// The largest document in raw bytes; a larger one is passed over and counted as failed.
    pub max_document: usize,
    /// How much input makes a shard, in bytes as stored.
    pub shard: u64,
}

impl Default for RunSettings {
    fn default() -> Self {
        RunSettings {
            dir: Some(PathBuf::from("out")),
            threads: None,
            on_error: OnError::DeadLetter,
            max_failed: None,
            max_restarts: 5,
            max_document: 16 << 20,
            shard: run::SHARD,
        }
    }
}

impl Pipeline {
    /// Its name; that of the file where it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its components: the source, the stages in order, the sinks.
    pub fn components(&self) -> impl Iterator<Item = PlannedComponent<'_>> {
        std::iter::once(self.source.planned(Kind::Source))
            .chain(self.stages.iter().map(|part| part.planned(Kind::Stage)))
            .chain(self.sinks.iter().map(|part| part.planned(Kind::Sink)))
    }

    /// How it is run.
    pub fn run(&self) -> &RunSettings {
        &self.run
    }

    /// Its tests, in the order of the file.
    pub fn tests(&self) -> &[TestCase] {
        &self.tests
    }

    /// What the source will read; empty where inputs were not looked for.
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The outputs, by sink: paths below the run's folder.
    pub fn outputs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sinks.iter().flat_map(|sink| {
            sink.contract.outputs.iter().map(|output| (sink.name.as_str(), output.path.as_str()))
        })
    }

    /// How much provenance to keep: what the most demanding sink asks for.
    pub fn provenance(&self) -> Provenance {
        let asked = self.sinks.iter().filter_map(|sink| sink.contract.provenance);
        asked.max().unwrap_or(Provenance::None)
    }

    /// The layers that sinks leave out unless told to write them, sorted.
    pub fn transient_layers(&self) -> Vec<&str> {
        let written = self.stages.iter().flat_map(|stage| &stage.contract.writes);
        let mut layers: Vec<&str> = written
            .filter(|written| written.transient)
            .map(|written| written.layer.as_str())
            .collect();
        layers.sort_unstable();
        layers.dedup();
        layers
    }

    /// Everything that its outputs depend on, but for the inputs and the files that components read:
    /// one line of JSON with sorted keys, the same for the same pipeline on every machine. The run's
    /// folder and threads are not in it.
    pub fn canonical(&self) -> String {
        let components: Vec<Json> = self
            .components()
            .map(|part| {
                let mut component = json!({
                    "kind": part.kind.name(),
                    "name": part.name,
                    "use": part.component,
                    "plugin": part.plugin,
                    "version": part.version,
                    "settings": sorted(part.settings),
                });
                if let Some(digest) = part.digest {
                    component["digest"] = digest.into();
                }
                sorted(&component)
            })
            .collect();
        sorted(&json!({
            "name": self.name,
            "components": components,
            "max-document": self.run.max_document,
        }))
        .to_string()
    }
}

/// The same JSON with the members of every object in the order of their names, whatever the features
/// that `serde_json` was built with.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(values) => values.iter().map(sorted).collect(),
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        plain => plain.clone(),
    }
}
