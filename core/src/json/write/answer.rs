//! Writes an answer: a change set, and what becomes of the document it is for.

use super::{Form, Writer};
use crate::{
    Changes, DocumentBuf, DocumentError, Offsets, Positions, Verdict, chain::chain,
    door::abi::PieceForm,
};

/// Appends the JSON form of what a stage returned and wants changed to `out`, on one line without its
/// end: what a program that docmill runs as a stage answers. `text` is the document's, and `offsets`
/// the unit that docmill was asked for.
///
/// Of an error and its causes one message is made.
pub fn write_answer(
    outcome: &Result<Verdict, DocumentError>,
    changes: &Changes,
    text: &str,
    offsets: Offsets,
    out: &mut Vec<u8>,
) {
    let begin = out.len();
    let mut writer = Writer { positions: Positions::new(text, offsets), out };
    match outcome {
        Ok(verdict) => {
            writer.edits(changes);
            writer.rewrite(changes, offsets);
            writer.annotations_and_metadata(changes);
            if let Verdict::Drop(reason) = verdict {
                writer.raw(",\"drop\":");
                writer.string(reason.name());
            }
        }
        Err(error) => {
            writer.raw(",\"error\":");
            writer.string(&chain(error));
        }
    }
    // Every member was written with a comma before it; the first one is the brace.
    match out.get_mut(begin) {
        Some(first) => *first = b'{',
        None => out.push(b'{'),
    }
    out.push(b'}');
}

impl Writer<'_, '_> {
    fn edits(&mut self, changes: &Changes) {
        let arrays = &changes.arrays;
        for (key, replaces) in [("remove", false), ("replace", true)] {
            let mut edits = changes.edits.iter().filter(|edit| (edit.with.len > 0) == replaces);
            let edits: Vec<_> = edits.by_ref().collect();
            if edits.is_empty() {
                continue;
            }
            self.raw(",");
            self.key(key);
            self.raw("[");
            self.separated(edits.into_iter(), |writer, edit| {
                writer.span(edit.span);
                if replaces {
                    writer.raw(",\"with\":");
                    writer.string(arrays.str(edit.with));
                }
                writer.raw(",\"reason\":");
                writer.string(arrays.str(edit.reason));
                writer.raw("}");
            });
            self.raw("]");
        }
    }

    fn rewrite(&mut self, changes: &Changes, offsets: Offsets) {
        let Some(rewrite) = &changes.rewrite else { return };
        self.raw(",\"rewrite\":{\"text\":");
        self.string(&rewrite.text);
        self.raw(",\"pieces\":[");
        let mut new = Positions::new(&rewrite.text, offsets);
        let mut at = 0u32;
        for (number, piece) in rewrite.pieces.iter().enumerate() {
            self.raw(if number > 0 { ",{\"len\":" } else { "{\"len\":" });
            let end = at.saturating_add(piece.len);
            let (from, to) = new.outside((at..end).into());
            self.integer(to - from);
            at = end;
            match piece.form {
                PieceForm::KEPT => {
                    self.raw(",\"at\":");
                    let (at, _) = self.positions.outside(piece.from);
                    self.integer(at);
                }
                PieceForm::DECODED => {
                    self.raw(",\"from\":");
                    let (start, end) = self.positions.outside(piece.from);
                    self.pair(start, end);
                    self.raw(",\"how\":");
                    self.string(changes.arrays.str(piece.how));
                }
                _ => {}
            }
            self.raw("}");
        }
        self.raw("],\"reason\":");
        self.string(changes.arrays.str(rewrite.reason));
        self.raw("}");
    }

    /// As those of a document are written.
    fn annotations_and_metadata(&mut self, changes: &Changes) {
        let mut arrays = changes.arrays.clone();
        arrays.seal();
        let holder = DocumentBuf { arrays, ..DocumentBuf::default() };
        self.layers(&holder.view(), &Form::default());
        self.metadata(&holder.view());
    }
}
