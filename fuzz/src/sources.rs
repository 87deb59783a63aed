//! Sources: every byte of an input is in a document or reported (but for `warc`, which passes over records that are no
//! pages, and `parquet`, whose rows are no ranges of bytes), twice the same, and what is decoded can be decoded again.

use std::path::PathBuf;

use docmill_core::{
    Document, SegmentKind, Source,
    engine::{Registry, Rereader},
    testing::{check_input, check_selecting_input},
};
use docmill_parquet::ParquetSource;
use docmill_read::{csv::Csv, files::Files, jsonl::Jsonl, warc::Warc};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const LIMITS: [usize; 4] = [16 << 20, 1000, 40, 0];

/// The first byte chooses the limit of a document; the rest is the file.
pub(crate) fn jsonl(bytes: &[u8]) {
    let (choice, bytes) = super::choice(bytes);
    check::<Jsonl>("jsonl", json!({}), bytes, LIMITS[choice % 4], |_| {});
}

/// The first byte chooses limit, delimiter and columns; the rest is the file.
pub(crate) fn csv(bytes: &[u8]) {
    let (choice, bytes) = super::choice(bytes);
    let settings = match choice / 4 % 4 {
        0 => json!({}),
        1 => json!({ "delimiter": ";", "text": "a", "id": "b" }),
        2 => json!({ "delimiter": "\t", "metadata": ["b", "text"] }),
        _ => json!({ "text": "a", "metadata": [] }),
    };
    check::<Csv>("csv", settings, bytes, LIMITS[choice % 4], |_| {});
}

/// The first byte chooses ending and encoding; the rest is the file.
pub(crate) fn files(bytes: &[u8]) {
    const ENCODINGS: [&str; 9] = [
        "auto",
        "utf-8",
        "windows-1252",
        "shift_jis",
        "utf-16le",
        "utf-16be",
        "gb18030",
        "iso-2022-jp",
        "euc-kr",
    ];
    let (choice, bytes) = super::choice(bytes);
    let ending = if choice % 2 == 0 { "txt" } else { "html" };
    let encoding = ENCODINGS[choice / 2 % ENCODINGS.len()];
    check::<Files>(ending, json!({ "encoding": encoding }), bytes, LIMITS[0], |document| {
        // Of compressed bytes, the raw bytes are what they hold.
        if ![b"\x1f\x8b", b"\x28\xb5"].iter().any(|mark| bytes.starts_with(*mark)) {
            prove(document, bytes);
        }
    });
}

/// The first byte chooses limit and encoding; the rest is the file.
pub(crate) fn warc(bytes: &[u8]) {
    let (choice, bytes) = super::choice(bytes);
    let encoding = ["auto", "koi8-r"][choice / 4 % 2];
    let (path, settings) = input("warc", json!({ "encoding": encoding }));
    let read =
        || check_selecting_input::<Warc>(&path, &settings, bytes, LIMITS[choice % 4], |_| {});
    assert_eq!(read(), read(), "read twice");
}

/// The first byte chooses limit and columns; the rest is the file.
pub(crate) fn parquet(bytes: &[u8]) {
    let (choice, bytes) = super::choice(bytes);
    let settings = match choice / 4 % 4 {
        0 => json!({}),
        1 => json!({ "text": "a", "id": "b" }),
        2 => json!({ "html": "b", "metadata": ["a"] }),
        _ => json!({ "text": "text", "metadata": ["id", "metadata"] }),
    };
    let (path, settings) = input("parquet", settings);
    let limit = LIMITS[choice % 4];
    let read = || check_selecting_input::<ParquetSource>(&path, &settings, bytes, limit, |_| {});
    assert_eq!(read(), read(), "read twice");
}

fn check<S: Source>(
    ending: &str,
    settings: Json,
    bytes: &[u8],
    max_document: usize,
    mut look: impl FnMut(Document<'_>),
) {
    let (path, settings) = input(ending, settings);
    let mut read = || check_input::<S>(&path, &settings, bytes, max_document, &mut look);
    assert_eq!(read(), read(), "read twice");
}

/// The file that is written for a source, and the settings that name it.
fn input(ending: &str, mut settings: Json) -> (PathBuf, Json) {
    thread_local! {
        static FOLDER: TempDir = tempfile::tempdir().expect("there is room for temporary files");
    }
    let path: PathBuf = FOLDER.with(|folder| folder.path().join("input").with_extension(ending));
    settings["paths"] = json!([path]);
    (path, settings)
}

/// That a document's map leads from the bytes of its file to its text.
fn prove(document: Document<'_>, raw: &[u8]) {
    let registry = Registry::new(Vec::new()).expect("no plugins go together");
    let rereader = Rereader::new(&registry);
    let text = document.text();
    let Some(map) = document.map() else {
        return assert_eq!(text.as_bytes(), raw, "text without a map is the raw bytes");
    };
    for segment in map {
        let part = segment.text.of(text).expect("a segment lies in the text");
        let raw = raw.get(segment.raw.range()).expect("a segment lies in the raw bytes");
        match segment.kind {
            SegmentKind::Verbatim => assert_eq!(part.as_bytes(), raw),
            SegmentKind::Decoded { how, skip } => {
                let decoded = rereader.decode(how, raw).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(decoded.get(skip as usize..), Some(part), "{how}");
            }
            SegmentKind::Inserted { .. } => panic!("no stage wrote {part:?}"),
        }
    }
}
