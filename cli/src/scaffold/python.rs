//! A stage in Python: a program, the module `docmill.py` that it is written with, and its tests.

use super::{Name, SAMPLE, Scaffold, replaced};

const STAGE: &str = include_str!("python/template.py");
const TESTS: &str = include_str!("python/test_template.py");
/// What stages are written with.
const MODULE: &str = include_str!("python/docmill.py");
const PIPELINE: &str = include_str!("python/pipeline.toml");
const README: &str = include_str!("python/README.md");
/// A line of `python/modules.txt` that is no comment holds names, separated by blanks.
const STANDARD: &str = include_str!("python/modules.txt");

pub(super) fn scaffold(name: &Name) -> Scaffold {
    let module = name.snake();
    Scaffold {
        what: "a stage in Python",
        files: vec![
            (format!("{module}.py"), in_python(STAGE, name)),
            (format!("test_{module}.py"), in_python(TESTS, name)),
            ("docmill.py".to_owned(), MODULE.to_owned()),
            ("pipeline.toml".to_owned(), beside_python(PIPELINE, name)),
            ("sample.txt".to_owned(), SAMPLE.to_owned()),
            ("README.md".to_owned(), beside_python(README, name)),
            (".gitignore".to_owned(), "/out\n__pycache__/\n".to_owned()),
        ],
        next: vec![
            "python3 -m unittest".to_owned(),
            "docmill check pipeline.toml".to_owned(),
            "docmill test pipeline.toml".to_owned(),
            "docmill run pipeline.toml".to_owned(),
        ],
        notes: Vec::new(),
    }
}

/// A source in which `template` is a module and a function, and a stage where it is quoted.
fn in_python(source: &str, name: &Name) -> String {
    let quoted = format!("`{}`", name.kebab());
    let names =
        [("`template`", &*quoted), ("Template", &name.camel()), ("template", &name.snake())];
    replaced(source, &names)
}

/// Another text, in which `template` is a stage unless it names a file.
fn beside_python(text: &str, name: &Name) -> String {
    let file = format!("{}.py", name.snake());
    replaced(text, &[("template.py", &file), ("template", name.kebab())])
}

/// What has this name already, so that the program would not start.
pub(super) fn taken(name: &Name) -> Option<&'static str> {
    const KEYWORDS: &str = "and as assert async await break class continue def del elif else \
        except finally for from global if import in is lambda nonlocal not or pass raise return \
        try while with yield";
    let module = name.snake();
    let mut standard = STANDARD.lines().filter(|line| !line.starts_with('#'));
    if KEYWORDS.split_whitespace().any(|word| word == module) {
        Some("a keyword of Python")
    } else if module == "docmill" {
        Some("the module that the program is written with")
    } else if standard.any(|line| line.split(' ').any(|word| word == module)) {
        Some("a module of Python's standard library")
    } else {
        None
    }
}
