//! Cleans the documents of a JSON lines file again and again, for timing by CPU:
//! `time clean_speed FILE 50` against `time clean_speed FILE 0`; with `lines` as third argument it
//! only splits them into lines.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::{error::Error, fs};

use docmill_clean::{Clean, Settings};
use docmill_core::{Changes, DocumentBuf, Stage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let file = arguments.get(1).ok_or("which file?")?;
    let rounds: usize = arguments.get(2).ok_or("how many rounds?")?.parse()?;
    let mut documents = Vec::new();
    for line in fs::read_to_string(file)?.lines() {
        let document: serde_json::Value = serde_json::from_str(line)?;
        documents.push(DocumentBuf::with_text(document["text"].as_str().unwrap_or_default()));
    }
    let mut stage = Clean::build(Settings::default())?;
    let (mut changes, mut bytes) = (Changes::new(), 0);
    for _ in 0..rounds {
        for document in &documents {
            let view = document.view();
            if arguments.get(3).is_some() {
                bytes += view.text().lines().map(|line| line.trim().len()).sum::<usize>();
            } else {
                changes.clear();
                stage.process(&view, &mut changes)?;
                bytes += view.text().len();
            }
        }
    }
    println!("{} MB", bytes / 1_000_000);
    Ok(())
}
