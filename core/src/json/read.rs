//! Reads one line into a document, in one pass; the text goes straight into the document's buffer.
//!
//! Positions are kept in the line's own unit until the whole line is read, because keys come in any
//! order, and are then turned into bytes where they lie.

mod answer;
mod layers;
mod place;
mod provenance;
mod value;

use std::fmt;

#[cfg(feature = "engine")]
pub(crate) use answer::answer_id;
pub use answer::read_answer;
pub(crate) use value::is_span;
pub(super) use value::value;

use super::{VERSION, scan::Scanner};
use crate::{DocumentBuf, DocumentError, Offsets, arrays::RawFeature};

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
    let mut scanner = open(line)?;
    let mut top = Top::default();
    scanner.members(|scanner, key| top.member(scanner, &key, document))?;
    scanner.end()?;
    top.finish(&scanner, document)
}

/// The beginning of the object that a line must be.
fn open(line: &[u8]) -> Result<Scanner<'_>, DocumentError> {
    if u32::try_from(line.len()).is_err() {
        return Err(DocumentError::new("the line is longer than 4 GiB; split the document"));
    }
    let line = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        DocumentError::new(format!(
            "invalid UTF-8 at byte {at} of the line; convert it to UTF-8, as JSON must be"
        ))
    })?;
    let mut scanner = Scanner::new(line);
    if scanner.peek() != Some(b'{') {
        let kind = scanner.kind();
        return Err(DocumentError::new(format!("a line must hold one JSON object, not {kind}")));
    }
    Ok(scanner)
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
                scanner.members(|scanner, name| layers::layer(scanner, &name, &mut document.arrays))
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
        place::place(&document.text, unit, &mut document.arrays)?;
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
    let value = value::value(scanner, arrays, false)?;
    arrays.metadata.push(RawFeature { key, value });
    Ok(())
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
