//! What stands for stores where docmill was built without them.

use std::{
    convert::Infallible,
    io::{self, Error, ErrorKind, Read, Seek, SeekFrom},
};

use docmill_core::Input;

use crate::address::Address;

const WITHOUT: &str = "this docmill was built without object stores; build it with \
                       `cargo build --release --features object-store`, or fetch what is to be read first";

/// Nothing is ever listed.
#[derive(Default)]
pub(crate) struct Listings(());

impl Listings {
    pub(crate) fn expand(
        &mut self,
        path: &str,
        _: Address<'_>,
        _: &[&str],
    ) -> Result<Vec<Input>, String> {
        Err(format!("`{path}` is in a store, and {WITHOUT}"))
    }
}

pub(crate) fn open(_: Address<'_>, _: Option<&str>) -> io::Result<Object> {
    Err(Error::new(ErrorKind::Unsupported, format!("it is in a store, and {WITHOUT}")))
}

/// There is none.
#[derive(Debug)]
pub(crate) struct Object(Infallible);

impl Object {
    pub(crate) fn size(&self) -> u64 {
        match self.0 {}
    }
}

impl Read for Object {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0 {}
    }
}

impl Seek for Object {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        match self.0 {}
    }
}
