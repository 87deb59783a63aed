//! The layers of documents that docmill wrote, from columns of lists to the JSON form of a document.

use parquet::{record::Field, schema::types::ColumnDescPtr};
use serde::de::IgnoredAny;

use super::cells::{Cell, Cells, Value};
use crate::sink::{self, OTHERS, json, of_layer};

/// A column of lists.
pub(super) struct List {
    name: String,
    /// Each of its columns by its number, and what it holds.
    pub(super) leaves: Vec<(usize, sink::Cell)>,
}

impl List {
    /// Those of a file.
    pub(super) fn all(columns: &[ColumnDescPtr]) -> Vec<List> {
        let mut lists: Vec<List> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let [name, _, _, leaf] = column.path().parts() else { continue };
            if column.max_rep_level() != 1 {
                continue;
            }
            if lists.last().is_none_or(|list| list.name != *name) {
                lists.push(List { name: name.clone(), leaves: Vec::new() });
            }
            let known = of_layer(if name == OTHERS { "" } else { name }).into_iter();
            let known = known.filter(|known| known.name == *leaf).map(|known| known.cell).next();
            let known = known.or_else(|| (leaf == "layer").then_some(sink::Cell::Layer));
            if let (Some(list), Some(cell)) = (lists.last_mut(), known) {
                list.leaves.push((at, cell));
            }
        }
        lists.retain(|list| !list.leaves.is_empty());
        lists
    }
}

/// Writes the member `layers`, list by list.
pub(super) struct Layers<'o> {
    out: &'o mut Vec<u8>,
    /// The name of the layer whose annotations are being written, and whether it has any.
    open: Option<(String, bool)>,
    any: bool,
}

impl<'o> Layers<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        out.extend_from_slice(b",\"layers\":{");
        Layers { out, open: None, any: false }
    }

    /// Adds a row's list, of these columns.
    pub(super) fn add(&mut self, list: &List, columns: &mut [Cells]) {
        let mut row: Vec<Option<Cell>> = columns.iter_mut().map(Cells::next).collect();
        let defined = row.first().and_then(Option::as_ref).map_or(0, |cell| cell.defined);
        if defined > 0 && list.name != OTHERS {
            self.begin(&list.name);
        }
        let mut there = defined > 1;
        while there {
            self.annotation(list, &row);
            row = columns.iter_mut().map(Cells::next_in_row).collect();
            there = row.first().is_some_and(Option::is_some);
        }
    }

    /// Ends the last layer, and all of them.
    pub(super) fn end(mut self) {
        self.end_layer();
        self.out.push(b'}');
    }

    fn begin(&mut self, name: &str) {
        if self.open.as_ref().is_some_and(|(open, _)| open == name) {
            return;
        }
        self.end_layer();
        if self.any {
            self.out.push(b',');
        }
        json(self.out, name);
        self.out.extend_from_slice(b":[");
        (self.open, self.any) = (Some((name.to_owned(), false)), true);
    }

    fn end_layer(&mut self) {
        if self.open.take().is_some() {
            self.out.push(b']');
        }
    }

    fn annotation(&mut self, list: &List, row: &[Option<Cell>]) {
        let value = |wanted: &sink::Cell| {
            let at = list.leaves.iter().position(|(_, cell)| cell == wanted)?;
            row.get(at)?.as_ref()?.value.as_ref()
        };
        let int = |wanted: &sink::Cell| match value(wanted) {
            Some(Value::Other(Field::Int(int))) => *int,
            _ => 0,
        };
        if list.name == OTHERS {
            self.begin(value(&sink::Cell::Layer).and_then(Value::as_text).unwrap_or_default());
        }
        if let Some((_, any)) = &mut self.open {
            if *any {
                self.out.push(b',');
            }
            *any = true;
        }
        let span = |start, end| format!("{{\"start\":{start},\"end\":{end}");
        let own = span(int(&sink::Cell::Start), int(&sink::Cell::End));
        self.out.extend_from_slice(own.as_bytes());
        for (_, cell) in &list.leaves {
            let Some(found) = value(cell) else { continue };
            let key = match cell {
                sink::Cell::Label => "label",
                sink::Cell::Score => "score",
                sink::Cell::TextFeature(key)
                | sink::Cell::NumberFeature(key)
                | sink::Cell::BoolFeature(key) => key,
                sink::Cell::SpanStart(key) => {
                    self.key(key);
                    let span = span(int(cell), int(&sink::Cell::SpanEnd(key)));
                    self.out.extend_from_slice(span.as_bytes());
                    self.out.push(b'}');
                    continue;
                }
                sink::Cell::Features => {
                    let members = found.as_text().and_then(members).unwrap_or_default();
                    if !members.is_empty() {
                        self.out.push(b',');
                        self.out.extend_from_slice(members.as_bytes());
                    }
                    continue;
                }
                _ => continue,
            };
            let before = self.out.len();
            self.key(key);
            if !found.write(self.out) {
                self.out.truncate(before);
            }
        }
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) {
        self.out.push(b',');
        json(self.out, key);
        self.out.push(b':');
    }
}

/// What stands in the braces of an object of JSON.
pub(super) fn members(object: &str) -> Option<&str> {
    serde_json::from_str::<IgnoredAny>(object).ok()?;
    object.trim().strip_prefix('{')?.strip_suffix('}').map(str::trim)
}
