//! The form as a whole: round trips, and what is refused.

mod answers;

use proptest::prelude::*;

use super::{Field, Form, read, write, write_metadata};
use crate::{
    Document, DocumentBuf, Edit, Offsets, Provenance, Segment, Span, Value, testing::documents,
};

const UNITS: [Offsets; 3] = [Offsets::Chars, Offsets::Bytes, Offsets::Utf16];

fn line(document: &DocumentBuf, form: &Form) -> String {
    let mut out = Vec::new();
    write(&document.view(), form, &mut out);
    String::from_utf8(out).unwrap()
}

fn parsed(line: &str) -> DocumentBuf {
    let mut document = DocumentBuf::new();
    read(line.as_bytes(), &mut document).unwrap_or_else(|error| panic!("{error}: {line}"));
    document
}

fn error(line: &str) -> String {
    read(line.as_bytes(), &mut DocumentBuf::new()).expect_err(line).to_string()
}

/// The line after reading and writing.
fn again(line_read: &str, offsets: Offsets) -> String {
    line(&parsed(line_read), &Form { offsets, ..Form::default() })
}

/// All that can be seen of a document.
fn seen<'a>(document: Document<'a>) -> impl PartialEq + std::fmt::Debug + 'a {
    let map: Option<Vec<Segment<'a>>> = document.map().map(Iterator::collect);
    let edits: Option<Vec<Edit<'a>>> = document.edits().map(Iterator::collect);
    (format!("{document:?}"), document.origin().clone(), map, edits)
}

#[test]
fn a_plain_line_is_a_document() {
    let mut document = DocumentBuf::new();
    assert_eq!(read(br#"{"id":"a","text":"One."}"#, &mut document).unwrap(), Field::Text);
    assert_eq!((document.view().id(), document.view().text()), ("a", "One."));
    let mut document = DocumentBuf::new();
    assert_eq!(read(br#" { "html" : "<p>\u00e9" } "#, &mut document).unwrap(), Field::Html);
    assert_eq!((document.view().id(), document.view().text()), ("", "<p>é"));
    assert_eq!(parsed(r#"{"id":17,"text":""}"#).view().id(), "17");
}

#[test]
fn other_keys_are_metadata_and_come_back_in_it() {
    let read = r#"{"url":"u","id":"a","html":"<p>","text":"x","origin":"AFP","metadata":{"n":1.0,"big":12345678901234567891}}"#;
    let written = r#"{"docmill":1,"offsets":"chars","id":"a","text":"x","metadata":{"url":"u","n":1,"big":12345678901234567891,"html":"<p>","origin":"AFP"}}"#;
    assert_eq!(again(read, Offsets::Chars), written);
    assert_eq!(again(written, Offsets::Chars), written);
}

#[test]
fn any_value_survives() {
    let values = r#"{"a":null,"b":{"x":[1,{}]},"c":[null,[true,"é\n"],-0.0,1e+300],"d":0.1,"e":-1,"start":{"start":1}}"#;
    let line =
        format!(r#"{{"docmill":1,"offsets":"chars","id":"","text":"x","metadata":{values}}}"#);
    assert_eq!(again(&line, Offsets::Chars), line);
    let document = parsed(&line);
    assert_eq!(document.view().metadata("b"), Some(Value::Json(r#"{"x":[1,{}]}"#)));
    assert_eq!(document.view().metadata("e"), Some(Value::Number(-1.0)));
}

/// Such as a plugin or a worker process may send it.
#[test]
fn json_that_another_kind_can_say_is_written_as_of_that_kind() {
    let mut document = DocumentBuf::with_text("x");
    for (key, json) in [
        ("a", "8.10"),
        ("b", r#""\u0041\/""#),
        ("c", r#"[ 1.0, [2e0, null], {"x" : 1.0} ]"#),
        ("d", "12345678901234567891"),
        ("e", "true"),
        ("f", "tru"),
    ] {
        document.set(key, Value::Json(json));
    }
    let written = r#"{"docmill":1,"offsets":"chars","id":"","text":"x","metadata":{"a":8.1,"b":"A/","c":[1,[2,null],{"x":1.0}],"d":12345678901234567891,"e":true,"f":"tru"}}"#;
    let mut line = Vec::new();
    write(&document.view(), &Form::default(), &mut line);
    assert_eq!(String::from_utf8(line).unwrap(), written);
    assert_eq!(again(written, Offsets::Chars), written);
}

#[test]
fn metadata_stands_alone_too() {
    for (line, object) in [
        (
            r#"{"text": "a", "n": 12345678901234567891, "l": ["\"", null]}"#,
            r#"{"n":12345678901234567891,"l":["\"",null]}"#,
        ),
        (r#"{"text": "a"}"#, "{}"),
    ] {
        let mut out = Vec::new();
        write_metadata(&parsed(line).view(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), object);
    }
}

#[test]
fn spans_are_in_the_unit_of_the_line() {
    // 👍🏽 is two code points, é here is two as well, 🇺🇦 is two.
    let text = "👍🏽 cafe\u{301} 🇺🇦 Kyiv";
    let kyiv = Span::new(text.len() - 4, text.len());
    for (offsets, start, end) in
        [(Offsets::Bytes, 25, 29), (Offsets::Chars, 12, 16), (Offsets::Utf16, 16, 20)]
    {
        let unit = offsets.name();
        let line = format!(
            r#"{{"docmill":1,"offsets":"{unit}","id":"a","text":"{text}","layers":{{"entities":[{{"start":{start},"end":{end},"label":"GPE","score":0.98,"at":{{"start":{start},"end":{end}}},"all":[{{"start":0,"end":{start}}}]}}],"empty":[]}}}}"#
        );
        let document = parsed(&line);
        let entity = document.view().layer("entities").unwrap().get(0).unwrap();
        assert_eq!(entity.span(), kyiv, "{unit}");
        assert_eq!(entity.feature("at"), Some(Value::Span(kyiv)), "{unit}");
        assert_eq!(again(&line, offsets), line);
    }
}

#[test]
fn a_line_with_origin_and_map_keeps_them() {
    let line = r#"{"docmill":1,"offsets":"chars","id":"a","text":"é ok!","origin":{"source":"files","uri":"a.txt","digest":"sha256:00"},"edits":[{"stage":"clean","reason":"ad","raw":[3,9],"inserted":"!"}],"map":[{"text":[0,1],"raw":[0,1],"decoded":"windows-1252"},{"text":[1,4],"raw":[1,4]},{"text":[4,5],"raw":[9,9],"inserted":"clean"}]}"#;
    assert_eq!(again(line, Offsets::Chars), line);
    let document = parsed(line);
    assert!(document.carried);
    assert_eq!(document.view().origin().uri, "a.txt");
    let none = Form { provenance: Provenance::None, ..Form::default() };
    assert!(!super::tests::line(&document, &none).contains("a.txt"));
}

#[test]
fn removed_text_is_written_under_full_provenance_alone() {
    let line = r#"{"docmill":1,"offsets":"chars","id":"a","text":"","origin":{},"edits":[{"stage":"clean","reason":"ad","raw":[0,2],"removed":"Ad"}],"map":[]}"#;
    let document = parsed(line);
    let full = Form { provenance: Provenance::Full, ..Form::default() };
    assert_eq!(super::tests::line(&document, &full), line);
    assert!(!super::tests::line(&document, &Form::default()).contains("removed"));
}

#[test]
fn transient_layers_are_written_when_named() {
    let mut document = DocumentBuf::with_text("a b");
    document.annotate("tokens", 0..1usize);
    document.annotate("sentences", 0..3usize);
    document.seal();
    document.arrays.layers[0].transient = 1;
    let named = Form { layers: vec!["tokens".to_owned()], ..Form::default() };
    assert!(!line(&document, &Form::default()).contains("tokens"));
    assert!(
        line(&document, &named).contains(r#""layers":{"tokens":[{"start":0,"end":1}],"sentences""#)
    );
}

#[test]
fn mistakes_are_named() {
    let layer = |annotations: &str| format!(r#"{{"text":"é👍","layers":{{"x":[{annotations}]}}}}"#);
    let map = |segments: &str| format!(r#"{{"text":"é👍","origin":{{}},"map":[{segments}]}}"#);
    for (line, part) in [
        ("[]", "one JSON object, not an array"),
        ("", "not the end of the line"),
        ("{}", "neither `text` nor `html`"),
        (r#"{"text":"a"} x"#, "at byte 13 of the line: expected the end of the line, found `x`"),
        (r#"{"text" "a"}"#, "at byte 8 of the line: expected `:`"),
        (r#"{"text":"a"#, "the `\"` that closes a string, found the end"),
        (r#"{"text":"\ud83d"}"#, "a valid escape"),
        (r#"{"text":5}"#, "`text` must be a string, not a number"),
        (r#"{"html":null}"#, "`html` must be a string, not null"),
        (r#"{"id":[],"text":""}"#, "`id` must be a string or a number, not an array"),
        (r#"{"text":"","text":""}"#, "the key `text` stands twice"),
        (r#"{"text":"","a":1,"metadata":{"a":2}}"#, "the metadata key `a` stands twice"),
        (r#"{"text":"","layers":{"x":[],"x":[]}}"#, "the layer `x` stands twice"),
        (
            r#"{"docmill":2,"text":""}"#,
            "version 2 of the JSON form, and this docmill reads version 1",
        ),
        (r#"{"offsets":"words","text":""}"#, "can be `chars`, `bytes` or `utf16`"),
        (r#"{"text":"","metadata":[]}"#, "`metadata` must be an object"),
        (r#"{"text":"","layers":{"x":{}}}"#, "the layer `x` must be an array"),
        (&layer("7"), "annotation 0 of the layer `x` (counted from 0) must be an object"),
        (&layer(r#"{"start":0}"#), "lacks `start` or `end`"),
        (&layer(r#"{"start":0,"end":-1}"#), "`end` in annotation 0 of the layer `x`"),
        (&layer(r#"{"start":0,"end":1.5}"#), "is 1.5, which is not a position"),
        (
            &layer(r#"{"start":0,"end":1},{"start":0,"end":3}"#),
            "annotation 1 of the layer `x` (counted from 0) leaves the text: 0..3 of 2 chars",
        ),
        (&layer(r#"{"start":1,"end":0}"#), "ends before it starts"),
        (&layer(r#"{"start":0,"end":1,"at":{"start":0,"end":9}}"#), "`at` in annotation 0"),
        (&layer(r#"{"start":0,"end":1,"at":[[{"start":0,"end":9}]]}"#), "`at` in annotation 0"),
        (
            &layer(r#"{"start":0,"end":1,"a":1,"b":2,"a":3}"#),
            "`a` in annotation 0 of the layer `x` (counted from 0) stands twice",
        ),
        (&layer(r#"{"start":0,"end":1,"label":4}"#), "`label` in annotation 0"),
        (&layer(r#"{"start":0,"end":1,"score":1e99}"#), "out of range"),
        (
            r#"{"text":"👍","offsets":"utf16","layers":{"x":[{"start":0,"end":1}]}}"#,
            "splits a character",
        ),
        (&map(r#"{"text":[0,2],"raw":[0,1]}"#), "segment 0 of `map`"),
        (&map(r#"{"text":[0,1],"raw":[0,2]}"#), "ends before the text"),
        (&map(r#"{"text":[1,2],"raw":[0,4]}"#), "does not begin where"),
        (&map(r#"{"text":[0,2],"raw":[0,6],"x":0}"#), "the key `x`"),
        (&map(r#"{"text":[0,2,3],"raw":[0,6]}"#), "must be two positions, not 3"),
        (
            &map(r#"{"text":[0,1],"raw":[4,6]},{"text":[1,2],"raw":[0,4]}"#),
            "segment 1 of `map` (counted from 0) takes raw bytes that an earlier one took",
        ),
        (
            &map(
                r#"{"text":[0,1],"raw":[0,9],"decoded":"x"},{"text":[1,2],"raw":[0,9],"decoded":"x"}"#,
            ),
            "an earlier one took",
        ),
        (&map(r#"{"text":[0,2],"raw":[0,9],"decoded":"x","skip":4294967295}"#), "skips more text"),
        (r#"{"text":"","origin":{"x":""},"map":[]}"#, "the key `x` in `origin`"),
        (
            r#"{"text":"","origin":{},"map":[],"edits":[{}]}"#,
            "edit 0 of `edits` (counted from 0) lacks a valid `raw`",
        ),
    ] {
        assert!(error(line).contains(part), "{line}: {}", error(line));
    }
    let invalid = read(b"{\"text\":\"\xff\"}", &mut DocumentBuf::new()).unwrap_err();
    assert!(invalid.to_string().contains("invalid UTF-8 at byte 9"), "{invalid}");
}

#[test]
fn text_is_escaped_as_serde_json_does() {
    let all: String = ('\u{0}'..'\u{300}').chain("👍\u{2028}".chars()).collect();
    for text in ["", &all, &all[40..], &"x".repeat(100), &format!("{}\"", "x".repeat(31))] {
        let written = line(&DocumentBuf::with_text(text), &Form::default());
        assert!(written.ends_with(&format!("\"text\":{}}}", serde_json::to_string(text).unwrap())));
    }
}

#[test]
fn what_is_escaped_is_found_wherever_it_stands() {
    for escaped in ['"', '\\', '\n', '\u{0}', '\u{1f}'] {
        for (before, after) in
            (0..80).flat_map(|before| [0, 1, 7, 8, 31, 70].map(|after| (before, after)))
        {
            let text = format!("é{}{escaped}{}", "~".repeat(before), "!".repeat(after));
            let written = line(&DocumentBuf::with_text(&text), &Form::default());
            let expected = format!("\"text\":{}}}", serde_json::to_string(&text).unwrap());
            assert!(written.ends_with(&expected), "{written}");
        }
    }
}

proptest! {
    #[test]
    fn markup_is_escaped_as_serde_json_does(text in "[<a=\"'\\\\\n\té>x]{0,90}") {
        let written = line(&DocumentBuf::with_text(&text), &Form::default());
        let expected = format!("\"text\":{}}}", serde_json::to_string(&text).unwrap());
        prop_assert!(written.ends_with(&expected), "{written}");
    }

    #[test]
    fn what_is_written_is_read_and_written_the_same(document in documents()) {
        for offsets in UNITS {
            let layers = document.view().layers().map(|layer| layer.name().to_owned()).collect();
            let form = Form { offsets, provenance: Provenance::Full, layers };
            let written = line(&document, &form);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{}", written);
            let read = parsed(&written);
            prop_assert_eq!(seen(read.view()), seen(document.view()), "{}", &written);
            prop_assert_eq!(line(&read, &form), written);
        }
    }

    #[test]
    fn no_line_makes_it_panic(line in "[-{}\\[\\]\":,0-9a-z👍 ]{0,60}", keys in "(\"(text|layers|map|origin|start|end|x)\":|[{}\\[\\],]|\"a\"|[0-9]|null){0,30}") {
        for line in [line.clone(), keys.clone(), format!("{{\"text\":\"👍\",{keys}}}"), format!("{{\"text\":\"\",\"layers\":{{\"x\":[{{{keys}")] {
            let _ = read(line.as_bytes(), &mut DocumentBuf::new());
        }
    }
}
