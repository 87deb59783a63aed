//! A mistake in a pipeline file, or in the part of the command line that changes it.
//!
//! A diagnostic says what is wrong, where, and what to do; drawing it is the binary's work. Its
//! code is stable, and [`Code::explanation`] has a paragraph and an example for each.

use std::ops::Range;

use serde_json::{Value as Json, json};

mod codes;

pub use codes::{Code, Explanation};

use super::pipeline::Place;

/// A mistake, where it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind: `DM0204`.
    pub code: Code,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The command-line argument that the spans point into; `None` where it is the pipeline file.
    pub argument: Option<String>,
    /// The place of the mistake, as a range of bytes on char boundaries.
    pub span: Range<usize>,
    /// A few words to stand at that place; may be empty.
    pub label: String,
    /// Other places that matter.
    pub notes: Vec<Note>,
    /// The fix.
    pub help: Option<String>,
}

/// A second place in the same text that a diagnostic points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The place, as a range of bytes on char boundaries.
    pub span: Range<usize>,
    /// A few words to stand there.
    pub label: String,
}

impl Diagnostic {
    /// Says what the fix is.
    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says what stands at its place.
    pub(crate) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Points to a second place, if it is in the same text.
    pub(crate) fn note(&mut self, place: &Place, label: impl Into<String>) -> &mut Self {
        if place.argument.as_deref() == self.argument.as_deref() {
            self.notes.push(Note { span: place.span.clone(), label: label.into() });
        }
        self
    }

    /// Line and column of the mistake, from 1, the column in chars. `text` is the pipeline file; it
    /// is not used where the mistake stands in a command-line argument.
    pub fn line_column(&self, text: &str) -> (usize, usize) {
        line_column(self.argument.as_deref().unwrap_or(text), self.span.start)
    }

    /// The form of `check --json`: one object. `file` is the pipeline file as the user named it.
    pub fn json(&self, file: &str, text: &str) -> Json {
        let (line, column) = self.line_column(text);
        let (end_line, end_column) =
            line_column(self.argument.as_deref().unwrap_or(text), self.span.end);
        let mut json = json!({
            "code": self.code.name(),
            "message": self.message,
            "line": line,
            "column": column,
            "end-line": end_line,
            "end-column": end_column,
        });
        match &self.argument {
            Some(argument) => json["argument"] = argument.as_str().into(),
            None => json["file"] = file.into(),
        }
        if let Some(help) = &self.help {
            json["help"] = help.as_str().into();
        }
        json
    }
}

/// Line and column of a byte, from 1, the column in chars. A byte past the end counts as the end.
fn line_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    let in_line = before.get(line_start..).unwrap_or_default();
    // A byte order mark is not a char of the first line.
    (line, in_line.chars().filter(|c| *c != '\u{feff}').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_chars() {
        let text = "a = 1\nname = \"Ä🙂\" # x\n";
        assert_eq!(line_column(text, 0), (1, 1));
        assert_eq!(line_column(text, 6), (2, 1));
        assert_eq!(line_column(text, text.find('#').unwrap()), (2, 13));
        assert_eq!(line_column(text, text.len()), (3, 1));
        assert_eq!(line_column(text, 999), (3, 1));
        assert_eq!(line_column("é", 1), (1, 1));
    }
}
