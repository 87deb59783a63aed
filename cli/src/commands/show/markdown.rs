//! All components and their settings as one page of Markdown: the book's reference.

use std::fmt::Write;

use docmill_core::engine::{Component, Kind, Registry};
use serde_json::Value as Json;

use super::{
    TableOfPipeline, contract,
    settings::{Setting, description, settings_of},
};

const HEAD: &str = "\
# Reference

<!-- Written by `docmill show --markdown`, from the components' own doc comments: change those. -->

All components that are built in, and all that they can be told. `docmill show NAME` says the same on a
terminal. Every component also takes `use`, which names it, and `name`, which tells two uses of one
component apart, in reports and in `--set NAME.KEY=VALUE`.
";

/// The page.
pub(super) fn reference(registry: &Registry) -> String {
    let mut page = HEAD.to_owned();
    for kind in Kind::ALL {
        let name = kind.name();
        let (first, rest) = name.split_at(1);
        page += &format!("\n## {}{rest}s\n", first.to_uppercase());
        for component in registry.components().filter(|component| component.kind() == kind) {
            page += &format!("\n### The {name} `{}`\n\n", component.name());
            page += &of_component(component);
        }
    }
    page += "\n## Other tables of a pipeline file\n";
    for table in TableOfPipeline::ALL {
        let schema = table.schema(registry);
        page += &format!("\n### `{}`\n\n{}\n", table.header, description(&schema));
        page += &of_settings(&schema);
    }
    page
}

fn of_component(component: Component<'_>) -> String {
    let schema = component.schema();
    let mut part = format!("{}\n", description(schema));
    let quoted = |names: Vec<String>| format!("`{}`", names.join("`, `"));
    let mut facts: Vec<String> = contract(component)
        .into_iter()
        .map(|(says, names)| match names.is_empty() {
            true => says.to_owned(),
            false => format!("{says} {}", quoted(names)),
        })
        .collect();
    if !component.extensions().is_empty() {
        let endings = component.extensions().iter().map(|ending| format!(".{ending}")).collect();
        facts.push(format!("files: {}", quoted(endings)));
    }
    facts.push(format!("in the plugin `{}`", component.plugin()));
    if let Some(first) = facts.first_mut() {
        let (letter, rest) = first.split_at(1);
        *first = letter.to_uppercase() + rest;
    }
    part += &format!("\n*{}.*\n", facts.join("; "));
    part + &of_settings(schema)
}

fn of_settings(schema: &Json) -> String {
    let mut list = String::from("\n");
    for Setting { key, form, required, text, values, default } in settings_of(schema) {
        let must = if required { "; must be set" } else { "" };
        list += &format!("- **`{key}`**, {form}{must}. {}\n", text.replace('\n', "\n  "));
        if let Some(default) = default {
            let _ = writeln!(list, "  Default: `{default}`.");
        }
        for (value, meaning) in values {
            let _ = writeln!(list, "  - `{value}`: {}", meaning.replace('\n', "\n    "));
        }
    }
    if list.len() == 1 { "\nNo settings.\n".to_owned() } else { list }
}
