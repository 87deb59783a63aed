//! Dead letters: documents that failed, one JSON line each, so that they can be found and retried.

use std::{borrow::Cow, error::Error};

use serde::Serialize;

use crate::{DocumentBuf, DocumentError, engine::run::identity};

/// At most this much of a failed document is kept, in bytes.
pub(crate) const KEPT_BYTES: usize = 64 << 10;

/// What went wrong with a document, and where.
pub(super) struct Failure<'a> {
    /// The stage, source or sink, by its name in the pipeline.
    pub(super) stage: &'a str,
    pub(super) error: &'a DocumentError,
    /// The bytes as read.
    pub(super) raw: &'a [u8],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Letter<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    stage: &'a str,
    error: String,
    origin: Place<'a>,
    /// How many raw bytes the document has.
    bytes: usize,
    /// The raw bytes, or their beginning, as text; bytes that are not UTF-8 are shown as U+FFFD.
    raw: Cow<'a, str>,
    /// Whether `raw` is only the beginning.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

#[derive(Serialize)]
struct Place<'a> {
    source: &'a str,
    uri: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    locator: &'a str,
    digest: String,
}

/// Appends a dead letter.
pub(super) fn write(document: &DocumentBuf, failure: &Failure<'_>, lines: &mut Vec<u8>) {
    let origin = &document.origin;
    let kept = &failure.raw[..failure.raw.len().min(KEPT_BYTES)];
    let digest =
        if document.carried { origin.digest.clone() } else { identity::digest(failure.raw) };
    let letter = Letter {
        id: &document.id,
        stage: failure.stage,
        error: chain(failure.error),
        origin: Place {
            source: &origin.source,
            uri: &origin.uri,
            locator: &origin.locator,
            digest,
        },
        bytes: failure.raw.len(),
        raw: String::from_utf8_lossy(kept),
        cut: kept.len() < failure.raw.len(),
    };
    // Writing to a Vec cannot fail, and the letter has no map whose keys could.
    if serde_json::to_writer(&mut *lines, &letter).is_ok() {
        lines.push(b'\n');
    }
}

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
