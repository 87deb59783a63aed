//! Where the bytes of a run go: folders that are shared, left over or full, and streams.

#![cfg(feature = "engine")]

mod components;

use std::{
    cell::Cell,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use components::{pipeline, read, run_in};
use docmill_core::engine::{
    Destination, Pipeline, Progress, Report, RunError, RunOptions, WriteError, run,
};

const PLAIN: &str = "[[sink]]\nuse = \"plain\"\n";

fn run_to(
    pipeline: &Pipeline,
    destination: Destination,
    observe: &(dyn Fn(&Progress) + Sync),
) -> Result<Report, RunError> {
    let stop = AtomicBool::new(false);
    run(
        pipeline,
        RunOptions {
            threads: 1.try_into().ok(),
            limit: None,
            mode: Default::default(),
            invocation: Default::default(),
            destination,
            stop: &stop,
            observe,
            events: None,
        },
    )
}

/// Runs a pipeline, and `meanwhile` once while it is at work.
fn run_and(
    pipeline: &Pipeline,
    destination: Destination,
    meanwhile: impl Fn() + Send,
) -> Result<Report, RunError> {
    let meanwhile = Mutex::new((Cell::new(false), meanwhile));
    run_to(pipeline, destination, &|_| {
        let (done, meanwhile) = &*meanwhile.lock().unwrap();
        if !done.replace(true) {
            meanwhile();
        }
    })
}

/// A stream that can be looked at.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn to_stream(dead_letters: PathBuf) -> (Bytes, Destination) {
    let bytes = Bytes::default();
    let output = Box::new(bytes.clone());
    (bytes, Destination::Stream { output, dead_letters: Some(dead_letters) })
}

#[test]
fn a_folder_takes_one_run_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (pipeline(&["a"], PLAIN), pipeline(&["b"], PLAIN));
    let folder = || Destination::Folder(dir.path().to_owned());
    let report = run_and(&first, folder(), || {
        for other in [&first, &second] {
            let error = run_in(dir.path(), other, 1).unwrap_err();
            assert!(error.to_string().contains("the other run"), "{error}");
        }
    });
    report.unwrap();
    assert_eq!(read(dir.path(), "plain.txt"), "# plain\na\n");
    run_in(dir.path(), &second, 1).unwrap();
    assert_eq!(read(dir.path(), "plain.txt"), "# plain\nb\n", "the folder is free again");
}

#[test]
fn what_a_killed_run_left_is_removed_whatever_it_ran() {
    let dir = tempfile::tempdir().unwrap();
    let left = dir.path().join(".docmill/0123456789abcdef/deep");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("plain.txt"), "half a li").unwrap();
    run_in(dir.path(), &pipeline(&["a"], PLAIN), 1).unwrap();
    let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(files, ["dead-letters.jsonl", "dropped.jsonl", "plain.txt", "run.json"]);
}

#[test]
fn an_output_may_lie_in_folders_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let plain = format!("{PLAIN}path = \"a/b/plain.txt\"\n");
    let report = run_in(&dir.path().join("new/out"), &pipeline(&["a"], &plain), 1).unwrap();
    assert_eq!(read(dir.path(), "new/out/a/b/plain.txt"), "# plain\na\n");
    assert_eq!(report.outputs[0].path, "a/b/plain.txt");
}

#[test]
fn runs_to_streams_may_keep_dead_letters_in_one_folder() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = pipeline(&["a", "unreadable"], PLAIN);
    let (outer, destination) = to_stream(dir.path().join("outer.jsonl"));
    let (inner, inner_destination) = to_stream(dir.path().join("inner.jsonl"));
    let inner_destination = Mutex::new(Some(inner_destination));
    run_and(&pipeline, destination, || {
        let destination = inner_destination.lock().unwrap().take().unwrap();
        run_to(&pipeline, destination, &|_| {}).unwrap();
        run_in(dir.path(), &pipeline, 1).unwrap();
    })
    .unwrap();
    for bytes in [outer, inner] {
        assert_eq!(*bytes.0.lock().unwrap(), b"# plain\na\n");
    }
    for name in ["outer.jsonl", "inner.jsonl", "dead-letters.jsonl"] {
        assert_eq!(read(dir.path(), name).lines().count(), 1, "{name}");
    }
    let left = fs::read_dir(dir.path().join(".docmill")).unwrap().count();
    assert_eq!(left, 1, "only the run to the folder can be retried");
}

fn write_error(output: Box<dyn Write + Send>) -> WriteError {
    let destination = Destination::Stream { output, dead_letters: None };
    match run_to(&pipeline(&["a"], PLAIN), destination, &|_| {}) {
        Err(RunError::Write(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_ends_the_run() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let error = write_error(Box::new(full));
    assert!(!error.is_broken_pipe());
    assert!(error.to_string().contains("standard output"), "{error}");
    assert_eq!(error.path, Path::new("-"));
}

#[test]
fn a_reader_that_has_gone_is_told_from_a_full_disk() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    assert!(write_error(Box::new(writer)).is_broken_pipe());
}

#[test]
fn sinks_pack_blocks_unless_they_panic_over_them() {
    let mut texts = vec!["a"; 35];
    (texts[9], texts[12], texts[29]) = ("PACK-PANIC", "error", "AS-IT-IS");
    let rest =
        "[[stage]]\nuse = \"trouble\"\n[[sink]]\nuse = \"packs\"\n[[sink]]\nuse = \"plain\"\n";
    for threads in [1, 3] {
        let dir = tempfile::tempdir().unwrap();
        let pipeline = pipeline(&texts, &rest.replace("\"packs\"", "\"packs\"\npath = \"packed\""));
        let report = run_in(dir.path(), &pipeline, threads).unwrap();
        let a = |count: usize| "a ".repeat(count);
        let expected = [
            a(9),
            "PACK-PANIC ".into(),
            format!("({})", a(9)),
            a(9),
            "AS-IT-IS ".into(),
            format!("[{}]", a(5)),
        ];
        assert_eq!(read(dir.path(), "packed"), expected.concat());
        // What was encoded is counted, and not what was packed.
        assert_eq!((report.sinks[0].bytes, report.sinks[0].failed), (2 * 32 + 11 + 9, 0));
        assert_eq!(read(dir.path(), "plain.txt").lines().count(), 35);
    }
}
