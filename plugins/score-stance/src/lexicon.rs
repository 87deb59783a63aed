//! What the stage knows of English: word classes, verbs, nouns and valuations, read from `words/`.
//!
//! The lists are compiled in and read once. A word is found by its folded hash and then compared, so that
//! "Condemned" and "condemned" are one word, and nothing else is.

mod frame;
mod read;
mod word;

use std::sync::LazyLock;

use docmill_text::{fold_eq, fold_hash};
use rustc_hash::FxHashMap;

pub(crate) use frame::{
    Control, Effect, Flag, Flags, Noun, Operator, Place, Slot, TieSign, Verb, VerbFrame,
};
pub(crate) use word::{Tags, VERB, Word};

/// The lexicon of English.
pub(crate) fn english() -> &'static Lexicon {
    static ENGLISH: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
    &ENGLISH
}

/// A word form; [`UNKNOWN`] for all that the lists do not hold.
pub(crate) type WordId = u32;

/// The word that stands for all unknown ones.
pub(crate) const UNKNOWN: WordId = 0;

/// Words that rules name themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    pub(crate) by: WordId,
    pub(crate) of: WordId,
    pub(crate) from: WordId,
    pub(crate) for_: WordId,
    pub(crate) on: WordId,
    pub(crate) with: WordId,
    pub(crate) in_: WordId,
    pub(crate) between: WordId,
    pub(crate) at: WordId,
    pub(crate) over: WordId,
    pub(crate) across: WordId,
    pub(crate) near: WordId,
    pub(crate) to: WordId,
    pub(crate) against: WordId,
    pub(crate) as_: WordId,
    pub(crate) if_: WordId,
}

/// All word lists.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    words: Vec<Word>,
    index: FxHashMap<u64, WordId>,
    pub(crate) verbs: Vec<Verb>,
    pub(crate) nouns: Vec<Noun>,
    verb_index: FxHashMap<&'static str, u16>,
    ties: FxHashMap<(&'static str, TieSign), i8>,
    irregular: FxHashMap<&'static str, (&'static str, &'static str)>,
    pub(crate) known: Known,
}

impl Lexicon {
    /// The id of a word, [`UNKNOWN`] where the lists do not hold it.
    pub(crate) fn find(&self, word: &str) -> WordId {
        match self.index.get(&fold_hash(word)) {
            Some(id)
                if self.words.get(*id as usize).is_some_and(|known| fold_eq(&known.text, word)) =>
            {
                *id
            }
            _ => UNKNOWN,
        }
    }

    /// A word by its id.
    pub(crate) fn word(&self, id: WordId) -> &Word {
        &self.words[if (id as usize) < self.words.len() { id as usize } else { 0 }]
    }

    /// The verb that a word is a form of.
    pub(crate) fn verb_of(&self, id: WordId) -> Option<&Verb> {
        self.verbs.get(usize::from(self.word(id).verb?))
    }

    /// The noun that a word is a form of.
    pub(crate) fn noun_of(&self, id: WordId) -> Option<&Noun> {
        self.nouns.get(usize::from(self.word(id).noun?))
    }

    /// How a word values the ties beside it.
    pub(crate) fn tie_sign(&self, word: WordId, place: TieSign) -> Option<i8> {
        let lemma = match place {
            TieSign::Of => &*self.word(word).text,
            _ => &*self.verb_of(word)?.lemma,
        };
        self.ties.get(&(lemma, place)).copied()
    }
}
