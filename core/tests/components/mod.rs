//! Components that fail on purpose.

use std::sync::Arc;

use docmill_core::{
    Block, BlockPiece, BuildError, Changes, Contract, Cursor, Cut, Document, DocumentError, Input,
    Intake, Origin, Plugin, Reason, Shard, Sink, SinkContract, Source, SourceContract, Stage,
    Verdict, engine::Registry,
};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) fn registry() -> Registry {
    let plugin = Plugin::new("test", "1.2.3")
        .source::<Texts>()
        .stage::<Trouble>()
        .stage::<Upper>()
        .sink::<Plain>();
    Registry::new(vec![plugin]).unwrap()
}

/// Nothing to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Texts of the pipeline file itself, a few to a block.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextsSettings {
    /// The texts.
    texts: Vec<String>,
}

pub(crate) struct Texts(Arc<Vec<String>>);

struct Blocks {
    texts: Arc<Vec<String>>,
    next: usize,
}

impl Cut for Blocks {
    fn next(&mut self, block: &mut Block) -> bool {
        let uri: Arc<str> = "texts".into();
        while let Some(text) = self.texts.get(self.next).filter(|_| block.pieces.len() < 10) {
            let start = block.bytes.len();
            block.bytes.extend_from_slice(text.as_bytes());
            let range = start..block.bytes.len();
            block.pieces.push(BlockPiece {
                uri: uri.clone(),
                offset: self.next as u64,
                range,
                failure: None,
            });
            self.next += 1;
        }
        !block.pieces.is_empty()
    }
}

impl Source for Texts {
    const NAME: &'static str = "texts";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = TextsSettings;

    fn contract(_: &TextsSettings) -> SourceContract {
        SourceContract::new()
    }
    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "texts": paths })
    }
    fn build(settings: TextsSettings) -> Result<Self, BuildError> {
        Ok(Texts(Arc::new(settings.texts)))
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Ok(vec![Shard { inputs: vec![Input { uri: "texts".into(), bytes: None }] }])
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        Box::new(Blocks { texts: self.0.clone(), next: 0 })
    }
    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        for piece in &block.pieces {
            let raw = &block.bytes[piece.range.clone()];
            documents.document(&piece.uri, piece.offset, raw, |document| {
                let text = std::str::from_utf8(raw)
                    .map_err(|error| DocumentError::because("not UTF-8", error))?;
                if text == "unreadable" {
                    return Err(DocumentError::new("unreadable on purpose"));
                }
                document.push_text(text);
                Ok(())
            });
        }
    }
    fn reread(&self, _: &Origin, _: &mut Cursor, _: &mut Vec<u8>) -> Result<(), DocumentError> {
        Err(DocumentError::new("cannot be read again"))
    }
}

/// Fails as its document says.
pub(crate) struct Trouble;

impl Stage for Trouble {
    const NAME: &'static str = "trouble";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Trouble)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        match document.text() {
            "error" => Err(DocumentError::new("failed on purpose")),
            "panic" => panic!("on purpose"),
            "drop" => Ok(Verdict::Drop(Reason::new("on-purpose"))),
            "contract" => {
                changes.annotate("undeclared", 0..1usize);
                Ok(Verdict::Keep)
            }
            _ => Ok(Verdict::Keep),
        }
    }
}

/// Writes the text in capitals.
pub(crate) struct Upper;

impl Stage for Upper {
    const NAME: &'static str = "upper";
    type Settings = Nothing;

    fn contract(_: &Nothing) -> Contract {
        Contract::new().edits_text()
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Upper)
    }
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        assert_ne!(document.text(), "late-panic");
        changes.replace(0..document.text().len(), &document.text().to_uppercase(), "capitals");
        Ok(Verdict::Keep)
    }
}

/// The text, a line a document.
pub(crate) struct Plain;

impl Sink for Plain {
    const NAME: &'static str = "plain";
    const EXTENSIONS: &'static [&'static str] = &["txt"];
    type Settings = Nothing;

    fn contract(_: &Nothing) -> SinkContract {
        SinkContract::new().output("plain.txt", "")
    }
    fn settings_for(_: &str) -> serde_json::Value {
        serde_json::json!({})
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Plain)
    }
    fn header(&self, _: usize, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(b"# plain\n");
    }
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        outputs[0].extend_from_slice(document.text().as_bytes());
        outputs[0].push(b'\n');
        match document.text() {
            "SINK-ERROR" => Err(DocumentError::new("failed on purpose")),
            _ => Ok(()),
        }
    }
}
