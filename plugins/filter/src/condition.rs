//! A condition that was read and checked, and whether it holds for a document.
//!
//! What it costs grows with the document's length times the number of terms that read it. Nothing in it can fail or
//! recur beyond the depth that the parser allows.

use std::cmp::Ordering;

use docmill_core::{Document, Value, vocab::sentences};
use regex::Regex;

/// A condition on documents.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) root: Term,
    /// The layers that it reads, each once, in the order in which they are named.
    pub(crate) layers: Vec<String>,
}

/// A part of a condition: what gives a value, or none where metadata is missing.
#[derive(Debug)]
pub(crate) enum Term {
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
    Compare(Box<Term>, Comparison, Box<Term>),
    /// Whether the metadata has this key.
    Has(String),
    Contains(Box<Term>, String),
    Matches(Box<Term>, Regex),
    Metadata(String),
    Property(Property),
    /// How many annotations of a layer, or of a layer and a label, there are.
    Count(String, Option<String>),
    Number(f64),
    Text(String),
    Bool(bool),
}

/// What every document has, by its name in conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// The length of the text in bytes of UTF-8.
    Bytes,
    /// Its length in chars.
    Chars,
    /// How many runs of chars without white space it has.
    Words,
    /// How many lines, a last one without a line break included.
    Lines,
    /// How many annotations the layer `sentences` has.
    Sentences,
    /// The text.
    Text,
    /// The document's id.
    Id,
}

impl Property {
    pub(crate) const ALL: [(&'static str, Property); 7] = [
        ("bytes", Property::Bytes),
        ("chars", Property::Chars),
        ("words", Property::Words),
        ("lines", Property::Lines),
        ("sentences", Property::Sentences),
        ("text", Property::Text),
        ("id", Property::Id),
    ];

    fn of(self, document: Document<'_>) -> Value<'_> {
        let text = document.text();
        let number = match self {
            Property::Bytes => text.len(),
            Property::Chars => text.chars().count(),
            Property::Words => words(text),
            Property::Lines => text.lines().count(),
            Property::Sentences => count(document, sentences::LAYER, None),
            Property::Text => return Value::Text(text),
            Property::Id => return Value::Text(document.id()),
        };
        Value::Number(number as f64)
    }
}

/// What `split_whitespace` counts, in half the time: few chars are beyond ASCII.
fn words(text: &str) -> usize {
    let (mut count, mut within, mut at) = (0, false, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        let (is_space, len) = if byte.is_ascii() {
            (matches!(byte, b'\t'..=b'\r' | b' '), 1)
        } else {
            let c = text.get(at..).and_then(|rest| rest.chars().next());
            c.map_or((false, 1), |c| (c.is_whitespace(), c.len_utf8()))
        };
        count += usize::from(!is_space && !within);
        (within, at) = (!is_space, at + len);
    }
    count
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    AtMost,
    AtLeast,
    Less,
    More,
}

impl Comparison {
    /// All of them, none before one that it begins with.
    pub(crate) const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::Unequal,
        Comparison::AtMost,
        Comparison::AtLeast,
        Comparison::Less,
        Comparison::More,
    ];

    /// How it is written.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::Unequal => "!=",
            Comparison::AtMost => "<=",
            Comparison::AtLeast => ">=",
            Comparison::Less => "<",
            Comparison::More => ">",
        }
    }

    pub(crate) fn orders(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::Unequal)
    }

    /// Whether it holds for values that stand so to each other: `None` where they cannot be compared.
    fn holds(self, ordering: Option<Ordering>) -> bool {
        match self {
            Comparison::Equal => ordering == Some(Ordering::Equal),
            Comparison::Unequal => ordering != Some(Ordering::Equal),
            Comparison::AtMost => ordering.is_some_and(Ordering::is_le),
            Comparison::AtLeast => ordering.is_some_and(Ordering::is_ge),
            Comparison::Less => ordering == Some(Ordering::Less),
            Comparison::More => ordering == Some(Ordering::Greater),
        }
    }
}

impl Condition {
    /// Whether it holds for a document.
    pub(crate) fn holds(&self, document: Document<'_>) -> bool {
        self.root.holds(document)
    }
}

impl Term {
    fn holds(&self, document: Document<'_>) -> bool {
        match self {
            Term::All(terms) => terms.iter().all(|term| term.holds(document)),
            Term::Any(terms) => terms.iter().any(|term| term.holds(document)),
            Term::Not(term) => !term.holds(document),
            Term::Compare(left, comparison, right) => {
                comparison.holds(ordering(left.value(document), right.value(document)))
            }
            Term::Has(key) => metadata(document, key).is_some(),
            Term::Contains(term, part) => match term.value(document) {
                Some(Value::Text(text)) => text.contains(part.as_str()),
                Some(Value::List(list)) => list.iter().any(|v| v.as_text() == Some(part.as_str())),
                _ => false,
            },
            Term::Matches(term, pattern) => {
                let text = term.value(document).and_then(Value::as_text);
                text.is_some_and(|text| pattern.is_match(text))
            }
            Term::Metadata(key) => metadata(document, key) == Some(Value::Bool(true)),
            Term::Bool(bool) => *bool,
            // Numbers and texts are no conditions, which the parser sees to.
            Term::Property(_) | Term::Count(..) | Term::Number(_) | Term::Text(_) => false,
        }
    }

    fn value<'a>(&'a self, document: Document<'a>) -> Option<Value<'a>> {
        match self {
            Term::Metadata(key) => metadata(document, key),
            Term::Property(property) => Some(property.of(document)),
            Term::Count(layer, label) => {
                Some(Value::Number(count(document, layer, label.as_deref()) as f64))
            }
            Term::Number(number) => Some(Value::Number(*number)),
            Term::Text(text) => Some(Value::Text(text)),
            condition => Some(Value::Bool(condition.holds(document))),
        }
    }
}

/// What stands under a key; a JSON `null` counts as missing.
fn metadata<'a>(document: Document<'a>, key: &str) -> Option<Value<'a>> {
    document.metadata(key).filter(|value| *value != Value::Json("null"))
}

fn count(document: Document<'_>, layer: &str, label: Option<&str>) -> usize {
    match (document.layer(layer), label) {
        (None, _) => 0,
        (Some(layer), None) => layer.len(),
        (Some(layer), Some(label)) => layer.iter().filter(|a| a.label() == label).count(),
    }
}

/// How two values stand to each other: `None` where one is missing or their kinds differ. Texts are ordered by their
/// chars' code points, which orders dates such as `2021-05-03`.
fn ordering(left: Option<Value<'_>>, right: Option<Value<'_>>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => left.partial_cmp(&right),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(&right)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_what_white_space_splits(
            text in "[a\u{e9}\u{4e00} \t\r\n\u{b}\u{1c}\u{85}\u{a0}\u{1680}\u{2009}\u{200b}\u{2028}\u{3000}]{0,12}",
        ) {
            prop_assert_eq!(words(&text), text.split_whitespace().count(), "{:?}", text);
        }
    }
}
