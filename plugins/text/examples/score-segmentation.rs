//! Scores tokens and sentences against a corpus with gold ones.
//!
//! ```text
//! score-segmentation [--dev] [--errors] [--lines as-is|spaces|wrapped] FILE.jsonl...
//! ```
//!
//! A line of a file is `{"id", "text", "tokens": [[start, end]…], "sentences": [[first, end
//! token]…]}`, offsets counting chars. Documents are split in two halves by a hash of their id:
//! rules are tuned on the one (`--dev`), scores reported on the other. `--lines` says what becomes
//! of a single line break between sentences, as corpora that hold no running text put one between
//! all of them: `spaces` joins them to paragraphs, `wrapped` breaks those at 72 chars. Scores are
//! exact spans; gold tokens around a hyphen count as one.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::HashSet;
use std::{env, error::Error, fs};

use docmill_text::{Sentence, Token, fold_hash, sentences, tokens};
use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    id: String,
    text: String,
    tokens: Vec<(usize, usize)>,
    sentences: Vec<(usize, usize)>,
}

/// Counts of spans.
#[derive(Default)]
struct Count {
    gold: usize,
    found: usize,
    right: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut dev, mut errors, mut lines) = (false, false, "as-is".to_owned());
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--dev" => dev = true,
            "--errors" => errors = true,
            "--lines" => lines = arguments.next().unwrap_or_default(),
            path => score(path, dev, errors, &lines)?,
        }
    }
    Ok(())
}

fn score(path: &str, dev: bool, errors: bool, lines: &str) -> Result<(), Box<dyn Error>> {
    let (mut words, mut spans) = (Count::default(), Count::default());
    let mut documents = 0;
    for line in fs::read_to_string(path)?.lines() {
        let gold: Gold = serde_json::from_str(line)?;
        if (fold_hash(&gold.id) & 1 == 0) != dev {
            continue;
        }
        documents += 1;
        let text = relined(&gold.text, lines);
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        let gold_tokens: Vec<(u32, u32)> =
            gold.tokens.iter().map(|(start, end)| (bytes[*start], bytes[*end])).collect();
        let gold_sentences: HashSet<(u32, u32)> = gold
            .sentences
            .iter()
            .filter(|(first, end)| first < end)
            .map(|(first, end)| (gold_tokens[*first].0, gold_tokens[*end - 1].1))
            .collect();

        let (mut found_tokens, mut found_sentences) = (Vec::<Token>::new(), Vec::<Sentence>::new());
        tokens(&text, &mut found_tokens);
        sentences(&text, &found_tokens, &mut found_sentences);
        let found = |spans: Vec<(u32, u32)>| spans.into_iter().collect::<HashSet<_>>();
        let merged = found(hyphens_joined(&text, gold_tokens));
        let token_spans = found_tokens.iter().map(|token| (token.start, token.end)).collect();
        let token_spans = found(hyphens_joined(&text, token_spans));
        let sentence_spans =
            found(found_sentences.iter().map(|sentence| (sentence.start, sentence.end)).collect());
        words.add(&merged, &token_spans);
        spans.add(&gold_sentences, &sentence_spans);
        if errors {
            show("token", &text, &merged, &token_spans);
            show("sentence", &text, &gold_sentences, &sentence_spans);
        }
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    println!(
        "{name} ({documents} documents, {lines}): tokens {} | sentences {}",
        words.f1(),
        spans.f1()
    );
    Ok(())
}

/// The text with other line breaks of the same length.
fn relined(text: &str, lines: &str) -> String {
    if lines == "as-is" {
        return text.to_owned();
    }
    let (mut out, mut column) = (String::new(), 0);
    let mut chars = text.chars().peekable();
    let mut previous = '\n';
    while let Some(c) = chars.next() {
        let single = c == '\n' && previous != '\n' && chars.peek() != Some(&'\n');
        let c = if single { ' ' } else { c };
        column = if c == '\n' { 0 } else { column + 1 };
        let word = chars.clone().take_while(|c| !c.is_whitespace()).count();
        if lines == "wrapped" && c == ' ' && column + word > 72 {
            out.push('\n');
            column = 0;
        } else {
            out.push(c);
        }
        previous = c;
    }
    out
}

/// Tokens with those around a hyphen joined, as corpora differ in whether they split there.
fn hyphens_joined(text: &str, tokens: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (start, end) in tokens {
        match out.last_mut() {
            Some(last)
                if last.1 == start
                    && (text[last.0 as usize..start as usize].ends_with('-')
                        || text[start as usize..end as usize].starts_with('-')) =>
            {
                last.1 = end;
            }
            _ => out.push((start, end)),
        }
    }
    out
}

fn show(what: &str, text: &str, gold: &HashSet<(u32, u32)>, found: &HashSet<(u32, u32)>) {
    let mut missed: Vec<_> = gold.symmetric_difference(found).collect();
    missed.sort();
    for (start, end) in missed {
        let sign = if gold.contains(&(*start, *end)) { '-' } else { '+' };
        println!("{what} {sign} {:?}", &text[*start as usize..*end as usize]);
    }
}

impl Count {
    fn add(&mut self, gold: &HashSet<(u32, u32)>, found: &HashSet<(u32, u32)>) {
        self.gold += gold.len();
        self.found += found.len();
        self.right += gold.intersection(found).count();
    }

    fn f1(&self) -> String {
        let percent = |of: usize| 100.0 * self.right as f64 / of.max(1) as f64;
        let f1 = 200.0 * self.right as f64 / (self.gold + self.found).max(1) as f64;
        format!(
            "P {:.2} R {:.2} F1 {f1:.2} of {}",
            percent(self.found),
            percent(self.gold),
            self.gold
        )
    }
}
