//! `[[test]]` blocks: a document, and what must come of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::{Map, Value as Json};

use super::{
    Dropped, Findings, Place, TestCase, Wanted, WantedLayer,
    layers::Layers,
    node::{Entry, Form, Node, Table},
    settings,
};
use crate::{
    engine::{Code, registry::nearest},
    plugin::schema,
};

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
    /// What must come out.
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

/// Reads and checks the tests. `text` is the pipeline file.
pub(super) fn read(
    nodes: &[&Node],
    text: &str,
    layers: &Layers,
    findings: &mut Findings,
) -> Vec<TestCase> {
    let schema = schema::<TestTable>();
    let mut names: BTreeMap<&str, &Place> = BTreeMap::new();
    let mut tests = Vec::new();
    for node in nodes {
        let Some(table) = node.table() else { continue };
        if let Some((name, place)) = name(table) {
            match names.get(name) {
                Some(first) => {
                    findings
                        .at(Code::DuplicateName, place, format!("two tests are named \"{name}\""))
                        .note(first, "the first")
                        .help("say in the name what this test shows and the other does not");
                }
                None => {
                    names.insert(name, place);
                }
            }
        }
        let before = findings.list.len();
        settings::check(node, &schema, "a test", findings);
        let document = document(node, table, layers, findings);
        let wanted = wanted(table, &document, layers, findings);
        if let (true, Some(name)) = (before == findings.list.len(), name(table)) {
            let start = text.get(..node.place.span.start).unwrap_or_default();
            let line = start.matches('\n').count() + 1;
            tests.push(TestCase { name: name.0.to_owned(), line, document: document.json, wanted });
        }
    }
    tests
}

fn name(table: &Table) -> Option<(&str, &Place)> {
    let value = &table.get("name")?.value;
    Some((value.text()?, &value.place))
}

/// A test's document, as far as it could be read.
struct Read {
    json: Json,
    /// The names of its layers; `None` where it could not be read.
    layers: Option<Vec<String>>,
}

fn document(node: &Node, table: &Table, layers: &Layers, findings: &mut Findings) -> Read {
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

fn wanted(table: &Table, document: &Read, layers: &Layers, findings: &mut Findings) -> Wanted {
    let mut wanted = Wanted::default();
    let Some((entry, want)) = table.get("want").and_then(|e| Some((e, e.value.table()?))) else {
        return wanted;
    };
    if want.entries.is_empty() {
        findings
            .at(Code::TestWants, &entry.place, "this test wants nothing, so it cannot fail")
            .help("say what must come out: want.text = \"…\"");
    }
    for entry in &want.entries {
        match (entry.key.as_str(), &entry.value.form) {
            ("text", Form::Text(text)) => wanted.text = Some(text.clone()),
            ("dropped", Form::Bool(dropped)) => {
                wanted.dropped = Some(if *dropped { Dropped::Yes } else { Dropped::No });
            }
            ("dropped", Form::Text(reason)) => {
                wanted.dropped = Some(Dropped::Because(reason.clone()))
            }
            ("metadata", Form::Table(metadata)) => {
                wanted.metadata =
                    metadata.entries.iter().map(|e| (e.key.clone(), e.value.json())).collect();
            }
            (key, Form::List(annotations)) => {
                let (layer, exact) = match key.strip_suffix("-include") {
                    Some(layer) => (layer, false),
                    None => (key, true),
                };
                check_layer(layer, entry, document, layers, findings);
                check_wanted(annotations, findings);
                let annotations = annotations.iter().map(Node::json).collect();
                wanted.layers.push(WantedLayer { layer: layer.to_owned(), exact, annotations });
            }
            // The schema says what is wrong with it.
            _ => {}
        }
    }
    if matches!(wanted.dropped, Some(Dropped::Yes | Dropped::Because(_))) {
        for entry in want.entries.iter().filter(|entry| entry.key != "dropped") {
            findings
                .at(
                    Code::TestWants,
                    &entry.place,
                    format!("a dropped document has no `{}` to look at", entry.key),
                )
                .help(format!("take out `want.{}` or `want.dropped`", entry.key));
        }
    }
    wanted
}

fn check_layer(
    layer: &str,
    entry: &Entry,
    document: &Read,
    layers: &Layers,
    findings: &mut Findings,
) {
    let Some(given) = &document.layers else { return };
    let mut known = layers.written.iter().chain(given).map(String::as_str);
    if layers.unknown || known.clone().any(|known| known == layer) {
        return;
    }
    let found = findings.at(
        Code::UnknownLayer,
        &entry.place,
        format!("no stage of this pipeline writes the layer `{layer}`"),
    );
    if let Some(near) = nearest(layer, known.clone().chain(["text", "dropped", "metadata"])) {
        found.help(format!("did you mean `{near}`?"));
    } else if known.next().is_none() {
        found.help("the stages write no layer: ask for want.text, want.metadata or want.dropped");
    } else {
        let mut names: Vec<&str> = layers.written.iter().chain(given).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        found.help(format!("its stages write: {}", names.join(", ")));
    }
}

fn check_wanted(annotations: &[Node], findings: &mut Findings) {
    for annotation in annotations {
        if annotation.table().is_some_and(|table| table.entries.is_empty()) {
            findings
                .at(Code::BadAnnotation, &annotation.place, "this asks nothing of the annotation")
                .help("say what it must have: { text = \"…\", label = \"…\" }");
        }
    }
}
