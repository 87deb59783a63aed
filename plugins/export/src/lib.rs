//! The sinks `jsonl`, `csv`, `conll`, `label-studio`, `brat` and `graph`.
//!
//! `jsonl` writes everything, one document a line; what it writes, the source `jsonl` reads. `csv` writes
//! tables for people: documents, entities, stances. `conll` writes a token a line, for tools that train taggers.
//! `label-studio` and `brat` write what people look over and mend in these tools, `graph` a network.

mod brat;
mod cell;
mod conll;
mod csv;
mod graph;
mod jsonl;
mod label_studio;
mod mentions;
mod needs;
#[cfg(test)]
mod trial;

use docmill_core::Plugin;

pub use crate::{
    brat::{Brat, BratSettings},
    conll::{Conll, ConllSettings},
    csv::{Csv, CsvSettings},
    graph::{Edges, Format, Graph, GraphSettings, Nodes, Within},
    jsonl::{Jsonl, JsonlSettings},
    label_studio::{LabelStudio, LabelStudioSettings},
};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .sink::<Jsonl>()
        .sink::<Csv>()
        .sink::<Conll>()
        .sink::<LabelStudio>()
        .sink::<Brat>()
        .sink::<Graph>()
}
