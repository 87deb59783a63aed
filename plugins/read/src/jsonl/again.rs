//! Reads the raw bytes of a document again.

use std::io;

use docmill_core::{Cursor, DocumentBuf, DocumentError, Origin, json};
use memchr::memchr;

use crate::place::Place;

/// Fills `raw` with the decoded value of the line's field. Plain files are sought in, compressed ones
/// read forward from where the last call left off.
pub(super) fn reread(
    origin: &Origin,
    cursor: &mut Cursor,
    raw: &mut Vec<u8>,
) -> Result<(), DocumentError> {
    let (offset, field) = parse(&origin.locator).ok_or_else(|| {
        DocumentError::new(format!(
            "`{}` is no place in a file of JSON lines; it should be `byte=N;field=text`",
            origin.locator
        ))
    })?;
    let failed = |error: io::Error| DocumentError::because("its file cannot be opened", error);
    let mut place = Place::reach(cursor, &origin.uri, offset).map_err(failed)?;
    raw.clear();
    let line = place.read_on(raw, |bytes, new| Some(new + memchr(b'\n', bytes.get(new..)?)? + 1));
    line.map_err(failed)?;
    let mut document = DocumentBuf::new();
    let found = json::read(raw.trim_ascii_end(), &mut document);
    let found = found.map_err(|error| {
        let message = format!("byte {offset} of `{}` is no document any more", origin.uri);
        DocumentError::because(message, error)
    })?;
    if found.to_string() != field {
        return Err(DocumentError::new(format!(
            "the line at byte {offset} of `{}` holds `{found}` and not `{field}`",
            origin.uri
        )));
    }
    raw.clear();
    raw.extend_from_slice(document.view().text().as_bytes());
    *cursor = Some(place);
    Ok(())
}

/// `byte=120;field=text`.
fn parse(locator: &str) -> Option<(u64, &str)> {
    let (byte, field) = locator.split_once(';')?;
    Some((byte.strip_prefix("byte=")?.parse().ok()?, field.strip_prefix("field=")?))
}
