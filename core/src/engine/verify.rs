//! Proves where an output comes from: reads the inputs again and holds every byte against them.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::Serialize;
use thiserror::Error;

use crate::{
    Cursor, Document, DocumentBuf, DocumentError, Origin, SegmentKind,
    engine::{
        Registry, chain,
        decode::{Decodings, decode},
        digest,
    },
    json,
    plugin::AnySource,
};

/// What was found out about an output.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verification {
    /// Documents looked at.
    pub documents: u64,
    /// Text that equals its raw bytes.
    pub verbatim: Share,
    /// Text that its raw bytes decode to.
    pub decoded: Share,
    /// Text that a stage wrote.
    pub inserted: Share,
    /// Documents of which something does not hold, or which cannot be looked at.
    pub faults: Vec<Fault>,
}

/// How much text is of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Segments of the maps.
    pub segments: u64,
    /// Bytes of text.
    pub bytes: u64,
}

/// A document of which something does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line of the output, from 1.
    pub line: u64,
    /// The document's id, where it could be read.
    pub id: String,
    /// What is wrong.
    pub message: String,
}

/// Why an output could not be looked at at all.
#[derive(Debug, Error)]
#[error("cannot read {}; give a run's folder or a documents file in JSON lines", path.display())]
pub struct OpenError {
    /// The file.
    pub path: PathBuf,
    source: io::Error,
}

/// Calls `look` with each line of a documents file, numbered from 1, as it was read.
///
/// # Errors
///
/// The file cannot be read. A line that is no document is passed to `look` as an error.
pub fn each_document(
    path: &Path,
    mut look: impl FnMut(u64, &DocumentBuf, Result<(), DocumentError>) -> bool,
) -> Result<(), OpenError> {
    let failed = |source| OpenError { path: path.to_owned(), source };
    let mut lines = BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?);
    let (mut line, mut document, mut number) = (Vec::new(), DocumentBuf::new(), 0);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        document.clear();
        let read = json::read(&line, &mut document);
        if !look(number, &document, read.map(drop)) {
            return Ok(());
        }
    }
}

/// Reads documents' raw bytes again, through the sources that read them first.
pub struct Rereader<'r> {
    registry: &'r Registry,
    sources: BTreeMap<String, (Box<dyn AnySource>, Cursor)>,
}

impl<'r> Rereader<'r> {
    /// A reader that knows the sources of this registry.
    pub fn new(registry: &'r Registry) -> Self {
        Rereader { registry, sources: BTreeMap::new() }
    }

    /// The text that raw bytes decode to, by encodings and by the decodings of the registry's plugins.
    ///
    /// # Errors
    ///
    /// What to say of a decoding that is not known, or of bytes that do not decode.
    pub fn decode<'a>(&self, how: &str, raw: &'a [u8]) -> Result<Cow<'a, str>, String> {
        decode(how, raw, self.registry)
    }

    /// Reads the raw bytes of a document into `raw`. Documents of one input come cheapest in input
    /// order.
    ///
    /// # Errors
    ///
    /// The source is not known, the input is gone, or the place is not in it.
    pub fn read(&mut self, origin: &Origin, raw: &mut Vec<u8>) -> Result<(), DocumentError> {
        raw.clear();
        if !self.sources.contains_key(&origin.source) {
            let found =
                self.registry.sources().iter().find(|offered| offered.entry.name == origin.source);
            let entry = &found
                .ok_or_else(|| {
                    DocumentError::new(format!(
                        "it was read by the source `{}`, which is not there",
                        origin.source
                    ))
                })?
                .entry;
            let settings = (entry.settings_for)(std::slice::from_ref(&origin.uri));
            let source = (entry.build)(&settings);
            let source = source
                .map_err(|error| DocumentError::because("its source cannot be built", error))?;
            self.sources.insert(origin.source.clone(), (source, None));
        }
        match self.sources.get_mut(&origin.source) {
            Some((source, cursor)) => source.reread(origin, cursor, raw),
            None => Err(DocumentError::new("its source cannot be built")),
        }
    }
}

/// Reads the inputs of a documents file again and checks every segment of every map.
///
/// # Errors
///
/// The documents file cannot be read. What does not hold is in the [`Verification`].
pub fn verify(path: &Path, registry: &Registry) -> Result<Verification, OpenError> {
    let mut found = Verification::default();
    let mut rereader = Rereader::new(registry);
    let mut raw = Vec::new();
    each_document(path, |line, document, read| {
        found.documents += 1;
        let view = document.view();
        let held = read.map_err(|error| chain(&error));
        let held = held.and_then(|()| found.document(view, &mut rereader, &mut raw));
        if let Err(message) = held {
            found.faults.push(Fault { line, id: view.id().to_owned(), message });
        }
        true
    })?;
    Ok(found)
}

impl Verification {
    fn document(
        &mut self,
        document: Document<'_>,
        rereader: &mut Rereader<'_>,
        raw: &mut Vec<u8>,
    ) -> Result<(), String> {
        let map =
            document.map().ok_or("it has no map; run with provenance = \"map\" or \"full\"")?;
        let origin = document.origin();
        rereader
            .read(origin, raw)
            .map_err(|error| format!("{} cannot be read again: {}", origin.uri, chain(&error)))?;
        let now = digest(raw);
        if now != origin.digest {
            return Err(format!("{} has changed since: its digest is {now}", origin.uri));
        }
        let (mut covered, mut decodings) = (0, Decodings::default());
        for segment in map {
            if segment.text.start as usize != covered {
                return Err(format!("the map leaves out byte {covered} of the text"));
            }
            covered = segment.text.end as usize;
            let text =
                segment.text.of(document.text()).ok_or("a segment of the map leaves the text")?;
            let bytes =
                raw.get(segment.raw.range()).ok_or("a segment of the map leaves the raw bytes")?;
            let at = segment.raw.start;
            let share = match segment.kind {
                SegmentKind::Verbatim if bytes == text.as_bytes() => &mut self.verbatim,
                SegmentKind::Verbatim => {
                    return Err(format!("the text differs from the raw bytes at {at}"));
                }
                SegmentKind::Decoded { how, skip } => {
                    let decoded = decodings.text(how, segment.raw, bytes, rereader.registry)?;
                    let skip = skip as usize;
                    if decoded.get(skip..skip + text.len()) != Some(text) {
                        return Err(format!("the raw bytes at {at} do not decode to the text"));
                    }
                    &mut self.decoded
                }
                SegmentKind::Inserted { .. } => &mut self.inserted,
            };
            share.segments += 1;
            share.bytes += text.len() as u64;
        }
        match covered == document.text().len() {
            true => Ok(()),
            false => Err(format!("the map leaves out byte {covered} of the text")),
        }
    }
}
