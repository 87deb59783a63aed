//! The document of a test.

use serde_json::Value as Json;

use crate::engine::{
    Code,
    pipeline::{
        Findings,
        layers::Layers,
        node::{Entry, Form, Node, Table},
    },
};

/// A test's document, as far as it could be read.
pub(super) struct Read {
    pub(super) json: Json,
    /// The names of its layers; `None` where it could not be read.
    pub(super) layers: Option<Vec<String>>,
}

pub(super) fn document(
    node: &Node,
    table: &Table,
    layers: &Layers,
    findings: &mut Findings,
) -> Read {
    let inputs: Vec<&Entry> =
        ["text", "html", "document"].iter().filter_map(|key| table.get(key)).collect();
    let unread = Read { json: Json::Null, layers: None };
    let input = match inputs.as_slice() {
        [] => {
            findings
                .at(Code::TestInput, &node.place, "this test has no document")
                .help("add the text of one: text = \"…\"");
            return unread;
        }
        [input] => *input,
        [first, .., last] => {
            let (a, b) = if first.place.span.start < last.place.span.start {
                (first, last)
            } else {
                (last, first)
            };
            findings
                .at(
                    Code::TestInput,
                    &b.place,
                    format!("a test has one document, and this has `{}` too", a.key),
                )
                .note(&a.place, "the first")
                .help(format!("take out `{}` or `{}`", a.key, b.key));
            return unread;
        }
    };
    let json = if input.key == "document" {
        given(input, table, findings)
    } else {
        let keys = [input.key.as_str(), "metadata", "layers"];
        let members = keys.iter().filter_map(|key| table.get(key));
        Some(Json::Object(members.map(|entry| (entry.key.clone(), entry.value.json())).collect()))
    };
    let Some(json) = json else { return unread };
    let of_json = |json: &Json| -> Vec<String> {
        json["layers"].as_object().into_iter().flat_map(|layers| layers.keys().cloned()).collect()
    };
    let given = of_json(&json);
    for (layer, stage) in &layers.from_source {
        if !given.contains(layer) {
            findings
                .at(
                    Code::TestInput,
                    &node.place,
                    format!("the test's document lacks the layer `{layer}`, which `{stage}` needs"),
                )
                .help(format!(
                    "give it one: layers.{layer} = [{{ start = 0, end = 4, label = \"…\" }}]"
                ));
        }
    }
    check_spans(table, input, findings);
    Read { json, layers: Some(given) }
}

/// The document in its JSON form.
fn given(input: &Entry, table: &Table, findings: &mut Findings) -> Option<Json> {
    for key in ["metadata", "layers"] {
        if let Some(beside) = table.get(key) {
            findings
                .at(
                    Code::TestInput,
                    &beside.place,
                    format!("`{key}` stands beside a whole `document`"),
                )
                .help(format!("put `{key}` into the document"));
        }
    }
    let json = match &input.value.form {
        Form::Text(line) => serde_json::from_str(line).map_err(|error| error.to_string()),
        _ => Ok(input.value.json()),
    };
    let found = match json {
        Ok(json) if json.get("text").or_else(|| json.get("html")).is_some_and(Json::is_string) => {
            return Some(json);
        }
        Ok(_) => findings.at(Code::TestInput, &input.value.place, "this document has no text"),
        Err(error) => {
            let message = format!("this document is not a line of JSON: {error}");
            findings.at(Code::TestInput, &input.value.place, message)
        }
    };
    found.help("write a line as docmill's jsonl has it: '{\"text\": \"…\"}'");
    None
}

/// Whether the annotations of a test's own layers lie in its text.
fn check_spans(table: &Table, input: &Entry, findings: &mut Findings) {
    let (Some(layers), Some(text)) = (table.get("layers"), input.value.text()) else { return };
    let length = text.chars().count() as u64;
    let layers = layers.value.table().into_iter().flat_map(|layers| &layers.entries);
    let lists = layers.filter_map(|layer| match &layer.value.form {
        Form::List(annotations) => Some(annotations),
        _ => None,
    });
    for annotation in lists.flatten() {
        let position = |key: &str| match &annotation.table()?.get(key)?.value {
            Node { form: Form::Number(number), place } => Some((number.as_u64()?, place)),
            _ => None,
        };
        let (Some((start, _)), Some((end, place))) = (position("start"), position("end")) else {
            continue;
        };
        if start > end || end > length {
            findings
                .at(
                    Code::BadAnnotation,
                    place,
                    format!("chars {start} to {end} do not lie in the text, which has {length}"),
                )
                .help("count chars from 0; `end` is the char after the last");
        }
    }
}
