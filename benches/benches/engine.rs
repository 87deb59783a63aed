//! The engine alone, JSON lines to JSON lines, against a plain single-threaded loop that reads, parses
//! into a typed struct, serialises and writes the same bytes with serde_json; then two workers against
//! one, and what provenance costs.
//!
//! `DOCMILL_BENCH_MB` sets the size of the input (default: 32 MB).

#![expect(clippy::print_stdout, reason = "a benchmark prints the ratios that it measures")]

use std::{
    env, fs,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_benches::{Corpus, NEWS_STAGES, pipeline, ratio, run_into, run_nowhere};
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

/// Copies a file, and puts the copy on the disk.
fn copy(from: &Path, dir: &Path) {
    let copy = dir.join("copy.jsonl");
    fs::copy(from, &copy).expect("the folder can be written");
    File::open(&copy).and_then(|file| file.sync_all()).expect("it can be put on the disk");
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

    let mine = ratio(7, || plain(&input, &plain_output), || drop(run_into(&alone, &out, 1)));
    println!(
        "the engine alone, provenance none, moves {:.0} % of the plain loop (processor time)",
        mine.cpu * 100.0
    );
    let same = fs::read(&plain_output).ok() == fs::read(out.join("documents.jsonl")).ok();
    println!("both wrote the same bytes: {same}");
    let two = ratio(9, || drop(run_into(&alone, &out, 1)), || drop(run_into(&alone, &out, 2)));
    println!("two workers, engine alone, into files: {:.2} times one (wall)", two.wall);
    // What no number of workers can do without: the same bytes, copied and put on the disk.
    let disk = ratio(9, || copy(&plain_output, &dir), || drop(run_into(&alone, &out, 2)));
    println!(
        "of what two workers take, copying the output takes {:.0} % (wall)",
        disk.wall * 100.0
    );
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        let out = memory.join(format!("docmill-bench-{}", std::process::id()));
        let two = ratio(9, || drop(run_into(&alone, &out, 1)), || drop(run_into(&alone, &out, 2)));
        println!(
            "two workers, engine alone, into files in memory: {:.2} times one (wall)",
            two.wall
        );
        fs::remove_dir_all(&out).expect("it was made here");
    }
    let two = ratio(9, || drop(run_nowhere(&alone, 1)), || drop(run_nowhere(&alone, 2)));
    println!("two workers, engine alone, output thrown away: {:.2} times one (wall)", two.wall);
    for provenance in ["map", "full"] {
        let traced = pipeline(&input, &[], provenance);
        let cost =
            ratio(5, || drop(run_into(&traced, &out, 1)), || drop(run_into(&alone, &out, 1)));
        println!("provenance {provenance}, no stages: {:.2} times none (processor time)", cost.cpu);
    }

    let untraced = pipeline(&input, &NEWS_STAGES, "none");
    let two =
        ratio(3, || drop(run_into(&untraced, &out, 1)), || drop(run_into(&untraced, &out, 2)));
    println!("two workers, the main job: {:.2} times one (wall)", two.wall);
    for provenance in ["map", "full"] {
        let traced = pipeline(&input, &NEWS_STAGES, provenance);
        let cost =
            ratio(3, || drop(run_into(&traced, &out, 1)), || drop(run_into(&untraced, &out, 1)));
        println!(
            "provenance {provenance}, the main job: {:.2} times none (processor time)",
            cost.cpu
        );
    }
    let whole = ratio(3, || drop(run_into(&untraced, &out, 1)), || plain(&input, &plain_output));
    println!("the main job: {:.1} times the plain loop (processor time)", whole.cpu);

    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).throughput(Throughput::Bytes(bytes));
    group.bench_function("plain loop", |bench| bench.iter(|| plain(&input, &plain_output)));
    group.bench_function("engine alone, one worker", |bench| {
        bench.iter(|| drop(run_into(&alone, &out, 1)))
    });
    group.bench_function("engine alone, two workers", |bench| {
        bench.iter(|| drop(run_into(&alone, &out, 2)))
    });
    group.bench_function("main job, two workers", |bench| {
        bench.iter(|| drop(run_into(&untraced, &out, 2)))
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
