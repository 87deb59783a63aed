//! What tests say of small documents.

use serde_json::json;

use super::*;

fn document() -> DocumentBuf {
    let line = json!({
        "text": "Kyiv thanked Berlin. Ünlü 🙂 Oslo.",
        "metadata": {"outlet": "The Example", "words": 5},
        "layers": {
            "entities": [
                {"start": 0, "end": 4, "label": "GPE", "score": 0.98, "name": "Kyiv", "entity": "place:kyiv"},
                {"start": 13, "end": 19, "label": "GPE", "name": "Berlin", "entity": "place:berlin"},
                {"start": 28, "end": 32, "label": "GPE", "name": "Oslo", "entity": "place:oslo"},
            ],
            "stances": [
                {"start": 0, "end": 19, "holder": "country:UA", "holder-name": "Ukraine",
                 "target": "country:DE", "target-name": "Germany", "polarity": 0.5,
                 "trigger": {"start": 5, "end": 12}, "words": ["a", 1]},
            ],
        },
    });
    let mut document = DocumentBuf::new();
    json::read(line.to_string().as_bytes(), &mut document).unwrap();
    document
}

/// What differs in a layer, as pairs of wanted and found.
fn compare(layer: &str, exact: bool, wanted: Json) -> Vec<(Option<Json>, Option<Json>)> {
    let annotations = wanted.as_array().unwrap().clone();
    let wanted = WantedLayer { layer: layer.to_owned(), exact, annotations };
    let wanted = Wanted { layers: vec![wanted], ..Wanted::default() };
    match differences(&wanted, document().view()).pop() {
        Some(Difference::Layer { annotations, .. }) => annotations,
        None => Vec::new(),
        Some(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_key_is_met_by_what_users_would_call_so() {
    for wanted in [
        json!({"holder": "Ukraine", "target": "Germany", "sign": 1}),
        json!({"holder": "country:UA", "target": "country:DE"}),
        json!({"text": "Kyiv thanked Berlin", "start": 0, "end": 19}),
        json!({"trigger": "thanked"}),
        json!({"trigger": {"start": 5, "end": 12}}),
        json!({"polarity": 0.5000001, "words": ["a", 1]}),
        json!({"embedded": false, "label": ""}),
        json!({}),
    ] {
        assert_eq!(compare("stances", true, json!([wanted])), [], "{wanted}");
    }
    for wanted in [
        json!({"holder": "Germany"}),
        json!({"sign": -1}),
        json!({"polarity": 0.51}),
        json!({"trigger": "thank"}),
        json!({"words": ["a"]}),
        json!({"embedded": true}),
        json!({"score": 1}),
        json!({"end": 18}),
    ] {
        assert_ne!(compare("stances", true, json!([wanted])), [], "{wanted}");
    }
    assert_eq!(
        compare("entities", false, json!([{"start": 28, "text": "Oslo", "score": null}])),
        []
    );
    assert_eq!(compare("entities", false, json!([{"score": 0.98, "name": "Kyiv"}])), []);
}

#[test]
fn an_exact_set_has_no_others_and_a_subset_may() {
    let kyiv = json!([{"name": "Kyiv"}]);
    assert_eq!(compare("entities", false, kyiv.clone()), []);
    let extra = compare("entities", true, kyiv);
    let names = json!([{"text": "Berlin", "name": "Berlin"}, {"text": "Oslo", "name": "Oslo"}]);
    let found: Vec<_> = extra.iter().map(|(_, found)| found.clone().unwrap()).collect();
    assert_eq!(Json::Array(found), names);
    assert_eq!(compare("entities", true, json!([])).len(), 3);
    assert_eq!(compare("quotes", true, json!([])), []);
}

#[test]
fn each_annotation_answers_once_and_as_many_as_can_be() {
    // The first could take any, the second only Kyiv.
    let wanted = json!([{"label": "GPE"}, {"name": "Kyiv"}, {"label": "GPE"}]);
    assert_eq!(compare("entities", true, wanted), []);
    let twice = compare("entities", false, json!([{"name": "Kyiv"}, {"name": "Kyiv"}]));
    assert_eq!(twice.len(), 1);
}

#[test]
fn what_is_missing_stands_beside_what_is_most_like_it() {
    let wanted = json!([
        {"holder": "Ukraine", "target": "Germany", "sign": -1},
        {"holder": "Norway", "target": "Ukraine"},
    ]);
    let found = compare("stances", true, wanted);
    assert_eq!(
        found[0].1,
        Some(
            json!({"text": "Kyiv thanked Berlin", "holder": "Ukraine", "target": "Germany", "sign": 1})
        )
    );
    assert_eq!(found[1].1, None);
    let ids = compare("stances", true, json!([{"holder": "country:UA", "target": "country:NO"}]));
    assert_eq!(
        ids[0].1,
        Some(
            json!({"text": "Kyiv thanked Berlin", "holder": "country:UA", "target": "country:DE"})
        )
    );
}

#[test]
fn text_metadata_and_fate_are_compared() {
    let wanted = Wanted {
        text: Some("Kyiv".to_owned()),
        dropped: Some(Dropped::Yes),
        metadata: json!({"outlet": "The Example", "words": 5.0, "title": "x"})
            .as_object()
            .unwrap()
            .clone(),
        layers: Vec::new(),
    };
    let found = differences(&wanted, document().view());
    assert!(matches!(&found[0], Difference::Fate { dropped: None, .. }), "{found:?}");
    assert!(matches!(&found[1], Difference::Text { .. }), "{found:?}");
    assert!(
        matches!(&found[2], Difference::Metadata { key, got: None, .. } if key == "title"),
        "{found:?}"
    );
    assert_eq!(found.len(), 3);
    assert_eq!(differences(&Wanted::default(), document().view()), []);
}
