//! From the text of a pipeline file to a [`Pipeline`], or to all that is wrong with it.

use std::{path::Path, sync::PoisonError};

use toml::de::DeTable;

use super::{
    Findings, Overrides, Pipeline, Place,
    components::{Draft, component},
    layers,
    node::{Entry, Form, Node, Table},
    outputs, overrides, plugins, run, shards,
    syntax::syntax,
    test_blocks,
};
use crate::{
    Shard, SourceContract,
    engine::{
        Code, Diagnostic, Kind, Registry, chain,
        contain::contain_build,
        registry::{is_kebab_case, nearest},
    },
    plugin::AnySource,
};

const TOP_LEVEL: [&str; 7] = ["name", "source", "stage", "sink", "run", "plugin", "test"];

impl Pipeline {
    /// Reads the text of a pipeline file and checks all that can be known before a document is read.
    /// Builds every component once, which may load models.
    ///
    /// # Errors
    ///
    /// Every mistake found, in the order of the file; of a text that is not TOML, the first alone.
    pub fn read(
        text: &str,
        registry: &Registry,
        overrides: &Overrides,
    ) -> Result<Pipeline, Vec<Diagnostic>> {
        let mut findings = Findings::default();
        let parsed = DeTable::parse(text).map_err(|error| vec![syntax(text, &error)])?;
        let mut root = Table::read(parsed.get_ref(), None, &mut findings);
        let plugins = tables(&root, "plugin", &mut findings);
        let registry = &*plugins::read(&plugins, registry, overrides.lock.as_ref(), &mut findings);
        let known = overrides::apply(&mut root, registry, overrides, &mut findings);
        let look_for_inputs = known && !overrides.without_inputs;
        let pipeline = read(&root, text, registry, overrides, look_for_inputs, &mut findings);
        match pipeline {
            Some(pipeline) if findings.list.is_empty() => Ok(pipeline),
            _ => Err(findings.sorted()),
        }
    }
}

impl Registry {
    /// The same, and what the libraries offer that the text of a pipeline file names. The rest of the file may
    /// have any mistakes.
    ///
    /// # Errors
    ///
    /// Every mistake found in `[[plugin]]`; of a text that is not TOML, the first alone.
    pub fn with_plugins_of(&self, text: &str) -> Result<Registry, Vec<Diagnostic>> {
        let parsed = DeTable::parse(text).map_err(|error| vec![syntax(text, &error)])?;
        let root = Table::read(parsed.get_ref(), None, &mut Findings::default());
        let mut findings = Findings::default();
        let plugins = tables(&root, "plugin", &mut findings);
        let registry = plugins::read(&plugins, self, None, &mut findings).into_owned();
        if findings.list.is_empty() { Ok(registry) } else { Err(findings.sorted()) }
    }
}

/// The pipeline, or `None` where a part is missing; in which case there are findings.
fn read(
    root: &Table,
    text: &str,
    registry: &Registry,
    overrides: &Overrides,
    look_for_inputs: bool,
    findings: &mut Findings,
) -> Option<Pipeline> {
    for entry in &root.entries {
        check_top_level(entry, registry, findings);
    }
    let file = overrides.file.as_deref();
    let name = name(root, file, findings);
    let mut source = source(root, findings)
        .map(|node| component(Kind::Source, node, registry.sources(), registry, findings));
    let stages: Vec<Draft<_, _>> = tables(root, "stage", findings)
        .into_iter()
        .map(|node| component(Kind::Stage, node, registry.stages(), registry, findings))
        .collect();
    let sinks: Vec<Draft<_, _>> = tables(root, "sink", findings)
        .into_iter()
        .map(|node| component(Kind::Sink, node, registry.sinks(), registry, findings))
        .collect();
    if root.get("sink").is_none() {
        findings
            .at(
                Code::NoSink,
                last_table(root),
                "the pipeline has no sink, so its results would go nowhere",
            )
            .help("add one below: [[sink]], with `use` and what it writes");
    }
    unique_names(Kind::Stage, &stages, findings);
    unique_names(Kind::Sink, &sinks, findings);

    let layers = layers::check(&source, &stages, &sinks, registry, findings);
    let tests = test_blocks::read(&tables(root, "test", findings), text, &layers, findings);
    let shards = match &mut source {
        Some(source) if look_for_inputs => listed(source, findings),
        _ => Vec::new(),
    };
    let run = root.get("run");
    let run_place = run.map_or(&START, |run| &run.value.at("/dir").place);
    let mut run = run::read(run, findings);
    run.threads = overrides.threads.or(run.threads);
    if overrides::to_stdout(overrides) {
        run.dir = None;
    }
    let shards = shards::group(shards.into_iter().flat_map(|shard| shard.inputs), run.shard);
    outputs::check(&sinks, &run, run_place, &shards, file, findings);

    Some(Pipeline {
        name,
        source: source?.part?,
        stages: stages.into_iter().map(|draft| draft.part).collect::<Option<_>>()?,
        sinks: sinks.into_iter().map(|draft| draft.part).collect::<Option<_>>()?,
        run,
        tests,
        shards,
    })
}

/// Where a file starts: the place of what is wrong with it as a whole.
static START: Place = Place { argument: None, span: 0..0 };

fn first_table(root: &Table) -> &Place {
    let tables = ["stage", "sink"].iter().filter_map(|key| root.get(key));
    let first = tables.min_by_key(|entry| entry.value.place.span.start);
    first.map_or(&START, |entry| &entry.value.place)
}

fn last_table(root: &Table) -> &Place {
    match root.get("stage").map(|entry| &entry.value) {
        Some(Node { form: Form::List(stages), place }) => stages.last().map_or(place, |s| &s.place),
        Some(stage) => &stage.place,
        None => root.get("source").map_or(&START, |source| &source.value.place),
    }
}

fn source<'n>(root: &'n Table, findings: &mut Findings) -> Option<&'n Node> {
    let Some(entry) = root.get("source") else {
        findings
            .at(
                Code::NoSource,
                first_table(root),
                "the pipeline has no source, so nothing comes in",
            )
            .help("add one above: [source], with `use` and what it reads");
        return None;
    };
    let node = &entry.value;
    match &node.form {
        Form::Table(_) => Some(node),
        Form::List(sources) if sources.iter().all(|source| source.table().is_some()) => {
            let place = sources.get(1).map_or(&node.place, |second| &second.place);
            findings.at(Code::WrongType, place, "a pipeline has one source").help(
                "write [source], once, with one bracket; most sources read more than one path",
            );
            sources.first()
        }
        _ => {
            let message = format!("`source` is a table, and this is {}", node.kind());
            findings
                .at(Code::WrongType, &node.place, message)
                .help("write [source] on a line of its own, and its settings below");
            None
        }
    }
}

/// Lists the inputs. What is not there is reported.
fn listed(
    source: &mut Draft<SourceContract, dyn AnySource>,
    findings: &mut Findings,
) -> Vec<Shard> {
    let Some(part) = &mut source.part else { return Vec::new() };
    let built = part.built.get_mut().unwrap_or_else(PoisonError::into_inner);
    match built.as_ref().map(|built| contain_build(|| built.shards())) {
        Some(Ok(shards)) => shards,
        Some(Err(error)) => {
            let place = &source.settings.at(error.setting()).place;
            let message = chain(&error);
            let is_address = message.contains("://");
            let finding = findings.at(Code::InputNotFound, place, message);
            if !is_address {
                finding.help("paths are relative to the working directory, which `-C DIR` changes");
            }
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn check_top_level(entry: &Entry, registry: &Registry, findings: &mut Findings) {
    let key = entry.key.as_str();
    if TOP_LEVEL.contains(&key) {
        return;
    }
    let found = findings.at(Code::UnknownKey, &entry.place, format!("`{key}` means nothing here"));
    found.label("unknown");
    let plural = key.strip_suffix('s').filter(|key| TOP_LEVEL.contains(key));
    if let Some(near) = plural.or_else(|| nearest(key, TOP_LEVEL)) {
        found.help(format!("did you mean `{}`?", header(near)));
    } else if let Some(component) = registry.components().find(|c| c.name() == key) {
        let kind = component.kind();
        found.help(format!("`{key}` is a {kind}: write {} and use = \"{key}\"", kind.header()));
    } else {
        found.help(
            "a pipeline file has: name, [source], [[stage]], [[sink]], [run], [[plugin]], [[test]]",
        );
    }
}

fn header(key: &str) -> &str {
    match key {
        "source" => "[source]",
        "stage" => "[[stage]]",
        "sink" => "[[sink]]",
        "run" => "[run]",
        "plugin" => "[[plugin]]",
        "test" => "[[test]]",
        key => key,
    }
}

/// The tables of `[[stage]]`, `[[sink]]` or `[[test]]`.
fn tables<'n>(root: &'n Table, key: &str, findings: &mut Findings) -> Vec<&'n Node> {
    let Some(Entry { value, .. }) = root.get(key) else { return Vec::new() };
    let Form::List(nodes) = &value.form else {
        let message = format!("a pipeline can have more than one {key}");
        let help = format!("write [[{key}]], with two brackets");
        findings.at(Code::WrongType, &value.place, message).help(help);
        // Its contents are checked all the same.
        return value.table().map(|_| value).into_iter().collect();
    };
    let is_table = |node: &&Node| {
        if node.table().is_none() {
            let message = format!("a {key} is a table, and this is {}", node.kind());
            findings
                .at(Code::WrongType, &node.place, message)
                .help(format!("write [[{key}]] on a line of its own, and its settings below"));
        }
        node.table().is_some()
    };
    nodes.iter().filter(is_table).collect()
}

fn unique_names<C, B: ?Sized>(kind: Kind, drafts: &[Draft<C, B>], findings: &mut Findings) {
    for (at, draft) in drafts.iter().enumerate() {
        let Some((name, place)) = &draft.name else { continue };
        let first = drafts[..at].iter().filter_map(|d| d.name.as_ref()).find(|d| d.0 == *name);
        if let Some((_, first)) = first {
            findings
                .at(Code::DuplicateName, place, format!("two {kind}s are named `{name}`"))
                .note(first, "the first")
                .help(format!("give this one a name of its own: name = \"{name}-{}\"", at + 1));
        }
    }
}

fn name(root: &Table, file: Option<&Path>, findings: &mut Findings) -> String {
    let Some(entry) = root.get("name") else {
        let stem = file.and_then(Path::file_stem).and_then(|stem| stem.to_str());
        return stem.unwrap_or("pipeline").to_owned();
    };
    match entry.value.text() {
        Some(name) if is_kebab_case(name) => return name.to_owned(),
        Some(name) => {
            let better = kebab_case(name);
            findings
                .at(Code::BadName, &entry.value.place, format!("`{name}` cannot be a name"))
                .help(format!("write it in kebab-case: name = \"{better}\""));
        }
        None => {
            let message = format!("`name` takes a string, and this is {}", entry.value.kind());
            findings
                .at(Code::WrongType, &entry.value.place, message)
                .help("write name = \"my-pipeline\"");
        }
    }
    String::new()
}

/// The name in kebab-case that is most like this one.
pub(super) fn kebab_case(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-");
    if is_kebab_case(&joined) {
        joined
    } else {
        format!("my-{joined}").trim_end_matches('-').into()
    }
}
