//! The sink `parquet`: documents with their annotations as nested columns, and annotations as tables.

mod blocks;
mod columns;
mod features;
mod groups;
mod pages;
mod parts;
mod records;
mod rows;
mod schema;
mod texts;
mod values;

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use docmill_core::{
    BuildError, Document, DocumentError, Offsets, PartFile, Positions, Provenance, Sink,
    SinkContract,
    vocab::{entities, quotes, stances},
};
use schemars::JsonSchema;
use serde::Deserialize;

use blocks::Packer;
pub(crate) use columns::{Cell, OTHERS, of_layer};
use columns::{Leaf, Table};
pub(crate) use features::json;
use parts::{Parts, io_error};
use rows::Rows;
pub(crate) use schema::FOOTER_KEY;
use schema::Schema;

/// Writes Parquet for DuckDB, pandas, R and Spark: a row a document, its annotations in columns that are lists
/// of structs; and, where asked for, tables with a row an annotation. The columns depend on these settings alone,
/// so that files of many runs can be read as one. What it writes, the source `parquet` reads. The columns are
/// `id`, `text`, `metadata` (an object in JSON), `source`, `uri`, `locator`, `digest`, those of `columns`, those
/// of `layers`, and `annotations`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ParquetSinkSettings {
    /// The file, below the run's folder. Default: `documents.parquet`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The metadata keys that have a column of their own, as text, beside `metadata`, which has them all.
    /// Default: `title`, `byline`, `outlet`, `date`.
    pub columns: Vec<String>,
    /// The layers that have a column of their own, a list of structs: `start`, `end`, `label`, `score`, a field for
    /// each feature that the layers `entities`, `quotes` and `stances` define, and `features`, an object in JSON, for
    /// all others. The list is null where the document has no such layer. Transient layers, such as `tokens`, can be
    /// named too. Default: `entities`, `quotes`, `stances`, those that are there.
    pub layers: Option<Vec<String>>,
    /// Whether the column `annotations` is there: the same list for all layers without a column of their own, but for
    /// transient ones, with the layer's name in `layer`. Default: true.
    pub annotations: bool,
    /// The layers of which a table is written too, a row an annotation, beside `path` and named after the layer
    /// (`stances.parquet`): `document` is the document's id, `text` the text of the annotation; stances have
    /// `trigger` and `sentence`, quotes `speaker_text` and `cue` as text. Default: none.
    pub tables: Vec<String>,
    /// The unit of all positions: `chars` (Unicode code points, as Python, R and DuckDB count), `bytes` (of UTF-8) or
    /// `utf16` (as JavaScript, Java and C# count). Default: `chars`.
    pub offsets: Offsets,
    /// How hard zstd compresses, from 1 (fast) to 22 (small). Default: 1.
    #[schemars(range(min = 1, max = 22))]
    pub level: i32,
    /// How much a row group holds before it is encoded, in MiB, about, from 1 to 1024: readers take row groups in
    /// parallel, and hold one in memory for each. Default: 32.
    #[schemars(range(min = 1, max = 1024))]
    pub row_group: usize,
}

impl Default for ParquetSinkSettings {
    fn default() -> Self {
        ParquetSinkSettings {
            path: "documents.parquet".to_owned(),
            columns: ["title", "byline", "outlet", "date"].map(str::to_owned).into(),
            layers: None,
            annotations: true,
            tables: Vec::new(),
            offsets: Offsets::default(),
            level: 1,
            row_group: 32,
        }
    }
}

/// The sink.
pub struct ParquetSink {
    outputs: Vec<Output>,
    packer: Packer,
    offsets: Offsets,
}

/// One file.
struct Output {
    rows: Kind,
    parts: Parts,
}

/// What its rows are.
enum Kind {
    Documents(Table),
    Annotations { layer: String, leaves: Vec<Leaf> },
}

impl Sink for ParquetSink {
    const NAME: &'static str = "parquet";
    const EXTENSIONS: &'static [&'static str] = &["parquet"];
    type Settings = ParquetSinkSettings;

    fn contract(settings: &ParquetSinkSettings) -> SinkContract {
        let contract = SinkContract::new().provenance(Provenance::Map);
        let contract = contract.merged(&settings.path, "/path");
        let named = settings.layers.iter().flatten().chain(&settings.tables);
        let contract = named.fold(contract, |contract, layer| contract.needs(layer));
        settings.tables.iter().enumerate().fold(contract, |contract, (number, layer)| {
            contract.merged(beside(&settings.path, layer), format!("/tables/{number}"))
        })
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: ParquetSinkSettings) -> Result<Self, BuildError> {
        let ParquetSinkSettings { columns, layers, annotations, tables, offsets, .. } = settings;
        let vocab = || [entities::LAYER, quotes::LAYER, stances::LAYER].map(str::to_owned).into();
        let at = if layers.is_some() { "/layers" } else { "/columns" };
        let documents = Table::documents(&columns, &layers.unwrap_or_else(vocab), annotations);
        if let Some(name) = documents.twice() {
            let message = format!("there would be two columns `{name}`; leave out one");
            return Err(BuildError::at(at, message));
        }
        for (number, layer) in tables.iter().enumerate() {
            let name = layer.as_str();
            if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
                let message = format!("`{name}` cannot be the name of a file; leave it out");
                return Err(BuildError::at(format!("/tables/{number}"), message));
            }
        }
        let documents = Kind::Documents(documents);
        let tables = tables.into_iter().map(|layer| {
            let leaves = Table::annotations(&layer);
            Kind::Annotations { layer, leaves }
        });
        let output = |rows: Kind| {
            let table = match &rows {
                Kind::Documents(table) => table.clone(),
                Kind::Annotations { leaves, .. } => Table::of(leaves),
            };
            let schema = Schema::new(&table, settings.level, offsets);
            let schema = schema.map_err(|error| BuildError::at("/level", error.to_string()))?;
            let parts = Parts::new(table, schema, settings.row_group << 20);
            Ok(Output { rows, parts })
        };
        let outputs = std::iter::once(documents).chain(tables).map(output);
        let outputs = outputs.collect::<Result<_, BuildError>>()?;
        let packer = Packer::new(settings.level);
        let packer = packer.map_err(|error| BuildError::at("/level", error.to_string()))?;
        Ok(ParquetSink { outputs, packer, offsets })
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let mut positions = Positions::new(document.text(), self.offsets);
        for (output, out) in self.outputs.iter().zip(outputs) {
            let mut rows = Rows { document, positions: &mut positions, out };
            match &output.rows {
                Kind::Documents(table) => rows.document(table)?,
                Kind::Annotations { layer, leaves } => rows.annotations(leaves, layer)?,
            }
        }
        Ok(())
    }

    fn pack(
        &mut self,
        output: usize,
        encoded: &[u8],
        complete: bool,
        packed: &mut Vec<u8>,
    ) -> bool {
        let output = self.outputs.get(output).map(|output| &output.rows);
        let packs = matches!(output, Some(Kind::Documents(_)));
        if packs {
            self.packer.pack(encoded, complete, packed);
        }
        packs
    }

    fn seal(&self, output: usize, encoded: &mut dyn Read, part: &mut PartFile) -> io::Result<()> {
        self.parts(output)?.seal(encoded, part).map_err(io_error)
    }

    fn merge(&self, output: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        self.parts(output)?.merge(parts, path).map_err(io_error)
    }
}

impl ParquetSink {
    fn parts(&self, output: usize) -> io::Result<&Parts> {
        let output = self.outputs.get(output).map(|output| &output.parts);
        output.ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }
}

/// The file of a layer's table.
fn beside(path: &str, layer: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{layer}.parquet"),
        None => format!("{layer}.parquet"),
    }
}

#[cfg(test)]
mod tests;
