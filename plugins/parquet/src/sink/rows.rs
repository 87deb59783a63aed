//! The rows of a document, in a compact form: what workers write and [`super::groups`] makes Parquet of.
//!
//! A record is its length in bytes and the rows in it, two `u32`, and the rows; a row is its values in the order
//! of the columns. A value that may be missing has a byte before it, 0 or 1; text has its length before it; a list
//! has its length and one before it, or 0 where there is no list. All numbers are little-endian.

use docmill_core::{Annotation, Document, DocumentError, Layer, Positions, Value};

use super::{
    columns::{Cell, Column, Leaf, Table},
    features,
};

/// The bytes before the rows of a record.
pub(crate) const HEAD_BYTES: usize = 8;

/// Writes the rows of one document.
pub(crate) struct Rows<'d, 'a, 'o> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) positions: &'d mut Positions<'a>,
    pub(crate) out: &'o mut Vec<u8>,
}

impl<'a> Rows<'_, 'a, '_> {
    /// One row: the document.
    pub(crate) fn document(&mut self, table: &Table) -> Result<(), DocumentError> {
        self.record(|rows| {
            for column in &table.columns {
                match column {
                    Column::Flat(leaf) => rows.of_document(&leaf.cell),
                    Column::List { layer: Some(layer), leaves, .. } => {
                        rows.list(rows.document.layer(layer), leaves);
                    }
                    Column::List { layer: None, leaves, .. } => rows.others(table, leaves),
                }
            }
            1
        })
    }

    /// A row an annotation of the layer.
    pub(crate) fn annotations(
        &mut self,
        leaves: &[Leaf],
        layer: &str,
    ) -> Result<(), DocumentError> {
        let Some(layer) = self.document.layer(layer).filter(|layer| !layer.is_empty()) else {
            return Ok(());
        };
        self.record(|rows| {
            rows.of_layer(layer, leaves, &mut Found::of(leaves));
            layer.len()
        })
    }

    fn record(&mut self, rows: impl FnOnce(&mut Self) -> usize) -> Result<(), DocumentError> {
        let head = self.out.len();
        self.out.extend_from_slice(&[0; HEAD_BYTES]);
        let count = rows(self);
        let len = self.out.len() - head - HEAD_BYTES;
        let too_large = || DocumentError::new("it is too large for Parquet: its row is over 2 GiB");
        let len = i32::try_from(len).map_err(|_| too_large())?.to_le_bytes();
        let count = i32::try_from(count).map_err(|_| too_large())?.to_le_bytes();
        let written = self.out.get_mut(head..).unwrap_or_default();
        for (byte, new) in written.iter_mut().zip(len.iter().chain(&count)) {
            *byte = *new;
        }
        Ok(())
    }

    fn of_document(&mut self, cell: &Cell) {
        let document = self.document;
        let origin = document.origin();
        let some = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        match cell {
            Cell::Id => self.text(document.id()),
            Cell::Text => self.text(document.text()),
            Cell::Metadata => {
                self.sized(|rows| {
                    features::object(document.all_metadata(), rows.positions, rows.out);
                });
            }
            Cell::Key(key) => match document.metadata(key) {
                Some(found) => {
                    let found = features::text(found, self.positions);
                    self.some_text(Some(&found));
                }
                None => self.some_text(None),
            },
            Cell::Source => self.some_text(some(&origin.source)),
            Cell::Uri => self.some_text(some(&origin.uri)),
            Cell::Locator => self.some_text(some(&origin.locator)),
            Cell::Digest => self.some_text(some(&origin.digest)),
            // No document has the others.
            _ => self.out.push(0),
        }
    }

    /// A list of the annotations of a layer, or none where there is no such layer.
    fn list(&mut self, layer: Option<Layer<'a>>, leaves: &[Leaf]) {
        let Some(layer) = layer else { return self.int(0) };
        self.int(layer.len() as u32 + 1);
        self.of_layer(layer, leaves, &mut Found::of(leaves));
    }

    /// A list of the annotations of all layers that have no column, but for the transient ones.
    fn others(&mut self, table: &Table, leaves: &[Leaf]) {
        let document = self.document;
        let own = |layer: &Layer<'_>| {
            let named = |column: &Column| matches!(column, Column::List { layer: Some(own), .. } if own == layer.name());
            table.columns.iter().any(named)
        };
        let others = || document.layers().filter(|layer| !layer.is_transient() && !own(layer));
        let len: usize = others().map(Layer::len).sum();
        self.int(len as u32 + 1);
        let mut found = Found::of(leaves);
        for layer in others() {
            self.of_layer(layer, leaves, &mut found);
        }
    }

    fn of_layer<'l>(&mut self, layer: Layer<'a>, leaves: &'l [Leaf], found: &mut Found<'a, 'l>) {
        for annotation in layer.iter() {
            found.sort(annotation);
            let span = self.positions.outside(annotation.span());
            let mut features = found.columns.iter();
            for leaf in leaves {
                match leaf.cell {
                    Cell::Start => self.int(span.0),
                    Cell::End => self.int(span.1),
                    Cell::TextFeature(_)
                    | Cell::NumberFeature(_)
                    | Cell::BoolFeature(_)
                    | Cell::SpanStart(_) => {
                        self.feature(&leaf.cell, features.next().and_then(|(_, value)| *value));
                    }
                    // It was written with the start.
                    Cell::SpanEnd(_) => {}
                    Cell::Features => {
                        let rest = Some(&found.rest).filter(|rest| !rest.is_empty());
                        self.some(rest, |rows, rest| {
                            rows.sized(|rows| {
                                features::object(rest.iter().copied(), rows.positions, rows.out);
                            });
                        });
                    }
                    _ => self.of_annotation(annotation, layer, &leaf.cell),
                }
            }
        }
    }

    /// The value of a feature that has a column; of a span, the two for its two columns.
    fn feature(&mut self, cell: &Cell, value: Option<Value<'a>>) {
        self.out.push(value.is_some().into());
        match value {
            Some(Value::Text(text)) => self.text(text),
            Some(Value::Number(number)) => self.out.extend_from_slice(&number.to_le_bytes()),
            Some(Value::Bool(bool)) => self.out.push(bool.into()),
            Some(Value::Span(span)) => {
                let (start, end) = self.positions.outside(span);
                self.int(start);
                self.out.push(1);
                self.int(end);
            }
            _ if matches!(cell, Cell::SpanStart(_)) => self.out.push(0),
            _ => {}
        }
    }

    /// A value of an annotation that is not a feature's.
    fn of_annotation(&mut self, annotation: Annotation<'a>, layer: Layer<'a>, cell: &Cell) {
        let text = self.document.text();
        match cell {
            Cell::Id => self.text(self.document.id()),
            Cell::Layer => self.text(layer.name()),
            Cell::Label => self.some_text(Some(annotation.label()).filter(|l| !l.is_empty())),
            Cell::Score => self.some(annotation.score(), |rows, score| {
                rows.out.extend_from_slice(&score.to_le_bytes());
            }),
            Cell::Covered => self.text(annotation.span().of(text).unwrap_or_default()),
            Cell::CoveredBy(key) => {
                let span = annotation.feature(key).and_then(Value::as_span);
                self.some_text(span.and_then(|span| span.of(text)));
            }
            // No annotation has the others.
            _ => self.out.push(0),
        }
    }

    fn some<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.out.push(value.is_some().into());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn some_text(&mut self, text: Option<&str>) {
        self.some(text, Self::text);
    }

    fn text(&mut self, text: &str) {
        self.int(text.len() as u32);
        self.out.extend_from_slice(text.as_bytes());
    }

    /// What `write` appends, with its length before it.
    fn sized(&mut self, write: impl FnOnce(&mut Self)) {
        let head = self.out.len();
        self.int(0);
        write(self);
        let len = (self.out.len() - head - 4) as u32;
        let written = self.out.get_mut(head..).unwrap_or_default();
        for (byte, new) in written.iter_mut().zip(len.to_le_bytes()) {
            *byte = new;
        }
    }

    fn int(&mut self, int: u32) {
        self.out.extend_from_slice(&int.to_le_bytes());
    }
}

/// The features of an annotation: those that have columns, in the order of these, and all others.
struct Found<'a, 'l> {
    /// A span's two columns are one here.
    columns: Vec<(&'l Cell, Option<Value<'a>>)>,
    rest: Vec<(&'a str, Value<'a>)>,
}

impl<'a, 'l> Found<'a, 'l> {
    fn of(leaves: &'l [Leaf]) -> Self {
        let columns = leaves.iter().map(|leaf| &leaf.cell).filter(|cell| {
            use Cell::{BoolFeature, NumberFeature, SpanStart, TextFeature};
            matches!(cell, TextFeature(_) | NumberFeature(_) | BoolFeature(_) | SpanStart(_))
        });
        Found { columns: columns.map(|cell| (cell, None)).collect(), rest: Vec::new() }
    }

    /// Takes in the features of the next annotation.
    fn sort(&mut self, annotation: Annotation<'a>) {
        self.rest.clear();
        for (_, value) in &mut self.columns {
            *value = None;
        }
        // Features come in the order of the columns, mostly.
        let mut next = 0;
        for (key, value) in annotation.features() {
            let (before, after) = self.columns.split_at_mut_checked(next).unwrap_or_default();
            let mut columns = after.iter_mut().chain(before).enumerate();
            match columns.find(|(_, (cell, place))| place.is_none() && cell.holds(key, value)) {
                Some((ahead, (_, place))) => {
                    *place = Some(value);
                    next = (next + ahead + 1) % self.columns.len();
                }
                None => self.rest.push((key, value)),
            }
        }
    }
}
