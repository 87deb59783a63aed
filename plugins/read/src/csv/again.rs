//! Reads the raw bytes of a document again.

use std::io;

use docmill_core::{Cursor, DocumentError, Origin};

use super::{
    Locator,
    scan::{Fields, Found, Scan, trim_end},
};
use crate::place::Place;

/// Fills `raw` with the value of the row's field.
pub(super) fn reread(
    origin: &Origin,
    cursor: &mut Cursor,
    raw: &mut Vec<u8>,
) -> Result<(), DocumentError> {
    let locator = Locator::parse(&origin.locator).ok_or_else(|| {
        DocumentError::new(format!(
            "`{}` is no place in a table; it should be `byte=N;column=N`, and `;delimiter=` with a \
             char that is no comma",
            origin.locator
        ))
    })?;
    let failed = |error: io::Error| DocumentError::because("its file cannot be opened", error);
    let mut place = Place::reach(cursor, &origin.uri, locator.offset).map_err(failed)?;
    let mut row = Vec::new();
    let mut scan = Scan::new(locator.delimiter, 0);
    let mut found = Found::Nothing;
    let read = place.read_on(&mut row, |bytes, _| {
        found = scan.step(bytes, false, 0);
        (found != Found::Nothing).then_some(scan.at.max(1))
    });
    read.map_err(failed)?;
    if found == Found::Nothing {
        found = scan.step(&row, true, 0);
    }
    *cursor = Some(place);
    let text = std::str::from_utf8(trim_end(&row)).ok().filter(|_| found == Found::Row);
    let value = text.and_then(|text| Fields::new(text, locator.delimiter).nth(locator.column));
    let value = value.filter(|_| !row.is_empty()).ok_or_else(|| {
        DocumentError::new(format!(
            "there is no row with {} fields at byte {} of `{}` any more",
            locator.column + 1,
            locator.offset,
            origin.uri
        ))
    })?;
    raw.clear();
    raw.extend_from_slice(value.as_bytes());
    Ok(())
}
