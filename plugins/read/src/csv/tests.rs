//! The source as a whole, on tables that were written for it.

use std::io::Write;

use docmill_core::testing;
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

fn source(path: &str, settings: serde_json::Value) -> Csv {
    let mut all = Csv::settings_for(&[path.to_owned()]);
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    Csv::build(serde_json::from_value(all).unwrap()).unwrap()
}

/// A document's locator, and what came of it: id, text and metadata, or the error.
type Outcome = (String, Result<String, String>);

/// All documents; each that came out is read again too.
fn read(source: &Csv, max_document: usize) -> Vec<Outcome> {
    let mut found = Vec::new();
    let mut cursor = None;
    for shard in source.shards().unwrap() {
        let mut cut = source.cut(&shard, max_document);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                let view = document.view();
                let outcome = match failed {
                    Some((error, _)) => Err(error.to_string()),
                    None => {
                        let mut raw = Vec::new();
                        source.reread(view.origin(), &mut cursor, &mut raw).unwrap();
                        assert_eq!(raw, view.text().as_bytes());
                        let mut shown = format!("{}|{}", view.id(), view.text());
                        for (key, value) in view.all_metadata() {
                            shown += &format!("|{key}={}", value.as_text().unwrap());
                        }
                        Ok(shown)
                    }
                };
                found.push((view.origin().locator.clone(), outcome));
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    found
}

fn outcomes(table: &str, settings: serde_json::Value) -> Vec<Outcome> {
    let (_folder, path) = file("a.csv", table.as_bytes());
    read(&source(&path, settings), LIMIT)
}

fn ok(locator: &str, shown: &str) -> Outcome {
    (locator.to_owned(), Ok(shown.to_owned()))
}

#[test]
fn a_row_is_a_document_and_its_other_columns_are_metadata() {
    let table =
        "\u{feff}id,text,outlet\r\na,\"Kyiv, \"\"then\"\"\r\nBerlin 🙂\",Post\r\n\r\n,b,\r\n";
    assert_eq!(
        outcomes(table, json!({})),
        [
            ok("byte=19;column=1", "a|Kyiv, \"then\"\r\nBerlin 🙂|outlet=Post"),
            ok("byte=59;column=1", "|b"),
        ]
    );
}

#[test]
fn columns_and_delimiter_can_be_said() {
    let table = "nr;body;date;url\n1;a,b;2026;u\n";
    let said = json!({"text": "body", "id": "nr", "metadata": ["date"], "delimiter": ";"});
    assert_eq!(outcomes(table, said), [ok("byte=17;column=1;delimiter=;", "1|a,b|date=2026")]);
    let (_folder, path) = file("a.TSV", b"text\tid\nx\ty\n\t\n");
    assert_eq!(
        read(&source(&path, json!({})), LIMIT),
        [ok("byte=8;column=0;delimiter=\t", "y|x"), ok("byte=12;column=0;delimiter=\t", "|")]
    );
}

/// The locator and a part of the message, or of what came out.
fn assert_parts(found: &[Outcome], wanted: &[(&str, bool, &str)]) {
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for ((locator, outcome), (place, fine, part)) in found.iter().zip(wanted) {
        assert_eq!((locator.as_str(), outcome.is_ok()), (*place, *fine), "{outcome:?}");
        let (Ok(shown) | Err(shown)) = outcome;
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_broken_row_costs_itself_and_is_named_by_its_line() {
    let table =
        "id,text\n1,\"a\nb\"\n2,x,y\n3\n4,\"open\n5,\"fine\"\n6,5\" pipe\n7,\"a\" b\n8,\"\nend";
    assert_parts(
        &outcomes(table, json!({})),
        &[
            ("byte=8;column=1", true, "1|a\nb"),
            ("byte=16", false, "on line 4 has 3 fields and the header row 2"),
            ("byte=22", false, "on line 5 has 1 fields"),
            ("byte=24", false, "on line 6 has a quoted field that is not closed"),
            ("byte=32;column=1", true, "5|fine"),
            ("byte=41;column=1", true, "6|5\" pipe"),
            ("byte=51", false, "on line 9 has a quoted field"),
            ("byte=59", false, "on line 10 has a quoted field"),
            ("byte=63", false, "on line 11 has 1 fields"),
        ],
    );
    let (_folder, path) = file("a.csv", b"text\na\n\xff\nb\n");
    let found = read(&source(&path, json!({})), LIMIT);
    assert_parts(
        &found,
        &[
            ("byte=5;column=0", true, "|a"),
            ("byte=7", false, "on line 3 has invalid UTF-8 at byte 0"),
            ("byte=9;column=0", true, "|b"),
        ],
    );
}

#[test]
fn a_file_that_is_no_such_table_is_one_failure() {
    for (table, part) in [
        ("a,b\n1,2\n3,4\n", "names no column `text` but `a`, `b`"),
        ("\n\"text\n1,2\n", "the header row has a quoted field"),
        ("\"text\" x\n1\n", "the header row has a quoted field"),
    ] {
        assert_parts(&outcomes(table, json!({})), &[("", false, part)]);
    }
    let long = format!("text,{}", "x".repeat(70 << 10));
    assert_parts(&outcomes(&long, json!({})), &[("", false, "header row has more than")]);
    assert_parts(&outcomes(&format!("\"{long}"), json!({})), &[("", false, "more than")]);
    for nothing in ["", "\n", "\u{feff}", "text", "text\n\n"] {
        assert_eq!(outcomes(nothing, json!({})), [], "{nothing:?}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Many blocks of rows, with newlines in fields, and one row in nine broken.
fn large() -> String {
    let row = |n: usize| match n % 9 {
        4 => format!("{n},\"open {n}\n"),
        _ => format!("{n},\"Line {n}\n\n“é” of {n}\"\n"),
    };
    "id,text\n".to_owned() + &(0..40_000).map(row).collect::<String>()
}

#[test]
fn blocks_know_the_header_and_their_lines() {
    let table = large();
    let found = outcomes(&table, json!({}));
    let (fine, broken): (Vec<_>, Vec<_>) = found.iter().partition(|(_, found)| found.is_ok());
    assert_eq!(fine.len(), (0..40_000).filter(|n| n % 9 != 4).count());
    assert_eq!(broken.len(), (0..40_000).filter(|n| n % 9 == 4).count());
    for (locator, message) in broken {
        let offset: usize = locator.strip_prefix("byte=").unwrap().parse().unwrap();
        let line = 1 + table[..offset].matches('\n').count();
        assert!(message.as_ref().unwrap_err().contains(&format!("on line {line} ")));
    }
}

#[test]
fn compressed_tables_are_read_as_plain_ones() {
    let table = large();
    let plain = outcomes(&table, json!({}));
    let (one, other) = table.split_at(
        table.len() / 2 - (0..4).find(|n| table.is_char_boundary(table.len() / 2 - n)).unwrap(),
    );
    let members = [gzip(one.as_bytes()), gzip(other.as_bytes())].concat();
    let zstd = zstd::encode_all(table.as_bytes(), 1).unwrap();
    for (name, bytes) in [("a.csv.gz", &members), ("a.csv.zst", &zstd)] {
        let (_folder, path) = file(name, bytes);
        assert_eq!(read(&source(&path, json!({})), LIMIT), plain, "{name}");
    }
    let (_folder, path) = file("a.csv.gz", &members[..members.len() - 12]);
    let found = read(&source(&path, json!({})), LIMIT);
    let (last, documents) = found.split_last().unwrap();
    assert!(documents.len() > 30_000 && documents[..] == plain[..documents.len()]);
    assert!(last.1.as_ref().unwrap_err().contains("breaks off at byte"));
}

#[test]
fn rows_over_the_limit_fail_wherever_they_stand() {
    let long = format!("\"{}\"", "x\n\"\",\n".repeat(100_000));
    for (rows, line) in [([&*long, "a", "b"], 2), (["a", &long, "b"], 3), (["a", "b", &long], 4)] {
        for (end, limit) in [("", 10), ("\n", 10), ("\r\n", 300_000)] {
            let table = ["text", &rows.join("\n")].join("\n") + end;
            let (_folder, path) = file("a.csv", table.as_bytes());
            let found = read(&source(&path, json!({})), limit);
            let texts: Vec<_> =
                found.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).collect();
            assert_eq!(texts, ["|a", "|b"]);
            let error = found.iter().find_map(|(_, outcome)| outcome.as_ref().err()).unwrap();
            let len = long.len() + usize::from(line == 4 && end == "\r\n");
            assert!(error.contains(&format!("on line {line} has {len} bytes")), "{error}");
        }
    }
}

#[test]
fn a_row_of_any_length_is_passed_over_in_little_memory() {
    let (_folder, path) = file("a.csv", b"text\na\n\"");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    // NUL bytes that take no room on the disk.
    file.set_len(200 << 20).unwrap();
    file.write_all(b"\"\nb\n").unwrap();
    let source = source(&path, json!({}));
    let mut cut = source.cut(&source.shards().unwrap()[0], LIMIT);
    let (mut block, mut largest) = (Block::default(), 0);
    while cut.next(&mut block) {
        largest = largest.max(block.bytes.capacity());
        block.clear();
    }
    assert!(largest < 3 * LIMIT, "a block held {largest} bytes");
    let found = read(&source, LIMIT);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].1.as_deref(), Ok("|b"));
}

#[test]
fn open_quotes_on_every_line_cost_no_more_than_their_lines() {
    let table = "id,text\n".to_owned() + &"x,\"a\"\",\n".repeat(1 << 20);
    let (_folder, path) = file("a.csv", table.as_bytes());
    assert_eq!(read(&source(&path, json!({})), LIMIT).len(), 1 << 20);
}

#[test]
fn a_place_that_is_not_there_is_an_error() {
    let (_folder, path) = file("a.csv", b"id,text\n1,\"a\"\n2,b");
    let source = source(&path, json!({}));
    for (locator, part) in [
        ("byte=8;column=2", "no row with 3 fields at byte 8"),
        ("byte=11;column=1", "no row with 2 fields"),
        ("byte=999;column=0", "no row with 1 fields"),
        ("byte=8", "should be `byte=N;column=N`"),
        ("byte=8;column=0;delimiter=é", "should be"),
    ] {
        let origin = Origin { uri: path.clone(), locator: locator.to_owned(), ..Origin::default() };
        let error = source.reread(&origin, &mut None, &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn settings_that_cannot_be_are_errors_at_their_place() {
    for (settings, place) in [
        (json!({ "paths": [] }), "/paths"),
        (json!({ "paths": ["a"], "delimiter": "\"" }), "/delimiter"),
        (json!({ "paths": ["a"], "delimiter": "ab" }), "/delimiter"),
        (json!({ "paths": ["a"], "delimiter": "é" }), "/delimiter"),
        (json!({ "paths": ["a"], "id": "text" }), "/id"),
    ] {
        let error = Csv::build(serde_json::from_value(settings).unwrap()).unwrap_err();
        assert_eq!(error.setting(), place);
    }
}

/// Rows of a table, whole and broken, made of what matters in one.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => Just("\"".to_owned()),
        4 => Just(",".to_owned()),
        4 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\u{feff}".to_owned()),
        4 => "[a-c é]{0,6}",
    ];
    let header = prop::sample::select(vec!["id,text,x\n", "text\n", "\u{feff}text,\"x\n\"\n", ""]);
    (header, prop::collection::vec(part, 0..40))
        .prop_map(|(header, parts)| (header.to_owned() + &parts.concat()).into_bytes())
}

#[test]
fn it_keeps_the_contract() {
    testing::check_source::<Csv>("csv", contents());
}

proptest! {
    /// What any writer of tables quotes comes back as it was.
    #[test]
    fn what_is_quoted_comes_back(
        rows in prop::collection::vec((".{0,8}", "(\"|\r|\n|,|[a-c]){1,8}", "é?[,\"\n]{0,3}"), 0..6),
    ) {
        let quoted = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
        let mut table = "id,text,x\n".to_owned();
        for (id, text, x) in &rows {
            table += &[quoted(id), quoted(text), quoted(x)].join(",");
            table += "\n";
        }
        let (_folder, path) = file("a.csv", table.as_bytes());
        let found = read(&source(&path, json!({})), LIMIT);
        let found: Vec<String> = found.into_iter().map(|(_, outcome)| outcome.unwrap()).collect();
        let wanted: Vec<String> = rows
            .iter()
            .map(|(id, text, x)| {
                let x = if x.is_empty() { String::new() } else { format!("|x={x}") };
                format!("{id}|{text}{x}")
            })
            .collect();
        prop_assert_eq!(found, wanted);
    }

    /// Rows end where they end, however the bytes are cut.
    #[test]
    fn a_scan_can_stop_anywhere(bytes in contents(), at in any::<prop::sample::Index>()) {
        let whole = &mut scan::Scan::new(b',', 0);
        let found = whole.step(&bytes, true, 0);
        let parted = &mut scan::Scan::new(b',', 0);
        let mut again = parted.step(&bytes[..at.index(bytes.len() + 1)], false, 0);
        if again == scan::Found::Nothing {
            again = parted.step(&bytes, true, 0);
        }
        prop_assert_eq!((found, whole.at), (again, parted.at));
    }
}

#[test]
fn rows_that_stand_before_a_fault_in_a_compressed_table_are_found_again() {
    // A header row, two rows, and what is no block of deflate; found by fuzzing.
    let bytes = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0xab, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x0a,
        0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0, 0xb0,
        0xb0, 0xd1, 0x29, 0x49, 0xad, 0x28, 0xe1, 0x32, 0xd4, 0x49, 0xe4, 0x32, 0xd2, 0x49, 0xe2,
        0x02, 0x00, 0x79, 0xbb, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x8a, 0xd7, 0x10, 0x00, 0x00, 0x00,
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let settings = json!({ "paths": [path] });
    let found = testing::check_input::<Csv>(&path, &settings, &bytes, LIMIT, |_| {});
    assert!(found.last().unwrap().contains("breaks off"), "{found:?}");
}
