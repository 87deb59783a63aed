//! What the check makes of settings, schema by schema as schemars writes them.

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::*;
use crate::engine::pipeline::Place;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code)]
struct Settings {
    /// Where to write. A path.
    path: String,
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 100))]
    words: u32,
    #[serde(default)]
    small: Option<u8>,
    #[serde(default)]
    wide: Option<i32>,
    #[serde(default)]
    share: Option<f32>,
    #[serde(default)]
    loud: bool,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    #[schemars(length(min = 1))]
    names: Vec<String>,
    #[serde(default)]
    one_or_many: Option<OneOrMany>,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    weights: std::collections::BTreeMap<String, i8>,
    #[serde(default)]
    pair: Option<(String, u16)>,
    #[serde(default)]
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))]
    odds: Option<f64>,
}

fn ten() -> u32 {
    10
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Unit {
    #[default]
    Chars,
    Bytes,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(dead_code)]
enum Kind {
    /// Documented, so that schemars writes `oneOf` with `const`.
    Plain,
    /// Also.
    Fancy,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code)]
struct Filter {
    label: String,
    #[serde(default)]
    keep: bool,
}

fn schema() -> Json {
    crate::plugin::schema::<Settings>()
}

fn found(toml: &str) -> Vec<String> {
    let mut findings = Findings::default();
    let parsed = DeTable::parse(toml).unwrap();
    let table = Table::read(parsed.get_ref(), None, &mut findings);
    let node =
        Node { place: Place { argument: None, span: 0..0 }, form: Form::Table(table.clone()) };
    check(&node, &schema(), "`x`", &mut findings);
    // Settings that pass must be settings that serde takes.
    if findings.list.is_empty() {
        Settings::deserialize(table.json()).unwrap();
    }
    let list = findings.sorted().into_iter();
    list.map(|d| {
        let at = toml.get(d.span.clone()).unwrap_or_default();
        format!("{} `{at}` {}; {}", d.code, d.message, d.help.unwrap_or_default())
    })
    .collect()
}

fn found_in(line: &str) -> Vec<String> {
    found(&format!("path = 'p'\n{line}\n"))
}

#[test]
fn good_settings_pass() {
    let good = "
        path = 'p'
        words = 100
        small = 255
        share = 1
        loud = true
        unit = 'bytes'
        kind = 'fancy'
        names = ['a']
        one-or-many = ['a', 'b']
        filters = [{ label = 'a' }, { label = 'b', keep = true }]
        weights = { a = 1, b = -2 }
        pair = ['a', 1]
        odds = 0.5
    ";
    assert_eq!(found(good), [""; 0]);
    assert_eq!(found_in("one-or-many = 'a'\nshare = 0.25"), [""; 0]);
}

#[test]
fn each_mistake_is_found_at_its_place() {
    for (line, expected) in [
        ("word = 3", "DM0102 `word` `x` has no setting `word`; did you mean `words`?"),
        (
            "words = 0",
            "DM0104 `0` `words` must be from 1 to 100, and this is 0; write a value that is from 1 to 100",
        ),
        (
            "words = '3'",
            "DM0103 `'3'` `words` takes a whole number, and this is a string; write it without quotes: words = 3",
        ),
        (
            "words = 2.0",
            "DM0103 `2.0` `words` takes a whole number, and this is a number with a fraction; write it without a fraction: words = 2",
        ),
        (
            "small = 256",
            "DM0104 `256` `small` must be from 0 to 255, and this is 256; write a value that is from 0 to 255",
        ),
        (
            "share = 'much'",
            "DM0103 `'much'` `share` takes a number, and this is a string; write, for example, share = 0.5",
        ),
        (
            "loud = 'true'",
            "DM0103 `'true'` `loud` takes true or false, and this is a string; write it without quotes: loud = true",
        ),
        (
            "unit = 'char'",
            "DM0104 `'char'` `unit` cannot be \"char\"; did you mean \"chars\"? It can be \"chars\" or \"bytes\"",
        ),
        (
            "unit = 3",
            "DM0103 `3` `unit` takes \"chars\" or \"bytes\", and this is a whole number; write, for example, unit = \"chars\"",
        ),
        ("kind = 'odd'", "DM0104 `'odd'` `kind` cannot be \"odd\"; write \"plain\" or \"fancy\""),
        (
            "names = 'a'",
            "DM0103 `'a'` `names` takes a list of strings, and this is a string; put it in brackets: names = [\"a\"]",
        ),
        (
            "names = []",
            "DM0104 `[]` `names` must be at least 1 long, and this is empty; write a value that is at least 1 long",
        ),
        (
            "names = ['a', 2]",
            "DM0103 `2` `names[1]` takes a string, and this is a whole number; put it in quotes: \"2\"",
        ),
        (
            "one-or-many = 3",
            "DM0103 `3` `one-or-many` takes a string or a list of strings, and this is a whole number; put it in quotes: one-or-many = \"3\"",
        ),
        (
            "one-or-many = [3]",
            "DM0103 `3` `one-or-many[0]` takes a string, and this is a whole number; put it in quotes: \"3\"",
        ),
        (
            "filters = [{ lable = 'a' }]",
            "DM0102 `lable` `x` has no setting `filters[0].lable`; did you mean `label`?",
        ),
        (
            "filters = [{ keep = true }]",
            "DM0105 `{ keep = true }` `x` needs the setting `filters[0].label`; add label = \"…\"",
        ),
        (
            "weights = { a = 200 }",
            "DM0104 `200` `weights.a` must be from -128 to 127, and this is 200; write a value that is from -128 to 127",
        ),
        (
            "pair = ['a']",
            "DM0104 `['a']` `pair` must be exactly 2 long, and this is 1; write a value that is exactly 2 long",
        ),
        (
            "odds = 1",
            "DM0104 `1` `odds` must be more than 0 and less than 1, and this is 1; write a value that is more than 0 and less than 1",
        ),
    ] {
        assert_eq!(found_in(line), [expected], "{line}");
    }
}

#[test]
fn a_missing_setting_is_found_unless_it_is_misspelt() {
    assert_eq!(found(""), ["DM0105 `` `x` needs the setting `path`; add path = \"…\""]);
    assert_eq!(found("pth = 'p'"), ["DM0102 `pth` `x` has no setting `pth`; did you mean `path`?"]);
}

#[test]
fn every_mistake_is_found_at_once() {
    assert_eq!(found("words = 0\nloud = 1\nunit = 'x'\nnames = [1, 2]").len(), 6);
}

/// A value for any of the settings, right for some of them.
fn value() -> impl Strategy<Value = Json> {
    let plain = prop_oneof![
        prop::sample::select(vec![
            -200i64,
            -1,
            0,
            1,
            10,
            100,
            101,
            255,
            256,
            70_000,
            1 << 40,
            -(1 << 40)
        ])
        .prop_map(Json::from),
        prop::sample::select(vec![0.0, 0.5, 1.0, 2.5]).prop_map(Json::from),
        prop::sample::select(vec!["", "p", "chars", "bytes", "plain", "fancy", "3"])
            .prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
    ];
    plain.prop_recursive(2, 8, 3, |inner| {
        let key = prop::sample::select(vec!["label", "keep", "a", "b"]).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(key, inner, 0..3)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    /// Serde is the oracle: settings pass the check if and only if serde takes them, but for ranges
    /// and lengths, of which serde knows nothing, and for lists, which serde takes for tables.
    #[test]
    fn the_check_and_serde_agree(
        path in prop_oneof![9 => Just(Json::from("p")), 1 => value()],
        mut settings in prop::collection::btree_map(
            prop::sample::select(vec![
                "words", "small", "wide", "share", "loud", "unit", "kind", "names", "one-or-many",
                "filters", "weights", "pair", "odds", "word",
            ]).prop_map(str::to_owned),
            value(),
            0..3,
        ),
    ) {
        settings.insert("path".to_owned(), path);
        let settings = Json::Object(settings.into_iter().collect());
        let place = Place { argument: None, span: 0..0 };
        let mut findings = Findings::default();
        check(&Node::of_json(&settings, &place), &schema(), "`x`", &mut findings);
        let excused = ["must be", "takes a table, and this is a list"];
        let mut said = findings.list.iter().map(|found| &found.message);
        let only_excused = said.all(|said| excused.iter().any(|excuse| said.contains(excuse)));
        match Settings::deserialize(&settings) {
            Ok(_) => prop_assert!(only_excused, "{settings}: {:#?}", findings.list),
            Err(error) => prop_assert!(!findings.list.is_empty(), "{settings}: {error}"),
        }
    }
}
