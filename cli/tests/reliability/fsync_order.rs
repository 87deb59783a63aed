//! In which order a run puts files on the disk and gives them their names: after a power cut, what stands under a name is
//! whole, and a record speaks of nothing that is not there.
//!
//! strace says what the run asked of the system. Where there is none, nothing is tried, and the test says so.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    trace::{self, Call},
    trial::{Has, Trial},
};

const CALLS: &str = "trace=openat,write,pwrite64,copy_file_range,sendfile,ftruncate,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,unlink";

/// What was asked of the files in a run's folder.
struct Log {
    calls: Vec<Call>,
}

impl Log {
    fn of(&self, name: &str) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.name.starts_with(name))
    }

    /// What changes a file, in order.
    fn writes<'l>(&'l self, path: &'l Path) -> impl Iterator<Item = &'l Call> {
        self.calls.iter().filter(move |call| {
            let creates =
                call.name == "openat" && (call.last.starts_with('0') || call.paths.is_empty());
            let writes = ["write", "pwrite64", "copy_file_range", "sendfile", "ftruncate"];
            (creates || writes.contains(&call.name.as_str()))
                && call.paths.first().is_some_and(|own| own == path)
        })
    }

    /// Whether a file or folder was put on the disk after one line and before another.
    fn is_synced(&self, path: &Path, after: usize, before: usize) -> bool {
        let mut syncs = self.of("fsync").chain(self.of("fdatasync"));
        syncs.any(|sync| sync.paths[0] == path && sync.from > after && sync.to < before)
    }

    /// A file is whole and on the disk when it gets its name, and its name is on the disk before the next thing is
    /// done that a resumed run could build upon.
    fn renames_are_in_order(&self) -> usize {
        let mut seen = 0;
        for rename in self.of("rename") {
            let [from, to] = &rename.paths[..] else { panic!("{rename:?}") };
            let own = |call: &&Call| call.from < rename.from;
            // An earlier file of the same name is another one.
            let began = self.of("rename").chain(self.of("unlink")).filter(own);
            let began =
                began.filter(|call| call.paths[0] == *from).map(|call| call.to).max().unwrap_or(0);
            let last = self.writes(from).filter(own).map(|call| call.to).max().unwrap_or(0);
            // One that was only renamed was put on the disk under its other name.
            if last > began {
                assert!(
                    self.is_synced(from, last, rename.from),
                    "not on the disk before it is renamed: {rename:?}"
                );
            } else {
                let earlier = self.of("rename").filter(own).any(|call| call.paths[1] == *from);
                assert!(earlier || from.is_dir() || !from.exists(), "{rename:?}");
            }
            // Outputs are given their names together: the first thing to build upon them is the account of the run.
            let is_output = |path: &Path| !is_of_work(path) && !path.ends_with("run.json");
            let next = self.of("rename").filter(|call| {
                call.thread == rename.thread
                    && call.from > rename.to
                    && !(is_output(to) && is_output(&call.paths[1]))
            });
            let next = next.map(|call| call.from).next().unwrap_or(usize::MAX);
            // What is renamed only to be removed need not be.
            if !to.to_string_lossy().ends_with(".tmp") {
                let folder = to.parent().unwrap();
                assert!(
                    self.is_synced(folder, rename.to, next),
                    "the name is not on the disk: {rename:?}"
                );
                seen += 1;
            }
        }
        seen
    }

    /// Folders are on the disk before the first file in them is done.
    fn folders_are_on_the_disk(&self) {
        let done = self.of("rename").map(|rename| rename.from).next().unwrap();
        for made in self.of("mkdir") {
            let folder = made.paths[0].parent().unwrap();
            assert!(made.from > done || self.is_synced(folder, made.to, done), "{made:?}");
        }
    }

    /// All bytes that a record speaks of are on the disk before it has its name.
    fn records_come_last(&self, work: &Path) -> usize {
        let mut seen = 0;
        for rename in self.of("rename") {
            let Some(name) = rename.paths[1]
                .file_name()
                .filter(|name| name.to_string_lossy().ends_with(".shard"))
            else {
                continue;
            };
            let record: Value =
                serde_json::from_slice(&fs::read(work.join(name)).unwrap()).unwrap();
            let stem = record["stem"].as_str().unwrap();
            for (track, part) in record["parts"].as_array().unwrap().iter().enumerate() {
                let growing = work.join(format!("{stem}.{track}"));
                let end = part["start"].as_u64().unwrap() + part["len"].as_u64().unwrap();
                if let Some(written) = self.reaches(&growing, end) {
                    let context = format!("{name:?} speaks of {end} bytes of {growing:?}");
                    assert!(
                        self.is_synced(&growing, written, rename.from),
                        "{context}: not on the disk"
                    );
                }
            }
            seen += 1;
        }
        seen
    }

    /// The line at which a file that grows has so many bytes; `None` where this run wrote none of them.
    fn reaches(&self, growing: &Path, bytes: u64) -> Option<usize> {
        let mut size = 0;
        let mut reached = None;
        for call in self.writes(growing) {
            match call.name.as_str() {
                "openat" => {}
                "ftruncate" => size = call.last.parse().unwrap(),
                _ if size >= bytes => break,
                _ => {
                    size += call.returned;
                    reached = Some(call.to);
                }
            }
        }
        reached.filter(|_| size >= bytes && bytes > 0)
    }
}

/// Whether a file lies in the folder that a run works in.
fn is_of_work(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == ".docmill")
}

/// Traces a run; `None` where that cannot be done.
#[expect(clippy::print_stderr, reason = "a test that tries nothing has to say so")]
fn traced(trial: &Trial, arguments: &[&str]) -> Option<Log> {
    if !trace::is_there() {
        eprintln!("there is no strace here that may be used: no order is checked");
        return None;
    }
    let log = trial.path("log");
    let run = trial.docmill(arguments);
    let ran =
        trace::under(&run, &["-y", "-o", log.to_str().unwrap(), "-e", CALLS]).output().unwrap();
    assert_eq!(ran.status.code(), trial.code);
    let dir = fs::canonicalize(trial.path("")).unwrap();
    let mut calls = trace::read(&log, &dir);
    calls.retain(|call| {
        call.paths.iter().any(|path| path.starts_with(dir.join("out")))
            || call.name.contains("sync")
    });
    Some(Log { calls })
}

fn work(trial: &Trial) -> PathBuf {
    fs::canonicalize(trial.work("out")).unwrap()
}

/// With failures, so that records stay where they are.
const SINKS: [&str; 4] = ["csv", "jsonl", "sqlite", "parquet"];

#[test]
fn files_are_on_the_disk_before_they_have_their_names() {
    let trial = Trial::new(Has { failures: true, memory: true, sinks: &SINKS });
    let Some(log) = traced(&trial, &["run", "p.toml", "--output", "out/"]) else { return };
    log.folders_are_on_the_disk();
    // Records, parts of two merged outputs each, the outputs, and more.
    assert!(log.renames_are_in_order() > 30);
    assert!(log.records_come_last(&work(&trial)) > 5);
}

#[test]
fn so_they_are_in_a_run_that_is_resumed() {
    let trial = Trial::new(Has { failures: true, memory: true, sinks: &SINKS });
    if trace::is_there() {
        // Calls are counted thread by thread: one thread alone commits.
        let run = trial.docmill(&["run", "p.toml", "--output", "out/", "--threads", "1"]);
        let inject =
            ["-o", "/dev/null", "-e", "trace=rename", "-e", "inject=rename:signal=KILL:when=12"];
        assert_eq!(trace::under(&run, &inject).status().unwrap().code(), None);
    }
    let Some(log) = traced(&trial, &["run", "p.toml", "--output", "out/", "--resume"]) else {
        return;
    };
    assert!(log.renames_are_in_order() > 10);
    let records = log.records_come_last(&work(&trial));
    assert!(records > 1 && records < 8, "{records}");
}

#[test]
fn a_run_that_leaves_nothing_behind_is_in_order_too() {
    let trial = Trial::new(Has { sinks: &SINKS, ..Has::default() });
    let Some(log) = traced(&trial, &["run", "p.toml", "--output", "out/"]) else { return };
    assert!(log.renames_are_in_order() > 30);
}

#[test]
fn jobs_and_what_merges_them_are_in_order_too() {
    let trial = Trial::new(Has { failures: true, sinks: &SINKS, ..Has::default() });
    for job in ["0/2", "1/2"] {
        let ran = trial.run(&["run", "p.toml", "--output", "out/", "--shard", job]);
        assert!(ran.status.code().is_some_and(|code| code < 2));
    }
    let Some(log) = traced(&trial, &["merge", "p.toml", "--output", "out/"]) else { return };
    assert!(log.renames_are_in_order() > 8);
}
