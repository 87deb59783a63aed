//! A small run with everything in it that can be lost, and what it comes to if nothing goes wrong.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::chance::Chance;

/// Files of input, and lines in each.
const FILES: usize = 16;
const LINES: usize = 20;

/// Documents that the filter drops and those that fail come between those that are written.
const PIPELINE: &str = r#"
[source]
use    = "jsonl"
paths  = ["in/*.jsonl"]

[[stage]]
use    = "filter"
when   = "words > 20"
reason = "too-short"
"#;

const MEMORY: &str = r#"
[[stage]]
use = "dedupe"
by  = "exact"
"#;

const RUN: &str = r#"
[run]
shard   = "32 KiB"
threads = 2
"#;

/// What a run is to have in it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Has<'a> {
    /// Documents that fail.
    pub(crate) failures: bool,
    /// A stage that remembers.
    pub(crate) memory: bool,
    /// The sinks, by their names.
    pub(crate) sinks: &'a [&'a str],
}

/// A folder with inputs and a pipeline, and the folder `whole` that an unbroken run wrote.
pub(crate) struct Trial {
    dir: TempDir,
    /// How the unbroken run ended.
    pub(crate) code: Option<i32>,
    pub(crate) whole: BTreeMap<String, Vec<u8>>,
    /// The run's key.
    pub(crate) key: String,
}

impl Trial {
    pub(crate) fn new(has: Has<'_>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        write_inputs(&dir.path().join("in"), has.failures);
        let memory = if has.memory { MEMORY } else { "" };
        let sinks: String =
            has.sinks.iter().map(|sink| format!("\n[[sink]]\nuse = \"{sink}\"\n")).collect();
        fs::write(dir.path().join("p.toml"), format!("{PIPELINE}{memory}{sinks}{RUN}")).unwrap();
        let mut trial = Trial { dir, code: None, whole: BTreeMap::new(), key: String::new() };
        let ran = trial.run(&["run", "p.toml", "--output", "whole/"]);
        trial.code = ran.status.code();
        assert_eq!(trial.code, Some(i32::from(has.failures)), "{}", stderr(&ran));
        let report: Value =
            serde_json::from_slice(&fs::read(trial.path("whole/run.json")).unwrap()).unwrap();
        trial.key = report["run"].as_str().unwrap().to_owned();
        assert!(report["shards"].as_u64() > Some(5), "{}", report["shards"]);
        assert!(report["documents"]["dropped"].as_u64() > Some(5));
        trial.whole = files(&trial.path("whole"));
        trial
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where a run to this folder works.
    pub(crate) fn work(&self, out: &str) -> PathBuf {
        self.path(out).join(".docmill").join(&self.key)
    }

    pub(crate) fn docmill(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
        command.args(arguments).current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.docmill(arguments).output().unwrap()
    }

    /// Resumes the run to this folder, which is to end as the unbroken one did, and removes it.
    #[track_caller]
    pub(crate) fn comes_to_its_end(&self, out: &str, context: &str) {
        let ran = self.run(&["run", "p.toml", "--resume", "--output", &format!("{out}/")]);
        assert_eq!(ran.status.code(), self.code, "{context}: {}", stderr(&ran));
        self.is_like_whole(out, context);
        fs::remove_dir_all(self.path(out)).unwrap();
    }

    /// Compares all files of a folder with the unbroken run's.
    #[track_caller]
    pub(crate) fn is_like_whole(&self, out: &str, context: &str) {
        let found = files(&self.path(out));
        let names: Vec<&String> = found.keys().collect();
        assert_eq!(names, self.whole.keys().collect::<Vec<_>>(), "{context}");
        for (name, bytes) in &found {
            assert!(*bytes == self.whole[name], "{context}: {name} differs");
        }
    }

    /// Checks that what stands under the name of an output is that whole output.
    #[track_caller]
    pub(crate) fn has_no_half_file(&self, out: &str, context: &str) {
        for (name, bytes) in files(&self.path(out)) {
            if !name.starts_with(".docmill") && !name.ends_with(".tmp") {
                assert!(self.whole.get(&name) == Some(&bytes), "{context}: {name} is not whole");
            }
        }
    }
}

pub(crate) fn stderr(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

/// All files below a folder; of work folders the names alone, of a report what does not depend on time.
pub(crate) fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(dir, "", &mut found);
    for (name, bytes) in &mut found {
        if name.starts_with(".docmill") {
            bytes.clear();
        } else if name == "run.json" {
            let mut report = serde_json::from_slice(bytes).unwrap();
            without_times(&mut report);
            *bytes = serde_json::to_vec(&report).unwrap();
        }
    }
    found
}

fn collect(folder: &Path, name: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    // A run may have been broken off before there was a folder.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let own = entry.file_name().into_string().unwrap();
        let name = if name.is_empty() { own } else { format!("{name}/{own}") };
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &name, found);
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let differ = ["seconds", "cpu-seconds", "threads", "peak-memory"];
            members.retain(|name, _| !differ.contains(&name.as_str()));
            members.values_mut().for_each(without_times);
        }
        Value::Array(values) => values.iter_mut().for_each(without_times),
        _ => {}
    }
}

fn write_inputs(dir: &Path, failures: bool) {
    const WORDS: [&str; 10] =
        ["elm", "oak", "ash", "birch", "river", "stone", "cloud", "“winter”", "harbour", "👍"];
    let mut chance = Chance(1);
    fs::create_dir(dir).unwrap();
    let mut text = String::new();
    for file in 0..FILES {
        let mut lines = String::new();
        for line in 0..LINES {
            // Now and then a text comes twice, and in another shard.
            if line % 9 != 4 {
                let words = if line % 7 == 5 { 3 } else { 120 };
                text = (0..words).map(|_| chance.of(&WORDS)).collect::<Vec<_>>().join(" ");
            }
            let end = if failures && line % 11 == 3 { "" } else { "\"}" };
            lines += &format!("{{\"id\": \"{file}-{line}\", \"text\": \"{text}{end}\n");
        }
        fs::write(dir.join(format!("{file:02}.jsonl")), lines).unwrap();
    }
}
