//! Carries a document's map over an edit: where each byte of the new text comes from.

use crate::{
    Edit, Provenance, Span,
    arrays::Arrays,
    changes::Changes,
    engine::{
        decode,
        moves::{Move, MoveKind, Moves},
    },
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
mod tests {
    use super::*;
    use crate::{
        Contract, DocumentBuf, Offsets, Piece, PieceKind, Segment, SegmentKind,
        engine::Apply,
        json::{self, Form},
    };

    /// The document after a stage that edits text.
    fn edit(document: &mut DocumentBuf, change: impl FnOnce(&mut Changes)) {
        let mut changes = Changes::new();
        change(&mut changes);
        let contract = Contract::new().edits_text();
        assert_eq!(changes.check(&document.text, &contract), Ok(()));
        Apply::default().apply(document, &changes, &contract, "stage", Provenance::Full);
    }

    fn decoded(how: &str, len: usize, raw: Span) -> Segment<'_> {
        Segment { text: Span::new(0, len), raw, kind: SegmentKind::Decoded { how, skip: 0 } }
    }

    fn utf16() -> DocumentBuf {
        let mut document = DocumentBuf::new();
        let raw = [0xff, 0xfe, b'a', 0, b'b', 0, b'c', 0];
        document.set_decoded(&raw, "abc", &[decoded("utf-16le", 3, Span::new(2, 8))]);
        document
    }

    fn map(document: &DocumentBuf) -> Vec<(Span, SegmentKind<'_>)> {
        document.view().map().unwrap().map(|segment| (segment.raw, segment.kind)).collect()
    }

    #[test]
    fn a_cut_decoded_segment_says_how_much_it_skips() {
        let mut document = utf16();
        edit(&mut document, |c| c.remove(1..2usize, "reason"));
        let part = |skip| (Span::new(2, 8), SegmentKind::Decoded { how: "utf-16le", skip });
        assert_eq!(map(&document), [part(0), part(2)]);
    }

    #[test]
    fn an_edit_of_decoded_text_and_what_was_put_in_it_names_all_its_raw_bytes() {
        let mut document = utf16();
        edit(&mut document, |c| c.replace(1..1usize, "x", "first"));
        edit(&mut document, |c| c.remove(0..2usize, "second"));
        let edits: Vec<_> = document.view().edits().unwrap().map(|edit| edit.raw).collect();
        assert_eq!(edits, [Span::new(2, 2), Span::new(2, 8)]);
    }

    #[test]
    fn decodings_join_only_where_the_raw_bytes_are_known_to_decode_so() {
        let decode_all = |document: &mut DocumentBuf| {
            let from = Span::new(0, document.text.len());
            let piece = Piece { len: 1, kind: PieceKind::Decoded { from, how: "x" } };
            edit(document, |c| c.rewrite("X", &[piece], "reason"));
        };
        let inserted = SegmentKind::Inserted { stage: "stage" };
        let joined = |how| SegmentKind::Decoded { how, skip: 0 };

        let mut whole = utf16();
        decode_all(&mut whole);
        assert_eq!(map(&whole), [(Span::new(2, 8), joined("utf-16le+x"))]);

        let mut cut = utf16();
        edit(&mut cut, |c| c.remove(1..3usize, "reason"));
        decode_all(&mut cut);
        assert_eq!(map(&cut), [(Span::new(2, 2), inserted)], "`abc` decodes to more than `a`");

        for (how, expected) in [("windows-1252", joined("windows-1252+x")), ("made-up", inserted)] {
            let mut mixed = DocumentBuf::new();
            let ascii = Segment {
                text: Span::new(2, 3),
                raw: Span::new(1, 2),
                kind: SegmentKind::Verbatim,
            };
            mixed.set_decoded(b"\xe9a", "éa", &[decoded(how, 2, Span::new(0, 1)), ascii]);
            decode_all(&mut mixed);
            assert_eq!(map(&mixed)[0].1, expected, "{how}");
        }
    }

    #[test]
    fn edits_remember_stage_reason_place_and_text() {
        let mut document = DocumentBuf::with_text("Menu\nKyiv");
        let contract = Contract::new().edits_text();
        let mut changes = Changes::new();
        changes.remove(0..5usize, "menu");
        let mut apply = Apply::default();
        apply.apply(&mut document, &changes, &contract, "clean", Provenance::Full);
        changes.clear();
        changes.replace(0..1usize, "C", "spelling");
        apply.apply(&mut document, &changes, &contract, "spell", Provenance::Full);
        let edits: Vec<_> = document
            .view()
            .edits()
            .unwrap()
            .map(|e| (e.stage, e.reason, e.raw, e.removed, e.inserted))
            .collect();
        assert_eq!(
            edits,
            [
                ("clean", "menu", Span::new(0, 5), Some("Menu\n"), ""),
                ("spell", "spelling", Span::new(5, 6), Some("K"), "C"),
            ]
        );
    }

    /// Whatever map a line carries, its document can be edited, and what comes of it can be read again.
    #[test]
    fn a_carried_document_is_edited_and_read_again() {
        let segments = [
            r#"{"text":[0,1],"raw":[4294967294,4294967295]}"#,
            r#"{"text":[0,1],"raw":[0,4294967295],"decoded":"utf-8","skip":4294967280}"#,
            r#"{"text":[0,1],"raw":[7,7],"inserted":"stage"}"#,
        ];
        let rests = [
            r#"{"text":[1,4],"raw":[0,4294967295],"decoded":"utf-8","skip":4294967285}"#,
            r#"{"text":[1,4],"raw":[3,3],"inserted":"stage"}"#,
            r#"{"text":[1,3],"raw":[9,9],"inserted":"b"},{"text":[3,4],"raw":[1,5]}"#,
        ];
        let mut read = 0;
        for (first, rest) in segments.iter().flat_map(|first| rests.map(|rest| (first, rest))) {
            let line = format!(r#"{{"text":"aéb👍","origin":{{}},"map":[{first},{rest}]}}"#);
            let mut document = DocumentBuf::new();
            if json::read(line.as_bytes(), &mut document).is_err() {
                continue;
            }
            read += 1;
            edit(&mut document, |c| {
                c.replace(0..3usize, "x", "reason");
                c.remove(4..8usize, "reason");
            });
            let whole = Span::new(0, document.text.len());
            let piece = Piece { len: 2, kind: PieceKind::Decoded { from: whole, how: "x" } };
            let mut again = document.clone();
            edit(&mut again, |c| c.rewrite("yz", &[piece], "reason"));
            edit(&mut again, |c| c.remove(0..1usize, "reason"));
            for document in [document, again] {
                let mut out = Vec::new();
                let form = Form {
                    offsets: Offsets::Utf16,
                    provenance: Provenance::Full,
                    ..Form::default()
                };
                json::write(&document.view(), &form, &mut out);
                let back = json::read(&out, &mut DocumentBuf::new());
                assert!(back.is_ok(), "{back:?}: {}", String::from_utf8_lossy(&out));
            }
        }
        assert_eq!(read, 6);
    }
}
