//! Documents files that claim what does not hold: `verify` says which line, and what of it.

#![cfg(feature = "engine")]

use docmill_core::{
    Block, BuildError, Cursor, Cut, DocumentError, Intake, Origin, Plugin, Shard, Source,
    SourceContract,
    engine::{Registry, Verification, digest, verify},
};

/// An input whose path is its own contents, byte by byte in hexadecimal.
struct Hex;

/// Nothing to set.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Nothing {}

fn bytes(uri: &str) -> Option<Vec<u8>> {
    uri.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok()).collect()
}

impl Source for Hex {
    const NAME: &'static str = "hex";
    const EXTENSIONS: &'static [&'static str] = &[];
    type Settings = Nothing;

    fn contract(_: &Nothing) -> SourceContract {
        SourceContract::new()
    }
    fn settings_for(_: &[String]) -> serde_json::Value {
        serde_json::json!({})
    }
    fn build(_: Nothing) -> Result<Self, BuildError> {
        Ok(Hex)
    }
    fn shards(&self) -> Result<Vec<Shard>, BuildError> {
        Ok(Vec::new())
    }
    fn cut(&self, _: &Shard, _: usize) -> Box<dyn Cut> {
        unreachable!("there are no shards")
    }
    fn parse(&self, _: &Block, _: &mut Intake<'_>) {}
    fn reread(
        &self,
        origin: &Origin,
        _: &mut Cursor,
        raw: &mut Vec<u8>,
    ) -> Result<(), DocumentError> {
        *raw = bytes(&origin.uri).ok_or_else(|| DocumentError::new("no bytes"))?;
        Ok(())
    }
}

/// `Café!`, in windows-1252, after a mark that is not text.
const RAW: &str = "3e 43 61 66 e9 21";

fn verified(lines: &[String]) -> Verification {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines.join("\n")).unwrap();
    let plugin = Plugin::new("test", "1.0.0").source::<Hex>();
    verify(file.path(), &Registry::new(vec![plugin]).unwrap()).unwrap()
}

fn line(text: &str, digest: &str, map: &str) -> String {
    format!(
        r#"{{"id":"a","text":"{text}","origin":{{"source":"hex","uri":"{RAW}","digest":"{digest}"}},"map":[{map}]}}"#
    )
}

fn fault(text: &str, map: &str) -> String {
    let found = verified(&[line(text, &digest(&bytes(RAW).unwrap()), map)]);
    let messages: Vec<_> = found.faults.into_iter().map(|fault| fault.message).collect();
    messages.join("; ")
}

const CAF: &str = r#"{"text":[0,3],"raw":[1,4]}"#;

#[test]
fn what_holds_is_counted_by_class() {
    let map = format!(
        r#"{CAF},{{"text":[3,4],"raw":[4,6],"decoded":"windows-1252"}},{{"text":[4,5],"raw":[4,6],"decoded":"windows-1252","skip":2}},{{"text":[5,6],"raw":[6,6],"inserted":"stage"}}"#
    );
    let found = verified(&[line("Café!?", &digest(&bytes(RAW).unwrap()), &map)]);
    assert_eq!(found.faults, []);
    let shares = [found.verbatim, found.decoded, found.inserted].map(|s| (s.segments, s.bytes));
    assert_eq!(shares, [(1, 3), (2, 3), (1, 1)]);
}

#[test]
fn each_claim_that_does_not_hold_is_reported() {
    let decoded = |raw: &str, how: &str, rest: &str| {
        format!(r#"{CAF},{{"text":[3,4],"raw":{raw},"decoded":"{how}"{rest}}}"#)
    };
    for (text, map, part) in [
        ("Cafe", r#"{"text":[0,4],"raw":[1,5]}"#.to_owned(), "differs from the raw bytes at 1"),
        ("Caf", r#"{"text":[0,3],"raw":[2,5]}"#.to_owned(), "differs from the raw bytes at 2"),
        ("Caf", r#"{"text":[0,3],"raw":[4,7]}"#.to_owned(), "leaves the raw bytes"),
        ("Café", decoded("[4,9]", "windows-1252", ""), "leaves the raw bytes"),
        ("Café", decoded("[4,5]", "windows-1251", ""), "at 4 do not decode to the text"),
        ("Café", decoded("[4,5]", "utf-8", ""), "not valid utf-8"),
        ("Café", decoded("[4,5]", "rot13", ""), "`rot13` is not known"),
        ("Café", decoded("[4,6]", "windows-1252", r#","skip":1"#), "do not decode to the text"),
        ("Café", decoded("[4,6]", "windows-1252", r#","skip":99"#), "do not decode to the text"),
        // What no map can say is already refused when the line is read.
        ("Café", CAF.to_owned(), "ends before the text"),
        ("Caf", r#"{"text":[1,3],"raw":[2,4]}"#.to_owned(), "does not begin where"),
        ("CafC", format!(r#"{CAF},{{"text":[3,4],"raw":[1,2]}}"#), "an earlier one took"),
        ("Caf", format!(r#"{CAF},{{"text":[2,3],"raw":[3,4]}}"#), "does not begin where"),
    ] {
        let found = fault(text, &map);
        assert!(found.contains(part), "{text}, {map}: {found:?}, not {part:?}");
    }
}

#[test]
fn a_document_that_cannot_be_looked_at_is_reported_by_its_line() {
    let good = line("Caf", &digest(&bytes(RAW).unwrap()), CAF);
    let found = verified(&[
        good.clone(),
        line("Caf", "sha256:00", CAF),
        good.replace("\"hex\"", "\"gone\""),
        good.replace("3e 43", "zz"),
        String::new(),
        "{\"id\":\"no map\",\"text\":\"\"}".to_owned(),
        "{".to_owned(),
        good.clone(),
    ]);
    let faults: Vec<_> = found.faults.iter().map(|f| (f.line, f.message.as_str())).collect();
    let parts = [
        (2, "has changed since"),
        (3, "`gone`, which is not there"),
        (4, "cannot be read again: no bytes"),
        (6, "it has no map"),
        (7, "not valid JSON"),
    ];
    assert_eq!(found.documents, 7);
    assert_eq!(faults.len(), parts.len(), "{faults:?}");
    for ((line, message), (expected, part)) in faults.into_iter().zip(parts) {
        assert_eq!(line, expected);
        assert!(message.contains(part), "{message}");
    }
}
