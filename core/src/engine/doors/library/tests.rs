//! Both sides of the interface at once, without a loader between them: Miri can follow every pointer.

use serde_json::json;

use super::*;
use crate::{
    DocumentBuf, Sink, Stage,
    door::{
        Export,
        abi::{Entry, Table},
        entry,
    },
    plugin::Make,
};

/// Does what the document's text says.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[derive(Default)]
struct Settings {
    /// Refused where it is odd.
    even: u32,
}

struct Obey;

impl Stage for Obey {
    const NAME: &'static str = "obey";
    type Settings = Settings;

    fn contract(_: &Settings) -> Contract {
        Contract::new().uses("places").writes("words").sets("title").edits_text()
    }

    fn build(settings: Settings) -> Result<Self, BuildError> {
        if settings.even % 2 == 1 {
            return Err(BuildError::at("/even", "it is odd; make it even"));
        }
        Ok(Obey)
    }

    fn process(
        &mut self,
        document: &Document<'_>,
        changes: &mut Changes,
    ) -> Result<Verdict, DocumentError> {
        match document.text() {
            "drop" => return Ok(Verdict::Drop(Reason::new("told-to"))),
            "fail" => {
                return Err(DocumentError::because("told to fail", DocumentError::new("because")));
            }
            "panic" => panic!("told to panic"),
            _ => {}
        }
        let places = document.layer("places").map_or(0, |layer| layer.len());
        changes.annotate("words", 0..2usize).label("W").score(0.5).with("places", places as u32);
        changes.remove(0..1usize, "first");
        changes.set("title", document.id());
        Ok(Verdict::Keep)
    }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct LinesSettings {
    /// Where.
    path: String,
}

struct Lines;

impl Sink for Lines {
    const NAME: &'static str = "lines";
    const EXTENSIONS: &'static [&'static str] = &["lines"];
    type Settings = LinesSettings;

    fn contract(settings: &LinesSettings) -> SinkContract {
        SinkContract::new().output(&settings.path, "/path").needs("words")
    }

    fn settings_for(path: &str) -> Json {
        json!({ "path": path })
    }

    fn build(_: LinesSettings) -> Result<Self, BuildError> {
        Ok(Lines)
    }

    fn header(&self, _: usize, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(b"head\n");
    }

    fn encode(
        &mut self,
        document: &Document<'_>,
        outputs: &mut [Vec<u8>],
    ) -> Result<(), DocumentError> {
        assert_ne!(document.text(), "panic", "told to panic");
        outputs[0].extend_from_slice(document.text().as_bytes());
        Ok(())
    }
}

enum Exported {}

impl Export for Exported {
    fn plugin() -> Plugin {
        Plugin::new("obedient", "1.2.3").stage::<Obey>().sink::<Lines>().decoding("rot13", |from| {
            let turned = from.iter().map(|byte| match byte {
                b'a'..=b'z' => Some((byte - b'a' + 13) % 26 + b'a'),
                _ => None,
            });
            String::from_utf8(turned.collect::<Option<_>>()?).ok()
        })
    }
}

extern "C" fn docmill_plugin(major: u32) -> *const Table {
    entry::<Exported>(major)
}

extern "C" fn null(_: u32) -> *const Table {
    ptr::null()
}

fn plugin(entry: Entry) -> Result<Plugin, Refusal> {
    let digest = "sha256:0".to_owned();
    offered(
        Path::new("obedient.so"),
        file::Opened { entry, digest, took: std::time::Duration::ZERO },
    )
}

fn build<T>(make: &Make<T>, settings: Json) -> Result<T, BuildError> {
    make(&settings)
}

fn document(text: &str) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    document.set_id("a");
    document.annotate("places", 0..1usize);
    document.seal();
    document
}

#[test]
fn a_manifest_says_what_the_plugin_says() {
    let plugin = plugin(docmill_plugin).unwrap();
    assert_eq!((plugin.name, plugin.version), ("obedient", "1.2.3"));
    let own = Exported::plugin();
    assert_eq!(plugin.stages[0].schema, own.stages[0].schema);
    assert_eq!(plugin.stages[0].name, "obey");
    assert_eq!((plugin.sinks[0].name, plugin.sinks[0].extensions), ("lines", &["lines"][..]));
    assert_eq!((plugin.sinks[0].settings_for)("x.lines"), json!({ "path": "x.lines" }));
    let contract = (plugin.stages[0].contract)(&json!({})).unwrap();
    assert_eq!(contract, Obey::contract(&Settings::default()));
    let contract = (plugin.sinks[0].contract)(&json!({ "path": "a" })).unwrap();
    assert_eq!(contract, Lines::contract(&LinesSettings { path: "a".to_owned() }));
    let rot13 = &plugin.decodings[0];
    assert_eq!((rot13.name, (rot13.decode)(b"xlvi")), ("rot13", Some("kyiv".to_owned())));
    assert_eq!((rot13.decode)(b"Kyiv"), None);
    assert!(matches!(super::tests::plugin(null), Err(Refusal::NoTable { .. })));
}

#[test]
fn a_stage_is_called_as_if_it_were_built_in() {
    let plugin = plugin(docmill_plugin).unwrap();
    let entry = &plugin.stages[0];
    let error = build(&entry.build, json!({ "even": 3 })).err().unwrap();
    assert_eq!((error.setting(), error.to_string().as_str()), ("/even", "it is odd; make it even"));
    assert!(build(&entry.build, json!({ "unknown": 3 })).is_err());
    let mut stage = build(&entry.build, json!({ "even": 2 })).unwrap();
    let mut direct: Box<dyn AnyStage> = Box::new(Obey);
    for text in ["Kyiv", "drop", "fail", "Kyiv"] {
        let (mut through, mut own) = (Changes::new(), Changes::new());
        let document = document(text);
        let found = stage.process(&document.view(), &mut through);
        let expected = direct.process(&document.view(), &mut own);
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => {
                assert_eq!(crate::chain(&found), crate::chain(&expected));
            }
            (found, expected) => panic!("{found:?}, not {expected:?}"),
        }
        assert_eq!(through.edits, own.edits, "{text}");
        assert_eq!(through.arrays.annotations, own.arrays.annotations, "{text}");
        assert_eq!(through.arrays.arena, own.arrays.arena, "{text}");
    }
    let mut changes = Changes::new();
    let error = stage.process(&document("panic").view(), &mut changes).unwrap_err();
    let expected = "the stage panicked: told to panic; report it to the plugin's author";
    assert_eq!(error.to_string(), expected);
    let again = stage.process(&document("Kyiv").view(), &mut changes);
    assert_eq!(again.unwrap(), Verdict::Keep, "the instance was made again");
}

#[test]
fn an_encoder_is_called_as_if_it_were_built_in() {
    let plugin = plugin(docmill_plugin).unwrap();
    let mut sink = build(&plugin.sinks[0].build, json!({ "path": "a" })).unwrap();
    let mut outputs = vec![Vec::new()];
    sink.header(0, &mut outputs[0]);
    sink.header(7, &mut outputs[0]);
    sink.encode(&document("one").view(), &mut outputs).unwrap();
    let error = sink.encode(&document("panic").view(), &mut outputs).unwrap_err();
    assert!(error.to_string().starts_with("the sink panicked: "), "{error}");
    sink.encode(&document("two").view(), &mut outputs).unwrap();
    assert_eq!(outputs, [b"head\nonetwo".to_vec()]);
}
