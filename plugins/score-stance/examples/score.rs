//! Scores documents in docmill's JSON form: `score INPUT > OUTPUT`.
//!
//! Each line of INPUT holds a text and its layer `entities`; sentences and tokens are found here, and any layers
//! `stances` and `quotes` are replaced. For measuring: run a pipeline for real work.

use std::io::{BufRead, Write};

use docmill_core::{
    Changes, DocumentBuf, Stage,
    json::{self, Form},
    testing::with_annotations,
    vocab::{entities, sentences, tokens},
};
use docmill_score_stance::{ScoreStance, Settings};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: score INPUT")?;
    let mut stage = ScoreStance::build(Settings { min_confidence: 0.0, ..Settings::default() })?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
        let mut read = DocumentBuf::new();
        json::read(line?.as_bytes(), &mut read)?;
        let document = segmented(&read);
        let mut changes = Changes::new();
        stage.process(&document.view(), &mut changes)?;
        let scored = with_annotations(&document, &changes);
        let mut bytes = Vec::new();
        json::write(&scored.view(), &Form::default(), &mut bytes);
        bytes.push(b'\n');
        out.write_all(&bytes)?;
    }
    Ok(out.flush()?)
}

/// The same text with its entities, and with sentences and tokens.
fn segmented(read: &DocumentBuf) -> DocumentBuf {
    let text = read.view().text();
    let mut document = DocumentBuf::with_text(text);
    document.set_id(read.view().id());
    let (mut words, mut found) = (Vec::new(), Vec::new());
    docmill_text::tokens(text, &mut words);
    docmill_text::sentences(text, &words, &mut found);
    for layer in [sentences::LAYER, tokens::LAYER, entities::LAYER] {
        document.add_layer(layer);
    }
    for sentence in &found {
        document.annotate(sentences::LAYER, sentence.range());
    }
    for word in &words {
        let label = match word.kind {
            docmill_text::TokenKind::Word => "word",
            docmill_text::TokenKind::Number => "number",
            docmill_text::TokenKind::Punctuation => "punctuation",
            docmill_text::TokenKind::Symbol => "symbol",
        };
        document.annotate(tokens::LAYER, word.range()).label(label);
    }
    for entity in entities::read(&read.view()) {
        document
            .annotate(entities::LAYER, entity.span)
            .label(entity.kind.name())
            .with("entity", entity.id)
            .with("name", entity.name)
            .with_some("actor", entity.actor)
            .with_some("actor-name", entity.actor_name);
    }
    document.seal();
    document
}
