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

mod number;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Field, read};
pub use write::{Form, write};

/// The version of the form that is written, and the only one that is read: the key `docmill`.
pub const VERSION: u32 = 1;
