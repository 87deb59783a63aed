//! Where a document comes from, and where each byte of its text does.
//!
//! The bytes as read never change. Each byte of the current text belongs to one segment: verbatim
//! (equal raw bytes), decoded (raw bytes that decode to it, and how) or inserted (by which stage, at
//! which raw place).

use crate::Span;

/// Where the raw bytes of a document lie. Empty strings stand for what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The source that read them, by its name in pipeline files: it can read them again.
    pub source: String,
    /// The file, as the pipeline reaches it; `-` for standard input.
    pub uri: String,
    /// The place in the file, in the source's own form; empty for the whole file.
    pub locator: String,
    /// `sha256:` and 64 hexadecimal digits, of the raw bytes. The engine fills it in.
    pub digest: String,
}

impl Origin {
    pub(crate) fn clear(&mut self) {
        self.source.clear();
        self.uri.clear();
        self.locator.clear();
        self.digest.clear();
    }
}

/// How much of a document's history is kept and written.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Deserialize,
    serde::Serialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Provenance {
    /// Nothing but the text that came out.
    None,
    /// The origin, the map of the text, and the edits without the text they removed.
    #[default]
    Map,
    /// As `map`, and the removed text too.
    Full,
}

/// A run of text that has one kind of origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The bytes of the current text.
    pub text: Span,
    /// The raw bytes it comes from; empty, at the place of insertion, for inserted text.
    pub raw: Span,
    /// How the two are related.
    pub kind: SegmentKind<'a>,
}

/// How the text of a segment is related to its raw bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind<'a> {
    /// The same bytes.
    Verbatim,
    /// The raw bytes decode to text, and the segment is the part of it from byte `skip` on.
    Decoded {
        /// The decoding: a WHATWG encoding label such as `windows-1252`, or a name that the stage's
        /// documentation defines; several are joined by `+`, the first one first.
        how: &'a str,
        /// Bytes of the decoded text before the segment; 0 unless an edit cut it.
        skip: u32,
    },
    /// No raw bytes: a stage wrote it.
    Inserted {
        /// The stage.
        stage: &'a str,
    },
}

/// Text that a stage took out, and what it put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit<'a> {
    /// The stage, by its name in the pipeline.
    pub stage: &'a str,
    /// The rule or reason.
    pub reason: &'a str,
    /// The raw bytes that the removed text came from.
    pub raw: Span,
    /// The removed text, under full provenance.
    pub removed: Option<&'a str>,
    /// What stands there instead; empty for a plain removal.
    pub inserted: &'a str,
}

/// The map and the edits of one document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    /// Names of stages, reasons and decodings; each once, unless there are many.
    pub(crate) names: Vec<String>,
    pub(crate) map: Vec<RawSegment>,
    pub(crate) edits: Vec<RawEdit>,
    /// Removed and inserted text of the edits.
    pub(crate) arena: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawSegment {
    pub(crate) text: Span,
    pub(crate) raw: Span,
    pub(crate) kind: RawKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawKind {
    Verbatim,
    /// `cut` where the raw bytes decode to more than the segment, as far as that is known.
    Decoded {
        how: u32,
        skip: u32,
        cut: bool,
    },
    Inserted {
        stage: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawEdit {
    pub(crate) stage: u32,
    pub(crate) reason: u32,
    pub(crate) raw: Span,
    /// A range of the arena, where the removed text is kept.
    pub(crate) removed: Option<Span>,
    pub(crate) inserted: Span,
}

impl Trace {
    /// The map of a text that equals its raw bytes.
    pub(crate) fn verbatim(len: usize) -> Self {
        let mut trace = Trace::default();
        if len > 0 {
            let whole = Span::new(0, len);
            trace.map.push(RawSegment { text: whole, raw: whole, kind: RawKind::Verbatim });
        }
        trace
    }

    pub(crate) fn of_segments(segments: &[Segment<'_>]) -> Self {
        let mut trace = Trace::default();
        for segment in segments {
            trace.push_segment(*segment);
        }
        trace
    }

    pub(crate) fn push_segment(&mut self, segment: Segment<'_>) {
        let kind = match segment.kind {
            SegmentKind::Verbatim => RawKind::Verbatim,
            SegmentKind::Decoded { how, skip } => {
                RawKind::Decoded { how: self.name(how), skip, cut: skip > 0 }
            }
            SegmentKind::Inserted { stage } => RawKind::Inserted { stage: self.name(stage) },
        };
        self.map.push(RawSegment { text: segment.text, raw: segment.raw, kind });
    }

    pub(crate) fn push_edit(&mut self, edit: Edit<'_>) {
        let (stage, reason) = (self.name(edit.stage), self.name(edit.reason));
        let removed = edit.removed.map(|text| self.keep(text));
        let inserted = self.keep(edit.inserted);
        self.edits.push(RawEdit { stage, reason, raw: edit.raw, removed, inserted });
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.arena.len();
        self.arena.push_str(text);
        Span::new(start, self.arena.len())
    }

    /// The number of a name, which is added where it is not among the last ones: a document has few, but
    /// one made to do harm could have hundreds of thousands.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        let searched = self.names.len().saturating_sub(64);
        let found = self.names[searched..].iter().position(|known| known == name);
        let found = found.map(|at| searched + at);
        let at = found.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        at as u32
    }

    pub(crate) fn name_at(&self, at: u32) -> &str {
        self.names.get(at as usize).map(String::as_str).unwrap_or_default()
    }

    pub(crate) fn map(&self) -> impl ExactSizeIterator<Item = Segment<'_>> {
        self.map.iter().map(|raw| Segment {
            text: raw.text,
            raw: raw.raw,
            kind: match raw.kind {
                RawKind::Verbatim => SegmentKind::Verbatim,
                RawKind::Decoded { how, skip, .. } => {
                    SegmentKind::Decoded { how: self.name_at(how), skip }
                }
                RawKind::Inserted { stage } => SegmentKind::Inserted { stage: self.name_at(stage) },
            },
        })
    }

    pub(crate) fn edits(&self) -> impl ExactSizeIterator<Item = Edit<'_>> {
        self.edits.iter().map(|raw| Edit {
            stage: self.name_at(raw.stage),
            reason: self.name_at(raw.reason),
            raw: raw.raw,
            removed: raw.removed.and_then(|span| span.of(&self.arena)),
            inserted: raw.inserted.of(&self.arena).unwrap_or_default(),
        })
    }
}
