//! The source as a whole, on archives that were written for it.

use std::{fs, io::Write};

use docmill_core::{Provenance, Value, json, testing};
use proptest::prelude::*;
use serde_json::json;

use super::*;

mod bodies;
mod broken;

const LIMIT: usize = 16 << 20;

/// A record with a blank line after it.
fn record(kind: &str, fields: &[&str], block: &[u8]) -> Vec<u8> {
    let mut head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\n");
    for field in fields {
        head.push_str(field);
        head.push_str("\r\n");
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", block.len()));
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// A response of HTTP with these fields.
fn response(id: &str, http: &[&str], body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", http.join("\r\n"));
    let id = format!("WARC-Record-ID: <urn:uuid:{id}>");
    let fields = [
        &*id,
        "WARC-Target-URI: https://news.example/a",
        "WARC-Date: 2026-11-02T08:00:00Z",
        "Content-Type: application/http; msgtype=response",
    ];
    record("response", &fields, &[head.as_bytes(), body].concat())
}

fn html(id: &str, body: &str) -> Vec<u8> {
    response(id, &["Content-Type: text/html"], body.as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

type Store = fn(&[u8]) -> Vec<u8>;

/// The ways in which an archive is stored, with the ending of each.
const STORED: [(&str, Store); 3] =
    [("warc", |bytes| bytes.to_vec()), ("warc.gz", gzip), ("warc.zst", zst)];

fn source(path: &str) -> Warc {
    let settings = Warc::settings_for(&[path.to_owned()]);
    Warc::build(serde_json::from_value(settings).unwrap()).unwrap()
}

/// A document as it was read, or its error.
#[derive(Debug)]
struct Found {
    id: String,
    locator: String,
    text: Result<String, String>,
    metadata: String,
}

/// What an archive of this ending gives. Each document is also read again.
fn read_with(ending: &str, bytes: &[u8], max_document: usize) -> Vec<Found> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("a.{ending}"));
    fs::write(&path, bytes).unwrap();
    let source = source(path.to_str().unwrap());
    let (mut found, mut cursor) = (Vec::new(), None);
    for shard in source.shards().unwrap() {
        let mut cut = source.cut(&shard, max_document);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                let view = document.view();
                let text = match failed {
                    Some((error, _)) => Err(error.to_string()),
                    None => {
                        let mut raw = Vec::new();
                        source.reread(view.origin(), &mut cursor, &mut raw).unwrap();
                        if view.map().is_none() {
                            assert_eq!(raw, view.text().as_bytes());
                        }
                        Ok(view.text().to_owned())
                    }
                };
                let form = json::Form { provenance: Provenance::None, ..Default::default() };
                let mut line = Vec::new();
                json::write(&view, &form, &mut line);
                let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
                found.push(Found {
                    id: view.id().to_owned(),
                    locator: view.origin().locator.clone(),
                    text,
                    metadata: line["metadata"].to_string(),
                });
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    found
}

/// What an uncompressed archive gives.
fn read(bytes: &[u8]) -> Vec<Found> {
    read_with("warc", bytes, LIMIT)
}

fn texts(found: &[Found]) -> Vec<&str> {
    found.iter().filter_map(|found| found.text.as_deref().ok()).collect()
}

/// The place of each failure, and what is said of it.
fn failures(found: &[Found]) -> Vec<(&str, &str)> {
    let failed = found.iter().filter_map(|one| Some((&*one.locator, one.text.as_ref().err()?)));
    failed.map(|(at, error)| (at, error.as_str())).collect()
}

#[test]
fn a_page_has_its_id_url_date_and_status() {
    let found = read(&html("7e1a", "<p>Kyïv"));
    assert_eq!(found[0].id, "7e1a");
    assert_eq!(found[0].text.as_deref(), Ok("<p>Kyïv"));
    let wanted = json!({
        "url": "https://news.example/a", "date": "2026-11-02T08:00:00Z", "status": 200,
    });
    assert_eq!(found[0].metadata, wanted.to_string());
}

#[test]
fn ids_lose_what_all_of_them_have() {
    for (id, short) in [
        ("<urn:uuid:a-b>", "a-b"),
        ("urn:uuid:a-b", "a-b"),
        ("<urn:sha1:x>", "urn:sha1:x"),
        ("<urn:uuid:>", "urn:uuid:"),
    ] {
        assert_eq!(short_id(id), short);
    }
}

#[test]
fn addresses_that_are_no_utf8_lose_nothing() {
    assert_eq!(in_ascii("https://a.example/é".as_bytes()), "https://a.example/é");
    assert_eq!(in_ascii(b"https://a.example/\xe9\xff?"), "https://a.example/%E9%FF?");
}

#[test]
fn other_records_and_other_types_are_passed_over() {
    let typed = |kind: &str, content: &str, block: &[u8]| {
        record(kind, &[&format!("Content-Type: {content}")], block)
    };
    let archive = [
        typed("warcinfo", "application/warc-fields", b"software: x\r\n"),
        typed("request", "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        response("1", &["Content-Type: image/png"], b"\x89PNG"),
        response("2", &["X: no type"], b"?"),
        typed("response", "text/dns", b"a.example"),
        typed("revisit", "application/http; msgtype=response", b"HTTP/1.1 200 OK\r\n\r\n"),
        typed("metadata", "text/plain", b"a"),
        typed("resource", "image/png", b"\x89PNG"),
        typed("resource", "text/html;charset=koi8-r", b"\xeb\xc9\xc5\xd7"),
        typed("conversion", "text/plain", b"Kyiv"),
        response("3", &["content-type:  TEXT/HTML ; charset=utf-8"], b"<b>"),
        response("4", &["Content-Type: application/xhtml+xml"], b"<i/>"),
    ];
    let found = read(&archive.concat());
    assert_eq!(texts(&found), ["Киев", "Kyiv", "<b>", "<i/>"]);
    assert_eq!(failures(&found), []);
    let identified = html("5", "x").as_slice().to_vec();
    let identified = String::from_utf8(identified).unwrap();
    let identified = identified
        .replace("\r\nContent-Type: text/html", "\r\nContent-Kind: text/html")
        .replace("WARC-Date:", "WARC-Identified-Payload-Type: text/html\r\nWARC-Date:");
    assert_eq!(texts(&read(identified.as_bytes())), ["x"]);
}

#[test]
fn a_page_that_was_cut_says_so_and_one_in_segments_fails() {
    let field = |field: &str| {
        let archive = String::from_utf8(html("1", "<p>")).unwrap();
        read(archive.replace("WARC-Date:", &format!("{field}\r\nWARC-Date:")).as_bytes())
    };
    assert!(field("WARC-Truncated: length")[0].metadata.contains(r#""truncated":"length""#));
    assert!(failures(&field("WARC-Segment-Number: 1"))[0].1.contains("split"));
}

#[test]
fn places_are_those_of_the_file_as_it_is_stored() {
    let records = [html("1", "one"), html("2", "two"), html("3", "three")];
    for (ending, store) in STORED {
        let stored = records.each_ref().map(|record| store(record));
        let found = read_with(ending, &stored.concat(), LIMIT);
        assert_eq!(texts(&found), ["one", "two", "three"], "{ending}");
        let second = stored[0].len();
        let third = second + stored[1].len();
        let places = found.iter().map(|found| found.locator.clone()).collect::<Vec<_>>();
        assert_eq!(
            places,
            ["byte=0".to_owned(), format!("byte={second}"), format!("byte={third}")]
        );
    }
}

#[test]
fn several_records_in_a_member_have_its_place_and_their_own_in_it() {
    let records: Vec<_> = (0..3000).map(|n| html(&n.to_string(), &format!("page {n}"))).collect();
    let len = records[0].len();
    for (ending, store) in [STORED[1], STORED[2]] {
        let (one, other) = records.split_at(1000);
        let first = store(&one.concat());
        let found = read_with(ending, &[&*first, &store(&other.concat())].concat(), LIMIT);
        assert_eq!(texts(&found).len(), 3000, "{ending}");
        assert_eq!(found[1].locator, format!("byte=0;skip={len}"));
        assert_eq!(found[1000].locator, format!("byte={}", first.len()));
    }
}

#[test]
fn a_record_may_go_over_members_and_be_larger_than_any_buffer() {
    let noise: String = (0..600_000u64).map(|n| char::from(b'a' + (n * n % 23) as u8)).collect();
    let archive = [html("1", &noise), html("2", "two")].concat();
    for (ending, store) in STORED {
        // Members without bytes are nothing.
        let nothing = if ending == "warc" { Vec::new() } else { store(b"") };
        let parts = archive.chunks(70_001).map(|part| [&*store(part), &nothing].concat());
        let parts: Vec<_> = parts.collect();
        let found = read_with(ending, &parts.concat(), LIMIT);
        assert_eq!(texts(&found), [&noise, "two"], "{ending}");
    }
}

#[test]
fn a_document_is_found_again_in_any_order_and_named_where_it_is_not() {
    let archive = [html("1", "one"), html("2", "two")].concat();
    let second = html("1", "one").len();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.warc.gz").to_str().unwrap().to_owned();
    fs::write(&path, gzip(&archive)).unwrap();
    let (source, mut cursor, mut raw) = (source(&path), None, Vec::new());
    let mut again = |locator: &str| {
        let (uri, locator) = (path.clone(), locator.to_owned());
        let origin = Origin { uri, locator, ..Origin::default() };
        let read = source.reread(&origin, &mut cursor, &mut raw);
        read.map(|()| String::from_utf8(raw.clone()).unwrap()).map_err(|error| error.to_string())
    };
    let place = format!("byte=0;skip={second}");
    for (locator, text) in [("byte=0", "one"), (&place, "two"), ("byte=0", "one"), (&place, "two")]
    {
        assert_eq!(again(locator).as_deref(), Ok(text));
    }
    for locator in ["byte=0;skip=1", "byte=0;skip=99999", "byte=7", "byte=99999"] {
        assert!(again(locator).unwrap_err().contains("no record at"), "{locator}");
    }
    assert!(again("line=1").unwrap_err().contains("should be `byte=N`"));
    assert_eq!(again("byte=0").as_deref(), Ok("one"));
}

/// The raw bytes and the text of the one document in a file.
fn one<S: Source>(path: &str) -> (Vec<u8>, String) {
    let settings = serde_json::from_value(S::settings_for(&[path.to_owned()])).unwrap();
    let source = S::build(settings).unwrap();
    let mut cut = source.cut(&source.shards().unwrap()[0], LIMIT);
    let (mut block, mut found) = (Block::default(), Vec::new());
    assert!(cut.next(&mut block));
    let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
        assert!(failed.is_none(), "{failed:?}");
        let mut raw = Vec::new();
        source.reread(document.view().origin(), &mut None, &mut raw).unwrap();
        found.push((raw, document.view().text().to_owned()));
    };
    source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
    found.pop().unwrap()
}

#[test]
fn a_page_is_the_same_from_a_file_from_json_lines_and_from_archives() {
    let page = "<!DOCTYPE html>\r\n<meta charset=utf-8>\n<title>Kyïv &amp; 👍</title><p>\"a\\b\"\0";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let file = one::<crate::files::Files>(&write("a.html", page.as_bytes()));
    assert_eq!(file, (page.as_bytes().to_vec(), page.to_owned()));
    let line = json!({ "id": "a", "html": page }).to_string();
    assert_eq!(one::<crate::jsonl::Jsonl>(&write("a.jsonl", line.as_bytes())), file);
    for (ending, store) in STORED {
        let name = format!("a.{ending}");
        assert_eq!(one::<Warc>(&write(&name, &store(&html("1", page)))), file, "{ending}");
        let http = ["Content-Type: text/html; charset=iso-8859-1", "Content-Encoding: gzip"];
        let packed = response("1", &http, &gzip(page.as_bytes()));
        assert_eq!(one::<Warc>(&write(&name, &store(&packed))), file, "{ending}");
    }
    // Also of a page that is not in UTF-8, which JSON lines cannot hold as it is.
    let page = b"<meta charset=koi8-r><p>\xeb\xc9\xc5\xd7";
    let file = one::<crate::files::Files>(&write("b.html", page));
    assert_eq!(file, (page.to_vec(), "<meta charset=koi8-r><p>Киев".to_owned()));
    let archive = response("1", &["Content-Type: text/html"], page);
    assert_eq!(one::<Warc>(&write("b.warc", &archive)), file);
}

#[test]
fn settings_are_checked() {
    let build = |settings| Warc::build(serde_json::from_value(settings).unwrap());
    assert_eq!(build(json!({ "paths": [] })).unwrap_err().setting(), "/paths");
    let settings = json!({ "paths": ["a.warc"], "encoding": "latin-x" });
    assert_eq!(build(settings).unwrap_err().setting(), "/encoding");
}

#[test]
fn the_encoding_is_what_the_setting_says() {
    let settings = json!({ "paths": ["a.warc"], "encoding": "koi8-r" });
    let source = Warc::build(serde_json::from_value(settings).unwrap()).unwrap();
    let record = response("1", &["Content-Type: text/html"], b"\xeb\xc9\xc5\xd7");
    let mut document = DocumentBuf::new();
    source.fill(&record[..record.len() - 4], LIMIT, &mut document).unwrap();
    assert_eq!(document.view().text(), "Киев");
    assert_eq!(document.view().metadata("encoding"), Some(Value::Text("koi8-r")));
}
