//! The registry: kind and name in a pipeline file -> component.

mod names;

use std::{fmt, sync::Arc};

use serde_json::{Value as Json, json};
use thiserror::Error;

use crate::{
    Contract, Plugin,
    engine::{WorkerCommand, doors::command},
    plugin::{Decoding, LoadedFrom, SinkEntry, SourceEntry, StageEntry},
};

pub(crate) use names::{is_kebab_case, nearest};

/// The components of some plugins, by kind and name.
#[derive(Clone, Default)]
pub struct Registry {
    sources: Vec<Offered<SourceEntry>>,
    stages: Vec<Offered<StageEntry>>,
    sinks: Vec<Offered<SinkEntry>>,
    decodings: Vec<Offered<Decoding>>,
    worker: Option<Arc<WorkerCommand>>,
}

/// A component and the plugin that offers it.
#[derive(Clone)]
pub(crate) struct Offered<E> {
    pub(crate) plugin: PluginId,
    pub(crate) entry: E,
}

/// A plugin's name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PluginId {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// The library that it was loaded from; `None` of one that is linked in.
    pub(crate) from: Option<&'static LoadedFrom>,
}

impl PluginId {
    fn of(plugin: &Plugin) -> Self {
        PluginId { name: plugin.name, version: plugin.version, from: plugin.from }
    }

    /// Where it comes from, for a message.
    fn place(self) -> String {
        match self.from {
            Some(library) => library.path.display().to_string(),
            None => "one that is built in".to_owned(),
        }
    }
}

/// What a component is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Yields documents.
    Source,
    /// Changes, annotates or drops them.
    Stage,
    /// Receives finished ones.
    Sink,
}

impl Kind {
    /// The three of them, in the order of a pipeline.
    pub const ALL: [Kind; 3] = [Kind::Source, Kind::Stage, Kind::Sink];

    /// `source`, `stage` or `sink`, as the tables of a pipeline file are called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Source => "source",
            Kind::Stage => "stage",
            Kind::Sink => "sink",
        }
    }

    /// How its table begins in a pipeline file.
    pub fn header(self) -> &'static str {
        match self {
            Kind::Source => "[source]",
            Kind::Stage => "[[stage]]",
            Kind::Sink => "[[sink]]",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why some plugins cannot be used together, or one not at all.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RegistryError {
    /// Two plugins offer components of one kind and name.
    #[error(
        "the plugins `{first}` and `{second}` both offer a {kind} named `{name}`; leave one of them out"
    )]
    NameTaken {
        /// The kind of both components.
        kind: Kind,
        /// Their name.
        name: &'static str,
        /// The plugin that was there first.
        first: &'static str,
        /// The plugin that came after it; the same where one plugin offers both.
        second: &'static str,
    },
    /// Two plugins have one name.
    #[error("there are two plugins named `{name}`: {first}, and {second}")]
    PluginTaken {
        /// Their name.
        name: &'static str,
        /// Where the one that was there first comes from.
        first: String,
        /// Where the one after it comes from.
        second: String,
    },
    /// Two plugins offer a decoding of one name.
    #[error(
        "the plugins `{first}` and `{second}` both offer a decoding named `{name}`; leave one of them out"
    )]
    DecodingTaken {
        /// Its name.
        name: &'static str,
        /// The plugin that was there first.
        first: &'static str,
        /// The plugin that came after it.
        second: &'static str,
    },
    /// A name that is not in kebab-case.
    #[error(
        "the plugin `{plugin}` offers a {kind} named `{name}`; rename it in kebab-case: lower-case letters, digits, single hyphens"
    )]
    BadName {
        /// The kind of the component.
        kind: Kind,
        /// Its name.
        name: &'static str,
        /// Its plugin.
        plugin: &'static str,
    },
    /// A setting that has the name of a key every component has.
    #[error(
        "the {kind} `{name}` of the plugin `{plugin}` has a setting `{setting}`, a name that pipeline files need themselves; rename the setting"
    )]
    ReservedSetting {
        /// The kind of the component.
        kind: Kind,
        /// Its name.
        name: &'static str,
        /// Its plugin.
        plugin: &'static str,
        /// The setting.
        setting: String,
    },
}

/// Keys that every component's table may have, so no component has a setting of that name.
pub(crate) const RESERVED_KEYS: [&str; 8] =
    ["use", "name", "when", "isolation", "timeout", "memory", "allow", "on-error"];

/// A component as `docmill show` lists it.
#[derive(Clone, Copy)]
pub struct Component<'r> {
    plugin: PluginId,
    entry: AnyEntry<'r>,
}

#[derive(Clone, Copy)]
enum AnyEntry<'r> {
    Source(&'r SourceEntry),
    Stage(&'r StageEntry),
    Sink(&'r SinkEntry),
}

impl Registry {
    /// The components of these plugins, and those of docmill itself: the stage `command`.
    ///
    /// # Errors
    ///
    /// Two components of one kind and name, a name that is not kebab-case, or a setting with a
    /// reserved name.
    pub fn new(plugins: Vec<Plugin>) -> Result<Registry, RegistryError> {
        let mut registry = Registry::default();
        for plugin in plugins.into_iter().chain([command::plugin()]) {
            registry.add(plugin)?;
        }
        Ok(registry)
    }

    /// The same with a plugin that was loaded.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and where another plugin has its name.
    pub fn with(&self, plugin: Plugin) -> Result<Registry, RegistryError> {
        let new = PluginId::of(&plugin);
        let old = self.components().map(|component| component.plugin).find(|p| p.name == new.name);
        if let Some(old) = old {
            let (name, first, second) = (new.name, old.place(), new.place());
            return Err(RegistryError::PluginTaken { name, first, second });
        }
        let mut registry = self.clone();
        registry.add(plugin)?;
        Ok(registry)
    }

    fn add(&mut self, plugin: Plugin) -> Result<(), RegistryError> {
        let id = PluginId::of(&plugin);
        for entry in plugin.sources {
            self.admit(Component { plugin: id, entry: AnyEntry::Source(&entry) })?;
            self.sources.push(Offered { plugin: id, entry });
        }
        for entry in plugin.stages {
            self.admit(Component { plugin: id, entry: AnyEntry::Stage(&entry) })?;
            self.stages.push(Offered { plugin: id, entry });
        }
        for entry in plugin.sinks {
            self.admit(Component { plugin: id, entry: AnyEntry::Sink(&entry) })?;
            self.sinks.push(Offered { plugin: id, entry });
        }
        for entry in plugin.decodings {
            if let Some(old) = self.decodings.iter().find(|old| old.entry.name == entry.name) {
                let (first, second) = (old.plugin.name, id.name);
                return Err(RegistryError::DecodingTaken { name: entry.name, first, second });
            }
            self.decodings.push(Offered { plugin: id, entry });
        }
        Ok(())
    }

    /// The same components, which pipelines can put in worker processes that this command starts.
    pub fn with_worker(mut self, command: WorkerCommand) -> Registry {
        self.worker = Some(Arc::new(command));
        self
    }

    pub(crate) fn worker(&self) -> Option<&Arc<WorkerCommand>> {
        self.worker.as_ref()
    }

    fn admit(&self, new: Component<'_>) -> Result<(), RegistryError> {
        let (kind, name, plugin) = (new.kind(), new.name(), new.plugin.name);
        if let Some(old) = self.component(kind, name) {
            let first = old.plugin.name;
            return Err(RegistryError::NameTaken { kind, name, first, second: plugin });
        }
        if !is_kebab_case(name) {
            return Err(RegistryError::BadName { kind, name, plugin });
        }
        let schema = new.schema();
        let reserved = RESERVED_KEYS.iter().find(|key| schema["properties"].get(*key).is_some());
        match reserved {
            Some(key) => {
                let setting = (*key).to_owned();
                Err(RegistryError::ReservedSetting { kind, name, plugin, setting })
            }
            None => Ok(()),
        }
    }

    /// All components: sources, stages, sinks, each in the order in which they were offered.
    pub fn components(&self) -> impl Iterator<Item = Component<'_>> {
        let sources = self.sources.iter().map(|offered| Component {
            plugin: offered.plugin,
            entry: AnyEntry::Source(&offered.entry),
        });
        let stages = self.stages.iter().map(|offered| Component {
            plugin: offered.plugin,
            entry: AnyEntry::Stage(&offered.entry),
        });
        let sinks = self.sinks.iter().map(|offered| Component {
            plugin: offered.plugin,
            entry: AnyEntry::Sink(&offered.entry),
        });
        sources.chain(stages).chain(sinks)
    }

    /// The component of this kind and name.
    pub fn component(&self, kind: Kind, name: &str) -> Option<Component<'_>> {
        self.components().find(|component| component.kind() == kind && component.name() == name)
    }

    /// The name of a component of this kind that is most like `name`, if one is like it.
    pub fn nearest(&self, kind: Kind, name: &str) -> Option<&'static str> {
        let of_kind = self.components().filter(|component| component.kind() == kind);
        nearest(name, of_kind.map(|component| component.name()))
    }

    /// The text that bytes decode to by a plugin's decoding; `None` where there is none of this name.
    pub(crate) fn decode(&self, name: &str, from: &[u8]) -> Option<Option<String>> {
        let found = self.decodings.iter().find(|offered| offered.entry.name == name)?;
        Some((found.entry.decode)(from))
    }

    pub(crate) fn source(&self, name: &str) -> Option<&Offered<SourceEntry>> {
        self.sources.iter().find(|offered| offered.entry.name == name)
    }

    pub(crate) fn sink(&self, name: &str) -> Option<&Offered<SinkEntry>> {
        self.sinks.iter().find(|offered| offered.entry.name == name)
    }

    pub(crate) fn sources(&self) -> &[Offered<SourceEntry>] {
        &self.sources
    }

    pub(crate) fn stages(&self) -> &[Offered<StageEntry>] {
        &self.stages
    }

    pub(crate) fn sinks(&self) -> &[Offered<SinkEntry>] {
        &self.sinks
    }
}

impl<'r> Component<'r> {
    /// What it is for.
    pub fn kind(self) -> Kind {
        match self.entry {
            AnyEntry::Source(_) => Kind::Source,
            AnyEntry::Stage(_) => Kind::Stage,
            AnyEntry::Sink(_) => Kind::Sink,
        }
    }

    /// Its name in pipeline files.
    pub fn name(self) -> &'static str {
        match self.entry {
            AnyEntry::Source(entry) => entry.name,
            AnyEntry::Stage(entry) => entry.name,
            AnyEntry::Sink(entry) => entry.name,
        }
    }

    /// The name of the plugin that offers it.
    pub fn plugin(self) -> &'static str {
        self.plugin.name
    }

    /// The version of that plugin.
    pub fn version(self) -> &'static str {
        self.plugin.version
    }

    /// The JSON Schema of its settings, without references. The descriptions are the doc comments.
    pub fn schema(self) -> &'r Json {
        match self.entry {
            AnyEntry::Source(entry) => &entry.schema,
            AnyEntry::Stage(entry) => &entry.schema,
            AnyEntry::Sink(entry) => &entry.schema,
        }
    }

    /// File name endings, without the dot, that `--input` or `--output` gives to it; none for a
    /// stage.
    pub fn extensions(self) -> &'static [&'static str] {
        match self.entry {
            AnyEntry::Source(entry) => entry.extensions,
            AnyEntry::Stage(_) => &[],
            AnyEntry::Sink(entry) => entry.extensions,
        }
    }

    /// The layers that it needs when no setting is made; none where it cannot do without settings.
    pub fn needs(self) -> Vec<String> {
        match self.entry {
            AnyEntry::Source(_) => Vec::new(),
            AnyEntry::Stage(entry) => {
                (entry.contract)(&json!({})).map_or_else(|_| Vec::new(), |c| c.needs)
            }
            AnyEntry::Sink(entry) => {
                (entry.contract)(&json!({})).map_or_else(|_| Vec::new(), |c| c.needs)
            }
        }
    }

    /// The layers that its documents have afterwards when no setting is made; none where it cannot
    /// do without settings.
    pub fn writes(self) -> Vec<String> {
        match self.entry {
            AnyEntry::Source(entry) => {
                (entry.contract)(&json!({})).map_or_else(|_| Vec::new(), |c| c.layers)
            }
            AnyEntry::Stage(entry) => (entry.contract)(&json!({})).map_or_else(
                |_| Vec::new(),
                |c| c.writes.into_iter().map(|written| written.layer).collect(),
            ),
            AnyEntry::Sink(_) => Vec::new(),
        }
    }

    /// The layers that it reads where there are some, when no setting is made.
    pub fn uses(self) -> Vec<String> {
        self.stage_contract().map_or_else(Vec::new, |contract| contract.uses)
    }

    /// The metadata keys that it may set when no setting is made; only a stage says so.
    pub fn sets(self) -> Vec<String> {
        self.stage_contract().map_or_else(Vec::new, |contract| contract.metadata)
    }

    /// Whether it edits the text when no setting is made.
    pub fn edits_text(self) -> bool {
        self.stage_contract().is_some_and(|contract| contract.edits)
    }

    fn stage_contract(self) -> Option<Contract> {
        match self.entry {
            AnyEntry::Stage(entry) => (entry.contract)(&json!({})).ok(),
            AnyEntry::Source(_) | AnyEntry::Sink(_) => None,
        }
    }
}
