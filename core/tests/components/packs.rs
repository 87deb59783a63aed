//! A sink whose blocks can be seen in what it writes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use docmill_core::{BuildError, Document, DocumentError, Sink, SinkContract};

use super::PlainSettings;

/// Writes the text of each document on a line, and packs blocks in brackets: round ones where a document failed.
pub(super) struct Packs;

impl Sink for Packs {
    const NAME: &'static str = "packs";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = PlainSettings;

    fn contract(settings: &PlainSettings) -> SinkContract {
        SinkContract::new().merged(&settings.path, "/path")
    }
    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }
    fn build(_: PlainSettings) -> Result<Self, BuildError> {
        Ok(Packs)
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        outputs[0].extend_from_slice(document.text().as_bytes());
        outputs[0].push(b' ');
        Ok(())
    }
    fn pack(&mut self, _: usize, encoded: &[u8], complete: bool, packed: &mut Vec<u8>) -> bool {
        let [before, after] = if complete { *b"[]" } else { *b"()" };
        packed.push(before);
        packed.extend_from_slice(encoded);
        packed.push(after);
        assert!(!encoded.ends_with(b"PACK-PANIC "), "on purpose");
        !encoded.ends_with(b"AS-IT-IS ")
    }
    fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let parts: io::Result<Vec<_>> = parts.iter().map(fs::read).collect();
        fs::write(path, parts?.concat())
    }
}
