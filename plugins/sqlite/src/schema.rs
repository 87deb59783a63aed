//! The tables of the database.

/// Metadata that has columns of its own unless the settings say otherwise.
pub(crate) const USUAL: [&str; 5] = ["title", "byline", "outlet", "date", "url"];

/// The columns of `documents` that are not metadata.
const OF_DOCUMENTS: [&str; 9] =
    ["number", "id", "words", "chars", "text", "metadata", "uri", "locator", "digest"];

/// What is made before the rows are: the mark of the schema, and empty tables. No types on columns of metadata, so
/// that a number stays one.
pub(crate) fn tables(columns: &[String]) -> String {
    let metadata: String =
        columns.iter().map(|column| format!("\n  {},", quoted(column))).collect();
    format!(
        "PRAGMA user_version = 1;
CREATE TABLE documents (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,{metadata}
  words INTEGER NOT NULL,
  chars INTEGER NOT NULL,
  text TEXT NOT NULL,
  metadata TEXT NOT NULL,
  uri TEXT,
  locator TEXT,
  digest TEXT
);
CREATE TABLE entities (
  number INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (number),
  start INTEGER NOT NULL,
  \"end\" INTEGER NOT NULL,
  text TEXT NOT NULL,
  label TEXT NOT NULL,
  entity TEXT NOT NULL,
  name TEXT NOT NULL,
  actor TEXT,
  actor_name TEXT,
  score REAL,
  rule TEXT
);
CREATE TABLE stances (
  number INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (number),
  start INTEGER NOT NULL,
  \"end\" INTEGER NOT NULL,
  holder TEXT NOT NULL,
  holder_name TEXT NOT NULL,
  target TEXT NOT NULL,
  target_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  sign INTEGER NOT NULL,
  polarity REAL NOT NULL,
  channel TEXT NOT NULL,
  embedded INTEGER NOT NULL,
  confidence REAL NOT NULL,
  rule TEXT,
  \"trigger\" TEXT NOT NULL,
  evidence TEXT NOT NULL,
  sentence TEXT NOT NULL
);
CREATE TABLE shards (
  number INTEGER PRIMARY KEY,
  documents INTEGER NOT NULL
);"
    )
}

/// What is made of the rows: indexes, which cost less at the end than row by row.
pub(crate) fn indexes(columns: &[String]) -> String {
    let mut indexes = String::from(
        "CREATE INDEX documents_id ON documents (id);
CREATE INDEX entities_document ON entities (document);
CREATE INDEX entities_entity ON entities (entity);
CREATE INDEX entities_actor ON entities (actor) WHERE actor IS NOT NULL;
CREATE INDEX stances_document ON stances (document);
CREATE INDEX stances_holder ON stances (holder, target);
CREATE INDEX stances_target ON stances (target);",
    );
    for column in ["outlet", "date"] {
        if columns.iter().any(|given| given == column) {
            indexes
                .push_str(&format!("\nCREATE INDEX documents_{column} ON documents ({column});"));
        }
    }
    indexes
}

/// The search over titles and texts: an index of its own beside the table, which keeps the only copy of the
/// words. Datasette finds it by `content="documents"`.
pub(crate) fn search(columns: &[String]) -> String {
    let title = if columns.iter().any(|column| column == "title") { "title, " } else { "" };
    format!(
        "CREATE VIRTUAL TABLE documents_fts USING fts5 ({title}text, content=\"documents\", content_rowid=\"number\", \
         tokenize=\"unicode61 remove_diacritics 2\");
INSERT INTO documents_fts (documents_fts) VALUES ('rebuild');"
    )
}

/// A statement that adds a row of this many cells; the first is the number of the document.
pub(crate) fn insert(table: &str, cells: usize) -> String {
    let first = if table == "documents" { "?" } else { "NULL, ?" };
    format!("INSERT INTO {table} VALUES ({first}{})", ", ?".repeat(cells))
}

/// What is wrong with columns for metadata.
pub(crate) fn wrong(columns: &[String]) -> Option<(usize, String)> {
    if columns.len() > 500 {
        return Some((500, "the database takes up to 500 columns".to_owned()));
    }
    columns.iter().enumerate().find_map(|(at, column)| {
        let same = |other: &str| other.eq_ignore_ascii_case(column);
        let before = columns.get(..at).unwrap_or_default();
        let message = if column.is_empty() || column.contains('\0') {
            "a column needs a name".to_owned()
        } else if OF_DOCUMENTS.into_iter().any(same) {
            format!("the table has another column `{column}`; the value is found in `metadata`")
        } else if before.iter().any(|other| same(other)) {
            format!("the column `{column}` is named twice; SQLite does not tell capitals apart")
        } else {
            return None;
        };
        Some((at, message))
    })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_cannot_be_are_refused() {
        let wrong_at = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
            wrong(&columns).map(|(at, _)| at)
        };
        assert_eq!(wrong_at(&USUAL), None);
        assert_eq!(wrong_at(&["a b", "\"quoted\""]), None);
        assert_eq!(wrong_at(&["title", "Text"]), Some(1));
        assert_eq!(wrong_at(&["title", "date", "Title"]), Some(2));
        assert_eq!(wrong_at(&[""]), Some(0));
    }
}
