//! Takes a million articles through the stage, and says how much memory that took:
//! `cargo run -r -p docmill-dedupe --example million -- [ARTICLES]`.

#![allow(clippy::print_stdout, reason = "a program")]

#[path = "../tests/news/mod.rs"]
#[allow(dead_code, reason = "the test uses all of it")]
mod news;

use std::{env, error::Error, fs, time::Instant};

use docmill_core::{Changes, DocumentBuf, Stage, Verdict, testing};
use docmill_dedupe::{Dedupe, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let articles: usize = env::args().nth(1).map_or(Ok(1_000_000), |articles| articles.parse())?;
    let mut news = news::News::new(9);
    let mut stage = Dedupe::build(Settings::default())?;
    let mut memory = stage.memory().ok_or("no memory")?;
    let mut changes = Changes::new();
    let (mut bytes, mut kept, mut processing, mut recalling) = (0, 0, 0.0, 0.0);
    for number in 0..articles {
        let words = news.article();
        let text = news.text(&words);
        bytes += text.len();
        let document = DocumentBuf::with_text(&text);
        changes.clear();
        let start = Instant::now();
        stage.process(&document.view(), &mut changes)?;
        processing += start.elapsed().as_secs_f64();
        let id = format!("https://news.example/2026/11/{number:08}");
        let start = Instant::now();
        kept += usize::from(memory.recall(&id, testing::note(&changes))? == Verdict::Keep);
        recalling += start.elapsed().as_secs_f64();
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: ?");
    println!(
        "{articles} articles, {:.0} MB, {kept} kept; process {processing:.1} s, recall {recalling:.1} s (wall); {peak}",
        bytes as f64 / 1e6,
    );
    Ok(())
}
