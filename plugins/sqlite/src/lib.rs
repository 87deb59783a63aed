//! The sink `sqlite`: a database of documents, entities and stances, with full-text search.
//!
//! A worker writes a document as the rows it becomes; the end of the run adds these to a new database, shard by
//! shard, each in one transaction with its row in the table `shards`. Documents keep the order of the input and are
//! numbered by it; ids may repeat. Nothing in the file depends on time or on the number of threads.

mod database;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
};

use docmill_core::{
    BuildError, Document, DocumentError, List, Offsets, Plugin, Positions, Sink, SinkContract,
    Span, Value, json,
    vocab::{entities, stances},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    database::Layout,
    rows::{Cell, Table},
};

/// The components of this crate.
pub fn plugin() -> Plugin {
    Plugin::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).sink::<Sqlite>()
}

/// Writes a SQLite database: the tables `documents`, `entities` and `stances`, joined by the document's number, and
/// full-text search over titles and texts. The file is made when all documents are there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SqliteSettings {
    /// The file, below the run's folder. Default: `documents.db`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// Metadata that gets columns of its own in `documents`; all of it stands as JSON in the column `metadata`.
    /// Default: `title`, `byline`, `outlet`, `date` and `url`.
    pub columns: Vec<String>,
    /// Whether there is full-text search, the table `documents_fts`. Default: true.
    pub search: bool,
    /// The unit of `start` and `end`: `chars`, `bytes` or `utf16`. Default: `chars`, as SQLite's `substr` counts.
    pub offsets: Offsets,
}

impl Default for SqliteSettings {
    fn default() -> Self {
        SqliteSettings {
            path: "documents.db".to_owned(),
            columns: schema::USUAL.map(str::to_owned).into(),
            search: true,
            offsets: Offsets::default(),
        }
    }
}

/// The sink.
pub struct Sqlite {
    columns: Vec<String>,
    search: bool,
    offsets: Offsets,
}

impl Sink for Sqlite {
    const NAME: &'static str = "sqlite";
    const EXTENSIONS: &'static [&'static str] = &["db", "sqlite", "sqlite3"];
    type Settings = SqliteSettings;

    fn contract(settings: &SqliteSettings) -> SinkContract {
        SinkContract::new().merged(&settings.path, "/path")
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: SqliteSettings) -> Result<Self, BuildError> {
        let SqliteSettings { columns, search, offsets, .. } = settings;
        if let Some((at, message)) = schema::wrong(&columns) {
            return Err(BuildError::at(format!("/columns/{at}"), message));
        }
        Ok(Sqlite { columns, search, offsets })
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let Some(out) = outputs.first_mut() else { return Ok(()) };
        let too_large = || DocumentError::new("the document is too large for a row of SQLite");
        self.document(document, out).ok_or_else(too_large)?;
        let positions = &mut Positions::new(document.text(), self.offsets);
        entities(document, positions, out).ok_or_else(too_large)?;
        stances(document, positions, out).ok_or_else(too_large)
    }

    fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let layout = Layout { columns: &self.columns, search: self.search };
        database::make(&layout, parts, path)
    }
}

impl Sqlite {
    fn document(&self, document: &Document<'_>, out: &mut Vec<u8>) -> Option<()> {
        let (text, origin) = (document.text(), document.origin());
        let mut metadata = Vec::new();
        json::write_metadata(document, &mut metadata);
        let metadata = String::from_utf8_lossy(&metadata);
        let values = || self.columns.iter().map(|key| document.metadata(key));
        let lists: Vec<Option<String>> =
            values().map(|value| Some(joined(value?.as_list()?))).collect();
        let columns = values().zip(&lists).map(|(value, list)| match list {
            Some(list) => Cell::Text(list),
            None => cell(value),
        });

        let mut cells = vec![Cell::Text(document.id())];
        cells.extend(columns);
        cells.extend([
            Cell::Integer(text.split_whitespace().count() as i64),
            Cell::Integer(text.chars().count() as i64),
            Cell::Text(text),
            Cell::Text(&metadata),
            Cell::filled(&origin.uri),
            Cell::filled(&origin.locator),
            Cell::filled(&origin.digest),
        ]);
        rows::write(Table::Documents, &cells, out)
    }
}

fn entities(
    document: &Document<'_>,
    positions: &mut Positions<'_>,
    out: &mut Vec<u8>,
) -> Option<()> {
    for entity in entities::read(document) {
        let (start, end) = positions.outside(entity.span);
        let cells: [Cell<'_>; database::ENTITY_CELLS] = [
            Cell::Integer(start.into()),
            Cell::Integer(end.into()),
            piece(document, entity.span),
            Cell::Text(entity.kind.name()),
            Cell::Text(entity.id),
            Cell::Text(entity.name),
            entity.actor.map_or(Cell::Null, Cell::Text),
            entity.actor_name.map_or(Cell::Null, Cell::Text),
            cell(entity.score.map(Value::from)),
            Cell::filled(entity.rule.unwrap_or_default()),
        ];
        rows::write(Table::Entities, &cells, out)?;
    }
    Some(())
}

fn stances(
    document: &Document<'_>,
    positions: &mut Positions<'_>,
    out: &mut Vec<u8>,
) -> Option<()> {
    for stance in stances::read(document) {
        let (start, end) = positions.outside(stance.span);
        let cells: [Cell<'_>; database::STANCE_CELLS] = [
            Cell::Integer(start.into()),
            Cell::Integer(end.into()),
            Cell::Text(stance.holder),
            Cell::Text(stance.holder_name),
            Cell::Text(stance.target),
            Cell::Text(stance.target_name),
            Cell::Text(stance.kind.name()),
            Cell::Integer(stance.sign().into()),
            Cell::Real(stance.polarity + 0.0),
            Cell::Text(stance.channel.name()),
            Cell::Integer(stance.embedded.into()),
            Cell::Real(stance.confidence + 0.0),
            Cell::filled(stance.rule),
            piece(document, stance.trigger),
            piece(document, stance.span),
            piece(document, stance.sentence),
        ];
        rows::write(Table::Stances, &cells, out)?;
    }
    Some(())
}

fn piece<'a>(document: &Document<'a>, span: Span) -> Cell<'a> {
    Cell::Text(span.of(document.text()).unwrap_or_default())
}

/// What a value is in a column of its own.
fn cell(value: Option<Value<'_>>) -> Cell<'_> {
    match value {
        None | Some(Value::Span(_) | Value::List(_) | Value::Json("null")) => Cell::Null,
        Some(Value::Text(text) | Value::Json(text)) => Cell::Text(text),
        Some(Value::Number(number)) => Cell::number(number),
        Some(Value::Bool(bool)) => Cell::Integer(bool.into()),
    }
}

/// A list as text, which is all that a column can hold of it; as JSON it stands in `metadata`.
fn joined(list: List<'_>) -> String {
    let member = |value: Value<'_>| match value {
        Value::Text(text) | Value::Json(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::List(list) => joined(list),
        Value::Span(_) => String::new(),
    };
    list.iter().map(member).collect::<Vec<_>>().join("; ")
}
