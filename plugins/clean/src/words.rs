//! Words, and the lists of cues that lines are searched for.
//!
//! A word is a run of letters, digits and apostrophes, compared by a hash of its lower-cased form
//! (ASCII only is lowered; `’` counts as `'`). A cue is a short sequence of words with a place in its line
//! and points; all cues lie in one trie, which is walked from each word of a line.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::rules::Rule;

/// A word of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Hash of the lower-cased word; [`NUMBER`] for one that begins with a digit.
    pub(crate) hash: u64,
    /// Its bytes in the text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Lower,
    /// Its first letter is upper case, not all are.
    Capitalised,
    /// Two or more letters, all upper case.
    Upper,
    Number,
}

/// What every number hashes to in cues.
pub(crate) const NUMBER: u64 = 1;
/// What stands for any word in cues.
const ANY: u64 = 2;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Splits into words, appended to `words` with offsets counted from `at`.
pub(crate) fn words_of(text: &str, at: usize, words: &mut Vec<Word>) {
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(&first) = bytes.get(i) {
        if !first.is_ascii_alphanumeric() && first < 0x80 {
            i += 1;
            continue;
        }
        let (start, mut hash) = (i, FNV_OFFSET);
        let (mut letters, mut uppers, mut first_upper) = (0u32, 0u32, false);
        while let Some(&byte) = bytes.get(i) {
            if byte < 0x80 {
                if byte.is_ascii_uppercase() {
                    first_upper |= letters == 0;
                    uppers += 1;
                    letters += 1;
                } else if byte.is_ascii_alphanumeric() {
                    letters += 1;
                } else if byte != b'\''
                    || letters == 0
                    || !bytes.get(i + 1).is_some_and(|next| next.is_ascii_alphabetic())
                {
                    break;
                }
                hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(FNV_PRIME);
                i += 1;
                continue;
            }
            let Some(char) = text.get(i..).and_then(|rest| rest.chars().next()) else { break };
            let width = char.len_utf8();
            if char == '’' {
                if letters == 0 || !bytes.get(i + width).is_some_and(u8::is_ascii_alphabetic) {
                    break;
                }
                hash = (hash ^ u64::from(b'\'')).wrapping_mul(FNV_PRIME);
            } else if char.is_alphanumeric() || is_mark(char) && letters > 0 {
                let upper = char.is_uppercase();
                first_upper |= letters == 0 && upper;
                uppers += u32::from(upper);
                letters += 1;
                for byte in &bytes[i..i + width] {
                    hash = (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
                }
            } else {
                break;
            }
            i += width;
        }
        if i == start {
            i += text.get(i..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            continue;
        }
        let shape = match first {
            b'0'..=b'9' => Shape::Number,
            _ if first_upper && uppers == letters && letters > 1 => Shape::Upper,
            _ if first_upper => Shape::Capitalised,
            _ => Shape::Lower,
        };
        let hash = if shape == Shape::Number { NUMBER } else { hash };
        words.push(Word { hash, start: (at + start) as u32, end: (at + i) as u32, shape });
    }
}

/// A combining mark: it belongs to the word that it follows.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

/// The hash of a word in a list, lower case; `_` is any word.
pub(crate) fn hash_of(word: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    match word {
        "_" => ANY,
        _ => word.bytes().fold(FNV_OFFSET, fold),
    }
}

/// A set of words, one a line; `#` opens a comment.
pub(crate) struct WordSet(FxHashSet<u64>);

impl WordSet {
    /// Reads a list. A heading narrows it to the entries under that heading.
    pub(crate) fn read(list: &str, heading: &str) -> Self {
        let mut words = FxHashSet::default();
        let mut under = "";
        for entry in entries(list) {
            if entry.starts_with('[') {
                under = entry;
            } else if under == heading {
                words.insert(hash_of(entry));
            }
        }
        WordSet(words)
    }

    pub(crate) fn has(&self, word: Word) -> bool {
        self.0.contains(&word.hash)
    }
}

/// The entries of a word list: its lines without comments and empty ones.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// Where a cue must stand in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Whole,
    Start,
    End,
    Within,
}

/// What ends at a node of the trie.
#[derive(Clone, Copy, Debug)]
struct Cue {
    rule: Rule,
    place: Place,
    points: u8,
}

/// All cues of all lists.
pub(crate) struct Cues {
    /// (node, word) to node; the root is 0.
    steps: FxHashMap<(u32, u64), u32>,
    /// The cues that end at each node.
    ends: Vec<Vec<Cue>>,
    /// Bits set by the words that begin cues: turns away most words before the map.
    firsts: Vec<u64>,
}

const FIRST_BITS: u64 = 1 << 16;

impl Cues {
    /// Reads lists of cues. An entry under an unknown heading is passed over.
    pub(crate) fn read<'a>(lists: impl IntoIterator<Item = (Rule, &'a str)>) -> Self {
        let mut cues = Cues {
            steps: FxHashMap::default(),
            ends: vec![Vec::new()],
            firsts: vec![0; (FIRST_BITS / 64) as usize],
        };
        let mut words = Vec::new();
        for (rule, list) in lists {
            let mut heading = None;
            for entry in entries(list) {
                if let Some(inner) = entry.strip_prefix('[').and_then(|e| e.strip_suffix(']')) {
                    heading = heading_of(inner);
                    continue;
                }
                let Some((place, points)) = heading else { continue };
                let mut node = 0;
                let special = |word: &str| word == "_";
                for (at, part) in entry.split(' ').enumerate() {
                    let mut hashes = vec![hash_of(part)];
                    if !special(part) {
                        words.clear();
                        words_of(part, 0, &mut words);
                        hashes = words.iter().map(|word| word.hash).collect();
                    }
                    for (within, hash) in hashes.into_iter().enumerate() {
                        if at + within == 0 {
                            cues.firsts[(hash % FIRST_BITS / 64) as usize] |= 1 << (hash % 64);
                        }
                        let new = cues.ends.len() as u32;
                        node = *cues.steps.entry((node, hash)).or_insert(new);
                        if node == new {
                            cues.ends.push(Vec::new());
                        }
                    }
                }
                cues.ends[node as usize].push(Cue { rule, place, points });
            }
        }
        cues
    }

    /// Reports each cue found in a line, from left to right, with the words it covers.
    pub(crate) fn find(
        &self,
        words: &[Word],
        truncated: bool,
        mut found: impl FnMut(Rule, Place, u8, std::ops::Range<usize>),
    ) {
        for (at, word) in words.iter().enumerate() {
            let bit = word.hash % FIRST_BITS;
            if self.firsts[(bit / 64) as usize] >> (bit % 64) & 1 == 0 {
                continue;
            }
            let mut node = 0;
            for (length, word) in words[at..].iter().enumerate() {
                let step = |hash| self.steps.get(&(node, hash)).copied();
                let Some(next) = step(word.hash).or_else(|| step(ANY)) else { break };
                node = next;
                let (first, last) = (at == 0, at + length + 1 == words.len());
                for cue in &self.ends[node as usize] {
                    let fits = match cue.place {
                        Place::Whole => first && last && !truncated,
                        Place::Start => first,
                        Place::End => last,
                        Place::Within => true,
                    };
                    if fits {
                        found(cue.rule, cue.place, cue.points, at..at + length + 1);
                    }
                }
            }
        }
    }
}

fn heading_of(inner: &str) -> Option<(Place, u8)> {
    let (place, points) = inner.split_once(' ')?;
    let place = match place {
        "whole" => Place::Whole,
        "start" => Place::Start,
        "end" => Place::End,
        "within" => Place::Within,
        _ => return None,
    };
    Some((place, points.parse().ok()?))
}

macro_rules! word_sets {
    ($($(#[$doc:meta])* $name:ident = $file:literal $heading:literal;)+) => {
        $($(#[$doc])* pub(crate) static $name: LazyLock<WordSet> =
            LazyLock::new(|| WordSet::read(include_str!(concat!("../words/", $file)), $heading));)+
    };
}

word_sets! {
    /// Function words.
    STOPWORDS = "stopwords.txt" "";
    /// Words of dates and times.
    DATES = "dates.txt" "";
    /// Words that make a line of date words a date.
    DATE_CORES = "date-cores.txt" "";
    /// Words that make a date one of publication.
    DATE_STAMPS = "date-stamps.txt" "";
    /// Words before the name of a picture's maker.
    CREDITS = "credits.txt" "[credit]";
    /// Where pictures come from.
    AGENCIES = "credits.txt" "[agency]";
    /// Words that speak to the reader.
    READER = "reader.txt" "";
    /// Names of a paper's sections.
    SECTIONS = "sections.txt" "";
    /// Names of share buttons.
    SOCIAL = "social.txt" "";
    /// Verbs after an author's name.
    BIO_VERBS = "bio-verbs.txt" "";
    /// Small words in names.
    NAME_JOINERS = "name-joiners.txt" "";
    /// What newspaper writers are.
    ROLES = "roles.txt" "";
    /// What guest authors are.
    SCHOLARS = "scholars.txt" "";
}

/// The cues of all rules.
pub(crate) static CUES: LazyLock<Cues> = LazyLock::new(|| {
    Cues::read([
        (Rule::Menu, include_str!("../words/menu.txt")),
        (Rule::CookieNotice, include_str!("../words/cookie-notice.txt")),
        (Rule::SignUp, include_str!("../words/sign-up.txt")),
        (Rule::ShareBar, include_str!("../words/share-bar.txt")),
        (Rule::Comments, include_str!("../words/comments.txt")),
        (Rule::Related, include_str!("../words/related.txt")),
        (Rule::Advertisement, include_str!("../words/advertisement.txt")),
        (Rule::Embed, include_str!("../words/embed.txt")),
        (Rule::Tags, include_str!("../words/tags.txt")),
        (Rule::Contact, include_str!("../words/contact.txt")),
        (Rule::Copyright, include_str!("../words/copyright.txt")),
        (Rule::AuthorNote, include_str!("../words/author-note.txt")),
    ])
});

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(&str, Shape)> {
        let mut words = Vec::new();
        words_of(text, 0, &mut words);
        words.iter().map(|w| (&text[w.start as usize..w.end as usize], w.shape)).collect()
    }

    #[test]
    fn words_are_letters_digits_and_apostrophes() {
        assert_eq!(
            words("You’re 'in' 3D, AFP’s — Élan!"),
            [
                ("You’re", Shape::Capitalised),
                ("in", Shape::Lower),
                ("3D", Shape::Number),
                ("AFP’s", Shape::Capitalised),
                ("Élan", Shape::Capitalised)
            ]
        );
    }

    #[test]
    fn a_curly_apostrophe_hashes_as_a_straight_one() {
        let mut words = Vec::new();
        words_of("you’re you're", 0, &mut words);
        assert_eq!(words[0].hash, words[1].hash);
        assert_eq!(words[0].hash, hash_of("you're"));
    }

    #[test]
    fn cues_keep_to_their_place() {
        let cues = Cues::read([(
            Rule::Menu,
            "# a comment\n[whole 90]\nhome page\n0 comments\n[start 40]\nsearch _\n[within 20]\ncookies",
        )]);
        let found = |text: &str| {
            let (mut words, mut found) = (Vec::new(), Vec::new());
            words_of(text, 0, &mut words);
            cues.find(&words, false, |_, _, points, _| found.push(points));
            found
        };
        assert_eq!(found("Home page"), [90]);
        assert!(found("Home page of ours").is_empty());
        assert_eq!(found("14 comments"), [90]);
        assert_eq!(found("Search us for cookies"), [40, 20]);
        assert!(found("Do search us").is_empty());
    }
}
