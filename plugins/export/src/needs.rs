//! What sinks need of a document.

use docmill_core::{Document, DocumentError};

/// An error where a document lacks a layer.
pub(crate) fn layer(document: &Document<'_>, layer: &str) -> Result<(), DocumentError> {
    match document.layer(layer) {
        Some(_) => Ok(()),
        None => Err(DocumentError::new(format!(
            "the document lacks the layer `{layer}`; add the stage that writes it, or give it in the input"
        ))),
    }
}
