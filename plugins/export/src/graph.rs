//! The sink `graph`: who is named with whom, or who takes which stance toward whom, as a network.

mod network;
mod units;
mod write;
mod xml;

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use docmill_core::{
    BuildError, Document, DocumentError, PartFile, Sink, SinkContract, vocab::sentences,
};
use schemars::JsonSchema;
use serde::Deserialize;

use self::network::Network;

/// Writes a network in GraphML or GEXF, for Gephi, networkx and igraph: who is named together with whom, or who takes
/// which stance toward whom. Nodes without an edge are left out. The file is made when all documents are there, in
/// memory that grows with the nodes and edges, not with the documents.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct GraphSettings {
    /// The file, below the run's folder. Default: `graph.graphml`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// `graphml` or `gexf`. Default: what the file's name ends in.
    pub format: Option<Format>,
    /// What joins two nodes: `co-mentions` (both are named in one place; no direction) or `stances` (from the holder
    /// to the target). Default: `co-mentions`.
    pub edges: Edges,
    /// Of co-mentions, what is named: `entities`, or the political `actors` that they stand for, such as a country for
    /// its capital; mentions that stand for none then do not count. The nodes of stances are actors. Default:
    /// `entities`.
    pub nodes: Nodes,
    /// Of co-mentions, the place in which both are named: one `sentence` (needs the layer `sentences`) or one
    /// `document`. Default: `sentence`.
    pub within: Within,
    /// How many co-mentions or stances make an edge; those with fewer are left out. From 1. Default: 1.
    #[schemars(range(min = 1))]
    pub minimum: u32,
    /// How many nodes of one sentence or document are joined with each other, the first that are named in it: what
    /// names more is a list. From 2 to 10,000. Default: 100.
    #[schemars(range(min = 2, max = 10_000))]
    pub most: u32,
}

impl Default for GraphSettings {
    fn default() -> Self {
        GraphSettings {
            path: "graph.graphml".to_owned(),
            format: None,
            edges: Edges::default(),
            nodes: Nodes::default(),
            within: Within::default(),
            minimum: 1,
            most: 100,
        }
    }
}

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// GraphML 1.0.
    Graphml,
    /// GEXF 1.2.
    Gexf,
}

/// What joins two nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Edges {
    /// Both are named in one place.
    #[default]
    CoMentions,
    /// One takes a stance toward the other.
    Stances,
}

/// What is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nodes {
    /// What each mention means.
    #[default]
    Entities,
    /// The political actor that it stands for.
    Actors,
}

/// The place in which two are named together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// One sentence.
    #[default]
    Sentence,
    /// One document.
    Document,
}

/// The sink.
pub struct Graph {
    settings: GraphSettings,
    format: Format,
}

impl Sink for Graph {
    const NAME: &'static str = "graph";
    const EXTENSIONS: &'static [&'static str] = &["graphml", "gexf"];
    type Settings = GraphSettings;

    fn contract(settings: &GraphSettings) -> SinkContract {
        let contract = SinkContract::new().merged(&settings.path, "/path");
        if needs_sentences(settings) { contract.needs(sentences::LAYER) } else { contract }
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: GraphSettings) -> Result<Self, BuildError> {
        let ending = Path::new(&settings.path).extension().and_then(|ending| ending.to_str());
        let of_ending = match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("graphml") => Some(Format::Graphml),
            Some("gexf") => Some(Format::Gexf),
            _ => None,
        };
        let Some(format) = settings.format.or(of_ending) else {
            let message =
                "the name ends neither in `.graphml` nor in `.gexf`; say which it is by `format`";
            return Err(BuildError::at("/path", message));
        };
        Ok(Graph { settings, format })
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        if needs_sentences(&self.settings) {
            crate::needs::layer(document, sentences::LAYER)?;
        }
        let Some(out) = outputs.first_mut() else { return Ok(()) };
        let network = match self.settings.edges {
            Edges::CoMentions => units::co_mentions(document, &self.settings),
            Edges::Stances => units::stances(document),
        };
        let written = network.store(out);
        written.map_err(|error| DocumentError::because("cannot be written as a network", error))
    }

    fn seal(&self, _: usize, encoded: &mut dyn Read, part: &mut PartFile) -> io::Result<()> {
        let mut network = self.empty();
        network.add(BufReader::new(encoded))?;
        let mut part = BufWriter::new(part);
        network.store(&mut part)?;
        part.flush()
    }

    fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let mut network = self.empty();
        for part in parts {
            network.add(BufReader::new(File::open(part)?))?;
        }
        let mut file = BufWriter::new(File::create(path)?);
        write::network(&network, self.format, self.settings.minimum, &mut file)?;
        file.flush()
    }
}

impl Graph {
    fn empty(&self) -> Network {
        Network::new(self.settings.edges)
    }
}

fn needs_sentences(settings: &GraphSettings) -> bool {
    settings.edges == Edges::CoMentions && settings.within == Within::Sentence
}

#[cfg(test)]
mod tests;
