//! The JSON form of a document: one line, read and written the same.
//!
//! ```json
//! {"docmill": 1, "offsets": "chars", "id": "a", "text": "Kyiv thanked Berlin.",
//!  "metadata": {"outlet": "The Example"},
//!  "layers": {"entities": [{"start": 0, "end": 4, "label": "GPE", "score": 0.98, "name": "Kyiv"}]},
//!  "origin": {"source": "files", "uri": "a.txt", "digest": "sha256:…"},
//!  "edits": [{"stage": "clean", "reason": "share-counter", "raw": [20, 31], "removed": "12 shares"}],
//!  "map": [{"text": [0, 20], "raw": [0, 20]}]}
//! ```
//!
//! **A plain line** of `text`, or of `html` (whose source is then the text), is enough. `id` is a string
//! or a number; without one the engine makes one. Where a line has both `text` and `html`, the text is
//! `text`, and `html` is metadata.
//!
//! **Positions** (`start`, `end`, features that are `{"start": …, "end": …}`, and the `text` side of the
//! map) are half-open and in the unit that the line's `offsets` names: `chars` (Unicode code points,
//! also where the line names none), `bytes` of UTF-8, or `utf16` units. The `raw` side of map and edits is
//! always in bytes.
//!
//! **Metadata** is what `metadata` holds and every top-level key that is not named on this page. It is
//! written in `metadata`, so that a line written is read and written again as the same bytes. Keys
//! keep their order.
//!
//! **Values** of metadata and features are any JSON. A number stays the same number (integral ones are
//! written without a fraction, those that an `f64` would change with their own digits); null, objects
//! and lists more than sixteen deep come back as they were, without the white space between their parts.
//!
//! **Annotations** hold `start`, `end`, `label` and `score` (left out where there is none) and features
//! beside them. Layers keep their order, and empty ones stay. Layers marked transient are written only
//! when named.
//!
//! **Provenance** is `origin` and `map` together: the line then keeps that origin, and one of the two
//! alone is metadata. The map's segments cover the text without gaps: `{"text": [0, 20], "raw": [0,
//! 20]}` is verbatim, `"decoded": "windows-1252"` says how raw bytes became text, with `"skip": n` where
//! the segment begins at byte n of what they decode to, and `"inserted": "clean"` names the stage that
//! wrote it. An edit names `stage`, `reason` and `raw`, with `removed` and `inserted` text where there is
//! some and it is kept.
//!
//! # An answer
//!
//! What a stage wants changed in a document, and what becomes of it, as a program answers it; `{}` keeps
//! the document as it is. All keys may be left out:
//!
//! ```json
//! {"remove": [{"start": 20, "end": 31, "reason": "share-counter"}],
//!  "replace": [{"start": 5, "end": 12, "with": "praised", "reason": "synonym"}],
//!  "layers": {"shouts": [{"start": 0, "end": 4, "label": "GPE", "score": 0.98, "name": "Kyiv"}]},
//!  "metadata": {"shouts": 1},
//!  "drop": "too-short"}
//! ```
//!
//! Positions mean the document's text and are in the unit that the program asked for. Annotations and
//! values are those of a document. `drop` is the short name of a reason, of lower-case letters, digits and
//! hyphens. `{"error": "what is wrong"}` fails the document, whatever stands beside it. In the place of
//! edits, `rewrite` gives a whole new text; its `pieces` cover that in order, each `len` units long:
//! with `at` it is the old text from there on, with `from` (two positions) and `how` it is decoded from
//! that part of the old text, and with neither it is new:
//!
//! ```json
//! {"rewrite": {"text": "Kyiv & Berlin.", "reason": "html",
//!              "pieces": [{"len": 5, "at": 3}, {"len": 1, "from": [8, 13], "how": "html"},
//!                         {"len": 7, "at": 13}, {"len": 1}]}}
//! ```
//!
//! A program in Rust that docmill runs as a stage reads each line with [`read`] and answers it with
//! [`write_answer`]; docmill itself reads that with [`read_answer`].
//!
//! ```
//! use docmill_core::{Changes, DocumentBuf, Offsets, Verdict, json};
//!
//! let mut document = DocumentBuf::new();
//! json::read(br#"{"offsets": "bytes", "text": "We said NO"}"#, &mut document)?;
//! let mut changes = Changes::new();
//! changes.annotate("shouts", 8..10usize);
//! let (text, mut line) = (document.view().text(), Vec::new());
//! json::write_answer(&Ok(Verdict::Keep), &changes, text, Offsets::Bytes, &mut line);
//! assert_eq!(line, br#"{"layers":{"shouts":[{"start":8,"end":10}]}}"#);
//! # Ok::<(), docmill_core::DocumentError>(())
//! ```

mod number;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod write;

#[cfg(feature = "engine")]
pub(crate) use read::answer_id;
pub(crate) use read::is_span;
pub use read::{Field, read, read_answer};
pub use write::{Form, write, write_answer, write_metadata};

/// The version of the form that is written, and the only one that is read: the key `docmill`.
pub const VERSION: u32 = 1;
