//! The stage `command`: a program in any language, at the other end of two pipes.
//!
//! docmill says hello with the settings, the program answers with its contract, and from then on each line
//! in is a document and each line out what is to change in it. [`Settings`] tells authors of programs the
//! whole of it; [`greeting`] is the beginning of the talk, [`lines`] the rest.
//!
//! The program is started when the pipeline is checked, to ask for its contract; the one that was asked is
//! then the first instance. Nothing that it says is trusted.

mod clock;
mod greeting;
mod lines;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::remote::Remote;
use crate::{
    BuildError, Plugin,
    plugin::{AnyStage, Limits, StageEntry, schema},
};
use greeting::Greeted;
use lines::Lines;

/// A program in any language as a stage: it reads documents and answers what should change in them, as lines
/// of JSON.
///
/// `docmill new NAME --lang python` makes one with a module that speaks for it. In another language, this is
/// what a program does; everything is UTF-8, a line each, and every line must be flushed as it is written.
///
/// 1. It reads one line, `{"docmill": 1, "version": "…", "settings": {…}}`: the version of this protocol, that of
///    docmill, and the settings.
/// 2. It answers with what it reads, writes and edits:
///    `{"docmill": 1, "name": "shout", "version": "0.1.0", "offsets": "chars", "contract": {"needs": [],
///    "uses": [], "writes": ["shouts"], "extends": [], "transient": [], "sets": [], "edits-text": false}}`.
///    `needs` and `uses` are layers that it reads, and without those in `needs` it cannot do. It writes the layers
///    in `writes` and those in `transient`, which outputs leave out unless told, adds to those in `extends`, and
///    sets the metadata keys in `sets`. What is empty may be left out. `offsets` is the unit of all positions: `chars` (Python), `bytes` (Rust, Go) or
///    `utf16` (JavaScript, Java). Or it refuses its settings: `{"error": "must be at least 1",
///    "setting": "/min-length"}`, a JSON pointer into them.
/// 3. For each line that then comes, a document in the JSON form with all its layers, it answers one line, in
///    order. Several documents may be sent ahead. `{}` keeps the document as it is; otherwise any of
///    `"layers": {"shouts": [{"start": 0, "end": 2, "label": "…", "score": 0.9, "feature": "…"}]}`,
///    `"metadata": {…}`, `"remove": [{"start", "end", "reason"}]`, `"replace": [{"start", "end", "with", "reason"}]`
///    or `"rewrite": {"text", "pieces", "reason"}` (each piece `{"len", "at"}`, `{"len", "from": [0, 5], "how"}` or
///    `{"len"}`), and `"drop": "too-short"`. With `"id"`, that of the document, an answer that is out of step is found at
///    once. `{"error": "what is wrong"}` fails that document alone.
/// 4. At the end of its input it ends.
///
/// It has 60 s to say its contract; what takes longer to load can be loaded with the first document.
///
/// Its standard error is docmill's. A document over which the program ends, takes longer than `timeout`, uses
/// more than `memory` or writes a line that is no JSON object fails alone, and the program is started again for
/// the rest. One program runs for each thread, with the rights of docmill itself. `check` starts it too, to ask
/// for its contract. Use only programs that you trust.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// The program and its arguments, such as `["python3", "shout.py"]`. A program without `/` is looked for in
    /// the folders of `PATH`; paths are relative to the working directory. It inherits the environment, in which
    /// `DOCMILL_COMMAND` is set to `1`. No default.
    #[schemars(length(min = 1), extend("format" = "program"))]
    program: Vec<String>,
    /// What the program itself can be told, handed to it as it is. Default: nothing.
    #[serde(default)]
    settings: BTreeMap<String, Json>,
}

/// A program that has said its contract and waits for documents, for the first who asks with these settings.
type Waiting = Arc<Mutex<Option<(Json, Greeted)>>>;

/// What docmill itself offers, whatever plugins there are.
pub(crate) fn plugin() -> Plugin {
    let mut plugin = Plugin::new("docmill", env!("CARGO_PKG_VERSION"));
    plugin.stages.push(entry());
    plugin
}

fn entry() -> StageEntry {
    let waiting = Waiting::default();
    let asked = Arc::clone(&waiting);
    let build = move |settings: &Json, name: &str, limits: Limits| {
        let greeted = take(&waiting, settings);
        let lines = Lines::new(read(settings)?, name, limits, greeted);
        Ok(Box::new(Remote::start(lines)?) as Box<dyn AnyStage>)
    };
    let build = Arc::new(build);
    let within_none = Arc::clone(&build);
    StageEntry {
        name: NAME,
        schema: schema::<Settings>(),
        contract: Arc::new(move |settings| {
            let greeted = match take(&asked, settings) {
                Some(greeted) => greeted,
                None => greeting::start(&read(settings)?, Limits::default())?,
            };
            let contract = greeted.contract.clone();
            *asked.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((settings.clone(), greeted));
            Ok(contract)
        }),
        build: Arc::new(move |settings| within_none(settings, NAME, Limits::default())),
        outside: Some(build),
    }
}

const NAME: &str = "command";

fn take(waiting: &Mutex<Option<(Json, Greeted)>>, settings: &Json) -> Option<Greeted> {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.take_if(|(asked, _)| asked == settings).map(|(_, greeted)| greeted)
}

fn read(settings: &Json) -> Result<Settings, BuildError> {
    Settings::deserialize(settings).map_err(|error| BuildError::new(error.to_string()))
}
