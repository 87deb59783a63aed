//! The sink `conll`: a token a line, for tools that train and score taggers.

use docmill_core::{
    BuildError, Document, DocumentError, Sink, SinkContract, Span,
    vocab::{entities, sentences, tokens},
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes a token a line, its columns separated by tabs: the place in its sentence from 1, the form, and the tag
/// of the entity that it belongs to (`B-PERSON` for the first token of one, `I-PERSON` for the others, `O` for
/// none). A blank line ends a sentence, and `# id = …` begins a document. Of entities that overlap, the one that
/// begins first is written, and the longest of these. Needs the layers `sentences` and `tokens`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConllSettings {
    /// The file, below the run's folder. Default: `documents.conll`.
    #[schemars(length(min = 1))]
    pub path: String,
}

impl Default for ConllSettings {
    fn default() -> Self {
        ConllSettings { path: "documents.conll".to_owned() }
    }
}

/// The sink.
pub struct Conll;

impl Sink for Conll {
    const NAME: &'static str = "conll";
    const EXTENSIONS: &'static [&'static str] = &["conll"];
    type Settings = ConllSettings;

    fn contract(settings: &ConllSettings) -> SinkContract {
        let contract = SinkContract::new().output(&settings.path, "/path");
        contract.needs(sentences::LAYER).needs(tokens::LAYER)
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(_: ConllSettings) -> Result<Self, BuildError> {
        Ok(Conll)
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        for layer in [sentences::LAYER, tokens::LAYER] {
            crate::needs::layer(document, layer)?;
        }
        if let [lines, ..] = outputs {
            lines.extend_from_slice(tagged(document).as_bytes());
        }
        Ok(())
    }
}

/// The lines of a document.
fn tagged(document: &Document<'_>) -> String {
    let text = document.text();
    let mut lines = String::from("# id = ");
    push(&mut lines, document.id(), breaks_line);
    lines.push('\n');

    let mut sentences = sentences::read(document).peekable();
    let mut entities = apart(document).peekable();
    // The sentence of the token before, if it has one; none where there is no token before.
    let mut before: Option<Option<Span>> = None;
    let (mut number, mut begun) = (0_usize, None);
    for token in tokens::read(document).map(|token| token.span) {
        while sentences.next_if(|sentence| sentence.end <= token.start).is_some() {}
        let sentence = sentences.peek().copied().filter(|sentence| sentence.start <= token.start);
        if before.is_some_and(|before| before != sentence) {
            lines.push('\n');
            (number, begun) = (0, None);
        }
        before = Some(sentence);
        number += 1;

        while entities.next_if(|entity| entity.span.end <= token.start).is_some() {}
        let entity = entities.peek().filter(|entity| entity.span.overlaps(token));
        lines.push_str(&number.to_string());
        lines.push('\t');
        push(&mut lines, token.of(text).unwrap_or_default(), breaks_cell);
        lines.push('\t');
        match entity {
            None => lines.push('O'),
            Some(entity) => {
                let first = begun != Some(entity.span);
                lines.push_str(if first { "B-" } else { "I-" });
                lines.push_str(entity.kind.name());
            }
        }
        begun = entity.map(|entity| entity.span);
        lines.push('\n');
    }
    lines.push('\n');
    lines
}

/// The entities of a document that overlap none that stands before them.
fn apart<'a>(document: &Document<'a>) -> impl Iterator<Item = entities::Entity<'a>> {
    let mut end = 0;
    entities::read(document).filter(move |entity| {
        let apart = entity.span.start >= end && !entity.span.is_empty();
        if apart {
            end = entity.span.end;
        }
        apart
    })
}

/// Adds what stands in one line, in the place of each char that would break it an underscore.
fn push(lines: &mut String, cell: &str, breaks: impl Fn(char) -> bool) {
    lines.extend(cell.chars().map(|char| if breaks(char) { '_' } else { char }));
}

/// Whether a char would end a line.
fn breaks_line(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

/// Whether a char would end a cell: readers split at tabs, or at any white space.
fn breaks_cell(char: char) -> bool {
    breaks_line(char) || char.is_whitespace()
}

#[cfg(test)]
mod tests {
    use docmill_core::{DocumentBuf, testing};
    use proptest::prelude::*;

    use super::*;

    /// A document whose tokens are the words and full stops of the text, and whose sentences and entities are
    /// these pieces of it.
    fn document(text: &str, sentences: &[&str], entities: &[(&str, &str)]) -> DocumentBuf {
        let place = |piece: &str| {
            let start = text.find(piece).unwrap();
            start..start + piece.len()
        };
        let mut document = DocumentBuf::with_text(text);
        document.set_id("a b");
        for sentence in sentences {
            document.annotate("sentences", place(sentence));
        }
        let mut start = 0;
        for word in text.split_inclusive([' ', '.']) {
            let form = word.trim_end_matches([' ', '.']);
            let end = start + form.len();
            if !form.is_empty() {
                document.annotate("tokens", start..end).label("word");
            }
            if word.ends_with('.') {
                document.annotate("tokens", end..end + 1).label("punctuation");
            }
            start += word.len();
        }
        for (entity, label) in entities {
            document.annotate("entities", place(entity)).label(label).with("entity", "x");
        }
        document.seal();
        document
    }

    #[test]
    fn a_token_a_line() {
        let text = "🇺🇦 Mara Quill thanked Port Elm. She 👩\u{200d}👧 left.";
        let sentences = ["🇺🇦 Mara Quill thanked Port Elm.", "She 👩\u{200d}👧 left."];
        let entities = [("Mara Quill", "PERSON"), ("Port Elm", "GPE"), ("Elm", "LOC")];
        let document = document(text, &sentences, &entities);
        assert_eq!(
            tagged(&document.view()),
            "# id = a b\n\
             1\t🇺🇦\tO\n\
             2\tMara\tB-PERSON\n\
             3\tQuill\tI-PERSON\n\
             4\tthanked\tO\n\
             5\tPort\tB-GPE\n\
             6\tElm\tI-GPE\n\
             7\t.\tO\n\
             \n\
             1\tShe\tO\n\
             2\t👩\u{200d}👧\tO\n\
             3\tleft\tO\n\
             4\t.\tO\n\
             \n"
        );
    }

    #[test]
    fn entities_side_by_side_and_across_a_break_begin_anew() {
        let entities = [("Kyiv", "GPE"), ("Berlin. Bonn", "GPE")];
        let document = document("Kyiv Berlin. Bonn", &["Kyiv Berlin.", "Bonn"], &entities);
        let expected =
            "# id = a b\n1\tKyiv\tB-GPE\n2\tBerlin\tB-GPE\n3\t.\tI-GPE\n\n1\tBonn\tB-GPE\n\n";
        assert_eq!(tagged(&document.view()), expected);
    }

    #[test]
    fn tokens_of_no_sentence_stand_apart() {
        let document = document("Elm one two", &["one"], &[]);
        let expected = "# id = a b\n1\tElm\tO\n\n1\tone\tO\n\n1\ttwo\tO\n\n";
        assert_eq!(tagged(&document.view()), expected);
    }

    #[test]
    fn nothing_breaks_a_line_or_a_cell() {
        let mut document = DocumentBuf::with_text("a\tb\u{a0}c\nd");
        document.set_id("my file\n1");
        document.annotate("tokens", 0..8usize).label("word");
        document.seal();
        assert_eq!(tagged(&document.view()), "# id = my file_1\n1\ta_b_c_d\tO\n\n");
    }

    #[test]
    fn a_document_without_a_needed_layer_fails() {
        let mut outputs = [Vec::new()];
        let document = DocumentBuf::with_text("Elm");
        let error = Conll.encode(&document.view(), &mut outputs).unwrap_err().to_string();
        assert!(error.contains("the layer `sentences`"), "{error}");
        assert_eq!(outputs, [b""]);
    }

    /// Pieces of a text of 12 emoji, each from one to another of them.
    fn pieces() -> impl Strategy<Value = Vec<std::ops::Range<usize>>> {
        let piece = (0..12_usize, 0..4_usize);
        let span = |(start, len): (usize, usize)| start * 4..(start + len).min(12) * 4;
        prop::collection::vec(piece.prop_map(span), 0..10)
    }

    proptest! {
        #[test]
        fn each_token_has_a_line_and_no_entity_begins_inside(
            (tokens, sentences, entities) in (pieces(), pieces(), pieces())
        ) {
            let mut document = DocumentBuf::with_text(&"🎉".repeat(12));
            for (layer, label, spans) in
                [("sentences", "", sentences), ("tokens", "symbol", tokens.clone()), ("entities", "ORG", entities)]
            {
                document.add_layer(layer);
                for span in spans {
                    document.annotate(layer, span).label(label).with("entity", "x");
                }
            }
            document.seal();
            let lines = tagged(&document.view());
            prop_assert_eq!(lines.matches('\t').count(), 2 * tokens.len());
            prop_assert!(lines.ends_with("\n\n"));
            let mut before = "O";
            for line in lines.lines().skip(1) {
                let tag = line.rsplit('\t').next().unwrap_or_default();
                prop_assert!(!tag.starts_with("I-") || before.ends_with("ORG"), "{}", lines);
                before = tag;
            }
        }
    }

    #[test]
    fn it_keeps_the_contract() {
        testing::check_sink::<Conll>(testing::no_settings());
    }
}
