//! What the stage notes of a document: a digest of its words and, to find those like it, a signature of its shingles.

use sha2::{Digest, Sha256};

use crate::{
    hash,
    signature::{BINS, signature},
    words::Words,
};

/// The length of a digest in bytes. The digest alone decides that a document goes, its words are not kept: so it is
/// the first half of a SHA-256, which nobody can make collide.
pub(crate) const DIGEST: usize = 16;

/// Writes notes; buffers are kept from one to the next.
#[derive(Default)]
pub(crate) struct Note {
    words: Words,
    shingles: Vec<u64>,
    note: Vec<u8>,
}

impl Note {
    /// The length of a note in bytes, with a signature or without.
    pub(crate) fn length(with_signature: bool) -> usize {
        if with_signature { DIGEST + BINS } else { DIGEST }
    }

    /// The note of a text, empty where that has no words. With `shingle`, it has a signature of the sequences of so
    /// many words; a text of fewer words is one such sequence.
    pub(crate) fn of(&mut self, text: &str, shingle: Option<usize>) -> &[u8] {
        self.note.clear();
        self.words.read(text, shingle.is_some());
        if self.words.text().is_empty() {
            return &self.note;
        }
        let digest = Sha256::digest(self.words.text());
        self.note.extend(digest.iter().take(DIGEST));
        if let Some(length) = shingle {
            self.shingles.clear();
            let hashes = self.words.hashes();
            let length = length.clamp(1, hashes.len());
            self.shingles.extend(hashes.windows(length).map(hash::of_hashes));
            self.note.extend(signature(&mut self.shingles).into_iter().flatten());
        }
        &self.note
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_never_changes() {
        // Runs leave notes on disk.
        let note = Note::default().of("Kyiv thanked Berlin for the tanks.", Some(2)).to_vec();
        assert_eq!(note.len(), Note::length(true));
        assert_eq!(note[..4], [69, 165, 218, 9]);
        assert_eq!(note[DIGEST..DIGEST + 8], [233, 124, 233, 206, 191, 2, 184, 231]);
    }

    #[test]
    fn a_text_of_fewer_words_is_one_shingle() {
        let mut note = Note::default();
        let short = note.of("Kyiv!", Some(3)).to_vec();
        assert_eq!(short.len(), Note::length(true));
        assert_eq!(short, note.of("kyiv", Some(2)));
        assert_ne!(short, note.of("Lviv", Some(2)));
    }

    #[test]
    fn a_text_without_words_has_none() {
        assert_eq!(Note::default().of("… — !", Some(2)), [0; 0]);
        assert_eq!(Note::default().of("", None), [0; 0]);
    }
}
