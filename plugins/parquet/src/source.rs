//! The source `parquet`: each row of a table is a document.

mod again;
mod cells;
mod columns;
mod contents;
mod layers;
mod pages;
mod place;
mod ranges;
mod rows;
mod schema;
mod thrift;

use docmill_core::{
    Block, BuildError, Cursor, Cut, DocumentError, Intake, Origin, Shard, Source, SourceContract,
    json,
};
use docmill_paths as paths;
use schemars::JsonSchema;
use serde::Deserialize;

use columns::Wanted;

/// Reads Parquet files, each row one document.
///
/// What the sink `parquet` writes comes back with its metadata and layers; of other files, the columns of single
/// values become metadata, and those of lists and structs are passed over. A document's place is its row, counted
/// from 0, and its raw bytes are the value of its column. Pages may be compressed with zstd or snappy. A broken file
/// is named with the row from which on it cannot be read. Large files are divided at their row groups, so
/// that a run which was broken off goes on inside one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ParquetSourceSettings {
    /// Files, folders and globs, relative to the working directory: one or more. A folder gives all
    /// files below it whose name ends in `.parquet`; a glob knows `*`, `?`, `[a-z]` and `**` for folders at any
    /// depth. No default.
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// The column that holds the text. Default: `text`, in files that have one and where `html` is not set.
    #[serde(default)]
    pub text: Option<String>,
    /// The column that holds the source of a page, in the place of `text`. Default: `html`, in files without a
    /// column `text`.
    #[serde(default)]
    pub html: Option<String>,
    /// The column that holds the document's id; where it is empty, one is made. Default: the column `id`, in files that
    /// have one.
    #[serde(default)]
    pub id: Option<String>,
    /// The columns that become metadata, each under its name; numbers and truth values stay such, dates and times
    /// become text, and a missing value gives none. Default: all of single values, but for those of the text and the id.
    #[serde(default)]
    pub metadata: Option<Vec<String>>,
    /// The layers that the documents bring, such as `entities`: a stage that needs another one, which no
    /// earlier stage writes either, is then refused before anything is read. Default: not said, so that
    /// any layer may be there, and a document that lacks a needed one fails.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
}

/// The source.
#[derive(Debug)]
pub struct ParquetSource {
    paths: Vec<String>,
    wanted: Wanted,
}

impl Source for ParquetSource {
    const NAME: &'static str = "parquet";
    const EXTENSIONS: &'static [&'static str] = &["parquet"];
    type Settings = ParquetSourceSettings;

    fn contract(settings: &ParquetSourceSettings) -> SourceContract {
        let contract = SourceContract::new();
        match &settings.layers {
            Some(layers) => layers.iter().fold(contract, |contract, layer| contract.brings(layer)),
            None => contract.may_bring_any(),
        }
    }

    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "paths": paths })
    }

    fn build(settings: ParquetSourceSettings) -> Result<Self, BuildError> {
        let ParquetSourceSettings { paths, text, html, id, metadata, .. } = settings;
        if paths.is_empty() {
            return Err(BuildError::at("/paths", "name at least one file, folder or glob"));
        }
        if text.is_some() && html.is_some() {
            let message = "a document has one text; leave out `html`, or `text`";
            return Err(BuildError::at("/html", message));
        }
        Ok(ParquetSource { paths, wanted: Wanted { text, html, id, metadata } })
    }

    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        if let Some(at) = self.paths.iter().position(|path| paths::is_in_store(path)) {
            let message =
                "Parquet is read from local files alone, for its end is read first; fetch it first";
            return Err(BuildError::at(format!("/paths/{at}"), message));
        }
        let shards = paths::shards(&self.paths, Self::EXTENSIONS, false)?;
        let inputs = shards.into_iter().flat_map(|shard| shard.inputs).flat_map(ranges::divide);
        Ok(vec![Shard { inputs: inputs.collect() }])
    }

    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        Box::new(rows::RowsCut::new(shard, self.wanted.clone(), max_document))
    }

    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        let mut end = 0;
        for piece in &block.pieces {
            if let Some((locator, error)) = &piece.failure {
                documents.fail(&piece.uri, locator, DocumentError::new(error));
                continue;
            }
            let place =
                place::Place::of(block.bytes.get(end..piece.range.start).unwrap_or_default());
            let line = block.bytes.get(piece.range.clone()).unwrap_or_default();
            end = piece.range.end;
            documents
                .document(&piece.uri, place, line, |document| json::read(line, document).map(drop));
        }
    }

    fn reread(
        &self,
        origin: &Origin,
        cursor: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        again::reread(origin, cursor, raw)
    }
}

#[cfg(test)]
mod tests;
