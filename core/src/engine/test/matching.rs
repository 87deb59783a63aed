//! When an annotation is the one that a test wants.
//!
//! A test names an annotation by some of what it has: `text` is the text it covers, `start` and
//! `end` its place in chars, `label` and `score` its own, any other key a feature. A key K is also
//! right if the feature `K-name` has the wanted value, so that `holder = "Ukraine"` means the holder
//! of that name; `sign` is the sign of the feature `polarity`; `false` is also right where there is
//! no such feature. A feature that is a span is given by the text it covers. Numbers may differ by
//! a millionth.
//!
//! Each annotation answers to one wanted annotation at most, and as many pairs are made as can be.

use serde_json::{Map, Number, Value as Json};

use crate::{Annotation, Positions, Span, Value};

/// How far two numbers may be apart and still be one.
const TOLERANCE: f64 = 1e-6;

/// An annotation that is there.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) annotation: Annotation<'a>,
    pub(super) text: &'a str,
}

/// A wanted annotation and one that is there, by their places in the lists; either may be missing.
pub(super) struct Pair {
    pub(super) wanted: Option<usize>,
    pub(super) found: Option<usize>,
    /// Whether the two are one; else they are only alike.
    pub(super) matches: bool,
}

/// Pairs wanted annotations, in their order, with those that are there; then those left over.
pub(super) fn pairs(
    wanted: &[Json],
    found: &[Found<'_>],
    positions: &mut Positions<'_>,
) -> Vec<Pair> {
    let keys_met: Vec<Vec<usize>> = wanted
        .iter()
        .map(|want| found.iter().map(|found| found.keys_met(want, positions)).collect())
        .collect();
    let size = |at: usize| wanted[at].as_object().map_or(0, Map::len);
    let candidates: Vec<Vec<usize>> = keys_met
        .iter()
        .enumerate()
        .map(|(at, met)| (0..found.len()).filter(|found| met[*found] == size(at)).collect())
        .collect();
    let mut taker = vec![None; found.len()];
    for at in 0..wanted.len() {
        assign(at, &candidates, &mut taker, &mut vec![false; found.len()]);
    }

    let mut pairs = Vec::new();
    for (at, met) in keys_met.iter().enumerate() {
        if let Some(found) = taker.iter().position(|taker| *taker == Some(at)) {
            pairs.push(Pair { wanted: Some(at), found: Some(found), matches: true });
            continue;
        }
        // The most alike of those that nobody wants; of several, the first.
        let free = (0..found.len()).rev().filter(|found| taker[*found].is_none());
        let alike = free.filter(|found| met[*found] > 0).max_by_key(|found| met[*found]);
        if let Some(found) = alike {
            taker[found] = Some(at);
        }
        pairs.push(Pair { wanted: Some(at), found: alike, matches: false });
    }
    let unwanted = (0..found.len()).filter(|found| taker[*found].is_none());
    pairs.extend(unwanted.map(|at| Pair { wanted: None, found: Some(at), matches: false }));
    pairs
}

/// Finds a partner for a wanted annotation; others give theirs up if they have another (Kuhn's
/// algorithm for bipartite matching).
fn assign(
    wanted: usize,
    candidates: &[Vec<usize>],
    taker: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for &found in &candidates[wanted] {
        if std::mem::replace(&mut tried[found], true) {
            continue;
        }
        let free = match taker[found] {
            None => true,
            Some(other) => assign(other, candidates, taker, tried),
        };
        if free {
            taker[found] = Some(wanted);
            return true;
        }
    }
    false
}

impl Found<'_> {
    /// How many keys of a wanted annotation are as it wants.
    fn keys_met(&self, wanted: &Json, positions: &mut Positions<'_>) -> usize {
        let members = wanted.as_object().into_iter().flatten();
        members.filter(|(key, value)| self.meets(key, value, positions)).count()
    }

    fn meets(&self, key: &str, wanted: &Json, positions: &mut Positions<'_>) -> bool {
        if let Some(own) = self.own(key, positions) {
            return same(wanted, &own);
        }
        let value = self.annotation.feature(key);
        let name = self.annotation.feature(&format!("{key}-name"));
        let candidates = [value, name];
        let mut candidates = candidates.into_iter().flatten().peekable();
        if candidates.peek().is_none() && *wanted == Json::Bool(false) {
            return true;
        }
        candidates.any(|value| equal(wanted, value, self.text, positions))
    }

    /// What `text`, `start`, `end`, `label`, `score` and `sign` mean here.
    fn own(&self, key: &str, positions: &mut Positions<'_>) -> Option<Json> {
        let span = self.annotation.span();
        match key {
            "text" => Some(covered(span, self.text)),
            "start" => Some(positions.outside(span).0.into()),
            "end" => Some(positions.outside(span).1.into()),
            "label" => Some(self.annotation.label().into()),
            "score" => {
                Some(self.annotation.score().map_or(Json::Null, |score| number(score.into())))
            }
            "sign" if self.annotation.feature("sign").is_none() => {
                let polarity = self.annotation.feature("polarity")?.as_number()?;
                Some(if polarity == 0.0 { 0.into() } else { number(polarity.signum()) })
            }
            _ => None,
        }
    }

    /// The annotation as a test would write it: its text, and the keys that the wanted annotations
    /// have; all it has where nothing is wanted of it. `wanted` is the one that it is held against.
    pub(super) fn shown(
        &self,
        wanted: Option<&Json>,
        all: &[Json],
        positions: &mut Positions<'_>,
    ) -> Json {
        let keys = |wanted: &Json| -> Vec<String> {
            wanted.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
        };
        let mut shown: Vec<String> = match wanted {
            Some(wanted) => keys(wanted),
            None => all.iter().flat_map(keys).collect(),
        };
        if !shown.iter().any(|key| key == "text") {
            shown.insert(0, "text".to_owned());
        }
        if all.is_empty() {
            shown.push("label".to_owned());
            let features = self.annotation.features().map(|(key, _)| key);
            shown.extend(features.filter(|key| !key.ends_with("-name")).map(str::to_owned));
        }
        let mut object = Map::new();
        for key in shown {
            let want = wanted.and_then(|wanted| wanted.get(&key));
            let value = match want {
                Some(want) if self.meets(&key, want, positions) => Some(want.clone()),
                _ => self.value(&key, want, positions),
            };
            if let Some(value) = value.filter(|value| value.as_str() != Some("")) {
                object.insert(key, value);
            }
        }
        Json::Object(object)
    }

    /// What stands under a key: of an id that has a name, the name, unless a test speaks of ids.
    fn value(
        &self,
        key: &str,
        wanted: Option<&Json>,
        positions: &mut Positions<'_>,
    ) -> Option<Json> {
        if let Some(own) = self.own(key, positions) {
            return (!own.is_null()).then_some(own);
        }
        let of_ids = wanted.and_then(Json::as_str).is_some_and(|wanted| wanted.contains(':'));
        let name = self.annotation.feature(&format!("{key}-name")).filter(|_| !of_ids);
        name.or_else(|| self.annotation.feature(key)).map(|value| shown(value, self.text))
    }
}

/// Whether a value is the wanted one.
pub(super) fn equal(
    wanted: &Json,
    value: Value<'_>,
    text: &str,
    positions: &mut Positions<'_>,
) -> bool {
    match (wanted, value) {
        (Json::Object(_), Value::Span(span)) => {
            let (start, end) = positions.outside(span);
            wanted.get("start").is_none_or(|wanted| same(wanted, &start.into()))
                && wanted.get("end").is_none_or(|wanted| same(wanted, &end.into()))
        }
        (Json::Array(wanted), Value::List(list)) => {
            let mut members = wanted.iter().zip(list.iter());
            wanted.len() == list.len()
                && members.all(|(wanted, value)| equal(wanted, value, text, positions))
        }
        _ => same(wanted, &shown(value, text)),
    }
}

/// A value as a test writes it.
pub(super) fn shown(value: Value<'_>, text: &str) -> Json {
    match value {
        Value::Text(text) => text.into(),
        Value::Number(value) => number(value),
        Value::Bool(bool) => bool.into(),
        Value::Span(span) => covered(span, text),
        Value::List(list) => list.iter().map(|value| shown(value, text)).collect(),
        Value::Json(json) => serde_json::from_str(json).unwrap_or_else(|_| json.into()),
    }
}

fn covered(span: Span, text: &str) -> Json {
    span.of(text).unwrap_or_default().into()
}

/// Whole numbers without a fraction, as one writes them.
fn number(number: f64) -> Json {
    const EXACT: f64 = (1u64 << 53) as f64;
    if number.trunc() == number && number.abs() < EXACT {
        (number as i64).into()
    } else {
        Number::from_f64(number).map_or(Json::Null, Json::Number)
    }
}

fn same(wanted: &Json, value: &Json) -> bool {
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => (wanted - value).abs() <= TOLERANCE,
        _ => wanted == value,
    }
}
