//! Edits, the source map and moving annotations, against a plain loop that cuts the same lines out of
//! a string and knows nothing of where they came from.
//!
//! Every third line of each document goes, and every word is annotated before. Prints what the engine
//! costs as a multiple of the plain loop, without provenance, with the map, and with removed text.

#![expect(clippy::print_stdout, reason = "a benchmark prints the ratios that it measures")]

use std::{
    hint::black_box,
    sync::{Arc, OnceLock, atomic::AtomicBool},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_benches::{Corpus, ratio};
use docmill_core::{
    Block, BlockPiece, BuildError, Changes, Contract, Cursor, Cut, Document, DocumentError, Input,
    Intake, Origin, Plugin, Provenance, Shard, Sink, SinkContract, Source, SourceContract, Stage,
    Verdict,
    engine::{Destination, Overrides, Pipeline, Registry, RunOptions, run},
};
use schemars::JsonSchema;
use serde::Deserialize;

const BYTES: usize = 4 << 20;

fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut corpus = Corpus::new(1);
        let mut left = BYTES;
        std::iter::from_fn(|| {
            let text = corpus.text().to_owned();
            left = left.checked_sub(text.len())?;
            Some(text)
        })
        .collect()
    })
}

/// Documents of the generated corpus.
#[derive(Deserialize, JsonSchema)]
struct Nothing {}

struct Memory;
struct Blocks(usize);

impl Cut for Blocks {
    fn next(&mut self, block: &mut Block) -> bool {
        let uri: Arc<str> = "memory".into();
        while let Some(text) = texts().get(self.0).filter(|_| block.bytes.len() < 1 << 20) {
            let start = block.bytes.len();
            block.bytes.extend_from_slice(text.as_bytes());
            block.pieces.push(BlockPiece {
                uri: uri.clone(),
                offset: 0,
                range: start..block.bytes.len(),
                failure: None,
            });
            self.0 += 1;
        }
        !block.pieces.is_empty()
    }
}

impl Source for Memory {
    const NAME: &'static str = "memory";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Nothing;
    fn contract(_: &Nothing) -> SourceContract {
        SourceContract::new()
    }
    fn settings_for(_: &[String]) -> serde_json::Value {
        serde_json::json!({})
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Memory)
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Ok(vec![Shard {
            inputs: vec![Input { uri: "memory".into(), bytes: None, ..Input::default() }],
        }])
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        Box::new(Blocks(0))
    }
    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            let raw = &block.bytes[piece.range.clone()];
            documents.document(&piece.uri, "", raw, |document| {
                document.set_id("1");
                document.push_text(
                    std::str::from_utf8(raw)
                        .map_err(|error| DocumentError::because("not UTF-8", error))?,
                );
                Ok(())
            });
        }
    }
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Ok(())
    }
}

/// Annotates every word.
struct Words;

impl Stage for Words {
    const NAME: &'static str = "words";
    type Settings = Nothing;
    fn contract(_: &Nothing) -> Contract {
        Contract::new().writes("words")
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Words)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let mut start = 0;
        for word in document.text().split_inclusive(' ') {
            changes.annotate("words", start..start + word.trim_end().len()).label("word");
            start += word.len();
        }
        Ok(Verdict::Keep)
    }
}

/// Removes every third line.
struct Cull;

impl Stage for Cull {
    const NAME: &'static str = "cull";
    type Settings = Nothing;
    fn contract(_: &Nothing) -> Contract {
        Contract::new().edits_text()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Cull)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let mut start = 0;
        for (at, line) in document.text().split_inclusive('\n').enumerate() {
            if at % 3 == 2 {
                changes.remove(start..start + line.len(), "third");
            }
            start += line.len();
        }
        Ok(Verdict::Keep)
    }
}

/// Counts bytes.
struct Count;

/// How much provenance to ask for.
#[derive(Deserialize, JsonSchema)]
struct Asked {
    provenance: Provenance,
}

impl Sink for Count {
    const NAME: &'static str = "count";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Asked;
    fn contract(settings: &Asked) -> SinkContract {
        SinkContract::new().output("count", "").provenance(settings.provenance)
    }
    fn settings_for(_: &str) -> serde_json::Value {
        serde_json::json!({})
    }
    fn build(_: Asked) -> Result<Self, BuildError> {
        Ok(Count)
    }
    fn encode(&mut self, document: &Document<'_>, _: &mut [Vec<u8>]) -> Result<(), DocumentError> {
        black_box(document.text().len());
        Ok(())
    }
}

fn pipeline(stages: &str, provenance: &str) -> Pipeline {
    let plugin = Plugin::new("bench", "0")
        .source::<Memory>()
        .stage::<Words>()
        .stage::<Cull>()
        .sink::<Count>();
    let registry = Registry::new(vec![plugin]).unwrap_or_else(|error| panic!("{error}"));
    let text = format!(
        "[source]\nuse=\"memory\"\n{stages}[[sink]]\nuse=\"count\"\nprovenance=\"{provenance}\"\n"
    );
    Pipeline::read(&text, &registry, &Overrides::default())
        .unwrap_or_else(|found| panic!("{found:?}"))
}

fn engine(pipeline: &Pipeline) {
    let destination = Destination::Stream { output: Box::new(std::io::sink()), dead_letters: None };
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: 1.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination,
        stop: &stop,
        observe: &|_| {},
        events: None,
    };
    let report = run(pipeline, options).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.documents.written, texts().len() as u64);
}

fn plain() {
    let (mut text, mut new) = (String::new(), String::new());
    for raw in texts() {
        text.clear();
        text.push_str(raw);
        new.clear();
        for (at, line) in text.split_inclusive('\n').enumerate() {
            if at % 3 != 2 {
                new.push_str(line);
            }
        }
        black_box(&new);
    }
}

const CULL: &str = "[[stage]]\nuse=\"cull\"\n";
const WORDS: &str = "[[stage]]\nuse=\"words\"\n[[stage]]\nuse=\"cull\"\n";

fn edits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("edits");
    group.throughput(Throughput::Bytes(texts().iter().map(|text| text.len() as u64).sum()));
    group.bench_function("a plain loop", |bench| bench.iter(plain));
    let plans = [("none", CULL), ("map", CULL), ("full", CULL), ("map", WORDS)];
    for (provenance, stages) in plans {
        let pipeline = pipeline(stages, provenance);
        let words = if stages == WORDS { ", every word annotated" } else { "" };
        let name = format!("the engine, provenance {provenance}{words}");
        println!("{name}: {:.2} times the plain loop", ratio(9, || engine(&pipeline), plain).cpu);
        group.bench_function(name, |bench| bench.iter(|| engine(&pipeline)));
    }
}

criterion_group!(benches, edits);
criterion_main!(benches);
