//! What a stage wants changed in one document.

use crate::{
    Span, Value,
    arrays::{Arrays, Str},
    document_buf::Annotating,
    door::abi::{PieceForm, RawPiece, RawTextEdit},
};

/// A change set: edits of the text, annotations, metadata.
///
/// Every span means the text that the stage was given, whatever edits stand beside it: the engine
/// checks the whole set, applies it whole or not at all, and moves all annotations with the text.
/// Edits come in any order and must not overlap; a set holds edits or one rewrite, not both.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub(crate) arrays: Arrays,
    pub(crate) edits: Vec<RawTextEdit>,
    pub(crate) rewrite: Option<Rewrite>,
    pub(crate) note: Vec<u8>,
}

impl Changes {
    /// A change set that changes nothing.
    pub fn new() -> Self {
        Changes::default()
    }

    /// Empties it, for the next document.
    pub fn clear(&mut self) {
        self.arrays.clear();
        self.edits.clear();
        self.rewrite = None;
        self.note.clear();
    }

    /// Takes out a piece of the text. `reason` is a short name of the rule, in kebab-case.
    pub fn remove(&mut self, span: impl Into<Span>, reason: &str) {
        self.replace(span, "", reason);
    }

    /// Leaves a note on the document for the stage's [`Memory`](crate::Memory), in place of one left before. Stages without a
    /// memory have no use for it.
    pub fn note(&mut self, note: &[u8]) {
        self.note.clear();
        self.note.extend_from_slice(note);
    }

    /// Puts other text in the place of a piece; in the place of an empty span, inserts it there.
    pub fn replace(&mut self, span: impl Into<Span>, with: &str, reason: &str) {
        let span = span.into();
        let with = self.arrays.push_str(with);
        let reason = self.arrays.push_str(reason);
        self.edits.push(RawTextEdit { span, with, reason });
    }

    /// Puts a whole new text in the place of the old one. `pieces` cover the new text in order and
    /// say where each comes from; what they take from the old text ascends and does not overlap.
    pub fn rewrite(&mut self, text: &str, pieces: &[Piece<'_>], reason: &str) {
        let pieces = pieces
            .iter()
            .map(|piece| {
                let len = piece.len;
                let none = (Span::default(), Str::default());
                let (form, (from, how)) = match piece.kind {
                    PieceKind::Kept { at } => {
                        let from = Span { start: at, end: at.saturating_add(len) };
                        (PieceForm::KEPT, (from, Str::default()))
                    }
                    PieceKind::Decoded { from, how } => {
                        (PieceForm::DECODED, (from, self.arrays.push_str(how)))
                    }
                    PieceKind::Inserted => (PieceForm::INSERTED, none),
                };
                RawPiece { len, form, from, how }
            })
            .collect();
        let reason = self.arrays.push_str(reason);
        self.rewrite = Some(Rewrite { text: text.to_owned(), pieces, reason });
    }

    /// Adds an annotation to a layer; its label, score and features are added to what is returned.
    ///
    /// ```
    /// # let mut changes = docmill_core::Changes::new();
    /// changes.annotate("entities", 0..4usize).label("GPE").score(0.98).with("entity", "place:kyiv");
    /// ```
    pub fn annotate(&mut self, layer: &str, span: impl Into<Span>) -> Annotating<'_> {
        let layer = self.arrays.layer_for(layer);
        Annotating::new(&mut self.arrays, layer, span.into())
    }

    /// Sets a metadata value, replacing an earlier one.
    pub fn set<'v>(&mut self, key: &str, value: impl Into<Value<'v>>) {
        self.arrays.set_metadata(key, value.into());
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
            && self.rewrite.is_none()
            && self.arrays.layers.is_empty()
            && self.arrays.metadata.is_empty()
    }
}

/// A run of the new text of a [`Changes::rewrite`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its length in bytes.
    pub len: u32,
    /// How it is related to the old text.
    pub kind: PieceKind<'a>,
}

/// How a [`Piece`] is related to the old text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind<'a> {
    /// The same bytes.
    Kept {
        /// The first of them in the old text.
        at: u32,
    },
    /// Bytes of the old text decode to it.
    Decoded {
        /// The bytes of the old text.
        from: Span,
        /// The decoding, as in [`SegmentKind`](crate::SegmentKind::Decoded).
        how: &'a str,
    },
    /// The stage wrote it.
    Inserted,
}

/// A whole new text.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    pub(crate) text: String,
    pub(crate) pieces: Vec<RawPiece>,
    pub(crate) reason: Str,
}
