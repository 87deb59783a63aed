//! What conditions hold for, what is refused and where, and that no text of a condition breaks anything.

use docmill_core::{DocumentBuf, Value, testing};
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Thirteen words in two lines; two places and a person; metadata of each kind.
fn article() -> DocumentBuf {
    let text = "Kyiv thanked Berlin.\nAnna Roe called it a “good day” for them 🙂.";
    let mut document = DocumentBuf::with_text(text);
    document.set_id("a1");
    document.set("outlet", Value::Text("Example Post"));
    document.set("date", Value::Text("2021-05-03"));
    document.set("rank", Value::Number(-2.5));
    document.set("paid", Value::Bool(true));
    document.set("my-key", Value::Text("it's"));
    document.set("nothing", Value::Json("null"));
    document.set("tags", Value::from([Value::Text("war"), Value::Number(1.0)].as_slice()));
    document.add_layer("sentences");
    document.annotate("sentences", 0..20_usize);
    document.annotate("entities", 0..4_usize).label("GPE");
    document.annotate("entities", 13..19_usize).label("GPE");
    document.annotate("entities", 21..29_usize).label("PERSON");
    document.seal();
    document
}

fn build(when: &str) -> Result<Filter, BuildError> {
    Filter::build(Settings { when: when.to_owned(), ..Settings::default() })
}

#[track_caller]
fn holds(when: &str) -> bool {
    let mut filter = build(when).unwrap_or_else(|error| panic!("{when}: {error}"));
    let verdict = filter.process(&article().view(), &mut Changes::new()).unwrap();
    verdict == Verdict::Keep
}

#[track_caller]
fn all_hold(conditions: &[&str]) {
    for when in conditions {
        assert!(holds(when), "{when}");
        assert!(!holds(&format!("not ({when})")), "not ({when})");
    }
}

#[test]
fn lengths() {
    all_hold(&["words == 13", "lines == 2", "sentences == 1", "chars == 64", "bytes == 71"]);
    all_hold(&["words > 12", "words >= 13", "words < 14", "words <= 13", "12.5 < words"]);
}

#[test]
fn metadata() {
    all_hold(&["outlet == 'Example Post'", "outlet != \"x\"", "rank == -2.5", "rank < 0", "paid"]);
    all_hold(&["paid == true", "date >= '2021-05-01'", "id == 'a1'", "outlet < 'F'"]);
    all_hold(&["metadata['my-key'] == 'it''s'", "metadata[\"outlet\"] == outlet"]);
}

#[test]
fn a_missing_key_equals_nothing() {
    all_hold(&["section != 'x'", "not section == 'x'", "not section < 'x'", "not section >= 'x'"]);
    all_hold(&[
        "not section",
        "not has(section)",
        "has(outlet)",
        "not has(nothing)",
        "section != other",
    ]);
    // Nor does a value of another kind.
    all_hold(&["outlet != 3", "not outlet < 3", "not rank == '-2.5'", "not contains(rank, '2')"]);
}

#[test]
fn layers() {
    all_hold(&["count('entities') == 3", "count('entities', 'GPE') == 2", "count('quotes') == 0"]);
    all_hold(&["count('entities', 'GPE') > count('entities', 'PERSON')"]);
}

#[test]
fn texts() {
    all_hold(&[
        "contains(text, '“good day”')",
        "contains(outlet, 'Post')",
        "contains(tags, 'war')",
    ]);
    all_hold(&[
        "not contains(tags, 'wa')",
        r"matches(text, '\bRoe\b')",
        "matches(text, '(?i)^KYIV')",
    ]);
    all_hold(&["matches(metadata['my-key'], '^it''s$')", "not matches(section, '')"]);
}

#[test]
fn not_binds_tighter_than_and_and_and_than_or() {
    all_hold(&["true or false and false", "not false and true", "not (true and false)"]);
    all_hold(&["(true or false) and true", "not not true", "not words > 13 or false"]);
    assert!(!holds("(true or true) and false"));
    assert!(!holds("not true or false"));
    assert!(holds(&format!("false{}", " or words > 1".repeat(20_000))));
}

#[test]
fn mistakes_are_placed() {
    for (when, column, said) in [
        ("", 1, "missing"),
        ("words > '80'", 9, "a number cannot be compared with a text; take the quotes away"),
        ("'ü' == 80", 8, "a text cannot be compared with a number"),
        ("wrods > 80", 1, "did you mean `words`? metadata of that name is metadata[\"wrods\"]"),
        ("count > 3", 1, "`count` is a function"),
        ("'ü' == id and lenght(text) > 3", 15, "there is no function `lenght`"),
        ("contain(text, 'x')", 1, "did you mean `contains`?"),
        ("outlet == 'x", 11, "this string has no end"),
        ("words = 3", 7, "write `==`"),
        ("words", 1, "a number is no condition"),
        ("true and text", 10, "a text is no condition"),
        ("words > 3 AND true", 11, "small letters"),
        ("words > 3 && true", 11, "write `and`"),
        ("!paid", 1, "write `not`"),
        ("1 < words < 3", 11, "chained"),
        ("rank == rank == rank", 14, "chained"),
        ("paid < true", 8, "no order"),
        ("my-key == 3", 3, "metadata[\"my-key\"]"),
        ("words > 80x", 9, "not a number"),
        ("words > 1.2.3", 9, "not a number"),
        ("(words > 80", 12, "expected `)` here, not the end"),
        ("words >", 8, "not the end"),
        ("words > 80 true", 12, "expected `and`, `or` or the end"),
        ("and words", 1, "not `and`"),
        ("has(words)", 5, "takes a metadata key"),
        ("count(entities)", 7, "the layer's name in quotes"),
        ("count('')", 7, "name a layer"),
        ("contains(words, 'x')", 10, "this is a number"),
        ("contains(text, outlet)", 16, "in quotes"),
        ("matches(text, '(')", 15, "not a regular expression: unclosed group"),
        (r"matches(text, '\w{9999}')", 15, "too large"),
        ("words > 3; true", 10, "is not known here"),
    ] {
        let error = build(when).expect_err(when);
        assert_eq!(error.setting(), "/when");
        let message = error.to_string();
        let (place, rest) = message.split_once(": ").unwrap();
        assert_eq!(place, format!("column {column}"), "{when}: {message}");
        assert!(rest.contains(said), "{when}: {message}");
    }
    let message = build("words > 3\n and wrods > 3").unwrap_err().to_string();
    assert!(message.starts_with("line 2, column 6: "), "{message}");
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [("(", ")"), ("not ", ""), ("has(", ")"), ("contains(", ", 'x')")] {
        let nested = |depth| format!("{}true{}", open.repeat(depth), close.repeat(depth));
        let message = build(&nested(200_000)).unwrap_err().to_string();
        assert!(message.contains("nested deeper than 64"), "{message}");
        if open == "(" || open == "not " {
            assert!(holds(&nested(64)));
        }
    }
}

#[test]
fn the_reason_is_the_users() {
    let settings = |reason: &str| Settings { when: "words > 80".into(), reason: reason.into() };
    let mut filter = Filter::build(settings("too-short")).unwrap();
    let verdict = filter.process(&article().view(), &mut Changes::new()).unwrap();
    assert_eq!(verdict, Verdict::Drop(Reason::new("too-short")));
    for wrong in ["", "too short", "Too-short", "-", "a--b"] {
        assert_eq!(Filter::build(settings(wrong)).unwrap_err().setting(), "/reason", "{wrong}");
    }
}

#[test]
fn a_layer_that_it_reads_is_needed() {
    let settings = |when: &str| Settings { when: when.into(), ..Settings::default() };
    let when = "sentences > 1 and count('entities') > count('entities', 'GPE')";
    let needed = Contract::new().needs("sentences").needs("entities");
    assert_eq!(Filter::contract(&settings(when)), needed);
    assert_eq!(Filter::contract(&settings("words >")), Contract::new());
}

/// Texts made of what conditions are made of.
fn conditions() -> impl Strategy<Value = String> {
    let parts = [
        "words",
        "text",
        "outlet",
        "sentences",
        "metadata",
        "has",
        "count",
        "contains",
        "matches",
        "and",
        "or",
        "not",
        "true",
        "(",
        ")",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "'entities'",
        "'(a|b)*'",
        "3",
        "-1",
        ".",
        "==",
        "!=",
        "<",
        ">=",
        "=",
        "é",
        "🙂",
        "\n",
    ];
    let part = prop_oneof![8 => prop::sample::select(parts.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_condition_breaks_anything(when in conditions()) {
        match build(&when) {
            Ok(mut filter) => {
                let first = filter.process(&article().view(), &mut Changes::new()).unwrap();
                prop_assert_eq!(first, filter.process(&article().view(), &mut Changes::new()).unwrap());
            }
            Err(error) => prop_assert_eq!(error.setting(), "/when"),
        }
    }

    #[test]
    fn no_text_at_all_breaks_anything(when in any::<String>()) {
        let _ = build(&when);
    }

    /// Whatever is well formed is taken, and means what its parts mean.
    #[test]
    fn joined_conditions_mean_what_their_parts_mean(parts in prop::collection::vec((any::<bool>(), any::<bool>()), 1..30)) {
        let shown = |(negated, value): &(bool, bool)| {
            let term = if *value { "words > 3" } else { "outlet == 'x'" };
            if *negated { format!("not {term}") } else { term.to_owned() }
        };
        let terms: Vec<String> = parts.iter().map(shown).collect();
        let values = || parts.iter().map(|(negated, value)| negated != value);
        prop_assert_eq!(holds(&terms.join(" and ")), values().all(|value| value));
        prop_assert_eq!(holds(&terms.join(" or ")), values().any(|value| value));
    }
}

#[test]
fn it_keeps_the_contract() {
    let when =
        "words > 3 and lines < 99 and not contains(text, 'U.N.') or matches(text, '[A-Z]{2}')";
    testing::check_stage::<Filter>(json!({"when": when}), DocumentBuf::with_text);
}
