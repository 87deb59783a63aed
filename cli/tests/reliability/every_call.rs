//! Killed just before each call that changes the disk, one after the other: no moment is left to chance.
//!
//! strace does the killing. Where there is none, nothing is tried, and the test says so.

use std::fs;

use super::{
    trace,
    trial::{Has, Trial},
};

/// The calls by which names come and go: between two of them, what a resumed run finds is the same.
const OF_NAMES: [&str; 5] = ["mkdir", "rename", "unlink", "unlinkat", "rmdir"];

/// The calls by which files change.
const OF_FILES: [&str; 4] = ["write", "pwrite64", "ftruncate", "fsync"];

/// Kills a run before each call of these names, and before each `step`th one only.
#[expect(clippy::print_stderr, reason = "a test that tries nothing has to say so")]
fn kill_before(has: Has<'_>, calls: &[&str], step: usize) {
    if !trace::is_there() {
        eprintln!("there is no strace here that may be used: no run is killed");
        return;
    }
    let trial = Trial::new(has);
    let mut killed = 0;
    for call in calls {
        for number in (1..).step_by(step) {
            let context = format!("killed before {call} number {number}");
            let out = format!("{call}-{number}");
            // An earlier run of which files are to be replaced.
            fs::create_dir(trial.path(&out)).unwrap();
            fs::write(trial.path(&out).join("documents.jsonl"), "earlier\n").unwrap();
            let path = format!("{out}/");
            // Calls are counted thread by thread: with one of a kind, each call is met.
            let run = trial.docmill(&["run", "p.toml", "--output", &path, "--threads", "1"]);
            let inject = format!("inject={call}:signal=KILL:when={number}");
            let traced = format!("trace={call}");
            let run = trace::under(&run, &["-o", "/dev/null", "-e", &traced, "-e", &inject])
                .output()
                .unwrap();
            if run.status.code().is_some() {
                assert_eq!(run.status.code(), trial.code, "{context}");
                trial.is_like_whole(&out, &context);
                break;
            }
            killed += 1;
            trial.comes_to_its_end(&out, &context);
        }
    }
    eprintln!("killed {killed} times");
    assert!(killed * step > 20, "only {killed} times");
}

#[test]
fn a_run_is_killed_before_each_name_that_comes_or_goes() {
    kill_before(Has { sinks: &["jsonl", "csv"], ..Has::default() }, &OF_NAMES, 1);
}

#[test]
#[ignore = "takes minutes"]
fn runs_are_killed_before_every_call() {
    let calls = [&OF_NAMES[..], &OF_FILES].concat();
    for failures in [false, true] {
        kill_before(Has { failures, memory: true, sinks: &["jsonl", "csv"] }, &calls, 1);
        kill_before(
            Has { failures, memory: false, sinks: &["jsonl", "sqlite", "parquet"] },
            &calls,
            1,
        );
    }
}
