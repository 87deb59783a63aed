//! The folders that `docmill new` makes.
//!
//! A scaffold is a working plugin called `template` (in Rust: the crates `plugins/template` and
//! `plugins/template-encoder` themselves) with another name put in its place. Each is built, tested
//! and run by `cli/tests/new`, as a user would.

mod c;
mod name;
mod python;
mod rust;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

use crate::args::{Component, Language};

pub(crate) use name::Name;

/// The document that the pipeline of a scaffold reads.
const SAMPLE: &str = include_str!("sample.txt");

/// A folder to make.
pub(crate) struct Scaffold {
    /// What it is, as in "a stage in Rust".
    pub(crate) what: &'static str,
    /// Its files: the path of each in the folder, and its text.
    pub(crate) files: Vec<(String, String)>,
    /// The commands to type next, in the folder.
    pub(crate) next: Vec<String>,
    /// What the user must know before.
    pub(crate) notes: Vec<String>,
}

impl Scaffold {
    /// That of a plugin of this name, which fits the language.
    pub(crate) fn new(name: &Name, language: Language, component: Component) -> Self {
        match language {
            Language::Rust => rust::scaffold(name, component),
            Language::C => c::scaffold(name, component),
            Language::Python => python::scaffold(name),
        }
    }
}

/// The text of a plugin called `template` or `template-encoder`, called `name`, with its library of this name.
fn renamed(text: &str, name: &Name, library: &str) -> String {
    let (kebab, camel) = (name.kebab(), &name.camel());
    let names = [
        ("libtemplate.so", library),
        ("TemplateEncoder", camel),
        ("template-encoder", kebab),
        ("Template", camel),
        ("template", kebab),
    ];
    replaced(text, &names)
}

/// A text with the second of a pair wherever the first stands; where several do, that of the first pair.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    let (mut made, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let found = pairs.iter().find_map(|(from, to)| Some((rest.strip_prefix(from)?, to)));
        match found {
            Some((after, to)) => {
                made.push_str(to);
                rest = after;
            }
            None => {
                made.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    made
}

/// The file name of a library.
fn library(stem: &str) -> String {
    format!("{DLL_PREFIX}{stem}{DLL_SUFFIX}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_the_name_it_replaces() {
        let name = Name::parse("my-template", Language::Rust, Component::Stage).unwrap();
        let text = "struct Template; // libtemplate.so, template é template-encoder";
        let wanted = "struct MyTemplate; // my.so, my-template é my-template";
        assert_eq!(renamed(text, &name, "my.so"), wanted);
    }

    #[test]
    fn what_is_made_has_the_new_name_in_its_paths() {
        for (language, component, path) in [
            (Language::Rust, Component::Stage, "src/lib.rs"),
            (Language::Rust, Component::Encoder, "src/lib.rs"),
            (Language::C, Component::Stage, "mark-loud.c"),
            (Language::C, Component::Encoder, "mark-loud.c"),
            (Language::Python, Component::Stage, "test_mark_loud.py"),
        ] {
            let name = Name::parse("mark-loud", language, component).unwrap();
            let scaffold = Scaffold::new(&name, language, component);
            let paths: Vec<&str> = scaffold.files.iter().map(|(path, _)| path.as_str()).collect();
            for path in [path, "README.md", "pipeline.toml", "sample.txt", ".gitignore"] {
                assert!(paths.contains(&path), "{path}: {paths:?}");
            }
        }
    }
}
