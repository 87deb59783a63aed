//! docmill's contract: what a plugin needs to know, and all of it.
//!
//! A [`Document`] goes through stages. A [`Stage`] looks at it and returns a change set
//! ([`Changes`]): text to remove or replace, annotations, metadata. The engine applies the set whole
//! or not at all, moves every annotation with the text, and remembers where each byte came from.
//! A [`Source`] yields documents, a [`Sink`] turns finished ones into bytes.
//!
//! ```
//! use docmill_core::*;
//!
//! /// Marks words in capitals.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
//! struct Settings {
//!     /// The shortest word to mark, in chars, from 1. Default: 2.
//!     #[schemars(range(min = 1))]
//!     min_length: usize,
//! }
//!
//! impl Default for Settings {
//!     fn default() -> Self {
//!         Settings { min_length: 2 }
//!     }
//! }
//!
//! struct Shout {
//!     min_length: usize,
//! }
//!
//! impl Stage for Shout {
//!     const NAME: &'static str = "shout";
//!     type Settings = Settings;
//!
//!     fn contract(_: &Settings) -> Contract {
//!         Contract::new().writes("shouts")
//!     }
//!
//!     fn build(settings: Settings) -> Result<Self, BuildError> {
//!         Ok(Shout { min_length: settings.min_length })
//!     }
//!
//!     fn process(&mut self, document: &Document<'_>, changes: &mut Changes) -> Result<Verdict, DocumentError> {
//!         let mut start = 0;
//!         for word in document.text().split_inclusive(char::is_whitespace) {
//!             let shout = word.trim_end();
//!             if shout.chars().count() >= self.min_length && shout.chars().all(char::is_uppercase) {
//!                 changes.annotate("shouts", start..start + shout.len());
//!             }
//!             start += word.len();
//!         }
//!         Ok(Verdict::Keep)
//!     }
//! }
//! ```
//!
//! The contract knows nothing of the engine, which stands behind the feature `engine`; plugins
//! build without it. Every component passes the same test, `testing::check_stage` and its
//! siblings (feature `testing`).

// The contract is checked without the engine too, which alone reads some of what it holds.
#![cfg_attr(not(feature = "engine"), allow(dead_code, reason = "read by the engine"))]

mod arrays;
mod chain;
mod changes;
mod check;
mod contain;
mod contract;
mod document;
mod document_buf;
pub mod door;
#[cfg(feature = "engine")]
pub mod engine;
pub mod json;
mod offsets;
mod plugin;
mod provenance;
mod sink;
mod source;
mod span;
mod stage;
#[cfg(feature = "testing")]
pub mod testing;
mod value;
pub mod vocab;

pub use chain::chain;
pub use changes::{Changes, Piece, PieceKind};
pub use check::Violation;
pub use contract::{BuildError, Contract, DocumentError, Reason, Verdict};
pub use document::{Annotation, Document, Layer};
pub use document_buf::{Annotating, DocumentBuf};
pub use offsets::{Offsets, Positions};
pub use plugin::Plugin;
pub use provenance::{Edit, Origin, Provenance, Segment, SegmentKind};
pub use sink::{PartFile, Sink, SinkContract};
pub use source::{
    BLOCK_BYTES, Block, BlockPiece, Cursor, Cut, Input, Intake, Shard, Source, SourceContract,
};
pub use span::Span;
pub use stage::{Memory, Stage};
pub use value::{List, Value};
