//! `docmill check`.

use super::sandbox::Sandbox;

#[test]
fn a_right_pipeline_has_no_mistakes() {
    let sandbox = Sandbox::with_pipeline("", "");
    let ran = sandbox.run(&["check", "p.toml"]).exits(0).says(&["p.toml: no mistakes"]);
    assert_eq!(ran.stdout, "");
    let found = sandbox.run(&["check", "p.toml", "--json"]).exits(0).json();
    assert_eq!((&found["ok"], &found["diagnostics"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn all_mistakes_of_all_files_are_drawn_at_once() {
    let sandbox = Sandbox::with_pipeline("", "");
    sandbox.write(
        "bad.toml",
        "nam = \"x\"\n[source]\nuse = \"jsonl\"\npath = 1\n[[sink]]\nuse = \"csw\"\n",
    );
    sandbox.write("worse.toml", "name = \"x\"\n= 1\n");
    let args = ["check", "bad.toml", "p.toml", "worse.toml", "gone.toml"];
    sandbox.run(&args).exits(2).says(&[
        "bad.toml:1:1",
        "did you mean `name`?",
        "bad.toml:4:1",
        "did you mean `paths`?",
        "bad.toml:6:7",
        "did you mean `csv`?",
        "^^^^^",
        "p.toml: no mistakes",
        "worse.toml:2:1",
        "DM0101",
        "gone.toml",
        "docmill explain DM0102",
    ]);
    let found = sandbox.run(&["check", "--json", "bad.toml", "gone.toml"]).exits(2).json();
    assert_eq!(found["ok"], false);
    let first = &found["diagnostics"][0];
    assert_eq!(
        (&first["file"], &first["line"], &first["column"]),
        (&"bad.toml".into(), &1.into(), &1.into())
    );
    assert!(found["diagnostics"].as_array().unwrap().len() >= 3, "{found}");
    assert_eq!(found["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn a_pipeline_that_is_not_text_is_named_with_its_line() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.path("p.toml"), b"name = \"x\"\n# caf\xe9\n").unwrap();
    sandbox.run(&["check", "p.toml"]).exits(2).says(&["p.toml:2", "UTF-8"]);
}

#[test]
fn mistakes_cannot_act_on_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write("p.toml", "\"na\\u001bme\" = 1 # \u{202e}\n");
    let ran = sandbox.run(&["check", "p.toml"]).exits(2);
    assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
}

#[test]
fn mistakes_in_the_table_of_the_run_are_found_together() {
    let sandbox = Sandbox::with_pipeline("", "");
    let run = "[run]\nthread = 2\nmax-document = \"16 MoB\"\n";
    sandbox.write("p.toml", &(sandbox.read("p.toml") + run));
    let ran = sandbox.run(&["check", "p.toml"]).exits(2);
    ran.says(&["did you mean `threads`?", "is not a size", "2 mistakes"]);
}

#[test]
fn a_condition_is_checked_where_a_stage_is_made_for_it() {
    let stages = "[[stage]]\nuse = \"filter\"\nwhen = \"wrods > 80\"\n[[stage]]\nuse = \"clean\"\nwhen = \"words > 80\"";
    let sandbox = Sandbox::with_pipeline(stages, "");
    sandbox.run(&["check", "p.toml"]).exits(2).says(&[
        "p.toml:6:8",
        "column 1: there is no `wrods`; did you mean `words`?",
        "`when` cannot be used yet",
    ]);

    let stage = "[[stage]]\nuse = \"filter\"\nwhen = \"words > 80\"\nreason = \"too-short\"";
    let sandbox = Sandbox::with_pipeline(stage, "{\"text\": \"Kyiv thanked Berlin.\"}\n");
    sandbox.run(&["check", "p.toml"]).exits(0);
    sandbox.run(&["run", "p.toml"]).exits(0).says(&["too-short"]);
    assert_eq!(sandbox.read("out/documents.jsonl"), "");
    sandbox.run(&["run", "p.toml", "--set", "filter.when=words > 2"]).exits(0);
    assert!(sandbox.read("out/documents.jsonl").contains("Kyiv"));
}
