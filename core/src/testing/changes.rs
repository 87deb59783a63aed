//! What holds for a document to which a change set was applied, wherever the set came from.

use super::{check_document, edited};
use crate::{
    Changes, Contract, DocumentBuf, Provenance, SegmentKind, Violation,
    engine::{self, Apply},
    json,
};

/// Checks a change set as a run does, and applies it where it may be. The document is one as a source yields
/// it, its raw bytes its text.
///
/// # Errors
///
/// What is wrong with the set, so that a run would not apply it.
///
/// # Panics
///
/// Where the next document has another text than the set's edits make, is not sound
/// ([`check_document`]), is mapped to raw bytes that differ from it, or does not come back from its JSON
/// form.
pub fn check_changes(
    document: &DocumentBuf,
    changes: &Changes,
    contract: &Contract,
) -> Result<(), Violation> {
    changes.check(&document.text, contract)?;
    let mut next = document.clone();
    Apply::default().apply(&mut next, changes, contract, "stage", Provenance::Full);
    assert_eq!(next.text, edited(document, changes), "the text that the edits make");
    check_document(&next);
    for segment in next.view().map().into_iter().flatten() {
        let raw = document.text.as_bytes().get(segment.raw.range());
        let raw = raw.unwrap_or_else(|| panic!("{segment:?} leaves the raw bytes"));
        if segment.kind == SegmentKind::Verbatim {
            assert_eq!(Some(raw), segment.text.of(&next.text).map(str::as_bytes));
        }
    }
    let form = json::Form { provenance: Provenance::Full, ..json::Form::default() };
    let (mut line, mut again, mut read) = (Vec::new(), Vec::new(), DocumentBuf::new());
    json::write(&next.view(), &form, &mut line);
    json::read(&line, &mut read).unwrap_or_else(|error| panic!("{error}"));
    json::write(&read.view(), &form, &mut again);
    let [line, again] = [&line, &again].map(|line| String::from_utf8_lossy(line));
    assert_eq!(line, again, "written, read and written again");
    Ok(())
}

/// Reads bytes that come from a worker process, as docmill does after it sent a document of this text.
///
/// # Panics
///
/// Where a frame is not inside the bytes, or what is let through cannot be followed in full; as
/// [`check_changes`].
pub fn check_frame(bytes: &[u8], text: &str) {
    engine::check_frame(bytes, text);
}
