//! `docmill verify`.

use super::sandbox::Sandbox;

fn ran() -> Sandbox {
    let sandbox = Sandbox::with_pipeline("[[stage]]\nuse = \"clean\"\n", "");
    sandbox.write("in/a.txt", "Advertisement\n\nKyiv thanked Berlin for the tanks.\n");
    sandbox.write("in/b.txt", "It rained in Oslo.\n");
    sandbox.run(&["run", "p.toml", "--input", "in"]).exits(0);
    sandbox
}

#[test]
fn an_output_is_held_against_its_inputs() {
    let sandbox = ran();
    let shown =
        ["2 documents", "verbatim", "decoded", "inserted", "every byte is where its map says"];
    sandbox.run(&["verify", "out"]).exits(0).shows(&shown);
    sandbox.run(&["verify", "out/documents.jsonl"]).exits(0).shows(&shown);
    let found = sandbox.run(&["verify", "out", "--json"]).exits(0).json();
    assert_eq!(found["documents"], 2);
    assert_eq!(found["faults"], serde_json::json!([]));
}

#[test]
fn an_input_that_has_changed_is_found() {
    let sandbox = ran();
    sandbox.write("in/b.txt", "It snowed in Oslo.\n");
    sandbox.run(&["verify", "out"]).exits(1).shows(&["1 document is not", "in/b.txt has changed"]);
    let found = sandbox.run(&["verify", "out", "--json"]).exits(1).json();
    assert_eq!(found["faults"].as_array().unwrap().len(), 1);
}

#[test]
fn an_input_that_is_gone_is_named_once() {
    let sandbox = ran();
    std::fs::remove_file(sandbox.path("in/b.txt")).unwrap();
    let told = sandbox.run(&["verify", "out"]).exits(1);
    told.shows(&["in/b.txt cannot be read again: its file cannot be opened: ", "`-C DIR` changes"]);
}

#[test]
fn a_text_that_is_not_in_the_input_is_found() {
    let sandbox = ran();
    let documents = sandbox.read("out/documents.jsonl");
    sandbox.write("out/documents.jsonl", &documents.replace("Oslo", "Bonn"));
    sandbox.run(&["verify", "out"]).exits(1).shows(&["line 2", "differs from the raw bytes"]);
}

#[test]
fn what_is_no_output_is_refused() {
    let sandbox = Sandbox::with_pipeline("", "{\"text\": \"x\"}\n");
    sandbox.run(&["verify", "out"]).exits(2).says(&["there is no output out"]);
    sandbox.run(&["run", "p.toml", "--set", "jsonl.path=documents.ndjson"]);
    sandbox.write("out/run.json", "{\"outputs\": []}");
    sandbox.run(&["verify", "out"]).exits(2).says(&["use = \"jsonl\""]);
}
