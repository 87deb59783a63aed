//! Dead letters: documents that failed, one JSON line each, so that they can be found and retried.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    DocumentBuf, DocumentError,
    engine::{chain, run::identity},
};

/// At most this much of a failed document is kept, in bytes.
pub(crate) const KEPT_BYTES: usize = 64 << 10;

/// What went wrong with a document, and where.
pub(super) struct Failure<'a> {
    /// The stage, source or sink, by its name in the pipeline.
    pub(super) stage: &'a str,
    pub(super) error: &'a DocumentError,
    /// The bytes as read; `None` where they are not at hand.
    pub(super) raw: Option<&'a [u8]>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Letter<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    stage: &'a str,
    error: String,
    origin: Place<'a>,
    /// How it is taken through again, once what is wrong is mended.
    retry: String,
    /// How many raw bytes the document has.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// The raw bytes, or their beginning, as text; bytes that are not UTF-8 are shown as U+FFFD.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<Cow<'a, str>>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// What a dead letter says, but for the document itself.
#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) error: String,
    pub(super) origin: HeadPlace,
}

#[derive(Deserialize)]
pub(super) struct HeadPlace {
    pub(super) uri: String,
    #[serde(default)]
    pub(super) locator: String,
}

/// Appends a dead letter.
pub(super) fn write(document: &DocumentBuf, failure: &Failure<'_>, lines: &mut Vec<u8>) {
    let (origin, raw) = (&document.origin, failure.raw);
    let digest = if document.carried {
        Some(origin.digest.clone()).filter(|digest| !digest.is_empty())
    } else {
        raw.map(identity::digest)
    };
    let kept = raw.map(beginning);
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
        retry: format!("docmill retry DIR --stage {}", failure.stage),
        bytes: raw.map(<[u8]>::len),
        raw: kept.map(String::from_utf8_lossy),
        cut: kept.map(<[u8]>::len) < raw.map(<[u8]>::len),
    };
    // Writing to a Vec cannot fail, and the letter has no map whose keys could.
    if serde_json::to_writer(&mut *lines, &letter).is_ok() {
        lines.push(b'\n');
    }
}

/// What is kept of some bytes: no more than [`KEPT_BYTES`], and no part of a char at the end.
fn beginning(raw: &[u8]) -> &[u8] {
    let Some(kept) = raw.get(..KEPT_BYTES).filter(|kept| kept.len() < raw.len()) else {
        return raw;
    };
    match std::str::from_utf8(kept) {
        Err(error) if error.error_len().is_none() => &kept[..error.valid_up_to()],
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(document: &DocumentBuf, raw: Option<&[u8]>) -> serde_json::Value {
        let error = DocumentError::because("no good", DocumentError::new("too long"));
        let mut lines = Vec::new();
        write(document, &Failure { stage: "s", error: &error, raw }, &mut lines);
        assert_eq!(lines.pop(), Some(b'\n'));
        serde_json::from_slice(&lines).unwrap()
    }

    #[test]
    fn a_long_document_is_cut_between_chars() {
        let raw = format!("x{}", "é".repeat(KEPT_BYTES));
        let letter = letter(&DocumentBuf::new(), Some(raw.as_bytes()));
        let kept = letter["raw"].as_str().unwrap();
        assert_eq!(kept.len(), KEPT_BYTES - 1);
        assert!(raw.starts_with(kept));
        assert_eq!((&letter["cut"], &letter["bytes"]), (&true.into(), &raw.len().into()));
        assert_eq!(letter["error"], "no good: too long");
        assert_eq!(letter["origin"]["digest"], identity::digest(raw.as_bytes()));
    }

    #[test]
    fn nothing_is_said_of_bytes_that_are_not_at_hand() {
        let mut document = DocumentBuf::new();
        document.origin.uri.push_str("a.txt");
        let place = serde_json::json!({ "source": "", "uri": "a.txt" });
        let expected = serde_json::json!({
            "stage": "s", "error": "no good: too long", "origin": place,
            "retry": "docmill retry DIR --stage s",
        });
        assert_eq!(letter(&document, None), expected);
        assert_eq!(letter(&document, Some(b""))["bytes"], 0, "an empty document is at hand");
    }
}
