//! The sink as a whole: documents in, a database out, read by SQLite here and by Python's.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use docmill_core::{DocumentBuf, testing};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rusqlite::{Connection, types::ValueRef};

use super::*;

/// A document with an emoji before everything that has a place.
fn document(id: &str) -> DocumentBuf {
    let text = "👩\u{200d}👧 e\u{301} Port Elm \"thanked\" Quill.";
    let at = |piece: &str| text.find(piece).map(|start| start..start + piece.len()).unwrap();
    let mut document = DocumentBuf::with_text(text);
    document.set_id(id);
    document.set("title", "Thänks, 'again'".into());
    document.set("date", 2026.0.into());
    document.set("tags", Value::from(&[Value::from("a"), Value::from(0.5)][..]));
    let elm = document.annotate("entities", at("Port Elm")).label("GPE").score(0.98);
    elm.with("entity", "place:port-elm").with("name", "Port Elm").with("actor", "country:XA");
    let all = Span::new(0, text.len());
    let stance = document.annotate("stances", all).with("kind", "act").with("polarity", -0.5);
    let stance = stance.with("holder", "country:XA").with("target", "person:quill");
    stance.with("trigger", Span::from(at("thanked")));
    document.seal();
    document
}

/// The database of these shards of documents.
fn made(settings: serde_json::Value, shards: &[Vec<DocumentBuf>], folder: &Path) -> PathBuf {
    let mut sink = Sqlite::build(serde_json::from_value(settings).unwrap()).unwrap();
    let mut parts = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        let mut encoded = [Vec::new()];
        for document in shard {
            sink.encode(&document.view(), &mut encoded).unwrap();
        }
        let mut part = Vec::new();
        sink.seal(0, &mut &*encoded.concat(), &mut part).unwrap();
        parts.push(folder.join(format!("{number}.part")));
        fs::write(&parts[number], part).unwrap();
    }
    let path = folder.join("made.db");
    if path.exists() {
        fs::remove_file(&path).unwrap();
    }
    sink.merge(0, &parts, &path).unwrap();
    parts.iter().for_each(|part| fs::remove_file(part).unwrap());
    path
}

/// The rows that a query gives, cells separated by `|`.
fn rows(path: &Path, query: &str) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let cells = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let cell = |at| match row.get_ref(at).unwrap() {
            ValueRef::Null => "∅".to_owned(),
            ValueRef::Integer(integer) => integer.to_string(),
            ValueRef::Real(real) => format!("{real:?}"),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
            ValueRef::Blob(_) => "blob".to_owned(),
        };
        found.push((0..cells).map(cell).collect::<Vec<_>>().join("|"));
    }
    found
}

#[test]
fn a_document_is_rows_of_three_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = made(testing::no_settings(), &[vec![document("a/1")]], folder.path());
    assert_eq!(
        rows(&path, "SELECT * FROM documents"),
        [
            "1|a/1|Thänks, 'again'|∅|∅|2026|∅|6|32|👩\u{200d}👧 e\u{301} Port Elm \"thanked\" Quill.|\
          {\"title\":\"Thänks, 'again'\",\"date\":2026,\"tags\":[\"a\",0.5]}|∅|∅|∅"
        ]
    );
    assert_eq!(
        rows(&path, "SELECT * FROM entities"),
        ["1|1|7|15|Port Elm|GPE|place:port-elm|Port Elm|country:XA|∅|0.98|∅"]
    );
    assert_eq!(
        rows(&path, "SELECT * FROM stances"),
        [
            "1|1|0|32|country:XA|country:XA|person:quill|person:quill|act|-1|-0.5|action|0|1.0|∅|thanked|\
          👩\u{200d}👧 e\u{301} Port Elm \"thanked\" Quill.|👩\u{200d}👧 e\u{301} Port Elm \"thanked\" Quill."
        ]
    );
    assert_eq!(rows(&path, "SELECT * FROM shards"), ["1|1"]);
    assert_eq!(rows(&path, "PRAGMA user_version"), ["1"]);
    let cut = "SELECT substr(d.text, e.start + 1, e.end - e.start) FROM entities e JOIN documents d ON d.number = e.document";
    assert_eq!(rows(&path, cut), ["Port Elm"]);
}

#[test]
fn the_words_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let shards =
        [vec![document("a")], vec![], vec![DocumentBuf::with_text("nothing"), document("a")]];
    let path = made(testing::no_settings(), &shards, folder.path());
    let found = |words: &str| {
        rows(
            &path,
            &format!(
                "SELECT rowid FROM documents_fts WHERE documents_fts MATCH '{words}' ORDER BY rowid"
            ),
        )
    };
    assert_eq!(found("thanked"), ["1", "3"]);
    assert_eq!(found("title:thanks"), ["1", "3"], "accents do not count");
    assert_eq!(found("nothing"), ["2"]);
    assert_eq!(rows(&path, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(rows(&path, "PRAGMA foreign_key_check"), [""; 0]);
    assert_eq!(rows(&path, "SELECT * FROM shards"), ["1|1", "2|0", "3|2"]);

    let path = made(serde_json::json!({ "search": false, "columns": [] }), &shards, folder.path());
    assert_eq!(rows(&path, "SELECT name FROM sqlite_schema WHERE name LIKE '%fts%'"), [""; 0]);
    assert_eq!(rows(&path, "SELECT count(*), max(document) FROM stances"), ["2|3"]);
}

#[test]
fn columns_are_what_the_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    let settings = serde_json::json!({ "columns": ["tags", "a \"b\""], "offsets": "bytes" });
    let path = made(settings, &[vec![document("a")]], folder.path());
    assert_eq!(rows(&path, "SELECT tags, \"a \"\"b\"\"\" FROM documents"), ["a; 0.5|∅"]);
    assert_eq!(rows(&path, "SELECT start FROM entities"), ["16"]);
    let twice = SqliteSettings { columns: vec!["id".to_owned()], ..SqliteSettings::default() };
    assert!(Sqlite::build(twice).is_err());
}

#[test]
fn the_same_documents_are_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let documents: Vec<_> = (0..200).map(|number| document(&format!("{}", number % 150))).collect();
    let in_shards = |size: usize| -> Vec<Vec<DocumentBuf>> {
        documents.chunks(size).map(<[DocumentBuf]>::to_vec).collect()
    };
    let made = |size| made(testing::no_settings(), &in_shards(size), folder.path());
    let first = fs::read(made(7)).unwrap();
    assert_eq!(first, fs::read(made(7)).unwrap());

    let tables = |path: &Path| {
        ["documents", "entities", "stances", "documents_fts_data"]
            .map(|table| rows(path, &format!("SELECT * FROM {table}")))
    };
    assert_eq!(tables(&made(7)), tables(&made(200)));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn any_documents_are_rows_that_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { cases: 16, failure_persistence: None, ..Config::default() };
    let shards = prop::collection::vec(prop::collection::vec(testing::documents(), 0..4), 0..4);
    let outcome = TestRunner::new(config).run(&shards, |shards| {
        let path = made(testing::no_settings(), &shards, folder.path());
        prop_assert_eq!(rows(&path, "PRAGMA integrity_check"), ["ok"]);
        prop_assert_eq!(rows(&path, "PRAGMA foreign_key_check"), [""; 0]);
        let documents = shards.concat();
        let expected: Vec<_> = documents
            .iter()
            .map(|document| format!("{}|{}", document.view().id(), document.view().text()))
            .collect();
        prop_assert_eq!(rows(&path, "SELECT id, text FROM documents"), expected);
        let broken = "SELECT id FROM documents WHERE NOT json_valid(metadata)";
        prop_assert_eq!(rows(&path, broken), [""; 0]);
        let search =
            "INSERT INTO documents_fts (documents_fts, rank) VALUES ('integrity-check', 1)";
        prop_assert_eq!(rows(&path, search), [""; 0]);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_damaged_part_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sqlite::build(SqliteSettings::default()).unwrap();
    let part = folder.path().join("part");
    fs::write(&part, b"\x00\x05\x00").unwrap();
    assert!(sink.merge(0, &[part], &folder.path().join("made.db")).is_err());
}

/// Python's own module reads it, as Datasette does. Skipped where there is no Python with FTS5.
#[test]
fn python_reads_it() {
    const READ: &str = r#"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
assert db.execute("PRAGMA foreign_key_check").fetchall() == []
found = db.execute("""SELECT d.id, snippet(documents_fts, 1, '[', ']', '…', 3) FROM documents_fts
    JOIN documents d ON d.number = documents_fts.rowid WHERE documents_fts MATCH 'elm'""").fetchall()
assert found[0][0] == "a" and "[Elm]" in found[0][1], found
for text, start, end, mention in db.execute("""SELECT d.text, e.start, e."end", e.text FROM entities e
    JOIN documents d ON d.number = e.document"""):
    assert text[start:end] == mention == "Port Elm", (text[start:end], mention)
hidden = db.execute("""select name from sqlite_master where rootpage = 0
    and sql like '%VIRTUAL TABLE%USING FTS%content="documents"%'""").fetchall()
assert hidden == [("documents_fts",)], "Datasette finds the search by this query"
"#;
    let can = "import sqlite3; sqlite3.connect(':memory:').execute('CREATE VIRTUAL TABLE t USING fts5 (a)')";
    let python = |program: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", program]);
        command
    };
    if !python(can).output().is_ok_and(|ran| ran.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = made(testing::no_settings(), &[vec![document("a")]], folder.path());
    let read = python(READ).arg(path).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn it_keeps_the_contract() {
    testing::check_sink::<Sqlite>(testing::no_settings());
    testing::check_sink::<Sqlite>(
        serde_json::json!({ "columns": ["trigger"], "offsets": "utf16" }),
    );
}
