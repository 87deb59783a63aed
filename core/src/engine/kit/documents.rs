//! The documents that components are tried on: fixed texts that have broken programs before, and generated ones.
//!
//! The same every time and on every machine. Each carries the layers that the component needs or uses, and
//! metadata and features of every kind.

use crate::{
    DocumentBuf, Span, Value,
    vocab::{entities, quotes, sentences, stances, tokens},
};

/// SplitMix64 (Steele, Lea and Flood 2014): a sequence that a seed fixes.
pub(super) struct Sequence(u64);

impl Sequence {
    pub(super) fn new(seed: u64) -> Self {
        Sequence(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts.get(self.below(texts.len())).copied().unwrap_or_default()
    }
}

/// A kind of text that has broken programs before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    Empty,
    Long,
    Emoji,
    Combining,
    RightToLeft,
    LineEnds,
    Nul,
}

impl Texts {
    fn texts(self) -> Vec<String> {
        let texts: &[&str] = match self {
            Texts::Empty => &["", " ", "\n\n"],
            Texts::Long => {
                let mut sequence = Sequence::new(1);
                let words: Vec<&str> = PLAIN.split(' ').collect();
                let mut prose = String::with_capacity(MEGABYTE + 64);
                while prose.len() < MEGABYTE {
                    prose.push_str(sequence.of(&words));
                    prose.push_str(sequence.of(&BETWEEN));
                }
                return vec![prose, "x".repeat(MEGABYTE)];
            }
            Texts::Emoji => &[
                "👍",
                "Kyiv 🙂 thanked 👩\u{200d}👩\u{200d}👧 BERLIN 👍🏽.",
                "🇺🇦🇩🇪 5\u{fe0f}\u{20e3} ❤\u{fe0f} OK",
            ],
            Texts::Combining => &[
                "e\u{301}",
                "\u{301}Kyi\u{308}v thanke\u{301}d BE\u{301}RLIN",
                "Z\u{351}\u{36b}\u{343}A\u{36a}\u{302}\u{36b}L\u{33f}\u{302}G\u{342}O\u{35b} न\u{93f} ก\u{e33} \u{1112}\u{1161}\u{11ab}",
            ],
            Texts::RightToLeft => &[
                "קייב הודתה לברלין. وشكرت كييف برلين.",
                "Kyiv (קִיֶיב) thanked BERLIN (برلين).",
                "\u{202e}evil\u{202c} \u{2067}קייב\u{2069}",
            ],
            Texts::LineEnds => &[
                "Kyiv thanked Berlin.\r\n\r\n“We are GRATEFUL,” she said.\r\n",
                "\r\n",
                "A\rB\n\rC\u{85}D\u{2028}E\u{2029}F\u{b}G\u{c}H",
                "\u{feff}Kyiv thanked Berlin.\r",
            ],
            Texts::Nul => &["\0", "Kyiv\0thanked BERLIN", "A\0\0B\u{1}\u{7f}"],
        };
        texts.iter().map(|&text| text.to_owned()).collect()
    }
}

const MEGABYTE: usize = 1_000_000;

/// Which words generated texts are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Words, numbers and punctuation, with a few letters that take more than a byte.
    Plain,
    /// Words of several scripts, emoji, combining characters, now and then any char at all.
    Any,
}

/// Words of an invented newspaper.
const PLAIN: &str = "the of to and said that not a I Kyiv BERLIN Ukraine President NATO Müller naïve refused thanked \
                     condemned (AFP) “we agree” it’s 22.5 1,200 A U.S.";
/// Others that stand among them where any may.
const OTHERS: &str =
    "© e\u{301}tude 🙂 👩\u{200d}👧 🇺🇦 קייב كييف 東京 ... — x-y http://example.org/?a=b&c";
/// What may stand between two words.
const BETWEEN: [&str; 5] = [" ", " ", ". ", ", ", "\n\n"];
/// And where any may.
const ANY_BETWEEN: [&str; 9] = [" ", " ", "", ". ", ", ", "\n", "\r\n", "\t", "\u{a0}"];

/// Documents of a kind of text, with these layers.
pub(super) fn of_kind(texts: Texts, layers: &[String]) -> Vec<DocumentBuf> {
    let mut sequence = Sequence::new(2);
    let texts = texts.texts();
    texts.iter().map(|text| document(text, text.len(), layers, &mut sequence)).collect()
}

/// So many generated documents, with these layers. None is empty.
pub(super) fn generated(count: usize, words: Words, layers: &[String]) -> Vec<DocumentBuf> {
    let mut sequence = Sequence::new(3);
    let any = words == Words::Any;
    let chosen: Vec<&str> = PLAIN.split(' ').chain(OTHERS.split(' ').take_while(|_| any)).collect();
    let between: &[&str] = if any { &ANY_BETWEEN } else { &BETWEEN };
    let one = |number| {
        let mut text = String::new();
        for _ in 0..=sequence.below(120) {
            match sequence.below(12) {
                0 if any => text.extend(char::from_u32(sequence.next() as u32 % 0x11_0000)),
                _ => text.push_str(sequence.of(&chosen)),
            }
            text.push_str(sequence.of(between));
        }
        document(&text, number, layers, &mut sequence)
    };
    (0..count).map(one).collect()
}

fn document(text: &str, number: usize, layers: &[String], sequence: &mut Sequence) -> DocumentBuf {
    let mut document = DocumentBuf::with_text(text);
    document.set_id(&format!("document-{number}"));
    document.origin.source.push_str("folder");
    document.origin.uri.push_str("documents/🙂.txt");
    document.set_locator(number);
    document.origin.digest = format!("sha256:{number:064x}");
    document.set("title", Value::Text("Kyiv thanked BERLIN"));
    document.set("outlet", Value::Text("The Example"));
    document.set("date", Value::Text("2026-11-22"));
    document.set("words", Value::Number(number as f64));
    document.set("paid", Value::Bool(false));
    let tags = [Value::Text("war"), Value::Text("é🙂")];
    document.set("tags", Value::from(&tags[..]));
    document.set("author", Value::Json("null"));
    for layer in layers {
        document.add_layer(layer);
        annotate(&mut document, text, layer, sequence);
    }
    document.seal();
    document
}

/// Fills a layer: those of the common vocabulary as others would, any other with something of every kind.
fn annotate(document: &mut DocumentBuf, text: &str, layer: &str, sequence: &mut Sequence) {
    let ids = ["country:UA", "country:DE", "org:nato", "person:a-b", "e1"];
    match layer {
        sentences::LAYER => {
            for span in pieces(text, &['.', '\n']) {
                document.annotate(layer, span);
            }
        }
        tokens::LAYER => {
            for span in pieces(text, &[' ', '\n', '.', ',', '\t']) {
                document.annotate(layer, span).label(sequence.of(&[
                    "word",
                    "number",
                    "punctuation",
                    "symbol",
                ]));
            }
        }
        entities::LAYER => {
            let capital = |span: &Span| {
                span.of(text).is_some_and(|word| word.starts_with(char::is_uppercase))
            };
            for span in pieces(text, &[' ', '\n', '.', ',']).filter(capital) {
                let id = sequence.of(&ids);
                let label = sequence.of(&["PERSON", "ORG", "GPE", "LOC", "NORP"]);
                let new =
                    document.annotate(layer, span).label(label).score(0.75).with("entity", id);
                let new = new.with("name", span.of(text).unwrap_or_default());
                new.with_some("actor", (sequence.below(2) == 0).then_some(id));
            }
        }
        quotes::LAYER => {
            for span in pieces(text, &['“', '”', '\n']).step_by(2) {
                let new =
                    document.annotate(layer, span).label(sequence.of(&["direct", "indirect"]));
                new.with("speaker", sequence.of(&ids)).with("cue", span);
            }
        }
        stances::LAYER => {
            for span in pieces(text, &['.', '\n']).step_by(3) {
                let new = document.annotate(layer, span);
                let new = new.with("holder", ids[0]).with("holder-name", "Ukraine");
                let new = new.with("target", sequence.of(&ids)).with("target-name", "Germany");
                let new =
                    new.with("kind", "attitude").with("polarity", -0.5).with("confidence", 0.9);
                let new = new.with("channel", "action").with("rule", "r").with("trigger", span);
                new.with("sentence", span);
            }
        }
        _ => {
            for span in pieces(text, &[' ', '\n']).take(1000) {
                let inner = [Value::Number(1.5), Value::Text("a")];
                let list = [Value::from(&inner[..]), Value::Span(span)];
                let new = document.annotate(layer, span).label(sequence.of(&["", "A", "é🙂"]));
                let new = new
                    .with("text", sequence.of(&["", "a", "é🙂"]))
                    .with("number", 0.125)
                    .with("yes", true);
                new.with("span", span)
                    .with("list", &list[..])
                    .with("other", Value::Json("{\"a\":null}"));
            }
        }
    }
}

/// The runs of a text between these chars, without empty ones.
fn pieces<'t>(text: &'t str, between: &'t [char]) -> impl Iterator<Item = Span> + 't {
    let mut start = 0;
    let spans = text.split(between).map(move |piece| {
        let span = start..start + piece.len();
        let rest = text.get(span.end..).and_then(|rest| rest.chars().next());
        start = span.end + rest.map_or(0, char::len_utf8);
        span
    });
    spans.filter(|span| !span.is_empty()).map(Span::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Changes, Contract};

    const LAYERS: [&str; 6] =
        [sentences::LAYER, tokens::LAYER, entities::LAYER, quotes::LAYER, stances::LAYER, "other"];

    #[test]
    fn the_documents_are_always_the_same_and_hold_together() {
        let layers = LAYERS.map(str::to_owned);
        let documents = generated(50, Words::Any, &layers);
        let shown = |documents: &[DocumentBuf]| format!("{documents:?}");
        assert_eq!(shown(&documents), shown(&generated(50, Words::Any, &layers)));
        let written = LAYERS.iter().fold(Contract::new(), |contract, layer| contract.writes(layer));
        for document in &documents {
            let mut arrays = document.arrays.clone();
            arrays.metadata.clear();
            let as_changes = Changes { arrays, ..Changes::new() };
            as_changes.check_form().unwrap();
            as_changes.check(&document.text, &written).unwrap();
        }
        let filled = |layer: &str| {
            documents.iter().any(|d| d.view().layer(layer).is_some_and(|l| !l.is_empty()))
        };
        assert!(LAYERS.into_iter().all(filled), "no layer stays empty everywhere");
        assert!(Texts::Long.texts().iter().all(|text| text.len() >= MEGABYTE));
    }
}
