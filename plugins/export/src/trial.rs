//! What the tests of several sinks share: a document, a run of a sink over shards, and Python to read what came.

use std::{fs, path::PathBuf, process::Command};

use docmill_core::{DocumentBuf, Sink, Span};

/// A document with an emoji before everything that has a place, a name over two lines, and a stance.
pub(crate) fn document(id: &str) -> DocumentBuf {
    let text = "👩\u{200d}👧 e\u{301} Port\r\nElm thanked Mara Quill.\r\n";
    let at = |piece: &str| text.find(piece).map(|start| start..start + piece.len()).unwrap();
    let mut document = DocumentBuf::with_text(text);
    document.set_id(id);
    document.set("title", "Thänks".into());
    let all = Span::new(0, text.trim_end().len());
    document.annotate("sentences", all);
    let elm = document.annotate("entities", at("Port\r\nElm")).label("GPE").score(0.98);
    elm.with("entity", "place:port-elm").with("name", "Port Elm").with("actor", "country:XA");
    let quill = document.annotate("entities", at("Mara Quill")).label("PERSON");
    quill.with("entity", "person:mara-quill").with("name", "Mara Quill");
    document
        .annotate("stances", all)
        .with("holder", "country:XA")
        .with("target", "person:mara-quill")
        .with("kind", "act")
        .with("polarity", 0.5)
        .with("confidence", 0.9)
        .with("channel", "quote")
        .with("embedded", true)
        .with("trigger", Span::from(at("thanked")));
    document.seal();
    document
}

/// The output that a sink merges of these shards of documents.
pub(crate) fn made<S: Sink>(settings: S::Settings, shards: &[Vec<DocumentBuf>]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = S::build(settings).unwrap();
    let mut parts: Vec<PathBuf> = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        let mut encoded = [Vec::new()];
        for document in shard {
            sink.encode(&document.view(), &mut encoded).unwrap();
        }
        let mut part = Vec::new();
        sink.seal(0, &mut &*encoded.concat(), &mut part).unwrap();
        parts.push(folder.path().join(number.to_string()));
        fs::write(&parts[number], part).unwrap();
    }
    let path = folder.path().join("made");
    sink.merge(0, &parts, &path).unwrap();
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, shards.len() + 1, "a file was left beside");
    fs::read(path).unwrap()
}

/// Runs a Python program on a file of these bytes; where Python cannot run `needs`, does nothing.
pub(crate) fn python(needs: &str, program: &str, bytes: &[u8], name: &str) {
    let able = Command::new("python3").args(["-c", needs]).output();
    if !able.is_ok_and(|ran| ran.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let read = Command::new("python3").args(["-c", program]).arg(path).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}
