//! `docmill explain`.

use super::sandbox::Sandbox;

/// Kyiv thanked Berlin, with an entity, a stance, and something removed before it.
const TOLD: &str = r#"{"id": "first", "text": "Kyiv thanked Berlin.", "metadata": {"outlet": "The Example"}, "layers": {"entities": [{"start": 0, "end": 4, "label": "GPE", "entity": "place:kyiv", "name": "Kyiv", "actor": "country:UA", "actor-name": "Ukraine", "rule": "capital"}], "stances": [{"start": 0, "end": 19, "holder": "country:UA", "holder-name": "Ukraine", "target": "country:DE", "target-name": "Germany", "kind": "attitude", "polarity": -0.5, "confidence": 0.9, "channel": "action", "rule": "thanks", "trigger": {"start": 5, "end": 12}}], "quotes": []}, "origin": {"source": "jsonl", "uri": "gone.jsonl", "digest": "sha256:0"}, "edits": [{"stage": "clean", "reason": "menu", "raw": [0, 5], "removed": "Home\n"}], "map": [{"text": [0, 20], "raw": [5, 25]}]}
{"id": "second", "text": "It rained."}
"#;

#[test]
fn a_code_is_explained_in_any_case() {
    let sandbox = Sandbox::new();
    sandbox.run(&["explain", "dm0201"]).exits(0).shows(&["DM0201", "Wrong:", "Right:"]);
    sandbox.run(&["explain", "DM9999"]).exits(2).says(&["neither a code", "docmill show"]);
}

#[test]
fn a_document_tells_its_story() {
    let sandbox = Sandbox::new();
    sandbox.write("documents.jsonl", TOLD);
    let ran = sandbox.run(&["explain", "documents.jsonl", "first"]).exits(0).shows(&[
        "first\nfrom: gone.jsonl\noutlet: The Example\n",
        "[-Home-]{clean: menu}\nKyiv[GPE] thanked Berlin.\n",
        "GPE  Kyiv  place:kyiv  acts for Ukraine  capital",
        "Ukraine → Germany  -0.5  attitude, action, confidence 0.90  thanks",
        "Other layers: quotes (0).",
    ]);
    assert_eq!(ran.stderr, "");
    // A part of an id is enough where no other has it.
    sandbox.run(&["explain", "documents.jsonl", "eco"]).exits(0).shows(&["It rained."]);
}

#[test]
fn removed_text_stands_where_it_was() {
    let sandbox = Sandbox::new();
    // Raw: "é one two three END"; "two" was replaced by "2", " END" removed, "é" too, in that order.
    let line = r#"{"id": "a", "text": " one 2 three", "origin": {"uri": "x"}, "edits": [{"stage": "s", "reason": "digits", "raw": [7, 10], "removed": "two", "inserted": "2"}, {"stage": "s", "reason": "tail", "raw": [16, 20], "removed": " END"}, {"stage": "t", "reason": "head", "raw": [0, 2], "removed": "é"}], "map": [{"text": [0, 5], "raw": [2, 7]}, {"text": [5, 6], "raw": [7, 7], "inserted": "s"}, {"text": [6, 12], "raw": [10, 16]}]}"#;
    sandbox.write("documents.jsonl", line);
    sandbox
        .run(&["explain", "documents.jsonl", "a"])
        .exits(0)
        .shows(&["\n[-é-]{t: head} one [-two-]{s: digits}2 three[- END-]{s: tail}\n"]);
}

#[test]
fn removed_text_is_read_again_from_the_input() {
    let sandbox = Sandbox::with_pipeline("[[stage]]\nuse = \"clean\"\n", "");
    sandbox.write(
        "a.txt",
        "We use cookies to improve your experience\n\nKyiv thanked Berlin for the tanks.\n",
    );
    sandbox.run(&["run", "p.toml", "--input", "a.txt"]).exits(0);
    assert!(!sandbox.read("out/documents.jsonl").contains("We use cookies"));
    sandbox.run(&["explain", "out", "a"]).exits(0).shows(&[
        "[-We use cookies to improve your experience",
        "{clean: cookie-notice}",
        "Kyiv thanked Berlin for the tanks.",
    ]);
    sandbox.write("a.txt", "Something else.\n");
    sandbox
        .run(&["explain", "out", "a"])
        .exits(0)
        .shows(&["[-…-]", "a.txt has changed since the run"]);
}

#[test]
fn a_document_that_is_not_there_is_an_error_that_helps() {
    let sandbox = Sandbox::with_pipeline(
        "",
        "{\"id\": \"ab\", \"text\": \"x\"}\n{\"id\": \"ac\", \"text\": \"y\"}\n",
    );
    sandbox.run(&["explain", "out", "ab"]).exits(2).says(&["there is no output out"]);
    sandbox.run(&["run", "p.toml"]).exits(0);
    sandbox
        .run(&["explain", "out", "zz"])
        .exits(2)
        .says(&["no document `zz`", "first one is `ab`"]);
    sandbox.run(&["explain", "out", "a"]).exits(2).says(&["2 documents", "`a` in their ids"]);
    sandbox.run(&["explain", "out"]).exits(2).says(&["docmill explain out ID"]);
    sandbox.write("empty/x", "");
    sandbox.run(&["explain", "empty", "a"]).exits(2).says(&["run.json"]);
}

#[test]
fn a_failed_document_says_why_it_is_not_there() {
    let sandbox = Sandbox::with_pipeline(
        "[[stage]]\nuse = \"score-stance\"\n",
        "{\"id\": \"bare\", \"text\": \"x\"}\n",
    );
    sandbox.run(&["run", "p.toml"]).exits(1);
    sandbox.run(&["explain", "out", "bare"]).exits(2).says(&["failed in `score-stance`"]);
}

#[test]
fn a_document_cannot_act_on_the_terminal() {
    let sandbox = Sandbox::new();
    let evil = "\\u001b[2J\\u009b31m\\u0007\\u202eabc\\u2066\\u0000\\r";
    let line = TOLD.replace("Kyiv", evil).replace("Home", evil).replace("The Example", evil);
    // Positions are of the old text: let the whole of the new one be verbatim.
    let mut document: serde_json::Value =
        serde_json::from_str(line.lines().next().unwrap()).unwrap();
    let length = document["text"].as_str().unwrap().len();
    let chars = document["text"].as_str().unwrap().chars().count();
    document["map"] = serde_json::json!([{"text": [0, chars], "raw": [5, 5 + length]}]);
    sandbox.write("documents.jsonl", &format!("{document}\n"));
    for args in [
        vec!["explain", "documents.jsonl", "first"],
        vec!["--color", "always", "explain", "documents.jsonl", "first"],
    ] {
        let ran = sandbox.run(&args).exits(0).shows(&[
            "\\u{1b}[2J",
            "\\u{9b}31m",
            "\\u{202e}abc",
            "\\u{0}",
        ]);
        let plain = anstyle_free(&ran.stdout);
        let acting = plain.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(c)
                || ('\u{2066}'..='\u{2069}').contains(c)
        });
        assert_eq!(acting, None, "{ran:#?}");
    }
}

/// Takes out what docmill itself writes: ESC [ digits and semicolons m.
fn anstyle_free(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (style, rest) = part.split_once('m').expect("a style");
        assert!(style.chars().all(|c| c.is_ascii_digit() || c == ';'), "{style:?}");
        plain.push_str(rest);
    }
    plain
}
