//! Which columns a file has, known before the first document.
//!
//! | layer | an annotation's own columns |
//! |---|---|
//! | any | start, end, label, score, features |
//! | entities | entity, name, actor, actor_name, rule |
//! | quotes | speaker, speaker_start, speaker_end, cue_start, cue_end |
//! | stances | holder, holder_name, target, target_name, kind, polarity, confidence, channel, embedded, rule, trigger_start, trigger_end, sentence_start, sentence_end |
//!
//! `features` is JSON text of the features that have no column, or whose value is of another kind than
//! their column, so that nothing is lost. What the layers of [`docmill_core::vocab`] hold has columns; no other
//! layer says beforehand what its features are.

use docmill_core::{
    Value,
    vocab::{entities, quotes, stances},
};

/// The columns of a table, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// One value a row.
    Flat(Leaf),
    /// A list of structs a row: the annotations of a layer, or of all layers that have no column of their own.
    List { name: String, layer: Option<String>, leaves: Vec<Leaf> },
}

/// A column of values.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) name: String,
    pub(crate) cell: Cell,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Of the document.
    Id,
    Text,
    Metadata,
    /// The metadata under this key, as text.
    Key(String),
    Source,
    Uri,
    Locator,
    Digest,
    /// Of the annotation.
    Layer,
    Start,
    End,
    Label,
    Score,
    TextFeature(&'static str),
    NumberFeature(&'static str),
    BoolFeature(&'static str),
    SpanStart(&'static str),
    SpanEnd(&'static str),
    Features,
    /// The text of the annotation.
    Covered,
    /// The text of a span feature.
    CoveredBy(&'static str),
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Float,
    Double,
    Bool,
}

impl Cell {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Cell::Start | Cell::End | Cell::SpanStart(_) | Cell::SpanEnd(_) => Kind::Int,
            Cell::Score => Kind::Float,
            Cell::NumberFeature(_) => Kind::Double,
            Cell::BoolFeature(_) => Kind::Bool,
            _ => Kind::Text,
        }
    }

    /// Whether there may be none.
    pub(crate) fn optional(&self) -> bool {
        use Cell::{Covered, End, Id, Layer, Metadata, Start, Text};
        !matches!(self, Id | Text | Metadata | Layer | Start | End | Covered)
    }

    /// Whether values seldom come twice, so that a dictionary of them would be for nothing.
    pub(crate) fn is_unique(&self) -> bool {
        use Cell::{CoveredBy, Digest, Features, Id, Locator, Metadata, Text};
        matches!(self, Id | Text | Metadata | Locator | Digest | Features | CoveredBy(_))
            || self.kind() == Kind::Int
    }

    /// Whether readers may pass over row groups by its least and greatest value.
    pub(crate) fn is_selected_by(&self) -> bool {
        matches!(self, Cell::Id | Cell::Key(_) | Cell::Uri)
    }

    /// Whether this value of this feature stands in the column, and not in `features`.
    pub(crate) fn holds(&self, key: &str, value: Value<'_>) -> bool {
        match (self, value) {
            (Cell::TextFeature(own), Value::Text(_))
            | (Cell::NumberFeature(own), Value::Number(_))
            | (Cell::BoolFeature(own), Value::Bool(_))
            | (Cell::SpanStart(own), Value::Span(_)) => *own == key,
            _ => false,
        }
    }
}

impl Leaf {
    fn new(name: &str, cell: Cell) -> Self {
        Leaf { name: name.to_owned(), cell }
    }
}

impl Column {
    pub(crate) fn name(&self) -> &str {
        match self {
            Column::Flat(leaf) => &leaf.name,
            Column::List { name, .. } => name,
        }
    }

    /// Its columns of values.
    pub(crate) fn leaves(&self) -> &[Leaf] {
        match self {
            Column::Flat(leaf) => std::slice::from_ref(leaf),
            Column::List { leaves, .. } => leaves,
        }
    }
}

/// The name of the column of the annotations of all other layers.
pub(crate) const OTHERS: &str = "annotations";

impl Table {
    /// A row a document: with metadata under `keys` as columns, a list of structs for each of `layers`, and
    /// one for all others.
    pub(crate) fn documents(keys: &[String], layers: &[String], others: bool) -> Self {
        let fixed = [
            ("id", Cell::Id),
            ("text", Cell::Text),
            ("metadata", Cell::Metadata),
            ("source", Cell::Source),
            ("uri", Cell::Uri),
            ("locator", Cell::Locator),
            ("digest", Cell::Digest),
        ];
        let flat = |(name, cell)| Column::Flat(Leaf::new(name, cell));
        let mut columns: Vec<Column> = fixed.into_iter().map(flat).collect();
        columns.extend(keys.iter().map(|key| flat((key, Cell::Key(key.clone())))));
        columns.extend(layers.iter().map(|layer| Column::List {
            name: layer.clone(),
            layer: Some(layer.clone()),
            leaves: of_layer(layer),
        }));
        if others {
            let mut leaves = vec![Leaf::new("layer", Cell::Layer)];
            leaves.extend(of_layer(""));
            columns.push(Column::List { name: OTHERS.to_owned(), layer: None, leaves });
        }
        Table { columns }
    }

    /// A row an annotation of the layer, with the texts that a reader would otherwise look up.
    pub(crate) fn annotations(layer: &str) -> Vec<Leaf> {
        let mut leaves = vec![Leaf::new("document", Cell::Id)];
        leaves.extend(of_layer(layer));
        leaves.push(Leaf::new("text", Cell::Covered));
        let covered: &[(&str, &str)] = match layer {
            stances::LAYER => &[("trigger", "trigger"), ("sentence", "sentence")],
            quotes::LAYER => &[("speaker_text", "speaker-span"), ("cue", "cue")],
            _ => &[],
        };
        let covered = covered.iter().map(|(name, key)| Leaf::new(name, Cell::CoveredBy(key)));
        leaves.extend(covered);
        leaves
    }

    /// A table of these alone.
    pub(crate) fn of(leaves: &[Leaf]) -> Self {
        Table { columns: leaves.iter().cloned().map(Column::Flat).collect() }
    }

    /// Whether rows have the texts of documents.
    pub(crate) fn has_texts(&self) -> bool {
        self.columns.iter().flat_map(Column::leaves).any(|leaf| leaf.cell == Cell::Text)
    }

    /// A name that two columns have.
    pub(crate) fn twice(&self) -> Option<&str> {
        let mut names: Vec<_> = self.columns.iter().map(Column::name).collect();
        names.sort_unstable();
        let next = names.iter().skip(1);
        names.iter().zip(next).find(|(name, next)| name == next).map(|(name, _)| *name)
    }
}

/// The columns of an annotation of this layer.
pub(crate) fn of_layer(layer: &str) -> Vec<Leaf> {
    use Cell::{BoolFeature, NumberFeature, SpanEnd, SpanStart, TextFeature};
    let own: &[(&str, Cell)] = match layer {
        entities::LAYER => &[
            ("entity", TextFeature("entity")),
            ("name", TextFeature("name")),
            ("actor", TextFeature("actor")),
            ("actor_name", TextFeature("actor-name")),
            ("rule", TextFeature("rule")),
        ],
        quotes::LAYER => &[
            ("speaker", TextFeature("speaker")),
            ("speaker_start", SpanStart("speaker-span")),
            ("speaker_end", SpanEnd("speaker-span")),
            ("cue_start", SpanStart("cue")),
            ("cue_end", SpanEnd("cue")),
        ],
        stances::LAYER => &[
            ("holder", TextFeature("holder")),
            ("holder_name", TextFeature("holder-name")),
            ("target", TextFeature("target")),
            ("target_name", TextFeature("target-name")),
            ("kind", TextFeature("kind")),
            ("polarity", NumberFeature("polarity")),
            ("confidence", NumberFeature("confidence")),
            ("channel", TextFeature("channel")),
            ("embedded", BoolFeature("embedded")),
            ("rule", TextFeature("rule")),
            ("trigger_start", SpanStart("trigger")),
            ("trigger_end", SpanEnd("trigger")),
            ("sentence_start", SpanStart("sentence")),
            ("sentence_end", SpanEnd("sentence")),
        ],
        _ => &[],
    };
    let first = [
        ("start", Cell::Start),
        ("end", Cell::End),
        ("label", Cell::Label),
        ("score", Cell::Score),
    ];
    let all = first.iter().chain(own).chain(&[("features", Cell::Features)]);
    all.map(|(name, cell)| Leaf::new(name, cell.clone())).collect()
}
