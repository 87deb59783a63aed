//! The source: yields documents.
//!
//! Work is split so that it can run in parallel: [`Source::shards`] lists the inputs, a [`Cut`]
//! reads a shard in record-aligned blocks, in order, on whatever thread needs the next one, and
//! [`Source::parse`] turns a block into documents on a worker.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{BuildError, DocumentBuf, DocumentError, Origin};

/// How many bytes a block holds, about: 256 KiB. A block ends with the record that reaches it.
///
/// What comes out of a block, several times its size when much is found in it, waits in memory for its
/// turn to be written: blocks of 1 MiB took twice the memory and were no faster.
pub const BLOCK_BYTES: usize = 256 << 10;

/// Yields documents.
pub trait Source: Sized + Send + Sync + 'static {
    /// What it is called in a pipeline file: a noun in kebab-case.
    const NAME: &'static str;

    /// File name endings, without the leading dot, that `--input` gives to this source.
    /// A source that lists `jsonl` also reads standard input, `-`.
    const EXTENSIONS: &'static [&'static str];

    /// Its table in the pipeline file.
    type Settings: DeserializeOwned + JsonSchema;

    /// Which layers its documents bring.
    fn contract(settings: &Self::Settings) -> SourceContract;

    /// The settings that make it read these paths and globs: `--input`. A relative path stands for
    /// the working directory's.
    fn settings_for(paths: &[String]) -> serde_json::Value;

    /// Checks its settings and makes it. Reads nothing yet.
    fn build(settings: Self::Settings) -> Result<Self, BuildError>;

    /// Lists the inputs, in the order in which they will be read, which is the same on every
    /// machine. The engine groups them anew, into shards of about the size that `[run]` asks for. A path that is not there, or a pattern that finds nothing, is an error that points
    /// at its setting.
    fn shards(&self) -> Result<Vec<Shard>, BuildError>;

    /// Begins to read a shard. Documents whose raw bytes are more than `max_document` are passed
    /// over without being held in memory, and reported in the block.
    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut>;

    /// Turns a block into documents. Must not depend on earlier blocks.
    fn parse(&self, block: &Block, documents: &mut Intake<'_>);

    /// Reads the raw bytes of one document again, for `verify` and `explain`. `cursor` is kept
    /// between calls, which come in input order, so that a compressed file is read once.
    fn reread(
        &self,
        origin: &Origin,
        cursor: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError>;
}

/// What a source keeps between two calls of [`Source::reread`].
pub type Cursor = Option<Box<dyn std::any::Any>>;

/// Which layers a source's documents bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceContract {
    pub(crate) layers: Vec<String>,
    pub(crate) any_layer: bool,
}

impl SourceContract {
    /// Documents of text alone.
    pub fn new() -> Self {
        SourceContract::default()
    }

    /// Its documents bring this layer.
    pub fn brings(mut self, layer: &str) -> Self {
        self.layers.push(layer.to_owned());
        self
    }

    /// Its documents may bring layers that are not known before they are read.
    pub fn may_bring_any(mut self) -> Self {
        self.any_layer = true;
        self
    }
}

/// The unit of commit: some inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shard {
    /// In the order in which they are read.
    pub inputs: Vec<Input>,
}

/// One input file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Its path as the pipeline reaches it, with `/` between folders; `-` for standard input.
    pub uri: String,
    /// How many bytes it has as stored, where known: of the range, where there is one.
    pub bytes: Option<u64>,
    /// The records that begin in these bytes of it, as stored; all, where there is none. Sources that can begin
    /// in the middle of a file divide large ones among shards.
    pub range: Option<std::ops::Range<u64>>,
    /// What its store calls these bytes, another name than any other bytes under the same `uri` have: an object's
    /// e-tag. It is part of the run's key, so that a run whose input was replaced is not resumed. None of local files,
    /// whose time of change tells.
    pub version: Option<String>,
}

/// Reads a shard in blocks.
pub trait Cut: Send {
    /// Fills `block`, which comes empty, with the next records. `false` at the end of the shard.
    ///
    /// An input that cannot be read, or breaks off, is reported by [`Block::fail`] where it stands,
    /// and reading goes on with the next input.
    fn next(&mut self, block: &mut Block) -> bool;
}

/// Some records as read, not yet parsed.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The bytes of its pieces, in their order. What stands between them is the source's own: what its parse
    /// needs to know of earlier records, or what was passed over.
    pub bytes: Vec<u8>,
    /// What the bytes are, in input order.
    pub pieces: Vec<BlockPiece>,
    /// How many bytes of the inputs, as stored, were read since the block before: what tells how far a run is.
    /// Where a source does not say, the bytes of the pieces count, which are more where inputs are compressed.
    pub stored: Option<u64>,
}

/// A part of a block.
#[derive(Clone, Debug)]
pub struct BlockPiece {
    /// The input it comes from.
    pub uri: std::sync::Arc<str>,
    /// Its place in the input, after decompression, in bytes.
    pub offset: u64,
    /// Its run of the block's bytes.
    pub range: std::ops::Range<usize>,
    /// Why there is nothing to parse here, where that is so: the place in the source's own form,
    /// and what went wrong and what to do.
    pub failure: Option<(String, String)>,
}

impl Block {
    /// Empties it, for the next one.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pieces.clear();
        self.stored = None;
    }

    /// Reports an input, or a record in it, that cannot be read: one failed document.
    /// `locator` is empty for the input as a whole.
    pub fn fail(
        &mut self,
        uri: &std::sync::Arc<str>,
        offset: u64,
        locator: impl Into<String>,
        error: impl Into<String>,
    ) {
        let at = self.bytes.len();
        let failure = Some((locator.into(), error.into()));
        self.pieces.push(BlockPiece { uri: uri.clone(), offset, range: at..at, failure });
    }
}

/// Takes the documents of a block, one at a time.
pub struct Intake<'a> {
    pub(crate) buf: &'a mut DocumentBuf,
    #[allow(clippy::type_complexity)]
    pub(crate) take: &'a mut dyn FnMut(&mut DocumentBuf, Option<(DocumentError, &[u8])>),
    /// The input that documents come from at the moment, and how many have come.
    input: String,
    number: u64,
}

impl<'a> Intake<'a> {
    /// An intake that fills `buf` anew for each document and passes it to `take`, with the error
    /// and the raw bytes where it failed. Sources are given one; tests of a source make one.
    #[allow(clippy::type_complexity)]
    pub fn new(
        buf: &'a mut DocumentBuf,
        take: &'a mut dyn FnMut(&mut DocumentBuf, Option<(DocumentError, &[u8])>),
    ) -> Self {
        Intake { buf, take, input: String::new(), number: 0 }
    }

    /// Takes in a document: `fill` makes it from its raw bytes. An error fails this document alone.
    pub fn document(
        &mut self,
        uri: &str,
        locator: impl std::fmt::Display,
        raw: &[u8],
        fill: impl FnOnce(&mut DocumentBuf) -> Result<(), DocumentError>,
    ) {
        if self.input != uri {
            self.input.clear();
            self.input.push_str(uri);
            self.number = 0;
        }
        self.begin(uri, &locator);
        match fill(self.buf) {
            Ok(()) => {
                self.buf.seal();
                (self.take)(self.buf, None);
            }
            Err(error) => {
                // What was read of it is in no state to be shown, its own origin least of all.
                let id = std::mem::take(&mut self.buf.id);
                self.begin(uri, &locator);
                self.buf.id = id;
                (self.take)(self.buf, Some((error, raw)));
            }
        }
        self.number += 1;
    }

    fn begin(&mut self, uri: &str, locator: &impl std::fmt::Display) {
        self.buf.clear();
        self.buf.origin.uri.push_str(uri);
        self.buf.set_locator(locator);
        self.buf.place.input.push_str(uri);
        self.buf.place.number = Some(self.number);
    }

    /// Counts an input or record that could not be read as one failed document.
    pub fn fail(&mut self, uri: &str, locator: &str, error: DocumentError) {
        self.document(uri, locator, &[], |_| Err(error));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_line_that_fails_after_its_origin_is_named_by_its_own_place() {
        let mut places = Vec::new();
        let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
            let Origin { uri, locator, .. } = document.view().origin().clone();
            places.push((failed.is_some(), document.id.clone(), uri, locator));
        };
        let mut buf = DocumentBuf::new();
        let mut intake = Intake::new(&mut buf, &mut take);
        for layers in ["[]", "[{}]"] {
            let line = format!(
                r#"{{"id":"a","text":"","origin":{{"uri":"page.html"}},"map":[],"layers":{{"x":{layers}}}}}"#
            );
            intake.document("lines.jsonl", "byte=7", line.as_bytes(), |document| {
                json::read(line.as_bytes(), document).map(drop)
            });
        }
        let place = |failed, uri: &str, locator: &str| {
            (failed, "a".to_owned(), uri.to_owned(), locator.to_owned())
        };
        assert_eq!(places, [place(false, "page.html", ""), place(true, "lines.jsonl", "byte=7")]);
    }
}
