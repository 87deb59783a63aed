//! The stage that the book builds up in "Write a plugin in Rust", a step beyond the template: it reads a layer,
//! sets metadata, and drops documents.

use docmill_core::{
    BuildError, Changes, Contract, Document, DocumentBuf, DocumentError, Reason, Stage, Verdict,
    testing, vocab,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Marks questions, and drops documents that ask too many.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Settings {
    /// How many questions a document may ask and stay, from 0. Default: 3.
    at_most: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { at_most: 3 }
    }
}

struct CountQuestions {
    at_most: u32,
}

impl Stage for CountQuestions {
    const NAME: &'static str = "count-questions";
    type Settings = Settings;

    // ANCHOR: contract
    fn contract(_: &Settings) -> Contract {
        Contract::new().needs("sentences").writes("questions").sets("questions")
    }
    // ANCHOR_END: contract

    fn build(settings: Settings) -> Result<Self, BuildError> {
        Ok(CountQuestions { at_most: settings.at_most })
    }

    // ANCHOR: process
    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        let mut questions = 0;
        for span in vocab::sentences::read(document) {
            if span.of(document.text()).is_some_and(|sentence| sentence.ends_with('?')) {
                changes.annotate("questions", span).score(0.9).with("rule", "question-mark");
                questions += 1;
            }
        }
        if questions > self.at_most {
            return Ok(Verdict::Drop(Reason::new("too-many-questions")));
        }
        changes.set("questions", f64::from(questions));
        Ok(Verdict::Keep)
    }
    // ANCHOR_END: process
}

/// A document with a sentence on each line.
fn in_lines(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    document.add_layer(vocab::sentences::LAYER);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        document.annotate(vocab::sentences::LAYER, start..start + line.trim_end().len());
        start += line.len();
    }
    document.seal();
    document
}

fn processed(text: &str) -> (Verdict, Vec<String>) {
    let document = in_lines(text);
    let mut changes = Changes::new();
    let mut stage = CountQuestions::build(Settings { at_most: 1 }).unwrap();
    let verdict = stage.process(&document.view(), &mut changes).unwrap();
    let marked = testing::annotated(&document, &changes, "questions");
    (verdict, marked.into_iter().map(str::to_owned).collect())
}

#[test]
fn questions_are_marked_and_too_many_drop_the_document() {
    assert_eq!(processed("Who?\nNobody."), (Verdict::Keep, vec!["Who?".to_owned()]));
    let dropped = Verdict::Drop(Reason::new("too-many-questions"));
    assert_eq!(processed("Who?\nWhy?").0, dropped);
}

// ANCHOR: test
#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<CountQuestions>(testing::no_settings(), |text| {
        let mut document = DocumentBuf::with_text(text);
        document.annotate(vocab::sentences::LAYER, 0..text.len());
        document
    });
}
// ANCHOR_END: test

// ANCHOR: share
/// How many mentions speak of Ukraine or for it, whoever found them.
fn mentions_of_ukraine(document: &Document<'_>) -> usize {
    let mentions = vocab::entities::read(document);
    mentions.filter(|entity| entity.actor == Some("country:UA")).count()
}
// ANCHOR_END: share

#[test]
fn what_others_found_is_read_by_its_meaning() {
    let mut document = DocumentBuf::with_text("Kyiv wants it.");
    let kyiv = document.annotate(vocab::entities::LAYER, 0..4usize).label("GPE");
    kyiv.with("entity", "place:kyiv").with("actor", "country:UA");
    document.seal();
    assert_eq!(mentions_of_ukraine(&document.view()), 1);
}
