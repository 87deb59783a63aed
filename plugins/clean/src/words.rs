//! Words: where they stand, how they are written, of what kinds they are.
//!
//! A word is a run of letters, digits and apostrophes, compared by a hash of its lower-cased form
//! (ASCII only is lowered; `’` counts as `'`). The kinds come from the lists in `words/`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A word of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Hash of the lower-cased word.
    pub(crate) hash: u64,
    /// Its bytes in the text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
    kinds: Kinds,
}

impl Word {
    /// Whether a list says so.
    pub(crate) fn is(self, kind: Kind) -> bool {
        self.kinds.0 >> kind as u16 & 1 == 1
    }

    /// Whether it begins with a digit.
    pub(crate) fn is_number(self) -> bool {
        self.shape == Shape::Number
    }

    /// Whether it begins in upper case.
    pub(crate) fn is_capital(self) -> bool {
        matches!(self.shape, Shape::Capitalised | Shape::Upper)
    }
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

/// The lists that a word can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A function word.
    Stop,
    /// Speaks to the reader.
    Reader,
    /// Stands in dates and times.
    Date,
    /// Makes a line of date words a date.
    DateCore,
    /// Makes a date one of publication.
    DateStamp,
    /// Stands before the name of a picture's maker.
    Credit,
    /// Where pictures come from.
    Agency,
    /// The name of a share button.
    Social,
    /// The name of a paper's section.
    Section,
    /// Joins the words of names.
    NameJoiner,
    /// Stands after an author's name.
    BioVerb,
    /// What newspaper writers are.
    Role,
    /// What guest authors are.
    Scholar,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds(u16);

/// The lists, each with the heading that its entries stand under.
const LISTS: [(Kind, &str, &str); 13] = [
    (Kind::Stop, include_str!("../words/stopwords.txt"), ""),
    (Kind::Reader, include_str!("../words/reader.txt"), ""),
    (Kind::Date, include_str!("../words/dates.txt"), ""),
    (Kind::DateCore, include_str!("../words/date-cores.txt"), ""),
    (Kind::DateStamp, include_str!("../words/date-stamps.txt"), ""),
    (Kind::Credit, include_str!("../words/credits.txt"), "[credit]"),
    (Kind::Agency, include_str!("../words/credits.txt"), "[agency]"),
    (Kind::Social, include_str!("../words/social.txt"), ""),
    (Kind::Section, include_str!("../words/sections.txt"), ""),
    (Kind::NameJoiner, include_str!("../words/name-joiners.txt"), ""),
    (Kind::BioVerb, include_str!("../words/bio-verbs.txt"), ""),
    (Kind::Role, include_str!("../words/roles.txt"), ""),
    (Kind::Scholar, include_str!("../words/scholars.txt"), ""),
];

/// The kinds of all listed words.
struct Lexicon {
    kinds: FxHashMap<u64, Kinds>,
    filter: Filter,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { kinds: FxHashMap::default(), filter: Filter::new() };
    for (kind, list, heading) in LISTS {
        let mut under = "";
        for entry in entries(list) {
            if entry.starts_with('[') {
                under = entry;
            } else if under == heading {
                let hash = hash_of(entry);
                lexicon.kinds.entry(hash).or_default().0 |= 1 << kind as u16;
                lexicon.filter.insert(hash);
            }
        }
    }
    lexicon
});

impl Lexicon {
    fn kinds_of(&self, hash: u64) -> Kinds {
        if !self.filter.may_hold(hash) {
            return Kinds::default();
        }
        self.kinds.get(&hash).copied().unwrap_or_default()
    }
}

/// Turns away most words that are not in a table before the table is asked.
pub(crate) struct Filter(Vec<u64>);

impl Filter {
    const BITS: u64 = 1 << 15;

    pub(crate) fn new() -> Self {
        Filter(vec![0; (Self::BITS / 64) as usize])
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        let bit = (hash >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let bit = (hash >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}

/// The entries of a word list: its lines without comments and empty ones.
pub(crate) fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The hash of a listed word, in lower case.
pub(crate) fn hash_of(word: &str) -> u64 {
    word.bytes().fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

// FNV-1a, 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Splits into words, appended to `words` with offsets counted from `at`.
pub(crate) fn words_of(text: &str, at: usize, words: &mut Vec<Word>) {
    let bytes = text.as_bytes();
    let lexicon = &*LEXICON;
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
        let kinds = lexicon.kinds_of(hash);
        words.push(Word { hash, start: (at + start) as u32, end: (at + i) as u32, shape, kinds });
    }
}

/// A combining mark: it belongs to the word that it follows.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

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
}
