//! Reads one line into a document, in one pass; the text goes straight into the document's buffer.
//!
//! Positions are kept in the line's own unit until the whole line is read, because keys come in any
//! order, and are then turned into bytes where they lie.

mod provenance;

use std::fmt;

use super::{VERSION, number, scan, scan::Scanner};
use crate::{
    DocumentBuf, DocumentError, Offsets, Positions, Span,
    arrays::{Arrays, Kind, RawAnnotation, RawFeature, RawLayer, RawValue, Str},
};

/// Lists in lists up to this depth are lists; deeper ones are kept as JSON.
const LIST_DEPTH: usize = 16;

/// Which key of the line held the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `text`.
    Text,
    /// `html`: the document's text is the source of a page.
    Html,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Text => "text",
            Field::Html => "html",
        })
    }
}

/// Reads the JSON form of a document, without the line's end.
///
/// `document` comes empty but for its origin, which it keeps unless the line carries one with a map.
/// It is left sealed; after an error, in no particular state.
///
/// # Errors
///
/// Names the byte of the line where it is not valid JSON or UTF-8, or the key, layer, annotation and
/// feature that are missing, doubled, of a wrong type, or out of the text.
pub fn read(line: &[u8], document: &mut DocumentBuf) -> Result<Field, DocumentError> {
    if u32::try_from(line.len()).is_err() {
        return Err(DocumentError::new("the line is longer than 4 GiB; split the document"));
    }
    let line = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        DocumentError::new(format!(
            "invalid UTF-8 at byte {at} of the line; JSON is UTF-8, so convert the file to it"
        ))
    })?;
    let mut scanner = Scanner::new(line);
    if scanner.peek() != Some(b'{') {
        let kind = scanner.kind();
        return Err(DocumentError::new(format!("a line must hold one JSON object, not {kind}")));
    }
    let mut top = Top::default();
    scanner.members(|scanner, key| top.member(scanner, &key, document))?;
    scanner.end()?;
    top.finish(&scanner, document)
}

/// What was seen of the keys that the form defines.
#[derive(Default)]
struct Top {
    docmill: bool,
    id: bool,
    text: bool,
    metadata: bool,
    layers: bool,
    offsets: Option<Offsets>,
    /// Where the values of these stand: what they are is known at the end of the line.
    html: Option<usize>,
    origin: Option<usize>,
    edits: Option<usize>,
    map: Option<usize>,
}

impl Top {
    fn member(
        &mut self,
        scanner: &mut Scanner<'_>,
        key: &str,
        document: &mut DocumentBuf,
    ) -> Result<(), DocumentError> {
        match key {
            "docmill" => {
                once(&mut self.docmill, key)?;
                version(scanner)
            }
            "offsets" => {
                once(&mut self.offsets.is_some(), key)?;
                let name = string(scanner, || "`offsets`".to_owned())?;
                self.offsets = Some(Offsets::of_name(&name).ok_or_else(|| {
                    DocumentError::new(format!(
                        "`offsets` is `{name}`; it can be `chars`, `bytes` or `utf16`"
                    ))
                })?);
                Ok(())
            }
            "id" => {
                once(&mut self.id, key)?;
                identify(scanner, document)
            }
            "text" => {
                once(&mut self.text, key)?;
                text(scanner, key, document)
            }
            "metadata" => {
                once(&mut self.metadata, key)?;
                object(scanner, || "`metadata`".to_owned())?;
                scanner.members(|scanner, key| metadata(scanner, &key, document))
            }
            "layers" => {
                once(&mut self.layers, key)?;
                object(scanner, || "`layers`".to_owned())?;
                scanner.members(|scanner, name| layer(scanner, &name, &mut document.arrays))
            }
            "html" => later(&mut self.html, scanner, key),
            "origin" => later(&mut self.origin, scanner, key),
            "edits" => later(&mut self.edits, scanner, key),
            "map" => later(&mut self.map, scanner, key),
            _ => metadata(scanner, key, document),
        }
    }

    fn finish(
        self,
        scanner: &Scanner<'_>,
        document: &mut DocumentBuf,
    ) -> Result<Field, DocumentError> {
        let field = match (self.text, self.html) {
            (true, html) => {
                leftover("html", html, scanner, document)?;
                Field::Text
            }
            (false, Some(html)) => {
                text(&mut scanner.from(html), "html", document)?;
                Field::Html
            }
            (false, None) => {
                return Err(DocumentError::new(
                    "the line has neither `text` nor `html`; give one of them, a string",
                ));
            }
        };
        let unit = self.offsets.unwrap_or_default();
        if let (Some(origin), Some(map)) = (self.origin, self.map) {
            let from = |at| scanner.from(at);
            provenance::read(unit, from(origin), from(map), self.edits.map(from), document)?;
        } else {
            leftover("origin", self.origin, scanner, document)?;
            leftover("edits", self.edits, scanner, document)?;
            leftover("map", self.map, scanner, document)?;
        }
        let arrays = &document.arrays;
        let keys = arrays.metadata.iter().map(|feature| arrays.str(feature.key));
        unique(keys, |key| format!("the metadata key `{key}`"))?;
        let names = arrays.layers.iter().map(|layer| arrays.str(layer.name));
        unique(names, |name| format!("the layer `{name}`"))?;
        place(&document.text, unit, &mut document.arrays)?;
        document.seal();
        Ok(field)
    }
}

fn once(seen: &mut bool, key: &str) -> Result<(), DocumentError> {
    if std::mem::replace(seen, true) {
        return Err(DocumentError::new(format!("the key `{key}` stands twice in the line")));
    }
    Ok(())
}

/// Remembers where a value stands and passes over it.
fn later(
    seen: &mut Option<usize>,
    scanner: &mut Scanner<'_>,
    key: &str,
) -> Result<(), DocumentError> {
    once(&mut seen.is_some(), key)?;
    scanner.peek();
    *seen = Some(scanner.at());
    scanner.raw().map(drop)
}

/// A key of the form that says nothing here: metadata, as unknown ones are.
fn leftover(
    key: &str,
    at: Option<usize>,
    scanner: &Scanner<'_>,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    at.map_or(Ok(()), |at| metadata(&mut scanner.from(at), key, document))
}

fn version(scanner: &mut Scanner<'_>) -> Result<(), DocumentError> {
    let found = scanner.raw()?;
    if found.parse() == Ok(VERSION) {
        return Ok(());
    }
    Err(DocumentError::new(format!(
        "the line is in version {found} of the JSON form, and this docmill reads version {VERSION}"
    )))
}

fn identify(scanner: &mut Scanner<'_>, document: &mut DocumentBuf) -> Result<(), DocumentError> {
    match scanner.peek() {
        Some(b'-' | b'0'..=b'9') => document.id.push_str(scanner.number()?),
        Some(b'n') => drop(scanner.raw()?),
        Some(b'"') => scanner.string_into(&mut document.id)?,
        _ => return Err(wrong_type(scanner, "`id`", "a string or a number")),
    }
    Ok(())
}

fn text(
    scanner: &mut Scanner<'_>,
    key: &str,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    if scanner.peek() != Some(b'"') {
        return Err(wrong_type(scanner, &format!("`{key}`"), "a string"));
    }
    scanner.string_into(&mut document.text)
}

fn metadata(
    scanner: &mut Scanner<'_>,
    key: &str,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    let arrays = &mut document.arrays;
    let key = arrays.push_str(key);
    let value = value(scanner, arrays, false, LIST_DEPTH)?;
    arrays.metadata.push(RawFeature { key, value });
    Ok(())
}

fn layer(scanner: &mut Scanner<'_>, name: &str, arrays: &mut Arrays) -> Result<(), DocumentError> {
    let at = arrays.layers.len() as u32;
    let first = arrays.annotations.len() as u32;
    let name_in_arena = arrays.push_str(name);
    arrays.layers.push(RawLayer { name: name_in_arena, first, len: 0, transient: 0 });
    if scanner.peek() != Some(b'[') {
        return Err(wrong_type(scanner, &format!("the layer `{name}`"), "an array"));
    }
    scanner.elements(|scanner, number| annotation(scanner, at, &Place { name, number }, arrays))
}

/// Where in the layers an error is.
struct Place<'a> {
    name: &'a str,
    number: usize,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "annotation {} of the layer `{}`, counted from 0", self.number, self.name)
    }
}

fn annotation(
    scanner: &mut Scanner<'_>,
    layer: u32,
    place: &Place<'_>,
    arrays: &mut Arrays,
) -> Result<(), DocumentError> {
    object(scanner, || place.to_string())?;
    let features = arrays.features.len();
    let (mut start, mut end) = (None, None);
    let (mut label, mut score) = (None, None);
    let key_of = |key: &str| format!("`{key}` in {place}");
    scanner.members(|scanner, key| {
        match &*key {
            "start" | "end" => {
                let position = if key == "start" { &mut start } else { &mut end };
                once(&mut position.is_some(), &key).map_err(|error| within(place, error))?;
                *position = Some(read_position(scanner, || key_of(&key))?);
            }
            "label" => {
                once(&mut label.is_some(), &key).map_err(|error| within(place, error))?;
                label = Some(match scanner.peek() {
                    Some(b'n') => scanner.raw().map(|_| Str::default())?,
                    _ => arrays.push_str(&string(scanner, || key_of(&key))?),
                });
            }
            "score" => {
                once(&mut score.is_some(), &key).map_err(|error| within(place, error))?;
                score = Some(read_score(scanner, || key_of(&key))?);
            }
            _ => {
                let value = value(scanner, arrays, true, LIST_DEPTH)?;
                let key = arrays.push_str(&key);
                arrays.features.push(RawFeature { key, value });
            }
        }
        Ok(())
    })?;
    let (Some(start), Some(end)) = (start, end) else {
        return Err(DocumentError::new(format!("{place} lacks `start` or `end`")));
    };
    let new = arrays.features.get(features..).unwrap_or_default();
    unique(new.iter().map(|feature| arrays.str(feature.key)), key_of)?;
    arrays.annotations.push(RawAnnotation {
        span: Span { start, end },
        label: label.unwrap_or_default(),
        score: score.unwrap_or(f32::NAN),
        features: features as u32,
        features_len: new.len() as u32,
        layer,
    });
    Ok(())
}

/// A value of metadata or of a feature; only in features are objects of `start` and `end` spans.
fn value(
    scanner: &mut Scanner<'_>,
    arrays: &mut Arrays,
    spans: bool,
    depth: usize,
) -> Result<RawValue, DocumentError> {
    match scanner.peek() {
        Some(b'"') => {
            let string = arrays.push_str(&scanner.string()?);
            Ok(RawValue { kind: Kind::Text, a: string.start, b: string.len })
        }
        Some(b't' | b'f') => Ok(RawValue { kind: Kind::Bool, a: scanner.bool()?.into(), b: 0 }),
        Some(b'-' | b'0'..=b'9') => {
            let literal = scanner.number()?;
            Ok(match number::exact(literal) {
                Some(number) => arrays.push_value(number.into()),
                None => as_json(literal, arrays),
            })
        }
        Some(b'[') if depth > 0 => {
            let mut members = Vec::new();
            scanner.elements(|scanner, _| {
                members.push(value(scanner, arrays, spans, depth - 1)?);
                Ok(())
            })?;
            let start = arrays.values.len() as u32;
            arrays.values.extend_from_slice(&members);
            Ok(RawValue { kind: Kind::List, a: start, b: members.len() as u32 })
        }
        Some(b'{') if spans => {
            let raw = scanner.raw()?;
            Ok(match span(raw) {
                Some(span) => RawValue { kind: Kind::Span, a: span.start, b: span.end },
                None => as_json(raw, arrays),
            })
        }
        _ => Ok(as_json(scanner.raw()?, arrays)),
    }
}

fn as_json(raw: &str, arrays: &mut Arrays) -> RawValue {
    let json = scan::compact(raw).unwrap_or(raw.into());
    let at = arrays.push_str(&json);
    RawValue { kind: Kind::Json, a: at.start, b: at.len }
}

/// `{"start": 5, "end": 12}`, and nothing else in it.
fn span(raw: &str) -> Option<Span> {
    let (mut start, mut end, mut other) = (None, None, false);
    let read = Scanner::new(raw).members(|scanner, key| {
        let position = scanner.raw()?.parse::<u32>().ok();
        match &*key {
            "start" if start.is_none() => start = position,
            "end" if end.is_none() => end = position,
            _ => other = true,
        }
        Ok(())
    });
    (read.is_ok() && !other).then_some(Span { start: start?, end: end? })
}

fn read_position(
    scanner: &mut Scanner<'_>,
    what: impl Fn() -> String,
) -> Result<u32, DocumentError> {
    let Some(b'-' | b'0'..=b'9') = scanner.peek() else {
        return Err(wrong_type(scanner, &what(), "a position"));
    };
    let literal = scanner.number()?;
    literal.parse().map_err(|_| {
        DocumentError::new(format!("{} is {literal}, which is not a position in a text", what()))
    })
}

fn read_score(scanner: &mut Scanner<'_>, what: impl Fn() -> String) -> Result<f32, DocumentError> {
    match scanner.peek() {
        Some(b'n') => scanner.raw().map(|_| f32::NAN),
        Some(b'-' | b'0'..=b'9') => {
            let literal = scanner.number()?;
            let score = literal.parse().ok().filter(|score: &f32| score.is_finite());
            score.ok_or_else(|| DocumentError::new(format!("{} is out of range", what())))
        }
        _ => Err(wrong_type(scanner, &what(), "a number")),
    }
}

/// Turns the positions of all layers into bytes.
fn place(text: &str, unit: Offsets, arrays: &mut Arrays) -> Result<(), DocumentError> {
    let mut positions = Positions::new(text, unit);
    let (mut layer, mut number) = (0, 0);
    for at in 0..arrays.annotations.len() {
        let annotation = arrays.annotations[at];
        number = if annotation.layer == layer { number } else { 0 };
        layer = annotation.layer;
        let error = |arrays: &Arrays, feature: Option<Str>, span: Span, len: u32| {
            let name = arrays.layers.get(layer as usize).map_or("", |layer| arrays.str(layer.name));
            let place = Place { name, number };
            let what = match feature {
                Some(key) => format!("`{}` in {place}", arrays.str(key)),
                None => place.to_string(),
            };
            misplaced(&what, span, len, unit)
        };
        let span = annotation.span;
        let Some(inside) = positions.inside(span.start, span.end) else {
            return Err(error(arrays, None, span, positions.len()));
        };
        arrays.annotations[at].span = inside;
        let features = annotation.features as usize;
        for feature in features..features + annotation.features_len as usize {
            let RawFeature { key, value } = arrays.features[feature];
            match place_value(value, &mut positions, &mut arrays.values) {
                Ok(value) => arrays.features[feature].value = value,
                Err(span) => return Err(error(arrays, Some(key), span, positions.len())),
            }
        }
        number += 1;
    }
    Ok(())
}

/// The value with its positions in bytes; an error is the span that has none.
fn place_value(
    value: RawValue,
    positions: &mut Positions<'_>,
    values: &mut [RawValue],
) -> Result<RawValue, Span> {
    match value.kind {
        Kind::Span => {
            let span =
                positions.inside(value.a, value.b).ok_or(Span { start: value.a, end: value.b })?;
            Ok(RawValue { kind: Kind::Span, a: span.start, b: span.end })
        }
        Kind::List => {
            for at in value.a as usize..(value.a + value.b) as usize {
                values[at] = place_value(values[at], positions, values)?;
            }
            Ok(value)
        }
        _ => Ok(value),
    }
}

fn misplaced(what: &str, span: Span, len: u32, unit: Offsets) -> DocumentError {
    let Span { start, end } = span;
    let unit = unit.name();
    DocumentError::new(if start > end {
        format!("{what} ends before it starts: {start}..{end}")
    } else if end > len {
        format!("{what} leaves the text: {start}..{end} of {len} {unit}; is `offsets` right?")
    } else {
        format!("{what} splits a character: {start}..{end} in {unit}; is `offsets` right?")
    })
}

fn object(scanner: &mut Scanner<'_>, what: impl Fn() -> String) -> Result<(), DocumentError> {
    match scanner.peek() {
        Some(b'{') => Ok(()),
        _ => Err(wrong_type(scanner, &what(), "an object")),
    }
}

fn string<'a>(
    scanner: &mut Scanner<'a>,
    what: impl Fn() -> String,
) -> Result<std::borrow::Cow<'a, str>, DocumentError> {
    match scanner.peek() {
        Some(b'"') => scanner.string(),
        _ => Err(wrong_type(scanner, &what(), "a string")),
    }
}

fn wrong_type(scanner: &mut Scanner<'_>, what: &str, wanted: &str) -> DocumentError {
    let at = scanner.at();
    let kind = scanner.kind();
    DocumentError::new(format!("{what} must be {wanted}, not {kind} (byte {at} of the line)"))
}

fn within(place: &Place<'_>, error: DocumentError) -> DocumentError {
    DocumentError::new(format!("{error}, in {place}"))
}

/// That no two keys are the same, in linear time or nearly so.
fn unique<'a>(
    keys: impl ExactSizeIterator<Item = &'a str>,
    what: impl Fn(&str) -> String,
) -> Result<(), DocumentError> {
    if keys.len() < 2 {
        return Ok(());
    }
    let mut keys: Vec<&str> = keys.collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(DocumentError::new(format!("{} stands twice", what(pair[0])))),
        None => Ok(()),
    }
}
