//! The stage `segment`: finds sentences and tokens once, for the stages after it.
//!
//! It writes two layers, each in text order and without overlap: `sentences`, and `tokens`, which
//! sinks leave out unless told to write it. Every character that is not white space lies in one
//! token, every token in one sentence. The rules are those of the library `docmill-text`.

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentError, Plugin, Stage, Verdict,
    vocab::{sentences, tokens},
};
use docmill_text::{Language, Sentence, Token, TokenKind};
use schemars::JsonSchema;
use serde::Deserialize;

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).stage::<Segment>()
}

/// Finds sentences and tokens in news prose, in the layers `sentences` and `tokens`. Made for
/// English; text in other languages is split where punctuation, capitals and lines show it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// What a single line break means; a blank line ends a sentence always. Default: `detect`.
    pub line_breaks: LineBreaks,
    /// Abbreviations to know beside the built-in ones, each one word with or without its full stop,
    /// such as `Bde.`; letter case counts. A sentence may end after them where a word follows that
    /// usually opens one. Default: none.
    pub abbreviations: Vec<String>,
}

/// What a single line break means.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LineBreaks {
    /// It ends a sentence, unless the text is wrapped there: the line ends in a word such as "the",
    /// or is filled to the width to which all are.
    #[default]
    Detect,
    /// It ends a sentence.
    End,
    /// It is a space.
    Wrap,
}

/// The stage.
pub struct Segment {
    language: Language,
    line_breaks: docmill_text::LineBreaks,
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
}

impl Stage for Segment {
    const NAME: &'static str = "segment";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().writes(sentences::LAYER).writes_transient(tokens::LAYER)
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        let mut language = docmill_text::english().clone();
        for (at, word) in settings.abbreviations.iter().enumerate() {
            let stem = word.strip_suffix('.').unwrap_or(word);
            if stem.is_empty() || !stem.chars().all(char::is_alphanumeric) {
                let message = format!(
                    "`{word}` is not an abbreviation of one word: give letters and digits, then at most one full stop"
                );
                return Err(BuildError::at(format!("/abbreviations/{at}"), message));
            }
            language.add_abbreviation(stem);
        }
        let line_breaks = match settings.line_breaks {
            LineBreaks::Detect => docmill_text::LineBreaks::Detect,
            LineBreaks::End => docmill_text::LineBreaks::End,
            LineBreaks::Wrap => docmill_text::LineBreaks::Wrap,
        };
        Ok(Segment { language, line_breaks, tokens: Vec::new(), sentences: Vec::new() })
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let text = document.text();
        docmill_text::tokens_in(&self.language, text, &mut self.tokens);
        docmill_text::sentences_in(
            &self.language,
            self.line_breaks,
            text,
            &self.tokens,
            &mut self.sentences,
        );
        for sentence in &self.sentences {
            sentences::write(changes, sentence.start..sentence.end);
        }
        for token in &self.tokens {
            let kind = match token.kind {
                TokenKind::Word => tokens::Kind::Word,
                TokenKind::Number => tokens::Kind::Number,
                TokenKind::Punctuation => tokens::Kind::Punctuation,
                TokenKind::Symbol => tokens::Kind::Symbol,
            };
            tokens::write(changes, tokens::Token { span: (token.start..token.end).into(), kind });
        }
        Ok(Verdict::Keep)
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::{DocumentBuf, testing};

    use super::*;

    /// What the stage annotates in `text`: the layer's texts, separated by `|`.
    fn annotated(settings: Settings, text: &str, layer: &str) -> String {
        let document = DocumentBuf::with_text(text);
        let mut changes = Changes::new();
        let mut stage = Segment::build(settings).unwrap();
        stage.process(&document.view(), &mut changes).unwrap();
        testing::annotated(&document, &changes, layer).join("|")
    }

    #[test]
    fn sentences_and_tokens() {
        let text = "Gen. Roe left. “Why?” she asked.";
        let settings = Settings::default;
        assert_eq!(annotated(settings(), text, "sentences"), "Gen. Roe left.|“Why?” she asked.");
        assert_eq!(annotated(settings(), text, "tokens"), "Gen.|Roe|left|.|“|Why|?|”|she|asked|.");
    }

    #[test]
    fn the_views_read_what_it_writes() {
        let document = DocumentBuf::with_text("It rose 5%.");
        let mut changes = Changes::new();
        Segment::build(Settings::default())
            .unwrap()
            .process(&document.view(), &mut changes)
            .unwrap();
        let document = testing::with_annotations(&document, &changes);
        let kinds: Vec<_> = tokens::read(&document.view()).map(|token| token.kind.name()).collect();
        assert_eq!(kinds, ["word", "word", "number", "punctuation", "punctuation"]);
        assert_eq!(sentences::read(&document.view()).count(), 1);
    }

    #[test]
    fn an_abbreviation_of_ones_own() {
        let settings = Settings { abbreviations: vec!["Bde.".into()], ..Settings::default() };
        let text = "The 3rd Bde. Roe leads.";
        assert_eq!(annotated(settings, text, "sentences"), "The 3rd Bde. Roe leads.");
        assert_eq!(annotated(Settings::default(), text, "sentences"), "The 3rd Bde.|Roe leads.");
    }

    #[test]
    fn an_abbreviation_of_two_words_is_refused_at_its_place() {
        let settings = Settings {
            abbreviations: vec!["Bde".into(), "Rt. Hon.".into()],
            ..Settings::default()
        };
        let error = Segment::build(settings).err().unwrap();
        assert_eq!(error.setting(), "/abbreviations/1");
    }

    #[test]
    fn line_breaks() {
        let ways = [
            (LineBreaks::Detect, "One of\ntwo|Three"),
            (LineBreaks::End, "One of|two|Three"),
            (LineBreaks::Wrap, "One of\ntwo\nThree"),
        ];
        for (line_breaks, expected) in ways {
            let settings = Settings { line_breaks, ..Settings::default() };
            assert_eq!(annotated(settings, "One of\ntwo\nThree", "sentences"), expected);
        }
    }

    #[test]
    fn it_keeps_the_contract() {
        testing::check_stage::<Segment>(testing::no_settings(), DocumentBuf::with_text);
    }

    #[test]
    fn it_keeps_the_contract_with_all_settings() {
        let settings = serde_json::json!({"line-breaks": "wrap", "abbreviations": ["Bde"]});
        testing::check_stage::<Segment>(settings, DocumentBuf::with_text);
    }
}
