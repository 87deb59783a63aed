//! Documents that were dropped, one JSON line each: every document has a fate that can be looked up.

use serde::Serialize;

use crate::{DocumentBuf, Reason};

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    stage: &'a str,
    reason: &'a str,
    /// The document for the sake of which it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    twin: Option<&'a str>,
    origin: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    uri: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    locator: &'a str,
}

/// Appends a line.
pub(super) fn write(document: &DocumentBuf, stage: &str, reason: &Reason, lines: &mut Vec<u8>) {
    let origin = Place { uri: &document.origin.uri, locator: &document.origin.locator };
    let (reason, twin) = (reason.name(), reason.twin.as_deref());
    let line = Line { id: &document.id, stage, reason, twin, origin };
    // Writing to a Vec cannot fail, and the line has no map whose keys could.
    if serde_json::to_writer(&mut *lines, &line).is_ok() {
        lines.push(b'\n');
    }
}
