//! Reading and writing the JSON form, against serde_json with a typed struct on the same lines in the
//! same run. Prints the ratio of the two, which is what holds on any machine: criterion's own times
//! are those of this one.

use std::{fmt::Write, hint::black_box, time::Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use docmill_core::{
    DocumentBuf, Provenance,
    json::{self, Form},
};
use serde::{Deserialize, Serialize};

/// What a plain program would read and write.
#[derive(Serialize, Deserialize)]
struct Article {
    id: String,
    text: String,
    outlet: String,
}

/// Lines of about 3.3 KB that look like news: a line break every few sentences, quotation marks, and
/// as many chars beyond ASCII as `beyond` says, in thousandths.
fn lines(count: usize, beyond: u32) -> Vec<Vec<u8>> {
    let mut state = 7u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    (0..count)
        .map(|number| {
            let mut text = String::new();
            while text.len() < 3300 {
                let word =
                    ["the", "minister", "said", "on", "Tuesday", "that", "supplies", "would"];
                text.push_str(word[next(8) as usize]);
                text.push_str(match next(1000) {
                    roll if roll < beyond * 6 => "’s ",
                    roll if roll > 990 => ".\n",
                    roll if roll > 980 => " \"",
                    _ => " ",
                });
            }
            let mut id = String::new();
            let _ = write!(id, "doc-{number}");
            serde_json::to_vec(&Article { id, text, outlet: "The Example".to_owned() })
                .expect("it is plain text")
        })
        .collect()
}

fn plain(lines: &[Vec<u8>], out: &mut Vec<u8>) {
    for line in lines {
        out.clear();
        let article: Article = serde_json::from_slice(line).expect("it was written above");
        serde_json::to_writer(&mut *out, &article).expect("a vector takes all");
        black_box(&out);
    }
}

fn docmill(lines: &[Vec<u8>], document: &mut DocumentBuf, out: &mut Vec<u8>) {
    let form = Form { provenance: Provenance::None, ..Form::default() };
    for line in lines {
        out.clear();
        document.clear();
        json::read(line, document).expect("it was written above");
        json::write(&document.view(), &form, out);
        black_box(&out);
    }
}

fn compare(criterion: &mut Criterion) {
    for (name, beyond) in [("ascii", 0), ("curly-quotes", 8), ("dense", 160)] {
        let lines = lines(300, beyond);
        let bytes = lines.iter().map(Vec::len).sum::<usize>() as u64;
        let (mut document, mut out) = (DocumentBuf::new(), Vec::new());
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function("serde_json", |bench| bench.iter(|| plain(&lines, &mut out)));
        let mut run = || docmill(&lines, &mut document, &mut out);
        group.bench_function("docmill", |bench| bench.iter(&mut run));
        group.finish();
        ratio(name, &lines);
    }
}

/// The median over interleaved rounds of docmill's speed as a multiple of serde_json's.
#[allow(clippy::print_stdout, reason = "a bench reports")]
fn ratio(name: &str, lines: &[Vec<u8>]) {
    let (mut document, mut out) = (DocumentBuf::new(), Vec::new());
    let mut ratios: Vec<f64> = (0..41)
        .map(|_| {
            let start = Instant::now();
            plain(lines, &mut out);
            let theirs = start.elapsed();
            let start = Instant::now();
            docmill(lines, &mut document, &mut out);
            theirs.as_secs_f64() / start.elapsed().as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("{name}: docmill moves {:.2} times what serde_json does\n", ratios[ratios.len() / 2]);
}

criterion_group!(benches, compare);
criterion_main!(benches);
