//! A plugin in Rust: the crate `plugins/template`, or `plugins/template-encoder`, standing alone.

use std::path::Path;

use super::{Name, SAMPLE, Scaffold, library, renamed};
use crate::args::Component;

const WORKSPACE: &str = include_str!("../../../Cargo.toml");
/// The versions of all that the crate needs: those that docmill is built with, so that it builds
/// without a network where docmill did.
const LOCK: &str = include_str!("../../../Cargo.lock");

const STAGE: &str = include_str!("../../../plugins/template/src/lib.rs");
const STAGE_MANIFEST: &str = include_str!("../../../plugins/template/Cargo.toml");
const ENCODER: &str = include_str!("../../../plugins/template-encoder/src/lib.rs");
const ENCODER_MANIFEST: &str = include_str!("../../../plugins/template-encoder/Cargo.toml");

/// Where the sources of docmill were when this binary was built.
const CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../core");

pub(super) fn scaffold(name: &Name, component: Component) -> Scaffold {
    let library = library(&name.snake());
    let (what, source, manifest, pipeline, readme) = match component {
        Component::Stage => (
            "a stage in Rust",
            STAGE,
            STAGE_MANIFEST,
            include_str!("rust/stage.toml"),
            include_str!("rust/stage.md"),
        ),
        Component::Encoder => (
            "an encoder in Rust",
            ENCODER,
            ENCODER_MANIFEST,
            include_str!("rust/encoder.toml"),
            include_str!("rust/encoder.md"),
        ),
    };
    let renamed = |text: &str| renamed(text, name, &library);
    let core = Path::new(CORE).canonicalize().ok();
    let notes = match &core {
        Some(_) => Vec::new(),
        None => vec![
            "the sources that this docmill was built from are gone; give the `path` of their folder \
             `core` to both docmill-core in Cargo.toml"
                .to_owned(),
        ],
    };
    let core = core.as_deref().and_then(Path::to_str);
    let files = [
        ("src/lib.rs", renamed(source)),
        ("Cargo.toml", cargo_toml(name, manifest, core)),
        ("Cargo.lock", LOCK.to_owned()),
        ("pipeline.toml", renamed(pipeline)),
        ("sample.txt", SAMPLE.to_owned()),
        ("README.md", renamed(readme)),
        (".gitignore", "/target\n/out\n".to_owned()),
    ];
    Scaffold {
        what,
        files: files.map(|(path, text)| (path.to_owned(), text)).into(),
        next: vec![
            "cargo test && cargo build --release".to_owned(),
            format!("docmill check target/release/{library}"),
            "docmill test pipeline.toml".to_owned(),
            "docmill run pipeline.toml".to_owned(),
        ],
        notes,
    }
}

/// A manifest that stands alone: no part of a workspace around it, and with the dependencies of
/// the template, in the versions of docmill's workspace.
fn cargo_toml(name: &Name, template: &str, core: Option<&str>) -> String {
    let edition = package_key("edition");
    let rust = package_key("rust-version");
    let version = env!("CARGO_PKG_VERSION");
    let path = core.map(|path| format!("path = {}, ", toml_string(path))).unwrap_or_default();
    let core = format!("docmill-core = {{ version = \"{version}\", {path}default-features = false");
    let others: String = dependencies(template).map(|line| format!("{line}\n")).collect();
    let name = name.kebab();
    format!(
        "\
[package]
name = \"{name}\"
version = \"0.1.0\"
edition = {edition}
rust-version = {rust}

# A library for docmill to load; and a crate that a docmill of your own can be built with.
[lib]
crate-type = [\"cdylib\", \"rlib\"]

[features]
default = [\"library\"]
# The symbol that docmill looks for in a library. Only one crate of a program may have it: who links
# this crate into a program leaves it out, with `default-features = false`.
library = []

[dependencies]
{core} }}
{others}
[dev-dependencies]
{core}, features = [\"testing\"] }}

# It belongs to no workspace that it may lie in.
[workspace]
"
    )
}

/// A value of `[workspace.package]`.
fn package_key(key: &str) -> &'static str {
    let mut values = WORKSPACE.lines().filter_map(|line| line.split_once(" = "));
    values.find(|(found, _)| *found == key).map_or("", |(_, value)| value)
}

/// What the template needs beside docmill-core, as lines with the workspace's versions.
fn dependencies(template: &str) -> impl Iterator<Item = &'static str> {
    let section = template.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.strip_suffix(".workspace = true"));
    let lines = names.filter(|name| *name != "docmill-core").filter_map(|name| {
        let of_name = |line: &&str| line.split_once(" = ").is_some_and(|(found, _)| found == name);
        WORKSPACE.lines().find(of_name)
    });
    lines.collect::<Vec<_>>().into_iter()
}

fn toml_string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// What has this name already, so that the crate would not compile.
pub(super) fn taken(name: &Name, component: Component) -> Option<&'static str> {
    const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn \
        else enum extern false final fn for gen if impl in let loop macro match mod move mut \
        override priv pub ref return self static struct super trait true try type typeof union \
        unsafe unsized use virtual where while yield";
    const CRATES: &str = "alloc core docmill-core proc-macro schemars serde serde-json std test";
    const PRELUDE: &str = "err none ok option result some string vec";
    let (source, kebab, camel) = match component {
        Component::Stage => (STAGE, name.kebab(), name.camel()),
        Component::Encoder => (ENCODER, name.kebab(), name.camel()),
    };
    let listed = |words: &str| words.split_whitespace().any(|word| word == kebab);
    if listed(KEYWORDS) {
        Some("a keyword of Rust")
    } else if listed(CRATES) {
        Some("a crate that every plugin uses")
    } else if listed(PRELUDE) || types(source).any(|name| name == camel) {
        Some("what Rust or docmill calls something else")
    } else {
        None
    }
}

/// The names of types that a source uses by themselves: not in comments, in strings, or after `::`.
fn types(source: &str) -> impl Iterator<Item = &str> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.flat_map(|line| line.split('"').step_by(2));
    code.flat_map(|code| {
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        words.filter(|word| word.starts_with(char::is_uppercase))
    })
    .map(|path| path.split(':').next().unwrap_or_default())
    .filter(|name| !name.starts_with("Template"))
}
