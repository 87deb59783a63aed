//! Random chains of edits and rewrites, held against a plain model: a text whose every char carries
//! where it came from.

use proptest::prelude::*;

use crate::{
    Changes, Contract, DocumentBuf, Offsets, Piece, PieceKind, Provenance, SegmentKind, Span,
    Value,
    engine::{Apply, apply::CLIPPED, run::complete},
    json::{self, Form},
};

/// One char of the model: what it is, and which raw bytes stand behind it.
#[derive(Clone, Debug, PartialEq)]
struct Byte {
    char: char,
    /// Its number among all chars ever made: annotations hold the chars that they cover.
    number: usize,
    raw: From,
}

#[derive(Clone, Debug, PartialEq)]
enum From {
    Verbatim(usize),
    Decoded(Span),
    Inserted,
}

/// What one stage does, in units of chars, taken modulo the length of the text.
#[derive(Clone, Debug)]
enum Step {
    Edits(Vec<(usize, usize, String)>),
    /// Keeps some chars, upper-cases `&` into "and" as a decoding, drops the rest, puts text between.
    Rewrite(Vec<(bool, String)>),
    Annotate(usize, usize),
    /// Written as a line and read again, as between two runs.
    Carry,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let text = prop::sample::select(vec!["", "", "x", "é", "e\u{301}", "🇺🇦", "ab cd"])
        .prop_map(str::to_owned);
    let edits =
        prop::collection::vec((0usize..40, 0usize..12, text.clone()), 0..4).prop_map(Step::Edits);
    let rewrite = prop::collection::vec((any::<bool>(), text), 1..12).prop_map(Step::Rewrite);
    let annotate = (0usize..40, 0usize..20).prop_map(|(start, len)| Step::Annotate(start, len));
    prop::collection::vec(
        prop_oneof![3 => edits, 1 => rewrite, 2 => annotate, 1 => Just(Step::Carry)],
        0..7,
    )
}

fn raw_texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        " ",
        "\n",
        "é",
        "&",
        "e\u{301}",
        "👩\u{200d}👧",
        "語",
        "word",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// An annotation in the model: the numbers of the chars it covers, and whether it lost some.
struct Marked {
    chars: Vec<usize>,
    clipped: bool,
}

struct Model {
    bytes: Vec<Byte>,
    next: usize,
    marks: Vec<Marked>,
}

impl Model {
    fn of(raw: &str) -> Self {
        let bytes = raw.char_indices().enumerate();
        let bytes: Vec<Byte> = bytes
            .map(|(number, (at, char))| Byte { char, number, raw: From::Verbatim(at) })
            .collect();
        Model { next: bytes.len(), bytes, marks: Vec::new() }
    }

    fn text(&self) -> String {
        self.bytes.iter().map(|byte| byte.char).collect()
    }

    /// The byte offset of each char, and of the end.
    fn offsets(&self) -> Vec<usize> {
        let mut at = 0;
        let mut offsets = vec![0];
        for byte in &self.bytes {
            at += byte.char.len_utf8();
            offsets.push(at);
        }
        offsets
    }

    fn inserted(&mut self, text: &str) -> Vec<Byte> {
        text.chars().map(|char| self.made(char, From::Inserted)).collect()
    }

    fn made(&mut self, char: char, raw: From) -> Byte {
        self.next += 1;
        Byte { char, number: self.next - 1, raw }
    }

    /// Does a step to the model, and returns the change set that says the same.
    fn step(&mut self, step: &Step) -> Changes {
        let mut changes = Changes::new();
        let offsets = self.offsets();
        let len = self.bytes.len();
        match step {
            Step::Carry => {}
            Step::Annotate(start, size) => {
                let start = start % (len + 1);
                let end = (start + size).min(len);
                if start < end {
                    let span = Span::new(offsets[start], offsets[end]);
                    let number = self.marks.len() as u32;
                    changes.annotate("marks", span).with("number", number).with("at", span);
                    let chars: Vec<usize> =
                        self.bytes[start..end].iter().map(|byte| byte.number).collect();
                    self.marks.push(Marked { chars, clipped: false });
                }
            }
            Step::Edits(edits) => {
                let mut done: Vec<(usize, usize, &str)> = Vec::new();
                for (start, size, with) in edits {
                    let start = start % (len + 1);
                    let end = (start + size).min(len);
                    let apart = |other: &(usize, usize, &str)| end < other.0 || other.1 < start;
                    if done.iter().all(apart) {
                        done.push((start, end, with));
                        changes.replace(offsets[start]..offsets[end], with, "reason");
                    }
                }
                done.sort_unstable();
                for (start, end, with) in done.into_iter().rev() {
                    let with = self.inserted(with);
                    self.bytes.splice(start..end, with);
                }
            }
            Step::Rewrite(plan) => {
                let old = std::mem::take(&mut self.bytes);
                let (mut pieces, mut text) = (Vec::new(), String::new());
                for (at, byte) in old.into_iter().enumerate() {
                    let (keep, between) = &plan[at % plan.len()];
                    if byte.char == '&' {
                        // Decoded: the raw bytes of `&` stand behind it, where it has any.
                        let raw = match byte.raw {
                            From::Verbatim(at) => From::Decoded(Span::new(at, at + 1)),
                            _ => From::Inserted,
                        };
                        let from = Span::new(offsets[at], offsets[at + 1]);
                        pieces
                            .push(Piece { len: 1, kind: PieceKind::Decoded { from, how: "test" } });
                        self.bytes.push(Byte { char: '+', raw, ..byte });
                        text.push('+');
                    } else if *keep {
                        let len = byte.char.len_utf8() as u32;
                        pieces
                            .push(Piece { len, kind: PieceKind::Kept { at: offsets[at] as u32 } });
                        text.push(byte.char);
                        self.bytes.push(byte);
                    }
                    if !between.is_empty() {
                        pieces.push(Piece { len: between.len() as u32, kind: PieceKind::Inserted });
                        text.push_str(between);
                        let between = self.inserted(between);
                        self.bytes.extend(between);
                    }
                }
                changes.rewrite(&text, &pieces, "reason");
            }
        }
        changes
    }

    /// What is left of each mark, after a step; text put in the middle of it belongs to it now.
    fn settle(&mut self) {
        for mark in &mut self.marks {
            let left = |byte: &Byte| mark.chars.contains(&byte.number);
            let count = self.bytes.iter().filter(|byte| left(byte)).count();
            mark.clipped |= count < mark.chars.len();
            let first = self.bytes.iter().position(left).unwrap_or(0);
            let end = self.bytes.iter().rposition(left).map_or(first, |last| last + 1);
            mark.chars = self.bytes[first..end].iter().map(|byte| byte.number).collect();
        }
    }

    /// Where a mark is now, in bytes; `None` where nothing is left of it.
    fn span(&self, mark: &Marked) -> Option<Span> {
        let first = self.bytes.iter().position(|byte| Some(&byte.number) == mark.chars.first())?;
        let offsets = self.offsets();
        Some(Span::new(offsets[first], offsets[first + mark.chars.len()]))
    }
}

/// The document as another run gets it, from what this one writes.
fn carried(mut document: DocumentBuf) -> DocumentBuf {
    complete(&mut document, Provenance::Full);
    let form = Form { offsets: Offsets::Chars, provenance: Provenance::Full, ..Form::default() };
    let (mut line, mut again) = (Vec::new(), DocumentBuf::new());
    json::write(&document.view(), &form, &mut line);
    json::read(&line, &mut again).expect("what is written is read");
    again
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_map_and_annotations_agree_with_the_model(raw in raw_texts(), steps in steps()) {
        let mut document = DocumentBuf::with_text(&raw);
        let mut model = Model::of(&raw);
        let mut apply = Apply::default();
        let contract = Contract::new().extends("marks").edits_text();
        for step in &steps {
            if matches!(step, Step::Carry) {
                document = carried(document);
                continue;
            }
            let changes = model.step(step);
            model.settle();
            prop_assert_eq!(changes.check(&document.text, &contract), Ok(()));
            apply.apply(&mut document, &changes, &contract, "stage", Provenance::Full);
        }
        prop_assert_eq!(&document.text, &model.text());
        if !document.carried {
            prop_assert_eq!(document.raw(), raw.as_bytes(), "the bytes as read never change");
        }

        let view = document.view();
        let mut behind = Vec::new();
        let mut covered = 0;
        if let Some(map) = view.map() {
            for segment in map {
                prop_assert_eq!(segment.text.start as usize, covered, "the map has no gap");
                covered = segment.text.end as usize;
                let text = segment.text.of(view.text()).expect("on char boundaries");
                for (at, char) in text.char_indices() {
                    behind.push(match segment.kind {
                        SegmentKind::Verbatim => From::Verbatim(segment.raw.start as usize + at),
                        SegmentKind::Decoded { how, skip } => {
                            prop_assert_eq!((how, skip, char), ("test", 0, '+'));
                            From::Decoded(segment.raw)
                        }
                        SegmentKind::Inserted { .. } => From::Inserted,
                    });
                }
                if segment.kind == SegmentKind::Verbatim {
                    prop_assert_eq!(&raw[segment.raw.range()], text, "verbatim bytes are equal");
                }
            }
            prop_assert_eq!(covered, view.text().len());
            let expected: Vec<From> = model.bytes.iter().map(|byte| byte.raw.clone()).collect();
            prop_assert_eq!(behind, expected);
        } else {
            prop_assert_eq!(&document.text, &raw, "without a map nothing was edited");
        }

        let marks: Vec<_> = view.layer("marks").into_iter().flat_map(|layer| layer.iter()).collect();
        prop_assert!(marks.is_sorted_by_key(|mark| (mark.span().start, std::cmp::Reverse(mark.span().end))));
        for (number, model_mark) in model.marks.iter().enumerate() {
            let mark = marks.iter().find(|mark| mark.feature("number") == Some((number as u32).into()));
            match (mark, model.span(model_mark)) {
                (Some(mark), Some(span)) => {
                    prop_assert_eq!(mark.span(), span);
                    prop_assert_eq!(mark.feature("at"), Some(Value::Span(span)), "a span feature moves alike");
                    prop_assert_eq!(mark.feature(CLIPPED).is_some(), model_mark.clipped);
                }
                (None, None) => {}
                (Some(_), None) => prop_assert!(false, "mark {} outlives its text", number),
                (None, Some(_)) => prop_assert!(false, "mark {} is lost", number),
            }
        }
    }
}
