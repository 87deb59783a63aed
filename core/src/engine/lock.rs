//! `docmill.lock`: which plugins, models and word lists a pipeline ran with, so that it runs with the same ones again.
//!
//! A lock holds the version of docmill, every plugin's version (of a library also the hash of its file), and the
//! hash of every file that a component's settings name. It says nothing of inputs, which have a digest in each
//! document, nor of the pipeline file, which a reader can compare.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use toml::de::DeTable;

use super::{
    Pin, Pipeline,
    pipeline::{Findings, as_json},
    run::digest_of,
};

/// The file that `docmill lock` writes, in the working directory.
pub const LOCK_FILE: &str = "docmill.lock";

/// The version of the file's form.
const VERSION: u32 = 1;

/// What pipelines ran with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lock {
    version: u32,
    /// The version of docmill.
    docmill: String,
    #[serde(default)]
    plugin: Vec<LockedPlugin>,
    #[serde(default)]
    file: Vec<LockedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LockedPlugin {
    name: String,
    version: String,
    /// The library, as pipelines name it; `None` of a plugin that is built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LockedFile {
    path: String,
    sha256: String,
}

/// Why there is no lock, or none that can be read.
#[derive(Debug, Error)]
pub enum LockError {
    /// A file that is to be locked cannot be read.
    #[error("{} cannot be read, so it cannot be locked; see to its path and permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The text is no lock.
    #[error("line {line}: {problem}; `docmill lock` writes the file anew")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The lock has another form.
    #[error(
        "it is in version {0} of its form, and this docmill reads version {VERSION}; `docmill lock` writes it anew"
    )]
    OtherVersion(u32),
    /// Two pipelines ask for two versions of one plugin.
    #[error(
        "the pipelines use two plugins named `{0}` that differ, and a lock holds one of a name; lock them in folders of their own"
    )]
    TwoPlugins(String),
}

impl Lock {
    /// What these pipelines would run with now.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or the pipelines use two plugins of one name.
    pub fn of(pipelines: &[Pipeline]) -> Result<Lock, LockError> {
        let (mut plugins, mut files) = (BTreeMap::new(), BTreeMap::new());
        for component in pipelines.iter().flat_map(Pipeline::components) {
            let plugin = LockedPlugin {
                name: component.plugin.to_owned(),
                version: component.version.to_owned(),
                path: component.library.map(said),
                sha256: component.digest.map(|digest| bare(digest).to_owned()),
            };
            let old = plugins.insert(plugin.name.clone(), plugin.clone());
            if old.is_some_and(|old| old != plugin) {
                return Err(LockError::TwoPlugins(plugin.name));
            }
            for path in component.reads {
                let digest = File::open(path).and_then(digest_of);
                let digest = digest
                    .map_err(|source| LockError::Unreadable { path: path.clone(), source })?;
                files.insert(said(path), bare(&digest).to_owned());
            }
        }
        Ok(Lock {
            version: VERSION,
            docmill: env!("CARGO_PKG_VERSION").to_owned(),
            plugin: plugins.into_values().collect(),
            file: files.into_iter().map(|(path, sha256)| LockedFile { path, sha256 }).collect(),
        })
    }

    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// The text is no lock, or one of another version.
    pub fn read(text: &str) -> Result<Lock, LockError> {
        let malformed = |at: usize, problem: String| {
            let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            LockError::Malformed { line, problem }
        };
        let table = DeTable::parse(text).map_err(|error| {
            malformed(error.span().map_or(0, |span| span.start), error.message().to_owned())
        })?;
        let mut findings = Findings::default();
        let json = as_json(table.get_ref(), &mut findings);
        if json["version"].as_u64().is_some_and(|version| version != u64::from(VERSION)) {
            let version = json["version"].as_u64().unwrap_or_default();
            return Err(LockError::OtherVersion(u32::try_from(version).unwrap_or(u32::MAX)));
        }
        serde_json::from_value(json).map_err(|error| malformed(0, error.to_string()))
    }

    /// The text of the file: TOML, sorted, the same for the same pipelines.
    pub fn text(&self) -> String {
        let mut text =
            "# Written by `docmill lock`; `docmill run --locked` holds a run to it.\n".to_owned();
        // A string of JSON is one of TOML, but for a character that both may escape.
        let quoted =
            |text: &str| serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f");
        // Writing to a String cannot fail.
        let _ = write!(text, "version = {}\ndocmill = {}\n", self.version, quoted(&self.docmill));
        for plugin in &self.plugin {
            let _ = write!(
                text,
                "\n[[plugin]]\nname = {}\nversion = {}\n",
                quoted(&plugin.name),
                quoted(&plugin.version)
            );
            for (key, value) in [("path", &plugin.path), ("sha256", &plugin.sha256)] {
                if let Some(value) = value {
                    let _ = writeln!(text, "{key} = {}", quoted(value));
                }
            }
        }
        for file in &self.file {
            let _ = write!(
                text,
                "\n[[file]]\npath = {}\nsha256 = {}\n",
                quoted(&file.path),
                quoted(&file.sha256)
            );
        }
        text
    }

    /// How many plugins and files it holds.
    pub fn len(&self) -> (usize, usize) {
        (self.plugin.len(), self.file.len())
    }

    /// The hash that a library must have, by its path in the pipeline.
    pub(crate) fn pin(&self, path: &str) -> Option<Pin> {
        let locked = self.plugin.iter().find(|plugin| plugin.path.as_deref() == Some(path))?;
        Pin::new(locked.sha256.as_deref()?, LOCK_FILE)
    }

    /// What of a pipeline is not as it was locked: one line each, none where all is.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn differences(&self, pipeline: &Pipeline) -> Result<Vec<String>, LockError> {
        let now = Lock::of(std::slice::from_ref(pipeline))?;
        let mut differences = Vec::new();
        if now.docmill != self.docmill {
            differences.push(differs("docmill itself", "version", &self.docmill, &now.docmill));
        }
        for plugin in &now.plugin {
            let what = format!("the plugin `{}`", plugin.name);
            let Some(old) = self.plugin.iter().find(|old| old.name == plugin.name) else {
                differences.push(format!("{what} is not in it"));
                continue;
            };
            if old.version != plugin.version {
                differences.push(differs(&what, "version", &old.version, &plugin.version));
            }
            let place =
                |plugin: &LockedPlugin| plugin.path.clone().unwrap_or("built in".to_owned());
            if old.path != plugin.path {
                differences.push(differs(&what, "place", &place(old), &place(plugin)));
            }
            if let (Some(old), Some(new)) = (&old.sha256, &plugin.sha256)
                && old != new
            {
                differences.push(differs(&what, "hash", old, new));
            }
        }
        for file in &now.file {
            match self.file.iter().find(|old| old.path == file.path) {
                None => differences.push(format!("the file {} is not in it", file.path)),
                Some(old) if old.sha256 != file.sha256 => {
                    let what = format!("the file {}", file.path);
                    differences.push(differs(&what, "hash", &old.sha256, &file.sha256));
                }
                Some(_) => {}
            }
        }
        Ok(differences)
    }
}

fn differs(what: &str, of: &str, old: &str, new: &str) -> String {
    format!("{what} has another {of}: {new}, and not {old}")
}

/// A path as pipelines write it.
fn said(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// The digits of a digest.
fn bare(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> Lock {
        let plugin = |name: &str, path: Option<&str>| LockedPlugin {
            name: name.to_owned(),
            version: "1.0".to_owned(),
            path: path.map(str::to_owned),
            sha256: path.map(|_| "ab".repeat(32)),
        };
        Lock {
            version: VERSION,
            docmill: "0.1.0".to_owned(),
            plugin: vec![plugin("a", None), plugin("b", Some("x\\\"\u{7f}é/libb.so"))],
            file: vec![LockedFile { path: "words.txt".to_owned(), sha256: "cd".repeat(32) }],
        }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let lock = lock();
        assert_eq!(Lock::read(&lock.text()).unwrap(), lock);
        assert!(lock.pin("x\\\"\u{7f}é/libb.so").is_some());
        assert!(lock.pin("liba.so").is_none());
    }

    #[test]
    fn what_is_no_lock_is_refused() {
        let newer = lock().text().replace("version = 1\n", "version = 7\n");
        for (text, expected) in [
            ("version = \n", "line 1: "),
            ("", "missing field `version`"),
            (&*newer, "it is in version 7 of its form"),
            ("version = 1\ndocmill = \"0\"\nunknown = 1\n", "unknown field `unknown`"),
        ] {
            let error = Lock::read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}
