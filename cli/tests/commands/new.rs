//! `docmill new`: what it makes, and what it refuses. What one can do with it, `tests/new` shows.

use std::fs;

use super::sandbox::Sandbox;

/// The names in a folder, in order.
fn names(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(sandbox.path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_name_stands_wherever_the_template_has_its_own() {
    for (language, kind) in [
        ("rust", "stage"),
        ("rust", "encoder"),
        ("c", "stage"),
        ("c", "encoder"),
        ("python", "stage"),
    ] {
        let sandbox = Sandbox::new();
        let ran = sandbox.run(&["new", "mark-loud", "--lang", language, "--kind", kind]).exits(0);
        ran.says(&["made mark-loud, ", "cd mark-loud\n", "docmill test pipeline.toml\n"]);
        let pipeline = sandbox.read("mark-loud/pipeline.toml");
        assert!(pipeline.contains("\"mark-loud\""), "{pipeline}");
        assert_eq!(names(&sandbox, "."), ["mark-loud"]);
        let mut folders = vec!["mark-loud".to_owned()];
        while let Some(folder) = folders.pop() {
            for name in names(&sandbox, &folder) {
                let path = format!("{folder}/{name}");
                assert!(!name.to_lowercase().contains("template"), "{path}");
                if sandbox.path(&path).is_dir() {
                    folders.push(path);
                } else if !["docmill.h", "docmill.py", "Cargo.lock"].contains(&&*name) {
                    let text = sandbox.read(&path).to_lowercase();
                    assert!(!text.contains("template"), "{path} of {language}:\n{text}");
                }
            }
        }
    }
}

#[test]
fn what_is_there_is_left_as_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("shout/notes.txt", "mine");
    sandbox.write("cry", "mine");
    for name in ["shout", "cry"] {
        let ran = sandbox.run(&["new", name]).exits(2);
        ran.says(&[&format!("{name} is there already"), "choose another name"]);
    }
    std::os::unix::fs::symlink("nowhere", sandbox.path("link")).unwrap();
    sandbox.run(&["new", "link"]).exits(2).says(&["link is there already"]);
    assert_eq!(names(&sandbox, "shout"), ["notes.txt"]);
    assert_eq!(names(&sandbox, "."), ["cry", "link", "shout"]);
}

#[test]
fn nothing_is_left_of_a_folder_that_cannot_be_made() {
    let sandbox = Sandbox::new();
    // A folder in which nobody can make anything.
    let ran = sandbox.run(&["-C", "/proc", "new", "shout"]).exits(3);
    ran.says(&["cannot make the folder shout: "]);
    sandbox.run(&["-C", "gone", "new", "shout"]).exits(2).says(&["cannot go to gone"]);
}

#[test]
fn names_that_will_not_do_are_refused_with_one_that_will() {
    let sandbox = Sandbox::new();
    for (args, proposal) in [
        (&["new", "MarkShouts"][..], "`mark-shouts` would do"),
        (&["new", "own/shout"], "`docmill -C own new shout`"),
        (&["new", "match"], "`match-words` would do"),
        (&["new", "json", "--lang", "python"], "`json-words` would do"),
        (&["new", "clean", "--lang", "c"], "docmill comes with a stage named `clean`"),
        (&["new", "csv", "--kind", "encoder"], "docmill comes with a sink named `csv`"),
        (&["new", "tally", "--lang", "python", "--kind", "encoder"], "`--lang rust` or `--lang c`"),
    ] {
        sandbox.run(args).exits(2).says(&[proposal]);
    }
    // Names are taken by kind.
    sandbox.run(&["new", "csv"]).exits(0);
    assert_eq!(names(&sandbox, "."), ["csv"]);
}
