//! Runs that are broken off, and inputs that change between one and the next.

use std::{fs, process::Stdio, thread, time::Duration};

use super::{Trial, server::Fault, stderr};

/// Breaks a run off, which read `a.txt` and waits for `b.txt`.
fn broken_off() -> Trial {
    let trial = Trial::new();
    for key in ["a.txt", "b.txt", "c.txt"] {
        trial.server.state().put(&format!("bucket/{key}"), key);
    }
    trial.server.state().fails("bucket/b.txt", &[Fault::Hangs]);
    trial.pipeline("files", &["s3://bucket/"]);
    let mut command = trial.command(&["run", "p.toml", "--threads", "1"]);
    let mut run = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    for _ in 0..600 {
        if !trial.server.state().asked_for("GET /bucket/b.txt").is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(!trial.path("out/documents.jsonl").exists());
    trial
}

#[test]
fn a_run_that_was_broken_off_is_resumed() {
    let trial = broken_off();
    let ran = trial.docmill(&["run", "p.toml", "--resume"]);
    assert!(ran.status.success(), "{}", stderr(&ran));
    let resumed = trial.written();
    assert_eq!(resumed.lines().count(), 3);
    assert!(trial.documents("files", &["s3://bucket/"]) == resumed);
}

#[test]
fn a_run_whose_input_was_replaced_is_not_resumed() {
    let trial = broken_off();
    // As long as it was.
    trial.server.state().put("bucket/a.txt", "A.TXT");
    let ran = trial.docmill(&["run", "p.toml", "--resume"]);
    let said = stderr(&ran);
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(said.contains("inputs that have changed: `s3://bucket/a.txt`"), "{said}");
}

#[test]
fn what_failed_is_retried_once_it_is_mended() {
    let trial = Trial::new();
    trial.server.state().put("bucket/a.txt", "text");
    trial.server.state().put("bucket/b.txt", [0x1f, 0x8b, 8, 0]);
    trial.pipeline("files", &["s3://bucket/"]);
    let ran = trial.docmill(&["run", "p.toml"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    trial.server.state().put("bucket/b.txt", "mended");
    let ran = trial.docmill(&["retry", "out"]);
    assert!(ran.status.success(), "{}", stderr(&ran));
    let retried = trial.written();
    assert_eq!(fs::read_to_string(trial.path("out/dead-letters.jsonl")).unwrap(), "");
    assert!(trial.documents("files", &["s3://bucket/"]) == retried);
}
