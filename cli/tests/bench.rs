//! Whether `docmill bench` can be trusted: twenty times the same, and twenty times a stage that is slower by a tenth.
//!
//! ```sh
//! cargo test --release -p docmill --test bench -- --ignored --nocapture --test-threads 1
//! ```
//!
//! `DOCMILL=$PWD/target/release/docmill` before it tries that one, which `cargo build --release -p docmill --example spin`
//! gives the stage for.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;
use tempfile::TempDir;

const TRIALS: usize = 20;
/// How many trials must come out right.
const ENOUGH: usize = 19;

/// How often the stage goes through the text, and a tenth more.
const TIMES: u32 = 30;
const MORE_TIMES: u32 = 33;

/// A pipeline in a folder, with the stage that takes as long as it is told to.
struct Trial(TempDir);

impl Trial {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lines: String = (0..300).map(line).collect();
        fs::write(dir.path().join("in.jsonl"), lines).unwrap();
        for (name, times) in [("p.toml", TIMES), ("slower.toml", MORE_TIMES)] {
            let text = format!(
                "[[plugin]]\npath = {:?}\n[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n[[stage]]\nuse = \
                 \"segment\"\n[[stage]]\nuse = \"spin\"\ntimes = {times}\n[[stage]]\nuse = \"clean\"\n[[sink]]\n\
                 use = \"jsonl\"\n",
                library()
            );
            fs::write(dir.path().join(name), text).unwrap();
        }
        Trial(dir)
    }

    /// Benchmarks; the comparison that it made.
    fn bench(&self, args: &[&str]) -> Json {
        let mut docmill = Command::new(program());
        docmill.arg("bench").args(args).arg("--json").current_dir(self.0.path());
        let output = docmill.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let json: Json = serde_json::from_slice(&output.stdout).unwrap();
        json["comparison"].clone()
    }
}

/// A document of invented text, the same each time.
fn line(number: usize) -> String {
    let subjects =
        ["The minister of Lorvania", "A harbour pilot", "The council", "Nobody in Port Ansel"];
    let verbs = ["praised", "had seen", "refused", "spoke of"];
    let objects = ["the new bridge", "what the neighbours wanted", "the tariff on salt", "rain"];
    let mut text = String::new();
    for at in 0..30 + number % 40 {
        let n = number * 31 + at * 7;
        let (s, v, o) = (subjects[n % 4], verbs[n / 4 % 4], objects[n / 16 % 4]);
        text.push_str(&format!("{s} {v} {o} on day {n}. "));
        if at % 5 == 4 {
            text.push_str("\\n\\n");
        }
    }
    format!("{{\"id\": \"{number}\", \"text\": \"{text}\"}}\n")
}

/// The docmill to be tried: the one that was built for the test, if no other is named.
fn program() -> PathBuf {
    let named = env::var_os("DOCMILL").map(|path| fs::canonicalize(path).unwrap());
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_docmill").into())
}

/// The library of `examples/spin.rs`. `cargo test` builds it, but not where only these tests are asked for.
fn library() -> PathBuf {
    let name = format!("{}spin{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = program().parent().map(Path::to_owned).unwrap().join("examples").join(name);
    if env::var_os("DOCMILL").is_none() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "--package", "docmill", "--example", "spin"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
    }
    library
}

/// Components of which a difference is reported, with `total`.
fn reported(comparison: &Json) -> Vec<String> {
    let components = comparison["components"].as_array().unwrap().iter();
    let all = components.chain([&comparison["total"]]);
    let differing =
        all.filter(|change| change["verdict"] == "slower" || change["verdict"] == "faster");
    let named = differing.map(|change| {
        let ratio = |end| change["time-ratio"][end].as_f64().unwrap();
        let name = change["name"].as_str().unwrap();
        format!("{name} {} ({:.3} to {:.3})", change["verdict"], ratio("low"), ratio("high"))
    });
    named.collect()
}

/// Twenty trials; `compare` makes the comparison of one, `right` says whether what it reports is right.
#[expect(clippy::print_stderr, reason = "trials take minutes")]
fn hold(what: &str, compare: impl Fn(usize) -> Json, right: impl Fn(&[String]) -> bool) {
    let mut held = 0;
    for trial in 0..TRIALS {
        let comparison = compare(trial);
        let reported = reported(&comparison);
        let spin =
            comparison["components"].as_array().unwrap().iter().find(|c| c["name"] == "spin");
        let spin = &spin.unwrap()["time-ratio"];
        let holds = right(&reported);
        held += usize::from(holds);
        let mark = if holds { "right" } else { "WRONG" };
        eprintln!("{what} {trial:2} {mark}: spin {spin}; reported {reported:?}");
    }
    eprintln!("{what}: {held} of {TRIALS} right");
    assert!(held >= ENOUGH, "{what}: {held} of {TRIALS} right");
}

fn nothing(reported: &[String]) -> bool {
    reported.is_empty()
}

fn slower_spin(reported: &[String]) -> bool {
    reported.iter().any(|of| of.starts_with("spin \"slower\""))
}

#[test]
#[ignore = "takes minutes"]
fn the_same_in_turn_shows_no_difference() {
    let trial = Trial::new();
    let program = program();
    let program = program.to_str().unwrap();
    hold("same, in turn", |_| trial.bench(&["p.toml", "--against", program]), nothing);
}

#[test]
#[ignore = "takes minutes"]
fn a_tenth_more_in_turn_shows() {
    let trial = Trial::new();
    hold("slower, in turn", |_| trial.bench(&["slower.toml", "--against", "p.toml"]), slower_spin);
}

#[test]
#[ignore = "takes minutes"]
fn the_same_later_shows_no_difference() {
    let trial = Trial::new();
    let compare = |_| {
        trial.bench(&["p.toml", "--save", "base.json"]);
        trial.bench(&["p.toml", "--baseline", "base.json"])
    };
    hold("same, later", compare, nothing);
}

#[test]
#[ignore = "takes minutes"]
fn a_tenth_more_later_shows() {
    let trial = Trial::new();
    let compare = |_| {
        trial.bench(&["p.toml", "--save", "base.json"]);
        trial.bench(&["slower.toml", "--baseline", "base.json"])
    };
    hold("slower, later", compare, slower_spin);
}
