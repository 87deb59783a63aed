//! The whole main job and each stage in it, against a plain loop that splits the same texts into words at
//! white space: about the least that anything which reads words can cost.

#![expect(clippy::print_stdout, reason = "a benchmark prints the ratios that it measures")]

use std::{fs, hint::black_box, path::Path};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_benches::{Corpus, NEWS_STAGES, pipeline, ratio, run_into};

const BYTES: usize = 8 << 20;

fn words(texts: &[String]) {
    for text in texts {
        black_box(text.split_whitespace().map(str::len).sum::<usize>());
    }
}

fn bench(criterion: &mut Criterion) {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stages");
    fs::create_dir_all(&dir).expect("the target folder can be written");
    let input = dir.join("corpus.jsonl");
    fs::write(&input, Corpus::new(2).lines(BYTES)).expect("the target folder can be written");
    let mut corpus = Corpus::new(2);
    let mut left = BYTES;
    let texts: Vec<String> = std::iter::from_fn(|| {
        let text = corpus.text().to_owned();
        left = left.checked_sub(text.len())?;
        Some(text)
    })
    .collect();
    let bytes: usize = texts.iter().map(String::len).sum();

    let job = pipeline(&input, &NEWS_STAGES, "map");
    let whole = ratio(3, || drop(run_into(&job, &dir.join("out"), 1)), || words(&texts));
    println!("the main job: {:.0} times the plain loop (processor time)", whole.cpu);
    let report = run_into(&job, &dir.join("out"), 1);
    let rate = |bytes: u64, seconds: f64| bytes as f64 / 1e6 / seconds;
    for stage in &report.stages {
        let share = stage.cpu_seconds / report.cpu_seconds * 100.0;
        println!(
            "{}: {:.0} MB/s, {share:.0} % of the job",
            stage.name,
            rate(stage.bytes, stage.cpu_seconds)
        );
    }

    let mut group = criterion.benchmark_group("stages");
    group.sample_size(10).throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("a plain loop over words", |bench| bench.iter(|| words(&texts)));
    for upto in 1..=NEWS_STAGES.len() {
        let stages = &NEWS_STAGES[..upto];
        let job = pipeline(&input, stages, "map");
        group.bench_function(stages.join(", "), |bench| {
            bench.iter(|| run_into(&job, &dir.join("out"), 1))
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
