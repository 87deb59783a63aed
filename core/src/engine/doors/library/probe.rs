//! A library as the conformance kit calls it: every function by itself, with tables that other versions of docmill
//! would show, and each answer as it came.
//!
//! Answers are copied and checked like those of any library; nothing else is kept from the plugin.

use std::{ffi::c_void, mem::size_of, path::Path, ptr, time::Duration};

use super::{
    ComponentKind, Library, NO_PROBLEM, Refusal, file, said,
    table::{self, FIRST_HOST, Functions},
};
use crate::{
    Changes, DocumentBuf,
    door::{
        abi::{BROKEN, Bytes, DROP, Entry, FAILED, Host, KEEP, MAJOR, RawChanges, RawDocument},
        forms::Manifest,
        marshal::{no_changes, show_document, take_changes},
    },
};

/// A library that was loaded to be checked.
pub(crate) struct Probe {
    entry: Entry,
    library: &'static Library,
    /// What it offered first.
    pub(crate) manifest: Manifest,
    /// How long the loader took, the library's initialisers included.
    pub(crate) took: Duration,
}

/// What came back from a call.
#[derive(Debug)]
pub(crate) enum Reply<T> {
    /// It went well.
    Gave(T),
    /// The document is dropped, for this reason.
    Dropped(String, T),
    /// It could not be done.
    Refused {
        /// Why.
        message: String,
        /// The setting at fault, as a JSON pointer.
        setting: String,
    },
    /// The plugin did what it may not; the text goes on from its name.
    Wrong(String),
}

/// What docmill says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownHost {
    /// What it is.
    Own,
    /// Version 1.0, behind which nothing can be read.
    First,
    /// A later minor version, with a longer table.
    Newer,
}

/// How long the tables are that documents and change sets are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownTables {
    /// As docmill has them.
    Own,
    /// As a later minor version would.
    Longer,
}

impl Probe {
    /// Loads a library.
    ///
    /// # Errors
    ///
    /// As [`load`](super::load).
    pub(crate) fn open(path: &Path) -> Result<Probe, Refusal> {
        let opened = file::open(path, None)?;
        let library = Library::new(path, opened.entry)?;
        let manifest = library.manifest()?;
        let library = Box::leak(Box::new(library));
        Ok(Probe { entry: opened.entry, library, manifest, took: opened.took })
    }

    /// Where its table for a major version lies; 0 where it gives none.
    pub(crate) fn table(&self, major: u32) -> usize {
        // SAFETY: the library exports the function under the name that the interface gives to it.
        unsafe { (self.entry)(major) }.addr()
    }

    /// Asks it again what it offers.
    pub(crate) fn manifest(&self) -> Result<Manifest, Refusal> {
        self.library.manifest()
    }

    /// Whether it has the function that components of this kind need.
    pub(crate) fn serves(&self, kind: ComponentKind) -> bool {
        match kind {
            ComponentKind::Stage => self.functions().process.is_some(),
            ComponentKind::Encoder => self.functions().encode.is_some(),
        }
    }

    fn functions(&self) -> &'static Functions {
        &self.library.table
    }

    /// Asks for a component's contract: JSON.
    pub(crate) fn contract(&self, component: u32, settings: &str) -> Reply<String> {
        let (mut json, mut problem) = (Bytes::EMPTY, NO_PROBLEM);
        // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call.
        let status = unsafe {
            (self.functions().contract)(
                component,
                Bytes::of(settings.as_bytes()),
                &mut json,
                &mut problem,
            )
        };
        // SAFETY: the plugin keeps what it returns until its next call on this thread.
        unsafe {
            match status {
                KEEP => match json.text("the contract") {
                    Ok(json) => Reply::Gave(json.to_owned()),
                    Err(fault) => {
                        Reply::Wrong(format!("gives a contract that cannot be read: {fault}"))
                    }
                },
                status => not_done(status, said(problem.message), said(problem.setting)),
            }
        }
    }

    /// Decodes bytes of a text by the decoding of this name.
    pub(crate) fn decode(&self, how: &str, from: &[u8]) -> Reply<String> {
        let Some(decode) = self.functions().decode else {
            return Reply::Wrong("the table has no `decode`".to_owned());
        };
        let mut text = Bytes::EMPTY;
        // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call.
        let status = unsafe { decode(Bytes::of(how.as_bytes()), Bytes::of(from), &mut text) };
        match status {
            // SAFETY: the plugin keeps the text until its next call on this thread.
            KEEP => match unsafe { text.text("decoded text") } {
                Ok(text) => Reply::Gave(text.to_owned()),
                Err(fault) => Reply::Wrong(format!("it gives a text that cannot be read: {fault}")),
            },
            FAILED => Reply::Refused { message: String::new(), setting: String::new() },
            status => Reply::Wrong(format!("it returns {status}, which means nothing here")),
        }
    }

    /// Makes an instance of a component.
    pub(crate) fn create(&self, component: u32, settings: &str, host: ShownHost) -> Reply<Made> {
        let (mut pointer, mut problem) = (ptr::null_mut(), NO_PROBLEM);
        // SAFETY: the function is the plugin's, called as the interface says; all pointers hold for the call, and the
        // host's table forever.
        let status = unsafe {
            (self.functions().create)(
                shown_host(host),
                component,
                Bytes::of(settings.as_bytes()),
                &mut pointer,
                &mut problem,
            )
        };
        match status {
            KEEP => Reply::Gave(Made { functions: self.functions(), pointer }),
            // SAFETY: the plugin keeps what it returns until its next call on this thread.
            status => unsafe { not_done(status, said(problem.message), said(problem.setting)) },
        }
    }
}

/// The reply of a call that did not go well.
fn not_done<T>(status: i32, message: String, setting: String) -> Reply<T> {
    match status {
        FAILED if message.is_empty() => Reply::Wrong("fails without saying why".to_owned()),
        FAILED => Reply::Refused { message, setting },
        BROKEN if message.is_empty() => Reply::Wrong("says that it broke, and not why".to_owned()),
        BROKEN => Reply::Wrong(message),
        status => Reply::Wrong(format!("returns {status}, which means nothing here")),
    }
}

/// A component at work. Destroyed when it is dropped.
pub(crate) struct Made {
    functions: &'static Functions,
    pointer: *mut c_void,
}

// SAFETY: the interface says that an instance is used by one thread at a time, not always the same one; `&mut` and
// the lack of `Sync` see to the first.
unsafe impl Send for Made {}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.pointer.is_null() {
            // SAFETY: `create` made it, and it is destroyed once.
            unsafe { (self.functions.destroy)(self.pointer) };
        }
    }
}

/// A table of a later version: what this one knows, and what came after.
#[repr(C)]
struct Longer<T> {
    known: T,
    later: [u64; 16],
}

/// What stands in the later part of a document's table: nothing that can be followed.
const POISON: u64 = 0xa5a5_a5a5_a5a5_a5a5;

impl Made {
    /// Takes a document through a stage.
    pub(crate) fn process(
        &mut self,
        document: &DocumentBuf,
        tables: ShownTables,
    ) -> Reply<Changes> {
        let Some(process) = self.functions.process else {
            return Reply::Wrong("has a table without `process`".to_owned());
        };
        let mut shown = Longer { known: show_document(document), later: [POISON; 16] };
        let mut raw = Longer { known: no_changes(), later: [0; 16] };
        if tables == ShownTables::Longer {
            shown.known.size = size_of::<Longer<RawDocument>>() as u32;
            raw.known.size = size_of::<Longer<RawChanges>>() as u32;
        }
        let size = raw.known.size;
        let (from, to) = ((&raw const shown).cast(), (&raw mut raw).cast());
        // SAFETY: the instance is the plugin's own, in use by this thread alone; the tables hold for the call, and
        // what is known of them stands first.
        let status = unsafe { process(self.pointer, from, to) };
        if tables == ShownTables::Longer && (raw.known.size != size || raw.later != [0; 16]) {
            return Reply::Wrong(
                "writes to parts of the change set that it does not know, or to its `size`"
                    .to_owned(),
            );
        }
        // SAFETY: the plugin keeps what the change set points to until its next call.
        unsafe {
            let message = match raw.known.message.text("a message") {
                Ok(message) => message.to_owned(),
                Err(fault) => {
                    return Reply::Wrong(format!("gives a message that cannot be read: {fault}"));
                }
            };
            if ![KEEP, DROP].contains(&status) {
                return not_done(status, message, String::new());
            }
            let mut changes = Changes::new();
            match take_changes(&raw.known, &mut changes) {
                Ok(()) if status == DROP => Reply::Dropped(message, changes),
                Ok(()) => Reply::Gave(changes),
                Err(fault) => {
                    Reply::Wrong(format!("gives a change set that does not hold together: {fault}"))
                }
            }
        }
    }

    /// What stands at the head of an encoder's output; nothing where the plugin has no `header`.
    pub(crate) fn header(&mut self, output: u32) -> Reply<Vec<u8>> {
        let Some(header) = self.functions.header else { return Reply::Gave(Vec::new()) };
        let mut head = Bytes::EMPTY;
        // SAFETY: the instance is the plugin's own, in use by this thread alone.
        let status = unsafe { header(self.pointer, output, &mut head) };
        match status {
            // SAFETY: the plugin keeps the bytes until its next call.
            KEEP => match unsafe { head.get() } {
                Ok(bytes) => Reply::Gave(bytes.to_vec()),
                Err(fault) => Reply::Wrong(format!("gives a header that cannot be read: {fault}")),
            },
            status => Reply::Wrong(format!("returns {status} for the header of output {output}")),
        }
    }

    /// The bytes that an encoder makes of a document, one run for each output.
    pub(crate) fn encode(
        &mut self,
        document: &DocumentBuf,
        outputs: usize,
        tables: ShownTables,
    ) -> Reply<Vec<Vec<u8>>> {
        let Some(encode) = self.functions.encode else {
            return Reply::Wrong("has a table without `encode`".to_owned());
        };
        let mut shown = Longer { known: show_document(document), later: [POISON; 16] };
        if tables == ShownTables::Longer {
            shown.known.size = size_of::<Longer<RawDocument>>() as u32;
        }
        let (mut encoded, mut problem) = (vec![Bytes::EMPTY; outputs], NO_PROBLEM);
        let from = (&raw const shown).cast();
        // SAFETY: the instance is the plugin's own, in use by this thread alone; everything pointed to holds for the
        // call.
        let status =
            unsafe { encode(self.pointer, from, encoded.as_mut_ptr(), outputs, &mut problem) };
        if status != KEEP {
            // SAFETY: the plugin keeps the problem until its next call.
            return unsafe { not_done(status, said(problem.message), String::new()) };
        }
        // SAFETY: the plugin keeps the bytes until its next call.
        let bytes = encoded.into_iter().map(|bytes| unsafe { bytes.get() }.map(<[u8]>::to_vec));
        match bytes.collect() {
            Ok(bytes) => Reply::Gave(bytes),
            Err(fault) => Reply::Wrong(format!("gives an output that cannot be read: {fault}")),
        }
    }
}

fn shown_host(host: ShownHost) -> *const Host {
    match host {
        ShownHost::Own => table::host(),
        ShownHost::First => at_the_edge(),
        ShownHost::Newer => {
            // SAFETY: docmill's own table lives forever.
            let known = unsafe { *table::host() };
            let size = size_of::<Longer<Host>>() as u32;
            let known = Host { size, major: MAJOR, minor: 99, ..known };
            let newer: &'static Longer<Host> =
                Box::leak(Box::new(Longer { known, later: [POISON; 16] }));
            &newer.known
        }
    }
}

/// A table of version 1.0 at the end of a page, behind which comes one that nobody may read.
fn at_the_edge() -> *const Host {
    use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};

    let page = rustix::param::page_size();
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: two new pages at a place of the system's choice, which stay forever; the first is written to as far as
    // the table goes, before anybody knows of it.
    unsafe {
        let Ok(pages) = mmap_anonymous(ptr::null_mut(), 2 * page, access, MapFlags::PRIVATE) else {
            return table::host();
        };
        let _ = mprotect(pages.cast::<u8>().add(page).cast(), page, MprotectFlags::empty());
        let first = pages.cast::<u8>().add(page - FIRST_HOST);
        let bytes = [(FIRST_HOST as u32).to_ne_bytes(), version(MAJOR, 0)].concat();
        ptr::copy_nonoverlapping(bytes.as_ptr(), first, FIRST_HOST);
        first.cast_const().cast()
    }
}

fn version(major: u16, minor: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (major.to_ne_bytes(), minor.to_ne_bytes());
    [a, b, c, d]
}
