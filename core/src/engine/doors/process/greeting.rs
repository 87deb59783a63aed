//! What docmill asks of a worker, and what that answers, before the first document.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{BuildError, chain::chain};

/// docmill's own version, which both sides must have.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a worker is to be.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Request {
    pub(super) docmill: String,
    /// The stage, by its name in the registry.
    pub(super) stage: String,
    pub(super) settings: Json,
}

impl Request {
    pub(super) fn stage(stage: &str, settings: &Json) -> Self {
        let stage = stage.to_owned();
        Request { docmill: VERSION.to_owned(), stage, settings: settings.clone() }
    }
}

/// Whether a worker is ready.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Reply {
    pub(super) docmill: String,
    /// Whether it is, for what is asked.
    pub(super) ready: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<RefusalForm>,
}

impl Reply {
    pub(super) fn ready() -> Self {
        Reply { docmill: VERSION.to_owned(), ready: true, error: None }
    }

    pub(super) fn refused(error: &BuildError) -> Self {
        let (setting, message) = (error.setting().to_owned(), chain(error));
        Reply { ready: false, error: Some(RefusalForm { setting, message }), ..Reply::ready() }
    }
}

/// Why it is not.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct RefusalForm {
    /// The setting at fault as a JSON pointer, empty for the component as a whole.
    #[serde(default)]
    pub(super) setting: String,
    pub(super) message: String,
}
