//! Layers: whether each is provided before it is needed.

use super::{Findings, Place, components::Draft};
use crate::{
    Contract, SinkContract, SourceContract,
    engine::{Code, Registry},
    plugin::{AnySink, AnySource, AnyStage},
};

/// What the source brings and the stages write, as far as is known.
#[derive(Default)]
pub(super) struct Layers {
    /// What the documents have after the last stage.
    pub(super) provided: Vec<String>,
    /// What the stages write.
    pub(super) written: Vec<String>,
    /// Whether a component that could not be read may provide more.
    pub(super) unknown: bool,
    /// What a document must bring, and the stage that needs it.
    pub(super) from_source: Vec<(String, String)>,
}

type Source = Option<Draft<SourceContract, dyn AnySource>>;
type Stages = [Draft<Contract, dyn AnyStage>];
type Sinks = [Draft<SinkContract, dyn AnySink>];

/// Walks the pipeline in order. A layer that is missing is reported once, where it is needed first.
pub(super) fn check(
    source: &Source,
    stages: &Stages,
    sinks: &Sinks,
    registry: &Registry,
    findings: &mut Findings,
) -> Layers {
    let mut layers = Layers::default();
    let brought = source.as_ref().and_then(|source| source.contract.as_ref());
    // Of a source that is wrong itself, nothing is said.
    let mut any = brought.is_none_or(|source| source.any_layer);
    layers.provided.extend(brought.into_iter().flat_map(|source| source.layers.clone()));

    for (at, stage) in stages.iter().enumerate() {
        let Some(contract) = &stage.contract else {
            any = true;
            layers.unknown = true;
            continue;
        };
        for need in &contract.needs {
            let asked = layers.from_source.iter().any(|(layer, _)| layer == need);
            let may_bring = brought.is_some_and(|b| b.any_layer || b.layers.contains(need));
            if may_bring && !asked && !layers.written.contains(need) {
                layers.from_source.push((need.clone(), stage.said().to_owned()));
            }
            if any || layers.provided.contains(need) {
                continue;
            }
            match stages.get(at + 1..).and_then(|later| writer(later, need)) {
                Some(later) => too_late(stage.said(), &stage.place, need, later, findings),
                None => missing(stage.said(), &stage.place, need, source, registry, findings),
            }
            layers.provided.push(need.clone());
        }
        for written in &contract.writes {
            layers.provided.push(written.layer.clone());
            layers.written.push(written.layer.clone());
        }
    }
    for sink in sinks {
        for need in sink.contract.iter().flat_map(|contract| &contract.needs) {
            if !any && !layers.provided.contains(need) {
                missing(sink.said(), &sink.place, need, source, registry, findings);
                layers.provided.push(need.clone());
            }
        }
    }
    layers
}

fn writer<'s>(stages: &'s Stages, layer: &str) -> Option<&'s Draft<Contract, dyn AnyStage>> {
    stages.iter().find(|stage| {
        let mut written = stage.contract.iter().flat_map(|contract| &contract.writes);
        written.any(|written| written.layer == layer)
    })
}

fn too_late(
    name: &str,
    place: &Place,
    need: &str,
    later: &Draft<Contract, dyn AnyStage>,
    findings: &mut Findings,
) {
    let writer = later.said();
    findings
        .at(
            Code::LayerTooLate,
            place,
            format!("`{name}` needs the layer `{need}`, which is written only after it"),
        )
        .label(format!("needs `{need}`"))
        .note(&later.place, format!("writes `{need}`"))
        .help(format!("move `{writer}` up, before `{name}`"));
}

fn missing(
    name: &str,
    place: &Place,
    need: &str,
    source: &Source,
    registry: &Registry,
    findings: &mut Findings,
) {
    let writers: Vec<&str> = registry
        .stages()
        .iter()
        .map(|offered| &offered.entry)
        .filter(|stage| {
            let contract = (stage.contract)(&serde_json::json!({}));
            contract.is_ok_and(|c| c.writes.iter().any(|w| w.layer == need && !w.extends))
        })
        .map(|stage| stage.name)
        .collect();
    let mut help = match writers.as_slice() {
        [] => "no stage writes it".to_owned(),
        [one] => format!("put a stage that writes it before `{name}`: use = \"{one}\""),
        many => {
            let names: Vec<String> = many.iter().map(|name| format!("`{name}`")).collect();
            format!("put a stage that writes it before `{name}`: {}", names.join(" or "))
        }
    };
    let used = source.as_ref().and_then(|source| source.part.as_ref());
    let takes_layers = used
        .and_then(|part| registry.source(part.component))
        .is_some_and(|source| (source.entry.schema)()["properties"].get("layers").is_some());
    if takes_layers {
        help.push_str(&format!(
            "; if the input brings it, say so under [source]: layers = [\"{need}\"]"
        ));
    }
    findings
        .at(
            Code::MissingLayer,
            place,
            format!("`{name}` needs the layer `{need}`, which nothing before it provides"),
        )
        .label(format!("needs `{need}`"))
        .help(help);
}
