//! `docmill show`: the components there are, and what each can be told; or a run, by its folder.
//!
//! All of it comes from the components themselves: their contracts, and the JSON Schema of their
//! settings, whose descriptions are doc comments.

mod markdown;
mod run;
mod settings;

use std::{
    io::{self, Write},
    path::Path,
};

use docmill_core::engine::{Component, Kind, Registry, chain, load, schema};
use serde_json::Value as Json;

use self::settings::{Setting, description, settings_of};
use crate::{
    args::Show,
    builtin,
    failure::{Failure, Outcome},
    pipeline_file::PipelineFile,
    term::{BOLD, DIM},
};

pub(crate) fn run(args: &Show) -> Result<Outcome, Failure> {
    let registry = registry(args)?;
    if args.schema.is_some() {
        let schema = schema::of_pipelines(&registry);
        // `{:#}` writes it indented.
        writeln!(io::stdout(), "{schema:#}")?;
        return Ok(Outcome::Done);
    }
    if args.markdown {
        io::stdout().write_all(markdown::reference(&registry).as_bytes())?;
        return Ok(Outcome::Done);
    }
    let mut out = anstream::stdout().lock();
    match &args.name {
        None => list(&registry, &mut out)?,
        Some(name) => {
            let named: Vec<_> = registry.components().filter(|c| c.name() == name).collect();
            let table = TableOfPipeline::ALL.into_iter().find(|table| table.name == name);
            match table.filter(|_| named.is_empty()) {
                Some(table) => of_pipeline(table, &registry, &mut out)?,
                None if named.is_empty() && Path::new(name).is_dir() => {
                    drop(out);
                    return run::show(name, args.json);
                }
                None if named.is_empty() => return Err(unknown(&registry, name)),
                _ if args.json => {
                    let message =
                        "--json goes with the folder of a run; `--schema` writes settings as JSON";
                    return Err(Failure::Wrong(message.into()));
                }
                None => {}
            }
            for (at, component) in named.into_iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                one(component, &mut out)?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// The built-in components and those that were asked for.
fn registry(args: &Show) -> Result<Registry, Failure> {
    let mut registry = builtin::registry()?;
    for path in args.pipeline.iter().chain(args.schema.iter().flatten()) {
        registry = PipelineFile::open(path)?.registry(&registry)?;
    }
    for path in &args.plugin {
        let plugin = load(path, None).map_err(|refusal| Failure::Wrong(chain(&refusal)))?;
        registry = registry.with(plugin).map_err(|error| Failure::Wrong(error.to_string()))?;
    }
    Ok(registry)
}

/// A table of pipeline files, or a part of one, that belongs to no component.
#[derive(Clone, Copy)]
struct TableOfPipeline {
    /// Its key.
    name: &'static str,
    /// How it begins.
    header: &'static str,
}

impl TableOfPipeline {
    const ALL: [TableOfPipeline; 4] = [
        TableOfPipeline { name: "plugin", header: "[[plugin]]" },
        TableOfPipeline { name: "stage", header: "[[stage]]" },
        TableOfPipeline { name: "run", header: "[run]" },
        TableOfPipeline { name: "test", header: "[[test]]" },
    ];

    fn schema(self, registry: &Registry) -> Json {
        if self.name == Kind::Stage.name() {
            return schema::of_every_stage();
        }
        let mut schema = schema::of_pipelines(registry)["properties"][self.name].take();
        if schema["items"].is_object() { schema["items"].take() } else { schema }
    }
}

/// What a component's contract says when no setting is made, in lines such as `needs the layers:
/// sentences, tokens`: what it says, and of which names; without names where it says all.
fn contract(component: Component<'_>) -> Vec<(&'static str, Vec<String>)> {
    let mut lines = Vec::new();
    if component.edits_text() {
        lines.push(("edits the text", Vec::new()));
    }
    let named = [
        ("needs the layers", component.needs()),
        ("reads, where there are any, the layers", component.uses()),
        ("brings the layers", component.writes()),
        ("sets the metadata", component.sets()),
    ];
    lines.extend(named.into_iter().filter(|(_, names)| !names.is_empty()));
    lines
}

fn unknown(registry: &Registry, name: &str) -> Failure {
    let near = Kind::ALL.into_iter().find_map(|kind| registry.nearest(kind, name));
    Failure::Wrong(match near {
        Some(near) => format!("there is no component `{name}`; did you mean `{near}`?"),
        None => {
            format!("there is no component or folder `{name}`; `docmill show` lists the components")
        }
    })
}

fn list(registry: &Registry, out: &mut impl Write) -> io::Result<()> {
    let width = registry.components().map(|component| component.name().len()).max().unwrap_or(0);
    for kind in Kind::ALL {
        writeln!(out, "{BOLD}{}s{BOLD:#}", kind.name())?;
        for component in registry.components().filter(|component| component.kind() == kind) {
            let schema = component.schema();
            let about = first_sentence(description(schema));
            writeln!(out, "  {:width$}  {about}", component.name())?;
        }
    }
    writeln!(out, "{BOLD}other tables of a pipeline file{BOLD:#}")?;
    for table in TableOfPipeline::ALL {
        let about = first_sentence(description(&table.schema(registry)));
        writeln!(out, "  {:width$}  {about}", table.name)?;
    }
    Ok(())
}

fn one(component: Component<'_>, out: &mut impl Write) -> io::Result<()> {
    let (name, kind) = (component.name(), component.kind().name());
    let (plugin, version) = (component.plugin(), component.version());
    writeln!(out, "{BOLD}{name}{BOLD:#}, a {kind}  {DIM}{plugin} {version}{DIM:#}\n")?;
    let schema = component.schema();
    writeln!(out, "{}\n", description(schema))?;
    for (says, names) in contract(component) {
        let separator = if names.is_empty() { "" } else { ": " };
        writeln!(out, "{says}{separator}{}", names.join(", "))?;
    }
    if !component.extensions().is_empty() {
        writeln!(out, "files: .{}", component.extensions().join(", ."))?;
    }
    write_settings(schema, out)
}

fn of_pipeline(
    table: TableOfPipeline,
    registry: &Registry,
    out: &mut impl Write,
) -> io::Result<()> {
    let schema = table.schema(registry);
    writeln!(out, "{BOLD}{}{BOLD:#}\n\n{}\n", table.header, description(&schema))?;
    write_settings(&schema, out)
}

fn write_settings(schema: &Json, out: &mut impl Write) -> io::Result<()> {
    let settings = settings_of(schema);
    if settings.is_empty() {
        return writeln!(out, "no settings");
    }
    writeln!(out, "settings:")?;
    for Setting { key, form, required, text, values, default } in settings {
        let must = if required { "; must be set" } else { "" };
        writeln!(out, "\n  {BOLD}{key}{BOLD:#}  {DIM}{form}{must}{DIM:#}")?;
        for line in text.lines() {
            writeln!(out, "      {line}")?;
        }
        for (value, meaning) in values {
            writeln!(out, "      {value}: {}", meaning.replace('\n', "\n        "))?;
        }
        if let Some(default) = default {
            writeln!(out, "      Default: {default}.")?;
        }
    }
    Ok(())
}

fn first_sentence(text: &str) -> String {
    let text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text[..end].trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_the_first_sentence() {
        assert_eq!(
            first_sentence("Marks words\nin capitals. Slowly.\n\nMore."),
            "Marks words in capitals"
        );
        assert_eq!(first_sentence("Writes it.\n\nMore"), "Writes it");
    }
}
