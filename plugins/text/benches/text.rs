//! Speed of everything in this crate, beside two plain loops over the same text: a scan of its
//! bytes, and `split_whitespace`. Only the ratios to these mean anything on a shared machine.

#![allow(missing_docs, reason = "criterion's macros make functions without documentation")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_text::{Case, Phrases, fold_hashes, quotes, sentences, tokens};

const SENTENCES: [&str; 8] = [
    "The foreign minister of {} told reporters in {} on Monday that the talks had “gone further than we \
     hoped,” though he gave no details. ",
    "Gen. {} J. {} said the U.S.-made systems, which cost $22.5 million each, weren't ready yet. ",
    "“Will it hold?” {} asked. “We don't know,” the {} official replied, according to a statement. ",
    "About 1,200 people, most of them from {}, left the town between Jan. 5 and 6 p.m. on Sunday. ",
    "{}'s prime minister has refused to meet the president of {} until prisoners are released. ",
    "Officials from {} and {} blamed each other; neither side has published the full text.\n\n",
    "It was not clear whether Acme Corp. of {} would go ahead with the long-delayed {} deal. ",
    "Photo: {} near {}, Feb. 3 (J. Roe / Example Press)\n\n",
];

/// A megabyte of invented news, the same on every run; `name` names its people and places.
fn news() -> String {
    let mut text = String::new();
    let mut state = 7u64;
    while text.len() < 1 << 20 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut sentence = SENTENCES[(state >> 61) as usize].to_owned();
        for shift in [20, 40] {
            sentence = sentence.replacen("{}", &name(state >> shift), 1);
        }
        text.push_str(&sentence);
    }
    text
}

/// One of 65,536 invented names of one or two words.
fn name(number: u64) -> String {
    const PARTS: [&str; 16] = [
        "ka", "lo", "mir", "den", "sta", "vo", "ri", "bel", "tu", "gra", "nis", "hol", "pe", "zar",
        "wi", "ul",
    ];
    let part = |shift: u32| PARTS[(number >> shift & 15) as usize];
    let mut word = format!("{}{}{}", part(0), part(4), part(8));
    word[..1].make_ascii_uppercase();
    if number >> 12 & 1 == 0 {
        return word;
    }
    let mut second = format!("{}{}", part(12), part(2));
    second[..1].make_ascii_uppercase();
    format!("{word} {second}")
}

fn speed(criterion: &mut Criterion) {
    let text = news();
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));

    group.bench_function("plain: count spaces in bytes", |bencher| {
        bencher.iter(|| black_box(&text).bytes().filter(|byte| *byte == b' ').count());
    });
    group.bench_function("plain: split_whitespace", |bencher| {
        let mut words = Vec::new();
        bencher.iter(|| {
            words.clear();
            words.extend(
                black_box(text.as_str()).split_whitespace().map(|word| word.as_ptr() as usize),
            );
            words.len()
        });
    });

    // Each bench runs alone too, so what the later ones are given is made here.
    let (mut words, mut found, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    tokens(&text, &mut words);
    fold_hashes(&text, &words, &mut hashes);
    group.bench_function("tokens", |bencher| {
        bencher.iter(|| tokens(black_box(&text), &mut words));
    });
    group.bench_function("sentences, given tokens", |bencher| {
        bencher.iter(|| sentences(black_box(&text), &words, &mut found));
    });
    group.bench_function("tokens and sentences", |bencher| {
        bencher.iter(|| {
            tokens(black_box(&text), &mut words);
            sentences(&text, &words, &mut found);
        });
    });
    let mut pairs = Vec::new();
    group.bench_function("quotes, given tokens", |bencher| {
        bencher.iter(|| quotes(black_box(&text), &words, &mut pairs));
    });
    group.bench_function("hashes, given tokens", |bencher| {
        bencher.iter(|| fold_hashes(black_box(&text), &words, &mut hashes));
    });
    // Half of the names that the text draws from, and longer ones that begin like them.
    let known = (0..150_000u32).map(|id| {
        let first = name(u64::from(id) * 2);
        (if id < 1 << 15 { first } else { format!("{first} {}", name(u64::from(id) * 7)) }, id)
    });
    let phrases = Phrases::new(Case::Capitalised, known);
    let mut matches = Vec::new();
    group.bench_function("150,000 phrases, given hashes", |bencher| {
        bencher.iter(|| phrases.matches(black_box(&text), &words, &hashes, &mut matches));
    });
    group.finish();

    let mut worst = criterion.benchmark_group("a megabyte of");
    for (what, piece) in
        [("dots", "."), ("letters", "x"), ("lines", "a\n"), ("quotes", "“"), ("Cyrillic", "Киев ")]
    {
        let text = piece.repeat((1 << 20) / piece.len());
        worst.throughput(Throughput::Bytes(text.len() as u64));
        worst.bench_function(what, |bencher| {
            bencher.iter(|| {
                tokens(black_box(&text), &mut words);
                sentences(&text, &words, &mut found);
                quotes(&text, &words, &mut pairs);
            });
        });
    }
    worst.finish();
}

criterion_group!(benches, speed);
criterion_main!(benches);
