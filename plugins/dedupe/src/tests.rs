//! What the stage notes and its memory drops, and which settings it refuses.

use docmill_core::{Changes, DocumentBuf, Reason, Stage, Verdict, testing};
use serde_json::json;

use super::*;

const NEWS: &str = "The council of the harbour town voted on Monday to rebuild the old bridge, which a storm had damaged \
                    in March. The work will take two years and cost nine million.";

fn settings(settings: serde_json::Value) -> Settings {
    serde_json::from_value(settings).unwrap()
}

/// What becomes of texts, in this order: nothing where one is kept, else the reason and the twin's place.
fn fates(with: serde_json::Value, texts: &[&str]) -> Vec<Option<Reason>> {
    let mut stage = Dedupe::build(settings(with)).unwrap();
    let mut memory = stage.memory().unwrap();
    let mut fates = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let mut changes = Changes::new();
        stage.process(&DocumentBuf::with_text(text).view(), &mut changes).unwrap();
        assert!(changes.is_empty());
        fates.push(match memory.recall(&at.to_string(), testing::note(&changes)).unwrap() {
            Verdict::Keep => None,
            Verdict::Drop(reason) => Some(reason),
        });
    }
    fates
}

fn duplicate(of: &str) -> Option<Reason> {
    Some(Reason::new("duplicate").twin(of))
}

fn near(of: &str) -> Option<Reason> {
    Some(Reason::new("near-duplicate").twin(of))
}

#[test]
fn the_first_stays_and_is_named() {
    let changed = NEWS.replace("Monday", "Tuesday");
    let shouted = NEWS.to_uppercase();
    let other = "A ferry ran aground off the northern islands; all passengers were brought ashore safely by noon.";
    let texts = [NEWS, other, &changed, &shouted, other, &changed];
    // What was dropped is nobody's twin.
    let expected = [None, None, near("0"), duplicate("0"), duplicate("1"), near("0")];
    assert_eq!(fates(json!({}), &texts), expected);
    let expected = [None, None, None, duplicate("0"), duplicate("1"), duplicate("2")];
    assert_eq!(fates(json!({"by": "exact"}), &texts), expected);
}

#[test]
fn texts_without_words_are_kept() {
    assert_eq!(fates(json!({}), &["", "", "—", "…", " \n"]), [const { None }; 5]);
    assert_eq!(fates(json!({"by": "exact"}), &["", "", "—"]), [const { None }; 3]);
}

#[test]
fn short_texts_are_compared_by_their_words() {
    let texts = ["Kyiv", "Lviv", "KYIV!", "Kyiv Lviv", "Lviv Kyiv", "Kyiv, Lviv"];
    let expected = [None, None, duplicate("0"), None, None, duplicate("3")];
    assert_eq!(fates(json!({}), &texts), expected);
    assert_eq!(fates(json!({"shingle": 8}), &texts), expected);
}

#[test]
fn the_similarity_can_be_set() {
    let changed = NEWS.replace("Monday", "Tuesday").replace("two years", "ten months");
    assert_eq!(fates(json!({"similarity": 0.6}), &[NEWS, &changed])[1], near("0"));
    assert_eq!(fates(json!({"similarity": 0.95}), &[NEWS, &changed])[1], None);
    assert_eq!(fates(json!({"similarity": 1.0}), &[NEWS, &changed, NEWS])[2], duplicate("0"));
    // Longer shingles: each change weighs more.
    assert_eq!(fates(json!({"shingle": 5}), &[NEWS, &changed])[1], None);
}

#[test]
fn beyond_the_most_documents_others_fail() {
    let mut stage = Dedupe::build(settings(json!({"max-documents": 2}))).unwrap();
    let mut memory = stage.memory().unwrap();
    let mut recall = |id: &str, text: &str| {
        let mut changes = Changes::new();
        stage.process(&DocumentBuf::with_text(text).view(), &mut changes).unwrap();
        memory.recall(id, testing::note(&changes)).map_err(|error| error.to_string())
    };
    assert_eq!(recall("a", "one"), Ok(Verdict::Keep));
    assert_eq!(recall("b", "two"), Ok(Verdict::Keep));
    assert_eq!(
        recall("c", "three").unwrap_err(),
        "2 documents are remembered, and none more may be; raise `max-documents` of this stage"
    );
    // What is known is known.
    assert_eq!(recall("d", "Two"), Ok(Verdict::Drop(Reason::new("duplicate").twin("b"))));
    assert_eq!(recall("e", ""), Ok(Verdict::Keep));
}

#[test]
fn settings_out_of_range_are_refused() {
    for (wrong, at) in [
        (json!({"similarity": 0.4}), "/similarity"),
        (json!({"similarity": 1.1}), "/similarity"),
        (json!({"shingle": 0}), "/shingle"),
        (json!({"shingle": 9}), "/shingle"),
        (json!({"max-documents": 0}), "/max-documents"),
        (json!({"max-documents": 67_108_864}), "/max-documents"),
    ] {
        let refused = Dedupe::build(settings(wrong)).err().unwrap();
        assert_eq!(refused.setting(), at);
    }
}

#[test]
fn keeps_the_contract() {
    testing::check_stage::<Dedupe>(testing::no_settings(), DocumentBuf::with_text);
    testing::check_stage::<Dedupe>(json!({"by": "exact"}), DocumentBuf::with_text);
    testing::check_stage::<Dedupe>(
        json!({"shingle": 5, "similarity": 0.9}),
        DocumentBuf::with_text,
    );
}
