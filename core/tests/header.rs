//! The C header is made from the Rust types of the interface, and is not stale.
//!
//! `BLESS=1 cargo test -p docmill-core --test header` writes it anew.

use std::{env, fs, path::Path};

use cbindgen::{Builder, Config, Language, Style};
use docmill_core::door::abi::MAGIC;

const BEFORE: &str = r#"/*
 * docmill.h: the C interface of docmill plugins.
 *
 * Made from core/src/door/abi.rs; do not edit. The book's chapter "The C interface" explains how the parts work
 * together.
 */"#;

const AFTER: &str = r#"
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
"#;

/// The names that C gives to Rust's types.
const RENAMED: [(&str, &str); 9] = [
    ("RawValue", "Value"),
    ("RawFeature", "Feature"),
    ("RawAnnotation", "Annotation"),
    ("RawLayer", "Layer"),
    ("RawTextEdit", "Edit"),
    ("RawPiece", "Piece"),
    ("RawArrays", "Arrays"),
    ("RawDocument", "Document"),
    ("RawChanges", "Changes"),
];

fn header() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut config = Config {
        language: Language::C,
        style: Style::Type,
        header: Some(BEFORE.to_owned()),
        include_guard: Some("DOCMILL_H".to_owned()),
        cpp_compat: true,
        no_includes: true,
        sys_includes: ["stddef.h", "stdint.h"].map(str::to_owned).into(),
        after_includes: Some(AFTER.to_owned()),
        line_length: 110,
        documentation_style: cbindgen::DocumentationStyle::C,
        usize_is_size_t: true,
        ..Config::default()
    };
    config.export.prefix = Some("Dm".to_owned());
    for (rust, c) in RENAMED {
        config.export.rename.insert(rust.to_owned(), c.to_owned());
    }
    config.export.include = ["Table", "Entry"].map(str::to_owned).into();
    let bindings = Builder::new()
        .with_config(config)
        .with_src(source.join("span.rs"))
        .with_src(source.join("door/abi.rs"))
        .generate()
        .expect("the interface can be said in C");
    let mut header = Vec::new();
    bindings.write(&mut header);
    as_c_names(&String::from_utf8(header).expect("a header is text"))
}

/// Constants as C programs name them: `DM_KEEP`, `DM_KIND_TEXT`, also where comments speak of them.
fn as_c_names(header: &str) -> String {
    let mut named = header
        .replace("DmKind_", "DM_KIND_")
        .replace("DmPieceForm_", "DM_PIECE_")
        .replace(&MAGIC.to_string(), &format!("UINT64_C(0x{MAGIC:016x})"));
    for name in ["MAGIC", "MAJOR", "MINOR", "KEEP", "DROP", "FAILED", "BROKEN"] {
        named = named
            .replace(&format!("Dm{name}"), &format!("DM_{name}"))
            .replace(&format!("`{name}`"), &format!("`DM_{name}`"));
    }
    named
}

#[test]
fn it_is_not_stale() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/docmill.h");
    let made = header();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &made).expect("the header can be written");
    }
    let kept = fs::read_to_string(&path).expect("the header is there");
    assert!(kept == made, "{} is stale; BLESS=1 writes it anew", path.display());
}
