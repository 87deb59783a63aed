//! What goes through a door comes out as it does without one: the built-in stages called directly, loaded as a
//! library, in worker processes, and loaded as a library by worker processes.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::AtomicBool,
};

use docmill_core::{
    DocumentBuf, Plugin,
    engine::{Destination, Overrides, Pipeline, Registry, RunOptions, WorkerCommand, load, run},
    testing,
};

/// The pipeline of the main job with every stage that the library has.
const PIPELINE: &str = r#"
[source]
use = "files"
paths = ["seeds/articles/*.txt"]

[[stage]]
use = "clean"

[[stage]]
use = "segment"

[[stage]]
use = "tag-entities"

[[stage]]
use = "score-stance"

[[stage]]
use = "template"

[[sink]]
use = "jsonl"
path = "documents.jsonl"
provenance = "full"
layers = ["tokens"]

[[sink]]
use = "csv"
"#;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The library of `examples/stages.rs`. `cargo test` builds it, but not where only these tests are asked for.
fn library() -> PathBuf {
    let tests = env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--package", "docmill", "--example", "stages"]);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.current_dir(root()).status().unwrap().success());
    let name = format!("{}stages{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    profile.join("examples").join(name)
}

fn ends() -> Vec<Plugin> {
    vec![docmill_read::plugin(), docmill_export::plugin()]
}

fn direct() -> Registry {
    let mut plugins = ends();
    plugins.extend([
        docmill_clean::plugin(),
        docmill_segment::plugin(),
        docmill_tag_entities::plugin(),
        docmill_score_stance::plugin(),
        docmill_template::plugin(),
    ]);
    Registry::new(plugins).unwrap()
}

fn loaded() -> Registry {
    let library = load(&library(), None).unwrap_or_else(|refusal| panic!("{refusal}"));
    Registry::new(ends()).unwrap().with(library).unwrap()
}

/// Components that can be put in workers of the built binary.
fn with_worker(registry: Registry) -> Registry {
    let program = env!("CARGO_BIN_EXE_docmill").into();
    registry.with_worker(WorkerCommand { program, args: vec!["worker".into()] })
}

/// The pipeline with its stages in worker processes.
fn in_workers() -> String {
    PIPELINE.replace("[[stage]]", "[[stage]]\nisolation = \"process\"")
}

/// The pipeline with its stages from a library that only workers load.
fn in_workers_of_a_library() -> String {
    let path = library();
    format!("[[plugin]]\npath = {path:?}\nisolation = \"process\"\n{PIPELINE}")
}

fn pipeline(text: &str, registry: &Registry) -> Pipeline {
    Pipeline::read(text, registry, &Overrides::default())
        .unwrap_or_else(|found| panic!("{found:?}"))
}

/// Runs the pipeline into a folder; what its outputs hold.
fn outputs(text: &str, registry: &Registry, dir: &Path) -> Vec<(String, Vec<u8>)> {
    let stop = AtomicBool::new(false);
    let options = RunOptions {
        threads: 2.try_into().ok(),
        limit: None,
        mode: Default::default(),
        invocation: Default::default(),
        destination: Destination::Folder(dir.to_owned()),
        stop: &stop,
        observe: &|_| {},
        events: None,
    };
    let report = run(&pipeline(text, registry), options).unwrap_or_else(|error| panic!("{error}"));
    assert!(report.documents.written > 10 && report.documents.failed == 0);
    report
        .outputs
        .iter()
        .map(|output| (output.path.clone(), fs::read(dir.join(&output.path)).unwrap()))
        .collect()
}

#[test]
fn every_door_gives_the_same_bytes_as_direct_calls() {
    env::set_current_dir(root()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let expected = outputs(PIPELINE, &direct(), &dir.path().join("direct"));
    assert!(expected.len() > 4);
    let ends = || with_worker(Registry::new(ends()).unwrap());
    for (door, text, registry) in [
        ("library", PIPELINE.to_owned(), loaded()),
        ("worker", in_workers(), with_worker(direct())),
        ("worker of a loaded library", in_workers(), with_worker(loaded())),
        ("worker of a library", in_workers_of_a_library(), ends()),
    ] {
        let found = outputs(&text, &registry, &dir.path().join("other"));
        for ((name, expected), (_, found)) in expected.iter().zip(&found) {
            assert!(expected == found, "{name} differs through the door {door}");
        }
        assert_eq!(expected.len(), found.len());
    }
}

#[test]
fn a_stage_keeps_the_contract_through_every_door() {
    env::set_current_dir(root()).unwrap();
    let ends = with_worker(Registry::new(ends()).unwrap());
    let all = ["clean", "segment", "tag-entities", "score-stance", "template"].as_slice();
    for (pipeline, stages) in [
        (pipeline(PIPELINE, &loaded()), all),
        (pipeline(&in_workers(), &with_worker(direct())), all),
        // Each new worker hashes the library; one stage shows the door.
        (pipeline(&in_workers_of_a_library(), &ends), &["template"]),
    ] {
        for stage in stages {
            testing::check_stage_of(&pipeline, stage, with_layers);
        }
    }
}

/// A document with the layers that the stages need: each word a token, each line a sentence, each capitalised word a
/// country.
fn with_layers(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    for layer in ["sentences", "tokens", "entities"] {
        document.add_layer(layer);
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        document.annotate("sentences", start..start + line.trim_end().len());
        let mut at = start;
        for piece in line.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if !word.is_empty() {
                document.annotate("tokens", at..at + word.len());
            }
            if word.starts_with(char::is_uppercase) {
                let country =
                    if word.len().is_multiple_of(2) { "country:AA" } else { "country:BB" };
                let entity = document.annotate("entities", at..at + word.len()).label("GPE");
                entity.with("entity", country).with("name", word).with("actor", country);
            }
            at += piece.len();
        }
        start += line.len();
    }
    document.seal();
    document
}
