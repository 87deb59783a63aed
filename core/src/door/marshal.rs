//! Documents and change sets through the C interface: as pointers one way, as copies the other.
//!
//! Whoever hands over shows its own buffers; whoever takes copies what it needs before it returns. A plugin
//! trusts docmill, so the copy of a document is plain. docmill does not trust a plugin: of a change set, every
//! string is checked to be UTF-8 and every place to lie in its array.

use std::{slice, str};

use super::{
    abi::{Bytes, RawArrays, RawChanges, RawDocument},
    form::Malformed,
};
use crate::{Changes, DocumentBuf, arrays::Arrays, changes::Rewrite};

impl Bytes {
    /// No bytes.
    pub const EMPTY: Bytes = Bytes { ptr: std::ptr::null(), len: 0 };

    /// Bytes that stay where they are for as long as they are used.
    pub(crate) fn of(bytes: &[u8]) -> Bytes {
        Bytes { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The bytes.
    ///
    /// # Safety
    ///
    /// Where `len` is not 0, `ptr` points to that many bytes, which nobody changes during `'a`.
    pub(crate) unsafe fn get<'a>(self) -> Result<&'a [u8], Malformed> {
        // SAFETY: the caller's promise, handed on.
        unsafe { records(self.ptr, self.len) }
    }

    /// The text.
    ///
    /// # Safety
    ///
    /// As [`get`](Self::get).
    pub(crate) unsafe fn text<'a>(self, what: &'static str) -> Result<&'a str, Malformed> {
        // SAFETY: the caller's promise, handed on.
        let bytes = unsafe { self.get() }?;
        str::from_utf8(bytes).map_err(|_| Malformed::NotUtf8(what))
    }
}

/// An array of records.
///
/// # Safety
///
/// Where `len` is not 0 and `ptr` is neither null nor unaligned, it points to that many records, which nobody
/// changes during `'a`. Every bit pattern is a record.
unsafe fn records<'a, T: Copy>(ptr: *const T, len: usize) -> Result<&'a [T], Malformed> {
    if len == 0 {
        return Ok(&[]);
    }
    if ptr.is_null() || !ptr.is_aligned() {
        return Err(Malformed::BadPointer);
    }
    if len.saturating_mul(size_of::<T>()) >= u32::MAX as usize {
        return Err(Malformed::TooLong);
    }
    // SAFETY: the caller's promise; null, alignment and length were just looked at.
    Ok(unsafe { slice::from_raw_parts(ptr, len) })
}

impl Arrays {
    fn show(&self) -> RawArrays {
        RawArrays {
            strings: Bytes::of(self.arena.as_bytes()),
            values: self.values.as_ptr(),
            values_len: self.values.len(),
            features: self.features.as_ptr(),
            features_len: self.features.len(),
            annotations: self.annotations.as_ptr(),
            annotations_len: self.annotations.len(),
            layers: self.layers.as_ptr(),
            layers_len: self.layers.len(),
            metadata: self.metadata.as_ptr(),
            metadata_len: self.metadata.len(),
        }
    }

    /// Takes a copy of everything but the strings; the arrays are empty before.
    ///
    /// # Safety
    ///
    /// Every pointer keeps the promise of [`records`] during the call.
    unsafe fn copy(&mut self, raw: &RawArrays) -> Result<(), Malformed> {
        // SAFETY: the caller's promise, handed on.
        unsafe {
            self.values.extend_from_slice(records(raw.values, raw.values_len)?);
            self.features.extend_from_slice(records(raw.features, raw.features_len)?);
            self.annotations.extend_from_slice(records(raw.annotations, raw.annotations_len)?);
            self.layers.extend_from_slice(records(raw.layers, raw.layers_len)?);
            self.metadata.extend_from_slice(records(raw.metadata, raw.metadata_len)?);
        }
        Ok(())
    }
}

/// Shows a document to a plugin.
pub(crate) fn show_document(document: &DocumentBuf) -> RawDocument {
    let text = |text: &str| Bytes::of(text.as_bytes());
    RawDocument {
        size: size_of::<RawDocument>() as u32,
        reserved: 0,
        id: text(&document.id),
        text: text(&document.text),
        arrays: document.arrays.show(),
        source: text(&document.origin.source),
        uri: text(&document.origin.uri),
        locator: text(&document.origin.locator),
        digest: text(&document.origin.digest),
    }
}

/// Takes a copy of a document that docmill shows.
///
/// # Safety
///
/// `raw` is as docmill shows it: every pointer valid, every text UTF-8, every place inside its array.
pub(crate) unsafe fn take_document(
    raw: &RawDocument,
    document: &mut DocumentBuf,
) -> Result<(), Malformed> {
    document.clear();
    // SAFETY: the caller's promise; docmill shows nothing but valid UTF-8.
    unsafe {
        let text = |bytes: Bytes| bytes.get().map(|bytes| str::from_utf8_unchecked(bytes));
        document.id.push_str(text(raw.id)?);
        document.text.push_str(text(raw.text)?);
        document.arrays.arena.push_str(text(raw.arrays.strings)?);
        document.arrays.copy(&raw.arrays)?;
        document.origin.source.push_str(text(raw.source)?);
        document.origin.uri.push_str(text(raw.uri)?);
        document.origin.locator.push_str(text(raw.locator)?);
        document.origin.digest.push_str(text(raw.digest)?);
    }
    Ok(())
}

/// An empty change set for a plugin to fill.
pub(crate) fn no_changes() -> RawChanges {
    RawChanges {
        size: size_of::<RawChanges>() as u32,
        rewrites: 0,
        message: Bytes::EMPTY,
        arrays: Arrays::default().show(),
        edits: std::ptr::null(),
        edits_len: 0,
        text: Bytes::EMPTY,
        pieces: std::ptr::null(),
        pieces_len: 0,
        reason: Default::default(),
    }
}

/// Shows a change set to docmill.
pub(crate) fn show_changes(changes: &Changes, raw: &mut RawChanges) {
    raw.arrays = changes.arrays.show();
    raw.edits = changes.edits.as_ptr();
    raw.edits_len = changes.edits.len();
    if let Some(rewrite) = &changes.rewrite {
        raw.rewrites = 1;
        raw.text = Bytes::of(rewrite.text.as_bytes());
        raw.pieces = rewrite.pieces.as_ptr();
        raw.pieces_len = rewrite.pieces.len();
        raw.reason = rewrite.reason;
    }
}

/// Takes a copy of a change set that a plugin shows, and checks its form. `changes` is empty before.
///
/// # Safety
///
/// Where a length is not 0 and its pointer is neither null nor unaligned, it points to that many records during
/// the call. Nothing else is taken on trust.
pub(crate) unsafe fn take_changes(
    raw: &RawChanges,
    changes: &mut Changes,
) -> Result<(), Malformed> {
    // SAFETY: the caller's promise, handed on.
    unsafe {
        changes.arrays.arena.push_str(raw.arrays.strings.text("the arena")?);
        changes.arrays.copy(&raw.arrays)?;
        changes.edits.extend_from_slice(records(raw.edits, raw.edits_len)?);
        if raw.rewrites != 0 {
            changes.rewrite = Some(Rewrite {
                text: raw.text.text("the new text")?.to_owned(),
                pieces: records(raw.pieces, raw.pieces_len)?.to_vec(),
                reason: raw.reason,
            });
        }
    }
    changes.check_form()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Piece, PieceKind, Span, Value};

    fn through(document: &DocumentBuf) -> DocumentBuf {
        let mut taken = DocumentBuf::new();
        // SAFETY: the document outlives the call.
        unsafe { take_document(&show_document(document), &mut taken) }.unwrap();
        taken
    }

    fn take(raw: &RawChanges) -> Result<Changes, Malformed> {
        let mut taken = Changes::new();
        // SAFETY: the tests show arrays that they hold, or null.
        unsafe { take_changes(raw, &mut taken) }?;
        Ok(taken)
    }

    #[test]
    fn a_document_comes_through() {
        let mut document = DocumentBuf::with_text("Kyiv 🙂 thanked Berlin.");
        document.set_id("a");
        document.origin.uri.push_str("a.txt");
        document.set("outlet", "The Example".into());
        let list = [Value::Text("x"), Value::Span(Span::new(0, 4))];
        document.annotate("entities", 0..4usize).label("GPE").score(0.5).with("l", &list[..]);
        document.seal();
        let taken = through(&document);
        assert_eq!(format!("{:?}", taken.view()), format!("{:?}", document.view()));
        assert_eq!(taken.origin, document.origin);
        assert_eq!(through(&DocumentBuf::new()).view().text(), "");
    }

    #[test]
    fn a_change_set_comes_through() {
        let mut changes = Changes::new();
        changes.remove(0..1usize, "r");
        changes.annotate("x", 0..2usize).score(0.5).with("k", 1.5);
        changes.set("title", "T");
        let mut raw = no_changes();
        show_changes(&changes, &mut raw);
        let taken = take(&raw).unwrap();
        assert_eq!(taken.edits, changes.edits);
        assert_eq!(taken.arrays.annotations, changes.arrays.annotations);
        assert_eq!(taken.arrays.arena, changes.arrays.arena);
        let mut rewrite = Changes::new();
        rewrite.rewrite("ab", &[Piece { len: 2, kind: PieceKind::Kept { at: 3 } }], "r");
        let mut raw = no_changes();
        show_changes(&rewrite, &mut raw);
        let taken = take(&raw).unwrap().rewrite.unwrap();
        let shown = rewrite.rewrite.unwrap();
        assert_eq!(
            (taken.text, taken.pieces, taken.reason),
            (shown.text, shown.pieces, shown.reason)
        );
        assert!(take(&no_changes()).unwrap().is_empty());
    }

    #[test]
    fn a_change_set_is_not_trusted() {
        let mut raw = no_changes();
        raw.edits_len = 3;
        assert_eq!(take(&raw).unwrap_err(), Malformed::BadPointer, "null with a length");
        let mut raw = no_changes();
        raw.edits_len = usize::MAX;
        raw.edits = std::ptr::dangling();
        assert_eq!(take(&raw).unwrap_err(), Malformed::TooLong);
        let mut raw = no_changes();
        raw.arrays.strings = Bytes::of(b"\xff");
        assert_eq!(take(&raw).unwrap_err(), Malformed::NotUtf8("the arena"));
        let mut raw = no_changes();
        let bytes = [0_u32; 8];
        raw.edits = bytes.as_ptr().cast::<u8>().wrapping_add(1).cast();
        raw.edits_len = 1;
        assert_eq!(take(&raw).unwrap_err(), Malformed::BadPointer, "unaligned");
    }
}
