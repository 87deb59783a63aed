//! One component's table: which component it is, whether its settings fit, and whether it can be
//! built from them.

use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use super::{
    Findings, Part, Place,
    isolation::{self, Isolation},
    node::{Form, Node, Table},
    read::kebab_case,
    reads, settings,
};
use crate::{
    BuildError, Contract, SinkContract, SourceContract,
    engine::{
        Code, Kind, Registry, WorkerCommand, chain,
        contain::contain_build,
        doors::process::{Program, start_stage},
        registry::{Offered, RESERVED_KEYS, is_kebab_case, is_own},
    },
    plugin::{
        AnySink, AnySource, AnyStage, Limits, LoadedFrom, Make, SinkEntry, SourceEntry, StageEntry,
    },
};

/// Names that `--set NAME.KEY=VALUE` gives another meaning.
const TAKEN_NAMES: [&str; 2] = ["source", "run"];

/// A component's table as far as it could be read.
pub(super) struct Draft<C, B: ?Sized> {
    kind: Kind,
    /// Where it says which component it is; its header where it does not.
    pub(super) place: Place,
    /// Its settings, at the place of its header.
    pub(super) settings: Node,
    /// Its name and where it stands; `None` where it has none that can be used.
    pub(super) name: Option<(String, Place)>,
    /// Its contract; where settings are wrong, what it is without them, and where `use` is wrong, that
    /// of the component most like it. `None`: it may do anything.
    pub(super) contract: Option<C>,
    /// The component itself, if nothing is wrong with it.
    pub(super) part: Option<Part<C, B>>,
}

impl<C, B: ?Sized> Draft<C, B> {
    /// What to call it in a message.
    pub(super) fn said(&self) -> &str {
        self.name.as_ref().map_or(self.kind.name(), |(name, _)| name)
    }
}

/// What the three kinds of registry entries have in common.
pub(super) trait AnyEntry {
    type Contract: Clone;
    type Built: ?Sized;
    fn name(&self) -> &'static str;
    fn schema(&self) -> &Json;
    fn contract(&self, settings: &Json) -> Result<Self::Contract, BuildError>;
    fn build(&self) -> &Make<Box<Self::Built>>;
    /// What makes it in a process of its own, where there can be one; an error says why there cannot.
    fn build_outside(
        &self,
        _name: &str,
        _limits: Limits,
        _worker: Option<&Arc<WorkerCommand>>,
        _from: Option<&'static LoadedFrom>,
    ) -> Result<Make<Box<Self::Built>>, &'static str> {
        Err("only a stage can have a process of its own")
    }
    /// Whether it has a process of its own by its nature.
    fn is_outside(&self) -> bool {
        false
    }
}

macro_rules! any_entry {
    ($entry:ty, $contract:ty, $built:ty, { $($outside:tt)* }) => {
        impl AnyEntry for $entry {
            type Contract = $contract;
            type Built = $built;
            fn name(&self) -> &'static str {
                self.name
            }
            fn schema(&self) -> &Json {
                &self.schema
            }
            fn contract(&self, settings: &Json) -> Result<$contract, BuildError> {
                contain_build(|| (self.contract)(settings))
            }
            fn build(&self) -> &Make<Box<$built>> {
                &self.build
            }
            $($outside)*
        }
    };
}

any_entry!(SourceEntry, SourceContract, dyn AnySource, {});
any_entry!(StageEntry, Contract, dyn AnyStage, {
    fn build_outside(
        &self,
        name: &str,
        limits: Limits,
        worker: Option<&Arc<WorkerCommand>>,
        from: Option<&'static LoadedFrom>,
    ) -> Result<Make<Box<dyn AnyStage>>, &'static str> {
        let name = name.to_owned();
        if let Some(outside) = self.outside.clone() {
            return Ok(Arc::new(move |settings| outside(settings, &name, limits)));
        }
        let worker = worker.ok_or("this program starts no worker processes")?;
        let (program, component) = (Program::of(worker, from), self.name);
        Ok(Arc::new(move |settings| start_stage(&program, component, settings, &name, limits)))
    }
    fn is_outside(&self) -> bool {
        self.outside.is_some()
    }
});
any_entry!(SinkEntry, SinkContract, dyn AnySink, {});

/// Reads the table of one component.
pub(super) fn component<E: AnyEntry>(
    kind: Kind,
    node: &Node,
    offered: &[Offered<E>],
    registry: &Registry,
    findings: &mut Findings,
) -> Draft<E::Contract, E::Built> {
    let empty = Table::default();
    let table = node.table().unwrap_or(&empty);
    let asked = table.get("use").and_then(|entry| entry.value.text());
    let schema = offered.iter().find(|offered| Some(offered.entry.name()) == asked);
    let schema = schema.map(|offered| offered.entry.schema());
    let reserved = |key: &str| {
        RESERVED_KEYS.contains(&key) && !schema.is_some_and(|schema| is_own(key, schema))
    };
    let entries = table.entries.iter().filter(|entry| !reserved(&entry.key));
    let settings = Node {
        place: node.place.clone(),
        form: Form::Table(Table { entries: entries.cloned().collect() }),
    };
    refuse_later_keys(kind, table, reserved, findings);
    let used = used(kind, table, &node.place, findings);
    let name = name(kind, table, used.as_ref(), findings);
    let place = used.as_ref().map_or(&node.place, |(_, place)| place).clone();
    let mut draft = Draft { kind, place, settings, name, contract: None, part: None };
    let Some((component, place)) = used else { return draft };
    let Some(found) = offered.iter().find(|offered| offered.entry.name() == component) else {
        unknown(kind, &component, &place, registry, findings);
        let near = registry.nearest(kind, &component);
        let near = near.and_then(|near| offered.iter().find(|o| o.entry.name() == near));
        draft.contract = near.and_then(|near| {
            let mended = settings::mended(&draft.settings, near.entry.schema());
            near.entry.contract(&mended).ok()
        });
        return draft;
    };

    let before = findings.list.len();
    let limits = match kind {
        Kind::Stage => {
            isolation::read(node, table, found.entry.is_outside(), Isolation::None, findings)
        }
        Kind::Source | Kind::Sink => None,
    };
    let owner = format!("`{}`", found.entry.name());
    let schema = found.entry.schema();
    settings::check(&draft.settings, schema, &owner, findings);
    let reads = reads::files(&draft.settings, schema, findings);
    if findings.list.len() > before {
        let mended = settings::mended(&draft.settings, schema);
        draft.contract = found.entry.contract(&mended).ok();
        return draft;
    }
    let values = draft.settings.json();
    // Asked once: a program has to be started for it.
    let contract = found.entry.contract(&values);
    draft.contract = contract.as_ref().ok().cloned();
    let build = match limits {
        None => found.entry.build().clone(),
        Some(limits) => match found.entry.build_outside(
            draft.said(),
            limits,
            registry.worker(),
            found.plugin.from,
        ) {
            Ok(build) => build,
            Err(why) => {
                let place = table.get("isolation").map_or(&node.place, |entry| &entry.place);
                findings.at(Code::BadValue, place, why).help("take it out");
                return draft;
            }
        },
    };
    let built = contract.and_then(|contract| Ok((contract, contain_build(|| build(&values))?)));
    match built {
        Ok((contract, built)) => {
            draft.part = Some(Part {
                name: draft.name.as_ref().map_or_else(String::new, |(name, _)| name.clone()),
                component: found.entry.name(),
                plugin: found.plugin,
                settings: values,
                contract,
                reads,
                build,
                built: Mutex::new(Some(built)),
            });
        }
        Err(error) => {
            refused(kind, found.entry.name(), &error, &draft.settings, findings);
        }
    }
    draft
}

/// The component's name in `use`, and where it stands.
fn used(
    kind: Kind,
    table: &Table,
    header: &Place,
    findings: &mut Findings,
) -> Option<(String, Place)> {
    let Some(entry) = table.get("use") else {
        findings
            .at(Code::MissingKey, header, format!("this {kind} does not say which one it is"))
            .help(format!("add use = \"…\"; `docmill show` lists the {kind}s there are"));
        return None;
    };
    match entry.value.text() {
        Some(name) => Some((name.to_owned(), entry.value.place.clone())),
        None => {
            let message = format!("`use` takes a string, and this is {}", entry.value.kind());
            findings
                .at(Code::WrongType, &entry.value.place, message)
                .help(format!("write use = \"…\" with the name of a {kind}"));
            None
        }
    }
}

/// Its name in this pipeline, the component's if it has none of its own, and where it stands.
fn name(
    kind: Kind,
    table: &Table,
    used: Option<&(String, Place)>,
    findings: &mut Findings,
) -> Option<(String, Place)> {
    let Some(entry) = table.get("name") else { return used.cloned() };
    let place = &entry.value.place;
    match entry.value.text() {
        Some(name) if TAKEN_NAMES.contains(&name) => {
            findings
                .at(Code::BadName, place, format!("a {kind} cannot be named `{name}`"))
                .help(format!("`--set {name}.KEY=VALUE` means another table; choose another name"));
        }
        Some(name) if is_kebab_case(name) => return Some((name.to_owned(), place.clone())),
        Some(name) => {
            findings
                .at(Code::BadName, place, format!("`{name}` cannot be a name"))
                .help(format!("write it in kebab-case: name = \"{}\"", kebab_case(name)));
        }
        None => {
            let message = format!("`name` takes a string, and this is {}", entry.value.kind());
            findings.at(Code::WrongType, place, message).help("write name = \"…\"");
        }
    }
    None
}

fn refuse_later_keys(
    kind: Kind,
    table: &Table,
    reserved: impl Fn(&str) -> bool,
    findings: &mut Findings,
) {
    for entry in &table.entries {
        let key = entry.key.as_str();
        if key == "use" || key == "name" || !reserved(key) {
            continue;
        }
        if kind == Kind::Stage && isolation::KEYS.contains(&key) {
            continue;
        }
        let help = match key {
            "on-error" => "take it out; [run] on-error says it for the whole run",
            "when" => "take it out; a condition on documents has to stand in the stage itself",
            "allow" => "take it out; nothing is kept from components yet",
            _ => "take it out; only a stage can have a process of its own",
        };
        findings
            .at(Code::NotYet, &entry.place, format!("`{key}` cannot be used yet"))
            .label("kept for a later version")
            .help(help);
    }
}

fn unknown(
    kind: Kind,
    component: &str,
    place: &Place,
    registry: &Registry,
    findings: &mut Findings,
) {
    let other = Kind::ALL.into_iter().find(|other| registry.component(*other, component).is_some());
    if let Some(other) = other {
        findings
            .at(Code::WrongKind, place, format!("`{component}` is a {other}, not a {kind}"))
            .help(format!("put it under {}", other.header()));
        return;
    }
    if registry.incomplete {
        return; // it may be one of the plugin that could not be used, which was reported
    }
    let found = findings.at(
        Code::UnknownComponent,
        place,
        format!("there is no {kind} named `{component}`"),
    );
    if let Some(near) = registry.nearest(kind, component) {
        found.help(format!("did you mean `{near}`?"));
        return;
    }
    let others = Kind::ALL.into_iter().filter(|other| *other != kind);
    let near = others.filter_map(|other| Some((other, registry.nearest(other, component)?))).next();
    if let Some((other, near)) = near {
        found.help(format!("did you mean the {other} `{near}`, under {}?", other.header()));
        return;
    }
    let known: Vec<String> = registry
        .components()
        .filter(|component| component.kind() == kind)
        .map(|component| format!("`{}`", component.name()))
        .collect();
    found.help(match known.len() {
        0 => format!("no plugin offers a {kind}"),
        1..=12 => format!("the {kind}s are {}", known.join(", ")),
        _ => format!("`docmill show` lists the {kind}s"),
    });
}

fn refused(
    kind: Kind,
    component: &str,
    error: &BuildError,
    settings: &Node,
    findings: &mut Findings,
) {
    let message = format!("the {kind} `{component}` refuses this: {}", chain(error));
    findings
        .at(Code::NotBuilt, &settings.at(error.setting()).place, message)
        .help(format!("`docmill show {component}` explains its settings"));
}
