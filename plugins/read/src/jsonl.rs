//! The source `jsonl`: each line is a document in its JSON form.

mod again;
mod lines;

use std::io::Read;

use docmill_core::{
    Block, BuildError, Cursor, Cut, DocumentError, Intake, Origin, Shard, Source, SourceContract,
    json,
};
use memchr::memchr;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    inputs::InputsCut,
    metadata::{By, Join, Metadata},
    open, paths, range,
};

/// Reads JSON lines, each of them one document.
///
/// A line of `{"id": …, "text": …}` or `{"id": …, "html": …}` is enough; what the sink `jsonl` writes
/// comes back whole. Other keys become metadata. Blank lines are passed over, a broken line fails
/// alone. Files compressed with gzip or zstd are known by their first bytes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Files, folders and globs, relative to the working directory, or `-` for standard input: one or more. A folder
    /// gives all files below it whose name ends in `.jsonl` or `.ndjson`, also with `.gz` or `.zst` after it; a glob
    /// knows `*`, `?`, `[a-z]` and `**` for folders at any depth. Also the address of an object in a store
    /// (`s3://bucket/key`, `gs://…`, `az://…`), of all below a prefix (with `/` at its end), or a glob of these, where
    /// docmill is built with the feature `object-store`. No default.
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// The layers that the lines bring, such as `entities`: a stage that needs another one, which no
    /// earlier stage writes either, is then refused before anything is read. Default: not said, so that
    /// any layer may be there, and a document that lacks a needed one fails.
    #[serde(default)]
    pub layers: Option<Vec<String>>,
    /// A table that brings metadata, a row for each document: its path, or a table of the settings below. A
    /// row is for the document whose id it has as its key. Documents without a row are kept. Default: none.
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

/// The source `jsonl`.
#[derive(Debug)]
pub struct Jsonl {
    paths: Vec<String>,
    metadata: Option<Join>,
}

impl Source for Jsonl {
    const NAME: &'static str = "jsonl";
    const EXTENSIONS: &'static [&'static str] =
        &["jsonl", "ndjson", "jsonl.gz", "ndjson.gz", "jsonl.zst", "ndjson.zst"];
    type Settings = Settings;

    fn contract(settings: &Settings) -> SourceContract {
        let contract = SourceContract::new();
        match &settings.layers {
            Some(layers) => layers.iter().fold(contract, |contract, layer| contract.brings(layer)),
            None => contract.may_bring_any(),
        }
    }

    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "paths": paths })
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if settings.paths.is_empty() {
            return Err(BuildError::at("/paths", "name at least one file, folder or glob, or `-`"));
        }
        let metadata = Join::build(settings.metadata, By::Id)?;
        Ok(Jsonl { paths: settings.paths, metadata })
    }

    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        let shards = paths::shards(&self.paths, Self::EXTENSIONS, true)?;
        let inputs = shards.into_iter().flat_map(|shard| shard.inputs).flat_map(range::divide);
        Ok(vec![Shard { inputs: inputs.collect() }])
    }

    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        Box::new(InputsCut::new(
            shard,
            max_document,
            Box::new(|uri, input, tally| {
                let (at, bytes): (u64, Box<dyn Read + Send>) = match &input.range {
                    Some(wanted) => {
                        let (at, bytes) = range::open(&uri, wanted, tally)?;
                        (at, Box::new(bytes))
                    }
                    None => (0, open::open_counted(input, tally)?.bytes),
                };
                Ok(Box::new(lines::Lines::new(uri, bytes, at)))
            }),
        ))
    }

    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            if let Some((locator, error)) = &piece.failure {
                documents.fail(&piece.uri, locator, DocumentError::new(error));
                continue;
            }
            let bytes = block.bytes.get(piece.range.clone()).unwrap_or_default();
            each_line(bytes, piece.offset, |line, offset| {
                documents.document(&piece.uri, Locator { offset }, line, |document| {
                    let field = json::read(line, document)?;
                    document.set_locator(format_args!("{};field={field}", Locator { offset }));
                    self.metadata.as_ref().map_or(Ok(()), |metadata| metadata.fill(document))
                });
            });
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

/// Where a line begins: its first byte, after decompression.
struct Locator {
    offset: u64,
}

impl std::fmt::Display for Locator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "byte={}", self.offset)
    }
}

/// The byte order mark that may stand before the first line.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Calls `each` at every line that is not blank, without its end, with the place where it begins.
fn each_line<'a>(bytes: &'a [u8], offset: u64, mut each: impl FnMut(&'a [u8], u64)) {
    let (mut rest, mut offset) = (bytes, offset);
    if let (0, Some(after)) = (offset, bytes.strip_prefix(MARK)) {
        (rest, offset) = (after, MARK.len() as u64);
    }
    while !rest.is_empty() {
        let len = memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, after) = rest.split_at(len);
        let trimmed = line.strip_suffix(b"\r").unwrap_or(line);
        if !trimmed.trim_ascii().is_empty() {
            each(trimmed, offset);
        }
        rest = after.get(1..).unwrap_or_default();
        offset += len as u64 + 1;
    }
}

#[cfg(test)]
mod tests;
