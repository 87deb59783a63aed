//! From nothing to a working plugin, as a user types it: `docmill new`, the plugin's own tests, its
//! build, `check`, `test` and `run`, from an empty folder and with no file edited.
//!
//! What all of it prints is compared with a transcript beside this file, times and paths masked:
//!
//! `BLESS=1 cargo test -p docmill --test new` writes the transcripts anew.

#![expect(clippy::print_stderr, reason = "a transcript says that it was skipped")]

mod mask;

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

/// Runs these lines in one shell, in an empty folder, and compares all that they print.
#[track_caller]
fn transcript(name: &str, lines: &[&str]) {
    if let Some(missing) = missing(lines) {
        eprintln!("SKIPPED {name}: there is no {missing} here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let printed = typed(lines, folder.path());
    let masked = mask::masked(&printed, folder.path());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/new/{name}.txt"));
    if env::var_os("BLESS").is_some() {
        fs::write(&golden, masked).unwrap();
        return;
    }
    let wanted = fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(
        masked, wanted,
        "the transcript {name} has changed; all that was printed:\n{printed}\n\
         where that is as it should be: BLESS=1 cargo test -p docmill --test new\n"
    );
}

/// A program that the lines need, docmill and cargo apart, and that is not there.
fn missing(lines: &[&str]) -> Option<&'static str> {
    let typed =
        |program: &&str| lines.iter().any(|line| line.split(' ').any(|word| word == *program));
    ["make", "python3"].into_iter().filter(typed).find(|program| {
        let there = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        !there.is_ok_and(|status| status.success())
    })
}

/// What a shell shows when these lines are typed, and the exit code of each that fails.
fn typed(lines: &[&str], folder: &Path) -> String {
    let lines = lines.iter().map(|line| {
        format!("printf '$ %s\\n' '{line}'; {line}\n(code=$?; [ $code = 0 ] || echo \"[exit code $code]\")\n")
    });
    let docmill = Path::new(env!("CARGO_BIN_EXE_docmill")).parent().unwrap();
    let path = env::join_paths(
        [docmill.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{}", lines.collect::<String>())])
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("PATH", path.unwrap())
        .env("LC_ALL", "C.UTF-8")
        .env("EXAMPLES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples"))
        // All that a plugin needs is there since docmill itself was built.
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        // What is built for one transcript need not be built again for the next.
        .env("CARGO_BUILD_BUILD_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new"))
        .env_remove("CARGO_TARGET_DIR")
        // As their defaults are, whatever they are here.
        .env("CC", "cc")
        .env_remove("CFLAGS")
        .env_remove("LDFLAGS")
        .env_remove("MAKEFLAGS")
        .env("RUST_TEST_THREADS", "1")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_stage_in_rust() {
    transcript(
        "rust-stage",
        &[
            "docmill new shout",
            "cd shout && cargo test && cargo build --release",
            "docmill check target/release/libshout.so",
            "docmill test pipeline.toml",
            "docmill run pipeline.toml",
        ],
    );
}

#[test]
fn an_encoder_in_rust() {
    transcript(
        "rust-encoder",
        &[
            "docmill new tally --kind encoder",
            "cd tally && cargo test && cargo build --release",
            "docmill check target/release/libtally.so",
            "docmill test pipeline.toml",
            "docmill run pipeline.toml",
            "cat out/sizes.tsv",
        ],
    );
}

#[test]
fn a_stage_in_c() {
    transcript(
        "c-stage",
        &[
            "docmill new shout --lang c",
            "cd shout && make",
            "docmill check libshout.so",
            "docmill test pipeline.toml",
            "docmill run pipeline.toml",
        ],
    );
}

#[test]
fn an_encoder_in_c() {
    transcript(
        "c-encoder",
        &[
            "docmill new tally --lang c --kind encoder",
            "cd tally && make",
            "docmill check libtally.so",
            "docmill test pipeline.toml",
            "docmill run pipeline.toml",
            "cat out/sizes.tsv",
        ],
    );
}

#[test]
fn a_stage_in_python() {
    transcript(
        "python-stage",
        &[
            "docmill new shout --lang python",
            "cd shout && python3 -m unittest",
            "docmill check pipeline.toml",
            "docmill test pipeline.toml",
            "docmill run pipeline.toml",
        ],
    );
}

/// What the book shows in C and Python beyond the scaffolds, each in a folder that was made for it.
#[test]
fn the_examples_of_the_book() {
    let folder = tempfile::tempdir().unwrap();
    let lines = [
        "docmill new mark-prices --lang c && cd mark-prices",
        "cp $EXAMPLES/mark-prices.c . && cp $EXAMPLES/mark-prices.toml pipeline.toml && make",
        "docmill test pipeline.toml && cd ..",
        "docmill new count-questions --lang python && cd count-questions",
        "cp $EXAMPLES/*count_questions.py . && cp $EXAMPLES/count-questions.toml pipeline.toml",
        "python3 -m unittest",
        "docmill test pipeline.toml",
    ];
    let printed = typed(&lines, folder.path());
    assert_eq!(printed.matches("2 tests: 2 passed, 0 failed").count(), 2, "{printed}");
    assert!(printed.contains("Ran 3 tests in "), "{printed}");
    assert!(!printed.contains("warning") && !printed.contains("[exit code"), "{printed}");
}
