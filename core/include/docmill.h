/*
 * docmill.h: the C interface of docmill plugins.
 *
 * Made from core/src/door/abi.rs; do not edit. The book's chapter "The C interface" explains how the parts work
 * together.
 */

#ifndef DOCMILL_H
#define DOCMILL_H

#include <stddef.h>
#include <stdint.h>

/* Stands before the one function that a plugin exports:
 *
 * DM_EXPORT const DmTable *docmill_plugin(uint32_t host_major);
 */
#if defined(_WIN32)
#define DM_EXPORT_ATTRIBUTE __declspec(dllexport)
#else
#define DM_EXPORT_ATTRIBUTE __attribute__((visibility("default")))
#endif
#ifdef __cplusplus
#define DM_EXPORT extern "C" DM_EXPORT_ATTRIBUTE
#else
#define DM_EXPORT DM_EXPORT_ATTRIBUTE
#endif


/*
 What a plugin's table begins with: `docmill` and a zero byte, read as a little-endian number.
 */
#define DM_MAGIC UINT64_C(0x006c6c696d636f64)

/*
 The version of the interface that must be equal on both sides.
 */
#define DM_MAJOR 1

/*
 The version of the interface that counts what was added to the tables.
 */
#define DM_MINOR 1

/*
 All went well; of a document: keep it, changed as the change set says.
 */
#define DM_KEEP 0

/*
 The document leaves the pipeline here; `message` is the reason, a short kebab-case name.
 */
#define DM_DROP 1

/*
 It could not be done; `message` says why. The rest of the change set is not read.
 */
#define DM_FAILED 2

/*
 As `DM_FAILED`, and the instance must not be used again: docmill destroys it and creates another.
 */
#define DM_BROKEN 3

/*
 Bytes that belong to somebody else: UTF-8 wherever text is meant. `ptr` may be null where `len` is 0.
 */
typedef struct {
  /*
   The first byte.
   */
  const uint8_t *ptr;
  /*
   How many.
   */
  size_t len;
} DmBytes;

/*
 Why something could not be done. What it points to belongs to the plugin and must stay as it is until the
 next call on the same thread.
 */
typedef struct {
  /*
   Lower case, no full stop, saying what to do.
   */
  DmBytes message;
  /*
   The setting at fault as a JSON pointer (`/min-length`), empty for the component as a whole.
   */
  DmBytes setting;
} DmProblem;

/*
 What a plugin is told of docmill. Valid, and the same, until the process ends.
 */
typedef struct {
  /*
   The bytes of this table that docmill filled; nothing behind them may be read.
   */
  uint32_t size;
  /*
   The interface's major version.
   */
  uint16_t major;
  /*
   The interface's minor version, as docmill speaks it.
   */
  uint16_t minor;
  /*
   Since 1.1: docmill's own version, such as `0.1.0`.
   */
  DmBytes version;
} DmHost;

/*
 What the two words of a value mean.
 */
typedef uint32_t DmKind;
/*
 A string of the arena: start, length.
 */
#define DM_KIND_TEXT 0
/*
 The bits of a finite double: high word, low word.
 */
#define DM_KIND_NUMBER 1
/*
 0 or 1 in the first word.
 */
#define DM_KIND_BOOL 2
/*
 A span of the document's text: start, end. Not in metadata.
 */
#define DM_KIND_SPAN 3
/*
 A run of the array `values`: start, length. All of a list stands before what holds the list, no
 value is in two lists, and lists are at most sixteen deep.
 */
#define DM_KIND_LIST 4
/*
 As text, holding JSON that no other kind can say. It comes from input and goes out again.
 */
#define DM_KIND_JSON 5

/*
 The value of a feature or of a metadata key.
 */
typedef struct {
  /*
   What the words mean.
   */
  DmKind kind;
  /*
   The first word.
   */
  uint32_t a;
  /*
   The second word.
   */
  uint32_t b;
} DmValue;

/*
 A string in the arena `strings` of the same arrays, on char boundaries.
 */
typedef struct {
  /*
   Its first byte.
   */
  uint32_t start;
  /*
   Its length in bytes.
   */
  uint32_t len;
} DmStr;

/*
 A feature of an annotation, or a metadata key: its name and its value.
 */
typedef struct {
  /*
   Its name, in kebab-case; `start`, `end`, `label` and `score` are taken.
   */
  DmStr key;
  /*
   Its value.
   */
  DmValue value;
} DmFeature;

/*
 A half-open range of bytes in a text: `start` is in it, `end` is not.

 In a finished document a span always lies inside its text, on char boundaries, with
 `start <= end`. A stage may build any span; the engine refuses a change set that holds a bad one.
 */
typedef struct {
  /*
   The first byte.
   */
  uint32_t start;
  /*
   The byte after the last.
   */
  uint32_t end;
} DmSpan;

/*
 Something said of a span of the text.
 */
typedef struct {
  /*
   What it speaks of: bytes of the text, on char boundaries.
   */
  DmSpan span;
  /*
   Its label, empty where it has none.
   */
  DmStr label;
  /*
   Its score, NaN where it has none.
   */
  float score;
  /*
   The first of its features in the array `features`; no feature is in two annotations.
   */
  uint32_t features;
  /*
   How many features it has.
   */
  uint32_t features_len;
  /*
   Its layer, by place in the array `layers`.
   */
  uint32_t layer;
} DmAnnotation;

/*
 The annotations of one kind. In a document each layer is one run of `annotations`, in text order
 (outer before inner); in a change set annotations come in any order, and only the name is read.
 */
typedef struct {
  /*
   Its name.
   */
  DmStr name;
  /*
   The first of its annotations.
   */
  uint32_t first;
  /*
   How many it holds.
   */
  uint32_t len;
  /*
   1 where sinks leave it out unless told to write it.
   */
  uint32_t transient;
} DmLayer;

/*
 Annotations and metadata as flat arrays over one arena of strings. A pointer may be null where its
 length is 0.
 */
typedef struct {
  /*
   The arena: UTF-8, under 4 GiB.
   */
  DmBytes strings;
  /*
   Members of lists.
   */
  const DmValue *values;
  /*
   How many.
   */
  size_t values_len;
  /*
   Features of annotations.
   */
  const DmFeature *features;
  /*
   How many.
   */
  size_t features_len;
  /*
   Annotations of all layers.
   */
  const DmAnnotation *annotations;
  /*
   How many.
   */
  size_t annotations_len;
  /*
   Layers, in the order in which they were first written.
   */
  const DmLayer *layers;
  /*
   How many.
   */
  size_t layers_len;
  /*
   Metadata, in the order in which it was first set.
   */
  const DmFeature *metadata;
  /*
   How many.
   */
  size_t metadata_len;
} DmArrays;

/*
 A document, to be read. It belongs to docmill; nothing it points to may be kept after the call.
 */
typedef struct {
  /*
   The bytes of this table that docmill filled.
   */
  uint32_t size;
  /*
   Zero.
   */
  uint32_t reserved;
  /*
   What names the document in outputs.
   */
  DmBytes id;
  /*
   Its current text, UTF-8, under 4 GiB. Spans are bytes of it.
   */
  DmBytes text;
  /*
   Its layers and metadata.
   */
  DmArrays arrays;
  /*
   The source that read it.
   */
  DmBytes source;
  /*
   The file it comes from.
   */
  DmBytes uri;
  /*
   The place in the file, in the source's own form.
   */
  DmBytes locator;
  /*
   `sha256:` and 64 hexadecimal digits, of the raw bytes.
   */
  DmBytes digest;
} DmDocument;

/*
 Text to take out, and what to put in its place. Edits come in any order and do not overlap.
 */
typedef struct {
  /*
   What goes: bytes of the text as the stage was given it; empty to insert.
   */
  DmSpan span;
  /*
   What comes; empty to remove.
   */
  DmStr with;
  /*
   The rule or reason, a short kebab-case name.
   */
  DmStr reason;
} DmEdit;

/*
 How a piece of a new text is related to the old one.
 */
typedef uint32_t DmPieceForm;
/*
 The same bytes: `from.start` is the first of them in the old text.
 */
#define DM_PIECE_KEPT 0
/*
 The bytes `from` of the old text decode to it, by `how`.
 */
#define DM_PIECE_DECODED 1
/*
 The stage wrote it.
 */
#define DM_PIECE_INSERTED 2

/*
 A run of a new text. Pieces cover it in order; what they take from the old text ascends.
 */
typedef struct {
  /*
   Its length in bytes of the new text.
   */
  uint32_t len;
  /*
   How it is related to the old text.
   */
  DmPieceForm form;
  /*
   The bytes of the old text that it comes from; not read of inserted text, nor the end of kept text.
   */
  DmSpan from;
  /*
   Of decoded text, the name of the decoding.
   */
  DmStr how;
} DmPiece;

/*
 What a stage wants changed. docmill hands it over empty, with `size` filled; the plugin fills the rest. What it points
 to belongs to the plugin's instance and must stay as it is until the next call with that instance.
 */
typedef struct {
  /*
   The bytes of this table that docmill reads.
   */
  uint32_t size;
  /*
   1 where `text` is to take the place of the document's text; then there are no edits.
   */
  uint32_t rewrites;
  /*
   Why the document is dropped, or failed.
   */
  DmBytes message;
  /*
   Annotations for the layers, and metadata to set.
   */
  DmArrays arrays;
  /*
   Edits of the text.
   */
  const DmEdit *edits;
  /*
   How many.
   */
  size_t edits_len;
  /*
   The new text.
   */
  DmBytes text;
  /*
   Where the new text comes from.
   */
  const DmPiece *pieces;
  /*
   How many.
   */
  size_t pieces_len;
  /*
   Why the text is rewritten.
   */
  DmStr reason;
} DmChanges;

/*
 A library's functions. Must stay valid, and the same, until the process ends; the library is never
 unloaded. No function may unwind or throw into docmill, and none may be called back into it.

 `manifest`, `contract`, `create` and `decode` may be called on any thread, also at once. An instance
 is used by one thread at a time, not always the same one.
 */
typedef struct {
  /*
   `DM_MAGIC`.
   */
  uint64_t magic;
  /*
   The bytes of this table that the plugin filled; docmill reads nothing behind them.
   */
  uint32_t size;
  /*
   The interface's major version.
   */
  uint16_t major;
  /*
   The lowest minor version of docmill that the plugin can do with; 0 unless it needs more.
   */
  uint16_t needs_minor;
  /*
   Sets `json` to what the plugin offers (see the book, "The C interface"). The bytes stay as they
   are until the next call on the same thread. Returns `DM_KEEP`, or `DM_FAILED` with the problem in `json`.
   */
  int32_t (*manifest)(DmBytes *json);
  /*
   Sets `json` to the contract of a component, by its place in the manifest, under these settings
   (JSON that fits the component's schema).
   */
  int32_t (*contract)(uint32_t component, DmBytes settings, DmBytes *json, DmProblem *problem);
  /*
   Makes an instance of a component.
   */
  int32_t (*create)(const DmHost *host,
                    uint32_t component,
                    DmBytes settings,
                    void **instance,
                    DmProblem *problem);
  /*
   Ends an instance. Called once for each that `create` made, also after `DM_BROKEN`.
   */
  void (*destroy)(void *instance);
  /*
   Of a stage: fills the change set for one document. Null in a plugin without stages.
   */
  int32_t (*process)(void *instance, const DmDocument *document, DmChanges *changes);
  /*
   Of an encoder: sets `bytes` to what stands at the head of an output, by its place in the contract. The
   bytes stay as they are until the next call with the instance. May be null.
   */
  int32_t (*header)(void *instance, uint32_t output, DmBytes *bytes);
  /*
   Of an encoder: sets each of `outputs` (as many as the contract has, empty before) to the bytes of one
   document. They stay as they are until the next call with the instance, as does `problem`. Null in a
   plugin without encoders.
   */
  int32_t (*encode)(void *instance,
                    const DmDocument *document,
                    DmBytes *outputs,
                    size_t outputs_len,
                    DmProblem *problem);
  /*
   Since 1.1, may be null: decodes bytes of an old text by a decoding that one of its stages named in a
   piece, so that `docmill verify` can prove it. The text stays as it is until the next call on the same
   thread. Returns `DM_FAILED` for a decoding it does not know.
   */
  int32_t (*decode)(DmBytes how, DmBytes from, DmBytes *text);
} DmTable;

/*
 The one function that a library exports, under the name `docmill_plugin`: its table for this major version of
 docmill, or null where it does not speak it. May be called more than once and on any thread.
 */
typedef const DmTable *(*DmEntry)(uint32_t host_major);

#endif  /* DOCMILL_H */
