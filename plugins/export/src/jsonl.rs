//! The sink `jsonl`: a document a line, in its JSON form.

use docmill_core::{
    BuildError, Document, DocumentError, Offsets, Provenance, Sink, SinkContract, json,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes documents in their JSON form, one a line: text, metadata, layers, and where all of it comes from.
/// What it writes, the source `jsonl` reads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct JsonlSettings {
    /// The file, below the run's folder. Default: `documents.jsonl`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// The unit of positions in the text: `chars` (Unicode code points, as Python and R count), `bytes`
    /// (of UTF-8) or `utf16` (as JavaScript, Java and C# count). Default: `chars`.
    pub offsets: Offsets,
    /// How much of each document's history is written: `none`, `map` (its origin, where each byte of text
    /// comes from, and what was removed why) or `full` (the removed text too). Default: `map`.
    pub provenance: Provenance,
    /// Names of transient layers, such as `tokens`, to write as well. Default: none.
    pub layers: Vec<String>,
}

impl Default for JsonlSettings {
    fn default() -> Self {
        JsonlSettings {
            path: "documents.jsonl".to_owned(),
            offsets: Offsets::default(),
            provenance: Provenance::default(),
            layers: Vec::new(),
        }
    }
}

/// The sink.
pub struct Jsonl {
    form: json::Form,
}

impl Sink for Jsonl {
    const NAME: &'static str = "jsonl";
    const EXTENSIONS: &'static [&'static str] = &["jsonl", "ndjson"];
    type Settings = JsonlSettings;

    fn contract(settings: &JsonlSettings) -> SinkContract {
        let contract = SinkContract::new().output(&settings.path, "/path");
        let contract = contract.provenance(settings.provenance);
        settings.layers.iter().fold(contract, |contract, layer| contract.needs(layer))
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: JsonlSettings) -> Result<Self, BuildError> {
        let JsonlSettings { offsets, provenance, layers, .. } = settings;
        Ok(Jsonl { form: json::Form { offsets, provenance, layers } })
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        if let [lines, ..] = outputs {
            json::write(document, &self.form, lines);
            lines.push(b'\n');
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::DocumentBuf;

    use super::*;

    fn encoded(settings: serde_json::Value, document: &DocumentBuf) -> String {
        let mut sink = Jsonl::build(serde_json::from_value(settings).unwrap()).unwrap();
        let mut outputs = [Vec::new()];
        sink.encode(&document.view(), &mut outputs).unwrap();
        String::from_utf8(outputs.concat()).unwrap()
    }

    #[test]
    fn offsets_count_in_the_unit_asked_for() {
        let mut document = DocumentBuf::with_text("🇺🇦 e\u{301} Kyiv");
        document.set_id("a");
        document.annotate("entities", 13..17usize).label("GPE");
        document.seal();
        for (unit, start, end) in [("chars", 6, 10), ("bytes", 13, 17), ("utf16", 8, 12)] {
            let line = encoded(serde_json::json!({ "offsets": unit }), &document);
            let entity = format!("[{{\"start\":{start},\"end\":{end},\"label\":\"GPE\"}}]");
            assert!(line.contains(&entity), "{unit}: {line}");
            assert!(line.contains(&format!("\"offsets\":\"{unit}\"")), "{line}");
            assert!(line.ends_with("}\n"));
        }
    }

    #[test]
    fn a_layer_to_be_written_must_be_there() {
        let settings = JsonlSettings { layers: vec!["tokens".to_owned()], ..Default::default() };
        assert_eq!(
            Jsonl::contract(&settings),
            SinkContract::new()
                .output("documents.jsonl", "/path")
                .provenance(Provenance::Map)
                .needs("tokens")
        );
    }
    #[test]
    fn it_keeps_the_contract() {
        docmill_core::testing::check_sink::<Jsonl>(docmill_core::testing::no_settings());
        let full = serde_json::json!({ "provenance": "full", "offsets": "bytes" });
        docmill_core::testing::check_sink::<Jsonl>(full);
    }
}
