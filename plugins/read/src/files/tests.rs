//! The source as a whole, on files that were written for it.

use std::{fs, io::Write};

use docmill_core::{Provenance, Value, json, testing};
use proptest::prelude::*;

use super::*;

fn source(path: &str, encoding: &str) -> Result<Files, BuildError> {
    let settings = json!({ "paths": [path], "encoding": encoding });
    Files::build(serde_json::from_value(settings).unwrap())
}

/// What the source gives for a folder: the JSON form of each document, or its error.
fn read(folder: &std::path::Path, max_document: usize) -> Vec<Result<String, (String, String)>> {
    let source = source(folder.to_str().unwrap(), "auto").unwrap();
    let mut found = Vec::new();
    for shard in source.shards().unwrap() {
        let mut cut = source.cut(&shard, max_document);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                let uri = &document.view().origin().uri;
                let name = uri.rsplit('/').next().unwrap().to_owned();
                found.push(match failed {
                    Some((error, _)) => Err((name, error.to_string())),
                    None => {
                        let form =
                            json::Form { provenance: Provenance::None, ..Default::default() };
                        let mut line = Vec::new();
                        json::write(&document.view(), &form, &mut line);
                        let line = String::from_utf8(line).unwrap();
                        Ok(line.replace(&format!("{}/", folder.display()), ""))
                    }
                });
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    found
}

#[test]
fn each_file_is_a_document_named_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("b")).unwrap();
    fs::write(folder.path().join("a.txt"), "One.\0").unwrap();
    fs::write(folder.path().join("b/c.html"), b"<p>caf\xe9</p>").unwrap();
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    assert_eq!(
        read(folder.path(), 1000),
        [
            r#"{"docmill":1,"offsets":"chars","id":"a.txt","text":"One.\u0000"}"#,
            r#"{"docmill":1,"offsets":"chars","id":"b/c.html","text":"<p>café</p>","metadata":{"encoding":"windows-1252"}}"#,
            r#"{"docmill":1,"offsets":"chars","id":"empty.txt","text":""}"#,
        ]
        .map(|line| Ok(line.to_owned()))
    );
}

#[test]
fn a_file_that_cannot_be_read_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "One.").unwrap();
    fs::write(folder.path().join("large.txt"), "x".repeat(1001)).unwrap();
    fs::write(folder.path().join("z.txt"), "Ünï \u{fc}").unwrap();
    fs::write(folder.path().join("broken.txt"), b"\xc3\x9cn\xc3\xaf \xff").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("gone", folder.path().join("lost.txt")).unwrap();
    let found = read(folder.path(), 1000);
    let failed: Vec<_> = found.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    let parts = [
        ("broken.txt", "invalid UTF-8 at byte 6"),
        ("large.txt", "the file has 1001 bytes, more than max-document allows (1000)"),
        ("lost.txt", "the file cannot be read"),
    ];
    assert_eq!(failed.len(), parts.len());
    for ((name, message), (file, part)) in failed.iter().zip(parts) {
        assert!(name == file && message.contains(part), "{name}: {message}");
    }
    assert_eq!(found.len(), 5);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn a_compressed_file_is_the_document_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let page: &[u8] = b"<meta charset=windows-1251>\xca\xe8\xbf\xe2";
    fs::write(file("page.html.gz"), gzip(page)).unwrap();
    fs::write(file("two.txt.gz"), [gzip(b"One. "), gzip(b"Two.")].concat()).unwrap();
    let utf16 = b"\xff\xfeK\0y\0";
    fs::write(file("wide.TXT.ZST"), zstd::encode_all(&utf16[..], 0).unwrap()).unwrap();
    let line = |rest: &str| Ok(format!(r#"{{"docmill":1,"offsets":"chars",{rest}}}"#));
    assert_eq!(
        read(folder.path(), 1000),
        [
            line(
                r#""id":"page.html.gz","text":"<meta charset=windows-1251>Київ","metadata":{"encoding":"windows-1251"}"#
            ),
            line(r#""id":"two.txt.gz","text":"One. Two.""#),
            line(r#""id":"wide.TXT.ZST","text":"Ky","metadata":{"encoding":"utf-16le"}"#),
        ]
    );
    let uri = file("page.html.gz").to_str().unwrap().to_owned();
    let mut raw = b"of another document".to_vec();
    let origin = Origin { uri, ..Origin::default() };
    source("a.txt", "auto").unwrap().reread(&origin, &mut None, &mut raw).unwrap();
    assert_eq!(raw, page);
}

#[test]
fn a_compressed_file_that_is_broken_or_grows_too_large_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut broken = gzip(&b"One. ".repeat(100));
    broken.truncate(broken.len() - 9);
    fs::write(folder.path().join("broken.txt.gz"), broken).unwrap();
    fs::write(folder.path().join("full.txt.gz"), gzip(&[b'x'; 1000])).unwrap();
    fs::write(folder.path().join("large.txt.gz"), gzip(&vec![0; 8 << 20])).unwrap();
    let source = source(folder.path().to_str().unwrap(), "auto").unwrap();
    let mut block = Block::default();
    assert!(source.cut(&source.shards().unwrap()[0], 1000).next(&mut block));
    assert!(block.bytes.capacity() < 64 << 10, "{} bytes held", block.bytes.capacity());
    let failures: Vec<_> = block.pieces.iter().map(|piece| piece.failure.as_ref()).collect();
    assert!(failures[0].unwrap().1.contains("the file cannot be read"), "{failures:?}");
    assert!(failures[1].is_none());
    let bomb = "the file has more than 1000 bytes when it is decompressed, more than max-document";
    assert!(failures[2].unwrap().1.contains(bomb), "{failures:?}");
}

#[test]
fn settings_are_checked() {
    assert_eq!(source("a.txt", "latin-x").unwrap_err().setting(), "/encoding");
    assert_eq!(source("gone.txt", "auto").unwrap().shards().unwrap_err().setting(), "/paths/0");
}

#[test]
fn encodings_are_recorded() {
    let mut document = DocumentBuf::new();
    source("a", "koi8-r").unwrap().fill("a", b"\xeb\xc9\xc5\xd7", &mut document).unwrap();
    assert_eq!(document.view().text(), "Киев");
    assert_eq!(document.view().metadata("encoding"), Some(Value::Text("koi8-r")));
}

#[test]
fn it_keeps_the_contract() {
    let legacy = prop::collection::vec(
        prop_oneof![4 => 0x20..0x7fu8, 1 => 0x80..=0xffu8, 1 => Just(b'\n')],
        0..200,
    );
    let utf16 = (any::<bool>(), ".{0,40}").prop_map(|(little, text)| {
        let order = if little { u16::to_le_bytes } else { u16::to_be_bytes };
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect::<Vec<u8>>()
    });
    let marked = testing::texts_like_news().prop_map(|text| format!("\u{feff}{text}").into_bytes());
    testing::check_source::<Files>("txt", prop_oneof![legacy, utf16, marked]);
}

#[test]
fn a_file_over_the_limit_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("a.txt")).unwrap();
    file.set_len(1 << 40).unwrap();
    let source = source(folder.path().to_str().unwrap(), "auto").unwrap();
    let mut block = Block::default();
    assert!(source.cut(&source.shards().unwrap()[0], 1000).next(&mut block));
    assert_eq!(block.bytes.capacity(), 0);
    assert!(block.pieces[0].failure.is_some());
}
