//! The doors through which components come that are not linked into docmill.

#![allow(dead_code, reason = "the doors that use it are being built")]

pub(crate) mod child;
pub(crate) mod command;
pub(crate) mod library;
pub(crate) mod process;
pub(crate) mod remote;
