//! Runs the `[[test]]` blocks of a pipeline: a document through the stages, and what came out held
//! against what the test wants.
//!
//! Sources and sinks take no part. How an annotation is compared stands in [`matching`].

mod matching;

use serde_json::Value as Json;

use crate::{
    BuildError, Document, DocumentBuf, Positions, Verdict,
    engine::{
        Dropped, Pipeline, TestCase, Wanted, WantedLayer, chain,
        run::{Stages, complete},
    },
    json,
};
use matching::Found;

/// What came of one test.
#[derive(Clone, Debug)]
pub struct TestOutcome<'p> {
    /// The test.
    pub case: &'p TestCase,
    /// What is not as it wants, in the order of the test; empty where it passed.
    pub differences: Vec<Difference>,
}

impl TestOutcome<'_> {
    /// Whether everything is as the test wants.
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Something that is not as a test wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// The document could not be read, or failed in a stage.
    Failed {
        /// The stage, by its name in the pipeline; `None` where the document could not be read.
        stage: Option<String>,
        /// Why, with all causes.
        message: String,
    },
    /// The document was dropped, or kept, against the test's will.
    Fate {
        /// What the test wants.
        wanted: Dropped,
        /// The stage that dropped it and its reason; `None` where it was kept.
        dropped: Option<(String, String)>,
    },
    /// Another text.
    Text {
        /// What the test wants.
        wanted: String,
        /// What came out.
        got: String,
    },
    /// A metadata key has another value, or none.
    Metadata {
        /// The key.
        key: String,
        /// What the test wants.
        wanted: Json,
        /// What came out.
        got: Option<Json>,
    },
    /// A layer holds other annotations.
    Layer {
        /// The layer.
        layer: String,
        /// Whether there may be no other annotations than those wanted.
        exact: bool,
        /// How many of the wanted annotations were found.
        found: usize,
        /// What is missing, and what is there without being wanted; side by side where the two are
        /// alike. Both are objects as a test writes them.
        annotations: Vec<(Option<Json>, Option<Json>)>,
    },
}

/// Runs all tests of a pipeline, in the order of the file.
///
/// # Errors
///
/// A stage cannot be built again.
pub fn run_tests(pipeline: &Pipeline) -> Result<Vec<TestOutcome<'_>>, BuildError> {
    let mut stages = Stages::of(pipeline)?;
    let outcomes = pipeline.tests().iter().map(|case| {
        let differences = match take_through(case, pipeline, &mut stages) {
            Ok(End::Kept(document)) => differences(&case.wanted, document.view()),
            Ok(End::Dropped { stage, reason }) => match &case.wanted.dropped {
                Some(Dropped::Yes) => Vec::new(),
                Some(Dropped::Because(wanted)) if *wanted == reason => Vec::new(),
                wanted => {
                    let wanted = wanted.clone().unwrap_or(Dropped::No);
                    vec![Difference::Fate { wanted, dropped: Some((stage, reason)) }]
                }
            },
            Err(failed) => vec![failed],
        };
        TestOutcome { case, differences }
    });
    Ok(outcomes.collect())
}

/// Where a document's way through the stages ended.
enum End {
    Kept(Box<DocumentBuf>),
    Dropped { stage: String, reason: String },
}

fn take_through(
    case: &TestCase,
    pipeline: &Pipeline,
    stages: &mut Stages<'_>,
) -> Result<End, Difference> {
    let mut document = Box::new(DocumentBuf::new());
    json::read(case.document.to_string().as_bytes(), &mut document)
        .map_err(|error| Difference::Failed { stage: None, message: chain(&error) })?;
    complete(&mut document, pipeline.provenance());
    for (at, stage) in pipeline.stages.iter().enumerate() {
        match stages.step(at, &mut document) {
            Ok(Verdict::Keep) => {}
            Ok(Verdict::Drop(reason)) => {
                let reason = reason.name().to_owned();
                return Ok(End::Dropped { stage: stage.name.clone(), reason });
            }
            Err(error) => {
                let (stage, message) = (Some(stage.name.clone()), chain(&error));
                return Err(Difference::Failed { stage, message });
            }
        }
    }
    Ok(End::Kept(document))
}

fn differences(wanted: &Wanted, document: Document<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    if let Some(fate @ (Dropped::Yes | Dropped::Because(_))) = &wanted.dropped {
        differences.push(Difference::Fate { wanted: fate.clone(), dropped: None });
    }
    if let Some(text) = wanted.text.as_ref().filter(|text| *text != document.text()) {
        let (wanted, got) = (text.clone(), document.text().to_owned());
        differences.push(Difference::Text { wanted, got });
    }
    let mut positions = Positions::new(document.text(), crate::Offsets::Chars);
    for (key, wanted) in &wanted.metadata {
        let got = document.metadata(key);
        if !got.is_some_and(|got| matching::equal(wanted, got, document.text(), &mut positions)) {
            differences.push(Difference::Metadata {
                key: key.clone(),
                wanted: wanted.clone(),
                got: got.map(|got| matching::shown(got, document.text())),
            });
        }
    }
    for wanted in &wanted.layers {
        differences.extend(layer(wanted, document, &mut positions));
    }
    differences
}

fn layer(
    wanted: &WantedLayer,
    document: Document<'_>,
    positions: &mut Positions<'_>,
) -> Option<Difference> {
    let layer = document.layer(&wanted.layer);
    let found: Vec<Found<'_>> = layer
        .iter()
        .flat_map(|layer| layer.iter())
        .map(|annotation| Found { annotation, text: document.text() })
        .collect();
    let pairs = matching::pairs(&wanted.annotations, &found, positions);
    let matched = pairs.iter().filter(|pair| pair.matches).count();
    let annotations: Vec<_> = pairs
        .iter()
        .filter(|pair| !pair.matches && (wanted.exact || pair.wanted.is_some()))
        .map(|pair| {
            let want = pair.wanted.map(|at| &wanted.annotations[at]);
            let got = pair.found.map(|at| found[at].shown(want, &wanted.annotations, positions));
            (want.cloned(), got)
        })
        .collect();
    (!annotations.is_empty()).then(|| Difference::Layer {
        layer: wanted.layer.clone(),
        exact: wanted.exact,
        found: matched,
        annotations,
    })
}

#[cfg(test)]
mod tests;
