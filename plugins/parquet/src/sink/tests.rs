//! The sink, from documents to files, and the files as their reader shows them.

use std::{fs, io::Cursor};

use docmill_core::{DocumentBuf, Span, testing};
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;

use super::*;

fn sink(settings: &serde_json::Value) -> ParquetSink {
    ParquetSink::build(serde_json::from_value(settings.clone()).unwrap()).unwrap()
}

/// How many documents a block has.
const BLOCK: usize = 3;

/// The files of documents that lie in shards of these.
fn files(settings: &serde_json::Value, shards: &[&[DocumentBuf]]) -> Vec<Vec<u8>> {
    files_of_blocks(settings, shards, &|_| true)
}

/// The same, where blocks with these numbers in their shards are complete, and of all others documents failed and
/// were retried.
fn files_of_blocks(
    settings: &serde_json::Value,
    shards: &[&[DocumentBuf]],
    is_complete: &dyn Fn(usize) -> bool,
) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = sink(settings);
    let outputs = sink.outputs.len();
    let mut parts = vec![Vec::new(); outputs];
    for (number, shard) in shards.iter().enumerate() {
        let mut encoded = vec![Vec::new(); outputs];
        for (number, documents) in shard.chunks(BLOCK).enumerate() {
            let mut block = vec![Vec::new(); outputs];
            for document in documents {
                sink.encode(&document.view(), &mut block).unwrap();
            }
            for (output, (block, encoded)) in block.iter().zip(&mut encoded).enumerate() {
                let mut packed = Vec::new();
                let is_packed = sink.pack(output, block, is_complete(number), &mut packed);
                encoded.extend(if is_packed { &packed } else { block });
            }
        }
        for (output, (encoded, parts)) in encoded.into_iter().zip(&mut parts).enumerate() {
            let path = folder.path().join(format!("{output}-{number}"));
            let mut part = fs::File::create(&path).unwrap();
            sink.seal(output, &mut Cursor::new(encoded), &mut part).unwrap();
            parts.push(path);
        }
    }
    let merged = parts.iter().enumerate().map(|(output, parts)| {
        let path = folder.path().join(format!("{output}"));
        sink.merge(output, parts, &path).unwrap();
        fs::read(path).unwrap()
    });
    merged.collect()
}

/// The rows of a file, in the words of the crate that reads them.
fn rows(file: &[u8]) -> Vec<String> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(file)).unwrap();
    reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect()
}

fn group_rows(file: &[u8]) -> Vec<i64> {
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(file)).unwrap();
    reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
}

fn sample() -> DocumentBuf {
    let text = "🇺🇦 Kyiv thanked Berlin";
    let at = |word: &str| text.find(word).map(|start| start..start + word.len()).unwrap();
    let mut document = DocumentBuf::with_text(text);
    document.set_id("a");
    document.set("outlet", "The \"Example\"".into());
    document.set("date", 2026.0.into());
    document.set("tags", (&[1.5.into(), true.into()][..]).into());
    let kyiv = document.annotate("entities", at("Kyiv")).label("GPE").score(0.98);
    kyiv.with("entity", "place:kyiv").with("name", 7.0).with("also", Span::from(at("Berlin")));
    document
        .annotate("stances", 0..text.len())
        .with("holder", "country:UA")
        .with("polarity", 0.5)
        .with("embedded", true)
        .with("trigger", Span::from(at("thanked")));
    document.annotate("sentences", 0..text.len());
    document.add_layer("quotes");
    document.seal();
    document
}

#[test]
fn a_document_is_a_row_with_lists() {
    let found = rows(&files(&serde_json::json!({}), &[&[sample()]])[0]);
    assert_eq!(
        found,
        [concat!(
            r#"{id: "a", text: "🇺🇦 Kyiv thanked Berlin", "#,
            r#"metadata: "{"outlet":"The \"Example\"","date":2026,"tags":[1.5,true]}", "#,
            r#"source: null, uri: null, locator: null, digest: null, "#,
            r#"title: null, byline: null, outlet: "The "Example"", date: "2026", "#,
            r#"entities: [{start: 3, end: 7, label: "GPE", score: 0.98, entity: "place:kyiv", "#,
            r#"name: null, actor: null, actor_name: null, rule: null, "#,
            r#"features: "{"name":7,"also":{"start":16,"end":22}}"}], "#,
            r#"quotes: [], "#,
            r#"stances: [{start: 0, end: 22, label: null, score: null, holder: "country:UA", "#,
            r#"holder_name: null, target: null, target_name: null, kind: null, polarity: 0.5, "#,
            r#"confidence: null, channel: null, embedded: true, rule: null, trigger_start: 8, "#,
            r#"trigger_end: 15, sentence_start: null, sentence_end: null, features: null}], "#,
            r#"annotations: [{layer: "sentences", start: 0, end: 22, label: null, score: null, "#,
            r#"features: null}]}"#
        )]
    );
}

#[test]
fn positions_count_in_the_unit_asked_for() {
    for (unit, start, end) in [("chars", 3, 7), ("bytes", 9, 13), ("utf16", 5, 9)] {
        let found = rows(&files(&serde_json::json!({ "offsets": unit }), &[&[sample()]])[0]);
        assert!(
            found[0].contains(&format!("entities: [{{start: {start}, end: {end},")),
            "{found:?}"
        );
    }
}

#[test]
fn a_layer_can_be_a_table() {
    let settings = serde_json::json!({ "tables": ["stances", "quotes"], "path": "x/y.parquet" });
    let contract = ParquetSink::contract(&serde_json::from_value(settings.clone()).unwrap());
    let expected = SinkContract::new().provenance(Provenance::Map);
    let expected = expected.merged("x/y.parquet", "/path").needs("stances").needs("quotes");
    let expected = expected.merged("x/stances.parquet", "/tables/0");
    assert_eq!(contract, expected.merged("x/quotes.parquet", "/tables/1"));
    let files = files(&settings, &[&[sample(), sample()], &[]]);
    let stances = rows(&files[1]);
    assert_eq!(stances.len(), 2);
    let (first, last) =
        (stances[0].split(", holder_name").next(), stances[0].split("features: ").nth(1));
    assert_eq!(
        first.unwrap(),
        r#"{document: "a", start: 0, end: 22, label: null, score: null, holder: "country:UA""#
    );
    let texts = r#"null, text: "🇺🇦 Kyiv thanked Berlin", trigger: "thanked", sentence: null}"#;
    assert_eq!(last.unwrap(), texts);
    assert!(rows(&files[2]).is_empty());
}

/// A document of about as many bytes.
fn long(number: usize, len: usize) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(&"x ".repeat(len / 2));
    document.set_id(&number.to_string());
    document.annotate("entities", 0..1usize).label("ORG").with("entity", "org:x");
    document.seal();
    document
}

#[test]
fn row_groups_are_neither_small_nor_large() {
    let settings = serde_json::json!({ "row-group": 1 });
    let documents: Vec<_> = (0..100).map(|number| long(number, 30_000)).collect();
    let all = rows(&files(&settings, &[&documents])[0]);
    assert_eq!(all.len(), 100);
    for shard in [1, 7, 40, 100] {
        let shards: Vec<_> = documents.chunks(shard).collect();
        let file = &files(&settings, &shards)[0];
        assert_eq!(rows(file), all, "shards of {shard}");
        let groups = group_rows(file);
        assert!((2..=5).contains(&groups.len()), "shards of {shard}: {groups:?}");
        assert!(groups.iter().all(|rows| (16..=60).contains(rows)), "{groups:?}");
    }
}

#[test]
fn the_same_documents_give_the_same_bytes() {
    let documents: Vec<_> = (0..40).map(|number| long(number, 100 * number)).collect();
    let settings = serde_json::json!({ "tables": ["entities"] });
    let shards: Vec<_> = documents.chunks(15).collect();
    assert_eq!(files(&settings, &shards), files(&settings, &shards));
}

#[test]
fn blocks_whose_documents_were_retried_give_the_same_bytes() {
    let documents: Vec<_> = (0..60).map(|number| long(number, 1000 * number)).collect();
    let settings = serde_json::json!({ "row-group": 1, "tables": ["entities"] });
    let shards = &[&documents[..50], &documents[50..]];
    let whole = files(&settings, shards);
    assert!(group_rows(&whole[0]).len() > 1);
    for every in 1..4 {
        assert!(files_of_blocks(&settings, shards, &|number| number % every != 0) == whole);
    }
}

#[test]
fn a_block_is_a_page_of_texts() {
    let documents: Vec<_> = (0..7).map(|number| long(number, 1000)).collect();
    let file = files(&serde_json::json!({}), &[&documents]).swap_remove(0);
    let reader = SerializedFileReader::new(bytes::Bytes::from(file)).unwrap();
    let group = reader.get_row_group(0).unwrap();
    let pages = group.get_column_page_reader(1).unwrap();
    let pages: Vec<u32> = pages.map(|page| page.unwrap().num_values()).collect();
    assert_eq!(pages, [3, 3, 1]);
    let column = group.metadata().column(1);
    assert_eq!((column.column_path().string().as_str(), column.num_values()), ("text", 7));
}

#[test]
fn texts_too_large_for_one_page_are_several() {
    let documents: Vec<_> = (0..5).map(|number| long(number, 9 << 20)).collect();
    let file = files(&serde_json::json!({ "row-group": 1024 }), &[&documents]).swap_remove(0);
    assert_eq!(rows(&file).len(), 5);
    let reader = SerializedFileReader::new(bytes::Bytes::from(file)).unwrap();
    let group = reader.get_row_group(0).unwrap();
    let pages = group.get_column_page_reader(1).unwrap();
    assert_eq!(pages.map(|page| page.unwrap().num_values()).collect::<Vec<_>>(), [1; 5]);
}

#[test]
fn no_documents_are_a_file_without_rows() {
    for shards in [&[][..], &[&[][..]][..]] {
        assert!(rows(&files(&serde_json::json!({}), shards)[0]).is_empty());
    }
}

#[test]
fn settings_that_cannot_be_are_refused() {
    for (settings, at) in [
        (serde_json::json!({ "columns": ["uri"] }), "/columns"),
        (serde_json::json!({ "layers": ["text"] }), "/layers"),
        (serde_json::json!({ "level": 99 }), "/level"),
        (serde_json::json!({ "tables": ["a/b"] }), "/tables/0"),
    ] {
        let built = ParquetSink::build(serde_json::from_value(settings).unwrap());
        assert_eq!(built.err().unwrap().setting(), at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_documents_are_as_many_rows(
        documents in prop::collection::vec(testing::documents(), 0..6),
        shard in 1..4_usize,
    ) {
        let settings = serde_json::json!({ "layers": ["entities", "x"], "tables": ["entities"] });
        let whole = files(&settings, &[&documents]);
        let parted = files(&settings, &documents.chunks(shard).collect::<Vec<_>>());
        for (whole, parted) in whole.iter().zip(&parted) {
            prop_assert_eq!(rows(whole), rows(parted));
        }
        prop_assert_eq!(rows(&whole[0]).len(), documents.len());
    }
}

#[test]
fn it_keeps_the_contract() {
    testing::check_sink::<ParquetSink>(testing::no_settings());
    testing::check_sink::<ParquetSink>(
        serde_json::json!({ "tables": ["entities"], "offsets": "utf16", "layers": [] }),
    );
}
