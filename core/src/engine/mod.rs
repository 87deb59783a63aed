//! The engine: applies change sets, and runs pipelines.

mod apply;
#[cfg(test)]
mod apply_properties;
mod moves;
mod trace;

pub(crate) use apply::Apply;
