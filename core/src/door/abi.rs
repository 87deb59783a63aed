//! The C interface as types: the records that documents and change sets are made of, and the tables of
//! functions that a library and docmill show each other.
//!
//! The header `core/include/docmill.h` is generated from this file; what is said here of lifetimes and
//! threads is its documentation. Records never change. Tables grow at their end only, by a minor
//! version each time; a new major version is another interface.

use std::ffi::c_void;

use crate::Span;

/// What a plugin's table begins with: `docmill` and a zero byte, read as a little-endian number.
pub const MAGIC: u64 = 0x006c_6c69_6d63_6f64;
/// The version of the interface that must be equal on both sides.
pub const MAJOR: u16 = 1;
/// The version of the interface that counts what was added to the tables.
pub const MINOR: u16 = 1;

/// All went well; of a document: keep it, changed as the change set says.
pub const KEEP: i32 = 0;
/// The document leaves the pipeline here; `message` is the reason, a short kebab-case name.
pub const DROP: i32 = 1;
/// It could not be done; `message` says why. The rest of the change set is not read.
pub const FAILED: i32 = 2;
/// As `FAILED`, and the instance must not be used again: docmill destroys it and creates another.
pub const BROKEN: i32 = 3;

/// Bytes that belong to somebody else: UTF-8 wherever text is meant. `ptr` may be null where `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first byte.
    pub ptr: *const u8,
    /// How many.
    pub len: usize,
}

/// A string in the arena `strings` of the same arrays, on char boundaries.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct Str {
    /// Its first byte.
    pub start: u32,
    /// Its length in bytes.
    pub len: u32,
}

/// What the two words of a value mean.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct Kind(pub u32);

impl Kind {
    /// A string of the arena: start, length.
    pub const TEXT: Kind = Kind(0);
    /// The bits of a finite double: high word, low word.
    pub const NUMBER: Kind = Kind(1);
    /// 0 or 1 in the first word.
    pub const BOOL: Kind = Kind(2);
    /// A span of the document's text: start, end. Not in metadata.
    pub const SPAN: Kind = Kind(3);
    /// A run of the array `values`: start, length. All of a list stands before what holds the list, no
    /// value is in two lists, and lists are at most sixteen deep.
    pub const LIST: Kind = Kind(4);
    /// As text, holding JSON that no other kind can say. It comes from input and goes out again.
    pub const JSON: Kind = Kind(5);
}

/// The value of a feature or of a metadata key.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawValue {
    /// What the words mean.
    pub kind: Kind,
    /// The first word.
    pub a: u32,
    /// The second word.
    pub b: u32,
}

/// A feature of an annotation, or a metadata key: its name and its value.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawFeature {
    /// Its name, in kebab-case; `start`, `end`, `label` and `score` are taken.
    pub key: Str,
    /// Its value.
    pub value: RawValue,
}

/// Something said of a span of the text.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawAnnotation {
    /// What it speaks of: bytes of the text, on char boundaries.
    pub span: Span,
    /// Its label, empty where it has none.
    pub label: Str,
    /// Its score, NaN where it has none.
    pub score: f32,
    /// The first of its features in the array `features`; no feature is in two annotations.
    pub features: u32,
    /// How many features it has.
    pub features_len: u32,
    /// Its layer, by place in the array `layers`.
    pub layer: u32,
}

/// The annotations of one kind. In a document each layer is one run of `annotations`, in text order
/// (outer before inner); in a change set annotations come in any order, and only the name is read.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawLayer {
    /// Its name.
    pub name: Str,
    /// The first of its annotations.
    pub first: u32,
    /// How many it holds.
    pub len: u32,
    /// 1 where sinks leave it out unless told to write it.
    pub transient: u32,
}

/// Text to take out, and what to put in its place. Edits come in any order and do not overlap.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawTextEdit {
    /// What goes: bytes of the text as the stage was given it; empty to insert.
    pub span: Span,
    /// What comes; empty to remove.
    pub with: Str,
    /// The rule or reason, a short kebab-case name.
    pub reason: Str,
}

/// How a piece of a new text is related to the old one.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct PieceForm(pub u32);

impl PieceForm {
    /// The same bytes: `from.start` is the first of them in the old text.
    pub const KEPT: PieceForm = PieceForm(0);
    /// The bytes `from` of the old text decode to it, by `how`.
    pub const DECODED: PieceForm = PieceForm(1);
    /// The stage wrote it.
    pub const INSERTED: PieceForm = PieceForm(2);
}

/// A run of a new text. Pieces cover it in order; what they take from the old text ascends.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "engine", derive(bytemuck::Pod, bytemuck::Zeroable))]
pub struct RawPiece {
    /// Its length in bytes of the new text.
    pub len: u32,
    /// How it is related to the old text.
    pub form: PieceForm,
    /// The bytes of the old text that it comes from; not read of inserted text, nor the end of kept text.
    pub from: Span,
    /// Of decoded text, the name of the decoding.
    pub how: Str,
}

/// Annotations and metadata as flat arrays over one arena of strings. A pointer may be null where its
/// length is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawArrays {
    /// The arena: UTF-8, under 4 GiB.
    pub strings: Bytes,
    /// Members of lists.
    pub values: *const RawValue,
    /// How many.
    pub values_len: usize,
    /// Features of annotations.
    pub features: *const RawFeature,
    /// How many.
    pub features_len: usize,
    /// Annotations of all layers.
    pub annotations: *const RawAnnotation,
    /// How many.
    pub annotations_len: usize,
    /// Layers, in the order in which they were first written.
    pub layers: *const RawLayer,
    /// How many.
    pub layers_len: usize,
    /// Metadata, in the order in which it was first set.
    pub metadata: *const RawFeature,
    /// How many.
    pub metadata_len: usize,
}

/// A document, to be read. It belongs to docmill; nothing it points to may be kept after the call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawDocument {
    /// The bytes of this table that docmill filled.
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// What names the document in outputs.
    pub id: Bytes,
    /// Its current text, UTF-8, under 4 GiB. Spans are bytes of it.
    pub text: Bytes,
    /// Its layers and metadata.
    pub arrays: RawArrays,
    /// The source that read it.
    pub source: Bytes,
    /// The file it comes from.
    pub uri: Bytes,
    /// The place in the file, in the source's own form.
    pub locator: Bytes,
    /// `sha256:` and 64 hexadecimal digits, of the raw bytes.
    pub digest: Bytes,
}

/// What a stage wants changed. docmill hands it over empty, with `size` filled; the plugin fills the rest. What it points
/// to belongs to the plugin's instance and must stay as it is until the next call with that instance.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawChanges {
    /// The bytes of this table that docmill reads.
    pub size: u32,
    /// 1 where `text` is to take the place of the document's text; then there are no edits.
    pub rewrites: u32,
    /// Why the document is dropped, or failed.
    pub message: Bytes,
    /// Annotations for the layers, and metadata to set.
    pub arrays: RawArrays,
    /// Edits of the text.
    pub edits: *const RawTextEdit,
    /// How many.
    pub edits_len: usize,
    /// The new text.
    pub text: Bytes,
    /// Where the new text comes from.
    pub pieces: *const RawPiece,
    /// How many.
    pub pieces_len: usize,
    /// Why the text is rewritten.
    pub reason: Str,
}

/// Why something could not be done. What it points to belongs to the plugin and must stay as it is until the
/// next call on the same thread.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// Lower case, no full stop, saying what to do.
    pub message: Bytes,
    /// The setting at fault as a JSON pointer (`/min-length`), empty for the component as a whole.
    pub setting: Bytes,
}

/// What a plugin is told of docmill. Valid, and the same, until the process ends.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// The bytes of this table that docmill filled; nothing behind them may be read.
    pub size: u32,
    /// The interface's major version.
    pub major: u16,
    /// The interface's minor version, as docmill speaks it.
    pub minor: u16,
    /// Since 1.1: docmill's own version, such as `0.1.0`.
    pub version: Bytes,
}

/// A library's functions. Must stay valid, and the same, until the process ends; the library is never
/// unloaded. No function may unwind or throw into docmill, and none may be called back into it.
///
/// `manifest`, `contract`, `create` and `decode` may be called on any thread, also at once. An instance
/// is used by one thread at a time, not always the same one.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// `MAGIC`.
    pub magic: u64,
    /// The bytes of this table that the plugin filled; docmill reads nothing behind them.
    pub size: u32,
    /// The interface's major version.
    pub major: u16,
    /// The lowest minor version of docmill that the plugin can do with; 0 unless it needs more.
    pub needs_minor: u16,
    /// Sets `json` to what the plugin offers (see the book, "The C interface"). The bytes stay as they
    /// are until the next call on the same thread. Returns `KEEP`, or `FAILED` with the problem in `json`.
    pub manifest: Option<unsafe extern "C" fn(json: *mut Bytes) -> i32>,
    /// Sets `json` to the contract of a component, by its place in the manifest, under these settings
    /// (JSON that fits the component's schema).
    pub contract: Option<
        unsafe extern "C" fn(
            component: u32,
            settings: Bytes,
            json: *mut Bytes,
            problem: *mut Problem,
        ) -> i32,
    >,
    /// Makes an instance of a component.
    pub create: Option<
        unsafe extern "C" fn(
            host: *const Host,
            component: u32,
            settings: Bytes,
            instance: *mut *mut c_void,
            problem: *mut Problem,
        ) -> i32,
    >,
    /// Ends an instance. Called once for each that `create` made, also after `BROKEN`.
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
    /// Of a stage: fills the change set for one document. Null in a plugin without stages.
    pub process: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            document: *const RawDocument,
            changes: *mut RawChanges,
        ) -> i32,
    >,
    /// Of an encoder: sets `bytes` to what stands at the head of an output, by its place in the contract. The
    /// bytes stay as they are until the next call with the instance. May be null.
    pub header:
        Option<unsafe extern "C" fn(instance: *mut c_void, output: u32, bytes: *mut Bytes) -> i32>,
    /// Of an encoder: sets each of `outputs` (as many as the contract has, empty before) to the bytes of one
    /// document. They stay as they are until the next call with the instance, as does `problem`. Null in a
    /// plugin without encoders.
    pub encode: Option<
        unsafe extern "C" fn(
            instance: *mut c_void,
            document: *const RawDocument,
            outputs: *mut Bytes,
            outputs_len: usize,
            problem: *mut Problem,
        ) -> i32,
    >,
    /// Since 1.1, may be null: decodes bytes of an old text by a decoding that one of its stages named in a
    /// piece, so that `docmill verify` can prove it. The text stays as it is until the next call on the same
    /// thread. Returns `FAILED` for a decoding it does not know.
    pub decode: Option<unsafe extern "C" fn(how: Bytes, from: Bytes, text: *mut Bytes) -> i32>,
}

/// The one function that a library exports, under the name `docmill_plugin`: its table for this major version of
/// docmill, or null where it does not speak it. May be called more than once and on any thread.
pub type Entry = unsafe extern "C" fn(host_major: u32) -> *const Table;

#[cfg(test)]
mod tests {
    use std::mem::{align_of, offset_of};

    use super::*;

    /// The layout of records is frozen, and tables grow at their end only.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn layouts_stay_as_they_are() {
        let sizes = [
            size_of::<Bytes>(),
            size_of::<Str>(),
            size_of::<RawValue>(),
            size_of::<RawFeature>(),
            size_of::<RawAnnotation>(),
            size_of::<RawLayer>(),
            size_of::<RawTextEdit>(),
            size_of::<RawPiece>(),
            size_of::<RawArrays>(),
            size_of::<RawDocument>(),
            size_of::<RawChanges>(),
            size_of::<Problem>(),
            size_of::<Host>(),
            size_of::<Table>(),
        ];
        assert_eq!(sizes, [16, 8, 12, 20, 32, 20, 24, 24, 96, 200, 176, 32, 24, 80]);
        assert_eq!((align_of::<RawAnnotation>(), align_of::<Table>()), (4, 8));
        assert_eq!((offset_of!(RawFeature, key), offset_of!(RawFeature, value)), (0, 8));
        let annotation = [
            offset_of!(RawAnnotation, span),
            offset_of!(RawAnnotation, label),
            offset_of!(RawAnnotation, score),
            offset_of!(RawAnnotation, features),
            offset_of!(RawAnnotation, features_len),
            offset_of!(RawAnnotation, layer),
        ];
        assert_eq!(annotation, [0, 8, 16, 20, 24, 28]);
        let arrays = [
            offset_of!(RawArrays, strings),
            offset_of!(RawArrays, values),
            offset_of!(RawArrays, features),
            offset_of!(RawArrays, annotations),
            offset_of!(RawArrays, layers),
            offset_of!(RawArrays, metadata),
        ];
        assert_eq!(arrays, [0, 16, 32, 48, 64, 80]);
        let document = [
            offset_of!(RawDocument, size),
            offset_of!(RawDocument, id),
            offset_of!(RawDocument, text),
            offset_of!(RawDocument, arrays),
            offset_of!(RawDocument, source),
            offset_of!(RawDocument, digest),
        ];
        assert_eq!(document, [0, 8, 24, 40, 136, 184]);
        let changes = [
            offset_of!(RawChanges, size),
            offset_of!(RawChanges, rewrites),
            offset_of!(RawChanges, message),
            offset_of!(RawChanges, arrays),
            offset_of!(RawChanges, edits),
            offset_of!(RawChanges, text),
            offset_of!(RawChanges, pieces),
            offset_of!(RawChanges, reason),
        ];
        assert_eq!(changes, [0, 4, 8, 24, 120, 136, 152, 168]);
        let table = [
            offset_of!(Table, magic),
            offset_of!(Table, size),
            offset_of!(Table, major),
            offset_of!(Table, needs_minor),
            offset_of!(Table, manifest),
            offset_of!(Table, contract),
            offset_of!(Table, create),
            offset_of!(Table, destroy),
            offset_of!(Table, process),
            offset_of!(Table, header),
            offset_of!(Table, encode),
            offset_of!(Table, decode),
        ];
        assert_eq!(table, [0, 8, 12, 14, 16, 24, 32, 40, 48, 56, 64, 72]);
        assert_eq!(offset_of!(Host, version), 8, "what a host of 1.0 had");
    }
}
