//! The contract test of sinks.

use std::{cell::RefCell, fs};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestCaseError, TestRunner},
};

use super::{CASES, documents};
use crate::{BuildError, DocumentBuf, Sink};

/// Tries a sink with these settings on arbitrary documents, after its header. Of its merged outputs, parts are sealed
/// and merged, however many there are and however little is in them.
///
/// # Panics
///
/// Where the sink breaks the contract: it panics, takes back what other documents wrote, writes
/// other bytes on a second run, from a second instance, or after other documents, or cannot merge its parts, or
/// merges them otherwise a second time or after a retry, or packs what a retry is to add to.
pub fn check_sink<S: Sink>(settings: serde_json::Value) {
    let settings = || {
        serde_json::from_value::<S::Settings>(settings.clone()).expect("the settings fit the sink")
    };
    let outputs = S::contract(&settings()).outputs.len();
    let build = || S::build(settings());
    let failed = |error: BuildError| panic!("`{}` cannot be built: {error}", S::NAME);
    let used = RefCell::new(build().unwrap_or_else(failed));
    check_headers(&*used.borrow(), &build().unwrap_or_else(failed), outputs);

    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&documents(), |document| {
        let first = encode(&mut *used.borrow_mut(), &document, outputs);
        let again = encode(&mut *used.borrow_mut(), &document, outputs);
        prop_assert_eq!(&first, &again, "`{}` gives other bytes on a second run", S::NAME);
        let mut fresh = build().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let other = encode(&mut fresh, &document, outputs);
        prop_assert_eq!(&first, &other, "`{}` depends on the documents before", S::NAME);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("`{}` breaks the contract: {error}", S::NAME);
    }
    let merged = S::contract(&settings()).outputs.into_iter().enumerate();
    for (output, _) in merged.filter(|(_, output)| output.merged) {
        let mut other = build().unwrap_or_else(failed);
        check_merge(&mut *used.borrow_mut(), &mut other, output, outputs);
    }
}

/// Merges one part without documents, then parts of some documents and of none; then the same parts as a retry
/// leaves them.
fn check_merge<S: Sink>(sink: &mut S, other: &mut S, output: usize, outputs: usize) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut runner = TestRunner::deterministic();
    let mut part = |sink: &mut S, count: usize| -> Vec<Vec<u8>> {
        let encoded = (0..count).filter_map(|_| {
            let document = documents().new_tree(&mut runner).ok()?.current();
            let mut written = vec![Vec::new(); outputs];
            sink.encode(&document.view(), &mut written).ok()?;
            Some(written.swap_remove(output))
        });
        encoded.collect()
    };
    for counts in [&[0][..], &[3], &[0, 2, 0, 5, 1]] {
        let encoded: Vec<_> = counts.iter().map(|count| part(sink, *count)).collect();
        let merged = |sink: &mut S, name: &str, block: Block<S>| {
            let mut parts = Vec::new();
            for (number, encoded) in encoded.iter().enumerate() {
                let blocks = encoded.chunks(BLOCK).map(|documents| block(sink, output, documents));
                let encoded: Vec<u8> = blocks.flatten().collect();
                let path = folder.path().join(format!("{name}-{number}"));
                let mut file = fs::File::create(&path).expect("a temporary file can be made");
                let sealed = sink.seal(output, &mut &encoded[..], &mut file);
                sealed.unwrap_or_else(|error| panic!("`{}` cannot seal: {error}", S::NAME));
                parts.push(path);
            }
            let path = folder.path().join(name);
            let merged = sink.merge(output, &parts, &path);
            merged.unwrap_or_else(|error| panic!("`{}` cannot merge: {error}", S::NAME));
            let bytes = fs::read(&path).expect("the sink made the file it was asked for");
            fs::remove_file(&path).expect("it is a file");
            bytes
        };
        let once = merged(sink, "once", complete);
        assert!(
            once == merged(other, "again", complete),
            "`{}` merges otherwise a second time",
            S::NAME
        );
        assert!(
            once == merged(other, "retried", retried),
            "`{}` merges otherwise after a retry",
            S::NAME
        );
    }
}

/// Makes a block of what was encoded of its documents.
type Block<S> = fn(&mut S, usize, &[Vec<u8>]) -> Vec<u8>;

/// How many documents a block has.
const BLOCK: usize = 2;

fn complete<S: Sink>(sink: &mut S, output: usize, documents: &[Vec<u8>]) -> Vec<u8> {
    pack(sink, output, documents.concat(), true)
}

/// The first document failed at first.
fn retried<S: Sink>(sink: &mut S, output: usize, documents: &[Vec<u8>]) -> Vec<u8> {
    let (first, others) = documents.split_first().expect("a block has documents");
    [first.clone(), pack(sink, output, others.concat(), false)].concat()
}

fn pack<S: Sink>(sink: &mut S, output: usize, encoded: Vec<u8>, complete: bool) -> Vec<u8> {
    let mut packed = Vec::new();
    if !sink.pack(output, &encoded, complete, &mut packed) {
        return encoded;
    }
    assert!(
        complete || packed.starts_with(&encoded),
        "`{}` packs a block of which documents failed",
        S::NAME
    );
    packed
}

fn check_headers<S: Sink>(one: &S, other: &S, outputs: usize) {
    for output in 0..outputs {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        one.header(output, &mut first);
        other.header(output, &mut second);
        assert_eq!(first, second, "`{}` gives other headers from a second instance", S::NAME);
    }
}

/// What is appended for a document to each output, or the error.
fn encode<S: Sink>(
    sink: &mut S,
    document: &DocumentBuf,
    outputs: usize,
) -> Result<Vec<Vec<u8>>, String> {
    const BEFORE: &[u8] = b"before";
    let mut written = vec![BEFORE.to_vec(); outputs];
    let encoded = sink.encode(&document.view(), &mut written);
    for bytes in &written {
        assert!(bytes.starts_with(BEFORE), "`{}` takes back what others wrote", S::NAME);
    }
    encoded.map(|()| written).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        path::{Path, PathBuf},
    };

    use super::*;
    use crate::{Document, DocumentError, SinkContract};

    /// Writes the text, and what `FLAW` says is wrong.
    struct Toy<const FLAW: u8> {
        count: u32,
    }

    const NOTHING: u8 = 0;
    const COUNTS: u8 = 1;
    const CLEARS: u8 = 2;
    const PACKS_ALL: u8 = 3;
    const PACKS_OTHERWISE: u8 = 4;

    /// None.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Settings {}

    impl<const FLAW: u8> Sink for Toy<FLAW> {
        const NAME: &'static str = "toy";
        const EXTENSIONS: &'static [&'static str] = &[];
        type Settings = Settings;

        fn contract(_: &Settings) -> SinkContract {
            SinkContract::new().merged("toy.txt", "/path")
        }

        fn settings_for(_: &str) -> serde_json::Value {
            serde_json::json!({})
        }

        fn build(_: Settings) -> Result<Self, BuildError> {
            Ok(Toy { count: 0 })
        }

        fn encode(
            &mut self,
            document: &Document<'_>,
            outputs: &mut [Vec<u8>],
        ) -> Result<(), DocumentError> {
            self.count += 1;
            if FLAW == CLEARS {
                outputs[0].clear();
            }
            outputs[0].extend_from_slice(document.text().as_bytes());
            if FLAW == COUNTS {
                outputs[0].extend_from_slice(self.count.to_string().as_bytes());
            }
            Ok(())
        }

        fn pack(&mut self, _: usize, encoded: &[u8], complete: bool, packed: &mut Vec<u8>) -> bool {
            let marks = if complete { 1 } else { 2 };
            match FLAW {
                PACKS_ALL => packed.push(b'x'),
                PACKS_OTHERWISE => packed.extend(encoded.iter().chain(&b"xx"[..marks])),
                _ => {}
            }
            FLAW >= PACKS_ALL
        }

        fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
            let parts: io::Result<Vec<_>> = parts.iter().map(fs::read).collect();
            fs::write(path, parts?.concat())
        }
    }

    fn check_toy<const FLAW: u8>() -> Result<(), String> {
        let outcome = std::panic::catch_unwind(|| check_sink::<Toy<FLAW>>(serde_json::json!({})));
        outcome.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn each_broken_promise_is_found() {
        assert_eq!(check_toy::<NOTHING>(), Ok(()));
        assert!(check_toy::<COUNTS>().unwrap_err().contains("other bytes on a second run"));
        assert!(check_toy::<CLEARS>().unwrap_err().contains("takes back what others wrote"));
        let error = check_toy::<PACKS_ALL>().unwrap_err();
        assert!(error.contains("packs a block of which documents failed"), "{error}");
        let error = check_toy::<PACKS_OTHERWISE>().unwrap_err();
        assert!(error.contains("merges otherwise after a retry"), "{error}");
    }
}
