//! `docmill show` and `docmill completions`.

use super::sandbox::Sandbox;

#[test]
fn components_are_listed_by_kind() {
    let ran = Sandbox::new().run(&["show"]).exits(0).shows(&["sources", "stages", "sinks"]);
    let names: Vec<&str> =
        ran.stdout.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    for name in ["files", "jsonl", "clean", "segment", "template", "csv"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
}

#[test]
fn a_component_says_what_it_needs_and_can_be_told() {
    Sandbox::new().run(&["show", "template"]).exits(0).shows(&[
        "template, a stage",
        "Marks words written in capitals",
        "brings the layers: shouts",
        "min-length  a whole number from 1 to 100",
        "The shortest word to mark, in chars",
        "Default: 2",
    ]);
    // A source and a sink of one name are both shown.
    Sandbox::new().run(&["show", "jsonl"]).exits(0).shows(&["jsonl, a source", "jsonl, a sink"]);
}

#[test]
fn what_a_stage_does_to_documents_is_told() {
    let clean = Sandbox::new().run(&["show", "clean"]).exits(0);
    clean.shows(&["edits the text", "sets the metadata: title"]);
    let stance = Sandbox::new().run(&["show", "score-stance"]).exits(0);
    stance.shows(&["needs the layers: ", "brings the layers: "]);
}

#[test]
fn tables_of_no_component_are_explained_too() {
    let sandbox = Sandbox::new();
    sandbox.run(&["show", "run"]).exits(0).shows(&["[run]", "max-failed", "on-error"]);
    sandbox.run(&["show", "test"]).exits(0).shows(&[
        "[[test]]",
        "name  a string; must be set",
        "want.dropped",
    ]);
}

#[test]
fn an_unknown_component_is_guessed() {
    let sandbox = Sandbox::new();
    sandbox.run(&["show", "segmnt"]).exits(2).says(&["did you mean `segment`?"]);
    sandbox.run(&["show", "zzzzzzzz"]).exits(2).says(&["`docmill show` lists the components"]);
}

#[test]
fn editors_get_a_schema() {
    let schema = Sandbox::new().run(&["show", "--schema"]).exits(0).json();
    assert!(schema["$schema"].is_string());
    assert!(schema.to_string().contains("{\"const\":\"template\""), "{schema}");
    Sandbox::new()
        .run(&["show", "--schema", "no.toml"])
        .exits(2)
        .says(&["no pipeline file no.toml"]);
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        Sandbox::new().run(&["completions", shell]).exits(0).shows(&["docmill", "dry-run"]);
    }
    Sandbox::new().run(&["completions", "tcsh"]).exits(2).says(&["bash"]);
}
