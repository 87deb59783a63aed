//! The sink and the source `parquet`: documents as tables that DuckDB, pandas, R and Spark read, and such
//! tables as documents.
//!
//! No column depends on what documents hold, so that files of many runs can be read as one. What the sink
//! writes, the source reads: id, text, metadata and layers, but not where they came from.

mod sink;
mod source;

use docmill_core::Plugin;

pub use sink::{ParquetSink, ParquetSinkSettings};
pub use source::{ParquetSource, ParquetSourceSettings};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .source::<ParquetSource>()
        .sink::<ParquetSink>()
}
