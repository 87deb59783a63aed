//! Frames: how documents and change sets go through the pipes of a worker process.
//!
//! A frame is its length, its kind, and a body: a fixed head of counts, then arrays of records and strings one after
//! the other, as they lie in memory; both ends are the same program on the same machine. A worker trusts
//! docmill. docmill trusts no worker: of what comes back every count is held against the frame's length, strings are
//! checked to be UTF-8, and [`Changes::check_form`] sees to every place.

use std::time::Duration;

use bytemuck::{AnyBitPattern, NoUninit, Pod, Zeroable, bytes_of, cast_slice, pod_read_unaligned};

use crate::{
    Changes, DocumentBuf, DocumentError, Reason, Verdict,
    arrays::Arrays,
    changes::Rewrite,
    door::{abi::Str, form::Malformed},
};

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JSON: what to be, and the answer to that.
    Greeting = 1,
    /// A document, to the worker.
    Document = 2,
    /// What the stage says of it, to docmill.
    Answer = 3,
    /// What the encoder made of it, to docmill.
    Encoded = 4,
}

/// The length of a frame's own head: length of the body, kind.
const HEAD: usize = 16;

/// The longest frame that is read, in bytes.
const LONGEST: u64 = u32::MAX as u64;

/// A frame that has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) body: &'a [u8],
    /// How many bytes it takes with its head.
    pub(super) len: usize,
}

/// The frame at the front of some bytes: `None` where it is not whole yet, an error where there is none.
pub(super) fn front(bytes: &[u8]) -> Result<Option<Frame<'_>>, Malformed> {
    let Some(head) = bytes.get(..HEAD) else { return Ok(None) };
    let [len, kind]: [u64; 2] = pod_read_unaligned(head);
    let kind = match kind {
        1 => Kind::Greeting,
        2 => Kind::Document,
        3 => Kind::Answer,
        4 => Kind::Encoded,
        _ => return Err(Malformed::NoFrame),
    };
    if len > LONGEST {
        return Err(Malformed::TooLong);
    }
    let len = HEAD + len as usize;
    Ok(bytes.get(HEAD..len).map(|body| Frame { kind, body, len }))
}

/// Appends a frame whose body `write` appends.
fn frame(kind: Kind, bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; HEAD]);
    write(bytes);
    let len = (bytes.len() - start - HEAD) as u64;
    bytes[start..start + HEAD].copy_from_slice(bytes_of(&[len, kind as u64]));
}

/// Appends a frame of JSON.
pub(super) fn write_greeting(json: &impl serde::Serialize, bytes: &mut Vec<u8>) {
    frame(Kind::Greeting, bytes, |bytes| {
        // Writing to a Vec cannot fail, and no greeting has maps whose keys could.
        let _ = serde_json::to_writer(bytes, json);
    });
}

/// The counts of some arrays.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod, Zeroable)]
struct ArraysHead {
    values: u32,
    features: u32,
    annotations: u32,
    layers: u32,
    metadata: u32,
    arena: u32,
}

impl ArraysHead {
    fn of(arrays: &Arrays) -> Self {
        ArraysHead {
            values: arrays.values.len() as u32,
            features: arrays.features.len() as u32,
            annotations: arrays.annotations.len() as u32,
            layers: arrays.layers.len() as u32,
            metadata: arrays.metadata.len() as u32,
            arena: arrays.arena.len() as u32,
        }
    }
}

fn write_arrays(arrays: &Arrays, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(cast_slice(&arrays.values));
    bytes.extend_from_slice(cast_slice(&arrays.features));
    bytes.extend_from_slice(cast_slice(&arrays.annotations));
    bytes.extend_from_slice(cast_slice(&arrays.layers));
    bytes.extend_from_slice(cast_slice(&arrays.metadata));
    bytes.extend_from_slice(arrays.arena.as_bytes());
}

/// What is left to read of a body.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn bytes(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Malformed::NoFrame)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn head<T: AnyBitPattern>(&mut self) -> Result<T, Malformed> {
        self.bytes(size_of::<T>()).map(pod_read_unaligned)
    }

    /// Appends records to an array.
    fn records<T: NoUninit + AnyBitPattern>(
        &mut self,
        count: u32,
        records: &mut Vec<T>,
    ) -> Result<(), Malformed> {
        let bytes = self.bytes(count as usize * size_of::<T>())?;
        let start = records.len();
        records.resize(start + count as usize, T::zeroed());
        bytemuck::cast_slice_mut(&mut records[start..]).copy_from_slice(bytes);
        Ok(())
    }

    fn text(&mut self, len: u32, what: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(len as usize)?).map_err(|_| Malformed::NotUtf8(what))
    }

    /// Reads arrays; they come empty.
    fn arrays(&mut self, head: ArraysHead, arrays: &mut Arrays) -> Result<(), Malformed> {
        self.records(head.values, &mut arrays.values)?;
        self.records(head.features, &mut arrays.features)?;
        self.records(head.annotations, &mut arrays.annotations)?;
        self.records(head.layers, &mut arrays.layers)?;
        self.records(head.metadata, &mut arrays.metadata)?;
        arrays.arena.push_str(self.text(head.arena, "the arena")?);
        Ok(())
    }
}

/// The counts of a document.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct DocumentHead {
    arrays: ArraysHead,
    id: u32,
    text: u32,
    source: u32,
    uri: u32,
    locator: u32,
    digest: u32,
}

/// Appends a document: all that a stage sees of it but the map and the edits.
pub(super) fn write_document(document: &DocumentBuf, bytes: &mut Vec<u8>) {
    let DocumentBuf { id, text, arrays, origin, .. } = document;
    let strings = [id, text, &origin.source, &origin.uri, &origin.locator, &origin.digest];
    let [id, text, source, uri, locator, digest] = strings.map(|string| string.len() as u32);
    let head =
        DocumentHead { arrays: ArraysHead::of(arrays), id, text, source, uri, locator, digest };
    frame(Kind::Document, bytes, |bytes| {
        bytes.extend_from_slice(bytes_of(&head));
        write_arrays(arrays, bytes);
        strings.iter().for_each(|string| bytes.extend_from_slice(string.as_bytes()));
    });
}

/// Reads the body of a document.
pub(super) fn read_document(body: &[u8], document: &mut DocumentBuf) -> Result<(), Malformed> {
    document.clear();
    let mut body = Body(body);
    let head: DocumentHead = body.head()?;
    body.arrays(head.arrays, &mut document.arrays)?;
    document.id.push_str(body.text(head.id, "the id")?);
    document.text.push_str(body.text(head.text, "the text")?);
    let origin = &mut document.origin;
    origin.source.push_str(body.text(head.source, "the origin")?);
    origin.uri.push_str(body.text(head.uri, "the origin")?);
    origin.locator.push_str(body.text(head.locator, "the origin")?);
    origin.digest.push_str(body.text(head.digest, "the origin")?);
    Ok(())
}

const KEEP: u32 = 0;
const DROP: u32 = 1;
const FAIL: u32 = 2;

/// The counts of an answer.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod, Zeroable)]
struct AnswerHead {
    /// Processor time in nanoseconds.
    time: u64,
    arrays: ArraysHead,
    verdict: u32,
    /// The reason of a drop, or the error.
    message: u32,
    edits: u32,
    /// 1 where there is a new text.
    rewrites: u32,
    text: u32,
    pieces: u32,
    reason: Str,
}

/// Appends what a stage says of a document. An error is one message with all its causes.
pub(super) fn write_answer(
    outcome: &Result<Verdict, String>,
    changes: &Changes,
    time: Duration,
    bytes: &mut Vec<u8>,
) {
    let time = time.as_nanos() as u64;
    let (verdict, message) = match outcome {
        Ok(Verdict::Keep) => (KEEP, ""),
        Ok(Verdict::Drop(reason)) => (DROP, reason.name()),
        Err(error) => {
            let head = AnswerHead {
                time,
                verdict: FAIL,
                message: error.len() as u32,
                ..AnswerHead::default()
            };
            return frame(Kind::Answer, bytes, |bytes| {
                bytes.extend_from_slice(bytes_of(&head));
                bytes.extend_from_slice(error.as_bytes());
            });
        }
    };
    let rewrite = changes.rewrite.as_ref();
    let head = AnswerHead {
        time,
        arrays: ArraysHead::of(&changes.arrays),
        verdict,
        message: message.len() as u32,
        edits: changes.edits.len() as u32,
        rewrites: rewrite.is_some().into(),
        text: rewrite.map_or(0, |rewrite| rewrite.text.len() as u32),
        pieces: rewrite.map_or(0, |rewrite| rewrite.pieces.len() as u32),
        reason: rewrite.map_or(Str::default(), |rewrite| rewrite.reason),
    };
    frame(Kind::Answer, bytes, |bytes| {
        bytes.extend_from_slice(bytes_of(&head));
        bytes.extend_from_slice(message.as_bytes());
        write_arrays(&changes.arrays, bytes);
        bytes.extend_from_slice(cast_slice(&changes.edits));
        if let Some(rewrite) = rewrite {
            bytes.extend_from_slice(cast_slice(&rewrite.pieces));
            bytes.extend_from_slice(rewrite.text.as_bytes());
        }
    });
}

/// What a stage returned, and the processor time that it took.
type Answered = (Result<Verdict, DocumentError>, Duration);

/// Reads the body of an answer into `changes`, which come empty, and checks its form.
pub(super) fn read_answer(body: &[u8], changes: &mut Changes) -> Result<Answered, Malformed> {
    let mut body = Body(body);
    let head: AnswerHead = body.head()?;
    let time = Duration::from_nanos(head.time);
    let message = body.text(head.message, "a message")?;
    let verdict = match head.verdict {
        KEEP => Verdict::Keep,
        DROP => Verdict::Drop(Reason::new(message.to_owned())),
        FAIL => return Ok((Err(DocumentError::new(message)), time)),
        _ => return Err(Malformed::NoFrame),
    };
    body.arrays(head.arrays, &mut changes.arrays)?;
    body.records(head.edits, &mut changes.edits)?;
    if head.rewrites != 0 {
        let mut pieces = Vec::new();
        body.records(head.pieces, &mut pieces)?;
        let text = body.text(head.text, "the new text")?.to_owned();
        changes.rewrite = Some(Rewrite { text, pieces, reason: head.reason });
    }
    if !body.0.is_empty() {
        return Err(Malformed::NoFrame);
    }
    changes.check_form()?;
    Ok((Ok(verdict), time))
}

/// Appends what an encoder made of a document: the bytes of each output, or an error with all its causes.
pub(super) fn write_encoded(
    outcome: &Result<(), String>,
    outputs: &[Vec<u8>],
    bytes: &mut Vec<u8>,
) {
    frame(Kind::Encoded, bytes, |bytes| match outcome {
        Ok(()) => {
            bytes.extend_from_slice(bytes_of(&KEEP));
            for output in outputs {
                bytes.extend_from_slice(bytes_of(&(output.len() as u64)));
                bytes.extend_from_slice(output);
            }
        }
        Err(error) => {
            bytes.extend_from_slice(bytes_of(&FAIL));
            bytes.extend_from_slice(error.as_bytes());
        }
    });
}

/// Reads the body of what an encoder made, and appends it to the outputs.
pub(super) fn read_encoded(
    body: &[u8],
    outputs: &mut [Vec<u8>],
) -> Result<Result<(), DocumentError>, Malformed> {
    let mut body = Body(body);
    match body.head()? {
        KEEP => {}
        FAIL => return Ok(Err(DocumentError::new(String::from_utf8_lossy(body.0)))),
        _ => return Err(Malformed::NoFrame),
    }
    for output in outputs {
        let len = usize::try_from(body.head::<u64>()?).map_err(|_| Malformed::TooLong)?;
        output.extend_from_slice(body.bytes(len)?);
    }
    if body.0.is_empty() { Ok(Ok(())) } else { Err(Malformed::NoFrame) }
}

#[cfg(feature = "testing")]
mod foreign;
#[cfg(feature = "testing")]
pub(crate) use foreign::check_frame;
#[cfg(test)]
mod tests;
