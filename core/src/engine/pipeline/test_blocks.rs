//! `[[test]]` blocks: a document, and what must come of it.

mod document;
mod table;
mod wanted;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    Findings, Place,
    layers::Layers,
    node::{Node, Table},
    settings,
};
use crate::{engine::Code, plugin::schema};
use document::document;
pub(crate) use table::TestTable;
use wanted::wanted;

/// One `[[test]]` block.
#[derive(Clone, Debug, PartialEq)]
pub struct TestCase {
    /// Its name, unique in the file.
    pub name: String,
    /// The line of the file that it starts at, from 1.
    pub line: usize,
    /// What goes through the stages: a document in its JSON form, `text` or `html` and, where the
    /// test has them, `metadata` and `layers`. Offsets in chars, unless it says otherwise itself.
    pub document: Json,
    /// What must come out.
    pub wanted: Wanted,
}

/// What a test wants of the document that comes out. What is `None`, or not named, may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The exact text.
    pub text: Option<String>,
    /// Whether the document is dropped.
    pub dropped: Option<Dropped>,
    /// These metadata keys have these values.
    pub metadata: Map<String, Json>,
    /// What layers hold, in the order of the file.
    pub layers: Vec<WantedLayer>,
}

/// Whether a test wants its document dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// `false`: it is kept. A test that wants a text or a layer wants this too.
    No,
    /// `true`: it is dropped, for any reason.
    Yes,
    /// It is dropped for the reason of this name.
    Because(String),
}

/// What a test wants of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedLayer {
    /// The layer's name.
    pub layer: String,
    /// Whether there may be no other annotations: `want.stances` against `want.stances-include`.
    pub exact: bool,
    /// Annotations by what they must have: `text`, `label`, `start`, features. Each is an object.
    pub annotations: Vec<Json>,
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
