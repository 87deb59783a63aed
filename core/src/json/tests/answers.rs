//! Answers: round trips of change sets, and what is refused.

use proptest::{prelude::*, sample::Index};

use super::UNITS;
use crate::{
    Changes, Contract, DocumentBuf, DocumentError, Offsets, Piece, PieceKind, Reason, Span,
    Verdict,
    json::{read_answer, write_answer},
    testing::documents,
};

type Outcome = Result<Verdict, DocumentError>;

fn read(line: &str, text: &str, unit: Offsets) -> Result<(Outcome, Changes), DocumentError> {
    let mut changes = Changes::new();
    let outcome = read_answer(line.as_bytes(), text, unit, &mut changes)?;
    Ok((outcome, changes))
}

fn written(outcome: &Outcome, changes: &Changes, text: &str, unit: Offsets) -> String {
    let mut line = Vec::new();
    write_answer(outcome, changes, text, unit, &mut line);
    String::from_utf8(line).unwrap()
}

/// All that a change set says, in an order of its own.
fn said(changes: &Changes) -> String {
    let mut arrays = changes.arrays.clone();
    arrays.seal();
    let strings = |at| changes.arrays.str(at);
    let mut edits: Vec<_> = changes
        .edits
        .iter()
        .map(|edit| (edit.span, strings(edit.with), strings(edit.reason)))
        .collect();
    edits.sort_unstable();
    let holder = DocumentBuf { arrays, ..DocumentBuf::default() };
    let rewrite = rewritten(changes);
    format!("{:?} {edits:?} {rewrite:?}", holder.view())
}

/// The text, the pieces and the reason of a rewrite.
fn rewritten(changes: &Changes) -> Option<(String, Vec<String>, String)> {
    let rewrite = changes.rewrite.as_ref()?;
    let str = |at| changes.arrays.str(at);
    let pieces = rewrite
        .pieces
        .iter()
        .map(|piece| format!("{} {:?} {:?} {}", piece.len, piece.form, piece.from, str(piece.how)));
    Some((rewrite.text.clone(), pieces.collect(), str(rewrite.reason).to_owned()))
}

/// Edits, or a rewrite, at arbitrary places of a text.
fn edit(changes: &mut Changes, text: &str, cuts: &[(Index, u8)], word: &str, rewrites: bool) {
    let place = |at: &Index| text.floor_char_boundary(at.index(text.len() + 1));
    let mut places: Vec<(usize, u8)> = cuts.iter().map(|(at, kind)| (place(at), *kind)).collect();
    places.sort_unstable();
    let (mut new, mut pieces, mut last) = (String::new(), Vec::new(), 0);
    for (at, kind) in places {
        let span = Span::new(last, at);
        let old = span.of(text).unwrap();
        let (added, how) = match kind {
            0 => (old, PieceKind::Kept { at: span.start }),
            1 if !span.is_empty() => (word, PieceKind::Decoded { from: span, how: word }),
            _ => (word, PieceKind::Inserted),
        };
        if rewrites {
            new.push_str(added);
            pieces.push(Piece { len: added.len() as u32, kind: how });
        } else if at > last {
            match kind {
                0 => changes.remove(span, word),
                _ => changes.replace(span, word, "x"),
            }
        }
        last = at;
    }
    if rewrites {
        changes.rewrite(&new, &pieces, word);
    }
}

proptest! {
    /// Whatever a stage can say, its answer says the same.
    #[test]
    fn what_is_written_is_read_the_same(
        document in documents(),
        cuts in prop::collection::vec((any::<Index>(), 0..3u8), 0..5),
        word in prop_oneof!["👍🏽?", any::<String>()],
        rewrites in any::<bool>(),
        verdict in prop::sample::select(vec![Verdict::Keep, Verdict::Drop(Reason::new("too-short"))]),
    ) {
        let text = &document.text;
        let mut changes = Changes { arrays: document.arrays.clone(), ..Changes::default() };
        edit(&mut changes, text, &cuts, &word, rewrites);
        for unit in UNITS {
            let line = written(&Ok(verdict.clone()), &changes, text, unit);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{}", line);
            let (outcome, again) = read(&line, text, unit).map_err(|e| TestCaseError::fail(format!("{e}: {line}")))?;
            prop_assert_eq!(&outcome.unwrap(), &verdict);
            prop_assert_eq!(said(&again), said(&changes), "{}", line);
            prop_assert_eq!(written(&Ok(verdict.clone()), &again, text, unit), line);
        }
    }

    #[test]
    fn no_line_makes_it_panic(
        line in any::<Vec<u8>>(),
        keys in "(\"(remove|replace|rewrite|pieces|text|layers|metadata|start|end|len|at|from|how|reason|x)\":|[{}\\[\\],]|\"a\"|[0-9]|4294967295|null){0,30}",
    ) {
        let open = |key: &str| format!("{{\"{key}\":{keys}").into_bytes();
        let rewrite = format!("{{\"rewrite\":{{\"text\":\"👍👍\",\"reason\":\"\",\"pieces\":[{{{keys}");
        for line in [line.clone(), open("remove"), open("replace"), open("layers"), open("metadata"), rewrite.into_bytes()] {
            for unit in UNITS {
                let mut changes = Changes::new();
                if read_answer(&line, "é👍", unit, &mut changes).is_ok() {
                    let _ = changes.check("é👍", &Contract::new());
                }
            }
        }
    }
}

#[test]
fn an_answer_says_what_a_stage_can_say() {
    let text = "👍 Kyiv thanked Berlin";
    let line = r#"{"remove":[{"start":0,"end":2,"reason":"emoji"}],"replace":[{"start":7,"end":14,"with":"praised","reason":"synonym"}],"layers":{"shouts":[{"start":2,"end":6,"label":"GPE","score":0.5,"at":{"start":7,"end":14}}],"none":[]},"metadata":{"n":1},"drop":"too-short"}"#;
    let (outcome, changes) = read(line, text, Offsets::Chars).unwrap();
    assert_eq!(outcome.unwrap(), Verdict::Drop(Reason::new("too-short")));
    let spans: Vec<_> = changes.edits.iter().map(|edit| edit.span.of(text).unwrap()).collect();
    assert_eq!(spans, ["👍 ", "thanked"]);
    let annotation = changes.arrays.annotations[0];
    assert_eq!(annotation.span.of(text), Some("Kyiv"));
    let again =
        written(&Ok(Verdict::Drop(Reason::new("too-short"))), &changes, text, Offsets::Chars);
    assert_eq!(again, line);
    assert_eq!(written(&Ok(Verdict::Keep), &Changes::new(), text, Offsets::Chars), "{}");
}

#[test]
fn a_rewrite_says_where_each_piece_comes_from() {
    let text = "👍 <b>Kyiv &amp; Berlin</b>";
    let line = r#"{"rewrite":{"text":"👍 Kyiv & Berlin.","pieces":[{"len":2,"at":0},{"len":5,"at":5},{"len":1,"from":[10,15],"how":"html"},{"len":7,"at":15},{"len":1}],"reason":"html"}}"#;
    let (_, changes) = read(line, text, Offsets::Chars).unwrap();
    let contract = Contract::new().edits_text();
    assert_eq!(changes.check(text, &contract), Ok(()));
    assert_eq!(written(&Ok(Verdict::Keep), &changes, text, Offsets::Chars), line);
}

#[test]
fn an_error_is_the_stage_s_own() {
    let (outcome, _) = read(r#"{"error":"no date"}"#, "", Offsets::Chars).unwrap();
    assert_eq!(outcome.unwrap_err().to_string(), "no date");
    let error = DocumentError::because("no date", std::fmt::Error);
    let line = written(&Err(error), &Changes::new(), "", Offsets::Chars);
    assert_eq!(line, r#"{"error":"no date: an error occurred when formatting an argument"}"#);
}

#[test]
fn mistakes_are_named() {
    for (line, part) in [
        ("Traceback", "one JSON object, not bare text"),
        ("", "one JSON object, not the end of the line"),
        ("[]", "one JSON object, not an array"),
        (r#"{} {}"#, "expected the end of the line"),
        (
            r#"{"layer":{}}"#,
            "the key `layer` in an answer is unknown; it can hold id, remove, replace,",
        ),
        (r#"{"layers":{},"layers":{}}"#, "the key `layers` stands twice"),
        (r#"{"layers":[]}"#, "`layers` must be an object, not an array"),
        (r#"{"layers":{"x":[],"x":[]}}"#, "the layer `x` stands twice"),
        (
            r#"{"layers":{"x":[{"start":0}]}}"#,
            "annotation 0 of the layer `x` (counted from 0) lacks",
        ),
        (r#"{"layers":{"x":[{"start":0,"end":3}]}}"#, "leaves the text: 0..3 of 2 chars"),
        (
            r#"{"layers":{"x":[{"start":0,"end":1,"at":{"start":2,"end":9}}]}}"#,
            "`at` in annotation 0",
        ),
        (r#"{"metadata":{"a":1,"a":2}}"#, "the metadata key `a` stands twice"),
        (r#"{"metadata":7}"#, "`metadata` must be an object, not a number"),
        (r#"{"remove":{}}"#, "`remove` must be an array"),
        (
            r#"{"remove":[{"start":0,"end":1}]}"#,
            "edit 0 of `remove` (counted from 0) lacks `start`, `end` or `reason`",
        ),
        (
            r#"{"remove":[{"start":0,"end":1,"reason":"x","with":""}]}"#,
            "the key `with` in edit 0 of `remove`",
        ),
        (
            r#"{"remove":[{"start":0,"end":9,"reason":"x"}]}"#,
            "edit 0 of `remove` (counted from 0) leaves the text: 0..9",
        ),
        (r#"{"remove":[{"start":1,"end":0,"reason":"x"}]}"#, "ends before it starts"),
        (
            r#"{"remove":[{"start":0,"start":0,"end":0,"reason":"x"}]}"#,
            "`start` in edit 0 of `remove` (counted from 0) stands twice",
        ),
        (r#"{"replace":[{"start":0,"end":1,"reason":"x"}]}"#, "lacks `with`"),
        (
            r#"{"replace":[{"start":0,"end":1,"reason":5}]}"#,
            "`reason` in edit 0 of `replace` (counted from 0) must be a string",
        ),
        (r#"{"rewrite":{"text":""}}"#, "`rewrite` lacks `text`, `pieces` or `reason`"),
        (
            r#"{"rewrite":{"text":"a","pieces":[{"at":1}],"reason":"x"}}"#,
            "piece 0 of `pieces` (counted from 0) lacks `len`",
        ),
        (
            r#"{"rewrite":{"text":"a","pieces":[{"len":2}],"reason":"x"}}"#,
            "piece 0 of `pieces` (counted from 0) leaves the text: 0..2 of 1",
        ),
        (
            r#"{"rewrite":{"text":"a","pieces":[{"len":1,"at":7}],"reason":"x"}}"#,
            "what piece 0 of `pieces` (counted from 0) comes from leaves the text",
        ),
        (
            r#"{"rewrite":{"text":"a","pieces":[{"len":1,"from":[0,1]}],"reason":"x"}}"#,
            "must hold `at`, or `from` and `how`",
        ),
        (
            r#"{"rewrite":{"text":"a","pieces":[{"len":1,"from":[0],"how":"x"}],"reason":"x"}}"#,
            "must be two positions, not 1",
        ),
        (r#"{"drop":true}"#, "`drop` must be a string, not a truth value"),
        (r#"{"drop":"only 12 words"}"#, "`drop` is `only 12 words`, which is no name of a reason"),
        (r#"{"drop":"x","error":"y"}"#, "both `drop` and `error`"),
        (r#"{"error":null}"#, "`error` must be a string"),
    ] {
        let error = read(line, "é👍", Offsets::Chars).expect_err(line).to_string();
        assert!(error.contains(part), "{line}: {error}");
    }
    let split = r#"{"remove":[{"start":0,"end":2,"reason":"x"}]}"#;
    let error = read(split, "é👍", Offsets::Utf16).unwrap_err().to_string();
    assert!(error.contains("splits a character: 0..2 in utf16"), "{error}");
    let error = read_answer(b"\xff", "", Offsets::Chars, &mut Changes::new()).unwrap_err();
    assert!(error.to_string().contains("invalid UTF-8 at byte 0"), "{error}");
}

#[test]
fn an_unknown_key_of_any_length_is_named_briefly() {
    let line = format!("{{\"{}\":1}}", "x".repeat(1 << 20));
    let error = read(&line, "", Offsets::Chars).unwrap_err().to_string();
    assert!(error.len() < 300, "{}", error.len());
}

#[test]
fn a_long_answer_costs_linear_time() {
    const MANY: usize = 100_000;
    let text = "é".repeat(MANY);
    let list = |one: fn(usize) -> String| {
        let all: Vec<String> = (0..MANY).map(one).collect();
        all.join(",")
    };
    let spans = list(|at| format!(r#"{{"start":{at},"end":{},"reason":"x"}}"#, at + 1));
    let layers = list(|at| format!(r#""{at}":[]"#));
    let line = format!(
        r#"{{"remove":[{spans}],"layers":{{"x":[{spans}],{layers}}},"metadata":{{{layers}}}}}"#
    );
    let (_, changes) = read(&line, &text, Offsets::Chars).unwrap();
    assert_eq!((changes.edits.len(), changes.arrays.metadata.len()), (MANY, MANY));
}
