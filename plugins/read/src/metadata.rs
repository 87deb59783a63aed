//! Joins a table to documents: what a source's documents do not say of themselves, such as outlet and date.
//!
//! A row is found by the document's id, by its address, or by the name of its file. Of several keys that fit a file
//! the longest is taken, so that a table may name some files with their folder and others without; what that
//! cannot decide, and a row that would go to two files, is refused before anything is read.

mod columns;
mod names;
mod table;

use docmill_core::{BuildError, DocumentBuf, DocumentError, Shard, Value};
use schemars::JsonSchema;
use serde::Deserialize;

use table::Table;

/// The setting `metadata` of sources.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Metadata {
    /// The table's path.
    Path(#[schemars(extend("format" = "path"))] String),
    /// The table's path, and more.
    Table(Settings),
}

/// A table of metadata, and how it is read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The table's path: UTF-8 with a header row, as the source `csv` reads it, also compressed with gzip
    /// or zstd. No default.
    #[schemars(extend("format" = "path"))]
    pub path: String,
    /// The column by which a row is found; no two rows may have the same key. Default: `id` or `file`
    /// (for `warc`, `id` or `url`), whichever the table has.
    #[serde(default)]
    pub key: Option<String>,
    /// The columns that become metadata, each under its name, as text, in place of what the document says
    /// under that name; an empty field changes nothing. Default: all that have a name, but for that of `key`.
    #[serde(default)]
    pub columns: Option<Vec<String>>,
    /// What stands between fields: one ASCII char, but for `"` and line ends. Default: a tab in a file
    /// whose name ends in `.tsv`, compressed or not, and a comma in others.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// What becomes of a document that has no row. Default: it is kept as it is, but where not one of the
    /// files has a row, that is refused before anything is read.
    #[serde(default)]
    pub missing: Option<Missing>,
}

/// What becomes of a document that has no row.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// It is kept as it is, though no document should have a row.
    Keep,
    /// It fails, and goes to the dead letters.
    Fail,
}

/// What a document is known by in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Id,
    /// Its id is its path.
    File,
    /// It is a page of an archive, which has a record's id and its metadata an address.
    Page,
}

impl By {
    /// The columns that are the key where the settings name none.
    fn keys(self) -> [&'static str; 2] {
        match self {
            By::Id | By::File => ["id", "file"],
            By::Page => ["id", "url"],
        }
    }
}

/// The metadata key of a page's address.
pub(crate) const ADDRESS: &str = "url";

/// A table, ready to be joined to documents.
#[derive(Debug)]
pub(crate) struct Join {
    table: Table,
    path: String,
    by: By,
    missing: Option<Missing>,
}

impl Join {
    /// Reads the table that the setting `metadata` names, if there is one.
    pub(crate) fn build(metadata: Option<Metadata>, by: By) -> Result<Option<Self>, BuildError> {
        let settings = match metadata {
            None => return Ok(None),
            Some(Metadata::Table(settings)) => settings,
            Some(Metadata::Path(path)) => {
                Settings { path, key: None, columns: None, delimiter: None, missing: None }
            }
        };
        let table = Table::read(&settings, by)?;
        Ok(Some(Join { table, path: settings.path, by, missing: settings.missing }))
    }

    /// Gives a document that is otherwise made the metadata of its row.
    pub(crate) fn fill(&self, document: &mut DocumentBuf) -> Result<(), DocumentError> {
        let view = document.view();
        let address = match (self.by, view.metadata(ADDRESS)) {
            (By::Page, Some(Value::Text(address))) => Some(address),
            _ => None,
        };
        let row = self.row_of(view.id());
        let row = row.or_else(|| address.and_then(|address| self.table.find(address)));
        if let Some(row) = row {
            for (name, value) in self.table.values(row) {
                document.set(name, value.into());
            }
            return Ok(());
        }
        if self.missing != Some(Missing::Fail) {
            return Ok(());
        }
        let (id, path) = (view.id(), &self.path);
        Err(DocumentError::new(match (id, self.by) {
            (_, By::Page) => format!(
                "no row of `{path}` has the id `{id}` or the address `{}`; add one",
                address.unwrap_or_default()
            ),
            ("", _) => format!("the document has no id, by which it could have a row in `{path}`"),
            (_, By::Id) => format!("no row of `{path}` has the id `{id}`; add one"),
            (_, By::File) => format!("no row of `{path}` is for the file `{id}`; add one"),
        }))
    }

    /// Checks before anything is read that rows and files fit, where each file is a document.
    pub(crate) fn check(&self, shards: &[Shard]) -> Result<(), BuildError> {
        let refuse = |message| Err(BuildError::at("/metadata/path", message));
        let (table, path) = (&self.table, &self.path);
        let uris = || shards.iter().flat_map(|shard| &shard.inputs).map(|input| &*input.uri);
        let mut files: Vec<Option<&str>> = vec![None; table.len()];
        for uri in uris() {
            let Some(file) = self.row_of(uri).and_then(|row| files.get_mut(row)) else { continue };
            if let Some(other) = file {
                let row = self.row_of(uri).unwrap_or_default();
                return refuse(format!(
                    "`{path}`: the row on line {} (`{}`) is for both `{other}` and `{uri}`; write their \
                     folders or endings into the table, a row each",
                    table.line(row),
                    table.key(row).escape_debug()
                ));
            }
            *file = Some(uri);
        }
        // A name with and without its ending, where nothing else has the one without.
        for uri in uris() {
            let mut rows = names::of(uri).filter_map(|name| table.find(name));
            let (Some(first), Some(second)) = (rows.next(), rows.next()) else { continue };
            let folder = |row| table.key(row).rfind('/');
            let unused = files.get(second).is_some_and(Option::is_none);
            if unused && folder(first) == folder(second) {
                return refuse(format!(
                    "`{path}`: the rows on lines {} (`{}`) and {} (`{}`) are both for `{uri}`; take one out",
                    table.line(first),
                    table.key(first).escape_debug(),
                    table.line(second),
                    table.key(second).escape_debug()
                ));
            }
        }
        let mut uris = uris();
        match uris.next() {
            Some(first)
                if self.missing != Some(Missing::Keep) && files.iter().all(Option::is_none) =>
            {
                let key = match table.len() {
                    0 => "it has none".to_owned(),
                    _ => format!("the first is for `{}`", table.key(0).escape_debug()),
                };
                refuse(format!(
                    "`{path}` has no row for any file ({key}; the first of {} is `{first}`); set \
                     `metadata.key` to the column that names files, or `metadata.missing = \"keep\"`",
                    1 + uris.count()
                ))
            }
            _ => Ok(()),
        }
    }

    fn row_of(&self, id: &str) -> Option<usize> {
        match self.by {
            By::Id | By::Page => self.table.find(id),
            By::File => names::of(id).find_map(|name| self.table.find(name)),
        }
    }
}

#[cfg(test)]
mod tests;
