//! Decodings by name: how raw bytes become text, so that a map can be checked.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::{Span, contain::contain, engine::Registry};

/// Decodes raw bytes as a segment's `how` says: WHATWG encoding labels and decodings that plugins offer, joined by
/// `+` where one decoding follows another.
///
/// # Errors
///
/// What to say of a decoding that is not known, or of bytes that do not decode.
pub(crate) fn decode<'a>(
    how: &str,
    raw: &'a [u8],
    registry: &Registry,
) -> Result<Cow<'a, str>, String> {
    let mut bytes = Cow::Borrowed(raw);
    for name in how.split('+') {
        let encoding = Encoding::for_label(name.as_bytes());
        let invalid = || format!("the raw bytes are not valid {name}");
        let Some(encoding) = encoding else {
            let decoded = contain(|| registry.decode(name, &bytes)).unwrap_or(Some(None));
            let unknown =
                || format!("the decoding `{name}` is not known; name the plugin that offers it");
            bytes = Cow::Owned(decoded.ok_or_else(unknown)?.ok_or_else(invalid)?.into_bytes());
            continue;
        };
        let decoded = match encoding.decode_without_bom_handling_and_without_replacement(&bytes) {
            None => return Err(invalid()),
            Some(Cow::Owned(text)) => Some(text.into_bytes()),
            // Borrowed: the bytes are the text already.
            Some(Cow::Borrowed(_)) => None,
        };
        if let Some(decoded) = decoded {
            bytes = Cow::Owned(decoded);
        }
    }
    let text = match bytes {
        Cow::Borrowed(raw) => std::str::from_utf8(raw).map(Cow::Borrowed).ok(),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
    };
    text.ok_or_else(|| format!("{how} does not give text"))
}

/// Decodes runs of one document's raw bytes and keeps the last: of a long run that edits cut into many
/// parts, all follow each other.
#[derive(Default)]
pub(crate) struct Decodings {
    last: Option<(String, Span)>,
    text: String,
}

impl Decodings {
    /// What these raw bytes, which lie at `at`, decode to.
    pub(crate) fn text(
        &mut self,
        how: &str,
        at: Span,
        raw: &[u8],
        registry: &Registry,
    ) -> Result<&str, String> {
        if !self.last.as_ref().is_some_and(|(last, place)| last == how && *place == at) {
            self.last = None;
            self.text = decode(how, raw, registry)?.into_owned();
            self.last = Some((how.to_owned(), at));
        }
        Ok(&self.text)
    }
}

/// Whether bytes that decode in parts, plain ASCII among them, decode to the same as a whole: so it is
/// in encodings that extend ASCII and keep no state.
pub(crate) fn joins(how: &str) -> bool {
    Encoding::for_label(how.as_bytes()).is_some_and(Encoding::is_ascii_compatible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plugin;

    fn decode<'a>(how: &str, raw: &'a [u8]) -> Result<Cow<'a, str>, String> {
        super::decode(how, raw, &Registry::default())
    }

    #[test]
    fn plugins_offer_decodings() {
        let plugin = Plugin::new("test", "1").decoding("shout", |from| {
            assert!(!from.is_empty(), "told to panic");
            Some(std::str::from_utf8(from).ok()?.to_uppercase())
        });
        let registry = Registry::new(vec![plugin]).unwrap();
        assert_eq!(super::decode("windows-1252+shout", b"\xe9", &registry).unwrap(), "É");
        assert!(super::decode("shout", b"\xff", &registry).unwrap_err().contains("not valid"));
        assert!(super::decode("shout", b"", &registry).is_err(), "a panic is not passed on");
    }

    #[test]
    fn decodings_follow_each_other() {
        // UTF-8 that was taken for windows-1252 and written as UTF-16.
        let raw: Vec<u8> = "Ã©".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode("utf-16le", &raw).unwrap(), "Ã©");
        assert_eq!(decode("utf-16le+utf-8", &raw).unwrap(), "Ã©");
        assert!(decode("utf-16le+", &raw).unwrap_err().contains("``"));
        assert_eq!(decode("utf-8", b"").unwrap(), "");
    }

    #[test]
    fn a_run_is_decoded_once_for_all_its_parts() {
        let (mut decodings, none) = (Decodings::default(), Registry::default());
        let at = Span::new(0, 1);
        assert_eq!(decodings.text("windows-1252", at, b"\xe9", &none), Ok("é"));
        assert_eq!(decodings.text("windows-1252", at, b"", &none), Ok("é"), "kept");
        assert_eq!(decodings.text("windows-1251", at, b"\xe9", &none), Ok("й"));
        assert_eq!(decodings.text("windows-1251", Span::new(1, 2), b"a", &none), Ok("a"));
        assert!(decodings.text("rot13", at, b"a", &none).is_err());
        assert_eq!(decodings.text("windows-1251", Span::new(1, 2), b"a", &none), Ok("a"));
    }

    #[test]
    fn text_is_not_shown_for_bytes_that_are_none() {
        assert!(decode("utf-8", b"a\xff").unwrap_err().contains("utf-8"));
        assert!(decode("windows-1252+utf-8", b"\xff").is_ok(), "decoded text is UTF-8");
        assert!(decode("utf-8+utf-16le", "a".as_bytes()).is_err(), "half a unit");
        assert!(decode("replacement", b"a").is_err());
    }

    #[test]
    fn only_encodings_without_state_join() {
        for joined in ["utf-8", "windows-1252", "gb18030", "shift_jis"] {
            assert!(joins(joined), "{joined}");
        }
        for apart in ["utf-16le", "iso-2022-jp", "html", "windows-1252+html"] {
            assert!(!joins(apart), "{apart}");
        }
    }

    #[test]
    fn encodings_go_by_their_labels() {
        assert_eq!(decode("windows-1252", b"caf\xe9 \x93x\x94").unwrap(), "café “x”");
        assert_eq!(decode("utf-16le", b"a\0\xe9\0").unwrap(), "aé");
        assert!(decode("utf-16le", b"\0\xd8").is_err());
        assert!(decode("rot13", b"a").unwrap_err().contains("rot13"));
    }
}
