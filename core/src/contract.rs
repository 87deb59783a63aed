//! What a stage declares, decides and fails with.

use std::{borrow::Cow, error::Error, fmt};

/// What a stage reads, writes and edits: checked when the pipeline is built, held to while it runs.
///
/// ```
/// use docmill_core::Contract;
/// let contract = Contract::new().needs("entities").uses("quotes").writes("stances");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    pub(crate) needs: Vec<String>,
    pub(crate) uses: Vec<String>,
    pub(crate) writes: Vec<Written>,
    pub(crate) metadata: Vec<String>,
    pub(crate) edits: bool,
}

/// A layer that a stage writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) layer: String,
    pub(crate) extends: bool,
    pub(crate) transient: bool,
}

impl Contract {
    /// A stage that looks and changes nothing.
    pub fn new() -> Self {
        Contract::default()
    }

    /// It needs this layer: a pipeline in which nothing provides it is refused.
    pub fn needs(mut self, layer: &str) -> Self {
        self.needs.push(layer.to_owned());
        self
    }

    /// It reads this layer where there is one.
    pub fn uses(mut self, layer: &str) -> Self {
        self.uses.push(layer.to_owned());
        self
    }

    /// It writes this layer, in the place of one that is there already.
    pub fn writes(self, layer: &str) -> Self {
        self.written(layer, false, false)
    }

    /// It adds annotations to this layer and leaves those that are there.
    pub fn extends(self, layer: &str) -> Self {
        self.written(layer, true, false)
    }

    /// It writes this layer, and sinks leave it out unless told to write it.
    pub fn writes_transient(self, layer: &str) -> Self {
        self.written(layer, false, true)
    }

    /// It sets this metadata key.
    pub fn sets(mut self, key: &str) -> Self {
        self.metadata.push(key.to_owned());
        self
    }

    /// It edits the text.
    pub fn edits_text(mut self) -> Self {
        self.edits = true;
        self
    }

    fn written(mut self, layer: &str, extends: bool, transient: bool) -> Self {
        self.writes.push(Written { layer: layer.to_owned(), extends, transient });
        self
    }
}

/// What becomes of a document after a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on, changed as the change set says.
    Keep,
    /// It leaves the pipeline here and is counted by reason.
    Drop(Reason),
}

/// Why a document was dropped: a short kebab-case name such as `too-short`. Runs count by it, so it
/// holds nothing of the document itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reason {
    pub(crate) name: Cow<'static, str>,
    pub(crate) twin: Option<String>,
}

impl Reason {
    /// A reason of this name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Reason { name: name.into(), twin: None }
    }

    /// Says for the sake of which other document it was dropped, by that one's id: the list of dropped
    /// documents shows it. Runs do not count by it.
    pub fn twin(mut self, id: impl Into<String>) -> Self {
        self.twin = Some(id.into());
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

type Cause = Box<dyn Error + Send + Sync>;

/// Why one document could not be taken through a stage, a source or a sink. It concerns that
/// document alone; the run goes on.
#[derive(Debug)]
pub struct DocumentError {
    message: String,
    cause: Option<Cause>,
}

impl DocumentError {
    /// An error with this message: lower case, no full stop, saying what to do.
    pub fn new(message: impl Into<String>) -> Self {
        DocumentError { message: message.into(), cause: None }
    }

    /// The same, because of another error.
    pub fn because(message: impl Into<String>, cause: impl Into<Cause>) -> Self {
        DocumentError { message: message.into(), cause: Some(cause.into()) }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for DocumentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// Why a component could not be built from its settings. The pipeline does not run.
#[derive(Debug)]
pub struct BuildError {
    /// The setting at fault as a JSON pointer into the component's table (`/paths/0`), empty for
    /// the component as a whole.
    pub(crate) setting: String,
    message: String,
    cause: Option<Cause>,
}

impl BuildError {
    /// An error of the component as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        BuildError { setting: String::new(), message: message.into(), cause: None }
    }

    /// An error of one setting, named by a JSON pointer: `/min-words`, `/paths/0`.
    pub fn at(setting: impl Into<String>, message: impl Into<String>) -> Self {
        BuildError { setting: setting.into(), message: message.into(), cause: None }
    }

    /// Adds the error behind it.
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The setting at fault as a JSON pointer, empty for the component as a whole.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
