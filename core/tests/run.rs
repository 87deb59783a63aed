//! Runs of small pipelines, with components made for it: the account, dead letters, order, outputs.

#![cfg(feature = "engine")]

mod components;

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use components::{pipeline, read, run_in};
use docmill_core::engine::{Destination, Mode, Progress, RunError, RunOptions, run, run_timed};

const TROUBLE: &str =
    "[[stage]]\nuse = \"trouble\"\n[[stage]]\nuse = \"upper\"\n[[sink]]\nuse = \"plain\"\n";

#[test]
fn every_document_has_one_fate() {
    let dir = tempfile::tempdir().unwrap();
    let texts = [
        "a",
        "error",
        "panic",
        "drop",
        "unreadable",
        "contract",
        "b",
        "sink-error",
        "late-panic",
        "c",
    ];
    let report = run_in(dir.path(), &pipeline(&texts, TROUBLE), 2).unwrap();
    let totals = report.documents;
    assert_eq!((totals.read, totals.written, totals.dropped, totals.failed), (10, 3, 1, 6));
    assert_eq!(read(dir.path(), "plain.txt"), "# plain\nA\nB\nC\n");

    let letters = read(dir.path(), "dead-letters.jsonl");
    let letters: Vec<serde_json::Value> =
        letters.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let causes: Vec<_> = letters
        .iter()
        .map(|l| (l["raw"].as_str().unwrap(), l["stage"].as_str().unwrap()))
        .collect();
    let expected = [
        ("error", "trouble"),
        ("panic", "trouble"),
        ("unreadable", "texts"),
        ("contract", "trouble"),
        ("sink-error", "plain"),
        ("late-panic", "upper"),
    ];
    assert_eq!(causes, expected);
    assert!(
        letters[1]["error"].as_str().unwrap().contains("panicked: on purpose"),
        "{}",
        letters[1]
    );
    assert!(letters[3]["error"].as_str().unwrap().contains("undeclared"), "{}", letters[3]);
    assert_eq!(letters[0]["origin"]["locator"], "1");

    let run: serde_json::Value = serde_json::from_str(&read(dir.path(), "run.json")).unwrap();
    assert_eq!(
        run["documents"],
        serde_json::json!({"in": 10, "made": 0, "written": 3, "dropped": 1, "failed": 6})
    );
    assert_eq!(run["stages"][0]["dropped"], serde_json::json!({"on-purpose": 1}));
    // What failed can be retried.
    assert!(dir.path().join(".docmill").exists());
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    let text = |n: usize| {
        if n.is_multiple_of(97) {
            "panic".into()
        } else {
            format!("text {n} {}", "x".repeat(n % 800))
        }
    };
    let texts: Vec<String> = (0..3_000).map(text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let pipeline = pipeline(&texts, TROUBLE);
    let outputs = [1, 2, 8, 2].map(|threads| {
        let dir = tempfile::tempdir().unwrap();
        run_in(dir.path(), &pipeline, threads).unwrap();
        (read(dir.path(), "plain.txt"), read(dir.path(), "dead-letters.jsonl"))
    });
    assert!(outputs.iter().all(|output| *output == outputs[0]));
    assert_eq!(outputs[0].0.lines().count(), 1 + 3_000 - 31);
}

#[test]
fn too_many_failures_stop_the_run_and_keep_the_dead_letters() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("plain.txt"), "of an earlier run").unwrap();
    let stop = format!("[run]\non-error = \"stop\"\n{TROUBLE}");
    let error = run_in(dir.path(), &pipeline(&["a", "error", "b"], &stop), 1).unwrap_err();
    assert!(matches!(error, RunError::TooManyFailed { failed: 1, .. }), "{error}");
    assert_eq!(read(dir.path(), "plain.txt"), "of an earlier run");
    assert_eq!(read(dir.path(), "dead-letters.jsonl").lines().count(), 1);
    assert!(!dir.path().join("run.json").exists());
}

#[test]
fn the_same_failures_stop_a_run_at_any_thread_count() {
    let texts: Vec<&str> =
        (0..2_000).map(|n: usize| if n.is_multiple_of(3) { "error" } else { "a" }).collect();
    let pipeline = pipeline(&texts, &format!("[run]\nmax-failed = 100\n{TROUBLE}"));
    let outcomes = [1, 2, 8].map(|threads| {
        let dir = tempfile::tempdir().unwrap();
        let error = run_in(dir.path(), &pipeline, threads).unwrap_err();
        let RunError::TooManyFailed { failed, allowed, .. } = error else { panic!("{error}") };
        assert_eq!(allowed, "100");
        (failed, read(dir.path(), "dead-letters.jsonl"))
    });
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
    assert_eq!(outcomes[0].1.lines().count() as u64, outcomes[0].0);
}

#[test]
fn a_share_of_failures_stops_a_run_at_the_same_document_at_any_thread_count() {
    // One in ten fails, and from the 900th document on each does.
    let text = |n: usize| if n % 10 == 9 || n >= 900 { "error" } else { "a" };
    let texts: Vec<&str> = (0..2_000).map(text).collect();
    for (max_failed, expected) in [
        // 90 + n of 900 + n.
        ("20 %", "20 %; it was 203 of the first 1013"),
        ("15 % of 100", "15 % of 100; it was 16 of 97 in a row"),
    ] {
        let pipeline =
            pipeline(&texts, &format!("[run]\nmax-failed = \"{max_failed}\"\n{TROUBLE}"));
        let outcomes = [1, 2, 8].map(|threads| {
            let dir = tempfile::tempdir().unwrap();
            let error = run_in(dir.path(), &pipeline, threads).unwrap_err();
            let RunError::TooManyFailed { failed, allowed, .. } = error else { panic!("{error}") };
            assert_eq!(allowed, expected);
            (failed, read(dir.path(), "dead-letters.jsonl"))
        });
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
    }
}

#[test]
fn a_share_of_failures_of_a_short_run_is_judged_at_its_end() {
    let judged = |max_failed: &str| {
        let dir = tempfile::tempdir().unwrap();
        let more = format!("[run]\nmax-failed = \"{max_failed}\"\n{TROUBLE}");
        let outcome = run_in(dir.path(), &pipeline(&["error", "a", "b", "c"], &more), 1);
        assert_eq!(dir.path().join("plain.txt").exists(), outcome.is_ok());
        assert_eq!(read(dir.path(), "dead-letters.jsonl").lines().count(), 1);
        outcome.map(|report| report.documents.written).map_err(|error| error.to_string())
    };
    assert_eq!(judged("25 %"), Ok(3));
    let message = judged("24.9 %").unwrap_err();
    let part = "1 document failed, more than max-failed allows (24.9 %; it was 1 of the first 4)";
    assert!(message.contains(part), "{message}");
}

#[test]
fn a_resumed_run_counts_what_failed_before() {
    let texts: Vec<&str> = (0..300).map(|n| if n % 20 == 0 { "error" } else { "a" }).collect();
    let resume = |dir: &Path, max_failed: &str| {
        let run_table = format!("[run]\nshard = 1\nmax-failed = {max_failed}\n");
        let options = RunOptions {
            threads: None,
            limit: None,
            mode: Mode::Resume,
            invocation: Default::default(),
            destination: Destination::Folder(dir.to_owned()),
            stop: &AtomicBool::new(false),
            observe: &|_: &Progress| {},
            events: None,
        };
        run(&pipeline(&texts, &(run_table + TROUBLE)), options).map_err(|error| error.to_string())
    };
    let (dir, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (max_failed, part) in [
        (
            "\"4.9 %\"",
            "5 documents failed, more than max-failed allows (4.9 %; it was 5 of the first 100)",
        ),
        ("8", "9 documents failed, more than max-failed allows (8)"),
        ("8", "9 documents failed, more than max-failed allows (8)"),
        ("\"5.5 %\"", "(5.5 %; it was 9 of the first 161)"),
    ] {
        let message = resume(dir.path(), max_failed).unwrap_err();
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(resume(dir.path(), "\"6 %\"").unwrap().documents.failed, 15);
    assert_eq!(resume(whole.path(), "15").unwrap().documents.failed, 15);
    for file in ["plain.txt", "dead-letters.jsonl"] {
        assert_eq!(read(dir.path(), file), read(whole.path(), file));
    }
}

#[test]
fn a_stopped_run_leaves_earlier_outputs_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("plain.txt"), "of an earlier run").unwrap();
    let stop = AtomicBool::new(false);
    let texts: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let options = RunOptions {
        threads: None,
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.path().to_owned()),
        stop: &stop,
        observe: &|_: &Progress| stop.store(true, Ordering::Relaxed),
        events: None,
    };
    // The shard at hand is brought to its end, and the second not begun.
    let pipeline = pipeline(&texts, &format!("[run]\nshard = 1\n{TROUBLE}"));
    let stopped = RunError::Stopped { done: 1, shards: 2 }.to_string();
    assert_eq!(run(&pipeline, options).unwrap_err().to_string(), stopped);
    assert_eq!(read(dir.path(), "plain.txt"), "of an earlier run");
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = run_in(&file, &pipeline(&["a"], TROUBLE), 1).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}

#[test]
fn a_timed_run_tells_the_time_of_each_document_in_input_order() {
    let long = format!("a{}", " word".repeat(20_000));
    let texts: Vec<&str> = (0..300).map(|n| if n == 200 { &*long } else { "error" }).collect();
    let pipeline = pipeline(&texts, TROUBLE);
    let rows = |threads: usize| {
        let options = RunOptions {
            threads: threads.try_into().ok(),
            limit: None,
            mode: Default::default(),
            invocation: Default::default(),
            destination: Destination::Stream {
                output: Box::new(std::io::sink()),
                dead_letters: None,
            },
            stop: &AtomicBool::new(false),
            observe: &|_: &Progress| {},
            events: None,
        };
        let (report, times) = run_timed(&pipeline, options).unwrap();
        assert_eq!((report.documents.read, report.documents.written), (300, 1));
        assert_eq!(times.components, pipeline.components().count());
        assert!(!times.reading.is_empty());
        times.nanoseconds.chunks(times.components).map(<[u32]>::to_vec).collect::<Vec<_>>()
    };
    for threads in [1, 4] {
        let rows = rows(threads);
        assert_eq!(rows.len(), 300);
        let last = rows[0].len() - 1;
        let written: Vec<usize> = (0..300).filter(|at| rows[*at][last] > 0).collect();
        assert_eq!(written, [200], "what failed in a stage came to no sink");
        assert!(rows.iter().all(|row| row[1] > 0));
    }
}

#[test]
fn a_limit_takes_the_first_documents() {
    let dir = tempfile::tempdir().unwrap();
    let options = RunOptions {
        threads: None,
        limit: Some(2),
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.path().to_owned()),
        stop: &AtomicBool::new(false),
        observe: &|_: &Progress| {},
        events: None,
    };
    let report = run(&pipeline(&["a", "b", "c", "d"], TROUBLE), options).unwrap();
    assert_eq!(report.documents.read, 2);
    assert_eq!(read(dir.path(), "plain.txt"), "# plain\nA\nB\n");
}

#[test]
fn a_document_over_the_limit_fails_alone() {
    let dir = tempfile::tempdir().unwrap();
    let long = "x".repeat(2000);
    let limit = format!("[run]\nmax-document = 1000\n{TROUBLE}");
    let report = run_in(dir.path(), &pipeline(&["a", &long, "b"], &limit), 1).unwrap();
    assert_eq!((report.documents.written, report.documents.failed), (2, 1));
    assert!(read(dir.path(), "dead-letters.jsonl").contains("max-document"));
}
