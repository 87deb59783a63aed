//! Reads `origin`, `edits` and `map`: where the bytes of a text that was read before come from.

use super::{object, place::misplaced, string, wrong_type};
use crate::{
    DocumentBuf, DocumentError, Edit, Offsets, Origin, Positions, Segment, SegmentKind, Span,
    json::scan::Scanner, provenance::Trace,
};

/// Reads all three into the document.
pub(super) fn read(
    unit: Offsets,
    mut origin: Scanner<'_>,
    mut map: Scanner<'_>,
    edits: Option<Scanner<'_>>,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    document.origin = read_origin(&mut origin)?;
    let mut trace = Trace::default();
    read_map(unit, &mut map, &document.text, &mut trace)?;
    if let Some(mut edits) = edits {
        read_edits(&mut edits, &mut trace)?;
    }
    document.trace = Some(trace);
    document.carried = true;
    Ok(())
}

fn read_origin(scanner: &mut Scanner<'_>) -> Result<Origin, DocumentError> {
    object(scanner, || "`origin`, beside a `map`,".to_owned())?;
    let mut origin = Origin::default();
    scanner.members(|scanner, key| {
        let part = match &*key {
            "source" => &mut origin.source,
            "uri" => &mut origin.uri,
            "locator" => &mut origin.locator,
            "digest" => &mut origin.digest,
            _ => return Err(unknown(&key, "`origin`", "source, uri, locator, digest")),
        };
        *part = string(scanner, || format!("`{key}` in `origin`"))?.into_owned();
        Ok(())
    })?;
    Ok(origin)
}

fn read_map(
    unit: Offsets,
    scanner: &mut Scanner<'_>,
    text: &str,
    trace: &mut Trace,
) -> Result<(), DocumentError> {
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, "`map`, beside an `origin`,", "an array"));
    }
    let mut positions = Positions::new(text, unit);
    let (mut covered, mut order) = (0, RawOrder::default());
    scanner.elements(|scanner, number| {
        let what = || format!("segment {number} of `map` (counted from 0)");
        object(scanner, what)?;
        let (mut of_text, mut raw) = (None, None);
        let (mut decoded, mut skip, mut inserted) = (None, 0, None);
        scanner.members(|scanner, key| {
            match &*key {
                "text" => of_text = Some(pair(scanner, what)?),
                "raw" => raw = Some(pair(scanner, what)?),
                "decoded" => decoded = Some(string(scanner, what)?),
                "inserted" => inserted = Some(string(scanner, what)?),
                "skip" => skip = super::read_position(scanner, || format!("`skip` in {}", what()))?,
                _ => return Err(unknown(&key, &what(), "text, raw, decoded, skip, inserted")),
            }
            Ok(())
        })?;
        let (Some(of_text), Some(raw)) = (of_text, raw) else {
            return Err(DocumentError::new(format!("{} lacks `text` or `raw`", what())));
        };
        let Some(of_text) = positions.inside(of_text.start, of_text.end) else {
            return Err(misplaced(&what(), of_text, positions.len(), unit));
        };
        let kind = match (&decoded, &inserted) {
            (None, None) => SegmentKind::Verbatim,
            (Some(how), None) => SegmentKind::Decoded { how, skip },
            (None, Some(stage)) => SegmentKind::Inserted { stage },
            (Some(_), Some(_)) => {
                return Err(DocumentError::new(format!(
                    "{} is both decoded and inserted; it can be one of them",
                    what()
                )));
            }
        };
        if of_text.start != covered {
            return Err(DocumentError::new(format!(
                "{} does not begin where the one before ends; the map must cover the text",
                what()
            )));
        }
        let same_len = of_text.len() == raw.len() || kind != SegmentKind::Verbatim;
        if raw.start > raw.end || !same_len {
            return Err(DocumentError::new(format!(
                "{} has {} bytes of text and {}..{} of `raw`, which cannot be",
                what(),
                of_text.len(),
                raw.start,
                raw.end
            )));
        }
        let segment = Segment { text: of_text, raw, kind };
        order.next(&segment).map_err(|fault| DocumentError::new(format!("{} {fault}", what())))?;
        covered = of_text.end;
        trace.push_segment(segment);
        Ok(())
    })?;
    if covered as usize != text.len() {
        return Err(DocumentError::new("`map` ends before the text; it must cover the text"));
    }
    Ok(())
}

/// How far the raw bytes are taken: stages leave them in order, and none becomes text twice.
#[derive(Default)]
struct RawOrder {
    taken: Span,
    /// How much text the bytes of `taken` gave so far.
    decoded: u32,
}

impl RawOrder {
    fn next(&mut self, segment: &Segment<'_>) -> Result<(), &'static str> {
        let skip = match segment.kind {
            SegmentKind::Verbatim => 0,
            SegmentKind::Decoded { skip, .. } => skip,
            SegmentKind::Inserted { .. } => return Ok(()),
        };
        let goes_on = segment.raw == self.taken && skip > 0 && skip >= self.decoded;
        if segment.raw.start < self.taken.end && !goes_on {
            return Err("takes raw bytes that an earlier one took; they stand in order, once");
        }
        self.taken = segment.raw;
        let decoded = u32::try_from(segment.text.len()).ok().and_then(|len| skip.checked_add(len));
        self.decoded = decoded.ok_or("skips more text than a document can have")?;
        Ok(())
    }
}

fn read_edits(scanner: &mut Scanner<'_>, trace: &mut Trace) -> Result<(), DocumentError> {
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, "`edits`, beside a `map`,", "an array"));
    }
    scanner.elements(|scanner, number| {
        let what = || format!("edit {number} of `edits` (counted from 0)");
        object(scanner, what)?;
        let (mut stage, mut reason, mut raw) = (None, None, None);
        let (mut removed, mut inserted) = (None, None);
        scanner.members(|scanner, key| {
            match &*key {
                "stage" => stage = Some(string(scanner, what)?),
                "reason" => reason = Some(string(scanner, what)?),
                "raw" => raw = Some(pair(scanner, what)?),
                "removed" => removed = Some(string(scanner, what)?),
                "inserted" => inserted = Some(string(scanner, what)?),
                _ => {
                    return Err(unknown(&key, &what(), "stage, reason, raw, removed, inserted"));
                }
            }
            Ok(())
        })?;
        let Some(raw) = raw.filter(|raw| raw.start <= raw.end) else {
            return Err(DocumentError::new(format!("{} lacks a valid `raw`", what())));
        };
        trace.push_edit(Edit {
            stage: stage.as_deref().unwrap_or_default(),
            reason: reason.as_deref().unwrap_or_default(),
            raw,
            removed: removed.as_deref(),
            inserted: inserted.as_deref().unwrap_or_default(),
        });
        Ok(())
    })
}

/// `[0, 20]`.
fn pair(scanner: &mut Scanner<'_>, what: impl Fn() -> String) -> Result<Span, DocumentError> {
    two_positions(scanner, || format!("`text` or `raw` of {}", what()))
}

pub(super) fn two_positions(
    scanner: &mut Scanner<'_>,
    wanted: impl Fn() -> String,
) -> Result<Span, DocumentError> {
    let mut ends = [0; 2];
    let mut count = 0;
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, &wanted(), "an array of two positions"));
    }
    scanner.elements(|scanner, number| {
        let position = super::read_position(scanner, &wanted)?;
        count += 1;
        if let Some(end) = ends.get_mut(number) {
            *end = position;
        }
        Ok(())
    })?;
    if count != 2 {
        return Err(DocumentError::new(format!("{} must be two positions, not {count}", wanted())));
    }
    Ok(Span { start: ends[0], end: ends[1] })
}

fn unknown(key: &str, place: &str, known: &str) -> DocumentError {
    DocumentError::new(format!("the key `{key}` in {place} is unknown; it can hold {known}"))
}
