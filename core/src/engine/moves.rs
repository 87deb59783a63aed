//! Where the bytes of a text go when it is edited.
//!
//! Edits and rewrites alike become a list of pieces that cover the new text. Positions move through
//! it by binary search.

use crate::{Changes, Span, arrays::Str, changes::Rewrite, door::abi::PieceForm};

/// A run of the new text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// What it takes from the old text; empty for inserted text, at its place.
    pub(crate) old: Span,
    /// Where it stands in the new text.
    pub(crate) new: Span,
    pub(crate) kind: MoveKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoveKind {
    Kept,
    Decoded { how: Str },
    Inserted,
}

/// What becomes of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// All of its text is still there.
    Whole(Span),
    /// Some of its text is still there.
    Clipped(Span),
    /// None is.
    Gone,
}

/// The pieces of a new text. Its buffers are kept from one document to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moves {
    pub(crate) moves: Vec<Move>,
    /// Those of `moves` that take old text, in the order of the old text (and of the new), each with
    /// the number of old bytes that survive before it.
    taken: Vec<(Move, u32)>,
    old_len: u32,
}

impl Moves {
    /// Builds the new text of a checked change set into `text`; `false` where it edits nothing.
    pub(crate) fn of(&mut self, changes: &Changes, old: &str, text: &mut String) -> bool {
        self.moves.clear();
        self.taken.clear();
        self.old_len = old.len() as u32;
        text.clear();
        match &changes.rewrite {
            Some(rewrite) => self.rewrite(rewrite, old.len(), text),
            None if changes.edits.is_empty() => return false,
            None => self.edits(changes, old, text),
        }
        let mut survive = 0;
        for taken in self.moves.iter().filter(|m| m.kind != MoveKind::Inserted) {
            self.taken.push((*taken, survive));
            survive += taken.old.len() as u32;
        }
        true
    }

    fn edits(&mut self, changes: &Changes, old: &str, text: &mut String) {
        let mut edits: Vec<_> = changes.edits.iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let mut at = 0;
        for edit in edits {
            self.keep(Span { start: at, end: edit.span.start }, old, text);
            let with = changes.arrays.str(edit.with);
            if !with.is_empty() {
                let place = Span { start: edit.span.end, end: edit.span.end };
                let new = Span::new(text.len(), text.len() + with.len());
                self.moves.push(Move { old: place, new, kind: MoveKind::Inserted });
                text.push_str(with);
            }
            at = edit.span.end;
        }
        self.keep(Span { start: at, end: self.old_len }, old, text);
    }

    fn keep(&mut self, span: Span, old: &str, text: &mut String) {
        if let Some(kept) = span.of(old).filter(|kept| !kept.is_empty()) {
            let new = Span::new(text.len(), text.len() + kept.len());
            self.moves.push(Move { old: span, new, kind: MoveKind::Kept });
            text.push_str(kept);
        }
    }

    fn rewrite(&mut self, rewrite: &Rewrite, old_len: usize, text: &mut String) {
        text.push_str(&rewrite.text);
        let (mut at, mut taken) = (0, 0);
        for piece in rewrite.pieces.iter().filter(|piece| piece.len > 0) {
            let new = Span { start: at, end: at + piece.len };
            at = new.end;
            let start = piece.from.start;
            let (old, kind) = match piece.form {
                PieceForm::KEPT => (Span { start, end: start + piece.len }, MoveKind::Kept),
                PieceForm::DECODED => (piece.from, MoveKind::Decoded { how: piece.how }),
                _ => (Span { start: taken, end: taken }, MoveKind::Inserted),
            };
            taken = old.end.min(old_len as u32);
            self.moves.push(Move { old, new, kind });
        }
    }

    /// Where a span of the old text is now.
    pub(crate) fn span(&self, span: Span) -> Moved {
        if span.is_empty() {
            return self.place(span.start);
        }
        // The first taken piece that ends after the span starts, and the last that starts before it ends.
        let first = self.taken.partition_point(|(m, _)| m.old.end <= span.start);
        let last = self.taken.partition_point(|(m, _)| m.old.start < span.end);
        if first >= last {
            return Moved::Gone;
        }
        let (from, to) = (self.taken[first].0, self.taken[last - 1].0);
        let start = match from.kind {
            MoveKind::Kept => from.new.start + span.start.saturating_sub(from.old.start),
            _ => from.new.start,
        };
        let end = match to.kind {
            MoveKind::Kept => to.new.end - to.old.end.saturating_sub(span.end),
            _ => to.new.end,
        };
        if start >= end {
            return Moved::Gone; // what was taken decodes to nothing
        }
        let moved = Span { start, end };
        match self.survivors(span.end) - self.survivors(span.start) {
            whole if whole as usize == span.len() => Moved::Whole(moved),
            _ => Moved::Clipped(moved),
        }
    }

    /// An empty span stays where it touches text that stays.
    fn place(&self, at: u32) -> Moved {
        let first = self.taken.partition_point(|(m, _)| m.old.end < at);
        match self.taken.get(first) {
            Some((m, _)) if m.old.start <= at => {
                let new = match m.kind {
                    MoveKind::Kept => m.new.start + (at - m.old.start),
                    _ if at == m.old.end => m.new.end,
                    _ => m.new.start,
                };
                Moved::Whole(Span { start: new, end: new })
            }
            _ if self.old_len == 0 => Moved::Whole(Span::default()),
            _ => Moved::Gone,
        }
    }

    /// How many bytes of the old text before a place survive.
    fn survivors(&self, at: u32) -> u32 {
        match self.taken.partition_point(|(m, _)| m.old.start < at).checked_sub(1) {
            Some(last) => {
                let (m, before) = self.taken[last];
                before + m.old.end.min(at) - m.old.start
            }
            None => 0,
        }
    }

    /// The stretches of old text that nothing took, each with the new text that stands in its place.
    pub(crate) fn gaps(&self) -> Vec<(Span, Span)> {
        let mut gaps = Vec::new();
        let (mut old, mut new) = (0, 0);
        let mut close = |until: u32, old: u32, until_new: u32, new: u32| {
            if until > old || until_new > new {
                gaps.push((Span { start: old, end: until }, Span { start: new, end: until_new }));
            }
        };
        for (m, _) in &self.taken {
            close(m.old.start, old, m.new.start, new);
            (old, new) = (m.old.end, m.new.end);
        }
        let end = self.moves.last().map_or(0, |m| m.new.end);
        close(self.old_len, old, end, new);
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, PieceKind};

    fn moves(old: &str, change: impl FnOnce(&mut Changes)) -> (Moves, String) {
        let mut changes = Changes::new();
        change(&mut changes);
        let (mut moves, mut text) = (Moves::default(), String::new());
        moves.of(&changes, old, &mut text);
        (moves, text)
    }

    fn span(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    #[test]
    fn what_is_left_of_a_span_moves() {
        let (moves, text) = moves("0123456789", |c| {
            c.replace(5..7usize, "x", "r");
            c.remove(0..2usize, "r");
        });
        assert_eq!(text, "234x789");
        assert_eq!(moves.span(span(2, 4)), Moved::Whole(span(0, 2)));
        assert_eq!(moves.span(span(0, 4)), Moved::Clipped(span(0, 2)));
        assert_eq!(
            moves.span(span(4, 6)),
            Moved::Clipped(span(2, 3)),
            "inserted text belongs to no one"
        );
        assert_eq!(
            moves.span(span(4, 9)),
            Moved::Clipped(span(2, 6)),
            "unless it stands in the middle"
        );
        assert_eq!(moves.span(span(5, 7)), Moved::Gone);
        assert_eq!(moves.span(span(0, 10)), Moved::Clipped(span(0, 7)));
    }

    #[test]
    fn an_insertion_pushes_its_neighbours_apart() {
        let (moves, text) = moves("ab", |c| c.replace(1..1usize, "--", "r"));
        assert_eq!(text, "a--b");
        assert_eq!(moves.span(span(0, 1)), Moved::Whole(span(0, 1)));
        assert_eq!(moves.span(span(1, 2)), Moved::Whole(span(3, 4)));
        assert_eq!(moves.span(span(0, 2)), Moved::Whole(span(0, 4)));
    }

    #[test]
    fn an_empty_span_stays_with_the_text_it_touches() {
        let (moves, _) = moves("abcdef", |c| c.remove(2..4usize, "r"));
        assert_eq!(moves.span(span(2, 2)), Moved::Whole(span(2, 2)));
        assert_eq!(moves.span(span(3, 3)), Moved::Gone);
        assert_eq!(moves.span(span(4, 4)), Moved::Whole(span(2, 2)));
    }

    #[test]
    fn decoded_text_moves_as_one() {
        let (moves, text) = moves("<b>a&amp;b</b>", |c| {
            let kept = |at| Piece { len: 1, kind: PieceKind::Kept { at } };
            let decoded =
                Piece { len: 1, kind: PieceKind::Decoded { from: span(4, 9), how: "html" } };
            c.rewrite(
                "a&b\n",
                &[kept(3), decoded, kept(9), Piece { len: 1, kind: PieceKind::Inserted }],
                "html",
            );
        });
        assert_eq!(text, "a&b\n");
        assert_eq!(moves.span(span(4, 9)), Moved::Whole(span(1, 2)));
        assert_eq!(moves.span(span(5, 9)), Moved::Whole(span(1, 2)));
        assert_eq!(moves.span(span(0, 14)), Moved::Clipped(span(0, 3)));
        assert_eq!(moves.gaps(), [(span(0, 3), span(0, 0)), (span(10, 14), span(3, 4))]);
    }
}
