//! Words a second of the whole stage, on the sample articles in `seeds/articles`, beside a split at
//! white space of the same text. Only the ratio of the two means anything on a shared machine.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_core::{Changes, DocumentBuf, Stage, vocab};
use docmill_tag_entities::{Settings, TagEntities};

/// The sample articles, each with the layers that the stage needs.
fn articles() -> Vec<DocumentBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds/articles");
    let files = std::fs::read_dir(folder).expect("the sample articles are there");
    let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| prepared(&text))
        .collect()
}

/// A document with the layers `sentences` and `tokens`.
fn prepared(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
    docmill_text::tokens(text, &mut tokens);
    docmill_text::sentences(text, &tokens, &mut sentences);
    document.add_layer(vocab::sentences::LAYER);
    document.add_layer(vocab::tokens::LAYER);
    for sentence in &sentences {
        document.annotate(vocab::sentences::LAYER, sentence.start..sentence.end);
    }
    for token in &tokens {
        let kind = vocab::tokens::Kind::ALL[token.kind as usize];
        document.annotate(vocab::tokens::LAYER, token.start..token.end).label(kind.name());
    }
    document.seal();
    document
}

fn speed(criterion: &mut Criterion) {
    let articles = articles();
    let words: usize =
        articles.iter().map(|article| article.view().text().split_whitespace().count()).sum();
    let mut group = criterion.benchmark_group("tag-entities");
    group.throughput(Throughput::Elements(words as u64));
    let mut stage = TagEntities::build(Settings::default()).expect("the stage builds");
    group.bench_function("stage", |bencher| {
        bencher.iter(|| {
            for article in &articles {
                let mut changes = Changes::new();
                let verdict = stage.process(&article.view(), &mut changes);
                black_box((verdict.is_ok(), &changes));
            }
        });
    });
    group.bench_function("white space", |bencher| {
        bencher.iter(|| {
            articles
                .iter()
                .map(|article| black_box(article.view().text()).split_whitespace().count())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
