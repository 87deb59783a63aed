//! Tags JSON lines with a `text`, from stdin to stdout: a line of entities for each, offsets in chars.
//! For measuring against annotated text; see the crate's README.

use std::io::{BufRead, Write};

use docmill_core::{Changes, DocumentBuf, Stage, testing, vocab};
use docmill_tag_entities::{Settings, TagEntities};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut stage = TagEntities::build(Settings::default())?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = line["text"].as_str().unwrap_or_default();
        let document = prepared(text);
        let mut changes = Changes::new();
        stage.process(&document.view(), &mut changes)?;
        let document = testing::with_annotations(&document, &changes);
        // Byte offset -> char offset, for spans in text order.
        let (mut byte, mut chars) = (0, 0);
        let mut char_at = |to: u32| {
            chars += text.get(byte..to as usize).map_or(0, |piece| piece.chars().count());
            byte = to as usize;
            chars
        };
        let mut entities = Vec::new();
        for entity in vocab::entities::read(&document.view()) {
            entities.push(serde_json::json!({
                "start": char_at(entity.span.start), "end": char_at(entity.span.end),
                "label": entity.kind.name(), "text": entity.span.of(text), "entity": entity.id,
                "name": entity.name, "actor": entity.actor, "actor-name": entity.actor_name,
                "rule": entity.rule, "score": entity.score,
            }));
        }
        writeln!(out, "{}", serde_json::json!({ "id": line["id"], "entities": entities }))?;
    }
    Ok(())
}

/// A document with the layers `sentences` and `tokens`.
fn prepared(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
    docmill_text::tokens(text, &mut tokens);
    docmill_text::sentences(text, &tokens, &mut sentences);
    document.add_layer(vocab::sentences::LAYER);
    document.add_layer(vocab::tokens::LAYER);
    for sentence in &sentences {
        document.annotate(vocab::sentences::LAYER, sentence.start..sentence.end);
    }
    for token in &tokens {
        let kind = vocab::tokens::Kind::ALL[token.kind as usize];
        document.annotate(vocab::tokens::LAYER, token.start..token.end).label(kind.name());
    }
    document.seal();
    document
}
