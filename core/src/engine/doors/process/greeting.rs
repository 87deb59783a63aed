//! What docmill asks of a worker, and what that answers, before the first document.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    BuildError,
    chain::chain,
    door::forms::{ContractForm, EncoderContractForm, Manifest},
};

/// docmill's own version, which both sides must have.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a worker is asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Request {
    pub(super) docmill: String,
    /// The library to load; without one it is asked about the components that are built in.
    pub(super) library: Option<LibraryForm>,
    pub(super) ask: Ask,
}

/// A library, and the hash that it must have, if there is one, with who asks for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct LibraryForm {
    pub(super) path: PathBuf,
    pub(super) pin: Option<(String, String)>,
}

/// What it is to say or to be.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ask {
    /// What the library offers.
    Manifest,
    /// The contract of a stage.
    StageContract(Named),
    /// The contract of an encoder.
    EncoderContract(Named),
    /// To be a stage.
    Stage(Named),
    /// To be an encoder.
    Encoder(Named),
}

/// A component, by its name in the registry.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) settings: Json,
}

impl Named {
    pub(super) fn new(name: &str, settings: &Json) -> Self {
        Named { name: name.to_owned(), settings: settings.clone() }
    }
}

/// What a worker answers.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Reply {
    pub(super) docmill: String,
    pub(super) said: Result<Said, RefusalForm>,
}

/// What it says or is.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Said {
    Manifest {
        manifest: Manifest,
        /// `sha256:` and 64 hexadecimal digits, of the library that was loaded.
        digest: String,
    },
    StageContract(ContractForm),
    EncoderContract(EncoderContractForm),
    /// It is the stage that it was asked to be.
    Stage,
    /// It is the encoder that it was asked to be; with what stands at the head of each of its outputs.
    Encoder {
        headers: Vec<Vec<u8>>,
    },
}

/// Why it does not.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct RefusalForm {
    /// The setting at fault as a JSON pointer, empty for the component as a whole.
    pub(super) setting: String,
    pub(super) message: String,
}

impl From<BuildError> for RefusalForm {
    fn from(error: BuildError) -> Self {
        RefusalForm { setting: error.setting().to_owned(), message: chain(&error) }
    }
}

impl From<RefusalForm> for BuildError {
    fn from(form: RefusalForm) -> Self {
        BuildError::at(form.setting, form.message)
    }
}
