//! A place in an input, to read records again: plain files are sought in, compressed ones read forward
//! from where the last call left off.

use std::io::{self, BufRead, BufReader, Read};

use docmill_core::Cursor;

use crate::{
    open,
    paths::{self, Stored},
};

/// Where the last call left off.
pub(crate) struct Place {
    uri: String,
    reader: Reader,
    at: u64,
}

enum Reader {
    Plain(BufReader<Stored>),
    Compressed(BufReader<Box<dyn Read + Send>>),
}

impl Place {
    /// Goes to a byte of an input, from where the cursor stands if that can be. Leave the place in the
    /// cursor when done.
    pub(crate) fn reach(cursor: &mut Cursor, uri: &str, offset: u64) -> io::Result<Box<Self>> {
        let known = cursor.take().and_then(|place| place.downcast::<Place>().ok());
        let known = known.filter(|place| place.uri == uri && place.can_reach(offset));
        let mut place = match known {
            Some(place) => place,
            None => Box::new(Place::open(uri)?),
        };
        match &mut place.reader {
            Reader::Plain(reader) => reader.seek_relative(offset.wrapping_sub(place.at) as i64)?,
            Reader::Compressed(reader) => {
                io::copy(&mut reader.by_ref().take(offset - place.at), &mut io::sink())?;
            }
        }
        place.at = offset;
        Ok(place)
    }

    /// Appends bytes to `record` until `end`, which is given them and where the new ones begin, says
    /// where the record ends, or the input does.
    pub(crate) fn read_on(
        &mut self,
        record: &mut Vec<u8>,
        mut end: impl FnMut(&[u8], usize) -> Option<usize>,
    ) -> io::Result<()> {
        loop {
            let reader: &mut dyn BufRead = match &mut self.reader {
                Reader::Plain(reader) => reader,
                Reader::Compressed(reader) => reader,
            };
            let bytes = match reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                return Ok(());
            }
            let (before, read) = (record.len(), bytes.len());
            record.extend_from_slice(bytes);
            let found = end(record, before);
            record.truncate(found.unwrap_or(record.len()));
            let used = record.len().saturating_sub(before).min(read);
            reader.consume(used);
            self.at += used as u64;
            if found.is_some() {
                return Ok(());
            }
        }
    }

    fn open(uri: &str) -> io::Result<Self> {
        if uri == "-" {
            return Err(io::Error::other("standard input is gone once it is read"));
        }
        let opened = open::open(uri)?;
        let reader = if opened.compressed {
            Reader::Compressed(BufReader::new(opened.bytes))
        } else {
            Reader::Plain(BufReader::new(paths::open(uri, None)?))
        };
        Ok(Place { uri: uri.to_owned(), reader, at: 0 })
    }

    fn can_reach(&self, offset: u64) -> bool {
        matches!(self.reader, Reader::Plain(_)) || self.at <= offset
    }
}
