//! Writes a document as one line.

mod answer;

pub use answer::write_answer;

use super::{VERSION, read, scan};
use crate::{
    Annotation, Document, Edit, Layer, Offsets, Origin, Positions, Provenance, Segment,
    SegmentKind, Span, Value, arrays::Arrays,
};

/// What of a document is written, and in which unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The unit of all positions in the text.
    pub offsets: Offsets,
    /// How much of its history is written, of what the document keeps.
    pub provenance: Provenance,
    /// Names of transient layers that are written too.
    pub layers: Vec<String>,
}

/// Appends the document's JSON form to `out`, on one line without its end.
pub fn write(document: &Document<'_>, form: &Form, out: &mut Vec<u8>) {
    let mut writer = Writer { positions: Positions::new(document.text(), form.offsets), out };
    writer.raw("{\"docmill\":");
    writer.integer(VERSION);
    writer.raw(",\"offsets\":\"");
    writer.raw(form.offsets.name());
    writer.raw("\",\"id\":");
    writer.string(document.id());
    writer.raw(",\"text\":");
    writer.string(document.text());
    writer.metadata(document);
    writer.layers(document, form);
    if form.provenance > Provenance::None {
        writer.provenance(document, form.provenance);
    }
    writer.raw("}");
}

/// Appends the document's metadata as one JSON object, `{}` where it has none.
pub fn write_metadata(document: &Document<'_>, out: &mut Vec<u8>) {
    let positions = Positions::new(document.text(), Offsets::default());
    Writer { positions, out }.object(document);
}

struct Writer<'a, 'o> {
    positions: Positions<'a>,
    out: &'o mut Vec<u8>,
}

impl Writer<'_, '_> {
    fn metadata(&mut self, document: &Document<'_>) {
        if document.all_metadata().len() > 0 {
            self.raw(",\"metadata\":");
            self.object(document);
        }
    }

    /// The metadata.
    fn object(&mut self, document: &Document<'_>) {
        self.raw("{");
        self.separated(document.all_metadata(), |writer, (key, value)| {
            writer.key(key);
            writer.value(value);
        });
        self.raw("}");
    }

    fn layers(&mut self, document: &Document<'_>, form: &Form) {
        let written = |layer: &Layer<'_>| {
            !layer.is_transient() || form.layers.iter().any(|l| l == layer.name())
        };
        let mut layers = document.layers().filter(written).peekable();
        if layers.peek().is_none() {
            return;
        }
        self.raw(",\"layers\":{");
        self.separated(layers, |writer, layer| {
            writer.key(layer.name());
            writer.raw("[");
            writer.separated(layer.iter(), |writer, annotation| writer.annotation(annotation));
            writer.raw("]");
        });
        self.raw("}");
    }

    fn annotation(&mut self, annotation: Annotation<'_>) {
        self.span(annotation.span());
        if !annotation.label().is_empty() {
            self.raw(",\"label\":");
            self.string(annotation.label());
        }
        if let Some(score) = annotation.score() {
            self.raw(",\"score\":");
            self.number(score.into(), |out| json(out, &score));
        }
        for (key, value) in annotation.features() {
            self.raw(",");
            self.key(key);
            self.value(value);
        }
        self.raw("}");
    }

    /// An object of start and end, still open.
    fn span(&mut self, span: Span) {
        let (start, end) = self.positions.outside(span);
        self.raw("{\"start\":");
        self.integer(start);
        self.raw(",\"end\":");
        self.integer(end);
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Text(text) => self.string(text),
            Value::Number(number) => self.number(number, |out| json(out, &number)),
            Value::Bool(bool) => self.raw(if bool { "true" } else { "false" }),
            Value::Span(span) => {
                self.span(span);
                self.raw("}");
            }
            Value::List(list) => {
                self.raw("[");
                self.separated(list.iter(), |writer, member| writer.value(member));
                self.raw("]");
            }
            Value::Json(text) => match scan::compact(text) {
                Some(valid) => self.json(&valid),
                None => self.string(text),
            },
        }
    }

    /// What another kind can say is written as of that kind, so that it is the same when it is read and written again.
    fn json(&mut self, valid: &str) {
        let mut arrays = Arrays::default();
        let read = match valid.as_bytes() {
            [b'n' | b'{', ..] => None,
            _ => read::value(&mut scan::Scanner::new(valid), &mut arrays, false).ok(),
        };
        match read.map(|read| arrays.value(read)) {
            None | Some(Value::Json(_)) => self.raw(valid),
            Some(value) => self.value(value),
        }
    }

    /// Integral numbers that an `f64` holds exactly are written without a fraction; `other` writes
    /// the rest, in the fewest digits that give the same number.
    fn number(&mut self, number: f64, other: impl Fn(&mut Vec<u8>)) {
        const EXACT: f64 = (1u64 << 53) as f64;
        let negative_zero = number == 0.0 && number.is_sign_negative();
        if number.trunc() == number && number.abs() < EXACT && !negative_zero {
            json(self.out, &(number as i64));
        } else {
            other(self.out);
        }
    }

    fn provenance(&mut self, document: &Document<'_>, provenance: Provenance) {
        let (Some(map), Some(edits)) = (document.map(), document.edits()) else {
            return;
        };
        self.origin(document.origin());
        if edits.len() > 0 {
            self.raw(",\"edits\":[");
            self.separated(edits, |writer, edit| writer.edit(&edit, provenance));
            self.raw("]");
        }
        self.raw(",\"map\":[");
        self.separated(map, |writer, segment| writer.segment(&segment));
        self.raw("]");
    }

    fn origin(&mut self, origin: &Origin) {
        let Origin { source, uri, locator, digest } = origin;
        let parts = [("source", source), ("uri", uri), ("locator", locator), ("digest", digest)];
        self.raw(",\"origin\":{");
        self.separated(parts.iter().filter(|(_, part)| !part.is_empty()), |writer, (key, part)| {
            writer.key(key);
            writer.string(part);
        });
        self.raw("}");
    }

    fn edit(&mut self, edit: &Edit<'_>, provenance: Provenance) {
        self.raw("{\"stage\":");
        self.string(edit.stage);
        self.raw(",\"reason\":");
        self.string(edit.reason);
        self.raw(",\"raw\":");
        self.pair(edit.raw.start, edit.raw.end);
        if let Some(removed) = edit.removed.filter(|_| provenance == Provenance::Full) {
            self.raw(",\"removed\":");
            self.string(removed);
        }
        if !edit.inserted.is_empty() {
            self.raw(",\"inserted\":");
            self.string(edit.inserted);
        }
        self.raw("}");
    }

    fn segment(&mut self, segment: &Segment<'_>) {
        let (start, end) = self.positions.outside(segment.text);
        self.raw("{\"text\":");
        self.pair(start, end);
        self.raw(",\"raw\":");
        self.pair(segment.raw.start, segment.raw.end);
        match segment.kind {
            SegmentKind::Verbatim => {}
            SegmentKind::Decoded { how, skip } => {
                self.raw(",\"decoded\":");
                self.string(how);
                if skip > 0 {
                    self.raw(",\"skip\":");
                    self.integer(skip);
                }
            }
            SegmentKind::Inserted { stage } => {
                self.raw(",\"inserted\":");
                self.string(stage);
            }
        }
        self.raw("}");
    }

    fn pair(&mut self, start: u32, end: u32) {
        self.raw("[");
        self.integer(start);
        self.raw(",");
        self.integer(end);
        self.raw("]");
    }

    fn separated<T>(&mut self, parts: impl Iterator<Item = T>, each: impl Fn(&mut Self, T)) {
        for (number, part) in parts.enumerate() {
            if number > 0 {
                self.raw(",");
            }
            each(self, part);
        }
    }

    fn key(&mut self, key: &str) {
        self.string(key);
        self.raw(":");
    }

    fn integer(&mut self, integer: u32) {
        json(self.out, &integer);
    }

    fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// A string, escaped as serde_json does.
    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        loop {
            let plain = plain_len(rest);
            let (run, stop) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
            self.out.extend_from_slice(run);
            let Some((byte, after)) = stop.split_first() else {
                break;
            };
            self.escape(*byte);
            rest = after;
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0a => b'n',
            0x0c => b'f',
            0x0d => b'r',
            _ => {
                let low = HEX[usize::from(byte & 0xf)];
                return self.out.extend_from_slice(&[
                    b'\\',
                    b'u',
                    b'0',
                    b'0',
                    b'0' + (byte >> 4),
                    low,
                ]);
            }
        };
        self.out.extend_from_slice(&[b'\\', short]);
    }
}

/// How many bytes stand before the first that is escaped. Whole chunks first, so that the search is
/// vectorised.
fn plain_len(bytes: &[u8]) -> usize {
    const CHUNK: usize = 32;
    let escaped = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    let has_none = |chunk: &&[u8]| !chunk.iter().fold(false, |found, byte| found | escaped(byte));
    let plain = CHUNK * bytes.chunks_exact(CHUNK).take_while(has_none).count();
    let rest = bytes.get(plain..).unwrap_or_default();
    plain + rest.iter().position(escaped).unwrap_or(rest.len())
}

/// A number as serde_json writes it. Writing to a vector cannot fail.
fn json(out: &mut Vec<u8>, number: &impl serde::Serialize) {
    let _ = serde_json::to_writer(out, number);
}
