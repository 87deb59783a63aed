//! Components that fail on purpose, and runs of pipelines of them.

mod packs;

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use docmill_core::{
    Block, BlockPiece, BuildError, Changes, Contract, Cursor, Cut, Document, DocumentError, Input,
    Intake, Origin, Plugin, Reason, Shard, Sink, SinkContract, Source, SourceContract, Stage,
    Verdict,
    engine::{
        Destination, Diagnostic, Overrides, Pipeline, Progress, Registry, Report, RunError,
        RunOptions, WorkerCommand, run,
    },
};
use packs::Packs;
use schemars::JsonSchema;
use serde::Deserialize;

/// The components.
pub(crate) fn components() -> Registry {
    let plugin = Plugin::new("test", "1.2.3")
        .source::<Texts>()
        .stage::<Trouble>()
        .stage::<Upper>()
        .stage::<Fragile>()
        .stage::<Faulty>()
        .sink::<Plain>()
        .sink::<Packs>();
    Registry::new(vec![plugin]).unwrap()
}

/// These components, which can be put in workers of the program `faulty-worker`.
fn registry() -> Registry {
    let program = option_env!("CARGO_BIN_EXE_faulty-worker").unwrap_or_default();
    components().with_worker(WorkerCommand { program: program.into(), args: Vec::new() })
}

/// A pipeline of these texts and what else its file says.
pub(crate) fn pipeline(texts: &[&str], rest: &str) -> Pipeline {
    read_pipeline(texts, rest).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// What is wrong with it.
#[allow(dead_code, reason = "not every test asks")]
pub(crate) fn refused(texts: &[&str], rest: &str) -> Vec<Diagnostic> {
    read_pipeline(texts, rest).err().unwrap_or_default()
}

fn read_pipeline(texts: &[&str], rest: &str) -> Result<Pipeline, Vec<Diagnostic>> {
    let texts = serde_json::to_string(texts).unwrap();
    let text = format!("[source]\nuse = \"texts\"\ntexts = {texts}\n{rest}");
    Pipeline::read(&text, &registry(), &Overrides::default())
}

/// Runs it into a folder.
pub(crate) fn run_in(dir: &Path, pipeline: &Pipeline, threads: usize) -> Result<Report, RunError> {
    let options = RunOptions {
        threads: threads.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.to_owned()),
        stop: &AtomicBool::new(false),
        observe: &|_: &Progress| {},
        events: None,
    };
    run(pipeline, options)
}

/// What a file of the folder holds.
pub(crate) fn read(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Nothing to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Texts of the pipeline file itself, a few to a block.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextsSettings {
    /// The texts.
    texts: Vec<String>,
}

pub(crate) struct Texts(Arc<Vec<String>>);

/// How many texts are in a shard at least.
const PART: usize = 50;

struct Blocks {
    texts: Arc<Vec<String>>,
    next: usize,
    end: usize,
}

impl Cut for Blocks {
    fn next(&mut self, block: &mut Block) -> bool {
        let uri: Arc<str> = "texts".into();
        let texts = &self.texts[..self.end];
        while let Some(text) = texts.get(self.next).filter(|_| block.pieces.len() < 10) {
            assert_ne!(text, "cut-panic");
            let start = block.bytes.len();
            block.bytes.extend_from_slice(text.as_bytes());
            let range = start..block.bytes.len();
            block.pieces.push(BlockPiece {
                uri: uri.clone(),
                offset: self.next as u64,
                range,
                failure: None,
            });
            self.next += 1;
        }
        !block.pieces.is_empty()
    }
}

impl Source for Texts {
    const NAME: &'static str = "texts";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = TextsSettings;

    fn contract(_: &TextsSettings) -> SourceContract {
        SourceContract::new()
    }
    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "texts": paths })
    }
    fn build(settings: TextsSettings) -> Result<Self, BuildError> {
        Ok(Texts(Arc::new(settings.texts)))
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        let part = |(at, texts): (usize, &[String])| {
            let start = at as u64 * PART as u64;
            Input {
                uri: "texts".into(),
                bytes: Some(texts.iter().map(|text| text.len() as u64).sum()),
                range: Some(start..start + texts.len() as u64),
                ..Input::default()
            }
        };
        Ok(vec![Shard { inputs: self.0.chunks(PART).enumerate().map(part).collect() }])
    }
    fn cut(&self, shard: &Shard, _: usize) -> Box<dyn Cut> {
        let ranges = shard.inputs.iter().filter_map(|input| input.range.clone());
        let place = |place: Option<u64>| place.unwrap_or_default() as usize;
        let next = place(ranges.clone().map(|range| range.start).min());
        let end = place(ranges.map(|range| range.end).max());
        Box::new(Blocks { texts: self.0.clone(), next, end })
    }
    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            if let Some((locator, error)) = &piece.failure {
                documents.fail(&piece.uri, locator, DocumentError::new(error));
                continue;
            }
            let raw = &block.bytes[piece.range.clone()];
            documents.document(&piece.uri, piece.offset, raw, |document| {
                let text = std::str::from_utf8(raw)
                    .map_err(|error| DocumentError::because("not UTF-8", error))?;
                assert_ne!(text, "parse-panic");
                if text == "unreadable" {
                    return Err(DocumentError::new("unreadable on purpose"));
                }
                document.push_text(text);
                Ok(())
            });
        }
    }
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Err(DocumentError::new("cannot be read again"))
    }
}

/// Fails as its document says.
pub(crate) struct Trouble;

impl Stage for Trouble {
    const NAME: &'static str = "trouble";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Trouble)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        match document.text() {
            "error" => Err(DocumentError::new("failed on purpose")),
            "panic" => panic!("on purpose"),
            "drop" => Ok(Verdict::Drop(Reason::new("on-purpose"))),
            "contract" => {
                changes.annotate("undeclared", 0..1usize);
                Ok(Verdict::Keep)
            }
            _ => Ok(Verdict::Keep),
        }
    }
}

/// Writes the text in capitals.
pub(crate) struct Upper;

impl Stage for Upper {
    const NAME: &'static str = "upper";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new().edits_text()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Upper)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        assert_ne!(document.text(), "late-panic");
        changes.replace(0..document.text().len(), &document.text().to_uppercase(), "capitals");
        Ok(Verdict::Keep)
    }
}

/// Panics at `panic`, and when it is built for the second time.
pub(crate) struct Fragile;

impl Stage for Fragile {
    const NAME: &'static str = "fragile";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        static BUILT: AtomicU32 = AtomicU32::new(0);
        assert_ne!(BUILT.fetch_add(1, Ordering::Relaxed), 1, "broken on purpose");
        Ok(Fragile)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        _: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        assert_ne!(document.text(), "panic");
        Ok(Verdict::Keep)
    }
}

/// Ends its process, or worse, as its document says.
pub(crate) struct Faulty {
    eaten: Vec<Vec<u8>>,
}

/// What `faulty` refuses.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(crate) struct FaultySettings {
    /// Whether it cannot be built. Default: false.
    refuses: bool,
    /// Whether it prints while it is built. Default: false.
    noisy: bool,
}

#[allow(clippy::print_stdout, reason = "what a stage should not do")]
impl Stage for Faulty {
    const NAME: &'static str = "faulty";
    type Settings = FaultySettings;

    fn contract(_: &FaultySettings) -> Contract {
        Contract::new().edits_text().writes("marks")
    }
    fn build(settings: FaultySettings) -> Result<Self, BuildError> {
        if settings.noisy {
            println!("built, and saying so where nobody should");
        }
        match settings.refuses {
            true => Err(BuildError::at("/refuses", "refused on purpose")),
            false => Ok(Faulty { eaten: Vec::new() }),
        }
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let text = document.text();
        match text.split(' ').next().unwrap_or_default() {
            // The first only takes Rust's own signal handler away.
            "segfault" => loop {
                let own = rustix::process::getpid();
                let _ = rustix::process::kill_process(own, rustix::process::Signal::SEGV);
            },
            "abort" => std::process::abort(),
            "exit" => std::process::exit(0),
            "hang" => loop {
                std::hint::spin_loop();
            },
            "eat" => loop {
                self.eaten.push(vec![1; 16 << 20]);
            },
            "devour" => self.eaten.push(vec![1; 64 << 30]),
            "print" => {
                print!("{}", "noise\n".repeat(20));
                let read = std::io::stdin().lines().count();
                assert_eq!(read, 0, "there is something on standard input");
            }
            "panic" => panic!("on purpose"),
            "error" => return Err(DocumentError::because("no good", DocumentError::new("bad"))),
            "drop" => return Ok(Verdict::Drop(Reason::new("on-purpose"))),
            "contract" => changes.set("undeclared", 1.0),
            _ => {
                changes.annotate("marks", 0..text.len()).label("all").with("text", text);
                changes.replace(0..0usize, "> ", "mark");
            }
        }
        Ok(Verdict::Keep)
    }
}

/// Where `plain` writes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlainSettings {
    /// The file. Default: `plain.txt`.
    path: String,
}

impl Default for PlainSettings {
    fn default() -> Self {
        PlainSettings { path: "plain.txt".to_owned() }
    }
}

/// The text, a line a document.
pub(crate) struct Plain;

impl Sink for Plain {
    const NAME: &'static str = "plain";
    const EXTENSIONS: &'static [&'static str] = &["txt"];
    type Settings = PlainSettings;

    fn contract(settings: &PlainSettings) -> SinkContract {
        SinkContract::new().output(&settings.path, "/path")
    }
    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }
    fn build(_: PlainSettings) -> Result<Self, BuildError> {
        Ok(Plain)
    }
    fn header(&self, _: usize, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(b"# plain\n");
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        outputs[0].extend_from_slice(document.text().as_bytes());
        outputs[0].push(b'\n');
        match document.text() {
            "SINK-PANIC" => panic!("on purpose"),
            "SINK-ERROR" => Err(DocumentError::new("failed on purpose")),
            _ => Ok(()),
        }
    }
}
