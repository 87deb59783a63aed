//! A component, whatever its kind: what `docmill show` tells of it.

use serde_json::{Value as Json, json};

use super::{Kind, PluginId};
use crate::{
    Contract,
    plugin::{SinkEntry, SourceEntry, StageEntry},
};

/// A component as `docmill show` lists it.
#[derive(Clone, Copy)]
pub struct Component<'r> {
    pub(super) plugin: PluginId,
    pub(super) entry: AnyEntry<'r>,
}

#[derive(Clone, Copy)]
pub(super) enum AnyEntry<'r> {
    Source(&'r SourceEntry),
    Stage(&'r StageEntry),
    Sink(&'r SinkEntry),
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
