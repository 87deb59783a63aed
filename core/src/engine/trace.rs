//! Carries a document's map over an edit: where each byte of the new text comes from.

use crate::{
    Edit, Provenance, Span,
    arrays::Arrays,
    changes::Changes,
    engine::moves::{Move, MoveKind, Moves},
    provenance::{RawKind, RawSegment, Trace},
};

impl Trace {
    /// Composes the map with the moves of one change set, and records what was removed and why.
    pub(crate) fn carry(
        &mut self,
        moves: &Moves,
        changes: &Changes,
        stage: &str,
        old: &str,
        new: &str,
        level: Provenance,
    ) {
        self.record(moves, changes, stage, old, new, level);
        let stage = self.name(stage);
        let before = std::mem::take(&mut self.map);
        for piece in &moves.moves {
            match piece.kind {
                MoveKind::Kept => {
                    for segment in overlapping(&before, piece.old) {
                        let part = cut(segment, piece.old);
                        let text = moved(part.text, piece.old.start, piece.new.start);
                        self.push(RawSegment { text, ..part });
                    }
                }
                MoveKind::Decoded { how } => {
                    let how = changes.arrays.str(how);
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

    fn record(
        &mut self,
        moves: &Moves,
        changes: &Changes,
        stage: &str,
        old: &str,
        new: &str,
        level: Provenance,
    ) {
        let text = |span: Span, of| span.of(of).unwrap_or_default();
        let mut record = |span: Span, with: &str, arrays: &Arrays, reason| {
            let raw = raw_span(&self.map, span);
            let removed = (level == Provenance::Full).then(|| text(span, old));
            self.push_edit(Edit {
                stage,
                reason: arrays.str(reason),
                raw,
                removed,
                inserted: with,
            });
        };
        if let Some(rewrite) = &changes.rewrite {
            for (gap, with) in moves.gaps() {
                record(gap, text(with, new), &changes.arrays, rewrite.reason);
            }
        } else {
            let mut edits: Vec<_> = changes.edits.iter().collect();
            edits.sort_by_key(|edit| edit.span);
            for edit in edits {
                record(edit.span, changes.arrays.str(edit.with), &changes.arrays, edit.reason);
            }
        }
    }

    /// The segment of text that a stage decoded. Where the old text was itself decoded, the two
    /// decodings are joined; where it was partly made up or cut, so that no run of raw bytes decodes
    /// to it, the new text counts as inserted.
    fn decode(&mut self, before: &[RawSegment], piece: &Move, how: &str, stage: u32) -> RawSegment {
        let mut first_how: Option<u32> = None;
        let mut raw: Option<Span> = None;
        let mut sound = true;
        for segment in overlapping(before, piece.old) {
            let part = cut(segment, piece.old);
            match part.kind {
                RawKind::Verbatim => {}
                // A decoded segment must be whole, and all of one decoding.
                RawKind::Decoded { how, skip } => {
                    sound &= part.text == segment.text
                        && skip == 0
                        && first_how.is_none_or(|first| first == how);
                    first_how = Some(how);
                }
                RawKind::Inserted { .. } => sound = false,
            }
            raw = match raw {
                None => Some(part.raw),
                Some(so_far) => {
                    sound &= so_far.end == part.raw.start;
                    Some(Span { start: so_far.start, end: part.raw.end })
                }
            };
        }
        match raw {
            Some(raw) if sound => {
                let how = match first_how {
                    Some(first) => {
                        let joined = format!(
                            "{}+{how}",
                            self.names.get(first as usize).map_or("", String::as_str)
                        );
                        self.name(&joined)
                    }
                    None => self.name(how),
                };
                RawSegment { text: piece.new, raw, kind: RawKind::Decoded { how, skip: 0 } }
            }
            _ => {
                let raw = raw_place(before, piece.old.start);
                RawSegment { text: piece.new, raw, kind: RawKind::Inserted { stage } }
            }
        }
    }

    /// Adds a segment, or lengthens the last one where the two are one in text and raw bytes.
    fn push(&mut self, segment: RawSegment) {
        if let Some(last) = self.map.last_mut().filter(|last| last.text.end == segment.text.start) {
            let joined = match (last.kind, segment.kind) {
                (RawKind::Verbatim, RawKind::Verbatim) => last.raw.end == segment.raw.start,
                (RawKind::Decoded { how: a, skip }, RawKind::Decoded { how: b, skip: next }) => {
                    a == b && last.raw == segment.raw && skip + last.text.len() as u32 == next
                }
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
        RawKind::Decoded { how, skip } => RawSegment {
            text,
            raw: segment.raw,
            kind: RawKind::Decoded { how, skip: skip + before },
        },
        RawKind::Inserted { .. } => RawSegment { text, ..*segment },
    }
}

fn moved(span: Span, from: u32, to: u32) -> Span {
    Span { start: span.start - from + to, end: span.end - from + to }
}

/// The raw bytes behind a span of text, from the first to the last.
pub(crate) fn raw_span(map: &[RawSegment], span: Span) -> Span {
    let parts = overlapping(map, span);
    match (parts.first(), parts.last()) {
        (Some(first), Some(last)) if !span.is_empty() => {
            Span { start: cut(first, span).raw.start, end: cut(last, span).raw.end }
        }
        _ => raw_place(map, span.start),
    }
}

/// The raw place that a place in the text stands for: an empty span.
fn raw_place(map: &[RawSegment], at: u32) -> Span {
    let next = map.partition_point(|segment| segment.text.end <= at);
    let place = match (map.get(next), map.last()) {
        (Some(segment), _) => match segment.kind {
            RawKind::Verbatim => segment.raw.start + (at - segment.text.start),
            _ => segment.raw.start,
        },
        (None, Some(last)) => last.raw.end,
        (None, None) => 0,
    };
    Span { start: place, end: place }
}
