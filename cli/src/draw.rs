//! Draws mistakes: the line they stand in, a caret under the place, the fix below.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use docmill_core::engine::Diagnostic;

use crate::{
    pipeline_file::PipelineFile,
    term::{self, Shown},
};

/// An error without a place.
pub(crate) fn error(message: &str) -> String {
    let title = Level::ERROR.primary_title(Shown(message).to_string());
    Renderer::styled().render(&[Group::with_title(title)])
}

/// All mistakes of one pipeline, and how many there are.
pub(crate) fn diagnostics(file: &PipelineFile, found: &[Diagnostic]) -> String {
    let mut text = String::new();
    for found in found {
        text.push_str(&diagnostic(file, found));
        text.push_str("\n\n");
    }
    text.push_str(&error(&summary(&file.name, found.len())));
    if let Some(first) = found.first() {
        text.push_str(&format!("\n`docmill explain {}` says more about a code", first.code));
    }
    text
}

/// How many mistakes a file has.
pub(crate) fn summary(file: &str, mistakes: usize) -> String {
    format!("{} in {file}", term::counted(mistakes as u64, "mistake"))
}

fn diagnostic(file: &PipelineFile, found: &Diagnostic) -> String {
    let (source, path) = match &found.argument {
        Some(argument) => (argument.as_str(), "command line"),
        None => (file.text.as_str(), file.name.as_str()),
    };
    let primary = AnnotationKind::Primary.span(found.span.clone());
    let notes = found.notes.iter().map(|note| {
        AnnotationKind::Context.span(note.span.clone()).label(Shown(&note.label).to_string())
    });
    let snippet = Snippet::source(source)
        .path(path)
        .annotation(match found.label.as_str() {
            "" => primary,
            label => primary.label(Shown(label).to_string()),
        })
        .annotations(notes);
    let title = Level::ERROR.primary_title(Shown(&found.message).to_string()).id(found.code.name());
    let mut group = title.element(snippet);
    if let Some(help) = &found.help {
        group = group.element(Level::HELP.message(Shown(help).to_string()));
    }
    Renderer::styled().render(&[group])
}
