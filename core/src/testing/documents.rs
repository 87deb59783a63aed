//! Arbitrary documents with all that a document can hold.

use proptest::{prelude::*, sample::Index};

use crate::{
    DocumentBuf, Edit, Segment, SegmentKind, Span, Value, provenance::Trace,
    testing::texts_like_news,
};

/// Arbitrary documents: text like news, with emoji and combining characters; metadata, layers and
/// features of every kind; an origin, a map that covers the text, and edits.
pub fn documents() -> impl Strategy<Value = DocumentBuf> {
    let annotation = (
        prop::sample::select(vec!["entities", "stances", "a layer"]),
        (any::<Index>(), any::<Index>()),
        prop_oneof![Just(String::new()), Just("GPE".to_owned()), any::<String>()],
        prop::option::of(prop_oneof![0f32..1.0, prop::num::f32::NORMAL | prop::num::f32::ZERO]),
        prop::collection::vec(feature(), 0..4),
    );
    (
        (any::<String>(), texts()),
        prop::collection::vec((any::<String>(), feature()), 0..4),
        prop::collection::vec(annotation, 0..8),
        prop::option::of((prop::collection::vec((any::<Index>(), 0..3u8), 0..5), any::<String>())),
    )
        .prop_map(|((id, text), metadata, annotations, history)| {
            let mut document = DocumentBuf::with_text(&text);
            document.set_id(&id);
            for (key, feature) in &metadata {
                feature.1.give(&text, false, &mut |value| document.set(key, value));
            }
            document.add_layer("empty");
            for (layer, (start, end), label, score, features) in annotations {
                let span = span_of(&text, start, end);
                let mut new = Some(document.annotate(layer, span).label(&label));
                if let Some(score) = score {
                    new = new.map(|new| new.score(score));
                }
                let mut keys: Vec<&str> = Vec::new();
                for (key, feature) in &features {
                    if !keys.contains(&key.as_str()) {
                        keys.push(key);
                        feature.give(&text, true, &mut |value| {
                            new = new.take().map(|new| new.with(key, value));
                        });
                    }
                }
            }
            if let Some((cuts, word)) = history {
                document.origin.uri = word.clone();
                document.origin.digest = "sha256:00".to_owned();
                document.trace = Some(trace(&text, &cuts, &word));
            }
            document.seal();
            document
        })
}

/// Text like news, and text in which chars, bytes and UTF-16 units differ everywhere.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => texts_like_news(),
        1 => "(Kyiv |é|e\u{301}|👍🏽|👩\u{200d}👧|🇺🇦|\"|\\\\|\n|\u{0}|=|,|—){0,60}",
    ]
}

/// A value, not yet tied to a text.
#[derive(Clone, Debug)]
enum Feature {
    Text(String),
    Number(f64),
    Bool(bool),
    Span(Index, Index),
    List(Vec<Feature>),
    Json(&'static str),
}

fn feature() -> impl Strategy<Value = (String, Feature)> {
    let key = prop_oneof![
        3 => prop::sample::select(vec!["entity", "actor", "trigger", "rule"]).prop_map(str::to_owned),
        1 => any::<String>().prop_map(|key| format!("x-{key}")),
    ];
    let number = prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL;
    let value = prop_oneof![
        any::<String>().prop_map(Feature::Text),
        prop::sample::select(vec!["=1+1", "country:UA", "", "-"])
            .prop_map(|s| Feature::Text(s.to_owned())),
        number.prop_map(Feature::Number),
        (-1000..1000i32).prop_map(|n| Feature::Number(f64::from(n) / 8.0)),
        any::<bool>().prop_map(Feature::Bool),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Feature::Span(a, b)),
        prop::sample::select(vec!["null", "{\"a\":[1,null]}", "12345678901234567891", "{}"])
            .prop_map(Feature::Json),
    ];
    let value = value.prop_recursive(3, 12, 4, |value| {
        prop::collection::vec(value, 0..4).prop_map(Feature::List)
    });
    (key, value)
}

impl Feature {
    /// Calls `take` with the value; a span becomes a number where spans may not stand.
    fn give(&self, text: &str, spans: bool, take: &mut dyn FnMut(Value<'_>)) {
        match self {
            Feature::Text(text) => take(Value::Text(text)),
            Feature::Number(number) => take(Value::Number(*number)),
            Feature::Bool(bool) => take(Value::Bool(*bool)),
            Feature::Span(start, end) if spans => take(Value::Span(span_of(text, *start, *end))),
            Feature::Span(..) => take(Value::Number(0.5)),
            Feature::Json(json) => take(Value::Json(json)),
            Feature::List(members) => {
                give_list(members, text, spans, &[], take);
            }
        }
    }
}

/// Each value lives while `take` is called with all of them.
fn give_list(
    members: &[Feature],
    text: &str,
    spans: bool,
    before: &[Value<'_>],
    take: &mut dyn FnMut(Value<'_>),
) {
    let Some((first, rest)) = members.split_first() else {
        return take(Value::from(before));
    };
    first.give(text, spans, &mut |value| {
        let mut values: Vec<Value<'_>> = before.to_vec();
        values.push(value);
        give_list(rest, text, spans, &values, take);
    });
}

fn span_of(text: &str, a: Index, b: Index) -> Span {
    let place = |index: Index| text.floor_char_boundary(index.index(text.len() + 1));
    let (a, b) = (place(a), place(b));
    Span::new(a.min(b), a.max(b))
}

/// A map of segments of all kinds, cut at arbitrary places, and an edit for each.
fn trace(text: &str, cuts: &[(Index, u8)], word: &str) -> Trace {
    let mut ends: Vec<(usize, u8)> = cuts
        .iter()
        .map(|(at, kind)| (span_of(text, *at, *at).start as usize, *kind))
        .chain([(text.len(), 0)])
        .collect();
    ends.sort_unstable();
    let (mut trace, mut at) = (Trace::default(), 0);
    for (end, kind) in ends {
        let span = Span::new(at, end);
        if span.is_empty() {
            continue;
        }
        let (raw, kind) = match kind {
            0 => (Span::new(at + 7, end + 7), SegmentKind::Verbatim),
            1 => (Span::new(at + 7, at + 8), SegmentKind::Decoded { how: word, skip: at as u32 }),
            _ => (Span::new(at + 7, at + 7), SegmentKind::Inserted { stage: "clean" }),
        };
        trace.push_segment(Segment { text: span, raw, kind });
        trace.push_edit(Edit {
            stage: "clean",
            reason: word,
            raw,
            removed: (at % 2 == 0).then_some(word),
            inserted: if at % 3 == 0 { word } else { "" },
        });
        at = end;
    }
    trace
}
