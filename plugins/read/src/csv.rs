//! The source `csv`: each row of a table is a document.

mod again;
pub(crate) mod columns;
pub(crate) mod rows;
pub(crate) mod scan;

use docmill_core::{
    Block, BuildError, Cursor, Cut, DocumentBuf, DocumentError, Input, Intake, Origin, Shard,
    Source, SourceContract,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{inputs::InputsCut, open, paths};
use columns::{Column, Wanted};
use scan::{Fields, Row};

/// Reads tables with a header row, each row one document.
///
/// Tables are UTF-8, their fields quoted with `"` where need be (`""` is a quote inside), also across
/// lines. A broken row fails alone and is named by its line; blank lines are passed over. Files
/// compressed with gzip or zstd are known by their first bytes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Files, folders and globs, relative to the working directory: one or more. A folder gives all files below it
    /// whose name ends in `.csv` or `.tsv`, also with `.gz` or `.zst` after it; a glob knows `*`, `?`, `[a-z]` and `**`
    /// for folders at any depth. Also the address of an object in a store (`s3://bucket/key`, `gs://…`, `az://…`), of
    /// all below a prefix (with `/` at its end), or a glob of these, where docmill is built with the feature `object-
    /// store`. No default.
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// The column that holds the text. Default: `text`.
    #[serde(default = "text")]
    pub text: String,
    /// The column that holds the document's id; where it is empty, one is made. Default: the column
    /// `id`, in tables that have one.
    #[serde(default)]
    pub id: Option<String>,
    /// The columns that become metadata, each under its name, as text; an empty field gives none.
    /// Default: all that have a name, but for those of `text` and `id`.
    #[serde(default)]
    pub metadata: Option<Vec<String>>,
    /// What stands between fields: one ASCII char, but for `"` and line ends. Default: a tab in files
    /// whose name ends in `.tsv`, compressed or not, and a comma in others.
    #[serde(default)]
    pub delimiter: Option<String>,
}

fn text() -> String {
    "text".to_owned()
}

const TAB_ENDINGS: [&str; 3] = ["tsv", "tsv.gz", "tsv.zst"];

/// The source `csv`.
#[derive(Debug)]
pub struct Csv {
    paths: Vec<String>,
    wanted: Wanted,
    delimiter: Option<u8>,
}

impl Source for Csv {
    const NAME: &'static str = "csv";
    const EXTENSIONS: &'static [&'static str] =
        &["csv", "tsv", "csv.gz", "tsv.gz", "csv.zst", "tsv.zst"];
    type Settings = Settings;

    fn contract(_: &Settings) -> SourceContract {
        SourceContract::new()
    }

    fn settings_for(paths: &[String]) -> serde_json::Value {
        serde_json::json!({ "paths": paths })
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if settings.paths.is_empty() {
            return Err(BuildError::at("/paths", "name at least one file, folder or glob"));
        }
        if settings.id.as_ref() == Some(&settings.text) {
            return Err(BuildError::at(
                "/id",
                "the text cannot be the id as well; name another column",
            ));
        }
        let delimiter = read_delimiter(settings.delimiter.as_deref(), "/delimiter")?;
        let Settings { paths, text, id, metadata, .. } = settings;
        Ok(Csv { paths, wanted: Wanted { text, id, metadata }, delimiter })
    }

    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        paths::shards(&self.paths, Self::EXTENSIONS, false)
    }

    fn cut(&self, shard: &Shard, max_document: usize) -> Box<dyn Cut> {
        let (wanted, delimiter) = (self.wanted.clone(), self.delimiter);
        let begin = move |uri: std::sync::Arc<str>, input: &Input, tally: &open::Tally| {
            let bytes = open::open_counted(input, tally)?.bytes;
            let delimiter = delimiter_of(&uri, delimiter);
            let wanted = wanted.clone();
            let check = move |header: &[u8]| wanted.columns(header, delimiter).map(drop);
            let rows = rows::Rows::new(uri, bytes, delimiter, Box::new(check));
            Ok(Box::new(rows) as Box<dyn crate::inputs::Records>)
        };
        Box::new(InputsCut::new(shard, max_document, Box::new(begin)))
    }

    fn parse(&self, block: &Block, documents: &mut Intake<'_>) {
        let mut end = 0;
        for piece in &block.pieces {
            if let Some((locator, error)) = &piece.failure {
                documents.fail(&piece.uri, locator, DocumentError::new(error));
                continue;
            }
            let heading = block.bytes.get(end..piece.range.start).unwrap_or_default();
            let bytes = block.bytes.get(piece.range.clone()).unwrap_or_default();
            end = piece.range.end;
            let delimiter = delimiter_of(&piece.uri, self.delimiter);
            let mut table = Table::new(self, heading, delimiter);
            let mark = match bytes.strip_prefix(rows::MARK) {
                Some(_) if piece.offset == 0 => rows::MARK.len(),
                _ => 0,
            };
            let bytes = bytes.get(mark..).unwrap_or_default();
            scan::each_row(bytes, delimiter, table.line, |row| {
                let offset = piece.offset + (mark + row.start) as u64;
                table.take(&piece.uri, offset, &row, documents);
            });
        }
    }

    fn reread(
        &self,
        origin: &Origin,
        cursor: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        again::reread(origin, cursor, raw)
    }
}

/// The setting `delimiter`, which stands at this pointer.
pub(crate) fn read_delimiter(set: Option<&str>, at: &str) -> Result<Option<u8>, BuildError> {
    match set.map(str::as_bytes) {
        None => Ok(None),
        Some([char]) if char.is_ascii() && !b"\"\r\n".contains(char) => Ok(Some(*char)),
        Some(_) => {
            let message = "a delimiter is one ASCII char, such as \",\", \";\" or \"\\t\"";
            Err(BuildError::at(at, message))
        }
    }
}

/// What divides the fields of a table.
pub(crate) fn delimiter_of(uri: &str, set: Option<u8>) -> u8 {
    set.unwrap_or(if paths::has_ending(uri, &TAB_ENDINGS) { b'\t' } else { b',' })
}

/// Turns rows into documents.
struct Table<'a> {
    source: &'a Csv,
    delimiter: u8,
    line: u64,
    /// Once the header row is known.
    columns: Option<Vec<Column>>,
}

impl<'a> Table<'a> {
    /// A table of which a piece has this heading; see [`rows`].
    fn new(source: &'a Csv, heading: &[u8], delimiter: u8) -> Self {
        let (line, header) = rows::read_heading(heading);
        // A header row that does not fit was refused before.
        let columns = header.and_then(|header| source.wanted.columns(header, delimiter).ok());
        Table { source, delimiter, line, columns }
    }

    fn take(&mut self, uri: &str, offset: u64, row: &Row<'_>, documents: &mut Intake<'_>) {
        let Some(columns) = &self.columns else {
            self.columns = self.source.wanted.columns(row.bytes, self.delimiter).ok();
            return;
        };
        let delimiter = self.delimiter;
        documents.document(uri, format_args!("byte={offset}"), row.bytes, |document| {
            fill(row, columns, delimiter, document)?;
            let column = columns.iter().position(|column| column.text).unwrap_or_default();
            document.set_locator(Locator { offset, column, delimiter });
            Ok(())
        });
    }
}

fn fill(
    row: &Row<'_>,
    columns: &[Column],
    delimiter: u8,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    let text = row.checked(columns.len(), delimiter).map_err(DocumentError::new)?;
    for (field, column) in Fields::new(text, delimiter).zip(columns) {
        if column.text {
            document.push_text(&field);
        }
        if column.id {
            document.set_id(&field);
        }
        if let Some(key) = column.key.as_deref().filter(|_| !field.is_empty()) {
            document.set(key, (&*field).into());
        }
    }
    Ok(())
}

/// Where a row begins, after decompression, and which of its fields, counted from 0, is the text.
#[derive(Debug, PartialEq, Eq)]
struct Locator {
    offset: u64,
    column: usize,
    delimiter: u8,
}

impl Locator {
    fn parse(locator: &str) -> Option<Self> {
        let (place, delimiter) = match locator.split_once(";delimiter=") {
            Some((place, delimiter)) => (place, delimiter),
            None => (locator, ","),
        };
        let (offset, column) = place.strip_prefix("byte=")?.split_once(";column=")?;
        let (offset, column) = (offset.parse().ok()?, column.parse().ok()?);
        match delimiter.as_bytes() {
            [delimiter] if delimiter.is_ascii() => {
                Some(Locator { offset, column, delimiter: *delimiter })
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Locator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "byte={};column={}", self.offset, self.column)?;
        match self.delimiter {
            b',' => Ok(()),
            delimiter => write!(f, ";delimiter={}", char::from(delimiter)),
        }
    }
}

#[cfg(test)]
mod tests;
