//! The sink: receives finished documents.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{BuildError, Document, DocumentError, Provenance};

/// Turns finished documents into the bytes of one or more output files.
///
/// The engine makes one instance for each worker; it appends what they encode in input order, and
/// puts the files under their final names when the run has succeeded.
pub trait Sink: Sized + Send + 'static {
    /// What it is called in a pipeline file: a noun in kebab-case.
    const NAME: &'static str;

    /// File name endings, without the leading dot, that `--output` gives to this sink.
    /// A sink that lists `jsonl` also writes to standard output, `-`.
    const EXTENSIONS: &'static [&'static str];

    /// Its table in the pipeline file.
    type Settings: DeserializeOwned + JsonSchema;

    /// Which files it writes, and what it reads.
    fn contract(settings: &Self::Settings) -> SinkContract;

    /// The settings that make it write to this file: `--output`.
    fn settings_for(path: &str) -> serde_json::Value;

    /// Checks its settings and makes it. Opens nothing.
    fn build(settings: Self::Settings) -> Result<Self, BuildError>;

    /// What stands at the head of an output, by its place in the contract: a byte order mark, a
    /// line of column names. Nothing, by default.
    fn header(&self, output: usize, bytes: &mut Vec<u8>) {
        let _ = (output, bytes);
    }

    /// Appends one document to the bytes of each output, in the order of the contract. On an error
    /// the engine takes back what was appended and the document fails.
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError>;
}

/// What a sink writes and reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SinkContract {
    pub(crate) outputs: Vec<Output>,
    pub(crate) provenance: Option<Provenance>,
    pub(crate) needs: Vec<String>,
}

/// A file that a sink writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    /// Below the run's folder.
    pub(crate) path: String,
    /// The setting that gave it, as a JSON pointer.
    pub(crate) setting: String,
}

impl SinkContract {
    /// A sink that writes nothing.
    pub fn new() -> Self {
        SinkContract::default()
    }

    /// It writes this file, a path below the run's folder; `setting` is the JSON pointer of the
    /// setting that named it (`/path`), for messages.
    pub fn output(mut self, path: impl Into<String>, setting: impl Into<String>) -> Self {
        self.outputs.push(Output { path: path.into(), setting: setting.into() });
        self
    }

    /// It writes provenance: the engine keeps as much of it as the most demanding sink asks for.
    pub fn provenance(mut self, provenance: Provenance) -> Self {
        self.provenance = Some(provenance);
        self
    }

    /// It needs this layer: a pipeline in which nothing provides it is refused.
    pub fn needs(mut self, layer: &str) -> Self {
        self.needs.push(layer.to_owned());
        self
    }
}
