//! A pipeline file, as the command line names it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use docmill_core::engine::{Overrides, Pipeline, Registry};

use crate::failure::Failure;

/// The file and its text, which diagnostics point into.
#[derive(Debug)]
pub(crate) struct PipelineFile {
    path: PathBuf,
    /// Its path, as messages name it.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl PipelineFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| unreadable(&name, &error))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(PipelineFile { path: path.to_owned(), name, text }),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let lines = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
                Err(Failure::Wrong(format!(
                    "{name}:{}: not UTF-8, as TOML must be; convert the file to UTF-8",
                    lines + 1
                )))
            }
        }
    }

    /// Reads and checks it.
    pub(crate) fn read(
        self,
        registry: &Registry,
        overrides: Overrides,
    ) -> Result<Pipeline, Failure> {
        let overrides = Overrides { file: Some(self.path.clone()), ..overrides };
        Pipeline::read(&self.text, registry, &overrides)
            .map_err(|found| Failure::Pipeline(self, found))
    }

    /// The components of this registry and of the plugins that the file names.
    pub(crate) fn registry(self, registry: &Registry) -> Result<Registry, Failure> {
        registry.with_plugins_of(&self.text).map_err(|found| Failure::Pipeline(self, found))
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::Wrong(format!("there is no pipeline file {name}; see to its path, or to -C"))
        }
        io::ErrorKind::IsADirectory => {
            Failure::Wrong(format!("{name} is a folder; name a pipeline file in it"))
        }
        _ => Failure::Io(format!("cannot read {name}: {error}")),
    }
}
