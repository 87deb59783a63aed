//! The sink: receives finished documents.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{BuildError, Document, DocumentError, Provenance};

/// Turns finished documents into the bytes of one or more output files.
///
/// The engine makes one instance for each worker; it appends what they encode in input order to the parts
/// of an output, one for each shard, and at the end joins the parts and puts the files under their names.
/// Most formats are joined by writing one part after the other. One that is not (a database, Parquet, a
/// graph) encodes documents in a form of its own, which [`seal`](Sink::seal) and [`merge`](Sink::merge) turn
/// into the file.
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

    /// Packs what was encoded for a [merged](SinkContract::merged) output of the documents of a block, which is about
    /// 256 KiB of input: the place for work on many documents that workers can do side by side, such as
    /// compression. If it says true, `packed`, which was empty, takes the place of `encoded` in what
    /// [`seal`](Sink::seal) reads; nothing is packed by default. Where the block is not `complete`, documents of it
    /// failed, and a retry will put what it encodes of them between what is there: that must stay as it is, and can only
    /// have more after it. `encoded` is empty in such blocks alone. Where this panics, the block is not packed.
    fn pack(
        &mut self,
        output: usize,
        encoded: &[u8],
        complete: bool,
        packed: &mut Vec<u8>,
    ) -> bool {
        let _ = (output, encoded, complete, packed);
        false
    }

    /// Turns what was encoded for a shard of a [merged](SinkContract::merged) output into the shard's part:
    /// the place for work that can be done before all shards are there. A copy, by default. The order of documents
    /// is that of the input; the part may be empty.
    fn seal(&self, output: usize, encoded: &mut dyn Read, part: &mut PartFile) -> io::Result<()> {
        let _ = output;
        io::copy(encoded, part).map(drop)
    }

    /// Makes a [merged](SinkContract::merged) output of its parts, in order, in memory that does not grow
    /// with them. `path` is where the file is to be made, which does not exist; the engine puts it on the disk
    /// and under its name. May be called again after it was broken off, with the same parts.
    fn merge(&self, output: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let _ = (output, parts, path);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Where a shard's part of an output is written.
pub type PartFile = dyn Write + Send;

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
    /// Whether the sink makes it of its parts; else they stand in it one after the other.
    pub(crate) merged: bool,
}

impl SinkContract {
    /// A sink that writes nothing.
    pub fn new() -> Self {
        SinkContract::default()
    }

    /// It writes this file, a path below the run's folder; `setting` is the JSON pointer of the
    /// setting that named it (`/path`), for messages.
    pub fn output(mut self, path: impl Into<String>, setting: impl Into<String>) -> Self {
        let (path, setting) = (path.into(), setting.into());
        self.outputs.push(Output { path, setting, merged: false });
        self
    }

    /// The same, of a file that [`Sink::merge`] makes of its parts. It has no header, and cannot be written to
    /// standard output.
    pub fn merged(mut self, path: impl Into<String>, setting: impl Into<String>) -> Self {
        let (path, setting) = (path.into(), setting.into());
        self.outputs.push(Output { path, setting, merged: true });
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
