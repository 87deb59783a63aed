//! The sources `files` (a document a file), `jsonl` (a document a line), `csv` (a document a row) and `warc` (a
//! document a page of a web archive).
//!
//! All take paths, folders and globs, group small inputs into shards, and name what they cannot
//! read: a path that is not there is an error of the pipeline, a file that cannot be read is one failed
//! input, a line, row or record that is broken is one failed document. Nothing that does not decode is replaced.
//!
//! ```
//! use docmill_core::{Block, DocumentBuf, Intake, Source};
//! use docmill_read::jsonl::Jsonl;
//!
//! let block = Block::default();
//! let source = Jsonl::build(serde_json::from_str(r#"{"paths": ["-"]}"#)?)?;
//! source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut |_, _| {}));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod csv;
mod decode;
pub mod files;
mod inputs;
pub mod jsonl;
pub mod metadata;
mod open;
mod place;
mod range;
pub mod warc;

use docmill_core::Plugin;
use docmill_paths as paths;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .source::<files::Files>()
        .source::<jsonl::Jsonl>()
        .source::<csv::Csv>()
        .source::<warc::Warc>()
}
