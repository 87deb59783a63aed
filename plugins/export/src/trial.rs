//! What the tests of several sinks share: a document, a run of a sink over shards, and Python to read what came.

use std::{fs, path::PathBuf, process::Command};

use docmill_core::{DocumentBuf, Sink, Span, testing};
use proptest::{
    prelude::*,
    sample::Index,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

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

/// Two hundred arbitrary documents, always the same: in their texts, ids and names, chars that break lines, files and
/// markup; entities and stances anywhere.
pub(crate) fn hostile() -> Vec<DocumentBuf> {
    let mut runner = TestRunner::deterministic();
    (0..200).map(|_| documents().new_tree(&mut runner).unwrap().current()).collect()
}

fn documents() -> impl Strategy<Value = DocumentBuf> {
    let place = || (any::<Index>(), any::<Index>());
    let name = || {
        prop_oneof!["[a-c\\PC\t\r\n\u{0}<&\"\u{2028}\u{fffe}]{1,6}", Just("country:XA".to_owned())]
    };
    let entities = prop::collection::vec((place(), name(), name()), 0..6);
    let stances = prop::collection::vec((place(), name(), name()), 0..4);
    (testing::documents(), entities, stances).prop_map(|(mut document, entities, stances)| {
        let text = document.view().text().to_owned();
        let span = |(from, to): (Index, Index)| {
            let place = |index: Index| text.floor_char_boundary(index.index(text.len() + 1));
            let (from, to) = (place(from), place(to));
            Span::new(from.min(to), from.max(to))
        };
        document.annotate("sentences", Span::new(0, text.len()));
        for (place, id, name) in &entities {
            let mention = document.annotate("entities", span(*place)).label("ORG");
            mention.with("entity", id).with("name", name).with("actor", "country:XA");
        }
        for (place, holder, target) in &stances {
            let stance = document.annotate("stances", span(*place)).with("kind", "appeal");
            stance.with("holder", holder).with("target", target).with("polarity", -0.1);
        }
        document.seal();
        document
    })
}

/// Checks that a sink's output does not depend on where documents are parted.
pub(crate) fn check_parting<S: Sink>(settings: impl Fn() -> S::Settings) {
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let shards = prop::collection::vec(prop::collection::vec(documents(), 0..4), 0..4);
    let outcome = TestRunner::new(config).run(&shards, |shards| {
        let whole = made::<S>(settings(), &[shards.concat()]);
        prop_assert!(made::<S>(settings(), &shards) == whole, "other bytes when parted");
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("`{}`: {error}", S::NAME));
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

/// Runs a Python program on files of these names and bytes, its arguments; where Python cannot run `needs`, does
/// nothing.
pub(crate) fn python(needs: &str, program: &str, files: &[(&str, Vec<u8>)]) {
    let able = Command::new("python3").args(["-c", needs]).output();
    if !able.is_ok_and(|ran| ran.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut python = Command::new("python3");
    python.args(["-c", program]);
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        python.arg(path);
    }
    let read = python.output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}
