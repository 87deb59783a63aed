//! What holds for every document, whoever made it.

use crate::{DocumentBuf, SegmentKind, Span, Value};

/// Holds a document to what every stage and sink may rely on.
///
/// # Panics
///
/// Where a layer is not in text order, a span leaves the text or splits a char, or the map leaves out text
/// or differs from raw bytes that are at hand where it is verbatim.
pub fn check_document(document: &DocumentBuf) {
    let text = &document.text;
    let inside = |span: Span| assert!(span.of(text).is_some(), "{span:?} lies in {text:?}");
    for layer in document.view().layers() {
        let order: Vec<_> =
            layer.iter().map(|a| (a.span().start, u32::MAX - a.span().end)).collect();
        assert!(order.is_sorted(), "`{}` is in text order", layer.name());
        for annotation in layer.iter() {
            inside(annotation.span());
            annotation.features().for_each(|(_, value)| spans(value, &inside));
        }
    }
    let Some(map) = document.view().map() else {
        return assert!(!document.raw_differs, "text that differs from its raw bytes has a map");
    };
    let mut covered = 0;
    for segment in map {
        assert_eq!(segment.text.start, covered, "the map covers the text");
        inside(segment.text);
        if let (SegmentKind::Verbatim, false) = (segment.kind, document.carried) {
            let raw = document.raw().get(segment.raw.range());
            assert_eq!(raw, segment.text.of(text).map(str::as_bytes), "verbatim text");
        }
        covered = segment.text.end;
    }
    assert_eq!(covered as usize, text.len(), "the map covers the text");
}

fn spans(value: Value<'_>, inside: &impl Fn(Span)) {
    match value {
        Value::Span(span) => inside(span),
        Value::List(list) => list.iter().for_each(|member| spans(member, inside)),
        _ => {}
    }
}
