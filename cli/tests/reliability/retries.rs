//! A retry that is killed before a rename, or whose rename fails, loses nothing: the next one ends it.
//!
//! strace breaks it off. Where there is none, nothing is tried, and the test says so.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use super::trace;
use super::trial::{files, stderr};

const PIPELINE: &str = r#"
[source]
use = "jsonl"
paths = ["in.jsonl"]
[[sink]]
use = "jsonl"
[[sink]]
use = "sqlite"
"#;

const BROKEN: &str = "{\"id\":\"a\",\"text\":\"one\"}\n{\"id\"?\"b\",\"text\":\"two\"}\n{\"id\":\"c\",\"text\":\"three\"}\n";

fn docmill(dir: &Path, arguments: &[&str]) -> Command {
    let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
    docmill.args(arguments).current_dir(dir);
    docmill
}

/// What a run put in place, but for its account, which says how often something was retried.
fn outputs(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut outputs = files(dir);
    outputs.retain(|name, _| name != "run.json");
    outputs
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that tries nothing has to say so")]
fn a_retry_that_is_broken_off_is_ended_by_the_next() {
    if !trace::is_there() {
        eprintln!("there is no strace here that may be used: no retry is broken off");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::write(dir.join("p.toml"), PIPELINE).unwrap();
    for fault in ["error=EIO", "signal=KILL"] {
        let mut broken_off = 0;
        for number in 1.. {
            let context = format!("{fault} at rename {number}");
            let _ = fs::remove_dir_all(dir.join("out"));
            fs::write(dir.join("in.jsonl"), BROKEN).unwrap();
            let ran = docmill(dir, &["run", "p.toml"]).output().unwrap();
            assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
            fs::write(dir.join("in.jsonl"), BROKEN.replace("?", ":")).unwrap();
            let clean = docmill(dir, &["run", "p.toml", "--output", "clean/"]).output().unwrap();
            assert_eq!(clean.status.code(), Some(0), "{}", stderr(&clean));

            let inject = format!("inject=rename:{fault}:when={number}");
            let retry = docmill(dir, &["retry", "out"]);
            let retry =
                trace::under(&retry, &["-o", "/dev/null", "-e", "trace=rename", "-e", &inject]);
            let ended = { retry }.output().unwrap().status.code();
            // Where only the last steps were left, nothing is left to retry.
            let again = docmill(dir, &["retry", "out"]).output().unwrap();
            let code = again.status.code();
            assert!(matches!(code, Some(0 | 2)), "{context}: {}", stderr(&again));
            assert!(outputs(&dir.join("out")) == outputs(&dir.join("clean")), "{context}");
            match ended {
                Some(0) if broken_off > 20 => break,
                Some(0) => {}
                _ => broken_off += 1,
            }
        }
        eprintln!("{fault}: broken off {broken_off} times");
    }
}
