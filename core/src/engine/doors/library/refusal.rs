//! Why a library is not used.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::{
    door::abi::{MAJOR, MINOR},
    engine::{Code, LOCK_FILE, chain},
};

/// Why a library is not used. Each says what to do.
#[derive(Debug, Error)]
pub enum Refusal {
    /// It is not there, or cannot be read.
    #[error("{} cannot be read; see to its path, which is relative to the working directory", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no library.
    #[error("{} is not a library ({is}); build the plugin and name the library that comes out", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
        /// What it is, as far as its first bytes tell.
        is: String,
    },
    /// It is for another kind of machine.
    #[error("{} is a library for {machine}, and this docmill runs on {own}; build the plugin on this kind of machine", path.display())]
    OtherMachine {
        /// The file.
        path: PathBuf,
        /// The machine that it is for.
        machine: String,
        /// The machine that docmill runs on.
        own: &'static str,
    },
    /// Its hash is not the one that it must have.
    #[error("{} has another hash than {by} says, {digest}; if the change is meant, {}", path.display(), meant(by))]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// The hash that it has: 64 hexadecimal digits.
        digest: String,
        /// Who asks for another.
        by: &'static str,
    },
    /// The system's loader refuses it.
    #[error("{} cannot be loaded; the loader says why", path.display())]
    NotLoaded {
        /// The file.
        path: PathBuf,
        /// What the loader says.
        source: libloading::Error,
    },
    /// It exports no entry.
    #[error("{} exports no `docmill_plugin`, so it is no docmill plugin; in Rust, `docmill_core::export!(plugin);` exports it", path.display())]
    NoEntry {
        /// The file.
        path: PathBuf,
    },
    /// Its entry returned null.
    #[error("{} does not speak version {MAJOR} of docmill's plugin interface, the one that this docmill speaks; look for a build of the plugin for it", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
    },
    /// Its table does not begin as tables do.
    #[error("the table of {} does not begin with docmill's magic number; build the plugin again with the header of this docmill", path.display())]
    WrongMagic {
        /// The file.
        path: PathBuf,
    },
    /// Its table is of another major version.
    #[error("{} needs docmill's plugin interface {major}, and this docmill speaks {MAJOR}.{MINOR}; {}", path.display(), if *major > MAJOR { "upgrade docmill" } else { "look for a newer build of the plugin" })]
    WrongMajor {
        /// The file.
        path: PathBuf,
        /// The version that it needs.
        major: u16,
    },
    /// It needs a newer minor version.
    #[error("{} needs docmill's plugin interface {MAJOR}.{minor} or newer, and this docmill speaks {MAJOR}.{MINOR}; upgrade docmill", path.display())]
    NeedsNewer {
        /// The file.
        path: PathBuf,
        /// The version that it needs.
        minor: u16,
    },
    /// Its table is shorter than that of the first version.
    #[error("the table of {} says that it has {size} bytes, fewer than the first version had; set `size` to sizeof(DmTable)", path.display())]
    ShortTable {
        /// The file.
        path: PathBuf,
        /// The size that it says.
        size: u32,
    },
    /// A function that every plugin has is null.
    #[error("the table of {} has no `{function}`; report it to the plugin's author", path.display())]
    MissingFunction {
        /// The file.
        path: PathBuf,
        /// The function.
        function: &'static str,
    },
    /// What it says of itself cannot be read.
    #[error("what {} says it offers cannot be read ({problem}); report it to the plugin's author", path.display())]
    BadManifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

/// What to do where another library is meant than was written down.
fn meant(by: &str) -> &'static str {
    if by == LOCK_FILE { "`docmill lock` writes it anew" } else { "put this one there" }
}

impl Refusal {
    /// What is wrong, and what to do.
    pub(crate) fn told(&self) -> (String, String) {
        let text = self.to_string();
        let (said, help) = text.rsplit_once("; ").unwrap_or((&text, ""));
        let cause = std::error::Error::source(self).map(|cause| format!(": {}", chain(cause)));
        (format!("{said}{}", cause.unwrap_or_default()), help.to_owned())
    }

    /// The code under which a pipeline file's mistake is reported.
    pub(crate) fn code(&self) -> Code {
        match self {
            Refusal::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Code::InputNotFound
            }
            _ => Code::PluginRefused,
        }
    }
}
