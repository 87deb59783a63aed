//! Writes news with planted duplicates as JSON lines, for other tools to try, and says how the stage does on them:
//! `cargo run -r -p docmill-dedupe --example planted -- ARTICLES FILE [SEED]`.

#![allow(clippy::print_stdout, reason = "a program")]

#[path = "../tests/news/mod.rs"]
mod news;

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
};

use docmill_core::{Changes, DocumentBuf, Stage, Verdict, testing};
use docmill_dedupe::{Dedupe, Settings};
use serde_json::json;

use crate::news::{Kind, corpus};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (Some(articles), Some(path)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: planted ARTICLES FILE [SEED]".into());
    };
    let seed = arguments.get(2).map_or(Ok(5), |seed| seed.parse())?;
    let documents = corpus(articles.parse()?, seed);
    let mut file = BufWriter::new(File::create(path)?);
    for document in &documents {
        let copy = document.kind != Kind::Article;
        writeln!(
            file,
            "{}",
            json!({"id": document.id.to_string(), "article": document.article, "copy": copy, "text": document.text})
        )?;
    }
    file.flush()?;

    let buffers: Vec<DocumentBuf> =
        documents.iter().map(|document| DocumentBuf::with_text(&document.text)).collect();
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    let before = cpu_seconds()?;
    let mut stage = Dedupe::build(Settings::default())?;
    let mut memory = stage.memory().ok_or("no memory")?;
    let mut changes = Changes::new();
    let mut dropped = Vec::new();
    for (document, planted) in buffers.iter().zip(&documents) {
        changes.clear();
        stage.process(&document.view(), &mut changes)?;
        if let Verdict::Drop(_) = memory.recall(&planted.id.to_string(), testing::note(&changes))? {
            dropped.push(planted.article);
        }
    }
    let seconds = cpu_seconds()? - before;
    // Of an article's copies, all but the first in the corpus must go.
    let mut first = vec![true; documents.len()];
    let mut copies = vec![0_usize; documents.len()];
    for document in &documents {
        copies[document.article] += usize::from(!std::mem::take(&mut first[document.article]));
    }
    let planted: usize = copies.iter().sum();
    let mut right = 0;
    for article in &dropped {
        right += usize::from(copies[*article] > 0);
        copies[*article] = copies[*article].saturating_sub(1);
    }
    println!(
        "{} documents, {:.1} MB, {planted} copies: {} dropped, recall {:.4}, precision {:.4}, {seconds:.2} s, {:.1} MB/s",
        documents.len(),
        bytes as f64 / 1e6,
        dropped.len(),
        right as f64 / planted as f64,
        right as f64 / dropped.len() as f64,
        bytes as f64 / 1e6 / seconds,
    );
    Ok(())
}

/// The processor time of this thread (Linux).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let first = text.split_whitespace().next().ok_or("an empty schedstat")?;
    Ok(first.parse::<f64>()? / 1e9)
}
