//! From bytes to text, and which bytes became what.
//!
//! Bytes that are the same in UTF-8 stay verbatim: all of UTF-8, and ASCII in every encoding that
//! extends it. What lies between them is decoded in runs, which end at ASCII, so that an edit seldom cuts
//! one; UTF-16 is decoded line by line. Nothing is replaced: bytes that do not decode are an error.

use std::str::Utf8Error;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use docmill_core::{DocumentBuf, DocumentError, Segment, SegmentKind, Span};
use encoding_rs::{DecoderResult, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// What the setting `encoding` asks for.
#[derive(Debug)]
pub(crate) enum Wanted {
    Auto,
    Encoding(&'static Encoding),
}

impl Wanted {
    pub(crate) fn of_label(label: &str) -> Result<Self, String> {
        if label == "auto" {
            return Ok(Wanted::Auto);
        }
        match Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding != REPLACEMENT => Ok(Wanted::Encoding(encoding)),
            _ => Err(format!(
                "`{label}` is no encoding that can be read; use `auto` or a WHATWG label such as \
                 `utf-8`, `windows-1252`, `gb18030`, `utf-16le`"
            )),
        }
    }
}

/// The text of some bytes.
enum Decoding<'a> {
    /// The bytes are the text.
    Same(&'a str),
    Other(Decoded),
}

/// Text, with the way from bytes to it.
#[derive(Debug, PartialEq)]
struct Decoded {
    text: String,
    /// The encoding: its WHATWG name in lower case.
    label: String,
    /// They cover the text in order.
    runs: Vec<Run>,
}

#[derive(Debug, PartialEq)]
struct Run {
    text: Span,
    raw: Span,
    verbatim: bool,
}

impl Decoded {
    fn segments(&self) -> Vec<Segment<'_>> {
        let decoded = SegmentKind::Decoded { how: &self.label, skip: 0 };
        let kind = |run: &Run| if run.verbatim { SegmentKind::Verbatim } else { decoded };
        let segment = |run: &Run| Segment { text: run.text, raw: run.raw, kind: kind(run) };
        self.runs.iter().map(segment).collect()
    }

    fn push(&mut self, text: usize, raw: std::ops::Range<usize>, verbatim: bool) {
        if text < self.text.len() {
            let text = Span::new(text, self.text.len());
            self.runs.push(Run { text, raw: raw.into(), verbatim });
        }
    }
}

/// What is said of bytes that are neither marked nor UTF-8.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Claims<'a> {
    /// The label that came with them, as in a header of HTTP.
    pub(crate) charset: Option<&'a [u8]>,
    /// Whether they are a page, which may name its encoding itself.
    pub(crate) html: bool,
}

/// Makes a document of its raw bytes: its text, its map where the two differ, and in the metadata key
/// `encoding` what they are in, where that is not UTF-8.
pub(crate) fn fill(
    raw: &[u8],
    wanted: &Wanted,
    claims: Claims<'_>,
    document: &mut DocumentBuf,
) -> Result<(), DocumentError> {
    match decode(raw, wanted, claims)? {
        Decoding::Same(text) => document.push_text(text),
        Decoding::Other(decoded) => {
            document.set_decoded(raw, &decoded.text, &decoded.segments());
            if decoded.label != "utf-8" {
                document.set("encoding", decoded.label.as_str().into());
            }
        }
    }
    Ok(())
}

/// Decodes bytes in the wanted encoding, or the one they seem to be in.
fn decode<'a>(
    raw: &'a [u8],
    wanted: &Wanted,
    claims: Claims<'_>,
) -> Result<Decoding<'a>, DocumentError> {
    let (encoding, start) = match (Encoding::for_bom(raw), wanted) {
        (Some((encoding, mark)), _) => (encoding, mark),
        (None, Wanted::Encoding(encoding)) => (*encoding, 0),
        (None, Wanted::Auto) => match std::str::from_utf8(raw) {
            Ok(text) => return Ok(Decoding::Same(text)),
            Err(error) => (detect(raw, error, claims)?, 0),
        },
    };
    let mut decoded = Decoded {
        text: String::new(),
        label: encoding.name().to_ascii_lowercase(),
        runs: Vec::new(),
    };
    let body = raw.get(start..).unwrap_or_default();
    let outcome = if encoding == UTF_8 {
        match std::str::from_utf8(body) {
            Ok(text) if start == 0 => return Ok(Decoding::Same(text)),
            Ok(text) => {
                decoded.text.push_str(text);
                decoded.push(0, start..raw.len(), true);
                Ok(())
            }
            Err(error) => Err(start + error.valid_up_to()),
        }
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        decode_lines(encoding, raw, start, &mut decoded)
    } else if encoding.is_ascii_compatible() {
        decode_runs(encoding, raw, &mut decoded)
    } else {
        decode_whole(encoding, raw, start..raw.len(), &mut decoded)
    };
    match outcome {
        Ok(()) => Ok(Decoding::Other(decoded)),
        Err(at) => Err(DocumentError::new(format!(
            "invalid {} at byte {at}; set `encoding` to what the input is in, or repair it",
            encoding.name()
        ))),
    }
}

/// The encoding of bytes without a byte order mark that are not UTF-8, for this reason.
fn detect(
    raw: &[u8],
    error: Utf8Error,
    claims: Claims<'_>,
) -> Result<&'static Encoding, DocumentError> {
    // Legacy text seldom holds valid sequences of UTF-8: more of these than faults say that it is
    // UTF-8, and broken.
    let (mut valid, mut faults) = (0usize, 0usize);
    for chunk in raw.utf8_chunks() {
        valid += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    if valid > faults {
        return Err(DocumentError::new(format!(
            "invalid UTF-8 at byte {} of what is otherwise UTF-8; repair the input, or set \
             `encoding` if it is in another",
            error.valid_up_to()
        )));
    }
    let charset = claims.charset.and_then(possible);
    if let Some(claimed) = charset.or_else(|| claims.html.then(|| declared(raw)).flatten()) {
        return Ok(claimed);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(raw, true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// The encoding that a page names in a `meta` element among its first 1024 bytes.
fn declared(raw: &[u8]) -> Option<&'static Encoding> {
    let head = raw.get(..raw.len().min(1024))?.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let meta = head.get(head.find("<meta")?..)?;
    let label = meta.split_once("charset")?.1.trim_start().strip_prefix('=')?;
    let label = label.trim_start_matches([' ', '"', '\'']);
    let label = label.split(['"', '\'', ' ', ';', '>', '/']).next()?;
    possible(label.as_bytes())
}

/// The encoding of this label, where bytes that are not UTF-8 can be in it.
fn possible(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label)?;
    let possible = encoding.is_ascii_compatible() && encoding != UTF_8 && encoding != REPLACEMENT;
    possible.then_some(encoding)
}

/// An encoding that extends ASCII: runs of ASCII are verbatim, those between them decoded. An error is
/// the place of a byte that does not decode.
fn decode_runs(
    encoding: &'static Encoding,
    raw: &[u8],
    decoded: &mut Decoded,
) -> Result<(), usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    decoded.text.reserve(raw.len());
    let mut at = 0;
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let ascii = rest.get(..Encoding::ascii_valid_up_to(rest)).unwrap_or_default();
        let text = decoded.text.len();
        decoded.text.extend(std::str::from_utf8(ascii));
        decoded.push(text, at..at + ascii.len(), true);
        at += ascii.len();

        // Byte by byte: a byte that looks like ASCII may be the second half of a char.
        let (start, text) = (at, decoded.text.len());
        let mut last = text;
        while let Some(byte) = raw.get(at) {
            let between_chars = decoded.text.len() > last || at == start;
            if between_chars && byte.is_ascii() {
                break;
            }
            last = if between_chars { decoded.text.len() } else { last };
            feed(&mut decoder, std::slice::from_ref(byte), at, &mut decoded.text, false)?;
            at += 1;
        }
        if at == raw.len() {
            feed(&mut decoder, &[], at, &mut decoded.text, true)?;
        }
        decoded.push(text, start..at, false);
    }
    Ok(())
}

/// Decodes the bytes at `at`. An error is the place of the first that does not decode.
fn feed(
    decoder: &mut encoding_rs::Decoder,
    bytes: &[u8],
    at: usize,
    text: &mut String,
    last: bool,
) -> Result<(), usize> {
    let needed = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    text.reserve(needed.unwrap_or_default());
    match decoder.decode_to_string_without_replacement(bytes, text, last) {
        (DecoderResult::Malformed(len, after), read) => {
            Err((at + read).saturating_sub(usize::from(len) + usize::from(after)))
        }
        // The buffer is as long as the decoder asked for.
        (DecoderResult::InputEmpty | DecoderResult::OutputFull, _) => Ok(()),
    }
}

/// UTF-16, line by line.
fn decode_lines(
    encoding: &'static Encoding,
    raw: &[u8],
    start: usize,
    decoded: &mut Decoded,
) -> Result<(), usize> {
    let newline: [u8; 2] = if encoding == UTF_16LE { [b'\n', 0] } else { [0, b'\n'] };
    let body = raw.get(start..).unwrap_or_default();
    let mut line = start;
    let ends = body.chunks_exact(2).enumerate().filter(|(_, unit)| *unit == newline);
    let ends = ends.map(|(unit, _)| start + 2 * unit + 2).chain([raw.len()]);
    for end in ends {
        decode_whole(encoding, raw, line..end, decoded)?;
        line = end;
    }
    Ok(())
}

/// A part of the bytes, as one run.
fn decode_whole(
    encoding: &'static Encoding,
    raw: &[u8],
    part: std::ops::Range<usize>,
    decoded: &mut Decoded,
) -> Result<(), usize> {
    let text = decoded.text.len();
    let bytes = raw.get(part.clone()).unwrap_or_default();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    feed(&mut decoder, bytes, part.start, &mut decoded.text, true)?;
    decoded.push(text, part, false);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn auto(raw: &[u8]) -> Result<(String, Vec<(String, String)>), String> {
        with(raw, &Wanted::Auto)
    }

    /// The text, and each segment's text and how it came to be.
    fn with(raw: &[u8], wanted: &Wanted) -> Result<(String, Vec<(String, String)>), String> {
        match decode(raw, wanted, Claims::default()).map_err(|error| error.to_string())? {
            Decoding::Same(text) => Ok((text.to_owned(), Vec::new())),
            Decoding::Other(decoded) => {
                let segments = decoded.segments().into_iter().map(|segment| {
                    let text = segment.text.of(&decoded.text).unwrap();
                    let bytes = &raw[segment.raw.range()];
                    match segment.kind {
                        SegmentKind::Verbatim => {
                            assert_eq!(text.as_bytes(), bytes);
                            (text.to_owned(), "verbatim".to_owned())
                        }
                        SegmentKind::Decoded { how, .. } => {
                            let encoding = Encoding::for_label(how.as_bytes()).unwrap();
                            let again =
                                encoding.decode_without_bom_handling_and_without_replacement(bytes);
                            assert_eq!(again.unwrap(), text);
                            (text.to_owned(), how.to_owned())
                        }
                        SegmentKind::Inserted { .. } => unreachable!("nothing is inserted"),
                    }
                });
                let segments: Vec<_> = segments.collect();
                assert_eq!(segments.iter().map(|s| s.0.as_str()).collect::<String>(), decoded.text);
                Ok((decoded.text, segments))
            }
        }
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn utf8_is_the_text_and_its_mark_is_not() {
        assert_eq!(auto("Kyïv\0".as_bytes()).unwrap(), ("Kyïv\0".to_owned(), vec![]));
        assert_eq!(
            auto("\u{feff}Kyïv".as_bytes()).unwrap(),
            ("Kyïv".to_owned(), pairs(&[("Kyïv", "verbatim")]))
        );
        assert_eq!(auto(b"\xef\xbb\xbf").unwrap(), (String::new(), vec![]));
    }

    #[test]
    fn legacy_text_is_decoded_in_runs() {
        let (text, segments) = auto(b"The caf\xe9 \x93M\xfcnchen\x94 was full, he said.").unwrap();
        assert_eq!(text, "The café “München” was full, he said.");
        assert_eq!(
            segments[..4],
            pairs(&[
                ("The caf", "verbatim"),
                ("é", "windows-1252"),
                (" ", "verbatim"),
                ("“", "windows-1252")
            ])
        );
    }

    #[test]
    fn halves_of_a_char_that_look_like_ascii_stay_with_it() {
        // 表 and ソ end in a backslash byte in Shift_JIS.
        let japanese = Wanted::of_label("shift_jis").unwrap();
        let (text, segments) = with(b"a\x95\x5c\x83\x5c\\b", &japanese).unwrap();
        assert_eq!(text, "a表ソ\\b");
        assert_eq!(
            segments,
            pairs(&[("a", "verbatim"), ("表ソ", "shift_jis"), ("\\b", "verbatim")])
        );
        let chinese = Wanted::of_label("gb18030").unwrap();
        assert_eq!(with(b"\x81\x30\x84\x36x", &chinese).unwrap().0, "\u{a5}x");
    }

    #[test]
    fn utf16_is_decoded_by_line() {
        for (mark, bytes) in [
            ([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let raw: Vec<u8> =
                mark.into_iter().chain("é👍\nb".encode_utf16().flat_map(bytes)).collect();
            let (text, segments) = auto(&raw).unwrap();
            assert_eq!(text, "é👍\nb");
            assert_eq!(segments.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), ["é👍\n", "b"]);
            assert!(
                auto(&raw[..raw.len() - 1]).unwrap_err().contains("invalid UTF-16"),
                "odd length"
            );
        }
        assert!(
            auto(b"\xff\xfea\0\x00\xd8b\0").unwrap_err().contains("at byte 4"),
            "lone surrogate"
        );
    }

    #[test]
    fn bytes_that_do_not_decode_are_named() {
        let broken = auto("Kyïv und Zürich \u{fc}".replace('v', "v\0").as_bytes()).unwrap();
        assert!(broken.0.contains('\0'), "valid text passes");
        let error = auto(b"Ky\xc3\xafv Z\xc3\xbcrich \xff").unwrap_err();
        assert!(error.contains("invalid UTF-8 at byte 14"), "{error}");
        let error = with(b"ab\x81", &Wanted::of_label("shift_jis").unwrap()).unwrap_err();
        assert!(error.contains("Shift_JIS at byte 2"), "{error}");
        let error = with(b"ab\xe9cd", &Wanted::of_label("utf-8").unwrap()).unwrap_err();
        assert!(error.contains("UTF-8 at byte 2") && error.contains("set `encoding`"), "{error}");
    }

    #[test]
    fn a_page_says_what_it_is_in() {
        let page = b"<html><head><META http-equiv=x content='text/html; charset=KOI8-R'></head>\xeb\xc9\xc5\xd7";
        let Ok(Decoding::Other(decoded)) =
            decode(page, &Wanted::Auto, Claims { charset: None, html: true })
        else {
            panic!()
        };
        assert_eq!(decoded.label, "koi8-r");
        assert!(decoded.text.ends_with("Киев"));
        assert_eq!(declared(b"<meta charset=\"utf-8\">"), None);
    }

    #[test]
    fn a_label_that_came_with_the_bytes_goes_before_the_pages_own_and_after_utf8() {
        let page = b"<meta charset=koi8-r>\xeb\xc9\xc5\xd7";
        let label = |charset: &'static str, page| {
            let claims = Claims { charset: Some(charset.as_bytes()), html: true };
            match decode(page, &Wanted::Auto, claims) {
                Ok(Decoding::Other(decoded)) => decoded.label,
                other => panic!("{}", other.is_ok()),
            }
        };
        assert_eq!(label("Windows-1251", page), "windows-1251");
        assert_eq!(label("utf-8", page), "koi8-r");
        assert_eq!(label("latin-x", page), "koi8-r");
        let claims = Claims { charset: Some(b"windows-1252"), html: true };
        let utf8 = decode("Kyïv".as_bytes(), &Wanted::Auto, claims);
        assert!(matches!(utf8, Ok(Decoding::Same("Kyïv"))));
    }

    #[test]
    fn labels_are_checked() {
        assert!(Wanted::of_label("utf8").is_ok());
        for unknown in ["latin-x", "", "utf-7", "hz-gb-2312"] {
            assert!(Wanted::of_label(unknown).unwrap_err().contains("WHATWG"), "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_encoding_decode_as_encoding_rs_does(
            raw in prop_oneof![any::<Vec<u8>>(), prop::collection::vec(prop_oneof![0x20..0x7fu8, 0x80..=0xffu8], 0..40)],
            label in prop::sample::select(vec!["auto", "windows-1252", "windows-1251", "koi8-r", "shift_jis",
                "euc-jp", "euc-kr", "gbk", "gb18030", "big5", "iso-2022-jp", "utf-16le", "utf-16be", "x-user-defined", "windows-874"]),
        ) {
            let wanted = Wanted::of_label(label).unwrap();
            let ours = with(&raw, &wanted);
            if let (Wanted::Encoding(encoding), None) = (wanted, Encoding::for_bom(&raw)) {
                let theirs = encoding.decode_without_bom_handling_and_without_replacement(&raw);
                prop_assert_eq!(ours.ok().map(|(text, _)| text), theirs.map(String::from));
            }
        }
    }
}
