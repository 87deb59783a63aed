//! The sinks whose files are merged: the same bytes from a whole run, from one that was killed and resumed, and from
//! jobs that knew nothing of each other.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// Each of some 300 bytes.
const INPUTS: usize = 1000;

/// Of a dozen shards.
const PIPELINE: &str = r#"
[run]
shard = 30_000

[source]
use    = "jsonl"
paths  = ["in/*.jsonl"]
layers = ["entities", "stances"]

[[sink]]
use = "sqlite"

[[sink]]
use = "label-studio"

[[sink]]
use = "brat"

[[sink]]
use    = "graph"
within = "document"

[[sink]]
use   = "graph"
name  = "stances"
path  = "stances.gexf"
edges = "stances"
"#;

const OUTPUTS: [&str; 5] =
    ["documents.db", "label-studio.json", "brat.tar", "graph.graphml", "stances.gexf"];

fn docmill(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
    command.args(arguments).current_dir(dir).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(dir: &Path, arguments: &[&str]) {
    let ran = docmill(dir, arguments).output().unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

fn write_inputs(dir: &Path) {
    fs::create_dir(dir.join("in")).unwrap();
    for number in 0..INPUTS {
        let (one, other) = (number % 7, number % 11);
        let line = format!(
            r#"{{"id":"a/{}","text":"👍 Elm thanked Oak.","layers":{{
"entities":[{{"start":2,"end":5,"label":"GPE","entity":"place:{one}"}},{{"start":14,"end":17,"label":"GPE","entity":"place:{other}"}}],
"stances":[{{"start":2,"end":17,"holder":"place:{one}","target":"place:{other}","kind":"act","polarity":0.7,"trigger":{{"start":6,"end":13}}}}]}}}}"#,
            number % 700
        );
        let path = dir.join("in").join(format!("{number:05}.jsonl"));
        fs::write(path, line.replace('\n', "")).unwrap();
    }
    fs::write(dir.join("pipeline.toml"), PIPELINE).unwrap();
}

#[test]
fn merged_outputs_are_the_same_however_a_run_goes() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_inputs(dir);
    run(dir, &["run", "pipeline.toml", "--output", "whole/", "--threads", "2"]);

    for wait in [150, 300, 450] {
        let mut killed = docmill(dir, &["run", "pipeline.toml", "--output", "killed/", "--resume"]);
        let mut killed = killed.spawn().unwrap();
        thread::sleep(Duration::from_millis(wait));
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    run(dir, &["run", "pipeline.toml", "--output", "killed/", "--resume"]);

    for job in ["0/2", "1/2"] {
        run(dir, &["run", "pipeline.toml", "--output", "jobs/", "--shard", job, "--threads", "1"]);
    }
    run(dir, &["merge", "pipeline.toml", "--output", "jobs/"]);

    for output in OUTPUTS {
        let whole = fs::read(dir.join("whole").join(output)).unwrap();
        assert!(whole.len() > 1000, "{output}");
        for other in ["killed", "jobs"] {
            let bytes = fs::read(dir.join(other).join(output)).unwrap();
            assert!(bytes == whole, "{output} differs: {other}");
        }
    }
    // Beside the outputs lie the report, dead letters and dropped documents, and no journal.
    for folder in ["whole", "killed", "jobs"] {
        let entries = fs::read_dir(dir.join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.retain(|name| !OUTPUTS.iter().any(|output| name == output));
        names.sort();
        assert_eq!(names, ["dead-letters.jsonl", "dropped.jsonl", "run.json"], "{folder}");
    }
}
