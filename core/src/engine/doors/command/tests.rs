//! Programs that keep to the protocol, and programs that do not: shell scripts all of them.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use serde_json::json;

use super::*;
use crate::{
    Changes, Contract, Document, DocumentBuf, DocumentError, Verdict, chain::chain, plugin::Batch,
    testing,
};

/// How most scripts begin.
const HELLO: &str =
    r#"read -r hello; echo '{"docmill":1,"contract":{"writes":["x"],"edits-text":true}}';"#;

fn script(script: &str) -> Json {
    json!({ "program": ["sh", "-c", script] })
}

fn limits(ms: u64) -> Limits {
    Limits { timeout: Duration::from_millis(ms), memory: None }
}

fn build(settings: &Json, limits: Limits) -> Result<Box<dyn AnyStage>, BuildError> {
    entry().outside.unwrap()(settings, "shout", limits)
}

/// Documents of these texts, and what is said of each.
struct Texts {
    documents: Vec<DocumentBuf>,
    said: Vec<String>,
}

impl Batch for Texts {
    fn len(&self) -> usize {
        self.documents.len()
    }

    fn document(&self, at: usize) -> Document<'_> {
        self.documents[at].view()
    }

    fn answer(
        &mut self,
        at: usize,
        outcome: Result<Verdict, DocumentError>,
        changes: &mut Changes,
        _: Duration,
    ) {
        assert_eq!(at, self.said.len(), "answers come in order");
        self.said.push(match outcome {
            Ok(verdict) => {
                let mut text = testing::edited(&self.documents[at], changes);
                text.extend(testing::annotated(&self.documents[at], changes, "x"));
                if let Verdict::Drop(reason) = verdict { reason.name().to_owned() } else { text }
            }
            Err(error) => format!("failed: {}", chain(&error)),
        });
    }

    fn lose(&mut self, at: usize, error: DocumentError) -> ControlFlow<()> {
        assert_eq!(at, self.said.len(), "losses come in order");
        self.said.push(format!("lost: {}", chain(&error)));
        ControlFlow::Continue(())
    }
}

/// What a program says of these texts, sent together.
fn said(body: &str, texts: &[&str], limits: Limits) -> Vec<String> {
    let mut stage = build(&script(&format!("{HELLO} {body}")), limits).unwrap();
    let documents = texts.iter().map(|text| {
        let mut document = DocumentBuf::with_text(text);
        document.set_id(text);
        document
    });
    let mut batch = Texts { documents: documents.collect(), said: Vec::new() };
    stage.remote().unwrap().process_batch(&mut batch).unwrap();
    batch.said
}

/// Answers each document in its turn, by what `case` makes of its line.
fn each(case: &str) -> String {
    format!("while read -r line; do case $line in {case} *) echo '{{}}';; esac; done")
}

#[test]
fn a_program_says_its_contract_and_answers() {
    let settings = json!({
        "program": ["sh", "-c", r#"read -r hello; case $hello in *'"settings":{"a":[1]}'*) ;; *) exit 1;; esac
            echo '{"docmill":1,"name":"shout","version":"1.0","offsets":"utf16","contract":{"needs":["a"],"uses":["b"],"writes":["c"],"extends":["d"],"transient":["e"],"sets":["f"],"edits-text":true}}'
            read -r line; echo '{"layers":{"x":[{"start":2,"end":4}]},"drop":"done"}'"#],
        "settings": { "a": [1] },
    });
    let entry = entry();
    let contract = (entry.contract)(&settings).unwrap();
    let wanted = Contract::new().needs("a").uses("b").writes("c").extends("d");
    assert_eq!(contract, wanted.writes_transient("e").sets("f").edits_text());
    let mut stage = (entry.build)(&settings).unwrap();
    let (document, mut changes) = (DocumentBuf::with_text("👍👎"), Changes::new());
    let verdict = stage.process(&document.view(), &mut changes).unwrap();
    assert_eq!(verdict, Verdict::Drop(crate::Reason::new("done")));
    assert_eq!(testing::annotated(&document, &changes, "x"), ["👎"]);
}

#[test]
fn the_program_that_was_asked_is_the_first_instance() {
    let dir = tempfile::tempdir().unwrap();
    let starts = dir.path().join("starts");
    let settings = script(&format!("echo >>'{}'; {HELLO} {}", starts.display(), each("")));
    let entry = entry();
    (entry.contract)(&settings).unwrap();
    let first = (entry.build)(&settings).unwrap();
    let count = || std::fs::read_to_string(&starts).unwrap().len();
    assert_eq!(count(), 1);
    let second = (entry.build)(&settings).unwrap();
    assert_eq!(count(), 2);
    drop((first, second));
}

#[test]
fn transient_layers_are_sent_and_history_is_not() {
    let body = r#"read -r line; case $line in
        *'"tokens":[{"start":0,"end":1}]'*) case $line in *origin*) echo '{}';; *) echo '{"drop":"right"}';; esac;;
        esac"#;
    let mut stage = build(&script(&format!("{HELLO} {body}")), limits(20_000)).unwrap();
    let mut document = DocumentBuf::with_text("é b");
    document.annotate("tokens", 0..2usize);
    document.seal();
    document.arrays.layers[0].transient = 1;
    crate::engine::run::complete(&mut document, crate::Provenance::Full);
    let verdict = stage.process(&document.view(), &mut Changes::new()).unwrap();
    assert_eq!(verdict, Verdict::Drop(crate::Reason::new("right")));
}

#[test]
fn a_document_fails_alone() {
    let texts = ["a", "b", "c"];
    for (case, expected) in [
        (r#"*b*) echo '{"error":"no b"}';;"#, "failed: no b"),
        (
            r#"*b*) echo '{"layer":{}}';;"#,
            "failed: the program of `shout` gave a wrong answer: the key `layer` in an answer is unknown; it can hold id, remove, replace, rewrite, layers, metadata, drop, error",
        ),
        (
            r#"*b*) echo '{"layers":{"x":[{"start":0,"end":2}]}}';;"#,
            "failed: the program of `shout` gave a wrong answer: annotation 0 of the layer `x` (counted from 0) leaves the text: 0..2 of 1 chars; is `offsets` right?",
        ),
        (
            "*b*) echo loading;;",
            "lost: the program of `shout` wrote a line that is no answer, `loading`; write answers alone to standard output, and the rest to standard error: a line must hold one JSON object, not bare text",
        ),
        (
            "*b*) echo;;",
            "lost: the program of `shout` wrote a line that is no answer, an empty line;",
        ),
        (
            r"*b*) printf '\377\n';;",
            "lost: the program of `shout` wrote a line that is no answer, `\u{fffd}`;",
        ),
        ("*b*) exit 0;;", "lost: the program of `shout` exited with code 0 before it answered"),
        (
            "*b*) printf '{'; kill -SEGV $$;;",
            "lost: the program of `shout` was killed by signal 11 (segmentation fault)",
        ),
        ("*b*) exec >&-; sleep 60;;", "lost: the program of `shout` closed its output"),
        ("*b*) sleep 60;;", "lost: the program of `shout` took longer than timeout (1 s)"),
    ] {
        let said = said(&each(case), &texts, limits(1000));
        assert!(said[1].starts_with(expected), "{case}: {}", said[1]);
        assert_eq!((said[0].as_str(), said[2].as_str()), ("a", "c"), "{case}");
    }
}

#[test]
fn too_few_and_too_many_answers_are_noticed() {
    let too_few = said(&each("*b*) ;;"), &["a", "b"], limits(500));
    assert!(too_few[1].contains("took longer than timeout (500 ms)"), "{too_few:?}");
    let too_many = said(r"read -r line; printf '{}\n{}\n'; cat", &["a"], limits(5000));
    let expected = "lost: the program of `shout` wrote more than one line for a document, the last of them `{}`";
    assert!(too_many[0].starts_with(expected), "{too_many:?}");
}

#[test]
fn an_answer_that_names_another_document_is_out_of_step() {
    let body = r#"while read -r line; do printf '{"id":"a"}\n'; done"#;
    let mut stage = build(&script(&format!("{HELLO} {body}")), limits(20_000)).unwrap();
    let mut documents = vec![DocumentBuf::with_text("x"), DocumentBuf::with_text("y")];
    documents[0].set_id("a");
    documents[1].set_id("b");
    let mut batch = Texts { documents, said: Vec::new() };
    stage.remote().unwrap().process_batch(&mut batch).unwrap();
    assert_eq!(batch.said[0], "x");
    let expected =
        "lost: the program of `shout` answered for the document `a`, and it was the turn";
    assert!(batch.said[1].starts_with(expected), "{}", batch.said[1]);
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let start = Instant::now();
    let said = said("read -r line; yes | tr -d '\\n'", &["a"], limits(60_000));
    assert!(said[0].contains("wrote more than an answer can be long"), "{said:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn an_error_of_any_length_is_told_briefly() {
    let body = r#"read -r line; printf '{"error":"'; head -c 100000 /dev/zero | tr '\0' x; echo '"}'; cat"#;
    let said = said(body, &["a"], limits(20_000));
    assert!(said[0].starts_with("failed: xxx") && said[0].len() < 2100, "{}", said[0].len());
}

#[test]
fn what_is_wrong_with_a_program_is_said_and_pointed_to() {
    let dir = tempfile::tempdir().unwrap();
    let plain = dir.path().join("plain");
    std::fs::write(&plain, "echo\n").unwrap();
    let no_header = dir.path().join("no-header");
    std::fs::write(&no_header, "echo\n").unwrap();
    let mut command = std::process::Command::new("chmod");
    assert!(command.arg("+x").arg(&no_header).status().unwrap().success());

    let answers = |answer: &str| script(&format!("read -r hello; {answer}"));
    for (settings, setting, part) in [
        (json!({ "program": [] }), "/program", "there is no program; write it"),
        (json!({ "program": ["no-such-program"] }), "/program/0", "on the PATH; install it"),
        (json!({ "program": ["Cargo.toml"] }), "/program/0", "write \"./Cargo.toml\""),
        (json!({ "program": ["./no/such"] }), "/program/0", "relative to the working directory"),
        (json!({ "program": [plain] }), "/program/0", "allow it with chmod +x"),
        (json!({ "program": [no_header] }), "/program/0", "begin it with a line such as #!"),
        (answers("exit 3"), "/program", "exited with code 3 before it said its contract"),
        (answers("kill -SEGV $$"), "/program", "was killed by signal 11"),
        (answers("printf '{'; exit 1"), "/program", "(it wrote `{` and no end of the line)"),
        (
            answers("echo Loading the model"),
            "/program",
            "the program answered `Loading the model` and not its contract",
        ),
        (answers("echo '{}'"), "/program", "lacks \"docmill\": 1"),
        (
            answers(r#"echo '{"docmill":2}'"#),
            "/program",
            "speaks version 2 of the protocol, and this docmill version 1",
        ),
        (
            answers(r#"echo '{"docmill":1,"contract":{"write":[]}}'"#),
            "/program",
            "unknown field `write`",
        ),
        (
            answers(r#"echo '{"docmill":1,"offsets":"words"}'"#),
            "/program",
            "unknown variant `words`",
        ),
        (
            answers(r#"echo '{"docmill":1,"contract":{"writes":[""]}}'"#),
            "/program",
            "without a name",
        ),
        (answers(r#"echo '{"error":"no model"}'"#), "/program", "no model"),
        (answers(r#"echo '{"error":"too small","setting":"/a/0"}'"#), "/settings/a/0", "too small"),
        (
            answers("head -c 2000000 /dev/zero | tr '\\0' x; cat"),
            "/program",
            "no contract but `xxx",
        ),
    ] {
        let error = (entry().contract)(&settings).unwrap_err();
        let told = chain(&error);
        assert!(told.contains(part), "{settings}: {told}");
        assert_eq!(error.setting(), setting, "{settings}: {told}");
    }
}

#[test]
fn a_program_that_cannot_be_started_again_ends_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("once.sh");
    std::fs::write(&path, format!("rm '{}'; {HELLO} read -r line; exit 1", path.display()))
        .unwrap();
    let settings = json!({ "program": ["sh", path] });
    let mut stage = build(&settings, limits(20_000)).unwrap();
    let documents = vec![DocumentBuf::with_text("a"), DocumentBuf::with_text("b")];
    let mut batch = Texts { documents, said: Vec::new() };
    let error = stage.remote().unwrap().process_batch(&mut batch).unwrap_err();
    assert!(error.to_string().contains("before it said its contract"), "{error}");
    assert_eq!(batch.said.len(), 1);
}
