//! Libraries: loads a plugin by the C interface, and calls its stages and encoders.
//!
//! Everything that can be known of a file is looked at before any of its code runs. What the plugin returns is
//! copied and checked ([`marshal`](crate::door::marshal)). Libraries are never unloaded: what they return may live on.
//! A library runs inside docmill's own process, so it is trusted code; a pointer that it gets wrong can end the run.

#![expect(unsafe_code, reason = "the door to libraries: it calls what it loads")]

mod file;
pub(crate) mod probe;
mod refusal;
mod table;

use std::{ffi::c_void, path::Path, ptr, sync::Arc};

use serde_json::Value as Json;

pub use file::Pin;
pub use refusal::Refusal;
use table::Library;

use crate::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Reason, SinkContract, Verdict,
    door::{
        abi::{BROKEN, Bytes, DROP, FAILED, KEEP, Problem, RawChanges, RawDocument},
        forms::{ComponentForm, ComponentKind, ContractForm, EncoderContractForm, with_path},
        marshal::{no_changes, show_document, take_changes},
    },
    plugin::{AnySink, AnyStage, Decoding, LoadedFrom, SinkEntry, StageEntry},
};

/// Loads a library and asks it what it offers.
///
/// # Errors
///
/// See [`Refusal`].
pub fn load(path: &Path, pin: Option<&Pin>) -> Result<Plugin, Refusal> {
    offered(path, file::open(path, pin)?)
}

/// What a library offers, once it is loaded.
fn offered(path: &Path, opened: file::Opened) -> Result<Plugin, Refusal> {
    let library = Library::new(path, opened.entry)?;
    let manifest = library.manifest()?;
    let library: &'static Library = Box::leak(Box::new(library));
    let from = LoadedFrom { path: path.to_owned(), digest: opened.digest };
    let mut plugin = Plugin::new(leak(manifest.name), leak(manifest.version));
    plugin.from = Some(Box::leak(Box::new(from)));
    for (number, form) in (0_u32..).zip(manifest.components) {
        let component = Component { library, number, name: leak(form.name.clone()) };
        match form.kind {
            ComponentKind::Stage => plugin.stages.push(component.stage_entry(form)),
            ComponentKind::Encoder => plugin.sinks.push(component.sink_entry(form)),
        }
    }
    for name in manifest.decodings {
        let name = leak(name);
        let decode = Arc::new(move |from: &[u8]| decoded(library, name, from));
        plugin.decodings.push(Decoding { name, decode });
    }
    Ok(plugin)
}

fn decoded(library: &Library, name: &str, from: &[u8]) -> Option<String> {
    let mut text = Bytes::EMPTY;
    let decode = library.table.decode?;
    // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call.
    let status = unsafe { decode(Bytes::of(name.as_bytes()), Bytes::of(from), &mut text) };
    // SAFETY: the plugin keeps what it returns until its next call on this thread.
    (status == KEEP).then(|| unsafe { text.text("decoded text") }.ok().map(str::to_owned))?
}

/// For what lives as long as its library, which is never unloaded.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// A component of a library.
#[derive(Clone, Copy)]
struct Component {
    library: &'static Library,
    /// Its place in the manifest.
    number: u32,
    name: &'static str,
}

impl Component {
    fn stage_entry(self, form: ComponentForm) -> StageEntry {
        StageEntry {
            name: self.name,
            schema: form.schema,
            contract: Arc::new(move |settings| {
                let form: ContractForm = self.contract(settings)?;
                Ok(Contract::from(form))
            }),
            build: Arc::new(move |settings| Ok(Box::new(self.create(settings)?))),
            outside: None,
        }
    }

    fn sink_entry(self, form: ComponentForm) -> SinkEntry {
        let extensions: Vec<&'static str> = form.extensions.into_iter().map(leak).collect();
        let template = form.settings_for;
        SinkEntry {
            name: self.name,
            extensions: extensions.leak(),
            schema: form.schema,
            settings_for: Arc::new(move |path| with_path(&template, path)),
            contract: Arc::new(move |settings| {
                let form: EncoderContractForm = self.contract(settings)?;
                Ok(SinkContract::from(form))
            }),
            build: Arc::new(move |settings| Ok(Box::new(self.create(settings)?))),
        }
    }

    fn contract<F: serde::de::DeserializeOwned>(self, settings: &Json) -> Result<F, BuildError> {
        let settings = settings.to_string();
        let (mut json, mut problem) = (Bytes::EMPTY, NO_PROBLEM);
        let table = &self.library.table;
        // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call.
        let status = unsafe {
            (table.contract)(self.number, Bytes::of(settings.as_bytes()), &mut json, &mut problem)
        };
        match status {
            // SAFETY: the plugin keeps what it returns until its next call on this thread.
            KEEP => unsafe { read_json(json) }.map_err(|error| {
                let what = format!("the contract that `{}` gives cannot be read", self.name);
                BuildError::new(format!("{what}; report it to the plugin's author")).because(error)
            }),
            // SAFETY: as above.
            status => Err(unsafe { build_error(status, problem) }),
        }
    }

    fn create(self, settings: &Json) -> Result<Instance, BuildError> {
        let settings = settings.to_string();
        let pointer = self.create_raw(&settings)?;
        Ok(Instance { component: self, settings, pointer })
    }

    fn create_raw(self, settings: &str) -> Result<*mut c_void, BuildError> {
        let (mut instance, mut problem) = (ptr::null_mut(), NO_PROBLEM);
        let table = &self.library.table;
        // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call.
        let status = unsafe {
            (table.create)(
                table::host(),
                self.number,
                Bytes::of(settings.as_bytes()),
                &mut instance,
                &mut problem,
            )
        };
        match status {
            KEEP => Ok(instance),
            // SAFETY: the plugin keeps what it returns until its next call on this thread.
            status => Err(unsafe { build_error(status, problem) }),
        }
    }
}

const NO_PROBLEM: Problem = Problem { message: Bytes::EMPTY, setting: Bytes::EMPTY };

/// # Safety
///
/// What `json` points to holds.
unsafe fn read_json<T: serde::de::DeserializeOwned>(json: Bytes) -> Result<T, String> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { json.get() }.map_err(|error| error.to_string())?;
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// # Safety
///
/// What `bytes` points to holds.
unsafe fn said(bytes: Bytes) -> String {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes.get() }.unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// # Safety
///
/// What `problem` points to holds.
unsafe fn build_error(status: i32, problem: Problem) -> BuildError {
    // SAFETY: the caller's promise.
    let (message, setting) = unsafe { (said(problem.message), said(problem.setting)) };
    match (status, message.is_empty()) {
        (FAILED | BROKEN, false) => BuildError::at(setting, message),
        (FAILED | BROKEN, true) => {
            BuildError::at(setting, "the plugin gives no reason; report it to the plugin's author")
        }
        _ => BuildError::new(format!(
            "the plugin returned {status}, which means nothing here; report it to the plugin's author"
        )),
    }
}

/// A component at work: one for each thread.
struct Instance {
    component: Component,
    settings: String,
    /// The plugin's; null where it may be, and after it broke and could not be made again.
    pointer: *mut c_void,
}

// SAFETY: the interface says that an instance is used by one thread at a time, not always the same one; `&mut` and
// the lack of `Sync` see to the first.
unsafe impl Send for Instance {}

impl Drop for Instance {
    fn drop(&mut self) {
        self.destroy();
    }
}

impl Instance {
    fn destroy(&mut self) {
        let pointer = std::mem::replace(&mut self.pointer, ptr::null_mut());
        if !pointer.is_null() {
            // SAFETY: `create` made it, and it is destroyed once.
            unsafe { (self.component.library.table.destroy)(pointer) };
        }
    }

    /// After a panic in the plugin: the instance is made again.
    fn renew(&mut self) -> Result<(), BuildError> {
        self.destroy();
        self.pointer = self.component.create_raw(&self.settings)?;
        Ok(())
    }

    /// The error of a call that did not go well.
    fn error(&mut self, kind: &str, status: i32, message: String) -> DocumentError {
        let message = if message.is_empty() { "it gives no reason".to_owned() } else { message };
        match status {
            FAILED => DocumentError::new(message),
            BROKEN => {
                let told = format!("the {kind} {message}; report it to the plugin's author");
                match self.renew() {
                    Ok(()) => DocumentError::new(told),
                    Err(error) => DocumentError::because(told, error),
                }
            }
            _ => DocumentError::new(format!(
                "the {kind} returned {status}, which means nothing here; report it to the plugin's author"
            )),
        }
    }
}

impl AnyStage for Instance {
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let Some(process) = self.component.library.table.process else {
            return Err(DocumentError::new("the plugin's table has no `process`"));
        };
        let shown: RawDocument = show_document(document.buf());
        let mut raw: RawChanges = no_changes();
        // SAFETY: the instance is the plugin's own, in use by this thread alone; the document and the change set hold
        // for the call.
        let status = unsafe { process(self.pointer, &shown, &mut raw) };
        // SAFETY: the plugin keeps what the change set points to until its next call.
        let message = || unsafe { said(raw.message) };
        let verdict = match status {
            KEEP => Verdict::Keep,
            DROP => Verdict::Drop(Reason::new(message())),
            status => {
                let message = message();
                return Err(self.error("stage", status, message));
            }
        };
        // SAFETY: as above.
        unsafe { take_changes(&raw, changes) }.map_err(|fault| {
            DocumentError::because(
                "the stage's change set does not hold together; report it to the plugin's author",
                fault,
            )
        })?;
        Ok(verdict)
    }
}

impl AnySink for Instance {
    fn header(&self, output: usize, bytes: &mut Vec<u8>) {
        let Some(header) = self.component.library.table.header else { return };
        let mut head = Bytes::EMPTY;
        // SAFETY: the instance is the plugin's own, in use by this thread alone.
        let status = unsafe { header(self.pointer, output as u32, &mut head) };
        if status == KEEP {
            // SAFETY: the plugin keeps the bytes until its next call.
            bytes.extend_from_slice(unsafe { head.get() }.unwrap_or_default());
        }
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let Some(encode) = self.component.library.table.encode else {
            return Err(DocumentError::new("the plugin's table has no `encode`"));
        };
        let shown: RawDocument = show_document(document.buf());
        let (mut encoded, mut problem) = (vec![Bytes::EMPTY; outputs.len()], NO_PROBLEM);
        // SAFETY: the instance is the plugin's own, in use by this thread alone; everything pointed to holds for the
        // call.
        let status = unsafe {
            encode(self.pointer, &shown, encoded.as_mut_ptr(), encoded.len(), &mut problem)
        };
        if status != KEEP {
            // SAFETY: the plugin keeps the problem until its next call.
            let message = unsafe { said(problem.message) };
            return Err(self.error("sink", status, message));
        }
        for (output, bytes) in outputs.iter_mut().zip(encoded) {
            // SAFETY: the plugin keeps the bytes until its next call.
            let bytes = unsafe { bytes.get() }.map_err(|fault| {
                DocumentError::because(
                    "the sink's output cannot be read; report it to the plugin's author",
                    fault,
                )
            })?;
            output.extend_from_slice(bytes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
