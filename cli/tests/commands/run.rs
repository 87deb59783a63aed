//! `docmill run`.

use std::io::{BufRead, BufReader, Read};

use super::sandbox::Sandbox;

const SEGMENT: &str = "[[stage]]\nuse = \"segment\"\n";
const TWO: &str = "{\"id\": \"a\", \"text\": \"Kyiv thanked Berlin.\"}\n{\"id\": \"b\", \"text\": \"It rained.\"}\n";

#[test]
fn outputs_go_to_the_folder_and_the_table_to_standard_error() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    let ran = sandbox.run(&["run", "p.toml"]).exits(0);
    assert_eq!(ran.stdout, "");
    let ran =
        ran.says(&["CPU time", "MB/s", "segment", "2 documents", "2 written", "out/run.json"]);
    assert!(ran.says(&["out/documents.jsonl"]).stderr.find("dead-letters").is_none());
    assert_eq!(sandbox.read("out/documents.jsonl").lines().count(), 2);
    assert!(sandbox.has("out/run.json"));
}

#[test]
fn it_is_a_filter_from_standard_input_to_standard_output() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, "");
    let ran = sandbox.run_on(&["run", "p.toml", "-i", "-", "-o", "-"], TWO).exits(0);
    let lines: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["id"]), (2, &"a".into()));
    assert_eq!(lines[0]["layers"]["sentences"].as_array().unwrap().len(), 1);
    ran.says(&["2 documents"]);
    assert!(!sandbox.has("out"));
}

#[test]
fn the_report_is_one_json_object() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    let ran = sandbox.run(&["run", "p.toml", "--json"]).exits(0);
    let report = ran.json();
    assert_eq!(report["documents"]["written"], 2);
    assert_eq!(report["stages"][0]["name"], "segment");
    assert_eq!(
        report,
        serde_json::from_str::<serde_json::Value>(&sandbox.read("out/run.json")).unwrap()
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn failed_documents_are_counted_and_named() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, &format!("{TWO}{{broken\n"));
    sandbox.run(&["run", "p.toml"]).exits(1).says(&[
        "3 documents",
        "2 written",
        "1 document failed",
        "out/dead-letters.jsonl",
    ]);
    assert_eq!(sandbox.read("out/dead-letters.jsonl").lines().count(), 1);
    assert_eq!(sandbox.run(&["run", "p.toml", "--json"]).exits(1).json()["documents"]["failed"], 1);

    sandbox
        .run(&["run", "p.toml", "-o", "-", "--dead-letters", "dead.jsonl"])
        .exits(1)
        .says(&["1 document failed", "dead.jsonl"]);
    assert_eq!(sandbox.read("dead.jsonl").lines().count(), 1);
    sandbox.run(&["run", "p.toml", "-o", "-"]).exits(1).says(&["--dead-letters"]);
    sandbox
        .run(&["run", "p.toml", "--set", "run.max-failed=0"])
        .exits(1)
        .says(&["max-failed", "dead-letters.jsonl"]);
}

#[test]
fn settings_can_be_changed_and_documents_limited() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    let args = ["run", "p.toml", "--limit", "1", "--threads", "2", "--set", "jsonl.offsets=bytes"];
    sandbox.run(&args).exits(0).says(&["1 document in"]);
    assert!(sandbox.read("out/documents.jsonl").contains("\"offsets\":\"bytes\""));
    sandbox.run(&["run", "p.toml", "--threads", "0"]).exits(2).says(&["--threads"]);
    sandbox.run(&["run", "p.toml", "--set", "jsonl.offset=bytes"]).exits(2).says(&["command line"]);
}

#[test]
fn paths_are_relative_to_the_folder_that_is_named() {
    let sandbox = Sandbox::new();
    let inner = Sandbox::with_pipeline(SEGMENT, TWO);
    let dir = inner.path("").display().to_string();
    sandbox.run(&["-C", &dir, "run", "p.toml"]).exits(0);
    sandbox.run(&["run", "p.toml", "-C", &dir, "--output", "elsewhere"]).exits(0);
    assert!(inner.has("out/run.json") && inner.has("elsewhere/run.json"));
    assert!(!sandbox.has("out"));
    sandbox.run(&["-C", "nowhere", "run", "p.toml"]).exits(2).says(&["nowhere"]);
}

#[test]
fn a_wrong_command_changes_nothing() {
    let sandbox = Sandbox::with_pipeline("[[stage]]\nuse = \"segmnt\"\n", TWO);
    sandbox.run(&["run", "p.toml"]).exits(2).says(&[
        "DM0201",
        "p.toml:5:7",
        "did you mean `segment`?",
    ]);
    let found = sandbox.run(&["run", "p.toml", "--json"]).exits(2).json();
    assert_eq!(found["diagnostics"][0]["code"], "DM0201");
    sandbox.run(&["run", "q.toml"]).exits(2).says(&["there is no pipeline file q.toml"]);
    let missing = sandbox.run(&["run", "q.toml", "--json"]).exits(2).json();
    assert!(missing["error"].as_str().unwrap().contains("q.toml"), "{missing}");
    sandbox.run(&["run", "."]).exits(2).says(&["is a folder"]);
    sandbox.run(&["run"]).exits(2).says(&["PIPELINE"]);
    sandbox.run(&["rum", "p.toml"]).exits(2).says(&["run"]);
    assert!(!sandbox.has("out"));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    let args = ["run", "p.toml", "--dead-letters", "dead.jsonl"];
    sandbox.run(&args).exits(2).says(&["--output -", "out/dead-letters.jsonl"]);
    sandbox.run(&["run", "p.toml", "-o", "-", "--json"]).exits(2).shows(&["standard output"]);
}

#[test]
fn a_stage_that_compares_documents_has_no_process_of_its_own() {
    let stage = "[[stage]]\nuse = \"dedupe\"\nisolation = \"process\"\n";
    let sandbox = Sandbox::with_pipeline(stage, TWO);
    sandbox.run(&["run", "p.toml"]).exits(2).says(&["dedupe", "leave out isolation"]);
}

#[test]
fn inputs_that_are_divided_otherwise_are_named_as_what_changed() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    sandbox.write("more.jsonl", TWO);
    let run = ["run", "p.toml", "-i", "in.jsonl", "-i", "more.jsonl"];
    let small = [&run[..], &["--set", "run.shard=1 B", "--shard", "0/2"]].concat();
    sandbox.run(&small).exits(0);
    sandbox.run(&[&run[..], &["--resume"]].concat()).exits(2).says(&["`[run] shard`"]);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let sandbox = Sandbox::with_pipeline(SEGMENT, TWO);
    sandbox.write("file", "");
    let args = ["run", "p.toml", "--set", "run.dir=file/out"];
    let ran = sandbox.run(&args);
    assert!(matches!(ran.code, Some(2 | 3)), "{ran:#?}");
    ran.says(&["file"]);
    assert_eq!(sandbox.read("file"), "");
}

#[test]
fn a_reader_that_has_gone_ends_it_quietly() {
    let lines: String =
        (0..20_000).map(|n| format!("{{\"id\": \"{n}\", \"text\": \"It rained.\"}}\n")).collect();
    let sandbox = Sandbox::with_pipeline("", &lines);
    let mut child = sandbox.start(&["run", "p.toml", "-o", "-"]);
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    assert!(first.contains("It rained."));
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}
