//! `docmill test`.

use super::sandbox::{Sandbox, repository};

const SEGMENT: &str = "[[stage]]\nuse = \"segment\"\n";

#[test]
fn tests_run_without_the_inputs_of_their_pipeline() {
    let sandbox = Sandbox::with_pipeline(
        &format!(
            "{SEGMENT}[[test]]\nname = \"one\"\ntext = \"A. B.\"\nwant.sentences = [{{ text = \"A. B.\" }}]\n"
        ),
        "",
    );
    std::fs::remove_file(sandbox.path("in.jsonl")).unwrap();
    let ran = sandbox.run(&["test", "p.toml"]);
    let ran = ran.exits(0).shows(&["p.toml", "ok", "one", "1 passed, 0 failed"]);
    assert_eq!(ran.stderr, "");
    assert!(!sandbox.has("out"));
}

#[test]
fn what_is_not_as_wanted_is_shown_side_by_side() {
    let tests = "\
[[test]]
name = \"texts differ\"
text = \"a\\nb\\nc\"
want.text = \"a\\nx\\nc\"
[[test]]
name = \"sentences differ\"
text = \"It rained. He left.\"
want.sentences = [{ text = \"It rained.\", start = 1 }]
[[test]]
name = \"fine\"
text = \"x\"
want.dropped = false
";
    let sandbox = Sandbox::with_pipeline(&format!("{SEGMENT}{tests}"), "");
    sandbox.run(&["test", "p.toml"]).exits(1).shows(&[
        "FAILED  texts differ (line 6)",
        "  a\n            - x\n            + b\n              c\n",
        "want.sentences: 0 found as wanted",
        "- { text = \"It rained.\", start = 1 }",
        "+ { text = \"It rained.\", start = 0 }",
        "+ { text = \"He left.\", start = 11 }",
        "3 tests: 1 passed, 2 failed (- wanted, + came out)",
    ]);
}

#[test]
fn a_wrong_pipeline_does_not_hide_the_tests_of_others() {
    let sandbox = Sandbox::with_pipeline(
        &format!("{SEGMENT}[[test]]\nname = \"t\"\ntext = \"x\"\nwant.text = \"y\"\n"),
        "",
    );
    sandbox.write("bad.toml", "");
    let ran = sandbox.run(&["test", "bad.toml", "p.toml"]).exits(2);
    ran.says(&["DM0106"]).shows(&["0 passed, 1 failed"]);
}

#[test]
fn the_pipelines_of_the_repository_pass_their_own() {
    let sandbox = Sandbox::new();
    for pipeline in ["clean-text", "entities", "stances", "news-stance"] {
        let path = repository(&format!("pipelines/{pipeline}.toml"));
        sandbox.run(&["test", &path.display().to_string()]).exits(0);
    }
}
