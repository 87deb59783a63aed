//! Which component reads a path of `--input`, and which writes the path of `--output`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::engine::{
    Code, Registry,
    pipeline::{Findings, Place},
};

/// The source for these paths. `own` is the pipeline's own source, which is preferred where it reads
/// them too.
pub(super) fn source(
    registry: &Registry,
    own: Option<&str>,
    typed: &[String],
    places: &[Place],
    findings: &mut Findings,
) -> Option<&'static str> {
    let own = own.and_then(|own| registry.source(own)).map(|offered| offered.entry.name);
    let mut chosen: Option<&'static str> = None;
    for (path, place) in typed.iter().zip(places) {
        let next = if Path::new(path).is_dir() {
            folder(registry, own, path, place, findings)?
        } else {
            file(registry, own, path, place, findings)?
        };
        let first = *chosen.get_or_insert(next);
        if first != next {
            let message =
                format!("`{path}` is read by `{next}`, and what stands before it by `{first}`");
            findings
                .at(Code::UnknownFormat, place, message)
                .help("run the pipeline once for each kind of file");
            return None;
        }
    }
    chosen
}

/// The source for a file, a glob, an address (`s3://…`) or `-`.
fn file(
    registry: &Registry,
    own: Option<&'static str>,
    path: &str,
    place: &Place,
    findings: &mut Findings,
) -> Option<&'static str> {
    let name = if path == "-" { "-.jsonl" } else { path };
    let readers = readers(registry, name);
    if let Some(own) = own.filter(|own| readers.contains(own)) {
        return Some(own);
    }
    if let Some(first) = readers.first() {
        return Some(first);
    }
    let is_glob = path.contains(['*', '?', '[', '{']) && !Path::new(path).exists();
    // What lies in a store is not known here.
    let is_address = path.contains("://");
    if let (true, Some(own)) = (is_glob || is_address, own) {
        return Some(own);
    }
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    let found = match extension {
        _ if !is_glob && !is_address && !Path::new(path).exists() => {
            findings.at(Code::InputNotFound, place, format!("there is no file or folder `{path}`"))
        }
        Some(extension) => findings.at(
            Code::UnknownFormat,
            place,
            format!("no source reads files that end in `.{extension}`"),
        ),
        None => findings.at(
            Code::UnknownFormat,
            place,
            format!("`{path}` has no ending that says what it is"),
        ),
    };
    let known = registry.sources().iter().flat_map(|source| source.entry.extensions);
    found.help(format!("what can be read: {}", endings(known)));
    None
}

/// The source for the files in a folder, at any depth.
fn folder(
    registry: &Registry,
    own: Option<&'static str>,
    path: &str,
    place: &Place,
    findings: &mut Findings,
) -> Option<&'static str> {
    let names = names_in(PathBuf::from(path));
    let mut found: Vec<&'static str> =
        names.iter().filter_map(|name| readers(registry, name).first().copied()).collect();
    found.sort_unstable();
    found.dedup();
    let own = own.filter(|own| names.iter().any(|name| readers(registry, name).contains(own)));
    match (own, found.as_slice()) {
        (Some(own), _) => Some(own),
        (None, [one]) => Some(one),
        (None, []) => {
            let known = registry.sources().iter().flat_map(|source| source.entry.extensions);
            findings
                .at(
                    Code::InputNotFound,
                    place,
                    format!("the folder `{path}` has no file that a source reads"),
                )
                .help(format!("what can be read: {}", endings(known)));
            None
        }
        (None, many) => {
            let first = many.first().and_then(|first| registry.source(first));
            let ending = first.and_then(|first| first.entry.extensions.first()).unwrap_or(&"…");
            findings
                .at(
                    Code::UnknownFormat,
                    place,
                    format!("the folder `{path}` has files for {}", many.join(" and ")),
                )
                .help(format!(
                    "say which by a glob: '{}/**/*.{ending}'",
                    path.trim_end_matches('/')
                ));
            None
        }
    }
}

/// One file name for each ending that occurs in a folder, at any depth; hidden ones are passed over.
fn names_in(folder: PathBuf) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if let Some((_, endings)) = name.split_once('.') {
                // What stands before the endings does not matter here.
                names.insert(format!("x.{endings}"));
            }
        }
    }
    names.into_iter().collect()
}

/// The sources that read files of this name, the one with the longest ending first.
fn readers(registry: &Registry, name: &str) -> Vec<&'static str> {
    let mut readers: Vec<(usize, &'static str)> = registry
        .sources()
        .iter()
        .filter_map(|source| Some((longest(name, source.entry.extensions)?, source.entry.name)))
        .collect();
    readers.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    readers.into_iter().map(|(_, name)| name).collect()
}

/// The length of the longest of these endings that the name has.
fn longest(name: &str, extensions: &[&str]) -> Option<usize> {
    extensions.iter().filter(|extension| ends_in(name, extension)).map(|e| e.len()).max()
}

fn ends_in(name: &str, extension: &str) -> bool {
    let name = name.to_lowercase();
    name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.'))
}

/// The run's folder and the file in it, if it is a file, that `--output` means. A path without an
/// ending, with a slash at its end, or of a folder that is there is a folder.
pub(super) fn output(path: &str) -> (String, Option<String>) {
    if path == "-" {
        return (".".to_owned(), Some("-".to_owned()));
    }
    let file = Path::new(path);
    let name = file.file_name().and_then(|name| name.to_str());
    match name {
        Some(name) if !path.ends_with('/') && !file.is_dir() && file.extension().is_some() => {
            let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty());
            let dir = dir.map_or_else(|| ".".into(), |dir| dir.to_string_lossy());
            (dir.into_owned(), Some(name.to_owned()))
        }
        _ => (path.to_owned(), None),
    }
}

/// The sink for a file name.
pub(super) fn sink(
    registry: &Registry,
    file: &str,
    place: &Place,
    findings: &mut Findings,
) -> Option<&'static str> {
    let name = if file == "-" { "-.jsonl" } else { file };
    let writers = registry
        .sinks()
        .iter()
        .filter_map(|sink| Some((longest(name, sink.entry.extensions)?, sink.entry.name)));
    // The first of those with the longest ending.
    let writer = writers.reduce(|best, next| if next.0 > best.0 { next } else { best });
    if writer.is_none() {
        let known = registry.sinks().iter().flat_map(|sink| sink.entry.extensions);
        findings
            .at(Code::UnknownFormat, place, format!("no sink writes files such as `{file}`"))
            .help(format!(
                "what can be written: {}; a folder takes the pipeline's own sinks",
                endings(known)
            ));
    }
    writer.map(|(_, name)| name)
}

fn endings<'e>(extensions: impl Iterator<Item = &'e &'static str>) -> String {
    let endings: BTreeSet<String> = extensions.map(|extension| format!(".{extension}")).collect();
    endings.into_iter().collect::<Vec<_>>().join(", ")
}
