//! Conditions on documents: what is read holds or does not, and its negation the other way round.

use std::{cell::RefCell, error::Error};

use docmill_core::{Changes, DocumentBuf, Stage, Value, Verdict};
use docmill_filter::{Filter, Settings};

thread_local! {
    static DOCUMENTS: RefCell<[DocumentBuf; 2]> = RefCell::new([DocumentBuf::new(), article()]);
}

/// The text of one.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(when) = std::str::from_utf8(bytes) else { return };
    let Some(mut filter) = filter(when.to_owned()) else { return };
    // Parentheses nest only so deep.
    let negated = filter_or_error(format!("not ({when}\n)"));
    DOCUMENTS.with_borrow(|documents| {
        let keeps = |filter: &mut Filter| {
            let mut changes = Changes::new();
            let verdicts = documents.each_ref().map(|document| {
                let verdict = filter.process(&document.view(), &mut changes);
                verdict.expect("a condition cannot fail on a document") == Verdict::Keep
            });
            assert!(changes.is_empty());
            verdicts
        };
        let verdicts = keeps(&mut filter);
        if let Ok(mut negated) = negated {
            assert_eq!(verdicts.map(|keeps| !keeps), keeps(&mut negated), "not ({when})");
        }
    });
}

fn filter(when: String) -> Option<Filter> {
    match filter_or_error(when) {
        Ok(filter) => Some(filter),
        Err(message) => {
            assert!(!message.is_empty());
            None
        }
    }
}

fn filter_or_error(when: String) -> Result<Filter, String> {
    let settings = Settings { when, ..Settings::default() };
    let _ = Filter::contract(&settings);
    Filter::build(settings).map_err(|error| {
        assert_eq!(error.setting(), "/when");
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        format!("{error}{cause}")
    })
}

fn article() -> DocumentBuf {
    let mut document = DocumentBuf::with_text("Kyiv thanked Berlin.\nBerlin said “ja” 👍.");
    document.set_id("a");
    document.set("outlet", "Example Post".into());
    document.set("words", 80.0.into());
    document.set("live", true.into());
    document.set("none", Value::Json("null"));
    document.set("tags", Value::from(&[Value::Text("war"), Value::Number(1.5)][..]));
    document.annotate("entities", 0..4usize).label("GPE");
    document.annotate("sentences", 0..20usize);
    document.seal();
    document
}
