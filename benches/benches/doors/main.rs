//! What the doors cost: a stage called directly against the same stage loaded from a library, and in a worker process,
//! on documents of 4 KB with 40 annotations of three features, of which it makes 40 more; and how long a worker is
//! away that was killed.
//!
//! `DOCMILL_BENCH_DOCUMENTS` sets how many documents a round has (default: 20000).

#![expect(clippy::print_stdout, reason = "a benchmark prints the ratios that it measures")]

mod copy;

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use docmill_core::{
    Block, BlockPiece, BuildError, Changes, Contract, Cursor, Cut, Document, DocumentError, Input,
    Intake, Origin, Plugin, Shard, Sink, SinkContract, Source, SourceContract, Stage, Verdict,
    engine::{
        Destination, Overrides, Pipeline, Registry, RunOptions, WorkerCommand, load, run,
        serve_worker,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

use copy::{Copy, Nothing};

/// Bytes of a document.
const LENGTH: usize = 4096;
/// Annotations of a document.
const ANNOTATIONS: usize = 40;

/// How many documents there are.
#[derive(Deserialize, JsonSchema)]
struct Many {
    documents: usize,
    /// Each of this many kills; 0 for none.
    #[serde(default)]
    deadly: usize,
}

/// Yields documents of one text.
struct Repeat(Many);

struct Rest {
    text: String,
    next: usize,
    of: usize,
    deadly: usize,
}

impl Cut for Rest {
    fn next(&mut self, block: &mut Block) -> bool {
        let uri: Arc<str> = "repeat".into();
        while self.next < self.of && block.bytes.len() < 1 << 20 {
            let start = block.bytes.len();
            let deadly = self.deadly > 0 && self.next % self.deadly == self.deadly / 2;
            block.bytes.extend_from_slice(if deadly { b"die " } else { b"" });
            block.bytes.extend_from_slice(self.text.as_bytes());
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

impl Source for Repeat {
    const NAME: &'static str = "repeat";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Many;

    fn contract(_: &Many) -> SourceContract {
        SourceContract::new()
    }
    fn settings_for(_: &[String]) -> serde_json::Value {
        serde_json::Value::Null
    }
    fn build(settings: Many) -> Result<Self, BuildError> {
        Ok(Repeat(settings))
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Ok(vec![Shard {
            inputs: vec![Input { uri: "repeat".into(), bytes: None, ..Input::default() }],
        }])
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        let text: String =
            "Kyiv thanked Berlin for the tanks. ".chars().cycle().take(LENGTH).collect();
        Box::new(Rest { text, next: 0, of: self.0.documents, deadly: self.0.deadly })
    }
    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            let raw = &block.bytes[piece.range.clone()];
            documents.document(&piece.uri, piece.offset, raw, |document| {
                document.push_text(std::str::from_utf8(raw).unwrap_or_default());
                Ok(())
            });
        }
    }
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Ok(())
    }
}

/// Marks places, with three features each.
struct Mark;

impl Stage for Mark {
    const NAME: &'static str = "mark";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new().writes("marks")
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Mark)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let step = document.text().len() / ANNOTATIONS;
        for at in 0..ANNOTATIONS {
            let marked =
                changes.annotate("marks", at * step..at * step + 5).label("GPE").score(0.9);
            marked.with("entity", "place:kyiv").with("name", "Kyiv").with("count", at as f64);
        }
        Ok(Verdict::Keep)
    }
}

/// Counts documents.
struct Count;

impl Sink for Count {
    const NAME: &'static str = "count";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Nothing;

    fn contract(_: &Nothing) -> SinkContract {
        SinkContract::new().output("count.txt", "")
    }
    fn settings_for(_: &str) -> serde_json::Value {
        serde_json::Value::Null
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Count)
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let copies = document.layer("copies").map_or(0, |layer| layer.len());
        outputs[0].push(if copies == ANNOTATIONS { b'.' } else { b'!' });
        Ok(())
    }
}

/// All but the stage `copy`.
fn others() -> Plugin {
    Plugin::new("bench", "0.0.0").source::<Repeat>().stage::<Mark>().sink::<Count>()
}

/// The stage `copy` called directly.
fn registry() -> Registry {
    let plugins =
        vec![others().stage::<Copy>(), docmill_segment::plugin(), docmill_tag_entities::plugin()];
    let registry = Registry::new(plugins).expect("the components have names of their own");
    let program = env::current_exe().expect("a program knows itself");
    registry.with_worker(WorkerCommand { program, args: vec!["worker".into()] })
}

/// The stage `copy` loaded from a library, which is built here.
fn loaded() -> Registry {
    let mut build = Command::new(env!("CARGO"));
    build.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "-p",
        "docmill-benches",
        "--example",
        "copy",
    ]);
    assert!(build.status().is_ok_and(|status| status.success()), "the library cannot be built");
    let own = env::current_exe().expect("a program knows itself");
    let profile = own.parent().and_then(Path::parent).map(PathBuf::from).unwrap_or_default();
    let name = format!("{}copy{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = load(&profile.join("examples").join(name), None);
    let library = library.unwrap_or_else(|refusal| panic!("{refusal}"));
    let registry = Registry::new(vec![others()]).and_then(|registry| registry.with(library));
    registry.expect("the components have names of their own")
}

/// The pipeline of some documents, each of so many of which kills, through these stages.
fn read(registry: &Registry, documents: usize, deadly: usize, stages: &str) -> Pipeline {
    let text = format!(
        "[source]\nuse = \"repeat\"\ndocuments = {documents}\ndeadly = {deadly}\n[[stage]]\nuse = \"mark\"\n{stages}\n[[sink]]\nuse = \"count\"\n"
    );
    Pipeline::read(&text, registry, &Overrides::default())
        .unwrap_or_else(|found| panic!("{found:?}"))
}

/// Seconds for the documents.
fn seconds(registry: &Registry, documents: usize, deadly: usize, stages: &str) -> f64 {
    let pipeline = read(registry, documents, deadly, stages);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doors");
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: 1.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir),
        stop: &stop,
        observe: &|_| {},
        events: None,
    };
    let start = Instant::now();
    let report = run(&pipeline, options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.documents.failed as usize, documents.checked_div(deadly).unwrap_or(0));
    start.elapsed().as_secs_f64()
}

/// The median and the least of some figures.
fn median_and_least(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    (figures[figures.len() / 2], figures[0])
}

fn main() {
    let registry = registry();
    if env::args().nth(1).as_deref() == Some("worker") {
        let _ = serve_worker(&registry);
        return;
    }
    let documents = env::var("DOCMILL_BENCH_DOCUMENTS").ok().and_then(|n| n.parse().ok());
    let documents: usize = documents.unwrap_or(20_000);
    let direct = "[[stage]]\nuse = \"copy\"";
    let worker = "[[stage]]\nuse = \"copy\"\nisolation = \"process\"";
    let library = loaded();
    let (mut direct_calls, mut workers, mut more, mut ratios) = (vec![], vec![], vec![], vec![]);
    let (mut loaded_calls, mut loaded_more) = (vec![], vec![]);
    for round in 0..8 {
        let [a, b, c] = [(&registry, direct), (&registry, worker), (&library, direct)].map(
            |(registry, stages)| seconds(registry, documents, 0, stages) / documents as f64 * 1e6,
        );
        if round > 0 {
            direct_calls.push(a);
            workers.push(b);
            loaded_calls.push(c);
            more.push(b - a);
            loaded_more.push(c - a);
            ratios.push(b / a);
        }
    }
    let ((call, least_call), (_, least_worker)) =
        (median_and_least(direct_calls), median_and_least(workers));
    let ((median, _), (ratio, _)) = (median_and_least(more), median_and_least(ratios));
    let ((loaded, _), (_, least_loaded)) =
        (median_and_least(loaded_more), median_and_least(loaded_calls));
    println!(
        "a library, on one thread: {loaded:.2} µs a document more than a direct call, median of 7 pairs; {:.2} between the least of each",
        least_loaded - least_call
    );
    println!(
        "a worker, in batches, on one thread: {median:.1} µs a document more than a direct call, median of 7 pairs; {:.1} between the least of each",
        least_worker - least_call
    );
    println!(
        "the whole run takes {ratio:.2} times as long; {call:.1} µs a document with direct calls"
    );
    let away = (0..7).map(|_| {
        let (a, b) = (seconds(&registry, 400, 0, worker), seconds(&registry, 400, 10, worker));
        (b - a) / 40.0 * 1e3
    });
    let (median, least) = median_and_least(away.collect());
    println!("a killed worker is back within {median:.1} ms (least {least:.1})");

    let tagger = "[[stage]]\nuse = \"segment\"\n[[stage]]\nuse = \"tag-entities\"";
    let ready = (0..7).map(|_| {
        let start = Instant::now();
        drop(read(&registry, 1, 0, &format!("{tagger}\nisolation = \"process\"")));
        start.elapsed().as_secs_f64() * 1e3
    });
    let (median, least) = median_and_least(ready.collect());
    println!("a worker of the tagger has its models after {median:.1} ms (least {least:.1})");
}
