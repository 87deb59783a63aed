//! Carries a document's map over an edit: where each byte of the new text comes from.

use crate::{
    Edit, Provenance, Span,
    changes::Changes,
    engine::{
        decode,
        moves::{Move, MoveKind, Moves},
    },
    provenance::{RawKind, RawSegment, Trace},
};

/// What one stage did to a text.
pub(crate) struct Edited<'a> {
    pub(crate) stage: &'a str,
    pub(crate) changes: &'a Changes,
    pub(crate) moves: &'a Moves,
    pub(crate) old: &'a str,
    pub(crate) new: &'a str,
}

impl Trace {
    /// Composes the map with the moves of one change set, and records what was removed and why.
    pub(crate) fn carry(&mut self, edited: &Edited<'_>, level: Provenance) {
        self.record(edited, level);
        let stage = self.name(edited.stage);
        let before = std::mem::take(&mut self.map);
        for piece in &edited.moves.moves {
            match piece.kind {
                MoveKind::Kept => {
                    for segment in overlapping(&before, piece.old) {
                        let part = cut(segment, piece.old);
                        let text = moved(part.text, piece.old.start, piece.new.start);
                        self.push(RawSegment { text, ..part });
                    }
                }
                MoveKind::Decoded { how } => {
                    let how = edited.changes.arrays.str(how);
                    let segment = self.decode(&before, piece, how, stage);
                    self.push(segment);
                }
                MoveKind::Inserted => {
                    let raw = raw_place(&before, piece.old.start);
                    self.push(RawSegment {
                        text: piece.new,
                        raw,
                        kind: RawKind::Inserted { stage },
                    });
                }
            }
        }
    }

    fn record(&mut self, edited: &Edited<'_>, level: Provenance) {
        let strings = &edited.changes.arrays;
        let mut record = |span: Span, inserted: &str, reason| {
            let raw = raw_span(&self.map, span);
            let removed = span.of(edited.old).filter(|_| level == Provenance::Full);
            let (stage, reason) = (edited.stage, strings.str(reason));
            self.push_edit(Edit { stage, reason, raw, removed, inserted });
        };
        if let Some(rewrite) = &edited.changes.rewrite {
            for (gap, with) in edited.moves.gaps() {
                record(gap, with.of(edited.new).unwrap_or_default(), rewrite.reason);
            }
        } else {
            let mut edits: Vec<_> = edited.changes.edits.iter().collect();
            edits.sort_by_key(|edit| edit.span);
            for edit in edits {
                record(edit.span, strings.str(edit.with), edit.reason);
            }
        }
    }

    /// The segment of text that a stage decoded. Where the old text was itself decoded, the two
    /// decodings are joined; where it was partly made up or cut, so that no run of raw bytes is known to
    /// decode to it, the new text counts as inserted.
    fn decode(&mut self, before: &[RawSegment], piece: &Move, how: &str, stage: u32) -> RawSegment {
        let how = self.decoded_from(before, piece.old).map(|(raw, first)| match first {
            Some(first) => (raw, format!("{}+{how}", self.name_at(first))),
            None => (raw, how.to_owned()),
        });
        let (raw, kind) = match how {
            Some((raw, how)) => {
                (raw, RawKind::Decoded { how: self.name(&how), skip: 0, cut: false })
            }
            None => (raw_place(before, piece.old.start), RawKind::Inserted { stage }),
        };
        RawSegment { text: piece.new, raw, kind }
    }

    /// The raw bytes that the old text is, or decodes from, and how; `None` where that is not known.
    fn decoded_from(&self, before: &[RawSegment], old: Span) -> Option<(Span, Option<u32>)> {
        let parts = overlapping(before, old);
        let (mut raw, mut first_how): (Option<Span>, Option<u32>) = (None, None);
        for part in parts.iter().map(|segment| cut(segment, old)) {
            match part.kind {
                RawKind::Verbatim => {}
                RawKind::Decoded { how, cut: false, .. }
                    if first_how.is_none_or(|first| first == how) =>
                {
                    first_how = Some(how);
                }
                RawKind::Decoded { .. } | RawKind::Inserted { .. } => return None,
            }
            raw = match raw {
                None => Some(part.raw),
                Some(so_far) if so_far.end == part.raw.start => {
                    Some(Span { start: so_far.start, end: part.raw.end })
                }
                Some(_) => return None,
            };
        }
        let joins = parts.len() < 2 || first_how.is_none_or(|how| decode::joins(self.name_at(how)));
        raw.filter(|_| joins).map(|raw| (raw, first_how))
    }

    /// Adds a segment, or lengthens the last one where the two are one in text and raw bytes.
    fn push(&mut self, segment: RawSegment) {
        if let Some(last) = self.map.last_mut().filter(|last| last.text.end == segment.text.start) {
            let joined = match (last.kind, segment.kind) {
                (RawKind::Verbatim, RawKind::Verbatim) => last.raw.end == segment.raw.start,
                (
                    RawKind::Decoded { how: a, skip, .. },
                    RawKind::Decoded { how: b, skip: next, .. },
                ) => a == b && last.raw == segment.raw && skip + last.text.len() as u32 == next,
                (RawKind::Inserted { stage: a }, RawKind::Inserted { stage: b }) => {
                    a == b && last.raw == segment.raw
                }
                _ => false,
            };
            if joined {
                last.text.end = segment.text.end;
                last.raw.end = segment.raw.end;
                return;
            }
        }
        self.map.push(segment);
    }
}

/// The segments that share text with a span.
fn overlapping(map: &[RawSegment], span: Span) -> &[RawSegment] {
    let first = map.partition_point(|segment| segment.text.end <= span.start);
    let last = map.partition_point(|segment| segment.text.start < span.end);
    map.get(first..last).unwrap_or_default()
}

/// The part of a segment that lies in a span.
fn cut(segment: &RawSegment, span: Span) -> RawSegment {
    let text =
        Span { start: segment.text.start.max(span.start), end: segment.text.end.min(span.end) };
    let before = text.start - segment.text.start;
    match segment.kind {
        RawKind::Verbatim => {
            let start = segment.raw.start + before;
            let raw = Span { start, end: start + text.len() as u32 };
            RawSegment { text, raw, kind: segment.kind }
        }
        RawKind::Decoded { how, skip, cut } => {
            let cut = cut || text != segment.text;
            let kind = RawKind::Decoded { how, skip: skip + before, cut };
            RawSegment { text, raw: segment.raw, kind }
        }
        RawKind::Inserted { .. } => RawSegment { text, ..*segment },
    }
}

fn moved(span: Span, from: u32, to: u32) -> Span {
    Span { start: span.start - from + to, end: span.end - from + to }
}

/// The raw bytes behind a span of text, from the first to the last.
fn raw_span(map: &[RawSegment], span: Span) -> Span {
    let parts = overlapping(map, span).iter().map(|part| cut(part, span).raw);
    // Text inserted amid decoded text stands at its beginning.
    let whole = parts.reduce(|a, b| Span { start: a.start.min(b.start), end: a.end.max(b.end) });
    whole.filter(|_| !span.is_empty()).unwrap_or_else(|| raw_place(map, span.start))
}

/// The raw place that a place in the text stands for: an empty span.
fn raw_place(map: &[RawSegment], at: u32) -> Span {
    let next = map.partition_point(|segment| segment.text.end <= at);
    let place = match (map.get(next), map.last()) {
        (Some(segment), _) => match segment.kind {
            RawKind::Verbatim => segment.raw.start + at.saturating_sub(segment.text.start),
            _ => segment.raw.start,
        },
        (None, Some(last)) => last.raw.end,
        (None, None) => 0,
    };
    Span { start: place, end: place }
}

#[cfg(test)]
mod tests;
