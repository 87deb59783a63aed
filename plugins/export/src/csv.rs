//! The sink `csv`: tables of documents, entities and stances.
//!
//! UTF-8 with a byte order mark, so that Excel reads it as such; comma, double quotes, CRLF. Text cells
//! that a spreadsheet would run as a formula are guarded by an apostrophe. A cell may hold more than the
//! 32,767 chars that Excel shows.
//!
//! | table | columns |
//! |---|---|
//! | documents | document, title, byline, outlet, date, words, chars, text, uri |
//! | entities | document, start, end, text, label, entity, name, actor, actor-name, score, rule |
//! | stances | document, start, end, holder, holder-name, target, target-name, kind, sign, polarity, channel, embedded, confidence, rule, trigger, evidence, sentence |

use docmill_core::{
    BuildError, Document, DocumentError, Offsets, Positions, Sink, SinkContract, Span,
    vocab::{entities, stances},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cell;

/// Writes tables for spreadsheets and statistics: a row a document, a row a mention of an entity, a row a
/// stance. UTF-8 with a byte order mark; positions and numbers as numbers; text that a spreadsheet would
/// run as a formula has an apostrophe before it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CsvSettings {
    /// The table of documents, below the run's folder; empty for none. Default: `documents.csv`.
    pub documents: String,
    /// The table of entities; empty for none. Default: `entities.csv`.
    pub entities: String,
    /// The table of stances; empty for none. Default: `stances.csv`.
    pub stances: String,
    /// The unit of `start` and `end`: `chars`, `bytes` or `utf16`. Default: `chars`.
    pub offsets: Offsets,
}

impl Default for CsvSettings {
    fn default() -> Self {
        CsvSettings {
            documents: "documents.csv".to_owned(),
            entities: "entities.csv".to_owned(),
            stances: "stances.csv".to_owned(),
            offsets: Offsets::default(),
        }
    }
}

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Documents,
    Entities,
    Stances,
}

impl CsvSettings {
    /// The tables that are written: which, where, and the setting that says so.
    fn tables(&self) -> impl Iterator<Item = (Table, &str, &'static str)> {
        let all = [
            (Table::Documents, self.documents.as_str(), "/documents"),
            (Table::Entities, self.entities.as_str(), "/entities"),
            (Table::Stances, self.stances.as_str(), "/stances"),
        ];
        all.into_iter().filter(|(_, path, _)| !path.is_empty())
    }
}

/// The sink.
pub struct Csv {
    tables: Vec<Table>,
    offsets: Offsets,
}

impl Sink for Csv {
    const NAME: &'static str = "csv";
    const EXTENSIONS: &'static [&'static str] = &["csv"];
    type Settings = CsvSettings;

    fn contract(settings: &CsvSettings) -> SinkContract {
        settings.tables().fold(SinkContract::new(), |contract, (_, path, setting)| {
            contract.output(path, setting)
        })
    }

    fn settings_for(path: &str) -> serde_json::Value {
        let stem = path.strip_suffix(".csv").unwrap_or(path);
        serde_json::json!({
            "documents": format!("{stem}-documents.csv"),
            "entities": format!("{stem}-entities.csv"),
            "stances": format!("{stem}-stances.csv"),
        })
    }

    fn build(settings: CsvSettings) -> Result<Self, BuildError> {
        let tables: Vec<Table> = settings.tables().map(|(table, ..)| table).collect();
        if tables.is_empty() {
            let message = "all three tables are turned off; name one, or leave the sink out";
            return Err(BuildError::at("/documents", message));
        }
        Ok(Csv { tables, offsets: settings.offsets })
    }

    fn header(&self, output: usize, bytes: &mut Vec<u8>) {
        let Some(table) = self.tables.get(output) else { return };
        let columns: &[&str] = match table {
            Table::Documents => {
                &["document", "title", "byline", "outlet", "date", "words", "chars", "text", "uri"]
            }
            Table::Entities => &[
                "document",
                "start",
                "end",
                "text",
                "label",
                "entity",
                "name",
                "actor",
                "actor-name",
                "score",
                "rule",
            ],
            Table::Stances => &[
                "document",
                "start",
                "end",
                "holder",
                "holder-name",
                "target",
                "target-name",
                "kind",
                "sign",
                "polarity",
                "channel",
                "embedded",
                "confidence",
                "rule",
                "trigger",
                "evidence",
                "sentence",
            ],
        };
        bytes.extend_from_slice("\u{feff}".as_bytes());
        bytes.extend_from_slice(columns.join(",").as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        for (table, bytes) in self.tables.iter().zip(outputs) {
            let mut rows = Rows {
                document,
                positions: Positions::new(document.text(), self.offsets),
                writer: csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .buffer_capacity(4096)
                    .from_writer(bytes),
            };
            let written = match table {
                Table::Documents => rows.document(),
                Table::Entities => rows.entities(),
                Table::Stances => rows.stances(),
            };
            let flushed = written.and_then(|()| rows.writer.flush().map_err(csv::Error::from));
            flushed.map_err(|error| DocumentError::because("cannot be written as rows", error))?;
        }
        Ok(())
    }
}

/// Writes the rows of one document into one table.
struct Rows<'d, 'a, 'o> {
    document: &'d Document<'a>,
    positions: Positions<'a>,
    writer: csv::Writer<&'o mut Vec<u8>>,
}

impl<'a> Rows<'_, 'a, '_> {
    fn document(&mut self) -> Result<(), csv::Error> {
        let document = self.document;
        let text = document.text();
        let metadata = |key| cell::value(document.metadata(key));
        self.writer.write_record([
            &*cell::text(document.id()),
            &metadata("title"),
            &metadata("byline"),
            &metadata("outlet"),
            &metadata("date"),
            &text.split_whitespace().count().to_string(),
            &text.chars().count().to_string(),
            &cell::text(text),
            &cell::text(&document.origin().uri),
        ])
    }

    fn entities(&mut self) -> Result<(), csv::Error> {
        for entity in entities::read(self.document) {
            let (start, end) = self.positions.outside(entity.span);
            self.writer.write_record([
                &*cell::text(self.document.id()),
                &start.to_string(),
                &end.to_string(),
                &self.text(entity.span),
                entity.kind.name(),
                &cell::text(entity.id),
                &cell::text(entity.name),
                &cell::text(entity.actor.unwrap_or_default()),
                &cell::text(entity.actor_name.unwrap_or_default()),
                &entity.score.map(|score| cell::number(score.into())).unwrap_or_default(),
                &cell::text(entity.rule.unwrap_or_default()),
            ])?;
        }
        Ok(())
    }

    fn stances(&mut self) -> Result<(), csv::Error> {
        for stance in stances::read(self.document) {
            let (start, end) = self.positions.outside(stance.span);
            self.writer.write_record([
                &*cell::text(self.document.id()),
                &start.to_string(),
                &end.to_string(),
                &cell::text(stance.holder),
                &cell::text(stance.holder_name),
                &cell::text(stance.target),
                &cell::text(stance.target_name),
                stance.kind.name(),
                &stance.sign().to_string(),
                &cell::number(stance.polarity),
                stance.channel.name(),
                if stance.embedded { "true" } else { "false" },
                &cell::number(stance.confidence),
                &cell::text(stance.rule),
                &self.text(stance.trigger),
                &self.text(stance.span),
                &self.text(stance.sentence),
            ])?;
        }
        Ok(())
    }

    fn text(&self, span: Span) -> std::borrow::Cow<'a, str> {
        cell::text(span.of(self.document.text()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::DocumentBuf;

    use super::*;

    fn tables(document: &DocumentBuf) -> Vec<String> {
        let mut sink = Csv::build(CsvSettings::default()).unwrap();
        let mut outputs = vec![Vec::new(); 3];
        for (at, output) in outputs.iter_mut().enumerate() {
            sink.header(at, output);
        }
        sink.encode(&document.view(), &mut outputs).unwrap();
        outputs.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }

    fn sample() -> DocumentBuf {
        let text = "=1+1 👩\u{200d}👧 e\u{301}, \"Kyiv\"\nthanked Berlin";
        let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
        let mut document = DocumentBuf::with_text(text);
        document.set_id("-a");
        document.set("title", "Thanks, \"again\"".into());
        document.set("date", 2026.0.into());
        let kyiv = document.annotate("entities", at("Kyiv")).label("GPE").score(0.98);
        kyiv.with("entity", "place:kyiv").with("name", "Kyiv").with("actor", "country:UA");
        let all = Span::new(0, text.len());
        document
            .annotate("stances", all)
            .with("holder", "country:UA")
            .with("target", "country:DE")
            .with("kind", "attitude")
            .with("polarity", -0.5)
            .with("trigger", Span::from(at("thanked")));
        document.seal();
        document
    }

    #[test]
    fn the_tables_of_a_document() {
        let [documents, entities, stances] = &tables(&sample())[..] else { panic!("three") };
        assert_eq!(
            documents,
            "\u{feff}document,title,byline,outlet,date,words,chars,text,uri\r\n\
             '-a,\"Thanks, \"\"again\"\"\",,,2026,6,34,\"'=1+1 👩\u{200d}👧 e\u{301}, \"\"Kyiv\"\"\nthanked Berlin\",\r\n"
        );
        assert_eq!(
            entities,
            "\u{feff}document,start,end,text,label,entity,name,actor,actor-name,score,rule\r\n\
             '-a,14,18,Kyiv,GPE,place:kyiv,Kyiv,country:UA,,0.98,\r\n"
        );
        let row = stances.lines().nth(1).unwrap();
        assert!(
            row.starts_with("'-a,0,34,country:UA,country:UA,country:DE,country:DE,attitude,-1,-0.5,action,false,1,,thanked,"),
            "{row}"
        );
    }

    #[test]
    fn a_table_that_is_turned_off_is_not_written() {
        let settings = CsvSettings { entities: String::new(), ..CsvSettings::default() };
        let paths: Vec<_> = settings.tables().map(|(_, path, _)| path.to_owned()).collect();
        assert_eq!(paths, ["documents.csv", "stances.csv"]);
        let none = CsvSettings { documents: String::new(), stances: String::new(), ..settings };
        assert!(Csv::build(none).is_err());
    }
    #[test]
    fn it_keeps_the_contract() {
        docmill_core::testing::check_sink::<Csv>(docmill_core::testing::no_settings());
        docmill_core::testing::check_sink::<Csv>(
            serde_json::json!({ "entities": "", "offsets": "utf16" }),
        );
    }
}
