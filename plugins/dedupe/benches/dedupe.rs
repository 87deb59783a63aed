//! Speed of the stage and of its memory, beside a plain loop over the same texts: only the ratios mean anything on a
//! shared machine.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

#[path = "../tests/news/mod.rs"]
#[allow(dead_code, reason = "the test uses all of it")]
mod news;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_core::{Changes, DocumentBuf, Stage, testing};
use docmill_dedupe::{By, Dedupe, Settings};

fn speed(criterion: &mut Criterion) {
    let documents: Vec<DocumentBuf> = news::corpus(1000, 3)
        .iter()
        .map(|document| DocumentBuf::with_text(&document.text))
        .collect();
    let bytes = documents.iter().map(|document| document.view().text().len() as u64).sum();
    let mut group = criterion.benchmark_group("dedupe");
    group.throughput(Throughput::Bytes(bytes));

    group.bench_function("plain: split_whitespace", |bencher| {
        bencher.iter(|| {
            let words = documents
                .iter()
                .map(|document| black_box(document).view().text().split_whitespace().count());
            words.sum::<usize>()
        });
    });
    for (name, by) in [("near", By::Near), ("exact", By::Exact)] {
        let mut stage = Dedupe::build(Settings { by, ..Settings::default() }).expect("the default");
        let mut changes = Changes::new();
        let mut notes = Vec::new();
        group.bench_function(format!("{name}: process"), |bencher| {
            bencher.iter(|| {
                notes.clear();
                for document in &documents {
                    changes.clear();
                    stage.process(&document.view(), &mut changes).expect("it cannot fail");
                    notes.push(testing::note(&changes).to_vec());
                }
            });
        });
        group.bench_function(format!("{name}: recall"), |bencher| {
            bencher.iter(|| {
                let mut memory = stage.memory().expect("it has one");
                for note in &notes {
                    memory.recall("an id", note).expect("it is not full");
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
