//! Stages in worker processes: what a document can do to one, and what it cannot do to the run.

#![cfg(feature = "engine")]

mod components;

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use components::{pipeline, read, run_in};
use docmill_core::engine::{Destination, Report, RunError, RunOptions, run};
use serde_json::Value as Json;

const FAULTY: &str = "[[stage]]\nuse = \"faulty\"\nisolation = \"process\"\n";
const PLAIN: &str = "[[sink]]\nuse = \"plain\"\n";

/// The dead letters of a run: what was read, and why it failed.
fn letters(dir: &Path) -> Vec<(String, String)> {
    let letters = read(dir, "dead-letters.jsonl");
    let letters = letters.lines().map(|line| {
        let letter: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| letter[key].as_str().unwrap().to_owned();
        (text("raw"), text("error"))
    });
    letters.collect()
}

fn run_all(texts: &[String], rest: &str, threads: usize) -> (tempfile::TempDir, Report) {
    let dir = tempfile::tempdir().unwrap();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let report = run_in(dir.path(), &pipeline(&texts, rest), threads).unwrap();
    (dir, report)
}

#[test]
fn a_thousand_documents_of_which_forty_kill_cost_forty() {
    let text = |n: usize| match n % 100 {
        17 => format!("segfault {n}"),
        39 => format!("hang {n}"),
        61 => format!("eat {n}"),
        83 => format!("exit {n}"),
        _ => format!("text {n} {}", "x".repeat(n % 300)),
    };
    let texts: Vec<String> = (0..1000).map(text).collect();
    let rest = format!("{FAULTY}timeout = \"2 s\"\nmemory = \"100 MiB\"\n{PLAIN}");
    let start = Instant::now();
    let (dir, report) = run_all(&texts, &rest, 2);
    let seconds = start.elapsed().as_secs_f64();
    let totals = report.documents;
    assert_eq!((totals.read, totals.written, totals.dropped, totals.failed), (1000, 960, 0, 40));
    assert_eq!(report.stages[0].restarts, Some(40));
    for (raw, error) in letters(dir.path()) {
        let cause = match raw.split(' ').next().unwrap() {
            "segfault" => "the worker of `faulty` was killed by signal 11 (segmentation fault)",
            "hang" => "the worker of `faulty` took longer than timeout (2 s)",
            "eat" => "the worker of `faulty` used more than memory (100 MiB)",
            "exit" => "the worker of `faulty` exited with code 0 before it answered",
            _ => "nothing",
        };
        assert!(error.starts_with(cause), "{raw}: {error}");
    }
    let written = read(dir.path(), "plain.txt");
    let wanted: Vec<String> = texts
        .iter()
        .filter(|text| text.starts_with("text"))
        .map(|text| format!("> {text}"))
        .collect();
    assert_eq!(written.lines().skip(1).collect::<Vec<_>>(), wanted);
    // Ten timeouts of 2 s, thirty other deaths, on two threads, in a debug build.
    assert!(seconds < 60.0, "{seconds} s");

    let (other, _) = run_all(&texts, &rest, 4);
    assert_eq!(read(other.path(), "plain.txt"), written);
    assert_eq!(
        read(other.path(), "dead-letters.jsonl"),
        read(dir.path(), "dead-letters.jsonl"),
        "the same at any thread count"
    );
}

#[test]
fn a_worker_and_a_direct_call_write_the_same_bytes() {
    let text = |n: usize| match n % 50 {
        3 => format!("panic {n}"),
        13 => format!("error {n}"),
        23 => format!("drop {n}"),
        33 => format!("contract {n}"),
        43 => "unreadable".to_owned(),
        _ => format!("text {n} é🙂 {}", "x".repeat(n % 900)),
    };
    let texts: Vec<String> = (0..1000).map(text).collect();
    let stages = |isolation: [&str; 3]| {
        let [trouble, faulty, upper] = isolation.map(|of| format!("isolation = \"{of}\"\n"));
        format!(
            "[[stage]]\nuse = \"trouble\"\n{trouble}[[stage]]\nuse = \"faulty\"\n{faulty}[[stage]]\nuse = \"upper\"\n{upper}{PLAIN}"
        )
    };
    let (direct, account) = run_all(&texts, &stages(["none"; 3]), 2);
    for isolation in [["none", "process", "none"], ["process", "none", "process"], ["process"; 3]] {
        for threads in [1, 3] {
            let (dir, report) = run_all(&texts, &stages(isolation), threads);
            for file in ["plain.txt", "dead-letters.jsonl"] {
                assert_eq!(
                    read(dir.path(), file),
                    read(direct.path(), file),
                    "{isolation:?} on {threads}: {file}"
                );
            }
            assert_eq!(report.documents, account.documents);
            for (stage, of) in report.stages.iter().zip(&account.stages) {
                let counts = |of: &docmill_core::engine::ComponentReport| {
                    (of.read, of.kept, of.failed, of.bytes, of.dropped.clone())
                };
                assert_eq!(counts(stage), counts(of));
            }
        }
    }
}

#[test]
fn what_a_stage_prints_or_reads_does_not_touch_the_protocol() {
    let texts = ["print".to_owned(), "a".to_owned(), "print".to_owned()];
    let (dir, report) = run_all(&texts, &format!("{FAULTY}noisy = true\n{PLAIN}"), 1);
    assert_eq!(report.documents.written, 3, "{:?}", letters(dir.path()));
}

#[test]
fn a_hard_limit_stands_behind_memory() {
    let texts = ["a", "devour", "b"].map(str::to_owned);
    let (dir, report) = run_all(&texts, &format!("{FAULTY}memory = \"100 MiB\"\n{PLAIN}"), 1);
    assert_eq!(report.documents.written, 2);
    let (_, error) = &letters(dir.path())[0];
    assert!(error.contains("memory (100 MiB)"), "{error}");
}

#[test]
fn documents_that_kill_in_a_row_stop_the_run() {
    let texts = ["a", "abort 1", "abort 2", "b", "abort 3", "abort 4", "abort 5", "c"];
    let run_up_to = |max: u32| {
        let dir = tempfile::tempdir().unwrap();
        let rest = format!("{FAULTY}[run]\nmax-restarts = {max}\n{PLAIN}");
        run_in(dir.path(), &pipeline(&texts, &rest), 1)
    };
    assert_eq!(run_up_to(3).unwrap().documents.failed, 5, "three in a row may");
    let error = run_up_to(2).unwrap_err();
    let told = docmill_core::engine::chain(&error);
    assert!(matches!(error, RunError::TooManyRestarts { lost: 3, allowed: 2, .. }), "{told}");
    for part in ["`faulty`", "max-restarts allows 2", "signal 6 (abort)"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(run_up_to(0).is_err());
}

#[test]
fn a_run_that_waits_for_a_worker_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = pipeline(&["a", "hang", "b"], &format!("{FAULTY}{PLAIN}"));
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: 1.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.path().to_owned()),
        stop: &stop,
        observe: &|_| {},
        events: None,
    };
    let start = Instant::now();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Ordering::Relaxed);
        });
        run(&pipeline, options)
    });
    assert!(matches!(outcome, Err(RunError::Stopped { .. })), "{outcome:?}");
    // Its timeout would be a minute.
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_worker_refuses_settings_as_the_stage_does() {
    let refused = |isolation: &str| {
        let stage = format!("[[stage]]\nuse = \"faulty\"\nrefuses = true\n{isolation}{PLAIN}");
        components::refused(&["a"], &stage)
    };
    let direct = refused("");
    assert!(direct[0].message.contains("refused on purpose"), "{direct:?}");
    assert_eq!(direct, refused("isolation = \"process\"\n"));
}
