//! A plugin: a crate that offers components, as the engine's registry takes it.

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::{
    Block, BuildError, Changes, Contract, Cut, Document, DocumentError, Intake, Memory, Origin,
    PartFile, Shard, Sink, SinkContract, Source, SourceContract, Stage, Verdict, source::Cursor,
};

/// What a plugin crate offers. Each has one function `plugin()` that returns it.
///
/// ```
/// # use docmill_core::Plugin;
/// # mod my { use docmill_core::*;
/// # /// Does nothing.
/// # #[derive(serde::Deserialize, schemars::JsonSchema)] pub struct Settings {}
/// # pub struct Shout;
/// # impl Stage for Shout { const NAME: &'static str = "shout"; type Settings = Settings;
/// #   fn contract(_: &Settings) -> Contract { Contract::new() }
/// #   fn build(_: Settings) -> Result<Self, BuildError> { Ok(Shout) }
/// #   fn process(&mut self, _: &Document<'_>, _: &mut Changes) -> Result<Verdict, DocumentError> { Ok(Verdict::Keep) } } }
/// # use my::Shout;
/// /// The components of this crate.
/// pub fn plugin() -> Plugin {
///     Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Shout>()
/// }
/// ```
pub struct Plugin {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) stages: Vec<StageEntry>,
    pub(crate) sources: Vec<SourceEntry>,
    pub(crate) sinks: Vec<SinkEntry>,
    pub(crate) decodings: Vec<Decoding>,
    /// The library that it was loaded from; `None` of one that is linked in.
    pub(crate) from: Option<&'static LoadedFrom>,
}

/// A library that was loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LoadedFrom {
    /// The file, as it was named.
    pub(crate) path: PathBuf,
    /// `sha256:` and 64 hexadecimal digits, of the bytes that were loaded.
    pub(crate) digest: String,
}

impl Plugin {
    /// A plugin of this name and version that offers nothing yet.
    pub fn new(name: &'static str, version: &'static str) -> Self {
        Plugin {
            name,
            version,
            stages: Vec::new(),
            sources: Vec::new(),
            sinks: Vec::new(),
            decodings: Vec::new(),
            from: None,
        }
    }

    /// Offers a stage.
    pub fn stage<S: Stage>(mut self) -> Self {
        self.stages.push(StageEntry {
            name: S::NAME,
            schema: schema::<S::Settings>(),
            contract: Arc::new(|settings| Ok(S::contract(&read::<S::Settings>(settings)?))),
            build: Arc::new(|settings| Ok(Box::new(S::build(read(settings)?)?))),
            outside: None,
        });
        self
    }

    /// Offers a decoding of its own, so that `docmill verify` can prove the text of stages that
    /// [rewrite](crate::Changes::rewrite) by it. `name` is what their pieces call it, in kebab-case; `decode` gives the
    /// text that some bytes of an old text decode to, `None` where they do not.
    pub fn decoding(
        mut self,
        name: &'static str,
        decode: impl Fn(&[u8]) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.decodings.push(Decoding { name, decode: Arc::new(decode) });
        self
    }

    /// Offers a source.
    pub fn source<S: Source>(mut self) -> Self {
        self.sources.push(SourceEntry {
            name: S::NAME,
            extensions: S::EXTENSIONS,
            schema: schema::<S::Settings>(),
            settings_for: S::settings_for,
            contract: Arc::new(|settings| Ok(S::contract(&read::<S::Settings>(settings)?))),
            build: Arc::new(|settings| Ok(Box::new(S::build(read(settings)?)?))),
        });
        self
    }

    /// Offers a sink.
    pub fn sink<S: Sink>(mut self) -> Self {
        self.sinks.push(SinkEntry {
            name: S::NAME,
            extensions: S::EXTENSIONS,
            schema: schema::<S::Settings>(),
            settings_for: Arc::new(S::settings_for),
            contract: Arc::new(|settings| Ok(S::contract(&read::<S::Settings>(settings)?))),
            build: Arc::new(|settings| Ok(Box::new(S::build(read(settings)?)?))),
        });
        self
    }
}

/// A decoding that stages name, in the pieces of a text that they rewrite.
#[derive(Clone)]
pub(crate) struct Decoding {
    pub(crate) name: &'static str,
    pub(crate) decode: Decode,
}

/// The text that bytes decode to; `None` where they do not.
pub(crate) type Decode = Arc<dyn Fn(&[u8]) -> Option<String> + Send + Sync>;

/// Makes something of a component's settings.
pub(crate) type Make<T> = Arc<dyn Fn(&Json) -> Result<T, BuildError> + Send + Sync>;

/// Makes something that runs outside of docmill's own process: of its settings, its name in the pipeline, and
/// what it is held to.
pub(crate) type MakeWithin<T> =
    Arc<dyn Fn(&Json, &str, Limits) -> Result<T, BuildError> + Send + Sync>;

/// What a component outside of docmill's own process is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How long it may take over one document.
    pub(crate) timeout: Duration,
    /// Resident memory of its process, in bytes.
    pub(crate) memory: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { timeout: Duration::from_secs(60), memory: None }
    }
}

#[derive(Clone)]
pub(crate) struct StageEntry {
    pub(crate) name: &'static str,
    pub(crate) schema: Json,
    pub(crate) contract: Make<Contract>,
    pub(crate) build: Make<Box<dyn AnyStage>>,
    /// Makes it within limits, where it runs outside of docmill's own process by its nature.
    pub(crate) outside: Option<MakeWithin<Box<dyn AnyStage>>>,
}

#[derive(Clone)]
pub(crate) struct SourceEntry {
    pub(crate) name: &'static str,
    pub(crate) extensions: &'static [&'static str],
    pub(crate) schema: Json,
    pub(crate) settings_for: fn(&[String]) -> Json,
    pub(crate) contract: Make<SourceContract>,
    pub(crate) build: Make<Box<dyn AnySource>>,
}

#[derive(Clone)]
pub(crate) struct SinkEntry {
    pub(crate) name: &'static str,
    pub(crate) extensions: &'static [&'static str],
    pub(crate) schema: Json,
    pub(crate) settings_for: Arc<dyn Fn(&str) -> Json + Send + Sync>,
    pub(crate) contract: Make<SinkContract>,
    pub(crate) build: Make<Box<dyn AnySink>>,
}

/// A stage whose type is not known.
pub(crate) trait AnyStage: Send {
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError>;

    /// The same stage as one that takes documents by the batch, where it runs outside of docmill's own
    /// process and each call costs it much.
    fn remote(&mut self) -> Option<&mut dyn RemoteStage> {
        None
    }

    /// What it remembers of earlier documents.
    fn memory(&self) -> Option<Box<dyn Memory>> {
        None
    }
}

/// A stage outside of docmill's own process.
pub(crate) trait RemoteStage {
    /// Takes all documents of a batch, in order, each once. An error says that it cannot be started again,
    /// and ends the run.
    fn process_batch(&mut self, batch: &mut dyn Batch) -> Result<(), BuildError>;

    /// Gives back buffers that are larger than `kept` bytes.
    fn trim(&mut self, kept: usize);
}

/// Documents for a [`RemoteStage`], and where its answers go.
pub(crate) trait Batch {
    fn len(&self) -> usize;

    /// The document at this place, which has had no answer yet.
    fn document(&self, at: usize) -> Document<'_>;

    /// What the stage says of the document at this place. The change set is as it came from outside: its
    /// form is checked, and no more. `time` is the processor time that it took there, where known.
    fn answer(
        &mut self,
        at: usize,
        outcome: Result<Verdict, DocumentError>,
        changes: &mut Changes,
        time: Duration,
    );

    /// Whether the run is to stop: the stage leaves what has had no answer alone.
    fn is_stopped(&self) -> bool {
        false
    }

    /// The document at this place cost the stage's process its life. Told to break, the stage leaves the rest
    /// of the batch alone.
    fn lose(&mut self, at: usize, error: DocumentError) -> ControlFlow<()>;
}

impl<S: Stage> AnyStage for S {
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        Stage::process(self, document, changes)
    }

    fn memory(&self) -> Option<Box<dyn Memory>> {
        Stage::memory(self)
    }
}

/// A source whose type is not known.
pub(crate) trait AnySource: Send + Sync {
    fn shards(&self) -> Result<Vec<Shard>, BuildError>;
    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut>;
    fn parse(&self, block: &Block, documents: &mut Intake<'_>);
    fn reread(
        &self,
        origin: &Origin,
        cursor: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError>;
}

impl<S: Source> AnySource for S {
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Source::shards(self)
    }
    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        Source::cut(self, shard, max_document)
    }
    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        Source::parse(self, block, documents);
    }
    fn reread(
        &self,
        origin: &Origin,
        cursor: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        Source::reread(self, origin, cursor, raw)
    }
}

/// A sink whose type is not known.
pub(crate) trait AnySink: Send {
    fn header(&self, output: usize, bytes: &mut Vec<u8>);
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
    fn seal(&self, output: usize, encoded: &mut dyn Read, part: &mut PartFile) -> io::Result<()> {
        let _ = output;
        io::copy(encoded, part).map(drop)
    }
    fn merge(&self, output: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let _ = (output, parts, path);
        Err(io::ErrorKind::Unsupported.into())
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError>;
}

impl<S: Sink> AnySink for S {
    fn header(&self, output: usize, bytes: &mut Vec<u8>) {
        Sink::header(self, output, bytes);
    }
    fn pack(
        &mut self,
        output: usize,
        encoded: &[u8],
        complete: bool,
        packed: &mut Vec<u8>,
    ) -> bool {
        Sink::pack(self, output, encoded, complete, packed)
    }
    fn seal(&self, output: usize, encoded: &mut dyn Read, part: &mut PartFile) -> io::Result<()> {
        Sink::seal(self, output, encoded, part)
    }
    fn merge(&self, output: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        Sink::merge(self, output, parts, path)
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        Sink::encode(self, document, outputs)
    }
}

/// The JSON Schema of a settings type, without references: each part stands where it is used.
pub(crate) fn schema<T: JsonSchema>() -> Json {
    SchemaSettings::draft2020_12()
        .with(|s| s.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .into()
}

fn read<T: DeserializeOwned>(settings: &Json) -> Result<T, BuildError> {
    T::deserialize(settings).map_err(|error| BuildError::new(error.to_string()))
}
