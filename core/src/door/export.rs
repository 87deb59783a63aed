//! The plugin's side of the C interface, for plugins in Rust.
//!
//! [`export!`](crate::export) gives a library its one symbol. The functions of the table turn C calls into those of
//! [`Stage`](crate::Stage) and [`Sink`](crate::Sink). No panic leaves the library.

use std::{
    any::TypeId,
    cell::RefCell,
    ffi::c_void,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value as Json, json};

use super::{
    abi::{
        BROKEN, Bytes, DROP, FAILED, Host, KEEP, MAGIC, MAJOR, Problem, RawChanges, RawDocument,
        Table,
    },
    forms::{self, ContractForm, EncoderContractForm},
    marshal::{show_changes, take_document},
};
use crate::{
    BuildError, Changes, DocumentBuf, DocumentError, Plugin, Verdict,
    chain::chain,
    contain::contain,
    plugin::{AnySink, AnyStage, SinkEntry, StageEntry},
};

/// Makes a library of a crate: exports the plugin that a function returns.
///
/// The crate's `Cargo.toml` says `crate-type = ["cdylib", "rlib"]`. A program can hold one such crate; one that is
/// to be linked into it beside others leaves the call out, as by a cargo feature. A crate built with `panic =
/// "abort"` is refused: nothing could keep a panic from ending docmill.
///
/// ```ignore
/// docmill_core::export!(plugin);
/// ```
#[macro_export]
macro_rules! export {
    ($plugin:path) => {
        #[cfg(panic = "abort")]
        compile_error!(
            "a docmill plugin needs panic = \"unwind\", so that a panic costs one document and not the run"
        );

        #[doc(hidden)]
        pub enum DocmillExport {}

        impl $crate::door::Export for DocmillExport {
            fn plugin() -> $crate::Plugin {
                $plugin()
            }
        }

        /// The library's one symbol: its table for a major version of the C interface, or null.
        #[unsafe(no_mangle)]
        pub extern "C" fn docmill_plugin(host_major: u32) -> *const $crate::door::abi::Table {
            $crate::door::entry::<DocmillExport>(host_major)
        }
    };
}

/// What [`export!`](crate::export) implements.
#[doc(hidden)]
pub trait Export: 'static {
    fn plugin() -> Plugin;
}

/// The table of an exported plugin, or null for a major version that is not spoken.
#[doc(hidden)]
pub fn entry<E: Export>(host_major: u32) -> *const Table {
    if host_major == u32::from(MAJOR) { &Door::<E>::TABLE } else { std::ptr::null() }
}

struct Door<E>(PhantomData<E>);

impl<E: Export> Door<E> {
    const TABLE: Table = Table {
        magic: MAGIC,
        size: size_of::<Table>() as u32,
        major: MAJOR,
        needs_minor: 0,
        manifest: Some(manifest::<E>),
        contract: Some(contract::<E>),
        create: Some(create::<E>),
        destroy: Some(destroy),
        process: Some(process),
        header: Some(header),
        encode: Some(encode),
        decode: Some(decode::<E>),
    };
}

/// A component at work.
struct Instance {
    component: Component,
    document: DocumentBuf,
    changes: Changes,
    outputs: Vec<Vec<u8>>,
    message: String,
}

enum Component {
    Stage(Box<dyn AnyStage>),
    Encoder(Box<dyn AnySink>),
}

enum Entry {
    Stage(&'static StageEntry),
    Encoder(&'static SinkEntry),
}

/// The plugin, made once.
fn offered<E: Export>() -> &'static Plugin {
    static OFFERED: Mutex<Vec<(TypeId, &'static Plugin)>> = Mutex::new(Vec::new());
    let mut offered = OFFERED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = offered.iter().find(|(of, _)| *of == TypeId::of::<E>());
    if let Some((_, plugin)) = known {
        return plugin;
    }
    let plugin: &'static Plugin = Box::leak(Box::new(E::plugin()));
    offered.push((TypeId::of::<E>(), plugin));
    plugin
}

/// The component of this number: stages first, then encoders.
fn component<E: Export>(number: u32) -> Result<Entry, BuildError> {
    let (plugin, at) = (offered::<E>(), number as usize);
    let stage = plugin.stages.get(at).map(Entry::Stage);
    let sink = || plugin.sinks.get(at - plugin.stages.len()).map(Entry::Encoder);
    let found = stage.or_else(sink);
    found.ok_or_else(|| BuildError::new(format!("there is no component of number {number}")))
}

thread_local! {
    /// What was last returned on this thread: bytes, or the message and setting of a problem.
    static RETURNED: RefCell<[String; 2]> = const { RefCell::new([String::new(), String::new()]) };
}

fn keep(texts: [String; 2]) -> [Bytes; 2] {
    RETURNED.with_borrow_mut(|returned| {
        *returned = texts;
        [Bytes::of(returned[0].as_bytes()), Bytes::of(returned[1].as_bytes())]
    })
}

/// Writes through a pointer that docmill gave.
///
/// # Safety
///
/// `to` is null or can be written to.
unsafe fn put<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: the caller's promise.
        unsafe { to.write(value) };
    }
}

/// # Safety
///
/// `problem` is null or can be written to.
unsafe fn fail(error: &BuildError, problem: *mut Problem) -> i32 {
    let [message, setting] = keep([chain(error), error.setting().to_owned()]);
    // SAFETY: the caller's promise.
    unsafe { put(problem, Problem { message, setting }) };
    FAILED
}

fn panicked(panic: &str) -> BuildError {
    BuildError::new(format!("it panicked: {panic}; report it to the plugin's author"))
}

unsafe extern "C" fn manifest<E: Export>(json: *mut Bytes) -> i32 {
    let made = contain(|| json!(forms::manifest(offered::<E>())).to_string());
    let (status, text) = match made {
        Ok(manifest) => (KEEP, manifest),
        Err(panic) => (FAILED, panicked(&panic).to_string()),
    };
    let [bytes, _] = keep([text, String::new()]);
    // SAFETY: docmill gives a place for the answer.
    unsafe { put(json, bytes) };
    status
}

unsafe extern "C" fn decode<E: Export>(how: Bytes, from: Bytes, text: *mut Bytes) -> i32 {
    let decoded = contain(|| {
        // SAFETY: what docmill gives holds for the call.
        let (how, from) = unsafe { (how.get(), from.get()) };
        let (how, from) = (how.ok()?, from.ok()?);
        let mut known = offered::<E>().decodings.iter();
        (known.find(|decoding| decoding.name.as_bytes() == how)?.decode)(from)
    });
    let Ok(Some(decoded)) = decoded else { return FAILED };
    let [bytes, _] = keep([decoded, String::new()]);
    // SAFETY: docmill gives a place for the answer.
    unsafe { put(text, bytes) };
    KEEP
}

/// # Safety
///
/// `settings` holds for the call.
unsafe fn read_settings(settings: Bytes) -> Result<Json, BuildError> {
    // SAFETY: the caller's promise.
    let settings = unsafe { settings.get() }.map_err(|error| BuildError::new(error.to_string()))?;
    serde_json::from_slice(settings).map_err(|error| BuildError::new(error.to_string()))
}

unsafe extern "C" fn contract<E: Export>(
    number: u32,
    settings: Bytes,
    json: *mut Bytes,
    problem: *mut Problem,
) -> i32 {
    let made = contain(|| {
        // SAFETY: docmill's settings hold for the call.
        let settings = unsafe { read_settings(settings) }?;
        match component::<E>(number)? {
            Entry::Stage(entry) => {
                (entry.contract)(&settings).map(|contract| json!(ContractForm::from(&contract)))
            }
            Entry::Encoder(entry) => {
                let contract = (entry.contract)(&settings)?;
                if contract.provenance.is_some_and(|level| level > crate::Provenance::None) {
                    return Err(BuildError::new(
                        "an encoder in a library cannot write provenance: the C interface does not carry it; set it to \"none\"",
                    ));
                }
                Ok(json!(EncoderContractForm::from(&contract)))
            }
        }
    });
    match made.unwrap_or_else(|panic| Err(panicked(&panic))) {
        Ok(contract) => {
            let [bytes, _] = keep([contract.to_string(), String::new()]);
            // SAFETY: docmill gives a place for the answer.
            unsafe { put(json, bytes) };
            KEEP
        }
        // SAFETY: docmill gives a place for the problem.
        Err(error) => unsafe { fail(&error, problem) },
    }
}

unsafe extern "C" fn create<E: Export>(
    _host: *const Host,
    number: u32,
    settings: Bytes,
    instance: *mut *mut c_void,
    problem: *mut Problem,
) -> i32 {
    let made = contain(|| {
        // SAFETY: docmill's settings hold for the call.
        let settings = unsafe { read_settings(settings) }?;
        let (component, outputs) = match component::<E>(number)? {
            Entry::Stage(entry) => {
                let stage = (entry.build)(&settings)?;
                if stage.memory().is_some() {
                    return Err(BuildError::new(
                        "it compares documents with each other, which a stage in a library cannot; build it in",
                    ));
                }
                (Component::Stage(stage), 0)
            }
            Entry::Encoder(entry) => {
                let outputs = (entry.contract)(&settings)?.outputs.len();
                (Component::Encoder((entry.build)(&settings)?), outputs)
            }
        };
        let mut made = Instance {
            component,
            document: DocumentBuf::new(),
            changes: Changes::new(),
            outputs: Vec::new(),
            message: String::new(),
        };
        made.outputs.resize_with(outputs, Vec::new);
        Ok(Box::new(made))
    });
    match made.unwrap_or_else(|panic| Err(panicked(&panic))) {
        Ok(made) => {
            // SAFETY: docmill gives a place for the instance.
            unsafe { put(instance, Box::into_raw(made).cast()) };
            KEEP
        }
        // SAFETY: docmill gives a place for the problem.
        Err(error) => unsafe { fail(&error, problem) },
    }
}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    if !instance.is_null() {
        // SAFETY: it is one that `create` made, and docmill destroys it once.
        let instance = unsafe { Box::from_raw(instance.cast::<Instance>()) };
        // What panics while it ends is leaked.
        let _ = contain(|| drop(instance));
    }
}

unsafe extern "C" fn process(
    instance: *mut c_void,
    document: *const RawDocument,
    raw: *mut RawChanges,
) -> i32 {
    // SAFETY: docmill gives an instance that `create` made, to one thread at a time, a document and a change set
    // that hold for the call.
    let (instance, shown, raw) =
        unsafe { (&mut *instance.cast::<Instance>(), &*document, &mut *raw) };
    let Instance { component, document, changes, message, .. } = instance;
    let outcome = contain(|| {
        let Component::Stage(stage) = component else {
            return Err(DocumentError::new("it is an encoder, and was called as a stage"));
        };
        // SAFETY: docmill shows a valid document.
        unsafe { take_document(shown, document) }
            .map_err(|error| DocumentError::because("the document cannot be taken in", error))?;
        changes.clear();
        stage.process(&document.view(), changes)
    });
    let (status, said) = match outcome {
        Ok(Ok(Verdict::Keep)) => (KEEP, String::new()),
        Ok(Ok(Verdict::Drop(reason))) => (DROP, reason.name().to_owned()),
        Ok(Err(error)) => (FAILED, chain(&error)),
        Err(panic) => (BROKEN, format!("panicked: {panic}")),
    };
    *message = said;
    raw.message = Bytes::of(message.as_bytes());
    if status == KEEP || status == DROP {
        show_changes(changes, raw);
    }
    status
}

unsafe extern "C" fn header(instance: *mut c_void, output: u32, bytes: *mut Bytes) -> i32 {
    // SAFETY: docmill gives an instance that `create` made, to one thread at a time.
    let instance = unsafe { &mut *instance.cast::<Instance>() };
    let Instance { component: Component::Encoder(sink), outputs, .. } = instance else {
        return FAILED;
    };
    let Some(buffer) = outputs.get_mut(output as usize) else { return FAILED };
    buffer.clear();
    if contain(|| sink.header(output as usize, buffer)).is_err() {
        return BROKEN;
    }
    // SAFETY: docmill gives a place for the answer.
    unsafe { put(bytes, Bytes::of(buffer)) };
    KEEP
}

unsafe extern "C" fn encode(
    instance: *mut c_void,
    document: *const RawDocument,
    encoded: *mut Bytes,
    encoded_len: usize,
    problem: *mut Problem,
) -> i32 {
    // SAFETY: docmill gives an instance that `create` made, to one thread at a time, and a document that holds for
    // the call.
    let (instance, shown) = unsafe { (&mut *instance.cast::<Instance>(), &*document) };
    let Instance { component, document, outputs, message, .. } = instance;
    let outcome = contain(|| {
        let Component::Encoder(sink) = component else {
            return Err(DocumentError::new("it is a stage, and was called as an encoder"));
        };
        if outputs.len() != encoded_len {
            return Err(DocumentError::new("it was called with a wrong number of outputs"));
        }
        // SAFETY: docmill shows a valid document.
        unsafe { take_document(shown, document) }
            .map_err(|error| DocumentError::because("the document cannot be taken in", error))?;
        outputs.iter_mut().for_each(Vec::clear);
        sink.encode(&document.view(), outputs)
    });
    let (status, said) = match outcome {
        Ok(Ok(())) => {
            for (at, output) in outputs.iter().enumerate() {
                // SAFETY: docmill gives a place for each of `encoded_len` outputs.
                unsafe { put(encoded.add(at), Bytes::of(output)) };
            }
            return KEEP;
        }
        Ok(Err(error)) => (FAILED, chain(&error)),
        Err(panic) => (BROKEN, format!("panicked: {panic}")),
    };
    *message = said;
    let problem_said = Problem { message: Bytes::of(message.as_bytes()), setting: Bytes::EMPTY };
    // SAFETY: docmill gives a place for the problem.
    unsafe { put(problem, problem_said) };
    status
}
