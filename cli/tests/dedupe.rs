//! Runs with a stage that remembers: the same documents are kept at any number of threads, over many blocks, and where
//! a run was killed and resumed.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;

const PIPELINE: &str = r#"
[run]
shard = 4_000

[source]
use   = "jsonl"
paths = ["in/*.jsonl"]

[[stage]]
use = "dedupe"

[[sink]]
use = "jsonl"
"#;

/// Small files, each a block and a shard of its own.
const FILES: usize = 80;
/// Documents of the long file after them, which is several blocks.
const LONG: usize = 3_000;

/// A text of 120 words, another one for each seed.
fn text(seed: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut words = String::new();
    for _ in 0..120 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(words, "w{} ", (state >> 33) % 5_000).unwrap();
    }
    words
}

fn line(id: &str, text: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"{text}\"}}\n")
}

/// Small files, with an article in the first, a shouted copy of it in another and a near copy in a third; and a long
/// one.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(dir.path().join("p.toml"), PIPELINE).unwrap();
    let near = |seed| text(seed).replacen(' ', " changed ", 1);
    for file in 0..FILES {
        let mut lines = String::new();
        for n in 0..8 {
            lines += &line(&format!("{file}-{n}"), &text(file * 8 + n));
        }
        match file {
            0 => lines = line("a", &text(90_000)) + &lines,
            30 => lines += &line("b", &text(90_000).to_uppercase()),
            60 => lines = line("c", &near(90_000)) + &lines,
            _ => {}
        }
        fs::write(dir.path().join(format!("in/{file:02}.jsonl")), lines).unwrap();
    }
    // A copy of its first half, and of what the small files say.
    let long: String = (0..LONG).map(|n| line(&format!("l-{n}"), &text(n % (LONG / 2)))).collect();
    fs::write(dir.path().join("in/long.jsonl"), long).unwrap();
    dir
}

fn docmill(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
    command.args(arguments).current_dir(dir).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(dir: &Path, arguments: &[&str]) -> Output {
    let ran = docmill(dir, arguments).output().unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    ran
}

fn outputs(dir: &Path, folder: &str) -> [Vec<u8>; 3] {
    ["documents.jsonl", "dropped.jsonl", "dead-letters.jsonl"]
        .map(|name| fs::read(dir.join(folder).join(name)).unwrap())
}

/// How many shards of a run are done.
fn done(dir: &Path) -> usize {
    let entries = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let works = entries(&dir.join("killed/.docmill"));
    let files = works.iter().flat_map(|work| entries(work));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "shard")).count()
}

#[test]
fn the_first_of_several_copies_stays_however_a_run_goes() {
    let dir = folder();
    let dir = dir.path();
    run(dir, &["run", "p.toml", "--output", "one/", "--threads", "1"]);
    let whole = outputs(dir, "one");

    let dropped = String::from_utf8(whole[1].clone()).unwrap();
    let dropped: Vec<Json> =
        dropped.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |id: &str| dropped.iter().find(|line| line["id"] == id).unwrap();
    let fate = |id: &str| ["stage", "reason", "twin"].map(|key| of(id)[key].as_str().unwrap());
    assert_eq!(fate("b"), ["dedupe", "duplicate", "a"]);
    assert_eq!(fate("c"), ["dedupe", "near-duplicate", "a"]);
    assert_eq!(of("c")["origin"]["uri"], "in/60.jsonl");
    // What the small files say already, and what the long one has said itself.
    assert_eq!(fate("l-0"), ["dedupe", "duplicate", "0-0"]);
    assert_eq!(
        fate(&format!("l-{}", LONG - 1)),
        ["dedupe", "duplicate", &format!("l-{}", LONG / 2 - 1)]
    );
    assert_eq!(dropped.len(), 2 + FILES * 8 + LONG / 2);

    for threads in ["2", "8"] {
        run(dir, &["run", "p.toml", "--output", "more/", "--threads", threads]);
        assert!(outputs(dir, "more") == whole, "{threads} threads");
    }

    let mut kills = 0;
    for wanted in [1, 10, 40, 70] {
        let mut running = docmill(dir, &["run", "p.toml", "--output", "killed/", "--resume"]);
        let mut running = running.stderr(Stdio::null()).spawn().unwrap();
        let since = Instant::now();
        while done(dir) < wanted && since.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(1));
        }
        let over = running.try_wait().unwrap().is_some();
        running.kill().unwrap();
        running.wait().unwrap();
        kills += usize::from(!over);
    }
    assert!(kills > 0, "each run was over before it could be killed");
    run(dir, &["run", "p.toml", "--output", "killed/", "--resume", "--threads", "2"]);
    assert!(outputs(dir, "killed") == whole, "after {kills} kills");
}

#[test]
fn a_run_that_compares_documents_cannot_be_divided() {
    let dir = folder();
    let refused = docmill(dir.path(), &["run", "p.toml", "--shard", "0/2"]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(message.contains("`dedupe` compares each document with all before it"), "{message}");
    assert!(!dir.path().join("out").exists());
}
