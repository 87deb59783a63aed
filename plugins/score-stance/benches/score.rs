//! Speed of the stage, beside a plain loop over the same words. Only the ratio means anything on a shared machine.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_core::{
    Changes, DocumentBuf, Stage,
    vocab::{entities, sentences, tokens},
};
use docmill_score_stance::{ScoreStance, Settings};

const SENTENCES: [&str; 8] = [
    "The foreign minister of Norway told reporters on Monday that Chile had “gone further than we hoped,” though she gave no details. ",
    "Peru has refused to send Kenya the radars that it promised in January, and accused Nepal of buying them first. ",
    "“Will it hold?” asked the president of Ghana. “We thank Norway, and we expect more from Chile,” he said. ",
    "About 1,200 people, most of them from the coast, left the town between Jan. 5 and 6 p.m. on Sunday. ",
    "Kenya's prime minister has rejected requests from Nepal for talks until the prisoners are released.\n\n",
    "Ties between Ghana and Peru have soured since a raid on a depot that both governments use. ",
    "The report, which runs to four hundred pages, says little about who paid for the trucks and why they were late. ",
    "Norway sent tents, but no weapons, to Chile; a spokesman said further aid could follow within weeks.\n\n",
];
const COUNTRIES: [(&str, &str); 6] = [
    ("Norway", "country:NO"),
    ("Chile", "country:CL"),
    ("Peru", "country:PE"),
    ("Kenya", "country:KE"),
    ("Nepal", "country:NP"),
    ("Ghana", "country:GH"),
];

/// A document of about 4 KB with its layers, and how many such make the corpus.
fn document() -> DocumentBuf {
    let text: String = (0..40).map(|at| SENTENCES[at * 5 % SENTENCES.len()]).collect();
    let mut document = DocumentBuf::with_text(&text);
    let (mut words, mut found) = (Vec::new(), Vec::new());
    docmill_text::tokens(&text, &mut words);
    docmill_text::sentences(&text, &words, &mut found);
    for sentence in &found {
        document.annotate(sentences::LAYER, sentence.range());
    }
    for word in &words {
        let label = match word.kind {
            docmill_text::TokenKind::Word => "word",
            docmill_text::TokenKind::Number => "number",
            docmill_text::TokenKind::Punctuation => "punctuation",
            docmill_text::TokenKind::Symbol => "symbol",
        };
        document.annotate(tokens::LAYER, word.range()).label(label);
    }
    for (name, id) in COUNTRIES {
        for (at, _) in text.match_indices(name) {
            let entity = document.annotate(entities::LAYER, at..at + name.len()).label("GPE");
            entity.with("entity", id).with("name", name).with("actor", id).with("actor-name", name);
        }
    }
    document.seal();
    document
}

fn speed(criterion: &mut Criterion) {
    let document = document();
    let text = document.view().text().to_owned();
    let mut group = criterion.benchmark_group("score-stance");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("plain loop", |bencher| {
        bencher.iter(|| black_box(&text).split_whitespace().map(str::len).sum::<usize>());
    });
    group.bench_function("stage", |bencher| {
        let mut stage = ScoreStance::build(Settings::default()).expect("the defaults are valid");
        let mut changes = Changes::new();
        bencher.iter(|| {
            changes.clear();
            stage.process(&black_box(&document).view(), &mut changes)
        });
    });
    group.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
