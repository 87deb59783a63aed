//! The source as a whole, on files that were written for it.

use std::io::Write;

use docmill_core::{DocumentBuf, testing};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const LIMIT: usize = 16 << 20;

/// A file of this name in a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

fn source(path: &str) -> Jsonl {
    let settings = Jsonl::settings_for(&[path.to_owned()]);
    Jsonl::build(serde_json::from_value(settings).unwrap()).unwrap()
}

/// Each document's locator and text, or its error.
fn read(path: &str, max_document: usize) -> Vec<(String, Result<String, String>)> {
    let source = source(path);
    let mut found = Vec::new();
    for shard in source.shards().unwrap() {
        let mut cut = source.cut(&shard, max_document);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                let view = document.view();
                let outcome = match failed {
                    None => Ok(view.text().to_owned()),
                    Some((error, _)) => Err(error.to_string()),
                };
                found.push((view.origin().locator.clone(), outcome));
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    found
}

fn texts(path: &str) -> Vec<String> {
    read(path, LIMIT).into_iter().filter_map(|(_, outcome)| outcome.ok()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn blank_lines_a_mark_and_carriage_returns_are_no_documents() {
    let lines = "\u{feff}{\"text\":\"a\"}\r\n\r\n \n{\"html\":\"<b>\"}\n\n{\"text\":\"c\"}";
    let (_folder, path) = file("a.jsonl", lines.as_bytes());
    let ok = |locator: &str, text: &str| (locator.to_owned(), Ok(text.to_owned()));
    assert_eq!(
        read(&path, LIMIT),
        [
            ok("byte=3;field=text", "a"),
            ok("byte=21;field=html", "<b>"),
            ok("byte=37;field=text", "c")
        ]
    );
}

#[test]
fn a_broken_line_fails_alone_and_is_placed() {
    let lines = b"{\"text\":\"a\"}\n{\"text\":\"b\n{\"text\":\"\xff\"}\n{\"text\":\"d\"}\n";
    let (_folder, path) = file("a.jsonl", lines);
    let found = read(&path, LIMIT);
    assert_eq!(texts(&path), ["a", "d"]);
    assert_eq!(found[1].0, "byte=13");
    assert!(found[1].1.as_ref().unwrap_err().contains("at byte 10 of the line"));
    assert_eq!(found[2].0, "byte=24");
    assert!(found[2].1.as_ref().unwrap_err().contains("invalid UTF-8 at byte 9"));
}

#[test]
fn lines_over_the_limit_fail_wherever_they_stand() {
    let short = "{\"text\":\"a\"}";
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(3 << 20));
    for lines in [
        [short, &long, short].join("\n"),
        [&long, short, short].join("\n"),
        [short, short, &long].join("\n"),
        [short, short, &long, ""].join("\n"),
        ["{\"text\":\"more than 12\"}", short, short].join("\n"),
    ] {
        let (_folder, path) = file("a.jsonl", lines.as_bytes());
        let found = read(&path, short.len());
        let errors: Vec<_> =
            found.iter().filter_map(|(at, outcome)| Some((at, outcome.as_ref().err()?))).collect();
        assert_eq!((found.len(), errors.len()), (3, 1));
        let first =
            lines.lines().take_while(|line| line.len() <= short.len()).map(|line| line.len() + 1);
        assert_eq!(*errors[0].0, format!("byte={}", first.sum::<usize>()));
        let len = lines.lines().map(str::len).max().unwrap();
        assert!(errors[0].1.contains(&format!("the line has {len} bytes")), "{}", errors[0].1);
    }
}

#[test]
fn a_line_longer_than_a_block_is_read_whole() {
    let long = "é".repeat(2 << 20);
    let lines = format!("{{\"text\":\"a\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"b\"}}\n");
    let (_folder, path) = file("a.jsonl", lines.as_bytes());
    assert_eq!(texts(&path), ["a", &long, "b"]);
}

#[test]
fn compressed_files_are_read_as_plain_ones() {
    let lines: String =
        (0..40_000).map(|n| format!("{{\"id\":{n},\"text\":\"Document {n} “é”\"}}\n")).collect();
    let (one, other) = lines.split_at(lines.len() / 2);
    let (_folder, plain) = file("a.jsonl", lines.as_bytes());
    let members = [gzip(one.as_bytes()), gzip(other.as_bytes())].concat();
    let frames = [
        zstd::encode_all(one.as_bytes(), 1).unwrap(),
        zstd::encode_all(other.as_bytes(), 1).unwrap(),
    ]
    .concat();
    for (name, bytes) in [("a.jsonl.gz", members), ("a.jsonl.zst", frames)] {
        let (_folder, path) = file(name, &bytes);
        assert_eq!(read(&path, LIMIT), read(&plain, LIMIT), "{name}");
    }
}

#[test]
fn what_stands_before_a_break_comes_out() {
    let lines: String = (0..4000).map(|n| format!("{{\"text\":\"Document {n}\"}}\n")).collect();
    let whole = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    for (name, bytes) in [("a.jsonl.gz", gzip(lines.as_bytes())), ("a.jsonl.zst", whole)] {
        let (_folder, path) = file(name, &bytes[..bytes.len() - 12]);
        let found = read(&path, LIMIT);
        let (last, documents) = found.split_last().unwrap();
        assert!(name.ends_with("zst") || documents.len() > 3000, "{name}");
        assert!(documents.iter().all(|(_, outcome)| outcome.is_ok()), "{name}");
        assert!(last.1.as_ref().unwrap_err().contains("breaks off at byte"), "{name}");
    }
}

#[test]
fn inputs_that_cannot_be_read_are_one_failure_each() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.jsonl"), b"\xff\xfe{\0").unwrap();
    std::fs::write(folder.path().join("b.jsonl"), b"{\"text\":\"b\"}").unwrap();
    std::fs::write(folder.path().join("c.jsonl"), b"").unwrap();
    let path = folder.path().to_str().unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("gone", folder.path().join("d.jsonl")).unwrap();
    let found = read(path, LIMIT);
    assert_eq!(texts(path), ["b"]);
    assert!(found[0].1.as_ref().unwrap_err().contains("UTF-16"));
    assert!(found[2].1.as_ref().unwrap_err().contains("cannot be read"));
    assert_eq!(found.len(), 3);
}

#[test]
fn a_document_is_found_again() {
    let lines = "{\"text\":\"a\"}\n{\"html\":\"\\u00e9\"}\r\n{\"text\":\"c\"}";
    for (name, bytes) in
        [("a.jsonl", lines.as_bytes().to_vec()), ("a.jsonl.gz", gzip(lines.as_bytes()))]
    {
        let (_folder, path) = file(name, &bytes);
        let source = source(&path);
        let (mut cursor, mut raw) = (None, Vec::new());
        for (locator, text) in [
            ("byte=0;field=text", "a"),
            ("byte=32;field=text", "c"),
            ("byte=13;field=html", "é"),
            ("byte=32;field=text", "c"),
        ] {
            let origin =
                Origin { uri: path.clone(), locator: locator.to_owned(), ..Origin::default() };
            source.reread(&origin, &mut cursor, &mut raw).unwrap();
            assert_eq!(raw, text.as_bytes(), "{name} {locator}");
        }
        for (locator, part) in [
            ("byte=0;field=html", "holds `text`"),
            ("byte=1;field=text", "no document any more"),
            ("byte=999;field=text", "no document any more"),
            ("line=1", "should be `byte=N;field=text`"),
        ] {
            let origin =
                Origin { uri: path.clone(), locator: locator.to_owned(), ..Origin::default() };
            let error = source.reread(&origin, &mut cursor, &mut raw).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn no_paths_is_an_error_at_the_setting() {
    let settings = serde_json::from_value(json!({ "paths": [] })).unwrap();
    assert_eq!(Jsonl::build(settings).unwrap_err().setting(), "/paths");
}

#[test]
fn layers_that_are_said_are_the_only_ones() {
    let contract = |settings| Jsonl::contract(&serde_json::from_value(settings).unwrap());
    assert_eq!(contract(json!({ "paths": ["-"] })), SourceContract::new().may_bring_any());
    let said = contract(json!({ "paths": ["-"], "layers": ["entities"] }));
    assert_eq!(said, SourceContract::new().brings("entities"));
}

/// Lines of JSON, whole and broken, between arbitrary bytes.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => testing::documents().prop_map(|document| {
            let mut line = Vec::new();
            json::write(&document.view(), &json::Form::default(), &mut line);
            line
        }),
        1 => ".{0,20}".prop_map(|text| json!({ "text": text, "url": "u" }).to_string().into_bytes()),
        1 => any::<Vec<u8>>(),
        1 => Just(Vec::new()),
    ];
    (prop::collection::vec(line, 0..6), any::<bool>()).prop_map(|(lines, mark)| {
        let lines = lines.join(&b'\n');
        if mark { [MARK, &lines].concat() } else { lines }
    })
}

#[test]
fn it_keeps_the_contract() {
    testing::check_source::<Jsonl>("jsonl", contents());
}

#[test]
fn a_line_of_any_length_is_passed_over_in_little_memory() {
    let (_folder, path) = file("a.jsonl", b"{\"text\":\"a\"}\n");
    let long = 200 << 20;
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    // NUL bytes that take no room on the disk.
    file.set_len(13 + long).unwrap();
    file.write_all(b"\n{\"text\":\"b\"}\n").unwrap();
    let source = source(&path);
    let mut cut = source.cut(&source.shards().unwrap()[0], LIMIT);
    let (mut block, mut largest) = (Block::default(), 0);
    while cut.next(&mut block) {
        largest = largest.max(block.bytes.capacity());
        block.clear();
    }
    assert!(largest < 3 * LIMIT, "a block held {largest} bytes");
    let found = read(&path, LIMIT);
    assert_eq!((found.len(), texts(&path)), (3, vec!["a".to_owned(), "b".to_owned()]));
    assert!(found[1].1.as_ref().unwrap_err().contains(&format!("the line has {long} bytes")));
    assert_eq!(found[2].0, format!("byte={};field=text", 14 + long));
}
