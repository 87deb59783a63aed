//! What the stage says of texts, and which settings it refuses.

use std::collections::BTreeSet;

use docmill_core::{Changes, DocumentBuf, Reason, Stage, Value, Verdict, testing};
use serde_json::json;

use super::*;

/// Invented news in eight languages.
const TEXTS: [(&str, &str); 8] = [
    ("de", include_str!("../texts/de.txt")),
    ("en", include_str!("../texts/en.txt")),
    ("es", include_str!("../texts/es.txt")),
    ("fr", include_str!("../texts/fr.txt")),
    ("pl", include_str!("../texts/pl.txt")),
    ("ru", include_str!("../texts/ru.txt")),
    ("tr", include_str!("../texts/tr.txt")),
    ("uk", include_str!("../texts/uk.txt")),
];

fn settings(settings: serde_json::Value) -> Settings {
    serde_json::from_value(settings).unwrap()
}

/// The language and the confidence that the stage sets, and its verdict.
fn detected(with: serde_json::Value, text: &str) -> (String, f64, Verdict) {
    let mut changes = Changes::new();
    let mut stage = DetectLanguage::build(settings(with)).unwrap();
    let document = DocumentBuf::with_text(text);
    let verdict = stage.process(&document.view(), &mut changes).unwrap();
    match testing::metadata(&changes)[..] {
        [(LANGUAGE, Value::Text(language)), (CONFIDENCE, Value::Number(confidence))] => {
            (language.to_owned(), confidence, verdict)
        }
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_paragraph_is_told_by_its_language() {
    for (expected, text) in TEXTS {
        for paragraph in text.lines().skip(1) {
            let (language, confidence, verdict) = detected(json!({}), paragraph);
            assert_eq!((&*language, verdict), (expected, Verdict::Keep), "{paragraph}");
            assert!(confidence > 0.0 && confidence <= 1.0, "{confidence}: {paragraph}");
        }
    }
}

#[test]
fn a_confidence_has_three_places() {
    let (_, confidence, _) = detected(json!({"min-chars": 20}), "I am begging pardon of you");
    assert!(confidence < 1.0);
    assert_eq!(format!("{confidence:.3}").parse(), Ok(confidence));
}

#[test]
fn what_is_not_to_be_kept_is_dropped() {
    let other = || Verdict::Drop(Reason::new("other-language"));
    let keep = json!({"keep": ["en", "de"]});
    for (language, text) in TEXTS {
        let expected = if ["en", "de"].contains(&language) { Verdict::Keep } else { other() };
        assert_eq!(detected(keep.clone(), text).2, expected, "{language}");
    }
    assert_eq!(detected(keep, "22.5").2, other());
    assert_eq!(detected(json!({"keep": ["en", "und"]}), "22.5").2, Verdict::Keep);
}

#[test]
fn letters_are_counted_and_too_few_say_nothing() {
    let with = |min_chars: usize| json!({"min-chars": min_chars, "among": ["ru", "uk"]});
    let text = "12:30 — Міст їм (3)";
    assert_eq!(detected(with(6), text).0, "uk");
    assert_eq!(detected(with(7), text), ("und".to_owned(), 0.0, Verdict::Keep));
    assert_eq!(detected(with(1), " 🌉 12:30").0, "und");
}

#[test]
fn only_candidates_are_found() {
    let german = "Der Bäcker sucht jemanden, der früh aufsteht.";
    assert_ne!(detected(json!({"among": ["en", "fr"], "min-chars": 20}), german).0, "de");
    assert_eq!(detected(json!({"among": ["en", "de"], "min-chars": 20}), german).0, "de");
    let others = [
        "Ο δήμαρχος ευχαρίστησε τους κατοίκους της πόλης",
        "町長は住民に感謝のことばを述べたとのことです",
    ];
    for text in others {
        assert_eq!(
            detected(json!({"among": ["en", "de"], "min-chars": 20}), text).0,
            "und",
            "{text}"
        );
        assert_ne!(detected(json!({"min-chars": 20}), text).0, "und", "{text}");
    }
}

#[test]
fn a_setting_that_is_wrong_is_refused_at_its_place() {
    for (wrong, setting) in [
        (json!({"keep": ["en", "english"]}), "/keep/1"),
        (json!({"keep": ["fr"], "among": ["en", "de"]}), "/keep/0"),
        (json!({"among": ["en", "de", "und"]}), "/among/2"),
        (json!({"among": ["en"]}), "/among"),
    ] {
        let error = DetectLanguage::build(settings(wrong)).err().unwrap();
        assert_eq!(error.setting(), setting, "{error}");
    }
}

#[test]
fn the_settings_name_all_languages() {
    let schema = schemars::schema_for!(Settings);
    let about = schema.get("description").and_then(|about| about.as_str()).unwrap();
    let named = about.split('`').skip(1).step_by(2).filter(|name| name.len() == 2);
    let known = Lang::all().iter().map(|language| codes::code(*language));
    assert_eq!(BTreeSet::from_iter(named), BTreeSet::from_iter(known));
}

#[test]
fn it_keeps_the_contract() {
    testing::check_stage::<DetectLanguage>(testing::no_settings(), DocumentBuf::with_text);
}

#[test]
fn it_keeps_the_contract_with_all_settings() {
    let all = json!({"min-chars": 1, "among": ["en", "ru", "ja", "zh"], "keep": ["en", "und"]});
    testing::check_stage::<DetectLanguage>(all, DocumentBuf::with_text);
}
