//! The contract test of sources.

use std::{fs, path::Path};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::CASES;
use crate::{Block, Cursor, DocumentBuf, DocumentError, Intake, SegmentKind, Source, Span, Value};

/// Tries a source on files of this ending that hold arbitrary bytes, and on those that `contents`
/// makes: write there what looks enough like the source's format to reach its rules, uncompressed.
///
/// # Panics
///
/// Where the source breaks the contract: it panics; a document is not in text order, has a span
/// outside its text, or a map that leaves out text or differs from the raw bytes where it is verbatim;
/// reading again gives something else; bytes of the input are neither in a block nor reported; a document
/// is larger than allowed; [`Source::reread`] gives other raw bytes.
pub fn check_source<S: Source>(ending: &str, contents: impl Strategy<Value = Vec<u8>> + 'static) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join(format!("input.{ending}"));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let any_bytes = prop_oneof![1 => any::<Vec<u8>>().boxed(), 4 => contents.boxed()];
    let limits = prop::sample::select(vec![16 << 20, 16 << 20, 1000, 40, 0]);
    let outcome = TestRunner::new(config).run(&(any_bytes, limits), |(bytes, max_document)| {
        fs::write(&path, &bytes).expect("a temporary file can be written");
        let first = read::<S>(&path, &bytes, max_document);
        prop_assert_eq!(&first, &read::<S>(&path, &bytes, max_document), "read twice");
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("`{}` breaks the contract: {error}", S::NAME);
    }
}

/// Reads the file with a new instance, checks all that comes, and returns it as text.
fn read<S: Source>(path: &Path, bytes: &[u8], max_document: usize) -> Vec<String> {
    let path = path.to_str().expect("temporary files have names in UTF-8");
    let settings = S::settings_for(&[path.to_owned()]);
    let settings = serde_json::from_value(settings).expect("`settings_for` gives settings");
    let source = S::build(settings).unwrap_or_else(|error| panic!("it cannot be built: {error}"));
    let shards = source.shards().unwrap_or_else(|error| panic!("it finds no shards: {error}"));
    let mut seen = Vec::new();
    let mut covered = 0;
    let mut block = Block::default();
    let mut cursor: Cursor = None;
    for shard in &shards {
        let mut cut = source.cut(shard, max_document);
        while cut.next(&mut block) {
            covered = cover(&block, covered, max_document);
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                if let Some((error, _)) = failed {
                    return seen.push(format!("{:?} failed: {error}", document.origin));
                }
                check(document);
                if !document.carried {
                    let mut raw = Vec::new();
                    let again = source.reread(&document.origin, &mut cursor, &mut raw);
                    again.unwrap_or_else(|error| panic!("it cannot be read again: {error}"));
                    assert_eq!(raw, document.raw(), "the raw bytes read again");
                }
                seen.push(format!("{document:?}"));
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    assert!(covered >= bytes.len() as u64, "{covered} of {} bytes came out", bytes.len());
    seen
}

/// That the block's pieces follow on what came before, but for records that are reported; returns
/// where they end.
fn cover(block: &Block, covered: u64, max_document: usize) -> u64 {
    assert!(!block.pieces.is_empty(), "a block holds something");
    let mut covered = covered;
    let mut after_failure = false;
    for piece in &block.pieces {
        if piece.failure.is_some() {
            after_failure = true;
            continue;
        }
        assert!(
            piece.offset == covered || after_failure && piece.offset > covered,
            "bytes {covered}..{} are neither in a block nor reported",
            piece.offset
        );
        assert!(piece.range.end <= block.bytes.len(), "a piece lies in its block");
        let first_record = block.bytes[piece.range.clone()].split(|byte| *byte == b'\n').next();
        assert!(
            first_record.is_none_or(|first| first.len() <= max_document),
            "a record over the limit"
        );
        covered = piece.offset + piece.range.len() as u64;
        after_failure = false;
    }
    if after_failure { u64::MAX } else { covered }
}

fn check(document: &DocumentBuf) {
    let text = &document.text;
    let inside = |span: Span| assert!(span.of(text).is_some(), "{span:?} lies in {text:?}");
    for layer in document.view().layers() {
        let order: Vec<_> =
            layer.iter().map(|a| (a.span().start, u32::MAX - a.span().end)).collect();
        assert!(order.is_sorted(), "`{}` is in text order", layer.name());
        for annotation in layer.iter() {
            inside(annotation.span());
            annotation.features().for_each(|(_, value)| spans(value, &inside));
        }
    }
    let Some(map) = document.view().map() else {
        return assert!(!document.raw_differs, "text that differs from its raw bytes has a map");
    };
    let mut covered = 0;
    for segment in map {
        assert_eq!(segment.text.start, covered, "the map covers the text");
        inside(segment.text);
        if let (SegmentKind::Verbatim, false) = (segment.kind, document.carried) {
            let raw = document.raw().get(segment.raw.range());
            assert_eq!(raw, segment.text.of(text).map(str::as_bytes), "verbatim text");
        }
        covered = segment.text.end;
    }
    assert_eq!(covered as usize, text.len(), "the map covers the text");
}

fn spans(value: Value<'_>, inside: &impl Fn(Span)) {
    match value {
        Value::Span(span) => inside(span),
        Value::List(list) => list.iter().for_each(|member| spans(member, inside)),
        _ => {}
    }
}
