//! Trains the statistical tagger: `train OUT EPOCHS MIN-COUNT MIN-WEIGHT FILE…`, each file of JSON lines with `text`
//! and `entities` (`start`, `end` in chars, `label`); a file whose name starts with `-` has no groups (`NORP`).

use std::io::BufRead;

use docmill_core::{DocumentBuf, vocab};
use docmill_tag_entities::training::Trainer;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, epochs, min_count, min_weight, files @ ..] = arguments.as_slice() else {
        return Err("usage: train OUT EPOCHS MIN-COUNT MIN-WEIGHT FILE…".into());
    };
    let mut trainer = Trainer::default();
    for file in files {
        let path = file.strip_prefix('-').unwrap_or(file);
        for line in std::io::BufReader::new(std::fs::File::open(path)?).lines() {
            let line: serde_json::Value = serde_json::from_str(&line?)?;
            let text = line["text"].as_str().unwrap_or_default();
            let bytes: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let names = line["entities"].as_array().into_iter().flatten().filter_map(|name| {
                let place = |key: &str| bytes.get(name[key].as_u64()? as usize).copied();
                Some((place("start")?..place("end")?, name["label"].as_str()?.to_owned()))
            });
            trainer.add(&prepared(text), &names.collect::<Vec<_>>(), path == file);
        }
    }
    let training = docmill_text::Training {
        epochs: epochs.parse()?,
        min_count: min_count.parse()?,
        min_weight: min_weight.parse()?,
    };
    let bytes = trainer.learn(training).to_bytes();
    std::fs::write(out, &bytes)?;
    let report = format!(
        "{} stretches, {} left out, {} bytes\n",
        trainer.len(),
        trainer.left_out,
        bytes.len()
    );
    std::io::Write::write_all(&mut std::io::stderr(), report.as_bytes())?;
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
