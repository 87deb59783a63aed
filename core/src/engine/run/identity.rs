//! Names a document and its raw bytes.

use std::io;

use sha2::{Digest, Sha256};

use crate::{DocumentBuf, Provenance, provenance::Trace};

/// Fills in what the source left open: the digest of the raw bytes and a map, where they will be
/// written, and an id made of content and place, so that it is the same on every machine.
pub(crate) fn complete(document: &mut DocumentBuf, level: Provenance) {
    let is_named = !document.id.is_empty();
    let is_digested = level > Provenance::None && !document.carried;
    let mut hash = Sha256::new();
    if is_digested || !is_named {
        hash.update(document.raw());
    }
    if is_digested {
        document.origin.digest.clear();
        push_digest(&mut document.origin.digest, hash.clone());
        let len = document.text.len();
        document.trace.get_or_insert_with(|| Trace::verbatim(len));
    } else if level == Provenance::None {
        document.trace = None;
    }
    if !is_named {
        hash.update(document.origin.locator.as_bytes());
        document.id.push_str("doc-");
        push_hex(&mut document.id, &hash.finalize()[..16]);
    }
}

/// `sha256:` and the digest of these bytes in hexadecimal.
pub fn digest(raw: &[u8]) -> String {
    let mut digest = String::new();
    push_digest(&mut digest, Sha256::new_with_prefix(raw));
    digest
}

/// The same of what can be read, in little memory.
pub(crate) fn digest_of(mut from: impl io::Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => hash.update(&buffer[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut digest = String::new();
    push_digest(&mut digest, hash);
    Ok(digest)
}

fn push_digest(text: &mut String, hash: Sha256) {
    text.reserve(71);
    text.push_str("sha256:");
    push_hex(text, &hash.finalize());
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    text.extend(halves.map(|half| char::from(DIGITS[usize::from(half)])));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_what_sha256sum_prints() {
        assert_eq!(
            digest(b"abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn text_as_it_was_read_has_a_map_where_one_is_written() {
        let mut document = DocumentBuf::with_text("same");
        complete(&mut document, Provenance::None);
        assert!(document.view().map().is_none());
        complete(&mut document, Provenance::Map);
        assert_eq!(document.view().map().map(Iterator::count), Some(1));
    }

    #[test]
    fn the_same_text_at_two_places_has_two_ids() {
        let at = |locator: &str| {
            let mut document = DocumentBuf::with_text("same");
            document.origin.locator.push_str(locator);
            complete(&mut document, Provenance::None);
            document.id
        };
        assert_ne!(at("byte=0;field=text"), at("byte=9;field=text"));
        assert_eq!(at("byte=0;field=text"), at("byte=0;field=text"));
    }
}
