//! What the command line changes, and what is said of arguments that are wrong.

use std::path::PathBuf;

use docmill_core::engine::{Diagnostic, Kind, Overrides, Pipeline};
use serde_json::{Value as Json, json};

use super::components::registry;

const PIPELINE: &str = r#"
[source]
use = "notes"
paths = ["tests/broken/input/*.txt"]
encoding = "latin-1"

[[stage]]
use = "trim"
max-length = 80

[[stage]]
use = "trim"
name = "cut"

[[sink]]
use = "json"
path = "documents.jsonl"
provenance = "full"

[[sink]]
use = "tables"
documents = "documents.csv"

[run]
threads = 1
"#;

fn read(overrides: Overrides) -> Result<Pipeline, Vec<Diagnostic>> {
    Pipeline::read(PIPELINE, &registry(), &overrides)
}

fn set(typed: &[&str]) -> Overrides {
    Overrides {
        set: typed.iter().map(|typed| (*typed).to_owned()).collect(),
        ..Overrides::default()
    }
}

fn input(typed: &[&str]) -> Overrides {
    Overrides {
        input: typed.iter().map(|typed| (*typed).to_owned()).collect(),
        ..Overrides::default()
    }
}

fn output(typed: &str) -> Overrides {
    Overrides { output: Some(typed.to_owned()), ..Overrides::default() }
}

fn settings(pipeline: &Pipeline, kind: Kind, name: &str) -> Json {
    let mut components = pipeline.components();
    let found = components.find(|part| part.kind == kind && part.name == name).unwrap();
    found.settings.clone()
}

/// What is said of an argument: code, the words pointed at, message, help.
fn refused(overrides: Overrides) -> Vec<String> {
    let said = read(overrides).err().unwrap_or_default();
    said.iter()
        .map(|found| {
            let argument = found.argument.as_deref().expect("it stands in the argument");
            let at = &argument[found.span.clone()];
            let help = found.help.as_deref().unwrap_or_default();
            format!("{} `{at}` {}; {help}", found.code, found.message)
        })
        .collect()
}

#[test]
fn a_setting_is_set_by_the_name_of_its_component() {
    let typed =
        ["cut.max-length=40", "trim.blank-lines=true", "trim.max-length = 90", "run.threads=3"];
    let pipeline = read(set(&typed)).unwrap();
    assert_eq!(settings(&pipeline, Kind::Stage, "cut"), json!({ "max-length": 40 }));
    let trim = json!({ "max-length": 90, "blank-lines": true });
    assert_eq!(settings(&pipeline, Kind::Stage, "trim"), trim);
    assert_eq!(pipeline.run().threads.map(usize::from), Some(3));
}

#[test]
fn a_value_that_is_not_toml_is_a_string() {
    for (typed, path) in [
        ("json.path=all.jsonl", "all.jsonl"),
        ("json.path='all.jsonl'", "all.jsonl"),
        ("json.path=a = b", "a = b"),
        ("json.path=a\nb=c", "a\nb=c"),
    ] {
        let pipeline = read(set(&[typed])).unwrap();
        assert_eq!(settings(&pipeline, Kind::Sink, "json")["path"], path, "{typed}");
    }
    let lists = read(set(&["source.paths=['tests/broken/input/a.txt']"])).unwrap();
    assert_eq!(
        settings(&lists, Kind::Source, "notes")["paths"],
        json!(["tests/broken/input/a.txt"])
    );
}

#[test]
fn mistakes_in_an_argument_are_shown_there() {
    for (typed, expected) in [
        (
            "trim.max-lenght=80",
            "DM0102 `max-lenght` `trim` has no setting `max-lenght`; did you mean `max-length`?",
        ),
        (
            "trim.max-length=5",
            "DM0104 `5` `max-length` must be from 10 to 1000, and this is 5; write a value that is from 10 to 1000",
        ),
        (
            "trim.max-length=many",
            "DM0103 `many` `max-length` takes a whole number, and this is a string; write, for example, max-length = 10",
        ),
        (
            "trimm.max-length=80",
            "DM0601 `trimm` nothing in this pipeline is named `trimm`; did you mean `trim`?",
        ),
        (
            "tag.labels=[]",
            "DM0601 `tag` nothing in this pipeline is named `tag`; its components are cut, json, notes, run, source, tables, trim",
        ),
        (
            "trim.use=split",
            "DM0601 `use` `use` cannot be changed here; change it in the pipeline file",
        ),
        (
            "trim",
            "DM0601 `trim` this is not NAME.KEY=VALUE; write a component's name, a dot, the setting, an equals sign and the value",
        ),
        (
            "max-length=80",
            "DM0601 `max-length=80` this is not NAME.KEY=VALUE; write a component's name, a dot, the setting, an equals sign and the value",
        ),
        (
            "run.threads=0",
            "DM0104 `0` `threads` must be from 1 to 1024, and this is 0; write a value that is from 1 to 1024",
        ),
    ] {
        assert_eq!(refused(set(&[typed])), [expected], "{typed}");
    }
}

#[test]
fn a_name_of_two_components_is_taken_by_the_one_that_has_the_setting() {
    let named = |text: &str, typed: &str| {
        let overrides = set(&[typed]);
        Pipeline::read(&text.replace("\"cut\"", "\"json\""), &registry(), &overrides)
    };
    let pipeline = named(PIPELINE, "json.max-length=30").unwrap();
    assert_eq!(settings(&pipeline, Kind::Stage, "json"), json!({ "max-length": 30 }));
    assert_eq!(settings(&pipeline, Kind::Sink, "json")["path"], "documents.jsonl");

    let both = PIPELINE.replace("use = \"tables\"\n", "use = \"tables\"\nname = \"notes\"\n");
    let said = Pipeline::read(&both, &registry(), &set(&["notes.layers=[]"])).map(|_| ());
    assert_eq!(said, Ok(()), "`tables` has no setting `layers`");
    let said = named(PIPELINE, "json.pth=x").err().unwrap();
    assert_eq!(said[0].message, "none of the components named `json` has a setting `pth`");
}

#[test]
fn inputs_are_read_by_the_source_of_their_ending() {
    for (typed, source, expected) in [
        (
            &["tests/broken/input/a.txt"][..],
            "notes",
            json!({ "paths": ["tests/broken/input/a.txt"], "encoding": "latin-1" }),
        ),
        (
            &["tests/broken/input/"],
            "notes",
            json!({ "paths": ["tests/broken/input/"], "encoding": "latin-1" }),
        ),
        (
            &["tests/broken/input/*"],
            "notes",
            json!({ "paths": ["tests/broken/input/*"], "encoding": "latin-1" }),
        ),
        (&["documents.JSONL"], "lines", json!({ "path": "documents.JSONL" })),
        (&["-"], "lines", json!({ "path": "-" })),
    ] {
        let pipeline = read(input(typed)).unwrap_or_else(|said| panic!("{typed:?}: {said:#?}"));
        assert_eq!(settings(&pipeline, Kind::Source, source), expected, "{typed:?}");
    }
}

#[test]
fn inputs_that_nothing_reads_are_refused() {
    for (typed, expected) in [
        (
            &["tests/broken/main.rs"][..],
            "DM0603 `tests/broken/main.rs` no source reads files that end in `.rs`; what can be read: .jsonl, .txt, .txt.gz",
        ),
        (
            &["tests/broken/inputs"],
            "DM0401 `tests/broken/inputs` there is no file or folder `tests/broken/inputs`; what can be read: .jsonl, .txt, .txt.gz",
        ),
        (
            &["tests/broken/input/b.txt"],
            "DM0401 `tests/broken/input/b.txt` nothing is found at `tests/broken/input/b.txt`; paths are relative to the working directory, which `-C DIR` changes",
        ),
        (
            &["tests/broken/input/a.txt", "a.jsonl"],
            "DM0603 `a.jsonl` `a.jsonl` is read by `lines`, and what stands before it by `notes`; run the pipeline once for each kind of file",
        ),
        (
            &["src"],
            "DM0401 `src` the folder `src` has no file that a source reads; what can be read: .jsonl, .txt, .txt.gz",
        ),
    ] {
        assert_eq!(refused(input(typed)), [expected], "{typed:?}");
    }
}

#[test]
fn an_output_is_a_folder_a_file_or_standard_output() {
    let outputs = |typed: &str| {
        let pipeline = read(output(typed)).unwrap_or_else(|said| panic!("{typed}: {said:#?}"));
        let outputs: Vec<String> =
            pipeline.outputs().map(|(sink, path)| format!("{sink}: {path}")).collect();
        (pipeline.run().dir.clone(), outputs)
    };
    let own = vec!["json: documents.jsonl".to_owned(), "tables: documents.csv".to_owned()];
    assert_eq!(outputs("results"), (Some(PathBuf::from("results")), own.clone()));
    assert_eq!(outputs("results.d/"), (Some(PathBuf::from("results.d/")), own));
    let json = |path: &str| vec![format!("json: {path}")];
    assert_eq!(outputs("a/b.jsonl"), (Some(PathBuf::from("a")), json("b.jsonl")));
    assert_eq!(outputs("b.jsonl"), (Some(PathBuf::from(".")), json("b.jsonl")));
    assert_eq!(outputs("-"), (None, json("-")));
    assert_eq!(outputs("x.csv").1, ["tables: x.csv"]);
    // What the pipeline says of its own sink still holds.
    let pipeline = read(output("-")).unwrap();
    assert_eq!(
        settings(&pipeline, Kind::Sink, "json"),
        json!({ "path": "-", "provenance": "full" })
    );
}

#[test]
fn outputs_that_nothing_writes_or_that_would_overwrite_are_refused() {
    for (typed, expected) in [
        (
            "all.xlsx",
            "DM0603 `all.xlsx` no sink writes files such as `all.xlsx`; what can be written: .csv, .jsonl; a folder takes the pipeline's own sinks",
        ),
        (
            "tests/broken/input/a.txt/x/",
            "DM0406 `tests/broken/input/a.txt/x/` the run's folder cannot be `tests/broken/input/a.txt/x/`: `tests/broken/input/a.txt` is a file; choose another folder: [run] dir = \"…\"",
        ),
    ] {
        assert_eq!(refused(output(typed)), [expected], "{typed}");
    }
}

#[test]
fn inputs_can_be_left_alone() {
    let text = PIPELINE.replace("input/*.txt", "nowhere/*.txt");
    assert!(Pipeline::read(&text, &registry(), &Overrides::default()).is_err());
    let overrides = Overrides { without_inputs: true, ..Overrides::default() };
    assert!(Pipeline::read(&text, &registry(), &overrides).unwrap().shards().is_empty());
}

#[test]
fn what_does_not_change_outputs_does_not_change_the_canonical_form() {
    let canonical = |overrides| read(overrides).unwrap().canonical();
    let plain = canonical(Overrides::default());
    assert_eq!(plain, canonical(set(&["run.threads=7", "run.dir='elsewhere'"])));
    assert_ne!(plain, canonical(set(&["trim.max-length=81"])));
    assert_ne!(plain, canonical(set(&["run.max-document=1000"])));
    assert!(plain.contains(r#""plugin":"test-components","settings":{"#), "{plain}");
}
