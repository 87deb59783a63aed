//! Memory that plugins lose over many documents, by valgrind.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{compile, has_valgrind, templates};

/// The errors that valgrind finds in a run of so many documents through the library's stage.
fn errors(library: &Path, documents: usize) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let line =
        |n| format!("{{\"id\": \"d{n}\", \"text\": \"We said NO to {n} 🙂 and to ÉTÉ. AGAIN\"}}\n");
    let lines: String = (0..documents).map(line).collect();
    fs::write(folder.path().join("in.jsonl"), lines).unwrap();
    let pipeline = format!(
        "[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n[[plugin]]\npath = {library:?}\n\
         [[stage]]\nuse = \"shout\"\n[[sink]]\nuse = \"jsonl\"\n"
    );
    fs::write(folder.path().join("p.toml"), pipeline).unwrap();
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--leak-check=full", "--show-leak-kinds=definite", "--num-callers=40"]);
    valgrind.args(["--xml=yes", "--xml-file=report.xml"]).arg(env!("CARGO_BIN_EXE_docmill"));
    valgrind.args(["run", "--threads", "1", "p.toml"]).current_dir(folder.path());
    let output = valgrind.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let written = fs::read_to_string(folder.path().join("out/documents.jsonl")).unwrap();
    assert_eq!(written.lines().count(), documents);
    let report = fs::read_to_string(folder.path().join("report.xml")).unwrap();
    assert!(report.contains("<state>FINISHED</state>"));
    let library = fs::canonicalize(library).unwrap();
    let object = format!("<obj>{}</obj>", library.display());
    let errors = report.split("<error>").skip(1).filter(|error| error.contains(&object));
    errors.map(str::to_owned).collect()
}

fn good_ones_lose_nothing(documents: usize) {
    if !has_valgrind() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let c: PathBuf = compile(folder.path(), "good", &[]);
    let leaky = compile(folder.path(), "leaky", &["FAULT_LEAKS"]);
    assert_ne!(errors(&leaky, 10), [""; 0], "valgrind sees what is lost");
    assert_eq!(errors(&c, documents), [""; 0], "in C");
    assert_eq!(errors(&templates(), documents), [""; 0], "in Rust");
}

#[test]
fn good_libraries_lose_no_memory() {
    good_ones_lose_nothing(100);
}

#[test]
#[ignore = "takes minutes"]
fn good_libraries_lose_no_memory_over_ten_thousand_documents() {
    good_ones_lose_nothing(10_000);
}
