//! The same page from each source that can hold it: the same raw bytes, text and layers, whatever it was stored in.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    sync::Arc,
};

use flate2::{Compression, write::GzEncoder};
use parquet::{
    data_type::{ByteArray, ByteArrayType},
    file::writer::SerializedFileWriter,
    schema::parser::parse_message_type,
};
use serde_json::{Value as Json, json};

const PIPELINE: &str = r#"
[source]
use   = "files"
paths = ["page.html"]

[[stage]]
use = "clean"

[[stage]]
use = "segment"

[[stage]]
use = "tag-entities"

[[sink]]
use = "jsonl"
"#;

const PAGE: &str = "<!DOCTYPE html>\r\n<title>Tanks &amp; thanks</title>\n\n\
    Kyiv thanked Berlin on Monday \u{2013} \u{201c}for the tanks and for the patience\u{201d} \u{2013} and said that \
    it would not forget the help which Germany had given in the winter.\n\n\
    <p>Angela Merkel met Zoë Müller in Paris on Tuesday, where both of them spoke for an hour about the \
    \"long\\road\" that lies before France and its neighbours.</p>\n";

struct Pages {
    dir: tempfile::TempDir,
}

impl Pages {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pipeline.toml"), PIPELINE).unwrap();
        Pages { dir }
    }

    fn file(&self, page: &[u8]) -> Json {
        fs::write(self.path("page.html"), page).unwrap();
        self.document("page.html")
    }

    fn line(&self, page: &str) -> Json {
        let line = json!({ "id": "a", "html": page });
        fs::write(self.path("page.jsonl"), format!("{line}\n")).unwrap();
        self.document("page.jsonl")
    }

    fn archived(&self, page: &[u8]) -> Json {
        let http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
        let head = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:a>\r\n\
             WARC-Target-URI: https://post.example/a\r\nContent-Type: application/http; msgtype=response\r\n\
             Content-Length: {}\r\n\r\n",
            http.len() + page.len()
        );
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&[head.as_bytes(), http, page, b"\r\n\r\n"].concat()).unwrap();
        fs::write(self.path("page.warc.gz"), gzip.finish().unwrap()).unwrap();
        self.document("page.warc.gz")
    }

    fn row(&self, page: &str) -> Json {
        let schema = "message pages { required binary id (UTF8); required binary html (UTF8); }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let file = File::create(self.path("page.parquet")).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        for value in ["a", page] {
            let mut column = group.next_column().unwrap().unwrap();
            let values = [ByteArray::from(value)];
            column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.close().unwrap();
        self.document("page.parquet")
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    /// What the pipeline makes of the one document in an input, as far as that is the same wherever it came from.
    fn document(&self, input: &str) -> Json {
        let docmill = |arguments: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
            let ran = command.args(arguments).current_dir(self.dir.path()).output().unwrap();
            assert!(ran.status.success(), "{input}: {}", String::from_utf8_lossy(&ran.stderr));
        };
        docmill(&["run", "pipeline.toml", "--input", input, "--output", "out/"]);
        docmill(&["verify", "out"]);
        let lines =
            fs::read_to_string(Path::new(&self.path("out")).join("documents.jsonl")).unwrap();
        assert_eq!(lines.lines().count(), 1, "{input}");
        let document: Json = serde_json::from_str(&lines).unwrap();
        let mut same = json!({ "digest": document["origin"]["digest"] });
        for key in ["text", "layers", "map", "edits"] {
            same[key] = document[key].clone();
        }
        same
    }
}

#[test]
fn a_page_is_the_same_from_a_file_a_line_an_archive_and_a_row() {
    let pages = Pages::new();
    let file = pages.file(PAGE.as_bytes());
    assert!(
        file["text"].as_str().unwrap().contains("Kyiv thanked Berlin on Monday \u{2013}"),
        "{file}"
    );
    assert!(file["layers"]["entities"].as_array().unwrap().len() > 2, "{file}");
    assert!(file["digest"].as_str().unwrap().starts_with("sha256:"), "{file}");
    assert_eq!(pages.line(PAGE), file);
    assert_eq!(pages.archived(PAGE.as_bytes()), file);
    assert_eq!(pages.row(PAGE), file);
}

#[test]
fn a_page_that_is_not_in_utf8_is_decoded_the_same() {
    let page = PAGE.replace("<title>", "<meta charset=windows-1252><title>");
    let bytes: Vec<u8> = page
        .chars()
        .map(|c| match c {
            '\u{2013}' => 0x96,
            '\u{201c}' => 0x93,
            '\u{201d}' => 0x94,
            // As in Latin-1.
            c => u8::try_from(c).unwrap(),
        })
        .collect();
    let pages = Pages::new();
    let file = pages.file(&bytes);
    assert_eq!(pages.archived(&bytes), file);
    // A line and a row hold text: the raw bytes are those of the decoded page.
    let line = pages.line(&page);
    assert_eq!(pages.row(&page), line);
    for key in ["text", "layers"] {
        assert_eq!(line[key], file[key], "{key}");
    }
    assert_ne!(line["digest"], file["digest"]);
    assert_eq!(pages.file(page.as_bytes())["digest"], line["digest"]);
}
