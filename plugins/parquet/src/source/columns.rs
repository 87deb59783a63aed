//! What a file's columns are, and what is wanted of them.

use parquet::{
    basic::Type as Physical,
    file::metadata::FileMetaData,
    schema::types::{ColumnDescPtr, ColumnDescriptor},
};

use super::layers::List;
use crate::sink::FOOTER_KEY;

/// Which columns are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    pub(super) id: Option<String>,
    pub(super) metadata: Option<Vec<String>>,
}

/// The columns of a file that are read, by their number among its columns of values.
pub(super) struct Columns {
    pub(super) text: usize,
    /// Whether the text is the source of a page.
    pub(super) html: bool,
    pub(super) id: Option<usize>,
    /// The metadata key that each gives.
    pub(super) keys: Vec<(usize, String)>,
    /// What docmill wrote: all metadata in one column, and the layers.
    pub(super) own: Option<Own>,
}

pub(super) struct Own {
    pub(super) metadata: usize,
    pub(super) lists: Vec<List>,
    /// The unit of positions, by its name.
    pub(super) offsets: String,
}

impl Wanted {
    /// The columns of a file. An error says what does not fit and what to do.
    pub(super) fn columns(&self, file: &FileMetaData) -> Result<Columns, String> {
        let all = file.schema_descr().columns();
        let at =
            |name: &str| all.iter().position(|column| is_flat(column) && column.name() == name);
        let named = |setting: &str, name: &str| at(name).ok_or_else(|| missing(setting, name, all));
        let (text, html) = match (&self.text, &self.html) {
            (Some(text), _) => (named("text", text)?, false),
            (None, Some(html)) => (named("html", html)?, true),
            (None, None) => match (at("text"), at("html")) {
                (Some(text), _) => (text, false),
                (None, Some(html)) => (html, true),
                (None, None) => return Err(missing("text", "text", all)),
            },
        };
        if let Some(column) = all.get(text).filter(|c| c.physical_type() != Physical::BYTE_ARRAY) {
            let name = column.name();
            return Err(format!(
                "its column `{name}` holds no text; set `text` or `html` to one that does"
            ));
        }
        let id = match &self.id {
            Some(id) => Some(named("id", id)?),
            None => at("id").filter(|id| *id != text),
        };
        if let Some(names) = &self.metadata {
            let key = |name: &String| Ok((named("metadata", name)?, name.clone()));
            let keys = names.iter().map(key).collect::<Result<_, String>>()?;
            return Ok(Columns { text, html, id, keys, own: None });
        }
        let own = own(file, all).filter(|_| at("text") == Some(text));
        if own.is_some() {
            return Ok(Columns { text, html, id, keys: Vec::new(), own });
        }
        let others = all
            .iter()
            .enumerate()
            .filter(|(at, column)| is_flat(column) && *at != text && Some(*at) != id);
        let keys = others.map(|(at, column)| (at, column.name().to_owned())).collect();
        Ok(Columns { text, html, id, keys, own })
    }
}

impl Columns {
    /// The numbers of all columns that are read: text, id, keys, metadata, lists.
    pub(super) fn all(&self) -> Vec<usize> {
        let mut all = vec![self.text];
        all.extend(self.id);
        all.extend(self.keys.iter().map(|(at, _)| at));
        if let Some(own) = &self.own {
            all.push(own.metadata);
            all.extend(own.lists.iter().flat_map(|list| &list.leaves).map(|(at, _)| at));
        }
        all
    }

    /// How many of them, the first ones, have one value a row; the others are lists.
    pub(super) fn flat(&self) -> usize {
        1 + usize::from(self.id.is_some()) + self.keys.len() + usize::from(self.own.is_some())
    }
}

/// The layers and the metadata of a file of documents that docmill wrote.
fn own(file: &FileMetaData, all: &[ColumnDescPtr]) -> Option<Own> {
    let footer = file.key_value_metadata()?.iter().find(|pair| pair.key == FOOTER_KEY)?;
    let footer: serde_json::Value = serde_json::from_str(footer.value.as_deref()?).ok()?;
    let offsets = footer.get("offsets")?.as_str()?.to_owned();
    let metadata = all.iter().position(|column| is_flat(column) && column.name() == "metadata")?;
    Some(Own { metadata, lists: List::all(all), offsets })
}

/// Whether a column has one value a row.
fn is_flat(column: &ColumnDescriptor) -> bool {
    column.max_rep_level() == 0 && column.path().parts().len() == 1
}

fn missing(setting: &str, name: &str, all: &[ColumnDescPtr]) -> String {
    let flat = all.iter().filter(|column| is_flat(column));
    let names: Vec<_> = flat.map(|column| format!("`{}`", column.name().escape_debug())).collect();
    let shown = names.get(..names.len().min(12)).unwrap_or_default().join(", ");
    format!("it has no column `{name}` but {shown}; set `{setting}` to what is there")
}
