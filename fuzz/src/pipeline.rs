//! Pipeline files: every mistake has a place in the text, and what is accepted is the same each time.

use std::sync::OnceLock;

use docmill_core::engine::{Diagnostic, Overrides, Pipeline, Registry};

/// The text of one. Files that would load a library or start a program are passed over.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Escapes could hide the names.
    if ["plugin", "command", "\\u", "\\U", "\\x"].iter().any(|unsafe_| text.contains(unsafe_)) {
        return;
    }
    let overrides = Overrides { without_inputs: true, ..Overrides::default() };
    let read = || Pipeline::read(text, registry(), &overrides);
    match (read(), read()) {
        (Ok(first), Ok(second)) => {
            let canonical = first.canonical();
            assert_eq!(canonical, second.canonical(), "read twice");
            assert!(serde_json::from_str::<serde_json::Value>(&canonical).is_ok(), "{canonical}");
            assert!(!canonical.contains('\n'), "it is one line: {canonical}");
            assert!(first.outputs().count() > 0, "its results go somewhere");
        }
        (Err(first), Err(second)) => {
            assert_eq!(first, second, "read twice");
            assert!(!first.is_empty(), "a refusal says why");
            first.iter().for_each(|diagnostic| check_diagnostic(diagnostic, text));
        }
        _ => panic!("accepted once and refused once"),
    }
}

fn check_diagnostic(diagnostic: &Diagnostic, text: &str) {
    let notes = diagnostic.notes.iter().map(|note| &note.span);
    for span in std::iter::once(&diagnostic.span).chain(notes) {
        assert!(text.get(span.clone()).is_some(), "{diagnostic:?} lies in {} bytes", text.len());
    }
    assert!(!diagnostic.message.is_empty());
    let (line, column) = diagnostic.line_column(text);
    assert!(line <= text.matches('\n').count() + 1 && column <= text.chars().count() + 1);
}

fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let plugins = vec![
            docmill_read::plugin(),
            docmill_filter::plugin(),
            docmill_template::plugin(),
            docmill_export::plugin(),
        ];
        Registry::new(plugins).expect("the plugins go together")
    })
}
