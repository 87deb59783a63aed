//! Tables, joined to what `files`, `jsonl` and `warc` read.

use std::{fs, io::Write, path::Path};

use docmill_core::{Block, DocumentBuf, DocumentError, Intake, Source, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{files::Files, jsonl::Jsonl, warc::Warc};

/// The id of each document with its metadata, or the error; or what refused the whole.
fn read<S: Source>(settings: Json) -> Result<Vec<String>, String> {
    let source = S::build(serde_json::from_value(settings).unwrap());
    let shards = source.as_ref().map_err(|error| (*error).to_string()).and_then(|source| {
        source.shards().map_err(|error| {
            assert_eq!(error.setting(), "/metadata/path");
            error.to_string()
        })
    });
    let (source, shards) = (source.as_ref(), shards?);
    let mut found = Vec::new();
    let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
        let view = document.view();
        found.push(match failed {
            Some((error, _)) => format!("{}: {error}", view.id()),
            None => {
                let metadata = view.all_metadata().map(|(key, value)| match value {
                    Value::Text(text) => format!(" {key}={text}"),
                    other => format!(" {key}={other:?}"),
                });
                format!("{}{}", view.id(), metadata.collect::<String>())
            }
        });
    };
    for shard in &shards {
        let mut cut = source.unwrap().cut(shard, 1000);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let mut buf = DocumentBuf::new();
            source.unwrap().parse(&block, &mut Intake::new(&mut buf, &mut take));
            block.clear();
        }
    }
    Ok(found)
}

/// A folder with these files, and the table.
struct Inputs {
    folder: tempfile::TempDir,
    table: String,
}

impl Inputs {
    fn new(table: &str, files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join("in").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let path = folder.path().join("articles.csv");
        fs::write(&path, table).unwrap();
        Inputs { folder, table: path.to_str().unwrap().to_owned() }
    }

    /// Reads the folder, with the table's path, or these settings of it.
    fn files(&self, more: Json) -> Result<Vec<String>, String> {
        let root = self.folder.path().display();
        let mut metadata = json!(self.table);
        if let Json::Object(mut more) = more {
            more.insert("path".to_owned(), metadata);
            metadata = Json::Object(more);
        }
        let settings = json!({ "paths": [format!("{root}/in")], "metadata": metadata });
        let bare = |line: String| line.replace(&format!("{root}/"), "");
        match read::<Files>(settings) {
            Ok(found) => Ok(found.into_iter().map(bare).collect()),
            Err(error) => Err(bare(error)),
        }
    }
}

fn files(table: &str, files: &[&str]) -> Result<Vec<String>, String> {
    Inputs::new(table, files).files(Json::Null)
}

fn lines(folder: &Path, lines: &str, table: &str, missing: Json) -> Vec<String> {
    let (path, metadata) = (folder.join("in.jsonl"), folder.join("articles.csv"));
    fs::write(&path, lines).unwrap();
    fs::write(&metadata, table).unwrap();
    let metadata = json!({ "path": metadata.to_str(), "missing": missing });
    read::<Jsonl>(json!({ "paths": [path.to_str()], "metadata": metadata })).unwrap()
}

#[test]
fn a_row_is_found_by_the_file_and_brings_its_fields() {
    let table =
        "\u{feff}file,outlet,,date\r\na.txt,\"Post, The\",x,2021-05-03\r\n,,,\r\nb,,,007\r\n";
    assert_eq!(
        files(table, &["a.txt", "b.html", "c.txt"]).unwrap(),
        ["in/a.txt outlet=Post, The date=2021-05-03", "in/b.html date=007", "in/c.txt"]
    );
}

#[test]
fn of_the_keys_that_fit_the_longest_is_taken() {
    let table = "file,n\na.txt,1\nsub/a.txt,2\n./in/sub/b.txt,3\npage,4\n";
    assert_eq!(
        files(table, &["a.txt", "sub/a.txt", "sub/b.txt", "page.html.gz"]).unwrap(),
        ["in/a.txt n=1", "in/page.html.gz n=4", "in/sub/a.txt n=2", "in/sub/b.txt n=3"]
    );
    // Without its ending it may be another file's.
    let found = files("file,n\na,1\na.txt,2\n", &["a.html", "a.txt"]);
    assert_eq!(found.unwrap(), ["in/a.html n=1", "in/a.txt n=2"]);
}

#[test]
fn what_is_ambiguous_is_refused_with_both_places() {
    let error = files("file,n\na.txt,1\n", &["x/a.txt", "y/a.txt"]).unwrap_err();
    let part = "the row on line 2 (`a.txt`) is for both `in/x/a.txt` and `in/y/a.txt`";
    assert!(error.contains(part), "{error}");
    let error = files("file,n\na,1\n\na.txt,2\n", &["a.txt"]).unwrap_err();
    let part = "the rows on lines 4 (`a.txt`) and 2 (`a`) are both for `in/a.txt`";
    assert!(error.contains(part), "{error}");
}

#[test]
fn a_table_that_fits_nothing_is_refused_unless_that_is_meant() {
    let inputs = Inputs::new("id,n\n17,1\n", &["a.txt", "b.txt"]);
    let error = inputs.files(Json::Null).unwrap_err();
    for part in
        ["articles.csv` has no row for any file", "of 2 is `in/a.txt`", "`17`", "`metadata.key`"]
    {
        assert!(error.contains(part), "{error}");
    }
    let kept = inputs.files(json!({ "missing": "keep" })).unwrap();
    assert_eq!(kept, ["in/a.txt", "in/b.txt"]);
    let inputs = Inputs::new("id,n\na,1\n", &["a.txt", "b.txt"]);
    let failed = inputs.files(json!({ "missing": "fail" })).unwrap();
    assert_eq!(
        failed,
        ["in/a.txt n=1", "in/b.txt: no row of `articles.csv` is for the file `in/b.txt`; add one"]
    );
}

#[test]
fn lines_are_found_by_their_id_alone_and_the_table_has_the_last_word() {
    let folder = tempfile::tempdir().unwrap();
    let table = "id,outlet,date\na,Post,\nx/b,Times,\n";
    let text = r#"{"id": "a", "text": "", "outlet": "p", "date": "1999"}
{"id": "a.txt", "text": ""}
{"id": "x/b", "text": ""}
{"text": ""}"#;
    let found = lines(folder.path(), text, table, Json::Null);
    assert_eq!(found, ["a outlet=Post date=1999", "a.txt", "x/b outlet=Times", ""]);
    let failed = lines(folder.path(), text, table, json!("fail"));
    assert!(failed[1].contains("has the id `a.txt`; add one"), "{failed:?}");
    assert!(failed[3].contains("has no id"), "{failed:?}");
}

/// Reads three captures, two of them of one address, with this table.
fn pages(table: &str, missing: Json) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let (path, metadata) = (folder.path().join("a.warc"), folder.path().join("articles.csv"));
    let record = |(id, address): (&str, &str)| {
        format!(
            "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:{id}>\r\n\
             WARC-Target-URI: {address}\r\nWARC-Date: 2026\r\nContent-Type: text/plain\r\n\
             Content-Length: 1\r\n\r\nx\r\n\r\n"
        )
    };
    let archive =
        [("1", "https://a.example/"), ("2", "https://a.example/"), ("3", "https://b.example/")];
    fs::write(&path, archive.map(record).concat()).unwrap();
    fs::write(&metadata, table).unwrap();
    let metadata = json!({ "path": metadata.to_str(), "missing": missing });
    let found = read::<Warc>(json!({ "paths": [path.to_str()], "metadata": metadata }));
    let bare = |line: String| line.replace(&format!("{}/", folder.path().display()), "");
    found.map(|found| found.into_iter().map(bare).collect()).map_err(bare)
}

#[test]
fn pages_are_found_by_their_record_and_else_by_their_address() {
    let (a, b) = ("url=https://a.example/ date=2026", "url=https://b.example/ date=2026");
    let found = pages("url,outlet\nhttps://a.example/,A\n", Json::Null).unwrap();
    assert_eq!(found, [format!("1 {a} outlet=A"), format!("2 {a} outlet=A"), format!("3 {b}")]);
    let table = "id,outlet,date\n<urn:uuid:2>,B,2021\n3,C,\nhttps://a.example/,A,\n";
    let found = pages(table, Json::Null).unwrap();
    let second = "2 url=https://a.example/ date=2021 outlet=B".to_owned();
    assert_eq!(found, [format!("1 {a} outlet=A"), second, format!("3 {b} outlet=C")]);
    let failed = pages("url,outlet\nhttps://a.example/,A\n", json!("fail")).unwrap();
    let error =
        "3: no row of `articles.csv` has the id `3` or the address `https://b.example/`; add one";
    assert_eq!(failed[2], error);
    let error = pages("id,url\n1,2\n", Json::Null).unwrap_err();
    assert!(error.contains("names both `id` and `url`; set `metadata.key`"), "{error}");
}

#[test]
fn settings_choose_key_columns_and_delimiter() {
    let inputs = Inputs::new("id;name;outlet;date\n1;a;Post;2021\n", &["a.txt"]);
    let settings = json!({ "key": "name", "columns": ["date", "id"], "delimiter": ";" });
    assert_eq!(inputs.files(settings).unwrap(), ["in/a.txt id=1 date=2021"]);
    for (settings, part) in [
        (json!({ "key": "file", "delimiter": ";" }), "no column `file` but `id`, `name`"),
        (json!({ "columns": ["url"], "delimiter": ";" }), "set `metadata.columns`"),
        (
            json!({}),
            "no column `id` or `file` but `id;name;outlet;date`; set `metadata.delimiter = \";\"`",
        ),
        (json!({ "delimiter": ";;" }), "one ASCII char"),
    ] {
        let error = inputs.files(settings).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn tables_may_be_compressed_and_divided_by_tabs() {
    let inputs = Inputs::new("", &["a.txt"]);
    let path = inputs.folder.path().join("articles.tsv.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(b"file\toutlet\na\tPost, The\n").unwrap();
    fs::write(&path, gzip.finish().unwrap()).unwrap();
    let inputs = Inputs { table: path.to_str().unwrap().to_owned(), ..inputs };
    assert_eq!(inputs.files(Json::Null).unwrap(), ["in/a.txt outlet=Post, The"]);
}

#[test]
fn faults_of_a_table_are_named_by_line() {
    for (table, part) in [
        ("", "the table is empty"),
        ("id,file\n", "names both `id` and `file`"),
        ("id,a,a\n", "names `a` twice; rename one, or list what is wanted in `metadata.columns`"),
        ("id,a\nx,\"1\n2\"\ny,1,2\n", "the row on line 4 has 3 fields and the header row 2"),
        ("id,a\nx,\"1\ny,2\n", "the row on line 2 has a quoted field that is not closed"),
        ("id,a\nx,1\n,2\n", "the row on line 3 has an empty key"),
        ("id,a\nx,1\ny,2\n\nx,3\n", "the rows on lines 2 and 5 have the same key `x`; a key"),
        ("id,a\ny,1\nx,2\nx,3\ny,4\ny,5\n", "lines 3 and 4 have the same key `x` (2 more rows"),
    ] {
        let error = files(table, &["x.txt"]).unwrap_err();
        assert!(error.contains("articles.csv`: ") && error.contains(part), "{table:?}: {error}");
    }
    let inputs = Inputs::new("", &["x.txt"]);
    fs::write(&inputs.table, b"id,a\nx,\xff\n").unwrap();
    let error = inputs.files(Json::Null).unwrap_err();
    assert!(error.contains("the row on line 2 has invalid UTF-8 at byte 2"), "{error}");
}

#[test]
fn a_table_of_many_blocks_keeps_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: usize| format!("{n},Post {},\"{}\n\"\n", n % 7, "é\"\"".repeat(20));
    let table: String =
        ["id,outlet,note\n".to_owned()].into_iter().chain((0..20_000).map(row)).collect();
    let asked = [0, 1, 9_999, 19_999];
    let text: String = asked.map(|n| format!("{{\"id\": \"{n}\", \"text\": \"\"}}\n")).concat();
    let found = lines(folder.path(), &text, &table, json!("fail"));
    let note = format!("{}\n", "é\"".repeat(20));
    assert_eq!(found, asked.map(|n| format!("{n} outlet=Post {} note={note}", n % 7)));
    let fault = format!("{table}7,a,b\n");
    let inputs = Inputs::new(&fault, &["x.txt"]);
    let error = inputs.files(Json::Null).unwrap_err();
    assert!(error.contains("the rows on lines 16 and 40002 have the same key `7`"), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_table_or_refused(bytes in prop_oneof![
        any::<Vec<u8>>(),
        "id,a\n([ab\",\n]{0,3}|[a-e],1\n){0,9}".prop_map(String::into_bytes),
    ]) {
        let inputs = Inputs::new("", &["a.txt", "b.txt"]);
        fs::write(&inputs.table, bytes).unwrap();
        let outcome = inputs.files(json!({ "missing": "keep" }));
        prop_assert!(outcome.is_err() || outcome.unwrap().len() == 2);
    }

    #[test]
    fn each_document_gets_its_own_row(keys in prop::collection::btree_set("[a-c.]{1,4}", 1..20)) {
        let rows: String = keys.iter().rev().map(|key| format!("{key},{key}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        let text: String =
            keys.iter().map(|key| format!("{{\"id\": \"{key}\", \"text\": \"\"}}\n")).collect();
        let found = lines(folder.path(), &text, &format!("id,k\n{rows}"), json!("fail"));
        prop_assert_eq!(found, keys.iter().map(|key| format!("{key} k={key}")).collect::<Vec<_>>());
    }
}
