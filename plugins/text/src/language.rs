//! What the rules must know of a language: its abbreviations, clitics, function words, verbs of
//! speech.
//!
//! The rules themselves, in [`tokens`](crate::tokens) and [`sentences`](crate::sentences), name no
//! word of any language. A [`Language`] is built from word lists, one entry a line, `#` opening a
//! comment; those of [`english`] lie in `words/english/` and are compiled in.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

/// The word lists that the rules consult.
#[derive(Debug, Clone, Default)]
pub struct Language {
    abbreviations: FxHashMap<Box<str>, Abbreviation>,
    clitics: Vec<Clitic>,
    openers: FxHashSet<Box<str>>,
    speech_verbs: FxHashSet<Box<str>>,
    /// Words that do not end a sentence; whether not even before a capital.
    unfinished: FxHashMap<Box<str>, bool>,
    longest_abbreviation: usize,
}

/// Word lists as text, one entry a line; empty lines and lines that start with `#` are skipped.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordLists<'a> {
    /// Abbreviations without their full stop, under the headings `[before-name]`, `[before-number]`
    /// and `[anywhere]`. Letter case counts. A word may stand under several headings.
    pub abbreviations: &'a str,
    /// Clitics, written with a straight apostrophe: `'s`, `n't`.
    pub clitics: &'a str,
    /// Words, capitalised, that open a sentence after an abbreviation.
    pub openers: &'a str,
    /// Verbs, in lower case, that attribute a quotation.
    pub speech_verbs: &'a str,
    /// Words, in lower case, that do not end a line's sentence, under the headings `[always]` and
    /// `[before-lower-case]`.
    pub unfinished: &'a str,
}

/// English, as news writes it.
pub fn english() -> &'static Language {
    static ENGLISH: LazyLock<Language> = LazyLock::new(|| {
        Language::new(WordLists {
            abbreviations: include_str!("../words/english/abbreviations.txt"),
            clitics: include_str!("../words/english/clitics.txt"),
            openers: include_str!("../words/english/openers.txt"),
            speech_verbs: include_str!("../words/english/speech-verbs.txt"),
            unfinished: include_str!("../words/english/unfinished.txt"),
        })
    });
    &ENGLISH
}

/// Where an abbreviation's full stop belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Abbreviation {
    pub(crate) before_name: bool,
    pub(crate) before_number: bool,
    pub(crate) anywhere: bool,
}

/// A clitic: the letters it takes from the word before the apostrophe, and those after it. Lower
/// case, ASCII.
#[derive(Debug, Clone)]
pub(crate) struct Clitic {
    pub(crate) before: Box<[u8]>,
    pub(crate) after: Box<[u8]>,
}

impl Language {
    /// Reads the lists. Headings that are not known and clitics without an apostrophe are passed
    /// over.
    pub fn new(lists: WordLists<'_>) -> Self {
        let mut language = Language::default();
        for (heading, entry) in headed_entries(lists.abbreviations) {
            language.longest_abbreviation = language.longest_abbreviation.max(entry.len());
            let known = language.abbreviations.entry(entry.into()).or_default();
            match heading {
                "[before-name]" => known.before_name = true,
                "[before-number]" => known.before_number = true,
                "[anywhere]" => known.anywhere = true,
                _ => {}
            }
        }
        for (heading, entry) in headed_entries(lists.unfinished) {
            language.unfinished.insert(entry.into(), heading == "[always]");
        }
        for entry in entries(lists.clitics) {
            if let Some((before, after)) = entry.split_once('\'') {
                language.clitics.push(Clitic {
                    before: before.to_ascii_lowercase().into_bytes().into(),
                    after: after.to_ascii_lowercase().into_bytes().into(),
                });
            }
        }
        language.openers = entries(lists.openers).map(Into::into).collect();
        language.speech_verbs = entries(lists.speech_verbs).map(Into::into).collect();
        language
    }

    /// Adds an abbreviation, with or without its full stop, after which a sentence may end.
    pub fn add_abbreviation(&mut self, word: &str) {
        let word = word.strip_suffix('.').unwrap_or(word);
        self.longest_abbreviation = self.longest_abbreviation.max(word.len());
        self.abbreviations.entry(word.into()).or_default().anywhere = true;
    }

    /// What is known of `word`, an abbreviation without its full stop.
    pub(crate) fn abbreviation(&self, word: &str) -> Option<Abbreviation> {
        if word.len() > self.longest_abbreviation {
            return None;
        }
        if let Some(known) = self.abbreviations.get(word) {
            return Some(*known);
        }
        // "GEN." in a line of capitals: those before a name only, for "SAT." and "NO." end
        // sentences there.
        if word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let mut titled = word.to_ascii_lowercase();
            titled[..1].make_ascii_uppercase();
            return self
                .abbreviations
                .get(titled.as_str())
                .copied()
                .filter(|known| known.before_name);
        }
        None
    }

    pub(crate) fn clitics(&self) -> &[Clitic] {
        &self.clitics
    }

    /// Whether `word` usually opens a sentence.
    pub(crate) fn opens_sentence(&self, word: &str) -> bool {
        self.openers.contains(word)
    }

    /// Whether a line that ends in `word` goes on in one that begins with a capital or not.
    pub(crate) fn is_unfinished(&self, word: &str, before_capital: bool) -> bool {
        self.unfinished.get(word).is_some_and(|always| *always || !before_capital)
    }

    /// Whether `word` attributes a quotation.
    pub(crate) fn attributes_speech(&self, word: &str) -> bool {
        self.speech_verbs.contains(word)
    }
}

/// The entries of a word list with headings, each with the heading it stands under.
fn headed_entries(list: &str) -> impl Iterator<Item = (&str, &str)> {
    entries(list)
        .scan("", |heading, entry| {
            if entry.starts_with('[') {
                *heading = entry;
            }
            Some((*heading, entry))
        })
        .filter(|(_, entry)| !entry.starts_with('['))
}

/// The entries of a word list.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_tells_a_state_from_an_adjective() {
        assert!(english().abbreviation("Ill").is_some());
        assert!(english().abbreviation("ill").is_none());
    }

    #[test]
    fn a_title_is_known_in_capitals_but_a_weekday_is_not() {
        assert!(english().abbreviation("GEN").is_some_and(|known| known.before_name));
        assert!(english().abbreviation("SAT").is_none());
    }

    #[test]
    fn every_english_entry_stands_under_a_known_heading() {
        for (word, known) in &english().abbreviations {
            assert_ne!(*known, Abbreviation::default(), "{word}");
        }
    }
}
