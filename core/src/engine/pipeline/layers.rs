//! Layers: whether each is provided before it is needed.

use serde_json::json;

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
        }
        if !any {
            let later = stages.get(at + 1..).unwrap_or_default();
            let missing = Missing { name: stage.said(), place: &stage.place, source, registry };
            missing.report(&mut layers.provided, &contract.needs, later, findings);
        }
        for written in &contract.writes {
            layers.provided.push(written.layer.clone());
            layers.written.push(written.layer.clone());
        }
    }
    for sink in sinks.iter().filter(|_| !any) {
        let Some(contract) = &sink.contract else { continue };
        let missing = Missing { name: sink.said(), place: &sink.place, source, registry };
        missing.report(&mut layers.provided, &contract.needs, &[], findings);
    }
    layers
}

/// Says what a stage or sink misses.
struct Missing<'m> {
    /// The stage or sink, and where it stands.
    name: &'m str,
    place: &'m Place,
    source: &'m Source,
    registry: &'m Registry,
}

/// How a layer comes to be there in time.
#[derive(PartialEq)]
enum Remedy<'m> {
    /// This stage of the pipeline is moved up: its name, and where it stands.
    Move(&'m str, &'m Place),
    /// One of these stages is put before.
    Add(Vec<&'static str>),
}

impl Missing<'_> {
    /// Reports the needs that nothing provides, those with one remedy together, and takes them for
    /// provided from here on.
    fn report(
        &self,
        provided: &mut Vec<String>,
        needs: &[String],
        later: &Stages,
        findings: &mut Findings,
    ) {
        let mut found: Vec<(Remedy<'_>, Vec<&str>)> = Vec::new();
        for need in needs {
            if provided.contains(need) {
                continue;
            }
            let remedy = match later.iter().find(|stage| writes(stage, need)) {
                Some(stage) => Remedy::Move(stage.said(), &stage.place),
                None => Remedy::Add(self.writers(need)),
            };
            match found.iter_mut().find(|(known, _)| *known == remedy) {
                Some((_, layers)) => layers.push(need),
                None => found.push((remedy, vec![need])),
            }
            provided.push(need.clone());
        }
        for (remedy, layers) in found {
            self.say(&remedy, &layers, findings);
        }
    }

    /// The stages that would write the layer, when no setting is made.
    fn writers(&self, layer: &str) -> Vec<&'static str> {
        let entries = self.registry.stages().iter().map(|offered| &offered.entry);
        let writers = entries.filter(|stage| {
            let contract = (stage.contract)(&json!({}));
            contract.is_ok_and(|c| c.writes.iter().any(|w| w.layer == layer && !w.extends))
        });
        writers.map(|stage| stage.name).collect()
    }

    fn say(&self, remedy: &Remedy<'_>, layers: &[&str], findings: &mut Findings) {
        let name = self.name;
        let named: Vec<String> = layers.iter().map(|layer| format!("`{layer}`")).collect();
        let named = named.join(" and ");
        let (the_layer, is, it) = match layers.len() {
            1 => ("the layer", "is", "it"),
            _ => ("the layers", "are", "them"),
        };
        let writers = match remedy {
            Remedy::Move(writer, at) => {
                findings
                    .at(
                        Code::LayerTooLate,
                        self.place,
                        format!(
                            "`{name}` needs {the_layer} {named}, which {is} written only after it"
                        ),
                    )
                    .label(format!("needs {named}"))
                    .note(at, format!("writes {named}"))
                    .help(format!("move `{writer}` up, before `{name}`"));
                return;
            }
            Remedy::Add(writers) => writers,
        };
        let mut help = match writers.as_slice() {
            [] => format!("no stage writes {it}"),
            [one] => format!("put a stage that writes {it} before `{name}`: use = \"{one}\""),
            many => {
                let many: Vec<String> = many.iter().map(|stage| format!("`{stage}`")).collect();
                format!("put a stage that writes {it} before `{name}`: {}", many.join(" or "))
            }
        };
        if self.source_takes_layers() {
            let quoted: Vec<String> = layers.iter().map(|layer| format!("\"{layer}\"")).collect();
            help.push_str(&format!(
                "; if the input brings {it}, say so under [source]: layers = [{}]",
                quoted.join(", ")
            ));
        }
        findings
            .at(
                Code::MissingLayer,
                self.place,
                format!("`{name}` needs {the_layer} {named}, which nothing before it provides"),
            )
            .label(format!("needs {named}"))
            .help(help);
    }

    /// Whether the source can be told which layers its documents bring.
    fn source_takes_layers(&self) -> bool {
        let part = self.source.as_ref().and_then(|source| source.part.as_ref());
        part.and_then(|part| self.registry.source(part.component))
            .is_some_and(|source| source.entry.schema["properties"].get("layers").is_some())
    }
}

fn writes(stage: &Draft<Contract, dyn AnyStage>, layer: &str) -> bool {
    let mut written = stage.contract.iter().flat_map(|contract| &contract.writes);
    written.any(|written| written.layer == layer)
}
