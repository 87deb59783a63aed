//! The rules of the repository that the compiler does not know: who may depend on whom, who may
//! print, what nothing may be called. `docs/src/architecture.md` gives the reasons.
//!
//! Each rule is a function from a file to what is wrong in it, and is tried on a file that breaks
//! it: a rule that cannot fail holds nothing.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Folders of plugins that offer no component.
const LIBRARIES: &[&str] = &["paths", "text"];

/// Words that say nothing of what a thing is.
const EMPTY_WORDS: &[&str] = &[
    "processor",
    "handler",
    "manager",
    "helper",
    "helpers",
    "util",
    "utils",
    "item",
    "items",
    "data",
];

/// A file, by its path in the repository with `/` between folders.
struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    /// The lines of code that are not tests and not comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let of_tests = name.ends_with("tests.rs") || name.ends_with("_properties.rs");
        let code = if of_tests { "" } else { &self.text };
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = code.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }

    /// The lines of code in which `wrong` finds something.
    fn lines(&self, wrong: impl Fn(&str) -> bool) -> Vec<String> {
        let found = self.code().filter(|(_, line)| wrong(line));
        found.map(|(number, line)| format!("{}:{number}: {line}", self.path)).collect()
    }

    /// The names under `[dependencies]` and the like, each with its line.
    fn dependencies(&self, sections: &[&str]) -> Vec<(&str, &str)> {
        let mut section = "";
        let mut found = Vec::new();
        for line in self.text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line.trim_matches(['[', ']']);
            } else if sections.contains(&section) && !line.is_empty() && !line.starts_with('#') {
                let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
                found.push((name, line));
            }
        }
        found
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The files of the repository with this ending, but for this one, which breaks every rule once.
fn files(ending: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root(), "", ending, &mut found);
    found.retain(|file| file.path != "cli/tests/tidy.rs");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &Path, path: &str, ending: &str, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != "out" && !name.starts_with('.') {
                collect(&entry.path(), &path, ending, found);
            }
        } else if name.ends_with(ending) {
            let text = fs::read_to_string(entry.path()).unwrap();
            found.push(File { path, text });
        }
    }
}

/// Holds files to a rule, after a file that breaks it was found to.
#[track_caller]
fn hold(rule: impl Fn(&File) -> Vec<String>, files: &[File], breaks: &File) {
    assert_ne!(rule(breaks), [""; 0], "the rule does not see what breaks it");
    assert!(files.len() > 5, "only {} files were found", files.len());
    let broken: Vec<String> = files.iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn plugin_folders() -> Vec<String> {
    let entries = fs::read_dir(root().join("plugins")).unwrap();
    let folders = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut folders: Vec<String> =
        folders.filter(|folder| !LIBRARIES.contains(&folder.as_str())).collect();
    folders.sort();
    assert!(folders.len() > 5, "{folders:?}");
    folders
}

#[test]
fn every_plugin_is_built_in() {
    let builtin = fs::read_to_string(root().join("cli/src/builtin.rs")).unwrap();
    for folder in plugin_folders() {
        let call = format!("docmill_{}::plugin()", folder.replace('-', "_"));
        assert!(builtin.contains(&call), "add {call} to cli/src/builtin.rs");
    }
}

#[test]
fn every_component_is_contract_tested() {
    let sources = files(".rs");
    let mut components = 0;
    for folder in plugin_folders() {
        let of_plugin = |file: &&File| file.path.starts_with(&format!("plugins/{folder}/"));
        let text: String =
            sources.iter().filter(of_plugin).map(|file| file.text.as_str()).collect();
        for kind in ["source", "stage", "sink"] {
            let offers = format!(".{kind}::<");
            let offered = text.split(&offers).skip(1);
            for component in offered.filter_map(|rest| rest.split('>').next()) {
                let name = component.rsplit("::").next().unwrap_or_default();
                // A source may also take only some of an input's records.
                let mut checks = ["check_", "check_selecting_"].into_iter().flat_map(|check| {
                    [name, component].map(|name| format!("{check}{kind}::<{name}>("))
                });
                assert!(
                    checks.any(|check| text.contains(&check)),
                    "no test in plugins/{folder} calls testing::check_{kind}::<{name}>"
                );
                components += 1;
            }
        }
    }
    assert!(components > 5, "only {components} components were found");
}

/// A plugin knows the contract and the libraries, and no other part of docmill; a library knows the contract at most.
fn plugin_dependencies(manifest: &File) -> Vec<String> {
    let Some(folder) = manifest.path.strip_prefix("plugins/") else { return Vec::new() };
    let library = LIBRARIES.contains(&folder.split('/').next().unwrap_or_default());
    let allowed: &[&str] = match library {
        true => &["docmill-core"],
        false => &["docmill-core", "docmill-paths", "docmill-text"],
    };
    manifest
        .dependencies(&["dependencies", "build-dependencies"])
        .into_iter()
        .filter(|(name, line)| {
            let own = name.starts_with("docmill");
            own && (!allowed.contains(name) || *line != format!("{name}.workspace = true"))
        })
        .map(|(_, line)| format!("{}: {line}", manifest.path))
        .collect()
}

#[test]
fn plugins_depend_on_the_contract_alone() {
    let path = "plugins/clean/Cargo.toml";
    let manifests = files("Cargo.toml");
    for broken in [
        "[dependencies]\ndocmill-segment.workspace = true\n",
        "[dependencies]\ndocmill-core = { workspace = true, features = [\"engine\"] }\n",
        "[build-dependencies]\ndocmill.workspace = true\n",
    ] {
        hold(plugin_dependencies, &manifests, &File::new(path, broken));
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(workspace.contains("docmill-core = { path = \"core\", default-features = false }"));
}

/// Only the binary and the benches put plugins together.
fn core_dependencies(manifest: &File) -> Vec<String> {
    if manifest.path != "core/Cargo.toml" {
        return Vec::new();
    }
    let found = manifest.dependencies(&["dependencies", "dev-dependencies"]).into_iter();
    let found = found.filter(|(name, _)| name.starts_with("docmill") && *name != "docmill-core");
    found.map(|(_, line)| format!("{}: {line}", manifest.path)).collect()
}

#[test]
fn core_depends_on_no_plugin() {
    let broken =
        File::new("core/Cargo.toml", "[dev-dependencies]\ndocmill-read.workspace = true\n");
    hold(core_dependencies, &files("Cargo.toml"), &broken);
}

#[test]
fn lints_are_inherited() {
    let rule = |manifest: &File| match manifest.path.as_str() {
        "Cargo.toml" => Vec::new(),
        _ if manifest.text.contains("[lints]\nworkspace = true\n") => Vec::new(),
        path => vec![format!("{path}: add [lints] workspace = true")],
    };
    hold(rule, &files("Cargo.toml"), &File::new("core/Cargo.toml", "[package]\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let rule = |file: &File| match file.text.starts_with("//! ") {
        true => Vec::new(),
        false => vec![format!("{}: begin with //! and what, how and which promises", file.path)],
    };
    hold(rule, &files(".rs"), &File::new("core/src/span.rs", "use std::fmt;\n"));
}

/// The words of a name: of `read_item`, `ReadItem`, `READ_ITEM` and `read-item`, `read` and `item`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && !before.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

fn is_empty_word(name: &str) -> bool {
    words(name).iter().any(|word| EMPTY_WORDS.contains(&word.as_str()))
}

/// Names that say nothing, of files, types, functions and the like.
fn empty_names(file: &File) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let file_name = file.path.split('/').any(|part| is_empty_word(part.trim_end_matches(".rs")));
    if file_name {
        found.push(file.path.clone());
    }
    for (at, line) in file.text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let mut tokens =
            code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|t| !t.is_empty());
        while let Some(token) = tokens.next() {
            let names = ["fn", "struct", "enum", "trait", "type", "mod", "const", "static"];
            let Some(name) = names.contains(&token).then(|| tokens.next()).flatten() else {
                continue;
            };
            // The one that std asks for.
            let of_iterator = token == "type" && name == "Item";
            if is_empty_word(name) && !of_iterator {
                found.push(format!("{}:{}: {name}", file.path, at + 1));
            }
        }
    }
    found
}

#[test]
fn names_say_what_things_are() {
    let sources = files(".rs");
    for (path, text) in [
        ("core/src/utils.rs", ""),
        ("core/src/text_helper/mod.rs", ""),
        ("core/src/a.rs", "pub(crate) struct LineHandler;"),
        ("core/src/a.rs", "    fn item_at(&self) {}"),
        ("core/src/a.rs", "const DATA: u8 = 0;"),
    ] {
        hold(empty_names, &sources, &File::new(path, text));
    }
    let fine = File::new("core/src/metadata.rs", "type Item = u8; fn metadata() {} // fn data");
    assert_eq!(empty_names(&fine), [""; 0]);
}

#[test]
fn only_the_doors_are_unsafe() {
    let rule = |file: &File| {
        // The doors, and the allocator that benchmarks count with.
        let door = ["core/src/door/", "core/src/engine/doors/", "cli/src/allocations.rs"];
        match door.iter().any(|door| file.path.starts_with(door)) {
            true => Vec::new(),
            // The bare word may also stand in a text.
            false => file.lines(|line| {
                let parts = ["{", "fn", "impl", "trait", "extern"];
                parts.iter().any(|part| line.contains(&format!("unsafe {part}")))
                    || ["unsafe(", "unsafe_code"].iter().any(|part| line.contains(part))
            }),
        }
    };
    let sources = files(".rs");
    for path in ["core/src/a.rs", "core/src/engine/kit/a.rs", "cli/tests/a.rs"] {
        hold(rule, &sources, &File::new(path, "let x = unsafe { y() };"));
    }
}

/// Files below `src` that are not under one of these paths.
fn sources_beside(paths: &[&str]) -> Vec<File> {
    let apart = |file: &File| !paths.iter().any(|path| file.path.starts_with(path));
    files(".rs").into_iter().filter(|f| f.path.contains("/src/")).filter(apart).collect()
}

#[test]
fn only_the_run_and_two_others_know_threads() {
    let rule =
        |file: &File| file.lines(|line| line.contains("thread::") || line.contains("::thread"));
    // The check of threads, and the metrics of a run, which must answer while all of the run is busy.
    let known = [
        "core/src/engine/run/",
        "core/src/engine/kit/threads.rs",
        "cli/src/metrics.rs",
        "benches/",
    ];
    let sources = sources_beside(&known);
    hold(rule, &sources, &File::new("core/src/a.rs", "use std::thread::spawn;"));
}

#[test]
fn only_stores_are_asynchronous() {
    let words = ["async fn", "async move", "async {", ".await", "tokio::"];
    let rule = |file: &File| file.lines(|line| words.iter().any(|word| line.contains(word)));
    let sources = sources_beside(&["plugins/paths/src/stores/"]);
    hold(rule, &sources, &File::new("core/src/a.rs", "async fn wait() {}"));
}

#[test]
fn only_the_binary_prints_or_exits() {
    let rule = |file: &File| {
        file.lines(|line| {
            let printing = ["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!("];
            printing.iter().any(|call| line.contains(call))
                || line.contains("process::exit")
                || line.contains("process::abort")
        })
    };
    let sources = sources_beside(&["cli/", "benches/"]);
    hold(rule, &sources, &File::new("core/src/a.rs", "std::process::exit(1)"));
    hold(rule, &sources, &File::new("core/src/a.rs", "println!(\"x\");"));
}

#[test]
fn core_names_no_component() {
    let plugins = files(".rs").into_iter().filter(|file| file.path.starts_with("plugins/"));
    let names: BTreeSet<String> = plugins
        .flat_map(|file| {
            let named = file.text.lines().filter_map(|line| {
                let line = line.trim().strip_prefix("const NAME: &'static str = \"")?;
                line.strip_suffix("\";").map(|name| format!("\"{name}\""))
            });
            named.collect::<Vec<_>>()
        })
        .collect();
    assert!(names.len() > 5, "{names:?}");
    let rule = |file: &File| file.lines(|line| names.iter().any(|name| line.contains(name)));
    let core = files(".rs").into_iter().filter(|file| file.path.starts_with("core/src/"));
    let core: Vec<File> = core.filter(|file| !file.path.contains("/testing")).collect();
    hold(rule, &core, &File::new("core/src/a.rs", "if name == \"clean\" {"));
}
