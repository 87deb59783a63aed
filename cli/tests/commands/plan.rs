//! `docmill run --dry-run`.

use super::sandbox::Sandbox;

#[test]
fn a_plan_says_what_would_be_done_and_does_nothing() {
    let stages = "[[stage]]\nuse = \"template\"\nname = \"shout\"\nmin-length = 3\n";
    let sandbox = Sandbox::with_pipeline(stages, "{\"text\": \"x\"}\n");
    sandbox.run(&["run", "p.toml", "--dry-run"]).exits(0).shows(&[
        "source",
        "paths = [\"in.jsonl\"]",
        "shout (template)",
        "docmill-template",
        "min-length = 3",
        "1 file, 14 B",
        "out/documents.jsonl",
        "out/dead-letters.jsonl",
        "out/dropped.jsonl",
    ]);
    let plan = sandbox.run(&["run", "p.toml", "-n", "--json"]).exits(0).json();
    assert_eq!(plan["inputs"], serde_json::json!({"count": 1, "bytes": 14}));
    assert_eq!(plan["components"][1]["settings"]["min-length"], 3);
    sandbox.run(&["run", "p.toml", "-n", "--threads", "3"]).exits(0).shows(&["threads 3"]);
    let plan = sandbox.run(&["run", "p.toml", "-n", "--json", "-o", "-"]).exits(0).json();
    assert_eq!(plan["outputs"], serde_json::json!(["-"]));
    assert!(!sandbox.has("out"));
}
