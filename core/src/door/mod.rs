//! The door to libraries: the C interface, and both ways of taking documents and change sets through it.
//!
//! [`abi`] holds the records and tables of the interface; the header `docmill.h` is made from it. A Rust
//! library exports its components with [`export!`](crate::export); the engine calls them as it calls built-in ones.

#![expect(unsafe_code, reason = "a door to libraries: pointers come in and go out")]

pub mod abi;
mod export;
pub(crate) mod form;
pub(crate) mod forms;
pub(crate) mod marshal;

pub use export::{Export, entry};
