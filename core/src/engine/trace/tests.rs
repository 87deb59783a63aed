//! Maps after edits, of documents as they were read and of carried ones.

use super::*;
use crate::{
    Contract, DocumentBuf, Offsets, Piece, PieceKind, Segment, SegmentKind,
    engine::Apply,
    json::{self, Form},
};

/// The document after a stage that edits text.
fn edit(document: &mut DocumentBuf, change: impl FnOnce(&mut Changes)) {
    let mut changes = Changes::new();
    change(&mut changes);
    let contract = Contract::new().edits_text();
    assert_eq!(changes.check(&document.text, &contract), Ok(()));
    Apply::default().apply(document, &changes, &contract, "stage", Provenance::Full);
}

fn decoded(how: &str, len: usize, raw: Span) -> Segment<'_> {
    Segment { text: Span::new(0, len), raw, kind: SegmentKind::Decoded { how, skip: 0 } }
}

fn utf16() -> DocumentBuf {
    let mut document = DocumentBuf::new();
    let raw = [0xff, 0xfe, b'a', 0, b'b', 0, b'c', 0];
    document.set_decoded(&raw, "abc", &[decoded("utf-16le", 3, Span::new(2, 8))]);
    document
}

fn map(document: &DocumentBuf) -> Vec<(Span, SegmentKind<'_>)> {
    document.view().map().unwrap().map(|segment| (segment.raw, segment.kind)).collect()
}

#[test]
fn a_cut_decoded_segment_says_how_much_it_skips() {
    let mut document = utf16();
    edit(&mut document, |c| c.remove(1..2usize, "reason"));
    let part = |skip| (Span::new(2, 8), SegmentKind::Decoded { how: "utf-16le", skip });
    assert_eq!(map(&document), [part(0), part(2)]);
}

#[test]
fn an_edit_of_decoded_text_and_what_was_put_in_it_names_all_its_raw_bytes() {
    let mut document = utf16();
    edit(&mut document, |c| c.replace(1..1usize, "x", "first"));
    edit(&mut document, |c| c.remove(0..2usize, "second"));
    let edits: Vec<_> = document.view().edits().unwrap().map(|edit| edit.raw).collect();
    assert_eq!(edits, [Span::new(2, 2), Span::new(2, 8)]);
}

#[test]
fn decodings_join_only_where_the_raw_bytes_are_known_to_decode_so() {
    let decode_all = |document: &mut DocumentBuf| {
        let from = Span::new(0, document.text.len());
        let piece = Piece { len: 1, kind: PieceKind::Decoded { from, how: "x" } };
        edit(document, |c| c.rewrite("X", &[piece], "reason"));
    };
    let inserted = SegmentKind::Inserted { stage: "stage" };
    let joined = |how| SegmentKind::Decoded { how, skip: 0 };

    let mut whole = utf16();
    decode_all(&mut whole);
    assert_eq!(map(&whole), [(Span::new(2, 8), joined("utf-16le+x"))]);

    let mut cut = utf16();
    edit(&mut cut, |c| c.remove(1..3usize, "reason"));
    decode_all(&mut cut);
    assert_eq!(map(&cut), [(Span::new(2, 2), inserted)], "`abc` decodes to more than `a`");

    for (how, expected) in [("windows-1252", joined("windows-1252+x")), ("made-up", inserted)] {
        let mut mixed = DocumentBuf::new();
        let ascii =
            Segment { text: Span::new(2, 3), raw: Span::new(1, 2), kind: SegmentKind::Verbatim };
        mixed.set_decoded(b"\xe9a", "éa", &[decoded(how, 2, Span::new(0, 1)), ascii]);
        decode_all(&mut mixed);
        assert_eq!(map(&mixed)[0].1, expected, "{how}");
    }
}

#[test]
fn edits_remember_stage_reason_place_and_text() {
    let mut document = DocumentBuf::with_text("Menu\nKyiv");
    let contract = Contract::new().edits_text();
    let mut changes = Changes::new();
    changes.remove(0..5usize, "menu");
    let mut apply = Apply::default();
    apply.apply(&mut document, &changes, &contract, "clean", Provenance::Full);
    changes.clear();
    changes.replace(0..1usize, "C", "spelling");
    apply.apply(&mut document, &changes, &contract, "spell", Provenance::Full);
    let edits: Vec<_> = document
        .view()
        .edits()
        .unwrap()
        .map(|e| (e.stage, e.reason, e.raw, e.removed, e.inserted))
        .collect();
    assert_eq!(
        edits,
        [
            ("clean", "menu", Span::new(0, 5), Some("Menu\n"), ""),
            ("spell", "spelling", Span::new(5, 6), Some("K"), "C"),
        ]
    );
}

/// Whatever map a line carries, its document can be edited, and what comes of it can be read again.
#[test]
fn a_carried_document_is_edited_and_read_again() {
    let segments = [
        r#"{"text":[0,1],"raw":[4294967294,4294967295]}"#,
        r#"{"text":[0,1],"raw":[0,4294967295],"decoded":"utf-8","skip":4294967280}"#,
        r#"{"text":[0,1],"raw":[7,7],"inserted":"stage"}"#,
    ];
    let rests = [
        r#"{"text":[1,4],"raw":[0,4294967295],"decoded":"utf-8","skip":4294967285}"#,
        r#"{"text":[1,4],"raw":[3,3],"inserted":"stage"}"#,
        r#"{"text":[1,3],"raw":[9,9],"inserted":"b"},{"text":[3,4],"raw":[1,5]}"#,
    ];
    let mut read = 0;
    for (first, rest) in segments.iter().flat_map(|first| rests.map(|rest| (first, rest))) {
        let line = format!(r#"{{"text":"aéb👍","origin":{{}},"map":[{first},{rest}]}}"#);
        let mut document = DocumentBuf::new();
        if json::read(line.as_bytes(), &mut document).is_err() {
            continue;
        }
        read += 1;
        edit(&mut document, |c| {
            c.replace(0..3usize, "x", "reason");
            c.remove(4..8usize, "reason");
        });
        let whole = Span::new(0, document.text.len());
        let piece = Piece { len: 2, kind: PieceKind::Decoded { from: whole, how: "x" } };
        let mut again = document.clone();
        edit(&mut again, |c| c.rewrite("yz", &[piece], "reason"));
        edit(&mut again, |c| c.remove(0..1usize, "reason"));
        for document in [document, again] {
            let mut out = Vec::new();
            let form =
                Form { offsets: Offsets::Utf16, provenance: Provenance::Full, ..Form::default() };
            json::write(&document.view(), &form, &mut out);
            let back = json::read(&out, &mut DocumentBuf::new());
            assert!(back.is_ok(), "{back:?}: {}", String::from_utf8_lossy(&out));
        }
    }
    assert_eq!(read, 6);
}
