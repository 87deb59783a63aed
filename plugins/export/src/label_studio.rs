//! The sink `label-studio`: tasks with predictions, for people to look over and mend.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use docmill_core::{
    BuildError, Document, DocumentError, Offsets, Positions, Sink, SinkContract, json,
    vocab::{entities::Entity, stances},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mentions::{self, Mentions};

/// Writes tasks as Label Studio imports them, an array of JSON: the text, and as a prediction the entities and, where
/// both sides are named in the sentence, the stances between them as relations. Positions are in chars, as Label
/// Studio counts; a carriage return in the text is written as a space. The file is made when all documents are
/// there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LabelStudioSettings {
    /// The file, below the run's folder. Default: `label-studio.json`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// What Label Studio shows as the version of the model that made the predictions. Default: `docmill`.
    pub model_version: String,
}

impl Default for LabelStudioSettings {
    fn default() -> Self {
        LabelStudioSettings {
            path: "label-studio.json".to_owned(),
            model_version: "docmill".to_owned(),
        }
    }
}

/// The sink.
pub struct LabelStudio {
    model_version: String,
}

impl Sink for LabelStudio {
    const NAME: &'static str = "label-studio";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = LabelStudioSettings;

    fn contract(settings: &LabelStudioSettings) -> SinkContract {
        SinkContract::new().merged(&settings.path, "/path")
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: LabelStudioSettings) -> Result<Self, BuildError> {
        Ok(LabelStudio { model_version: settings.model_version })
    }

    /// A comma, a line's end and the task: the first comma of all is left out of the array.
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let Some(out) = outputs.first_mut() else { return Ok(()) };
        out.extend_from_slice(b",\n");
        let written = self.task(document, out);
        written.map_err(|error| DocumentError::because("cannot be written as a task", error))
    }

    fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        let mut array = BufWriter::new(File::create(path)?);
        array.write_all(b"[")?;
        let mut first = true;
        for part in parts {
            let mut tasks = BufReader::new(File::open(part)?);
            if first {
                first = tasks.by_ref().take(1).read(&mut [0])? == 0;
            }
            io::copy(&mut tasks, &mut array)?;
        }
        array.write_all(b"\n]\n")?;
        array.flush()
    }
}

/// What is shown: `data` to Label Studio.
#[derive(Serialize)]
struct Shown<'a> {
    text: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outlet: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Prediction<'a> {
    model_version: &'a str,
    result: Vec<Region<'a>>,
}

/// A mention, or a relation of two.
#[derive(Serialize)]
#[serde(untagged)]
enum Region<'a> {
    Mention {
        id: String,
        from_name: &'a str,
        to_name: &'a str,
        r#type: &'a str,
        value: Labelled<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<f32>,
        meta: Note,
    },
    Relation {
        r#type: &'a str,
        from_id: String,
        to_id: String,
        direction: &'a str,
        labels: [&'a str; 2],
    },
}

#[derive(Serialize)]
struct Labelled<'a> {
    start: u32,
    end: u32,
    text: &'a str,
    labels: [&'a str; 1],
}

/// Lines that are shown beside a region.
#[derive(Serialize)]
struct Note {
    text: Vec<String>,
}

impl LabelStudio {
    fn task(&self, document: &Document<'_>, out: &mut Vec<u8>) -> serde_json::Result<()> {
        // Browsers make one line's end of two chars; a space keeps every position.
        let text = document.text().replace('\r', " ");
        let metadata = |key| document.metadata(key).and_then(|value| value.as_text());
        let shown = Shown {
            text: &text,
            id: document.id(),
            title: metadata("title"),
            outlet: metadata("outlet"),
            date: metadata("date"),
            url: metadata("url"),
        };
        let prediction =
            Prediction { model_version: &self.model_version, result: regions(document, &text) };

        out.extend_from_slice(b"{\"data\":");
        serde_json::to_writer(&mut *out, &shown)?;
        out.extend_from_slice(b",\"meta\":");
        json::write_metadata(document, out);
        out.extend_from_slice(b",\"predictions\":");
        serde_json::to_writer(&mut *out, &[prediction])?;
        out.push(b'}');
        Ok(())
    }
}

fn regions<'a>(document: &Document<'a>, text: &'a str) -> Vec<Region<'a>> {
    let positions = &mut Positions::new(document.text(), Offsets::Chars);
    let mentions = Mentions::read(document);
    let name = |at: usize| format!("e{}", at + 1);
    let mention = |(at, entity): (usize, &Entity<'a>)| {
        let (start, end) = positions.outside(entity.span);
        let mut note = vec![entity.id.to_owned()];
        note.extend(entity.actor.map(|actor| format!("actor {actor}")));
        Region::Mention {
            id: name(at),
            from_name: "label",
            to_name: "text",
            r#type: "labels",
            value: Labelled {
                start,
                end,
                text: entity.span.of(text).unwrap_or_default(),
                labels: [entity.kind.name()],
            },
            score: entity.score,
            meta: Note { text: note },
        }
    };
    let mut regions: Vec<_> = mentions.all().iter().enumerate().map(mention).collect();
    for stance in stances::read(document) {
        let sides = [stance.holder, stance.target].map(|actor| mentions.near(actor, &stance));
        if let [Some(holder), Some(target)] = sides
            && holder != target
        {
            regions.push(Region::Relation {
                r#type: "relation",
                from_id: name(holder),
                to_id: name(target),
                direction: "right",
                labels: [mentions::sign(&stance), stance.kind.name()],
            });
        }
    }
    regions
}

#[cfg(test)]
mod tests;
