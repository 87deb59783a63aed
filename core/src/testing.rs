//! The contract test that every component passes.
//!
//! One call in a component's tests: [`check_stage`] here, [`check_source`] and [`check_sink`] beside it.
//! A failure says which promise is broken and by which text.

#[cfg(feature = "engine")]
mod changes;
mod document;
mod documents;
mod sink;
mod source;

use std::cell::{Cell, RefCell};

#[cfg(feature = "engine")]
pub use changes::{check_changes, check_frame};
pub use document::check_document;
pub use documents::documents;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::json;
pub use sink::check_sink;
pub use source::{check_input, check_selecting_input, check_selecting_source, check_source};

use crate::{
    BuildError, Changes, Contract, DocumentBuf, DocumentError, Stage, Value, Verdict,
    plugin::AnyStage,
};

/// How many random documents a component is tried on.
const CASES: u32 = 256;

/// Tries a stage on arbitrary documents, prepared by `prepare` (which adds the layers it needs) from
/// an arbitrary text.
///
/// # Panics
///
/// Where the stage breaks the contract: it panics, returns spans that leave the text or split a
/// char, writes what its contract does not declare, or gives another result on a second run, from a
/// second instance, or after other documents.
pub fn check_stage<S: Stage>(settings: serde_json::Value, prepare: impl Fn(&str) -> DocumentBuf) {
    let settings = || {
        serde_json::from_value::<S::Settings>(settings.clone()).expect("the settings fit the stage")
    };
    let contract = S::contract(&settings());
    let build = || -> Result<Box<dyn AnyStage>, BuildError> { Ok(Box::new(S::build(settings())?)) };
    check(&Checked { name: S::NAME, contract: &contract, build: &build, fresh: 1 }, prepare);
}

/// Tries a stage of a checked pipeline, by its name there, on arbitrary documents, as [`check_stage`] does:
/// whichever door it comes through. Instances are compared with new ones now and then, not on each text.
///
/// # Panics
///
/// As [`check_stage`], and where the pipeline has no such stage.
#[cfg(feature = "engine")]
pub fn check_stage_of(
    pipeline: &crate::engine::Pipeline,
    name: &str,
    prepare: impl Fn(&str) -> DocumentBuf,
) {
    let part = pipeline.stages.iter().find(|part| part.name == name);
    let part = part.unwrap_or_else(|| panic!("there is no stage `{name}`"));
    let build = || part.instance();
    check(&Checked { name, contract: &part.contract, build: &build, fresh: 16 }, prepare);
}

/// A stage that is to be tried.
struct Checked<'s> {
    name: &'s str,
    contract: &'s Contract,
    build: &'s dyn Fn() -> Result<Box<dyn AnyStage>, BuildError>,
    /// Each text of this many is tried on a new instance too.
    fresh: u32,
}

fn check(stage: &Checked<'_>, prepare: impl Fn(&str) -> DocumentBuf) {
    let name = stage.name;
    let used = (stage.build)().unwrap_or_else(|error| panic!("`{name}` cannot be built: {error}"));
    let used = RefCell::new(used);
    let texts: Vec<String> = fixed_texts();
    for text in &texts {
        stage.once(&mut **used.borrow_mut(), &prepare(text));
    }
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let case = Cell::new(0_u32);
    let outcome = runner.run(&texts_like_news(), |text| {
        let document = prepare(&text);
        let first = stage.once(&mut **used.borrow_mut(), &document);
        let again = stage.once(&mut **used.borrow_mut(), &document);
        prop_assert_eq!(&first, &again, "`{}` gives another result on a second run", name);
        case.set(case.get() + 1);
        if case.get().is_multiple_of(stage.fresh) {
            let mut fresh =
                (stage.build)().map_err(|error| TestCaseError::fail(error.to_string()))?;
            let other = stage.once(&mut *fresh, &document);
            prop_assert_eq!(&first, &other, "`{}` depends on the documents before", name);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("`{name}` breaks the contract: {error}");
    }
}

impl Checked<'_> {
    /// Runs it once and checks its change set; returns all of the outcome as text, for comparison.
    fn once(&self, stage: &mut dyn AnyStage, document: &DocumentBuf) -> String {
        let mut changes = Changes::new();
        let verdict: Result<Verdict, DocumentError> = stage.process(&document.view(), &mut changes);
        match verdict {
            Ok(verdict) => {
                if let Err(violation) = changes.check(&document.text, self.contract) {
                    panic!("`{}` {violation}; the text was {:?}", self.name, document.text);
                }
                format!(
                    "{verdict:?} {:?} {:?} {:?} {:?}",
                    changes.edits, changes.rewrite, changes.arrays, changes.note
                )
            }
            Err(error) => format!("failed: {error}"),
        }
    }
}

/// Texts that have broken taggers and cleaners before.
fn fixed_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\n\n\n",
        "a",
        "\u{0}",
        "\u{feff}Kyiv thanked Berlin.",
        "Kyiv thanked Berlin.\r\n\r\n“We are grateful,” she said.\r\n",
        "e\u{301}\u{301}\u{301} 👩\u{200d}👩\u{200d}👧 🇺🇦 said",
        "קייב הודתה לברלין. وشكرت كييف برلين.",
        "“““ ‘’” '''' \"\"\"",
        "((((((((((((((((((((",
        "U.S. U.N. a.m. J. K. R. 1.2.3.4 ...",
    ]
    .map(str::to_owned)
    .into();
    texts.push("word ".repeat(20_000));
    texts.push("x".repeat(100_000));
    texts.push("A. ".repeat(30_000));
    texts.push("“said”\n".repeat(10_000));
    texts
}

/// Arbitrary text, and text that looks enough like news to reach a stage's rules.
pub fn texts_like_news() -> impl Strategy<Value = String> {
    let chosen =
        |words: &[&'static str]| prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    let word = prop_oneof![
        4 => "[A-Z]?[a-z]{1,8}",
        1 => "[A-Z]{2,5}",
        1 => "[0-9]{1,4}",
        2 => chosen(&[
            "said", "that", "Ukraine", "Kyiv", "Israel", "President", "the", "of", "to", "not", "refused", "supports", "condemned",
            "AFP", "REUTERS", "Photo", "credit:", "©", "cookies", "Subscribe", "Mr.", "U.S.", "’s", "é", "e\u{301}", "🙂", "\u{a0}",
        ]),
        1 => chosen(&["“", "”", "\"", "‘", "’", "(", ")", ",", ".", "...", "—", ":", ";", "?", "!", "\n", "\n\n", "\r\n", "\t"]),
        1 => any::<char>().prop_map(String::from),
    ];
    let joined =
        prop::collection::vec((word, prop::sample::select(vec![" ", " ", " ", "", "\n"])), 0..80)
            .prop_map(|words| {
                words
                    .into_iter()
                    .flat_map(|(word, space)| [word, space.to_owned()])
                    .collect::<String>()
            });
    prop_oneof![6 => joined, 1 => any::<String>()]
}

/// The settings of a component that sets none.
pub fn no_settings() -> serde_json::Value {
    json!({})
}

/// The texts that a change set annotates in a layer, in the order in which they were added.
pub fn annotated<'a>(document: &'a DocumentBuf, changes: &Changes, layer: &str) -> Vec<&'a str> {
    let layer = changes.arrays.layer_index(layer).map(|at| at as u32);
    let found =
        changes.arrays.annotations.iter().filter(|annotation| Some(annotation.layer) == layer);
    found.filter_map(|annotation| annotation.span.of(&document.text)).collect()
}

/// The text that is left when a change set's edits are made; the text as it is where there are none.
pub fn edited(document: &DocumentBuf, changes: &Changes) -> String {
    if let Some(rewrite) = &changes.rewrite {
        return rewrite.text.clone();
    }
    let mut edits = changes.edits.clone();
    edits.sort_by_key(|edit| edit.span);
    let (mut text, mut at) = (String::new(), 0);
    for edit in &edits {
        text.push_str(document.text.get(at..edit.span.start as usize).unwrap_or_default());
        text.push_str(changes.arrays.str(edit.with));
        at = edit.span.end as usize;
    }
    text.push_str(document.text.get(at..).unwrap_or_default());
    text
}

/// What a change set takes out or replaces, in text order: the reason and the text that goes.
pub fn removed<'a>(document: &'a DocumentBuf, changes: &'a Changes) -> Vec<(&'a str, &'a str)> {
    let mut edits: Vec<_> = changes.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);

    let pair = |edit: &crate::door::abi::RawTextEdit| {
        Some((changes.arrays.str(edit.reason), edit.span.of(&document.text)?))
    };
    edits.into_iter().filter_map(pair).collect()
}

/// The metadata that a change set sets.
pub fn metadata(changes: &Changes) -> Vec<(&str, Value<'_>)> {
    let arrays = &changes.arrays;
    let pair = |feature: &crate::arrays::RawFeature| {
        (arrays.str(feature.key), arrays.value(feature.value))
    };
    arrays.metadata.iter().map(pair).collect()
}

/// The note that a stage left for its [`Memory`](crate::Memory); empty where it left none.
pub fn note(changes: &Changes) -> &[u8] {
    &changes.note
}

/// The document that a stage makes of another, with the layers it adds: what a test of a stage
/// reads. Edits are not applied; use [`edited`] for them.
pub fn with_annotations(document: &DocumentBuf, changes: &Changes) -> DocumentBuf {
    let mut document = document.clone();
    for annotation in &changes.arrays.annotations {
        let layer = changes.arrays.layers.get(annotation.layer as usize);
        let name = layer.map_or("", |layer| changes.arrays.str(layer.name));
        let mut new = document.annotate(name, annotation.span);
        new = new.label(changes.arrays.str(annotation.label)).score(annotation.score);
        for feature in changes.arrays.features_of(annotation) {
            new = new.with(changes.arrays.str(feature.key), changes.arrays.value(feature.value));
        }
    }
    document.seal();
    document
}
