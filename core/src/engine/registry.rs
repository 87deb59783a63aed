//! The registry: kind and name in a pipeline file -> component.

mod component;
mod error;
mod names;

use std::{fmt, sync::Arc};

use serde_json::Value as Json;

use crate::{
    Plugin,
    engine::{WorkerCommand, doors::command},
    plugin::{Decoding, LoadedFrom, SinkEntry, SourceEntry, StageEntry},
};

use component::AnyEntry;
pub use component::Component;
pub use error::RegistryError;
pub(crate) use names::{is_kebab_case, nearest};

/// The components of some plugins, by kind and name.
#[derive(Clone, Default)]
pub struct Registry {
    sources: Vec<Offered<SourceEntry>>,
    stages: Vec<Offered<StageEntry>>,
    sinks: Vec<Offered<SinkEntry>>,
    decodings: Vec<Offered<Decoding>>,
    worker: Option<Arc<WorkerCommand>>,
    /// Set where a plugin that was asked for could not be used, so that its components are missing.
    pub(crate) incomplete: bool,
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

/// Keys that every component's table may have, so no component has a setting of that name; but for `when`, see
/// [`is_own`].
pub(crate) const RESERVED_KEYS: [&str; 8] =
    ["use", "name", "when", "isolation", "timeout", "memory", "allow", "on-error"];

/// Whether a reserved key is a setting of the component with this schema: so far, a condition on documents (`when`)
/// stands in a stage made for it. Only stages that are built in may have it, so that it stays free for all later.
pub(crate) fn is_own(key: &str, schema: &Json) -> bool {
    key == "when" && schema["properties"].get(key).is_some()
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
        let may_own = kind == Kind::Stage && new.plugin.from.is_none();
        let reserved = RESERVED_KEYS.iter().find(|key| {
            schema["properties"].get(*key).is_some() && !(may_own && is_own(key, schema))
        });
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
