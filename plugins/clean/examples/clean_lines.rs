//! Cleans text files or JSON lines and prints `{"id", "text"}` lines, for scoring the stage alone.
//!
//! `cargo run -p docmill-clean --example clean_lines -- FOLDER` reads the folder's `.txt` files as UTF-8;
//! without a folder it reads JSON lines with `id` and `text` from standard input. `--why` adds
//! the metadata found, and `removed`, a list of [reason, text].

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::{
    error::Error,
    io::{self, BufRead},
    path::Path,
};

use docmill_clean::{Clean, Settings};
use docmill_core::{Changes, DocumentBuf, Stage, testing};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let why = arguments.iter().any(|argument| argument == "--why");
    arguments.retain(|argument| argument != "--why");
    let mut settings = Settings::default();
    if let Some(at) = arguments.iter().position(|argument| argument == "--threshold") {
        settings.threshold = arguments.get(at + 1).ok_or("--threshold needs a number")?.parse()?;
        arguments.drain(at..at + 2);
    }
    let mut stage = Clean::build(settings)?;
    let mut show = |id: &Value, text: &str| -> Result<(), Box<dyn Error>> {
        let document = DocumentBuf::with_text(text);
        let mut changes = Changes::new();
        stage.process(&document.view(), &mut changes)?;
        let mut line = json!({"id": id, "text": testing::edited(&document, &changes)});
        if why {
            let removed = testing::removed(&document, &changes);
            for (key, value) in testing::metadata(&changes) {
                line[key] = json!(value.as_text());
            }
            line["removed"] = removed.iter().map(|(reason, text)| json!([reason, text])).collect();
        }
        println!("{line}");
        Ok(())
    };
    match arguments.first() {
        Some(folder) => {
            let mut paths: Vec<_> = Path::new(folder)
                .read_dir()?
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect();
            paths.sort();
            for path in paths.iter().filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
            {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                show(&json!(name), &String::from_utf8_lossy(&std::fs::read(path)?))?;
            }
        }
        None => {
            for line in io::stdin().lock().lines() {
                let document: Value = serde_json::from_str(&line?)?;
                show(&document["id"], document["text"].as_str().unwrap_or_default())?;
            }
        }
    }
    Ok(())
}
