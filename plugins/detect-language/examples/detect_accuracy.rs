//! How often the language of a text is told, by its length, and how fast, on invented news in eight languages.
//!
//! `cargo run -p docmill-detect-language --example detect_accuracy` prints both as Markdown tables; a build with
//! `--release` measures the speed that users get. A piece of a text is the fewest whole words that are at least
//! so many chars; pieces do not overlap. Speed is that of one document a language, the best of thirty rounds,
//! in which the stage and a plain call of the crate it uses take turns.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use docmill_core::{Changes, DocumentBuf, Stage, testing};
use docmill_detect_language::{DetectLanguage, Settings};

const TEXTS: [(&str, &str); 8] = [
    ("de", include_str!("../texts/de.txt")),
    ("en", include_str!("../texts/en.txt")),
    ("es", include_str!("../texts/es.txt")),
    ("fr", include_str!("../texts/fr.txt")),
    ("pl", include_str!("../texts/pl.txt")),
    ("ru", include_str!("../texts/ru.txt")),
    ("tr", include_str!("../texts/tr.txt")),
    ("uk", include_str!("../texts/uk.txt")),
];

fn main() -> Result<(), Box<dyn Error>> {
    accuracy()?;
    println!();
    speed()
}

fn accuracy() -> Result<(), Box<dyn Error>> {
    let eight: Vec<String> = TEXTS.iter().map(|(language, _)| language.to_string()).collect();
    println!("| chars | candidates | pieces | right | `und` | {} |", eight.join(" | "));
    println!("|---|---|---|---|---|{}", "---|".repeat(eight.len()));
    for chars in [20, 50, 100, 300] {
        for (candidates, among) in [("70", Vec::new()), ("these 8", eight.clone())] {
            let mut stage =
                DetectLanguage::build(Settings { among, min_chars: 1, ..Settings::default() })?;
            let (mut all, mut all_right, mut undetermined) = (0, 0, 0);
            let mut shares = Vec::new();
            for (expected, text) in TEXTS {
                let pieces = pieces(text, chars);
                let found: Result<Vec<_>, _> =
                    pieces.iter().map(|piece| language(&mut stage, piece)).collect();
                let found = found?;
                let right = found.iter().filter(|language| *language == expected).count();
                undetermined += found.iter().filter(|language| *language == "und").count();
                shares.push(share(right, pieces.len()));
                all += pieces.len();
                all_right += right;
            }
            let (right, undetermined) = (share(all_right, all), share(undetermined, all));
            let shares = shares.join(" | ");
            println!("| {chars} | {candidates} | {all} | {right} | {undetermined} | {shares} |");
        }
    }
    Ok(())
}

/// Runs of whole words, each of at least so many chars and no word more.
fn pieces(text: &str, chars: usize) -> Vec<String> {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    for word in text.lines().skip(1).flat_map(str::split_whitespace) {
        if !piece.is_empty() {
            piece.push(' ');
        }
        piece.push_str(word);
        if piece.chars().count() >= chars {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    pieces
}

fn language(stage: &mut DetectLanguage, text: &str) -> Result<String, Box<dyn Error>> {
    let mut changes = Changes::new();
    stage.process(&DocumentBuf::with_text(text).view(), &mut changes)?;
    let found = testing::metadata(&changes).into_iter().find(|(key, _)| *key == "language");
    let language = found.and_then(|(_, value)| value.as_text()).ok_or("no language is set")?;
    Ok(language.to_owned())
}

fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}

fn speed() -> Result<(), Box<dyn Error>> {
    let documents = TEXTS.map(|(_, text)| DocumentBuf::with_text(text));
    let bytes: usize = documents.iter().map(|document| document.view().text().len()).sum();
    let mut stage = DetectLanguage::build(Settings::default())?;
    let mut changes = Changes::new();
    let [mut plain, mut staged] = [Duration::MAX; 2];
    for _ in 0..30 {
        let start = Instant::now();
        for document in &documents {
            black_box(whatlang::detect(black_box(document.view().text())));
        }
        plain = plain.min(start.elapsed());
        let start = Instant::now();
        for document in &documents {
            changes.clear();
            stage.process(&black_box(document.view()), &mut changes)?;
            black_box(&changes);
        }
        staged = staged.min(start.elapsed());
    }
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!("| {} documents, {bytes} bytes | MB/s |", documents.len());
    println!("|---|---|");
    println!("| `whatlang::detect` | {:.2} |", rate(plain));
    println!("| the stage | {:.2} |", rate(staged));
    Ok(())
}
