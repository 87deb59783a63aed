//! The source `warc`: each page of a web archive is a document.
//!
//! The formats: WARC 1.0 and 1.1 (ISO 28500), HTTP/1.1 messages (RFC 9112) in its records, gzip members
//! (RFC 1952) or zstd frames around them.

mod again;
mod header;
mod members;
mod page;
mod records;
mod stream;

use std::{borrow::Cow, fmt::Write};

use docmill_core::{
    Block, BuildError, Cursor, Cut, DocumentBuf, DocumentError, Input, Intake, Origin, Shard,
    Source, SourceContract,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    decode::{self, Claims, Wanted},
    inputs::InputsCut,
    metadata::{ADDRESS, By, Join, Metadata},
    open::Tally,
    paths,
};
use header::Fields;
use page::Page;
use records::Preamble;

/// Reads web archives (WARC 1.0 and 1.1), each page of HTML or text in them one document.
///
/// Documents are the bodies of `response` records of HTTP and the blocks of `resource` and `conversion`
/// records, where their content type is `text/html`, `application/xhtml+xml` or `text/plain`; all other
/// records are passed over. A body is taken out of its chunks and decompressed (gzip, deflate, zstd);
/// HTML has its source as text, until a stage such as `extract-html` rewrites it. The id is
/// the WARC-Record-ID without `<urn:uuid:` and `>`; metadata are `url`, `date` (when it was fetched),
/// `status` (of HTTP), and `truncated` (why) where the crawler cut the page.
///
/// A record that is broken or breaks off fails alone, and reading goes on at the next one that can be
/// found. Files compressed with gzip or zstd, as a rule a member or frame a record, are known by
/// their first bytes; zstd with a dictionary is not supported.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Files, folders and globs, relative to the working directory: one or more. A folder gives all files below it
    /// whose name ends in `.warc`, also with `.gz` or `.zst` after it; a glob knows `*`, `?`, `[a-z]` and `**` for
    /// folders at any depth. Also the address of an object in a store (`s3://bucket/key`, `gs://…`, `az://…`), of all
    /// below a prefix (with `/` at its end), or a glob of these, where docmill is built with the feature `object-
    /// store`. No default.
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// How bodies are to be read: `auto`, or a WHATWG encoding label such as `utf-8`,
    /// `windows-1252`, `shift_jis`, `utf-16le`. `auto` takes a byte order mark at its word, then UTF-8
    /// where the bytes are valid, then what the header of HTTP says, then what a page of HTML declares,
    /// then guesses by the bytes. Whatever is not UTF-8 is named in the metadata key `encoding`; bytes that
    /// do not decode fail their document. A byte order mark overrides the label. Default: `auto`.
    #[serde(default = "auto")]
    pub encoding: String,
    /// A table that brings metadata, a row for each page: its path, or a table of the settings below. A row
    /// is for the pages that have its key as their id (also as the archive writes it, `<urn:uuid:…>`) or, where no
    /// row has that, as their `url`, to the letter. Pages without a row are kept. Default: none.
    #[serde(default)]
    pub metadata: Option<Metadata>,
}

fn auto() -> String {
    "auto".to_owned()
}

/// The source `warc`.
#[derive(Debug)]
pub struct Warc {
    paths: Vec<String>,
    encoding: Wanted,
    metadata: Option<Join>,
}

impl Source for Warc {
    const NAME: &'static str = "warc";
    const EXTENSIONS: &'static [&'static str] = &["warc", "warc.gz", "warc.zst"];
    type Settings = Settings;

    fn contract(_: &Settings) -> SourceContract {
        SourceContract::new()
    }

    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "paths": paths })
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if settings.paths.is_empty() {
            return Err(BuildError::at("/paths", "name at least one file, folder or glob"));
        }
        let encoding = Wanted::of_label(&settings.encoding)
            .map_err(|message| BuildError::at("/encoding", message))?;
        let metadata = Join::build(settings.metadata, By::Page)?;
        Ok(Warc { paths: settings.paths, encoding, metadata })
    }

    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        paths::shards(&self.paths, Self::EXTENSIONS, false)
    }

    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        let begin = |uri, input: &Input, tally: &Tally| {
            let version = input.version.as_deref();
            let records = records::Records::open(uri, version, tally.clone())?;
            Ok(Box::new(records) as Box<dyn crate::inputs::Records>)
        };
        Box::new(InputsCut::new(shard, max_document, Box::new(begin)))
    }

    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            if let Some((locator, error)) = &piece.failure {
                documents.fail(&piece.uri, locator, DocumentError::new(error));
                continue;
            }
            let before = piece.range.start.saturating_sub(Preamble::BYTES)..piece.range.start;
            let preamble = block.bytes.get(before).and_then(Preamble::read);
            let record = block.bytes.get(piece.range.clone()).unwrap_or_default();
            if let Some(Preamble { place, limit }) = preamble {
                documents.document(&piece.uri, place, record, |document| {
                    self.fill(record, limit, document)
                });
            }
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

impl Warc {
    fn fill(
        &self,
        record: &[u8],
        limit: usize,
        document: &mut DocumentBuf,
    ) -> Result<(), DocumentError> {
        let head = header::len(record).unwrap_or_default();
        let (head, block) = record.split_at_checked(head).unwrap_or_default();
        let fields = Fields::of(head);
        if let Some(id) = fields.get("WARC-Record-ID").and_then(|id| std::str::from_utf8(id).ok()) {
            document.set_id(short_id(id));
        }
        if fields.get("WARC-Segment-Number").is_some() {
            return Err(DocumentError::new(
                "it is one of the records that a page was split into, which is not supported; write \
                 the archive anew, without segments",
            ));
        }
        let Page { raw, html, charset, status } = Page::of(fields, block, limit)?;
        decode::fill(&raw, &self.encoding, Claims { charset, html }, document)?;
        if let Some(uri) = fields.get("WARC-Target-URI") {
            let uri = uri.strip_prefix(b"<").and_then(|uri| uri.strip_suffix(b">")).unwrap_or(uri);
            document.set(ADDRESS, (&*in_ascii(uri)).into());
        }
        for (name, key) in [("WARC-Date", "date"), ("WARC-Truncated", "truncated")] {
            if let Some(value) = fields.get(name).and_then(|value| std::str::from_utf8(value).ok())
            {
                document.set(key, value.into());
            }
        }
        if let Some(status) = status {
            document.set("status", status.into());
        }
        self.metadata.as_ref().map_or(Ok(()), |metadata| metadata.fill(document))
    }
}

/// `<urn:uuid:…>` without what all have.
pub(crate) fn short_id(id: &str) -> &str {
    let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    bare.strip_prefix("urn:uuid:").filter(|uuid| !uuid.is_empty()).unwrap_or(bare)
}

/// An address with the bytes that are not UTF-8 written as browsers do: `%E9`.
fn in_ascii(uri: &[u8]) -> Cow<'_, str> {
    if let Ok(uri) = std::str::from_utf8(uri) {
        return uri.into();
    }
    let mut written = String::with_capacity(uri.len() + 8);
    for chunk in uri.utf8_chunks() {
        written.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written.into()
}

#[cfg(test)]
mod tests;
