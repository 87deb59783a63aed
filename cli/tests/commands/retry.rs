//! Documents that failed, taken through the pipeline again.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value as Json, json};

use super::sandbox::Sandbox;

/// Answers each document by what its text says; `mended` mends the first fault.
const PROGRAM: &str = r#"read -r hello
echo '{"docmill": 1, "contract": {"writes": ["x"]}}'
while read -r line; do
    case $line in
        *dateless*) if [ "$1" = mended ]; then echo '{"layers": {"x": [{"start": 0, "end": 1}]}}'
                    else echo '{"error": "it has no date"}'; fi;;
        *nameless*) echo '{"error": "it has no name"}';;
        *short*) echo '{"drop": "too-short"}';;
        *) echo '{"layers": {"x": [{"start": 0, "end": 1}]}}';;
    esac
done
"#;

/// Six inputs, two to a shard, and every kind of output.
fn sandbox(fate: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("program.sh", PROGRAM);
    for file in 0..6 {
        let text = |at: usize| match (file + at) % 7 {
            0 => "a dateless page 👍",
            1 => "a nameless page",
            2 => "a short page",
            _ => "a page",
        };
        let line =
            |at| json!({ "id": format!("{file}-{at}"), "text": text(at) }).to_string() + "\n";
        sandbox.write(&format!("in/{file}.jsonl"), &(0..9).map(line).collect::<String>());
    }
    pipeline(&sandbox, fate);
    sandbox
}

fn pipeline(sandbox: &Sandbox, fate: &str) {
    sandbox.write(
        "p.toml",
        &format!(
            r#"
[source]
use = "jsonl"
paths = ["in"]
[[stage]]
use = "command"
name = "date"
program = ["sh", "program.sh", "{fate}"]
[[sink]]
use = "jsonl"
[[sink]]
use = "csv"
[[sink]]
use = "sqlite"
[[sink]]
use = "parquet"
tables = ["entities"]
[run]
shard = "800 B"
"#
        ),
    );
}

/// All files of a run's folder but its report, and the counts of that.
fn outputs(sandbox: &Sandbox, dir: &str) -> (Vec<(String, Vec<u8>)>, Json) {
    let entries = fs::read_dir(sandbox.path(dir)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.is_file() && !path.ends_with("run.json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    (files, counts(sandbox, dir))
}

fn counts(sandbox: &Sandbox, dir: &str) -> Json {
    let report: Json = serde_json::from_str(&sandbox.read(&format!("{dir}/run.json"))).unwrap();
    let of = |part: &Json| {
        json!([part["in"], part["kept"], part["dropped"], part["failed"], part["bytes"]])
    };
    let parts = |key: &str| report[key].as_array().unwrap().iter().map(of).collect::<Vec<_>>();
    json!([
        report["documents"],
        of(&report["source"]),
        parts("stages"),
        parts("sinks"),
        report["outputs"]
    ])
}

#[track_caller]
fn same(sandbox: &Sandbox, one: &str, other: &str) {
    let (one, other) = (outputs(sandbox, one), outputs(sandbox, other));
    assert_eq!(one.1, other.1);
    for (one, other) in one.0.iter().zip(&other.0) {
        let text = |file: &(String, Vec<u8>)| String::from_utf8_lossy(&file.1).into_owned();
        assert!(one == other, "{} is\n{}\nand not\n{}", one.0, text(one), text(other));
    }
    assert_eq!(one.0.len(), other.0.len());
}

#[test]
fn a_retry_after_the_mend_is_a_clean_run() {
    let sandbox = sandbox("broken");
    sandbox.run(&["run", "p.toml"]).exits(1).says(&["docmill retry out"]);
    let failed = outputs(&sandbox, "out");
    let letters = sandbox.read("out/dead-letters.jsonl");
    assert!(letters.lines().count() > 10 && letters.contains("docmill retry DIR --stage date"));

    // Nothing is mended yet: nothing changes.
    sandbox.run(&["retry", "out"]).exits(1);
    assert_eq!(outputs(&sandbox, "out"), failed);
    sandbox.run(&["retry", "out", "--stage", "jsonl"]).exits(1);
    assert_eq!(outputs(&sandbox, "out"), failed);

    pipeline(&sandbox, "mended");
    sandbox.run(&["retry", "out", "--error", "no such error"]).exits(1);
    assert_eq!(outputs(&sandbox, "out"), failed);
    sandbox.run(&["retry", "out", "--error", "has no date"]).exits(1);
    sandbox.run(&["run", "p.toml", "--output", "clean/"]).exits(1);
    same(&sandbox, "out", "clean");
    assert!(sandbox.read("out/dead-letters.jsonl").contains("has no name"));

    sandbox.write("program.sh", &PROGRAM.replace("*nameless*", "*never*"));
    sandbox.run(&["retry", "out"]).exits(0);
    sandbox.run(&["run", "p.toml", "--output", "clean/"]).exits(0);
    same(&sandbox, "out", "clean");
    assert!(!sandbox.has("out/.docmill"), "nothing is left to retry");
    sandbox.run(&["verify", "out"]).exits(0);
    sandbox.run(&["retry", "out"]).exits(2).says(&["nothing to retry"]);
}

#[test]
fn what_an_input_broke_off_before_is_read_when_it_is_whole() {
    let sandbox = sandbox("mended");
    sandbox.write("program.sh", &PROGRAM.replace("*nameless*", "*never*"));
    let lines: String = (0..3000)
        .map(|at| json!({ "id": at, "text": format!("page {at}") }).to_string() + "\n")
        .collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(lines.as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    fs::write(sandbox.path("in/2x.jsonl.gz"), &whole[..whole.len() / 2]).unwrap();
    // As long as the line that is meant: the places of the others stay as they are.
    let good = sandbox.read("in/4.jsonl");
    sandbox.write("in/4.jsonl", &good.replace("{\"id\":\"4-3\"", "{\"id\"?\"4-3\""));
    sandbox.run(&["run", "p.toml"]).exits(1);
    assert_eq!(sandbox.read("out/dead-letters.jsonl").lines().count(), 2);

    fs::write(sandbox.path("in/2x.jsonl.gz"), &whole).unwrap();
    sandbox.write("in/4.jsonl", &good);
    sandbox.run(&["retry", "out"]).exits(0);
    // The compressed file is as long as it is now, and divides the inputs otherwise.
    sandbox.run(&["run", "p.toml", "--output", "clean/"]).exits(0);
    assert_eq!(sandbox.read("out/documents.jsonl"), sandbox.read("clean/documents.jsonl"));
    assert_eq!(sandbox.read("out/documents.csv"), sandbox.read("clean/documents.csv"));
    assert_eq!(counts(&sandbox, "out")[0], counts(&sandbox, "clean")[0]);
    sandbox.run(&["verify", "out"]).exits(0);
}

#[test]
fn what_has_no_place_any_more_is_refused() {
    let sandbox = sandbox("broken");
    sandbox.run(&["retry", "out"]).exits(2).says(&["nothing to retry in out"]);
    assert!(!sandbox.has("out"));
    sandbox.run(&["run", "p.toml"]).exits(1);
    let before = outputs(&sandbox, "out");
    let refused = |says: &[&str]| {
        sandbox.run(&["retry", "out"]).exits(2).says(says);
        assert_eq!(outputs(&sandbox, "out"), before);
    };
    let text = sandbox.read("p.toml");
    sandbox.write("p.toml", &text.replace("[[sink]]\nuse = \"csv\"", ""));
    refused(&["writes other files", "run anew"]);
    sandbox.write("p.toml", &text.replace("name = \"date\"", "name = \"other\""));
    refused(&["other stages"]);
    sandbox.write("p.toml", &text);
    let lines = sandbox.read("in/1.jsonl");
    sandbox.write("in/1.jsonl", lines.split_once('\n').unwrap().1);
    refused(&["`in/1.jsonl` has 8 documents and had 9"]);
    sandbox.write("in/1.jsonl", &lines);
    sandbox.run(&["retry", "out"]).exits(1);
    let grown = sandbox.read("out/documents.csv") + "x";
    sandbox.write("out/documents.csv", &grown);
    sandbox.run(&["retry", "out"]).exits(2).says(&["`documents.csv` is not as the run wrote it"]);
}

#[test]
fn a_divided_input_that_has_changed_is_refused() {
    let sandbox = Sandbox::new();
    let line = json!({ "text": "x".repeat(1 << 16) }).to_string() + "\n";
    sandbox.write("in.jsonl", &(line.repeat(150) + "broken\n"));
    let pipeline = "[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n[[sink]]\nuse = \"jsonl\"\n";
    sandbox.write("p.toml", &format!("{pipeline}[run]\nshard = \"1 MiB\"\n"));
    sandbox.run(&["run", "p.toml"]).exits(1);
    let retry = ["retry", "out", "--stage", "jsonn"];
    sandbox.run(&retry).exits(2).says(&["nothing is called `jsonn`", "jsonl"]);
    sandbox.write("in.jsonl", &line.repeat(151));
    sandbox
        .run(&["retry", "out"])
        .exits(2)
        .says(&["divided among shards and has changed; run anew"]);
}
