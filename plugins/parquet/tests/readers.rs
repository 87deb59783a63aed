//! What the sink writes is read by DuckDB, pyarrow and pandas, where these are installed.

use std::{fs, io::Cursor, process::Command};

use docmill_core::{DocumentBuf, Sink, Span};
use docmill_parquet::ParquetSink;

fn document(id: &str) -> DocumentBuf {
    let text = "🇺🇦 Kyiv thanked Berlin";
    let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
    let mut document = DocumentBuf::with_text(text);
    document.set_id(id);
    document.set("outlet", "The Example".into());
    document.set("tags", (&[1.5.into(), true.into()][..]).into());
    let kyiv = document.annotate("entities", at("Kyiv")).label("GPE").score(0.98);
    let kyiv = kyiv.with("entity", "place:kyiv").with("name", "Kyiv");
    kyiv.with("also", Span::from(at("Berlin")));
    document
        .annotate("stances", 0..text.len())
        .with("holder", "country:UA")
        .with("polarity", 0.5)
        .with("trigger", Span::from(at("thanked")));
    document.annotate("sentences", 0..text.len());
    document.add_layer("quotes");
    document.seal();
    document
}

#[test]
#[allow(clippy::print_stderr, reason = "what was not tried is said")]
fn others_read_the_files() {
    let settings = serde_json::json!({ "tables": ["stances"] });
    let mut sink = ParquetSink::build(serde_json::from_value(settings).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut parts = [Vec::new(), Vec::new()];
    for id in ["a", "b"] {
        let mut encoded = [Vec::new(), Vec::new()];
        sink.encode(&document(id).view(), &mut encoded).unwrap();
        for (output, (encoded, parts)) in encoded.into_iter().zip(&mut parts).enumerate() {
            let path = folder.path().join(format!("{output}-{id}"));
            let mut part = fs::File::create(&path).unwrap();
            sink.seal(output, &mut Cursor::new(encoded), &mut part).unwrap();
            parts.push(path);
        }
    }
    for (output, name) in ["documents.parquet", "stances.parquet"].into_iter().enumerate() {
        sink.merge(output, &parts[output], &folder.path().join(name)).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers.py");
    let Ok(out) = Command::new("python3").arg(script).arg(folder.path()).output() else {
        eprintln!("SKIPPED: there is no python3 here, so no other reader is tried");
        return;
    };
    let (said, error) =
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    eprintln!("{said}");
    assert!(out.status.success(), "{error}");
}
