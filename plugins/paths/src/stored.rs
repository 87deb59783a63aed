//! The bytes of an input as they are stored, in a local file or in an object of a store.

use std::{
    fs::File,
    io::{self, Error, ErrorKind, Read, Seek, SeekFrom},
};

use crate::{
    address::Address,
    stores::{self, Object},
};

/// An open input, read as a file is. Going forward a little in an object reads on; going elsewhere asks the store
/// anew.
#[derive(Debug)]
pub struct Stored(Place);

#[derive(Debug)]
enum Place {
    File(File),
    Object(Box<Object>),
}

/// Opens an input by its `uri`. With the `version` that it was listed with (`Input::version`) it is an error where
/// other bytes are under that name now, at any time until it is read.
pub fn open(uri: &str, version: Option<&str>) -> io::Result<Stored> {
    if let Some(address) = Address::of(uri) {
        let object = stores::open(address, version)?;
        return Ok(Stored(Place::Object(Box::new(object))));
    }
    let file = File::open(uri)?;
    match file.metadata()?.is_dir() {
        true => Err(Error::new(ErrorKind::IsADirectory, "it is a folder")),
        false => Ok(Stored(Place::File(file))),
    }
}

impl Stored {
    /// How many bytes there are, where that is known before they are read.
    pub fn size(&self) -> io::Result<Option<u64>> {
        match &self.0 {
            Place::File(file) => {
                let found = file.metadata()?;
                Ok(found.is_file().then_some(found.len()))
            }
            Place::Object(object) => Ok(Some(object.size())),
        }
    }
}

impl Read for Stored {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::File(file) => file.read(out),
            Place::Object(object) => object.read(out),
        }
    }
}

impl Seek for Stored {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Place::File(file) => file.seek(to),
            Place::Object(object) => object.seek(to),
        }
    }
}
