//! Reads the raw bytes of a document again.

use docmill_core::{Cursor, DocumentError, Origin};

use super::{
    header::{self, Fields},
    page::Page,
    records,
    stream::{Place, Stream},
};
use crate::open::Tally;

/// Where the last call left off.
struct Left {
    uri: String,
    stream: Stream,
}

/// Fills `raw` with the body of the record: seeks the member that it begins in, and reads on from where
/// the last call left off where that is the same.
pub(super) fn reread(
    origin: &Origin,
    cursor: &mut Cursor,
    raw: &mut Vec<u8>,
) -> Result<(), DocumentError> {
    let place = Place::parse(&origin.locator).ok_or_else(|| {
        DocumentError::new(format!(
            "`{}` is no place in a WARC; it should be `byte=N`, or `byte=N;skip=N` in a member of several \
             records",
            origin.locator
        ))
    })?;
    let known = cursor.take().and_then(|left| left.downcast::<Left>().ok());
    let failed = |error| DocumentError::because("its file cannot be read", error);
    let mut left = match known.filter(|left| left.uri == origin.uri) {
        Some(left) => left,
        None => {
            let stream = Stream::open(&origin.uri, None, Tally::default()).map_err(failed)?;
            Box::new(Left { uri: origin.uri.clone(), stream })
        }
    };
    let there = left.stream.reach(place).map_err(failed)?;
    let gone = |why: &str| {
        let uri = &origin.uri;
        DocumentError::new(format!("there is no record at {place} of `{uri}` any more: {why}"))
    };
    if !there {
        return Err(gone("the file ends before it"));
    }
    let whole = records::read_whole(&mut left.stream).map_err(|why| gone(&why))?;
    let record = left.stream.unread().get(..whole).unwrap_or_default();
    let head = header::len(record).unwrap_or_default();
    let (head, block) = record.split_at_checked(head).unwrap_or_default();
    // A text cannot be longer.
    let page = Page::of(Fields::of(head), block, u32::MAX as usize)?;
    raw.clear();
    raw.extend_from_slice(&page.raw);
    *cursor = Some(left);
    Ok(())
}
