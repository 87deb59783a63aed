//! Libraries that cannot be used: refused with a clear message and exit code 2, by `check` and in a pipeline.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::{compile, docmill};

const ENDS: &str = "[source]\nuse = \"files\"\npaths = [\"in.txt\"]\n\n[[sink]]\nuse = \"jsonl\"\n";

/// A pipeline with these libraries, each with what else its table says.
fn pipeline(folder: &Path, plugins: &[(&str, &str)]) {
    let tables: String = plugins
        .iter()
        .map(|(path, more)| format!("[[plugin]]\npath = \"{path}\"\n{more}\n"))
        .collect();
    fs::write(folder.join("in.txt"), "We said NO.").unwrap();
    fs::write(folder.join("p.toml"), format!("{ENDS}\n{tables}")).unwrap();
}

/// Checks that a command refuses the library with this message.
#[track_caller]
fn refuses(folder: &Path, args: &[&str], said: &str) {
    let output = docmill(folder, args);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
    assert!(told.contains(said), "{args:?} does not say {said:?}: {told}");
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn what_cannot_be_used_is_refused() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    for (name, definition) in [
        ("magic", "WRONG_MAGIC"),
        ("major", "WRONG_MAJOR=2"),
        ("old", "WRONG_MAJOR=0"),
        ("minor", "NEEDS_MINOR=99"),
        ("entry", "NO_ENTRY"),
        ("null", "NULL_TABLE"),
        ("short", "SIZE=16"),
        ("create", "NO_CREATE"),
        ("manifest", "FAULT_NO_JSON"),
    ] {
        // What is left out leaves functions without a use, which is no fault.
        compile(folder, name, &[definition, "FAULT_NONE"]);
    }
    let good = fs::read(compile(folder, "good", &[])).unwrap();
    let mut arm = good.clone();
    arm[18] = 40;
    fs::write(folder.join("libarm.so"), arm).unwrap();
    fs::write(folder.join("libtext.so"), "int main;\n").unwrap();
    fs::write(folder.join("libempty.so"), "").unwrap();
    fs::write(folder.join("libhalf.so"), &good[..good.len() / 2]).unwrap();
    for (name, said) in [
        ("magic", "does not begin with docmill's magic number"),
        ("major", "needs docmill's plugin interface 2, and this docmill speaks 1."),
        ("old", "look for a newer build of the plugin"),
        ("minor", "needs docmill's plugin interface 1.99 or newer"),
        ("entry", "exports no `docmill_plugin`"),
        ("null", "does not speak version 1 of docmill's plugin interface"),
        ("short", "says that it has 16 bytes"),
        ("create", "has no `create`"),
        ("manifest", "cannot be read (expected"),
        ("arm", "is a library for arm"),
        ("text", "is not a library (it is text)"),
        ("empty", "is not a library (it is empty)"),
        ("half", "is not a library (it breaks off)"),
        ("nowhere", "cannot be read"),
    ] {
        let library = format!("lib{name}.so");
        refuses(folder, &["check", &library], said);
        pipeline(folder, &[(&library, "")]);
        for command in ["check", "run"] {
            refuses(folder, &[command, "p.toml"], said);
        }
    }
}

#[test]
fn a_library_with_another_hash_is_refused() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    compile(folder, "good", &[]);
    pipeline(folder, &[("libgood.so", &format!("sha256 = \"{}\"", "0".repeat(64)))]);
    refuses(folder, &["check", "p.toml"], "has another hash than the pipeline says");
    refuses(folder, &["run", "p.toml"], "has another hash than the pipeline says");
}

#[test]
fn two_plugins_of_one_name_are_refused() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    compile(folder, "one", &[]);
    compile(folder, "two", &[]);
    pipeline(folder, &[("libone.so", ""), ("libtwo.so", "")]);
    refuses(folder, &["check", "p.toml"], "two plugins named `bad`");
}

#[test]
fn plugins_of_the_first_version_run() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    compile(folder, "good", &[]);
    compile(folder, "first", &["CUT_TO_FIRST"]);
    let mut outputs = Vec::new();
    for library in ["libgood.so", "libfirst.so"] {
        pipeline(folder, &[(library, "[[stage]]\nuse = \"shout\"\n")]);
        let output = docmill(folder, &["run", "p.toml"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        outputs.push(fs::read_to_string(folder.join("out/documents.jsonl")).unwrap());
    }
    assert!(outputs[0].contains("\"shouts\":[{\"start\":8,\"end\":10}]"), "{}", outputs[0]);
    assert_eq!(outputs[0], outputs[1]);
}
