//! The sink `template-encoder`: a line a document, with its id and the sizes of its text and layers.
//! The smallest encoder there is.
//!
//! To make it yours, change the settings, the outputs that `contract` names, and what `encode` writes
//! to them. Whatever it writes, the contract test below tries it on arbitrary documents.

use docmill_core::{BuildError, Document, DocumentError, Plugin, Sink, SinkContract};
use schemars::JsonSchema;
use serde::Deserialize;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).sink::<TemplateEncoder>()
}

#[cfg(feature = "library")]
docmill_core::export!(plugin);

/// Writes a line for each document, its parts separated by tabs: the id, the length of the text in
/// chars, and for each layer its name and how many annotations it has, as in `sentences=2`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// The file, below the run's folder. Default: `sizes.tsv`.
    #[schemars(length(min = 1))]
    pub path: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { path: "sizes.tsv".to_owned() }
    }
}

/// The sink.
pub struct TemplateEncoder;

impl Sink for TemplateEncoder {
    const NAME: &'static str = "template-encoder";
    // `--output` gives it no files: those of an ending listed here.
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Settings;

    fn contract(settings: &Settings) -> SinkContract {
        SinkContract::new().output(&settings.path, "/path")
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(_: Settings) -> Result<Self, BuildError> {
        Ok(TemplateEncoder)
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let Some(lines) = outputs.first_mut() else { return Ok(()) };
        let mut line = format!("{}\t{}", cell(document.id()), document.text().chars().count());
        for layer in document.layers().filter(|layer| !layer.is_transient()) {
            line += &format!("\t{}={}", cell(layer.name()), layer.len());
        }
        lines.extend_from_slice(line.as_bytes());
        lines.push(b'\n');
        Ok(())
    }
}

/// Text without what would end a line or begin another part of it.
fn cell(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use docmill_core::{DocumentBuf, testing};

    use super::*;

    #[test]
    fn a_document_is_a_line_of_sizes() {
        let mut document = DocumentBuf::with_text("ÉTÉ in Kyiv.");
        document.set_id("news\t1");
        document.annotate("entities", 9..13usize);
        document.add_layer("quotes");
        document.seal();
        let mut outputs = [Vec::new()];
        TemplateEncoder.encode(&document.view(), &mut outputs).unwrap();
        let line = String::from_utf8(outputs.concat()).unwrap();
        assert_eq!(line, "news 1\t12\tentities=1\tquotes=0\n");
    }

    #[test]
    fn it_keeps_the_contract() {
        testing::check_sink::<TemplateEncoder>(testing::no_settings());
    }
}
