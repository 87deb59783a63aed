//! The form of a `[[test]]` block, for its check and for editors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Map, Value as Json};

/// A test of the pipeline: a document, and what must come of it.
// Only its schema is used: the table is read by hand, which keeps positions.
#[allow(dead_code)]
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TestTable {
    /// What the test shows; no other test in the file has the same name.
    #[schemars(length(min = 1), example = "a cookie notice goes, the sentence stays")]
    name: String,
    /// The text of the document.
    text: Option<String>,
    /// The document as HTML.
    html: Option<String>,
    /// The document in its JSON form, as a table or as a line of JSON.
    document: Option<DocumentForm>,
    /// The document's metadata.
    metadata: Option<Map<String, Json>>,
    /// Layers that the document brings, by name. Offsets in chars.
    layers: Option<BTreeMap<String, Vec<GivenAnnotation>>>,
    /// What must come out. Beside `text`, `metadata` and `dropped`, each key is a layer and lists exactly
    /// the annotations it must hold or, with `-include` after the layer's name, some of them.
    #[schemars(example = serde_json::json!({ "text": "…" }))]
    want: Want,
}

#[allow(dead_code)]
#[derive(JsonSchema)]
#[schemars(untagged)]
enum DocumentForm {
    Line(String),
    Table(Map<String, Json>),
}

/// An annotation; further keys are its features.
#[allow(dead_code)]
#[derive(JsonSchema)]
struct GivenAnnotation {
    /// Its first char, from 0.
    start: u32,
    /// The char after its last.
    end: u32,
    /// Its label.
    label: Option<String>,
    /// Its score.
    score: Option<f32>,
    #[schemars(flatten)]
    features: Map<String, Json>,
}

/// What must come out. Each further key is a layer and lists exactly the annotations it must hold,
/// or, with `-include` after the layer's name, some that it must hold among others.
#[allow(dead_code)]
#[derive(JsonSchema)]
struct Want {
    /// The exact text.
    text: Option<String>,
    /// Whether the document is dropped, or the reason why it is.
    dropped: Option<WantDropped>,
    /// Metadata keys that must have these values.
    metadata: Option<Map<String, Json>>,
    #[schemars(flatten)]
    layers: BTreeMap<String, Vec<WantedAnnotation>>,
}

#[allow(dead_code)]
#[derive(JsonSchema)]
#[schemars(untagged)]
enum WantDropped {
    Whether(bool),
    Because(String),
}

/// What an annotation must have; further keys are features.
#[allow(dead_code)]
#[derive(JsonSchema)]
struct WantedAnnotation {
    /// The text that it covers.
    text: Option<String>,
    /// Its first char, from 0.
    start: Option<u32>,
    /// The char after its last.
    end: Option<u32>,
    /// Its label.
    label: Option<String>,
    /// Its score.
    score: Option<f32>,
    #[schemars(flatten)]
    features: Map<String, Json>,
}
