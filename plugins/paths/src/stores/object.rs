//! An object, read as a file is.
//!
//! It comes in one answer of the store, of which no more is held than what was received last. Where the connection
//! is lost, the store is asked for the rest, from the byte on that was reached, and it must be the same object: a
//! store that has put another under its name says so by the e-tag.

use std::{
    fmt,
    io::{self, Error, ErrorKind, Read, Seek, SeekFrom},
    pin::Pin,
    time::Duration,
};

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt};
use object_store::{GetOptions, GetRange, ObjectMeta, path::Path};

use super::{Client, explain, wait};
use crate::address::Kind;

/// How often in a row the rest is asked for without a byte of it coming.
const FRUITLESS: u32 = 2;

/// What is waited before the first of these times; twice as much before each next one.
const PAUSE: Duration = Duration::from_millis(100);

/// Up to so many bytes ahead, going forward in an object reads on rather than asks anew.
const AHEAD: u64 = 1 << 20;

type Answer = Pin<Box<dyn Stream<Item = object_store::Result<Bytes>> + Send>>;

/// An object that is read.
pub(crate) struct Object {
    client: Client,
    kind: Kind,
    path: Path,
    /// The object as it was when it was opened.
    found: ObjectMeta,
    /// The place of the next byte.
    at: u64,
    /// What was received of it.
    received: Bytes,
    /// What comes after that.
    answer: Option<Answer>,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("path", &self.path).field("at", &self.at).finish()
    }
}

impl Object {
    /// Opens it, unless it is another than that of this e-tag.
    pub(super) fn open(
        client: Client,
        kind: Kind,
        path: Path,
        version: Option<&str>,
    ) -> io::Result<Self> {
        let options = GetOptions { if_match: version.map(str::to_owned), ..GetOptions::default() };
        let answer = wait(client.get_opts(&path, options))?.map_err(|e| failed(kind, &e))?;
        let found = answer.meta.clone();
        if version.is_some_and(|wanted| found.e_tag.as_deref().is_some_and(|tag| tag != wanted)) {
            return Err(replaced());
        }
        let answer = Some(answer.into_stream());
        Ok(Object { client, kind, path, found, at: 0, received: Bytes::new(), answer })
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> u64 {
        self.found.size
    }

    /// Asks for the rest.
    fn ask(&mut self) -> io::Result<()> {
        let options = GetOptions {
            if_match: self.found.e_tag.clone(),
            range: Some(GetRange::Bounded(self.at..self.found.size)),
            ..GetOptions::default()
        };
        let answer = wait(self.client.get_opts(&self.path, options))?;
        let answer = answer.map_err(|error| failed(self.kind, &error))?;
        let (then, now) = (&self.found, &answer.meta);
        let same = match (&then.e_tag, &now.e_tag) {
            (Some(then), Some(now)) => then == now,
            _ => then.last_modified == now.last_modified,
        };
        if !same || then.size != now.size {
            return Err(replaced());
        }
        self.answer = Some(answer.into_stream());
        Ok(())
    }

    /// Receives some bytes; none at the end of the object alone.
    fn receive(&mut self) -> io::Result<()> {
        let mut fruitless = 0;
        while self.received.is_empty() && self.at < self.found.size {
            let Some(answer) = &mut self.answer else {
                self.ask()?;
                continue;
            };
            let lost = match wait(answer.next())? {
                Some(Ok(bytes)) => {
                    self.received = bytes;
                    continue;
                }
                Some(Err(error)) => failed(self.kind, &error),
                None => Error::new(ErrorKind::UnexpectedEof, "the store sent less than it said"),
            };
            self.answer = None;
            if fruitless == FRUITLESS || lost.kind() == ErrorKind::InvalidData {
                return Err(lost);
            }
            let pause = PAUSE * (1 << fruitless);
            wait(async { tokio::time::sleep(pause).await })?;
            fruitless += 1;
        }
        Ok(())
    }

    fn take(&mut self, len: usize) {
        self.received.advance(len);
        self.at += len as u64;
    }
}

impl Read for Object {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        self.receive()?;
        let len = self.received.as_ref().read(out)?;
        self.take(len);
        Ok(len)
    }
}

impl Seek for Object {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.found.size.checked_add_signed(by),
        };
        let to = to.ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "there is nothing before the first byte")
        })?;
        let ahead = to.checked_sub(self.at).filter(|ahead| *ahead <= AHEAD);
        if ahead.is_some() && to <= self.found.size {
            while self.at < to {
                self.receive()?;
                let len = usize::try_from(to - self.at).unwrap_or(usize::MAX);
                self.take(len.min(self.received.len()));
            }
        } else {
            (self.at, self.received, self.answer) = (to, Bytes::new(), None);
        }
        Ok(to)
    }
}

fn failed(kind: Kind, error: &object_store::Error) -> Error {
    match error {
        object_store::Error::Precondition { .. } => replaced(),
        object_store::Error::NotFound { .. } => {
            Error::new(ErrorKind::NotFound, "there is no such object any more")
        }
        error => Error::other(explain::failed(kind, error)),
    }
}

/// Of this kind alone are errors after which it makes no sense to ask for the rest.
fn replaced() -> Error {
    let message = "the object has been replaced since it was listed, or while it was read";
    Error::new(ErrorKind::InvalidData, message)
}
