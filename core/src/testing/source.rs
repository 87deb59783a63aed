//! The contract test of sources.

use std::{fs, path::Path};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{CASES, check_document};
use crate::{Block, Cursor, Document, DocumentBuf, DocumentError, Intake, Source};

/// Tries a source on files of this ending that hold arbitrary bytes, and on those that `contents`
/// makes: write there what looks enough like the source's format to reach its rules, uncompressed.
///
/// # Panics
///
/// Where the source breaks the contract: it panics; a document is not in text order, has a span
/// outside its text, or a map that leaves out text or differs from the raw bytes where it is verbatim;
/// reading again gives something else; bytes of the input are neither in a block nor reported; a document
/// is larger than allowed; [`Source::reread`] gives other raw bytes.
pub fn check_source<S: Source>(ending: &str, contents: impl Strategy<Value = Vec<u8>> + 'static) {
    check_files::<S>(ending, contents, true);
}

/// The same for a source that takes only some of the records of an input, or whose places are not those
/// of the bytes in its blocks, as in an archive: whether all bytes come out is left to its own tests.
///
/// # Panics
///
/// As [`check_source`], but for bytes that are neither in a block nor reported.
pub fn check_selecting_source<S: Source>(
    ending: &str,
    contents: impl Strategy<Value = Vec<u8>> + 'static,
) {
    check_files::<S>(ending, contents, false);
}

fn check_files<S: Source>(
    ending: &str,
    contents: impl Strategy<Value = Vec<u8>> + 'static,
    all: bool,
) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = folder.path().join(format!("input.{ending}"));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let any_bytes = prop_oneof![1 => any::<Vec<u8>>().boxed(), 4 => contents.boxed()];
    let limits = prop::sample::select(vec![16 << 20, 16 << 20, 1000, 40, 0]);
    let outcome = TestRunner::new(config).run(&(any_bytes, limits), |(bytes, max_document)| {
        let path = path.to_str().expect("temporary files have names in UTF-8");
        let settings = S::settings_for(&[path.to_owned()]);
        let path = Path::new(path);
        let read = || check_file::<S>(path, &settings, &bytes, max_document, all, |_| {});
        prop_assert_eq!(&read(), &read(), "read twice");
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("`{}` breaks the contract: {error}", S::NAME);
    }
}

/// Tries a source on one file, the one that these settings name: `bytes` are written there first. Shows
/// each document to `look`, and returns all that came as text.
///
/// # Panics
///
/// As [`check_source`], and where the settings are not the source's or the file cannot be written.
pub fn check_input<S: Source>(
    path: &Path,
    settings: &serde_json::Value,
    bytes: &[u8],
    max_document: usize,
    look: impl FnMut(Document<'_>),
) -> Vec<String> {
    check_file::<S>(path, settings, bytes, max_document, true, look)
}

/// The same for a source as [`check_selecting_source`] tries.
///
/// # Panics
///
/// As [`check_selecting_source`], and where the settings are not the source's or the file cannot be
/// written.
pub fn check_selecting_input<S: Source>(
    path: &Path,
    settings: &serde_json::Value,
    bytes: &[u8],
    max_document: usize,
    look: impl FnMut(Document<'_>),
) -> Vec<String> {
    check_file::<S>(path, settings, bytes, max_document, false, look)
}

fn check_file<S: Source>(
    path: &Path,
    settings: &serde_json::Value,
    bytes: &[u8],
    max_document: usize,
    all: bool,
    mut look: impl FnMut(Document<'_>),
) -> Vec<String> {
    // A new file: one that is emptied and written again is taken to the disk at once.
    let _ = fs::remove_file(path);
    fs::write(path, bytes).expect("a temporary file can be written");
    let settings = serde_json::from_value(settings.clone()).expect("the settings fit the source");
    let source = S::build(settings).unwrap_or_else(|error| panic!("it cannot be built: {error}"));
    let shards = source.shards().unwrap_or_else(|error| panic!("it finds no shards: {error}"));
    let mut seen = Vec::new();
    let mut covered = 0;
    let mut block = Block::default();
    let mut cursor: Cursor = None;
    for shard in &shards {
        let mut cut = source.cut(shard, max_document);
        while cut.next(&mut block) {
            if all {
                covered = cover(&block, covered, max_document);
            }
            let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
                if let Some((error, _)) = failed {
                    return seen.push(format!("{:?} failed: {error}", document.origin));
                }
                check_document(document);
                let size = document.raw().len();
                assert!(document.carried || size <= max_document, "a document over the limit");
                if !document.carried {
                    let mut raw = Vec::new();
                    let again = source.reread(&document.origin, &mut cursor, &mut raw);
                    again.unwrap_or_else(|error| panic!("it cannot be read again: {error}"));
                    assert_eq!(raw, document.raw(), "the raw bytes read again");
                }
                look(document.view());
                seen.push(format!("{document:?}"));
            };
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
            block.clear();
        }
    }
    // Of compressed bytes, how many come out is not known here.
    let compressed = [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd"].iter().any(|m| bytes.starts_with(m));
    let whole = covered >= bytes.len() as u64 || !all;
    assert!(whole || compressed, "{covered} of {} bytes came out", bytes.len());
    seen
}

/// That the block's pieces follow on what came before, but for records that are reported; returns
/// where they end.
fn cover(block: &Block, covered: u64, max_document: usize) -> u64 {
    assert!(!block.pieces.is_empty(), "a block holds something");
    let mut covered = covered;
    let mut after_failure = false;
    for piece in &block.pieces {
        if piece.failure.is_some() {
            after_failure = true;
            continue;
        }
        assert!(
            piece.offset == covered || after_failure && piece.offset > covered,
            "bytes {covered}..{} are neither in a block nor reported",
            piece.offset
        );
        assert!(piece.range.end <= block.bytes.len(), "a piece lies in its block");
        let first_record = block.bytes[piece.range.clone()].split(|byte| *byte == b'\n').next();
        assert!(
            first_record.is_none_or(|first| first.len() <= max_document),
            "a record over the limit"
        );
        covered = piece.offset + piece.range.len() as u64;
        after_failure = false;
    }
    if after_failure { u64::MAX } else { covered }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;
    use crate::{
        BlockPiece, BuildError, Cut, Input, Origin, Segment, SegmentKind, Shard, SourceContract,
        Span,
    };

    /// What is wrong with the toy source below.
    const NOTHING: u8 = 0;
    const LOSES_WHAT_IS_TOO_LARGE: u8 = 1;
    const DIFFERS_EACH_TIME: u8 = 2;
    const MAPS_WRONGLY: u8 = 3;
    const REREADS_WRONGLY: u8 = 4;
    const ANNOTATES_PAST_THE_TEXT: u8 = 5;
    const IGNORES_THE_LIMIT: u8 = 6;

    /// A file of ASCII is a document.
    struct Toy<const FLAW: u8> {
        path: String,
    }

    /// The file to read.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Settings {
        path: String,
    }

    struct ToyCut {
        path: Option<String>,
        limit: usize,
        flaw: u8,
    }

    impl Cut for ToyCut {
        fn next(&mut self, block: &mut Block) -> bool {
            let Some(path) = self.path.take() else { return false };
            let uri: Arc<str> = path.into();
            let bytes = fs::read(&*uri).unwrap();
            if bytes.len() > self.limit && self.flaw != IGNORES_THE_LIMIT {
                block.fail(&uri, 0, "", "it is too large");
                block.pieces.truncate(usize::from(self.flaw != LOSES_WHAT_IS_TOO_LARGE));
                return !block.pieces.is_empty();
            }
            block.bytes.extend_from_slice(&bytes);
            let range = 0..bytes.len();
            block.pieces.push(BlockPiece { uri, offset: 0, range, failure: None });
            true
        }
    }

    impl<const FLAW: u8> Source for Toy<FLAW> {
        const NAME: &'static str = "toy";
        const EXTENSIONS: &'static [&'static str] = &[];
        type Settings = Settings;

        fn contract(_: &Settings) -> SourceContract {
            SourceContract::new()
        }

        fn settings_for(paths: &[String]) -> serde_json::Value {
            serde_json::json!({ "path": paths[0] })
        }

        fn build(settings: Settings) -> Result<Self, BuildError> {
            Ok(Toy { path: settings.path })
        }

        fn shards(&self) -> Result<Vec<Shard>, BuildError> {
            Ok(vec![Shard {
                inputs: vec![Input { uri: self.path.clone(), bytes: None, ..Input::default() }],
            }])
        }

        fn cut(&self, _: &Shard, limit: usize) -> Box<dyn Cut> {
            Box::new(ToyCut { path: Some(self.path.clone()), limit, flaw: FLAW })
        }

        fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
            static CALLS: AtomicU32 = AtomicU32::new(0);
            for piece in &block.pieces {
                if let Some((locator, error)) = &piece.failure {
                    documents.fail(&piece.uri, locator, DocumentError::new(error));
                    continue;
                }
                let raw = &block.bytes[piece.range.clone()];
                documents.document(&piece.uri, "", raw, |document| {
                    let text =
                        std::str::from_utf8(raw).map_err(|_| DocumentError::new("no UTF-8"))?;
                    let whole = Span::new(
                        0,
                        text.len() - usize::from(FLAW == MAPS_WRONGLY && !raw.is_empty()),
                    );
                    let segment = Segment { text: whole, raw: whole, kind: SegmentKind::Verbatim };
                    document.set_decoded(
                        raw,
                        text,
                        if raw.is_empty() { &[] } else { std::slice::from_ref(&segment) },
                    );
                    if FLAW == DIFFERS_EACH_TIME {
                        document.set("call", CALLS.fetch_add(1, Ordering::Relaxed).into());
                    }
                    if FLAW == ANNOTATES_PAST_THE_TEXT {
                        document.annotate("all", 0..raw.len() + 1);
                    }
                    Ok(())
                });
            }
        }

        fn reread(
            &self,
            origin: &Origin,
            _: &mut Cursor,
            raw: &mut Vec<u8>,
        ) -> Result<(), DocumentError> {
            *raw = fs::read(&origin.uri).unwrap();
            if FLAW == REREADS_WRONGLY {
                raw.push(0);
            }
            Ok(())
        }
    }

    fn check_toy<const FLAW: u8>() -> Result<(), String> {
        let outcome = std::panic::catch_unwind(|| {
            check_source::<Toy<FLAW>>("txt", "[a-z]{0,60}".prop_map(String::into_bytes))
        });
        outcome.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn each_broken_promise_is_found() {
        assert_eq!(check_toy::<NOTHING>(), Ok(()));
        for (outcome, part) in [
            (check_toy::<LOSES_WHAT_IS_TOO_LARGE>(), "bytes came out"),
            (check_toy::<DIFFERS_EACH_TIME>(), "read twice"),
            (check_toy::<MAPS_WRONGLY>(), "the map covers the text"),
            (check_toy::<REREADS_WRONGLY>(), "the raw bytes read again"),
            (check_toy::<ANNOTATES_PAST_THE_TEXT>(), "lies in"),
            (check_toy::<IGNORES_THE_LIMIT>(), "a record over the limit"),
        ] {
            let message = outcome.expect_err(part);
            assert!(message.contains(part), "{message}");
        }
    }
}
