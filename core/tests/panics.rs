//! Components that panic cost what they were at work on, and nothing else.

#![cfg(feature = "engine")]

mod components;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::AtomicBool,
};

use components::{pipeline, read, run_in};
use docmill_core::engine::{Destination, RunOptions, run};

const PLAIN: &str = "[[stage]]\nuse = \"upper\"\n[[sink]]\nuse = \"plain\"\n";

/// The documents written, and the errors of those that failed.
fn outcome(texts: &[&str], rest: &str) -> (Vec<String>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let report = run_in(dir.path(), &pipeline(texts, rest), 1).unwrap();
    let written: Vec<_> =
        read(dir.path(), "plain.txt").lines().skip(1).map(str::to_owned).collect();
    let letters = read(dir.path(), "dead-letters.jsonl");
    let errors = letters.lines().map(|line| {
        let letter: serde_json::Value = serde_json::from_str(line).unwrap();
        letter["error"].as_str().unwrap().to_owned()
    });
    let errors: Vec<_> = errors.collect();
    let (documents, sink) = (report.documents, &report.sinks[0]);
    assert_eq!((documents.written, documents.failed), (written.len() as u64, errors.len() as u64));
    assert_eq!((sink.kept, sink.read), (documents.written, documents.written + sink.failed));
    (written, errors)
}

#[test]
fn a_source_that_panics_over_a_document_loses_the_rest_of_the_block() {
    let texts: Vec<String> = (0..30).map(|n| n.to_string()).collect();
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts[12] = "parse-panic";
    let (written, errors) = outcome(&texts, PLAIN);
    assert_eq!(written.len(), 22);
    assert_eq!(written[11..13], ["11", "20"]);
    assert!(errors[0].contains("the source panicked"), "{errors:?}");
}

#[test]
fn a_source_that_panics_while_it_cuts_loses_the_rest_of_the_shard() {
    let mut texts = vec!["a"; 30];
    texts[12] = "cut-panic";
    let (written, errors) = outcome(&texts, PLAIN);
    assert_eq!(written.len(), 10);
    assert_eq!(errors.len(), 1);
    assert!(errors[0].contains("what follows are lost"), "{errors:?}");
}

#[test]
fn a_stage_that_cannot_be_built_again_fails_documents_until_it_can() {
    let stages = format!("[[stage]]\nuse = \"fragile\"\n{PLAIN}");
    let (written, errors) = outcome(&["a", "panic", "b", "c"], &stages);
    assert_eq!(written, ["A", "C"]);
    assert!(errors[0].contains("the stage panicked: "), "{errors:?}");
    assert!(errors[1].contains("cannot be built again"), "{errors:?}");
    assert!(errors[1].contains("broken on purpose"), "{errors:?}");
}

#[test]
fn a_sink_that_panics_or_fails_fails_one_document() {
    let (written, errors) = outcome(&["a", "sink-panic", "b", "sink-error", "c"], PLAIN);
    assert_eq!(written, ["A", "B", "C"]);
    assert!(errors[0].contains("the sink panicked: on purpose"), "{errors:?}");
}

#[test]
fn a_fault_outside_of_components_ends_all_workers() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = pipeline(&["a"; 1000], PLAIN);
    let options = RunOptions {
        threads: 4.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.path().to_owned()),
        stop: &AtomicBool::new(false),
        observe: &|_| panic!("on purpose"),
        events: None,
    };
    assert!(catch_unwind(AssertUnwindSafe(|| run(&pipeline, options))).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
}
