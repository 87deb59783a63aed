//! Reads an answer: a change set, and what becomes of the document it is for.

#[cfg(feature = "engine")]
use std::borrow::Cow;

#[cfg(feature = "engine")]
use serde::Deserialize;

use super::{
    layers::layer,
    object, once, open,
    place::{misplaced, place},
    provenance::two_positions,
    read_position, string, unique,
    value::value,
    wrong_type,
};
use crate::{
    Changes, DocumentError, Offsets, Piece, PieceKind, Positions, Reason, Span, Verdict,
    arrays::RawFeature, json::scan::Scanner,
};

/// The longest name of a reason to drop a document, in bytes.
const REASON_LEN: usize = 64;

/// Reads an answer, without the line's end, into `changes`, which comes empty. `text` is the document
/// that it is for, and `offsets` the unit that its positions are in.
///
/// What is returned is what a stage returns: the verdict, or the error that the answer holds. The
/// change set is well formed, with every span inside the text; whether it keeps to a contract
/// [`Changes::check`] says.
///
/// # Errors
///
/// The line is no answer: names the byte where it is not valid JSON or UTF-8, or the key, edit, layer,
/// annotation and feature that are unknown, missing, doubled, of a wrong type, or out of the text.
pub fn read_answer(
    line: &[u8],
    text: &str,
    offsets: Offsets,
    changes: &mut Changes,
) -> Result<Result<Verdict, DocumentError>, DocumentError> {
    let mut scanner = open(line)?;
    let mut answer = Answer {
        text,
        unit: offsets,
        positions: Positions::new(text, offsets),
        seen: Vec::new(),
        drop: None,
        error: None,
        changes,
    };
    scanner.members(|scanner, key| answer.member(scanner, &key))?;
    scanner.end()?;
    answer.finish()
}

/// The id of the document that an answer says it is for; `None` where it says none, or is no answer.
#[cfg(feature = "engine")]
pub(crate) fn answer_id(line: &[u8]) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Named<'l> {
        #[serde(borrow)]
        id: Option<Cow<'l, str>>,
    }
    // Most answers that say it say it first.
    memchr::memmem::find(line, b"\"id\"")?;
    serde_json::from_slice::<Named<'_>>(line).ok()?.id
}

struct Answer<'t, 'c> {
    text: &'t str,
    unit: Offsets,
    positions: Positions<'t>,
    /// The keys so far; no more than there are.
    seen: Vec<&'static str>,
    drop: Option<Reason>,
    error: Option<DocumentError>,
    changes: &'c mut Changes,
}

const KEYS: [&str; 8] =
    ["id", "remove", "replace", "rewrite", "layers", "metadata", "drop", "error"];

impl Answer<'_, '_> {
    fn member(&mut self, scanner: &mut Scanner<'_>, key: &str) -> Result<(), DocumentError> {
        let Some(known) = KEYS.into_iter().find(|known| *known == key) else {
            return Err(unknown(key, "an answer", &KEYS.join(", ")));
        };
        once(&mut self.seen.contains(&known), key)?;
        self.seen.push(known);
        match known {
            "id" => string(scanner, || "`id`".to_owned()).map(drop),
            "remove" | "replace" => self.edits(scanner, known),
            "rewrite" => self.rewrite(scanner),
            "layers" => {
                object(scanner, || "`layers`".to_owned())?;
                let arrays = &mut self.changes.arrays;
                scanner.members(|scanner, name| layer(scanner, &name, arrays))
            }
            "metadata" => {
                object(scanner, || "`metadata`".to_owned())?;
                let arrays = &mut self.changes.arrays;
                scanner.members(|scanner, key| {
                    let key = arrays.push_str(&key);
                    let value = value(scanner, arrays, false)?;
                    arrays.metadata.push(RawFeature { key, value });
                    Ok(())
                })
            }
            "drop" => {
                self.drop = Some(reason(scanner)?);
                Ok(())
            }
            _ => {
                let message = string(scanner, || "`error`".to_owned())?.into_owned();
                self.error = Some(DocumentError::new(message));
                Ok(())
            }
        }
    }

    /// `[{"start": 0, "end": 4, "with": "…", "reason": "…"}]`, `with` in `replace` alone.
    fn edits(&mut self, scanner: &mut Scanner<'_>, key: &str) -> Result<(), DocumentError> {
        if scanner.peek() != Some(b'[') {
            return Err(wrong_type(scanner, &format!("`{key}`"), "an array"));
        }
        let replaces = key == "replace";
        scanner.elements(|scanner, number| {
            let what = || format!("edit {number} of `{key}` (counted from 0)");
            object(scanner, what)?;
            let (mut start, mut end, mut with, mut reason) = (None, None, None, None);
            scanner.members(|scanner, key| {
                let part = || format!("`{key}` in {}", what());
                let twice = match &*key {
                    "start" => start.replace(read_position(scanner, part)?).is_some(),
                    "end" => end.replace(read_position(scanner, part)?).is_some(),
                    "reason" => reason.replace(string(scanner, part)?).is_some(),
                    "with" if replaces => with.replace(string(scanner, part)?).is_some(),
                    _ if replaces => {
                        return Err(unknown(&key, &what(), "start, end, with, reason"));
                    }
                    _ => return Err(unknown(&key, &what(), "start, end, reason")),
                };
                refuse_twice(twice, part)
            })?;
            let (Some(start), Some(end), Some(reason)) = (start, end, reason) else {
                return Err(lacks(&what(), "start`, `end` or `reason"));
            };
            let Some(span) = self.positions.inside(start, end) else {
                let span = Span { start, end };
                return Err(misplaced(&what(), span, self.positions.len(), self.unit));
            };
            match with {
                Some(with) => self.changes.replace(span, &with, &reason),
                None if replaces => return Err(lacks(&what(), "with")),
                None => self.changes.remove(span, &reason),
            }
            Ok(())
        })
    }

    /// `{"text": "…", "pieces": […], "reason": "…"}`.
    fn rewrite(&mut self, scanner: &mut Scanner<'_>) -> Result<(), DocumentError> {
        let what = || "`rewrite`".to_owned();
        object(scanner, what)?;
        let (mut text, mut pieces, mut reason) = (None, None, None);
        scanner.members(|scanner, key| {
            let part = || format!("`{key}` in `rewrite`");
            let twice = match &*key {
                "text" => text.replace(string(scanner, part)?).is_some(),
                "reason" => reason.replace(string(scanner, part)?).is_some(),
                "pieces" => pieces.replace(read_pieces(scanner)?).is_some(),
                _ => return Err(unknown(&key, &what(), "text, pieces, reason")),
            };
            refuse_twice(twice, part)
        })?;
        let (Some(text), Some(pieces), Some(reason)) = (text, pieces, reason) else {
            return Err(lacks("`rewrite`", "text`, `pieces` or `reason"));
        };
        let mut new = Positions::new(&text, self.unit);
        let mut at = 0u32;
        let placed = pieces.iter().enumerate().map(|(number, piece)| {
            let what = || piece_name(number);
            let end = at.checked_add(piece.len);
            let Some(span) = end.and_then(|end| new.inside(at, end)) else {
                let span = Span { start: at, end: end.unwrap_or(u32::MAX) };
                return Err(misplaced(&what(), span, new.len(), self.unit));
            };
            at += piece.len;
            let mut old = |start, end| {
                self.positions.inside(start, end).ok_or_else(|| {
                    let what = format!("what {} comes from", what());
                    misplaced(&what, Span { start, end }, self.positions.len(), self.unit)
                })
            };
            let kind = match &piece.from {
                From::Nowhere => PieceKind::Inserted,
                From::Kept(at) => PieceKind::Kept { at: old(*at, *at)?.start },
                From::Decoded(from, how) => {
                    PieceKind::Decoded { from: old(from.start, from.end)?, how }
                }
            };
            Ok(Piece { len: span.end - span.start, kind })
        });
        let placed = placed.collect::<Result<Vec<_>, _>>()?;
        self.changes.rewrite(&text, &placed, &reason);
        Ok(())
    }

    fn finish(self) -> Result<Result<Verdict, DocumentError>, DocumentError> {
        let arrays = &self.changes.arrays;
        let keys = arrays.metadata.iter().map(|feature| arrays.str(feature.key));
        unique(keys, |key| format!("the metadata key `{key}`"))?;
        let names = arrays.layers.iter().map(|layer| arrays.str(layer.name));
        unique(names, |name| format!("the layer `{name}`"))?;
        place(self.text, self.unit, &mut self.changes.arrays)?;
        Ok(match (self.drop, self.error) {
            (Some(_), Some(_)) => {
                return Err(DocumentError::new(
                    "the answer holds both `drop` and `error`; give one of them",
                ));
            }
            (Some(reason), None) => Ok(Verdict::Drop(reason)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Verdict::Keep),
        })
    }
}

/// A piece of a rewrite, its positions in the answer's unit.
struct RawPiece<'a> {
    len: u32,
    from: From<'a>,
}

enum From<'a> {
    Nowhere,
    Kept(u32),
    Decoded(Span, std::borrow::Cow<'a, str>),
}

fn piece_name(number: usize) -> String {
    format!("piece {number} of `pieces` (counted from 0)")
}

fn read_pieces<'a>(scanner: &mut Scanner<'a>) -> Result<Vec<RawPiece<'a>>, DocumentError> {
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, "`pieces` in `rewrite`", "an array"));
    }
    let mut pieces = Vec::new();
    scanner.elements(|scanner, number| {
        let what = || piece_name(number);
        object(scanner, what)?;
        let (mut len, mut at, mut from, mut how) = (None, None, None, None);
        scanner.members(|scanner, key| {
            let part = || format!("`{key}` in {}", what());
            let twice = match &*key {
                "len" => len.replace(read_position(scanner, part)?).is_some(),
                "at" => at.replace(read_position(scanner, part)?).is_some(),
                "from" => from.replace(two_positions(scanner, part)?).is_some(),
                "how" => how.replace(string(scanner, part)?).is_some(),
                _ => return Err(unknown(&key, &what(), "len, at, from, how")),
            };
            refuse_twice(twice, part)
        })?;
        let Some(len) = len else { return Err(lacks(&what(), "len")) };
        let from = match (at, from, how) {
            (None, None, None) => From::Nowhere,
            (Some(at), None, None) => From::Kept(at),
            (None, Some(from), Some(how)) => From::Decoded(from, how),
            _ => {
                return Err(DocumentError::new(format!(
                    "{} must hold `at`, or `from` and `how`, or none of them",
                    what()
                )));
            }
        };
        pieces.push(RawPiece { len, from });
        Ok(())
    })?;
    Ok(pieces)
}

fn reason(scanner: &mut Scanner<'_>) -> Result<Reason, DocumentError> {
    let name = string(scanner, || "`drop`".to_owned())?;
    let letter = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if !(1..=REASON_LEN).contains(&name.len()) || !name.bytes().all(letter) {
        let shown: String = name.chars().take(REASON_LEN).collect();
        return Err(DocumentError::new(format!(
            "`drop` is `{shown}`, which is no name of a reason; runs count by it, so write a short one such as `too-short`"
        )));
    }
    Ok(Reason::new(name.into_owned()))
}

fn refuse_twice(twice: bool, what: impl Fn() -> String) -> Result<(), DocumentError> {
    match twice {
        true => Err(DocumentError::new(format!("{} stands twice", what()))),
        false => Ok(()),
    }
}

fn lacks(what: &str, keys: &str) -> DocumentError {
    DocumentError::new(format!("{what} lacks `{keys}`"))
}

fn unknown(key: &str, place: &str, known: &str) -> DocumentError {
    let key: String = key.chars().take(REASON_LEN).collect();
    DocumentError::new(format!("the key `{key}` in {place} is unknown; it can hold {known}"))
}
