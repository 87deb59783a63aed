//! What is wrong with a condition, and where.

use thiserror::Error;

/// A mistake in a condition, found when the pipeline is built.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub(crate) struct Mistake {
    /// The byte where it begins.
    at: usize,
    message: String,
}

impl Mistake {
    pub(crate) fn new(at: usize, message: impl Into<String>) -> Self {
        Mistake { at, message: message.into() }
    }

    /// The message with its place in `source`: the column in chars, from 1, and the line where there are several.
    pub(crate) fn placed(&self, source: &str) -> String {
        let before = source.get(..self.at).unwrap_or(source);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let column = line.chars().count() + 1;
        if source.contains('\n') {
            let lines = before.matches('\n').count() + 1;
            format!("line {lines}, column {column}: {self}")
        } else {
            format!("column {column}: {self}")
        }
    }
}
