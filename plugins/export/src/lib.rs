//! The sinks `jsonl` and `csv`.
//!
//! `jsonl` writes everything, one document a line; what it writes, the source `jsonl` reads. `csv` writes
//! tables for people: documents, entities, stances.

mod cell;
mod csv;
mod jsonl;

use docmill_core::Plugin;

pub use crate::{
    csv::{Csv, CsvSettings},
    jsonl::{Jsonl, JsonlSettings},
};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).sink::<Jsonl>().sink::<Csv>()
}
