//! The source `files`: each file is a document.

use std::{
    io::{self, Read},
    sync::Arc,
    vec,
};

use docmill_core::{
    BLOCK_BYTES, Block, BlockPiece, BuildError, Cursor, Cut, DocumentBuf, DocumentError, Input,
    Intake, Origin, Shard, Source, SourceContract,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::{
    decode::{self, Claims, Wanted},
    metadata::{By, Join, Metadata},
    open::{self, Tally},
    paths,
};

/// Reads text and HTML files, each of them one document.
///
/// The document's id is the path as given, with `/` between folders. HTML (`.html`, `.htm`) has its
/// source as text, until a stage such as `extract-html` rewrites it. Empty files and NUL bytes are valid.
/// Files compressed with gzip or zstd are known by their first bytes: their raw bytes, which
/// `max-document` bounds, are those after decompression.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Files, folders and globs, relative to the working directory: one or more. A folder gives all files below it
    /// whose name ends in `.txt`, `.html` or `.htm`, also with `.gz` or `.zst` after it; a glob knows `*`, `?`, `[a-z]`
    /// and `**` for folders at any depth. Also the address of an object in a store (`s3://bucket/key`, `gs://…`,
    /// `az://…`), of all below a prefix (with `/` at its end), or a glob of these, where docmill is built with the
    /// feature `object-store`. No default.
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// How the bytes are to be read: `auto`, or a WHATWG encoding label such as `utf-8`,
    /// `windows-1252`, `shift_jis`, `utf-16le`. `auto` takes a byte order mark at its word, then UTF-8
    /// where the bytes are valid, then what a page of HTML declares, then guesses by the bytes. Whatever is not
    /// UTF-8 is named in the metadata key `encoding`; bytes that do not decode fail their document. A
    /// byte order mark overrides the label. Default: `auto`.
    #[serde(default = "auto")]
    pub encoding: String,
    /// A table that brings metadata, a row for each file: its path, or a table of the settings below. A row
    /// is for the file whose name it has as its key: the path, or what is left of it without its first folder,
    /// or more of them; each also without its ending (of `page.html.gz`, `.gz` or both). Of several keys
    /// that fit a file, the longest folder is taken, then the longest name. Files without a row are
    /// kept. Default: none.
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

fn auto() -> String {
    "auto".to_owned()
}

/// The source `files`.
#[derive(Debug)]
pub struct Files {
    paths: Vec<String>,
    encoding: Wanted,
    metadata: Option<Join>,
}

const HTML: [&str; 6] = ["html", "htm", "html.gz", "htm.gz", "html.zst", "htm.zst"];

impl Source for Files {
    const NAME: &'static str = "files";
    const EXTENSIONS: &'static [&'static str] =
        &["txt", "html", "htm", "txt.gz", "html.gz", "htm.gz", "txt.zst", "html.zst", "htm.zst"];
    type Settings = Settings;

    fn contract(_: &Settings) -> SourceContract {
        SourceContract::new()
    }

    fn settings_for(paths: &[String]) -> serde_json::Value {
        json!({ "paths": paths })
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if settings.paths.is_empty() {
            return Err(BuildError::at("/paths", "name at least one file, folder or glob"));
        }
        let encoding = Wanted::of_label(&settings.encoding)
            .map_err(|message| BuildError::at("/encoding", message))?;
        let metadata = Join::build(settings.metadata, By::File)?;
        Ok(Files { paths: settings.paths, encoding, metadata })
    }

    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        let shards = paths::shards(&self.paths, Self::EXTENSIONS, false)?;
        if let Some(metadata) = &self.metadata {
            metadata.check(&shards)?;
        }
        Ok(shards)
    }

    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        let (inputs, tally) = (shard.inputs.clone().into_iter(), Tally::default());
        Box::new(FilesCut { inputs, max_document, tally })
    }

    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            let uri = &*piece.uri;
            if let Some((locator, error)) = &piece.failure {
                documents.fail(uri, locator, DocumentError::new(error));
                continue;
            }
            let raw = block.bytes.get(piece.range.clone()).unwrap_or_default();
            documents.document(uri, "", raw, |document| self.fill(uri, raw, document));
        }
    }

    fn reread(
        &self,
        origin: &Origin,
        _: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        raw.clear();
        let read = open::open_any(&origin.uri, None, &Tally::default())
            .and_then(|mut file| file.bytes.read_to_end(raw));
        read.map(drop).map_err(|error| DocumentError::because("its file cannot be opened", error))
    }
}

impl Files {
    fn fill(&self, uri: &str, raw: &[u8], document: &mut DocumentBuf) -> Result<(), DocumentError> {
        document.set_id(uri);
        let claims = Claims { charset: None, html: paths::has_ending(uri, &HTML) };
        decode::fill(raw, &self.encoding, claims, document)?;
        self.metadata.as_ref().map_or(Ok(()), |metadata| metadata.fill(document))
    }
}

/// Reads files until they make a block.
struct FilesCut {
    inputs: vec::IntoIter<Input>,
    max_document: usize,
    tally: Tally,
}

impl Cut for FilesCut {
    fn next(&mut self, block: &mut Block) -> bool {
        while block.bytes.len() < BLOCK_BYTES {
            let Some(input) = self.inputs.next() else { break };
            let uri: Arc<str> = input.uri.as_str().into();
            let start = block.bytes.len();
            if let Err(error) = self.read(&input, &mut block.bytes) {
                block.bytes.truncate(start);
                block.fail(&uri, 0, "", error);
                continue;
            }
            let range = start..block.bytes.len();
            block.pieces.push(BlockPiece { uri, offset: 0, range, failure: None });
        }
        block.stored = Some(self.tally.take());
        !block.pieces.is_empty()
    }
}

impl FilesCut {
    /// Appends a file, decompressed, unless it is too large. The size of one that is not compressed
    /// tells that before it is read.
    fn read(&self, input: &Input, bytes: &mut Vec<u8>) -> Result<(), String> {
        let failed = |error: io::Error| {
            format!("the file cannot be read: {error}; repair it or leave it out")
        };
        let limit = self.max_document as u64;
        let too_large = |size: String| {
            format!(
                "the file has {size}, more than max-document allows ({limit}); raise it in [run]"
            )
        };
        let file = open::open_any(&input.uri, input.version.as_deref(), &self.tally);
        let file = file.map_err(failed)?;
        if let Some(len) = file.len.filter(|len| *len > limit) {
            return Err(too_large(format!("{len} bytes")));
        }
        let start = bytes.len();
        file.bytes.take(limit.saturating_add(1)).read_to_end(bytes).map_err(failed)?;
        match bytes.len() - start > self.max_document {
            true if file.compressed => {
                Err(too_large(format!("more than {limit} bytes when it is decompressed")))
            }
            true => Err(too_large(format!("more than {limit} bytes"))),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
