//! Text that was removed, and where in the current text it once stood.

use docmill_core::{
    Document, Segment, SegmentKind, Span,
    engine::{Rereader, digest},
};

/// A removal or replacement.
pub(super) struct Removed {
    /// The place in the current text before which it stood.
    pub(super) at: usize,
    /// The text; `None` where it is not kept and cannot be read again.
    pub(super) text: Option<String>,
    /// The stage and its reason.
    pub(super) stage: String,
    pub(super) reason: String,
}

/// All removals of a document in the order of its raw bytes, and why their text cannot be shown,
/// where that is so.
pub(super) fn of(
    document: Document<'_>,
    rereader: &mut Rereader<'_>,
) -> (Vec<Removed>, Option<String>) {
    let (Some(map), Some(edits)) = (document.map(), document.edits()) else {
        return (Vec::new(), None);
    };
    let map: Vec<Segment<'_>> = map.collect();
    let mut edits: Vec<_> = edits.collect();
    edits.sort_by_key(|edit| (edit.raw.start, std::cmp::Reverse(edit.raw.end)));
    let kept = edits.iter().all(|edit| edit.removed.is_some() || edit.raw.is_empty());
    let raw = if kept { Ok(Vec::new()) } else { read_again(document, rereader) };

    let mut shown_to = 0;
    let mut removed = Vec::new();
    for edit in edits {
        // What an earlier stage took out of a piece that is shown whole is shown with it.
        let inside = edit.removed.is_none() && edit.raw.end <= shown_to && !edit.raw.is_empty();
        if inside {
            continue;
        }
        shown_to = shown_to.max(edit.raw.end);
        let text = match (edit.removed, &raw) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Ok(raw)) => Some(text_of(raw, edit.raw, &map, rereader)),
            (None, Err(_)) => None,
        };
        removed.push(Removed {
            at: place(&map, edit.raw, document.text().len()),
            text,
            stage: edit.stage.to_owned(),
            reason: edit.reason.to_owned(),
        });
    }
    (removed, raw.err())
}

fn read_again(document: Document<'_>, rereader: &mut Rereader<'_>) -> Result<Vec<u8>, String> {
    let origin = document.origin();
    let mut raw = Vec::new();
    rereader.read(origin, &mut raw).map_err(|error| {
        format!("{} cannot be read again: {}", origin.uri, docmill_core::engine::chain(&error))
    })?;
    match digest(&raw) == origin.digest {
        true => Ok(raw),
        false => Err(format!("{} has changed since the run", origin.uri)),
    }
}

/// The raw bytes as text, decoded as their neighbours in the map are.
fn text_of(raw: &[u8], span: Span, map: &[Segment<'_>], rereader: &Rereader<'_>) -> String {
    let bytes = raw.get(span.range()).unwrap_or_default();
    let how = map.iter().find_map(|segment| match segment.kind {
        SegmentKind::Decoded { how, .. } => how.split('+').next(),
        _ => None,
    });
    let decoded = how.and_then(|how| rereader.decode(how, bytes).ok());
    decoded.unwrap_or_else(|| String::from_utf8_lossy(bytes)).into_owned()
}

/// Where the text that comes after these raw bytes begins; `end` where there is none. What was put in
/// their place comes after them.
fn place(map: &[Segment<'_>], raw: Span, end: usize) -> usize {
    let instead = |segment: &Segment<'_>| segment.raw.is_empty() && segment.raw.start == raw.start;
    let next = map.partition_point(|segment| segment.raw.end <= raw.start && !instead(segment));
    let Some(segment) = map.get(next) else { return end };
    let into = match segment.kind {
        SegmentKind::Verbatim => raw.start.saturating_sub(segment.raw.start) as usize,
        _ => 0,
    };
    segment.text.start as usize + into.min(segment.text.len())
}
