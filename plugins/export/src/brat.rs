//! The sink `brat`: standoff annotation, two files a document, in one archive.

mod archive;
mod names;
mod standoff;

use std::{
    io,
    path::{Path, PathBuf},
};

use docmill_core::{BuildError, Document, DocumentError, Sink, SinkContract};
use schemars::JsonSchema;
use serde::Deserialize;

/// Writes documents in brat's standoff format, as an archive that unpacks to one folder: for each document its text
/// (`.txt`) and its annotations (`.ann`), entities as text-bound annotations and stances as events with a holder and
/// a target; `annotation.conf`; and `documents.tsv`, which says which file is of which document. Files are named
/// after the ids, with `_` for what file names had better not hold. The file is made when all documents are there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BratSettings {
    /// The archive, below the run's folder; the folder that it unpacks to is named as it is. Default: `brat.tar`.
    #[schemars(length(min = 1))]
    pub path: String,
}

impl Default for BratSettings {
    fn default() -> Self {
        BratSettings { path: "brat.tar".to_owned() }
    }
}

/// The sink.
pub struct Brat {
    folder: String,
}

impl Sink for Brat {
    const NAME: &'static str = "brat";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = BratSettings;

    fn contract(settings: &BratSettings) -> SinkContract {
        SinkContract::new().merged(&settings.path, "/path")
    }

    fn settings_for(path: &str) -> serde_json::Value {
        serde_json::json!({ "path": path })
    }

    fn build(settings: BratSettings) -> Result<Self, BuildError> {
        let stem = Path::new(&settings.path).file_stem().unwrap_or_default();
        Ok(Brat { folder: names::safe(&stem.to_string_lossy()) })
    }

    /// A line of JSON: the id, the text and the annotations.
    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        let Some(out) = outputs.first_mut() else { return Ok(()) };
        let parts = (document.id(), standoff::text(document), standoff::annotations(document));
        let written = serde_json::to_writer(&mut *out, &parts);
        out.push(b'\n');
        written.map_err(|error| DocumentError::because("cannot be written as standoff", error))
    }

    fn merge(&self, _: usize, parts: &[PathBuf], path: &Path) -> io::Result<()> {
        archive::make(&self.folder, parts, path)
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::DocumentBuf;

    use super::*;
    use crate::trial;

    fn made(shards: &[Vec<DocumentBuf>]) -> Vec<u8> {
        trial::made::<Brat>(BratSettings::default(), shards)
    }

    /// The archive as its files: name and text.
    fn files(archive: &[u8]) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (mut files, mut at) = (Vec::new(), 0);
        while archive[at] != 0 {
            let header = &archive[at..at + 512];
            let field = |bytes: &[u8]| text(bytes.split(|byte| *byte == 0).next().unwrap());
            let name = format!("{}/{}", field(&header[345..500]), field(&header[..100]));
            let size = usize::from_str_radix(&text(&header[124..135]), 8).unwrap();
            files.push((name, text(&archive[at + 512..at + 512 + size])));
            at += 512 + size.next_multiple_of(512);
        }
        assert_eq!(archive[at..], [0; 1024], "two empty blocks end it");
        files
    }

    #[test]
    fn a_document_is_two_files() {
        let files = files(&made(&[vec![trial::document("a")]]));
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["brat/annotation.conf", "brat/a.txt", "brat/a.ann", "brat/documents.tsv"]
        );
        assert_eq!(files[1].1, "👩\u{200d}👧 e\u{301} Port \nElm thanked Mara Quill. \n");
        assert_eq!(
            files[2].1,
            "T1\tGPE 7 11;13 16\tPort Elm\n\
             #1\tAnnotatorNotes T1\tplace:port-elm, Port Elm, actor country:XA\n\
             T2\tPERSON 25 35\tMara Quill\n\
             #2\tAnnotatorNotes T2\tperson:mara-quill, Mara Quill\n\
             T3\tact 17 24\tthanked\n\
             E1\tact:T3 Holder:T1 Target:T2\n\
             A1\tPolarity E1 favourable\n\
             A2\tChannel E1 quote\n\
             A3\tEmbedded E1\n\
             #3\tAnnotatorNotes E1\tcountry:XA to person:mara-quill, polarity 0.5, confidence 0.9\n"
        );
        assert_eq!(files[3].1, "file\tdocument\na\ta\n");
    }

    #[test]
    fn names_are_safe_and_each_is_given_once() {
        let ids =
            ["../../x", "a", "a", "A", "/etc/passwd", "", "..", "x\ny", "ä", "ö", "b/c", "b_c.txt"];
        let documents: Vec<_> = ids.map(trial::document).into();
        let archive = made(std::slice::from_ref(&documents));
        let files = files(&archive);
        let (_, table) = files.last().unwrap();
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &files {
            let rest = name.strip_prefix("brat/").unwrap();
            assert!(!rest.contains(['/', '\\']) && !rest.starts_with('.'), "{name}");
            names.push(name);
        }
        let mut lower: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        assert_eq!(lower.len(), 2 + 2 * ids.len());
        assert!(names.contains(&"brat/a-2.txt") && names.contains(&"brat/A-3.ann"), "{names:?}");
        assert!(names.contains(&"brat/b_c.txt") && names.contains(&"brat/b_c-2.txt"), "{names:?}");
        assert!(table.contains("\t../../x\n") && table.contains("\tx\\ny\n"), "{table}");

        let (left, right) = documents.split_at(2);
        assert_eq!(made(&[left.to_vec(), vec![], right.to_vec()]), archive);
    }

    /// Read by what knows nothing of the sink: Python's `tarfile` and a parser of the format's own rules.
    #[test]
    fn python_reads_it() {
        trial::python(
            "import tarfile",
            r##"
import re, sys, tarfile
archive = tarfile.open(sys.argv[1])
files = {}
for member in archive:
    assert member.isfile() and member.mtime == 0 and member.mode == 0o644
    files[member.name] = archive.extractfile(member).read().decode("utf-8")
annotated = [name for name in files if name.endswith(".ann")]
assert len(annotated) == 202, files.keys()
types = {line.split("\t")[0] for line in files["brat/annotation.conf"].splitlines()}
for name in annotated:
    text = files[name[:-4] + ".txt"]
    assert text.replace("\r\n", "\n") == text, "reading in text mode moves nothing"
    assert files[name].splitlines() == files[name].split("\n")[:-1]
    known = set()
    for line in files[name].split("\n")[:-1]:
        number, rest = line.split("\t", 1)
        assert number not in known
        if number[0] != "#":
            known.add(number)
        if number[0] == "T":
            where, covered = rest.split("\t")
            label, places = where.split(" ", 1)
            assert label in types, label
            pieces = [tuple(map(int, place.split(" "))) for place in places.split(";")]
            assert " ".join(text[start:end] for start, end in pieces) == covered
            assert all("\n" not in text[start:end] and start < end for start, end in pieces)
        elif number[0] == "E":
            trigger, *roles = rest.split(" ")
            for role in [trigger, *roles]:
                assert role.split(":")[1] in known, role
        elif number[0] == "A":
            assert rest.split(" ")[0] in types and rest.split(" ")[1] in known
        else:
            assert re.fullmatch(r"AnnotatorNotes [TE]\d+\t.+", rest), rest
    assert name != "brat/a.ann" or {"T1", "T2", "T3", "E1", "A1"} <= known
"##,
            &[(
                "brat.tar",
                made(&[
                    vec![trial::document("a")],
                    trial::hostile(),
                    vec![trial::document("../b")],
                ]),
            )],
        );
    }

    #[test]
    fn it_keeps_the_contract() {
        docmill_core::testing::check_sink::<Brat>(docmill_core::testing::no_settings());
        trial::check_parting::<Brat>(BratSettings::default);
    }
}
