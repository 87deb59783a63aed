//! What a test wants.

use super::{Dropped, Wanted, WantedLayer, document::Read};
use crate::engine::{
    Code,
    pipeline::{
        Findings,
        layers::Layers,
        node::{Entry, Form, Node, Table},
    },
    registry::nearest,
};

/// Reads and checks it.
pub(super) fn wanted(
    table: &Table,
    document: &Read,
    layers: &Layers,
    findings: &mut Findings,
) -> Wanted {
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
                if !exact && annotations.is_empty() {
                    findings
                        .at(Code::TestWants, &entry.place, format!("`want.{key}` asks for nothing"))
                        .help(format!(
                            "name an annotation, or say that there is none: want.{layer} = []"
                        ));
                }
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
