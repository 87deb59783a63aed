//! Reads the raw bytes of a document again.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
};

use docmill_core::{Cursor, DocumentBuf, DocumentError, Origin, json};

use super::open;

/// Where the last call left off.
struct Place {
    uri: String,
    reader: Reader,
    at: u64,
    line: Vec<u8>,
    document: DocumentBuf,
}

enum Reader {
    Plain(BufReader<File>),
    Compressed(BufReader<Box<dyn Read + Send>>),
}

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
    let known = cursor.take().and_then(|place| place.downcast::<Place>().ok());
    let known = known.filter(|place| place.uri == origin.uri && place.can_reach(offset));
    let mut place = match known {
        Some(place) => place,
        None => Box::new(Place::open(&origin.uri).map_err(failed)?),
    };
    place.line_at(offset).map_err(failed)?;
    place.document.clear();
    let found = json::read(place.line.trim_ascii_end(), &mut place.document);
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
    raw.extend_from_slice(place.document.view().text().as_bytes());
    *cursor = Some(place);
    Ok(())
}

/// `byte=120;field=text`.
fn parse(locator: &str) -> Option<(u64, &str)> {
    let (byte, field) = locator.split_once(';')?;
    Some((byte.strip_prefix("byte=")?.parse().ok()?, field.strip_prefix("field=")?))
}

impl Place {
    fn open(uri: &str) -> io::Result<Self> {
        if uri == "-" {
            return Err(io::Error::other("standard input is gone once it is read"));
        }
        let opened = open::open(uri)?;
        let reader = if opened.compressed {
            Reader::Compressed(BufReader::new(opened.bytes))
        } else {
            Reader::Plain(BufReader::new(File::open(uri)?))
        };
        let (line, document) = (Vec::new(), DocumentBuf::new());
        Ok(Place { uri: uri.to_owned(), reader, at: 0, line, document })
    }

    fn can_reach(&self, offset: u64) -> bool {
        matches!(self.reader, Reader::Plain(_)) || self.at <= offset
    }

    /// Reads the line that begins at a byte.
    fn line_at(&mut self, offset: u64) -> io::Result<()> {
        self.line.clear();
        let read = match &mut self.reader {
            Reader::Plain(reader) => {
                reader.seek_relative(offset.wrapping_sub(self.at) as i64)?;
                reader.read_until(b'\n', &mut self.line)?
            }
            Reader::Compressed(reader) => {
                io::copy(&mut reader.by_ref().take(offset - self.at), &mut io::sink())?;
                reader.read_until(b'\n', &mut self.line)?
            }
        };
        self.at = offset + read as u64;
        Ok(())
    }
}
