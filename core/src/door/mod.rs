//! The door to libraries: the C interface, and both ways of taking documents and change sets through it.
//!
//! [`abi`] holds the records and tables of the interface; the header `docmill.h` is made from it. A Rust
//! library exports its components with [`export!`](crate::export); the engine calls them as it calls built-in ones.

pub mod abi;
mod form;
