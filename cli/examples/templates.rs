//! The template stage and the template encoder as a library, which the tests of the conformance kit check. They have
//! names of their own, so that they can be used in a docmill that has the templates built in.

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Sink, SinkContract, Stage,
    Verdict,
};
use docmill_template::{Settings, Template};
use docmill_template_encoder::{Settings as Sizes, TemplateEncoder};

struct Shout(Template);

impl Stage for Shout {
    const NAME: &'static str = "shout";
    type Settings = Settings;

    fn contract(settings: &Settings) -> Contract {
        Template::contract(settings)
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        Template::build(settings).map(Shout)
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        self.0.process(document, changes)
    }
}

struct Caps(TemplateEncoder);

impl Sink for Caps {
    const NAME: &'static str = "caps";
    const EXTENSIONS: &'static [&'static str] = &["caps"];
    type Settings = Sizes;

    fn contract(settings: &Sizes) -> SinkContract {
        TemplateEncoder::contract(settings)
    }

    fn settings_for(path: &str) -> serde_json::Value {
        TemplateEncoder::settings_for(path)
    }

    fn build(settings: Sizes) -> Result<Self, BuildError> {
        TemplateEncoder::build(settings).map(Caps)
    }

    fn header(&self, _: usize, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(b"id\tchars\tlayers\n");
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        self.0.encode(document, outputs)
    }
}

/// Both components.
pub fn plugin() -> Plugin {
    Plugin::new("docmill-templates", env!("CARGO_PKG_VERSION")).stage::<Shout>().sink::<Caps>()
}

docmill_core::export!(plugin);
