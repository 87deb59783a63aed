//! The sink and the source `parquet`: documents as tables that DuckDB, pandas, R and Spark read, and such
//! tables as documents.

mod sink;

use docmill_core::Plugin;

pub use sink::{ParquetSink, ParquetSinkSettings};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).sink::<ParquetSink>()
}
