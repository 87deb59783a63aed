//! Frames come back as they were written, and no bytes make reading them panic.

use proptest::prelude::*;

use super::*;
use crate::{Piece, PieceKind, Span, Value};

fn document() -> DocumentBuf {
    let mut document = DocumentBuf::with_text("Kyiv 🙂 thanked Berlin.");
    document.set_id("a");
    document.origin.uri.push_str("a.txt");
    document.origin.locator.push_str("byte=7");
    document.set("outlet", "The Example".into());
    let list = [Value::Text("x"), Value::Span(Span::new(0, 4))];
    document.annotate("entities", 0..4usize).label("GPE").score(0.5).with("l", &list[..]);
    document.seal();
    document
}

fn edits() -> Changes {
    let mut changes = Changes::new();
    changes.remove(0..1usize, "r");
    changes.annotate("x", 0..2usize).score(0.5).with("k", 1.5).with("j", Value::Json("null"));
    let inner = [Value::Number(1.5), Value::Text("a")];
    changes.set("title", &[Value::from(&inner[..]), Value::Bool(true)][..]);
    changes
}

fn rewrite() -> Changes {
    let mut changes = Changes::new();
    let decoded = PieceKind::Decoded { from: Span::new(6, 8), how: "html" };
    let pieces =
        [Piece { len: 2, kind: PieceKind::Kept { at: 3 } }, Piece { len: 1, kind: decoded }];
    changes.rewrite("abc", &pieces, "r");
    changes
}

fn body(frame: &[u8]) -> (Kind, &[u8]) {
    let Frame { kind, body, len } = front(frame).unwrap().unwrap();
    assert_eq!(len, frame.len());
    (kind, body)
}

#[test]
fn a_document_comes_through_and_no_frame_is_taken_for_whole_before_it_is() {
    let mut bytes = Vec::new();
    for document in [document(), DocumentBuf::new()] {
        bytes.clear();
        write_document(&document, &mut bytes);
        for len in 0..bytes.len() {
            assert!(front(&bytes[..len]).unwrap().is_none(), "{len}");
        }
        let (kind, body) = body(&bytes);
        let mut read = DocumentBuf::with_text("of the last one");
        read_document(body, &mut read).unwrap();
        assert_eq!(kind, Kind::Document);
        assert_eq!(format!("{:?}", read.view()), format!("{:?}", document.view()));
        assert_eq!(read.origin, document.origin);
    }
}

#[test]
fn answers_come_through() {
    let mut bytes = Vec::new();
    let drop = Verdict::Drop(Reason::new("too-short"));
    for (verdict, changes) in
        [(Verdict::Keep, edits()), (Verdict::Keep, rewrite()), (drop, Changes::new())]
    {
        bytes.clear();
        write_answer(&Ok(verdict.clone()), &changes, Duration::from_nanos(7), &mut bytes);
        let mut read = Changes::new();
        let (outcome, time) = read_answer(body(&bytes).1, &mut read).unwrap();
        assert_eq!((outcome.unwrap(), time.as_nanos()), (verdict, 7));
        assert_eq!(read.edits, changes.edits);
        assert_eq!(read.arrays.annotations.len(), changes.arrays.annotations.len());
        assert_eq!(read.arrays.features, changes.arrays.features);
        assert_eq!(read.arrays.metadata, changes.arrays.metadata);
        assert_eq!(read.arrays.values, changes.arrays.values);
        assert_eq!(read.arrays.layers, changes.arrays.layers);
        assert_eq!(read.arrays.arena, changes.arrays.arena);
        let [read, written] = [&read, &changes].map(|changes| {
            changes.rewrite.as_ref().map(|r| (r.text.clone(), r.pieces.clone(), r.reason))
        });
        assert_eq!(read, written);
    }
    bytes.clear();
    write_answer(&Err("no good: é".to_owned()), &edits(), Duration::ZERO, &mut bytes);
    let (outcome, _) = read_answer(body(&bytes).1, &mut Changes::new()).unwrap();
    assert_eq!(outcome.unwrap_err().to_string(), "no good: é");
}

#[test]
fn what_is_no_frame_is_said_to_be_none() {
    assert_eq!(front(b"Hello, I am no worker"), Err(Malformed::NoFrame));
    let long = [u64::MAX, Kind::Answer as u64];
    assert_eq!(front(bytes_of(&long)), Err(Malformed::TooLong));
    let mut bytes = Vec::new();
    write_answer(&Ok(Verdict::Keep), &edits(), Duration::ZERO, &mut bytes);
    let (_, body) = body(&bytes);
    assert!(read_answer(&body[..body.len() - 1], &mut Changes::new()).is_err(), "too short");
    let longer = [body, &[0]].concat();
    assert!(read_answer(&longer, &mut Changes::new()).is_err(), "too long");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Whatever a worker answers, nothing panics, and what is let through can be followed in full.
    #[test]
    fn no_answer_makes_it_panic(
        rewrites in any::<bool>(),
        writes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<u32>(), 0..40_u32, Just(u32::MAX),
        ]), 1..6),
    ) {
        let mut bytes = Vec::new();
        let changes = if rewrites { rewrite() } else { edits() };
        write_answer(&Ok(Verdict::Keep), &changes, Duration::ZERO, &mut bytes);
        for (at, word) in writes {
            let at = at.index(bytes.len() / 4) * 4;
            if let Some(place) = bytes.get_mut(at..at + 4) {
                place.copy_from_slice(&word.to_le_bytes());
            }
        }
        let mut read = Changes::new();
        if let Ok(Some(Frame { body, .. })) = front(&bytes)
            && let Ok((Ok(_), _)) = read_answer(body, &mut read)
        {
            let contract = crate::Contract::new().writes("x").sets("title").edits_text();
            let _ = read.check("Kyiv 🙂 thanked Berlin.", &contract);
        }
    }
}
