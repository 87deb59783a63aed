//! `docmill check` on libraries: good ones pass, each planted fault is caught by its check and by no other, and what
//! cannot be used is refused with a message. None of them harms docmill.

mod bad;
mod lost;
mod refused;
mod shown;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use docmill_core::engine::kit::Check;
use serde_json::Value as Json;
use tempfile::TempDir;

/// Compiles `bad.c` with these definitions, as strict C99, into a library of this name.
fn compile(folder: &Path, name: &str, definitions: &[&str]) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kit");
    let library = folder.join(format!("lib{name}.so"));
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-Wall", "-Wextra", "-pedantic", "-g", "-shared", "-fPIC", "-I"]);
    cc.arg(tests.join("../../../core/include"));
    cc.args(definitions.iter().map(|definition| format!("-D{definition}")));
    // The good one gives no warning; a fault may.
    cc.arg(if definitions.iter().any(|d| d.starts_with("FAULT")) { "-w" } else { "-Werror" });
    cc.arg("-o").arg(&library).arg(tests.join("bad.c")).args(["-lm", "-lpthread"]);
    let output = cc.output().expect("a C compiler is needed: cc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
}

/// The library of `examples/templates.rs`. `cargo test` builds it, but not where only these tests are asked for.
fn templates() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--package", "docmill", "--example", "templates"]);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success());
    let name = format!("{}templates{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    profile.join("examples").join(name)
}

fn docmill(folder: &Path, args: &[&str]) -> Output {
    let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
    docmill.args(args).current_dir(folder).stdin(Stdio::null());
    docmill.output().unwrap()
}

/// What each check of a library came to: the exit code, and the checks with their outcomes.
struct Checked {
    code: Option<i32>,
    checks: Vec<Json>,
}

impl Checked {
    /// Checks a library; without valgrind unless it is wanted, for it takes longer than all else.
    fn of(library: &Path, timeout: &str, valgrind: bool) -> Self {
        let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
        docmill.args(["check", "--json", "--timeout", timeout]).arg(library).stdin(Stdio::null());
        if !valgrind {
            docmill.env("PATH", "");
        }
        let output = docmill.output().unwrap();
        let json: Json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let checks = json["libraries"][0]["checks"].as_array().cloned().unwrap_or_default();
        Checked { code: output.status.code(), checks }
    }

    /// The names of the checks that came to this.
    fn came_to(&self, outcome: &str) -> Vec<&str> {
        let checks = self.checks.iter().filter(|check| check["outcome"] == outcome);
        checks.filter_map(|check| check["check"].as_str()).collect()
    }

    fn problem(&self, check: &str) -> &str {
        let found = self.checks.iter().find(|found| found["check"] == check);
        found.and_then(|found| found["problem"].as_str()).unwrap_or_default()
    }
}

fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn good_libraries_pass() {
    let folder = TempDir::new().unwrap();
    let plain = &["outputs", "decodings"][..];
    for (library, skipped) in [
        (compile(folder.path(), "stage", &[]), plain),
        (compile(folder.path(), "encoder", &["ENCODER", "DECODER"]), &[]),
        (compile(folder.path(), "first", &["CUT_TO_FIRST"]), plain),
        (templates(), &["decodings"]),
    ] {
        let checked = Checked::of(&library, "120", has_valgrind());
        assert_eq!(checked.code, Some(0), "{}: {:#?}", library.display(), checked.checks);
        let mut skipped = skipped.to_vec();
        if !has_valgrind() {
            skipped.push("leaks");
        }
        assert_eq!(checked.came_to("skipped"), skipped, "{}", library.display());
        assert_eq!(checked.checks.len(), Check::ALL.len());
    }
}

#[test]
fn each_check_is_a_line() {
    let folder = TempDir::new().unwrap();
    compile(folder.path(), "bad", &["FAULT_NUL"]);
    fs::write(folder.path().join("p.toml"), "[source]\nuse = \"files\"\n").unwrap();
    let output = docmill(folder.path(), &["check", "libbad.so"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    for check in Check::ALL {
        let of_check =
            told.lines().filter(|line| line.split_whitespace().nth(1) == Some(check.name));
        assert_eq!(of_check.count(), 1, "{}: {told}", check.name);
    }
    assert!(told.contains("  FAILED   nul                `shout`: an annotation"), "{told}");
    assert!(
        told.ends_with(&format!("libbad.so: 1 of {} checks failed\n", Check::ALL.len())),
        "{told}"
    );
    let both = docmill(folder.path(), &["check", "libbad.so", "p.toml"]);
    assert_eq!(both.status.code(), Some(2), "a pipeline that is wrong beside it: {both:?}");
}
