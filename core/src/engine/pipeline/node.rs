//! A TOML value that remembers where it stands: in the pipeline file or in a command-line argument.
//!
//! Tables keep the order of the file. Numbers that JSON cannot hold are refused here, so everything
//! after can hand values on as JSON.

use std::{ops::Range, sync::Arc};

use serde_json::{Map, Number, Value as Json};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Findings;
use crate::engine::Code;

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The command-line argument that `span` points into; `None` for the pipeline file.
    pub(crate) argument: Option<Arc<str>>,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Of a table with a header, the header; of a dotted key's table, the key.
    pub(crate) place: Place,
    pub(crate) form: Form,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Text(String),
    Number(Number),
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
    /// A number that JSON cannot hold. It was reported when it was read.
    Refused,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// In the order of the file.
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

/// A parsed table as JSON, its positions left out.
pub(crate) fn as_json(table: &DeTable<'_>, findings: &mut Findings) -> Json {
    Table::read(table, None, findings).json()
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == key)
    }

    /// Reads a parsed table of a text; `argument` is that text where it is not the pipeline file.
    pub(crate) fn read(
        table: &DeTable<'_>,
        argument: Option<&Arc<str>>,
        findings: &mut Findings,
    ) -> Self {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                place: Place { argument: argument.cloned(), span: key.span() },
                value: Node::read(value, argument, findings),
            })
            .collect();
        entries.sort_by_key(|entry| entry.place.span.start);
        Table { entries }
    }

    pub(crate) fn json(&self) -> Json {
        let members = self.entries.iter().map(|entry| (entry.key.clone(), entry.value.json()));
        Json::Object(members.collect::<Map<_, _>>())
    }
}

impl Node {
    pub(crate) fn read(
        value: &Spanned<DeValue<'_>>,
        argument: Option<&Arc<str>>,
        findings: &mut Findings,
    ) -> Self {
        let place = Place { argument: argument.cloned(), span: value.span() };
        let form = match value.get_ref() {
            DeValue::String(text) => Form::Text(text.to_string()),
            DeValue::Boolean(bool) => Form::Bool(*bool),
            // JSON has no dates: a setting that takes one takes a string.
            DeValue::Datetime(date) => Form::Text(date.to_string()),
            DeValue::Integer(integer) => {
                let (digits, radix) = (integer.as_str(), integer.radix());
                let number = i64::from_str_radix(digits, radix)
                    .map(Number::from)
                    .or_else(|_| u64::from_str_radix(digits, radix).map(Number::from));
                number.map_or_else(
                    |_| {
                        findings
                            .at(Code::BadValue, &place, "this number is too large")
                            .help(format!("write a number up to {}", u64::MAX));
                        Form::Refused
                    },
                    Form::Number,
                )
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                number.map_or_else(
                    || {
                        findings
                            .at(Code::BadValue, &place, "a number without end means nothing here")
                            .help("write a finite number");
                        Form::Refused
                    },
                    Form::Number,
                )
            }
            DeValue::Array(array) => Form::List(
                array.iter().map(|value| Node::read(value, argument, findings)).collect(),
            ),
            DeValue::Table(table) => Form::Table(Table::read(table, argument, findings)),
        };
        Node { place, form }
    }

    /// A value that stands nowhere of its own: it is reported at `place`.
    pub(crate) fn of_json(json: &Json, place: &Place) -> Self {
        let form = match json {
            Json::Null => Form::Table(Table::default()),
            Json::Bool(bool) => Form::Bool(*bool),
            Json::Number(number) => Form::Number(number.clone()),
            Json::String(text) => Form::Text(text.clone()),
            Json::Array(values) => {
                Form::List(values.iter().map(|value| Node::of_json(value, place)).collect())
            }
            Json::Object(members) => Form::Table(Table {
                entries: members
                    .iter()
                    .map(|(key, value)| Entry {
                        key: key.clone(),
                        place: place.clone(),
                        value: Node::of_json(value, place),
                    })
                    .collect(),
            }),
        };
        Node { place: place.clone(), form }
    }

    pub(crate) fn json(&self) -> Json {
        match &self.form {
            Form::Text(text) => text.as_str().into(),
            Form::Number(number) => Json::Number(number.clone()),
            Form::Bool(bool) => (*bool).into(),
            Form::List(values) => values.iter().map(Node::json).collect(),
            Form::Table(table) => table.json(),
            Form::Refused => Json::Null,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.form {
            Form::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.form {
            Form::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What kind of value it is, with its article, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.form {
            Form::Text(_) => "a string",
            Form::Number(number) if number.is_f64() => "a number with a fraction",
            Form::Number(_) => "a whole number",
            Form::Refused => "no number",
            Form::Bool(_) => "true or false",
            Form::List(_) => "a list",
            Form::Table(_) => "a table",
        }
    }

    /// The value that a JSON pointer leads to; as near as it gets where the pointer leads out of this
    /// value.
    pub(crate) fn at(&self, pointer: &str) -> &Node {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match &node.form {
                Form::Table(table) => table.get(&step).map(|entry| &entry.value),
                Form::List(values) => step.parse().ok().and_then(|at: usize| values.get(at)),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}
