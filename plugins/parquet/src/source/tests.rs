//! The source, on files that the sink and others wrote, and on broken ones.

use std::{fs, ops::Range, path::Path, sync::Arc};

use docmill_core::{
    BlockPiece, Document, DocumentBuf, Offsets, Provenance, Sink, Span, json::Form, testing,
};
use parquet::{
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    file::{
        reader::{FileReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use proptest::prelude::*;

use super::*;
use crate::ParquetSink;

fn source(path: &Path, mut settings: serde_json::Value) -> ParquetSource {
    settings["paths"] = serde_json::json!([path.to_str().unwrap()]);
    ParquetSource::build(serde_json::from_value(settings).unwrap()).unwrap()
}

/// All documents of a file, in their JSON form with the place before it, or their error; each is read again.
fn read(path: &Path, settings: serde_json::Value, max_document: usize) -> Vec<String> {
    let source = source(path, settings);
    let (mut seen, mut cursor, mut block) = (Vec::new(), None, Block::default());
    let mut cut = source.cut(&source.shards().unwrap()[0], max_document);
    while cut.next(&mut block) {
        let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
            let document = document.view();
            let locator = &document.origin().locator;
            if let Some((error, _)) = failed {
                return seen.push(format!("{locator}: {error}"));
            }
            let mut raw = Vec::new();
            source.reread(document.origin(), &mut cursor, &mut raw).unwrap();
            assert_eq!(raw, document.text().as_bytes(), "the raw bytes read again");
            seen.push(format!("{locator} {}", form(document)));
        };
        source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
        block.clear();
    }
    seen
}

fn form(document: Document<'_>) -> String {
    let form = Form { offsets: Offsets::Chars, provenance: Provenance::None, layers: Vec::new() };
    let mut line = Vec::new();
    json::write(&document, &form, &mut line);
    String::from_utf8(line).unwrap()
}

/// The file of these documents, of which each is a block.
fn written(settings: serde_json::Value, documents: &[DocumentBuf], path: &Path) {
    let mut sink = ParquetSink::build(serde_json::from_value(settings).unwrap()).unwrap();
    let mut encoded = Vec::new();
    for document in documents {
        let (mut block, mut packed) = ([Vec::new()], Vec::new());
        sink.encode(&document.view(), &mut block).unwrap();
        assert!(sink.pack(0, &block[0], true, &mut packed));
        encoded.extend(packed);
    }
    let part = path.with_extension("part");
    sink.seal(0, &mut encoded.as_slice(), &mut fs::File::create(&part).unwrap()).unwrap();
    let _ = fs::remove_file(path);
    sink.merge(0, &[part], path).unwrap();
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, fs::File>,
    values: &[T::T],
    defined: &[i16],
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, Some(defined), None).unwrap();
    column.close().unwrap();
}

fn texts(texts: &[&str]) -> Vec<ByteArray> {
    texts.iter().map(|text| ByteArray::from(*text)).collect()
}

/// A table as others write it, in two row groups.
fn table(path: &Path) {
    let schema = "message schema {
        optional binary html (UTF8); optional int64 number; optional int32 day (DATE);
        optional int64 at (TIMESTAMP(MILLIS, true)); optional boolean paid; optional double share;
        optional binary bytes; optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = fs::File::create(path).unwrap();
    let mut file = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    for page in ["<p>a &amp; é</p>", "<p>🎉</p>"] {
        let mut group = file.next_row_group().unwrap();
        column::<ByteArrayType>(&mut group, &texts(&[page]), &[1, 0]);
        column::<Int64Type>(&mut group, &[i64::MAX], &[1, 0]);
        column::<Int32Type>(&mut group, &[20_779], &[1, 0]);
        column::<Int64Type>(&mut group, &[1_795_362_284_500], &[1, 0]);
        column::<BoolType>(&mut group, &[true], &[1, 0]);
        column::<DoubleType>(&mut group, &[0.5, f64::NAN], &[1, 1]);
        column::<ByteArrayType>(&mut group, &[ByteArray::from(vec![255])], &[1, 0]);
        let mut tags = group.next_column().unwrap().unwrap();
        let values = texts(&["x", "y"]);
        tags.typed::<ByteArrayType>()
            .write_batch(&values, Some(&[3, 3, 0]), Some(&[0, 1, 0]))
            .unwrap();
        tags.close().unwrap();
        group.close().unwrap();
    }
    file.close().unwrap();
}

fn sample(id: &str) -> DocumentBuf {
    let text = "🇺🇦 Kyiv thanked Berlin";
    let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
    let mut document = DocumentBuf::with_text(text);
    document.set_id(id);
    document.set("outlet", "The \"Example\"".into());
    document.set("tags", (&[1.5.into(), true.into()][..]).into());
    let kyiv = document.annotate("entities", at("Kyiv")).label("GPE").score(0.98);
    let kyiv = kyiv.with("entity", "place:kyiv").with("name", "Kyiv");
    kyiv.with("also", Span::from(at("Berlin")));
    document.annotate("entities", at("Berlin")).label("GPE").with("entity", "place:berlin");
    document.add_layer("quotes");
    let stance = document.annotate("stances", 0..text.len()).with("holder", "country:UA");
    stance.with("polarity", 0.5).with("embedded", true).with("trigger", Span::from(at("thanked")));
    document.annotate("sentences", 0..text.len());
    document.annotate("x", 0..8usize).with("y", "z");
    document.annotate("x", 0..0usize);
    document.seal();
    document
}

#[test]
fn what_the_sink_writes_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let documents = [sample("a"), DocumentBuf::new(), sample("b")];
    for offsets in ["chars", "bytes", "utf16"] {
        written(serde_json::json!({ "offsets": offsets }), &documents, &path);
        let expected = documents.iter().enumerate();
        let expected: Vec<_> = expected
            .map(|(row, document)| format!("row={row};column=1 {}", form(document.view())))
            .collect();
        assert_eq!(read(&path, serde_json::json!({}), 1 << 20), expected, "{offsets}");
    }
}

/// A document without the layers that are empty: one without a column leaves nothing.
fn without_empty(form: &str) -> serde_json::Value {
    let mut form: serde_json::Value = serde_json::from_str(form).unwrap();
    if let Some(layers) = form.get_mut("layers").and_then(|layers| layers.as_object_mut()) {
        layers.retain(|_, layer| layer != &serde_json::json!([]));
        if layers.is_empty() {
            form.as_object_mut().unwrap().remove("layers");
        }
    }
    form
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_documents_come_back(documents in prop::collection::vec(testing::documents(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        written(serde_json::json!({}), &documents, &path);
        let found = read(&path, serde_json::json!({}), 1 << 20);
        prop_assert_eq!(found.len(), documents.len());
        for (found, document) in found.iter().zip(&documents) {
            let found = found.split_once(" ").unwrap().1;
            prop_assert_eq!(without_empty(found), without_empty(&form(document.view())));
        }
    }

    /// A broken file costs what is broken, and no more than that.
    #[test]
    fn no_bytes_do_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        written(serde_json::json!({}), &[sample("a"), sample("b")], &path);
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        fs::write(&path, &bytes).unwrap();
        let source = source(&path, serde_json::json!({}));
        let mut cut = source.cut(&source.shards().unwrap()[0], 1000);
        let mut block = Block::default();
        while cut.next(&mut block) {
            let inside = |piece: &BlockPiece| piece.range.end <= block.bytes.len();
            prop_assert!(block.pieces.iter().all(inside));
            source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut |_, _| {}));
            block.clear();
        }
    }
}

#[test]
fn tables_of_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    table(&path);
    let metadata = concat!(
        r#""metadata":{"number":9223372036854775807,"day":"2026-11-22","at":"2026-11-22T15:44:44.5","#,
        r#""paid":true,"share":0.5}"#
    );
    let head = r#"{"docmill":1,"offsets":"chars","id":"","text":"#;
    assert_eq!(
        read(&path, serde_json::json!({}), 1 << 20),
        [
            format!(r#"row=0;column=0 {head}"<p>a &amp; é</p>",{metadata}}}"#),
            format!(r#"row=1;column=0 {head}""}}"#),
            format!(r#"row=2;column=0 {head}"<p>🎉</p>",{metadata}}}"#),
            format!(r#"row=3;column=0 {head}""}}"#),
        ]
    );
    let settings = serde_json::json!({ "id": "number", "metadata": ["paid"] });
    let first = &read(&path, settings, 1 << 20)[0];
    assert!(first.contains(r#""id":"9223372036854775807""#), "{first}");
    assert!(first.ends_with(r#""metadata":{"paid":true}}"#), "{first}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    table(&path);
    for (settings, limit, part) in [
        (
            serde_json::json!({ "text": "body" }),
            99,
            ": it has no column `body` but `html`, `number`",
        ),
        (serde_json::json!({ "text": "number" }), 99, ": its column `number` holds no text"),
        (serde_json::json!({ "text": "bytes" }), 99, "row=0;column=6: its text is not valid UTF-8"),
        (serde_json::json!({}), 3, "row=0;column=0: its text has 17 bytes, more than max-document"),
    ] {
        let found = read(&path, settings, limit);
        assert!(found[0].starts_with(part), "{found:?}");
    }
    written(serde_json::json!({}), &[sample("a")], &path);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
    let found = read(&path, serde_json::json!({}), 99);
    assert!(found[0].starts_with(": the file cannot be read as Parquet"), "{found:?}");
}

#[test]
fn each_row_is_in_one_range() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    table(&path);
    let file = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
    let starts: Vec<u64> = file.metadata().row_groups().iter().map(ranges::start).collect();
    let end = fs::metadata(&path).unwrap().len();
    let source = source(&path, serde_json::json!({}));
    let whole = read_range(&source, None);
    assert_eq!(whole.len(), 4);
    for cut in [0, 1, starts[0], starts[1] - 1, starts[1], starts[1] + 1, end] {
        let mut joined = read_range(&source, Some(0..cut));
        let begun = starts.iter().filter(|start| **start < cut).count();
        assert_eq!(joined.len(), 2 * begun, "before {cut}");
        joined.extend(read_range(&source, Some(cut..end)));
        assert_eq!(joined, whole, "cut at {cut}");
    }
}

/// The places and texts of a range of the source's one file.
fn read_range(source: &ParquetSource, range: Option<Range<u64>>) -> Vec<String> {
    let mut shard = source.shards().unwrap().remove(0);
    shard.inputs.truncate(1);
    shard.inputs[0].range = range;
    let (mut seen, mut block) = (Vec::new(), Block::default());
    let mut cut = source.cut(&shard, 1 << 20);
    while cut.next(&mut block) {
        let mut take = |document: &mut DocumentBuf, failed: Option<(DocumentError, &[u8])>| {
            assert!(failed.is_none(), "{failed:?}");
            let document = document.view();
            seen.push(format!("{} {}", document.origin().locator, document.text()));
        };
        source.parse(&block, &mut Intake::new(&mut DocumentBuf::new(), &mut take));
        block.clear();
    }
    seen
}

/// Twelve MiB of text that are nine compressed, in row groups of about one.
#[test]
fn a_large_file_is_divided_at_its_row_groups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let mut state = 1_u64;
    let mut letters = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b' ' + (state >> 58) as u8)
    };
    let documents: Vec<_> = (0..96)
        .map(|_| DocumentBuf::with_text(&(0..128 << 10).map(|_| letters()).collect::<String>()))
        .collect();
    written(serde_json::json!({ "row-group": 1 }), &documents, &path);
    let source = source(&path, serde_json::json!({}));
    let shards = source.shards().unwrap();
    let inputs = &shards[0].inputs;
    assert_eq!(inputs.len(), 2, "{inputs:?}");
    let sum: u64 = inputs.iter().filter_map(|input| input.bytes).sum();
    assert_eq!(sum, fs::metadata(&path).unwrap().len());
    let mut joined = Vec::new();
    for input in inputs {
        let part = read_range(&source, input.range.clone());
        assert!(!part.is_empty(), "{input:?}");
        joined.extend(part);
    }
    assert_eq!(joined.len(), 96);
    assert_eq!(joined, read_range(&source, None));
}

#[test]
fn a_header_that_lies_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    table(&path);
    let mut bytes = fs::read(&path).unwrap();
    // The head of a dictionary, and that it has one value: now it says 63.
    let at = bytes.windows(3).position(|found| found == [0x4c, 0x15, 2]).unwrap();
    bytes[at + 2] = 63 << 1;
    fs::write(&path, bytes).unwrap();
    let found = read(&path, serde_json::json!({}), 1 << 20);
    let error = "row=0: the file is broken from row 0 on: a dictionary has more values than its page can hold";
    assert!(found[0].starts_with(error), "{found:?}");
    assert_eq!(found.len(), 1);
}

/// Those that fuzzing begins with: each a few bytes, of which one says something that is not so.
#[test]
fn files_that_say_they_hold_more_than_they_can_are_named() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/parquet");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    for (seed, part) in [
        ("schema-of-billions", "a group has more columns than there are"),
        ("schema-that-nests", "its columns nest too deep"),
        ("field-of-another-kind", "a value is of a wrong kind"),
        ("lengths-of-billions", "a page has more lengths than values, or too many"),
        ("prefixes-of-billions", "a page has more lengths than values, or too many"),
        ("width-of-billions", "the values of a column have no bytes, or too many"),
        ("list-of-billions", "a page has a run that is too long"),
        ("dictionary-of-billions", "a dictionary has more values than its page can hold"),
        ("no-bytes-of-a-page", "a page's header says more than the page can hold"),
        ("large-pages-together", "its pages are too large together"),
    ] {
        fs::write(&path, &fs::read(seeds.join(seed)).unwrap()[1..]).unwrap();
        let found = read(&path, serde_json::json!({}), 1 << 20);
        assert!(matches!(&found[..], [only] if only.contains(part)), "{seed}: {found:?}");
    }
}

#[test]
fn it_keeps_the_contract() {
    // Texts that take less room in the file than in memory, as the test wants of what is read whole.
    let texts = prop::collection::vec(20_000..30_000_usize, 1..4);
    let contents = texts.prop_map(|texts| {
        let document = |(at, len): (usize, usize)| {
            let mut document = DocumentBuf::with_text(&"é 🎉 ".repeat(len / 8));
            document.set_id(&at.to_string());
            document.annotate("entities", 0..2usize).label("ORG");
            document.seal();
            document
        };
        let documents: Vec<_> = texts.into_iter().enumerate().map(document).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        written(serde_json::json!({}), &documents, &path);
        fs::read(path).unwrap()
    });
    testing::check_source::<ParquetSource>("parquet", contents);
}
