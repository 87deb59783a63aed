//! The engine alone, JSON lines to JSON lines, against a plain single-threaded loop that reads, parses
//! into a typed struct, serialises and writes the same bytes with serde_json; then two workers against
//! one, and what provenance costs.
//!
//! `DOCMILL_BENCH_MB` sets the size of the input (default: 32 MB).

use std::{
    env, fs,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_benches::{Corpus, ratio};
use docmill_core::engine::{Destination, Overrides, Pipeline, Registry, RunOptions, run};
use serde::{Deserialize, Serialize};

/// What a plain program would make of a line.
#[derive(Serialize, Deserialize)]
struct Article {
    #[serde(default = "one")]
    docmill: u32,
    #[serde(default = "chars")]
    offsets: String,
    id: String,
    text: String,
    metadata: Metadata,
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    outlet: String,
    date: String,
}

fn one() -> u32 {
    1
}

fn chars() -> String {
    "chars".to_owned()
}

fn plain(input: &Path, output: &Path) {
    let mut lines =
        BufReader::with_capacity(1 << 20, File::open(input).expect("the corpus is there"));
    let mut out =
        BufWriter::with_capacity(1 << 20, File::create(output).expect("the folder is there"));
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).expect("it can be read") > 0 {
        let article: Article = serde_json::from_slice(&line).expect("it is an article");
        serde_json::to_writer(&mut out, &article).expect("it can be written");
        out.write_all(b"\n").expect("it can be written");
        line.clear();
    }
    out.flush().expect("it can be written");
}

/// A pipeline of these stages from the corpus to one documents file.
fn pipeline(input: &Path, stages: &[&str], provenance: &str) -> Pipeline {
    let plugins = vec![
        docmill_read::plugin(),
        docmill_export::plugin(),
        docmill_clean::plugin(),
        docmill_segment::plugin(),
        docmill_tag_entities::plugin(),
        docmill_score_stance::plugin(),
    ];
    let registry = Registry::new(plugins).unwrap_or_else(|error| panic!("{error}"));
    let stages: String =
        stages.iter().map(|stage| format!("[[stage]]\nuse = \"{stage}\"\n")).collect();
    let text = format!(
        "[source]\nuse = \"jsonl\"\npaths = ['{}']\n{stages}[[sink]]\nuse = \"jsonl\"\nprovenance = \"{provenance}\"\n",
        input.display()
    );
    Pipeline::read(&text, &registry, &Overrides::default())
        .unwrap_or_else(|found| panic!("{found:?}"))
}

fn engine(pipeline: &Pipeline, dir: &Path, threads: usize) {
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: threads.try_into().ok(),
        limit: None,
        destination: Destination::Folder(dir.to_owned()),
        stop: &stop,
        observe: &|_| {},
    };
    let report = run(pipeline, options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.documents.written > 0 && report.documents.failed == 0);
}

fn corpus() -> (PathBuf, PathBuf, u64) {
    let megabytes = env::var("DOCMILL_BENCH_MB").ok().and_then(|mb| mb.parse().ok()).unwrap_or(32);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine");
    fs::create_dir_all(&dir).expect("the target folder can be written");
    let input = dir.join("corpus.jsonl");
    let lines = Corpus::new(1).lines(megabytes * 1_000_000);
    fs::write(&input, &lines).expect("the target folder can be written");
    (dir, input, lines.len() as u64)
}

fn bench(criterion: &mut Criterion) {
    let (dir, input, bytes) = corpus();
    let plain_output = dir.join("plain.jsonl");
    let out = dir.join("out");
    let alone = pipeline(&input, &[], "none");

    let mine = ratio(7, || plain(&input, &plain_output), || engine(&alone, &out, 1));
    println!(
        "the engine alone, provenance none, moves {:.0} % of the plain loop (processor time)",
        mine.cpu * 100.0
    );
    let same = fs::read(&plain_output).ok() == fs::read(out.join("documents.jsonl")).ok();
    println!("both wrote the same bytes: {same}");
    let two = ratio(9, || engine(&alone, &out, 1), || engine(&alone, &out, 2));
    println!("two workers, engine alone: {:.2} times one (wall)", two.wall);
    for provenance in ["map", "full"] {
        let traced = pipeline(&input, &[], provenance);
        let cost = ratio(5, || engine(&traced, &out, 1), || engine(&alone, &out, 1));
        println!("provenance {provenance}, no stages: {:.2} times none (processor time)", cost.cpu);
    }

    let news = ["clean", "segment", "tag-entities", "score-stance"];
    let untraced = pipeline(&input, &news, "none");
    let two = ratio(3, || engine(&untraced, &out, 1), || engine(&untraced, &out, 2));
    println!("two workers, the main job: {:.2} times one (wall)", two.wall);
    for provenance in ["map", "full"] {
        let traced = pipeline(&input, &news, provenance);
        let cost = ratio(3, || engine(&traced, &out, 1), || engine(&untraced, &out, 1));
        println!(
            "provenance {provenance}, the main job: {:.2} times none (processor time)",
            cost.cpu
        );
    }
    let whole = ratio(3, || engine(&untraced, &out, 1), || plain(&input, &plain_output));
    println!("the main job: {:.1} times the plain loop (processor time)", whole.cpu);

    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).throughput(Throughput::Bytes(bytes));
    group.bench_function("plain loop", |bench| bench.iter(|| plain(&input, &plain_output)));
    group
        .bench_function("engine alone, one worker", |bench| bench.iter(|| engine(&alone, &out, 1)));
    group.bench_function("engine alone, two workers", |bench| {
        bench.iter(|| engine(&alone, &out, 2))
    });
    group
        .bench_function("main job, two workers", |bench| bench.iter(|| engine(&untraced, &out, 2)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
