//! The JSON form: what is read is sound, and is read again as it is written.

use docmill_core::{DocumentBuf, Offsets, Provenance, json, testing::check_document};
use serde::de::IgnoredAny;

/// One line.
pub(crate) fn check(line: &[u8]) {
    let mut document = DocumentBuf::new();
    if let Err(error) = json::read(line, &mut document) {
        return assert!(!error.to_string().is_empty());
    }
    let valid = serde_json::from_slice::<IgnoredAny>(line);
    assert!(valid.is_ok() || too_deep(line), "another reader: {}", valid.unwrap_err());
    check_document(&document);
    for offsets in [Offsets::Chars, Offsets::Bytes, Offsets::Utf16] {
        for provenance in [Provenance::Full, Provenance::Map, Provenance::None] {
            let form = json::Form { offsets, provenance, ..json::Form::default() };
            let (first, read) = again(&document, &form);
            let (second, _) = again(&read, &form);
            let [first, second] = [&first, &second].map(|line| String::from_utf8_lossy(line));
            assert_eq!(first, second, "written, read and written again");
            if provenance == Provenance::Full {
                assert_eq!(all_of(&document), all_of(&read), "written and read in {offsets:?}");
            }
        }
    }
}

/// The line that is written of a document, and the document read from it.
fn again(document: &DocumentBuf, form: &json::Form) -> (Vec<u8>, DocumentBuf) {
    let (mut line, mut read) = (Vec::new(), DocumentBuf::new());
    json::write(&document.view(), form, &mut line);
    assert!(!line.contains(&b'\n'), "it is one line");
    if let Err(error) = json::read(&line, &mut read) {
        panic!("{error}: {}", String::from_utf8_lossy(&line));
    }
    (line, read)
}

/// All that is in a document, as text.
fn all_of(document: &DocumentBuf) -> String {
    let view = document.view();
    let map: Option<Vec<_>> = view.map().map(Iterator::collect);
    let edits: Option<Vec<_>> = view.edits().map(Iterator::collect);
    let layers: Vec<_> = view.layers().map(|layer| (layer.name(), layer.len())).collect();
    format!("{view:?} {layers:?} {map:?} {edits:?} {:?}", map.as_ref().map(|_| view.origin()))
}

/// Whether `serde_json` may refuse a line for its depth alone.
fn too_deep(line: &[u8]) -> bool {
    line.iter().filter(|byte| b"[{".contains(byte)).count() > 100
}
