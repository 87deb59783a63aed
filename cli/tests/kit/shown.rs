//! `docmill show` on the components of libraries.

use std::{fs, path::Path};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{compile, docmill};

fn show(folder: &Path, args: &[&str]) -> String {
    let output = docmill(folder, &[&["show"], args].concat());
    assert_eq!(output.status.code(), Some(0), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn components_of_libraries_are_shown() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    compile(folder, "stage", &[]);
    // The rest of the file may be wrong: a schema is for those who are writing it.
    fs::write(folder.join("p.toml"), "[[plugin]]\npath = \"libstage.so\"\n[[stage]]\nuse = 3\n")
        .unwrap();
    for args in [["shout", "--plugin", "libstage.so"], ["shout", "--pipeline", "p.toml"]] {
        let told = show(folder, &args);
        for part in [
            "shout, a stage  bad 0.1.0",
            "Marks capitals.",
            "brings the layers: shouts",
            "sets the metadata: shouts",
            "min-length  a whole number from 1",
        ] {
            assert!(told.contains(part), "{args:?} does not say {part:?}: {told}");
        }
    }
    assert!(show(folder, &["--plugin", "libstage.so"]).contains("  shout "), "listed");
    assert!(show(folder, &["--markdown", "--plugin", "libstage.so"]).contains("shout"));
    let names = |args: &[&str]| {
        let schema: Json = serde_json::from_str(&show(folder, args)).unwrap();
        let stages = schema["properties"]["stage"]["items"]["oneOf"].as_array().cloned().unwrap();
        let names =
            stages.iter().map(|s| s["properties"]["use"]["const"].as_str().map(str::to_owned));
        names.collect::<Option<Vec<_>>>().unwrap()
    };
    let has_it = |args: &[&str]| names(args).iter().any(|name| name == "shout");
    assert!(has_it(&["--schema", "p.toml"]));
    assert!(has_it(&["--schema", "--plugin", "libstage.so"]));
    assert!(!has_it(&["--schema"]));
}

#[test]
fn a_library_that_cannot_be_used_is_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("libtext.so"), "text").unwrap();
    fs::write(folder.path().join("p.toml"), "[[plugin]]\npath = \"libtext.so\"\n").unwrap();
    for args in [["--plugin", "libtext.so"], ["--pipeline", "p.toml"], ["--schema", "p.toml"]] {
        let output = docmill(folder.path(), &[&["show"][..], &args].concat());
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(told.contains("libtext.so is not a library (it is text)"), "{told}");
    }
}
