//! Words: where they stand, how they are written, of what kinds they are.
//!
//! A word is a run of letters, digits and apostrophes, compared by a hash of its lower-cased form
//! (ASCII only is lowered; `’` counts as `'`). The kinds come from the lists in `words/`.

use std::sync::LazyLock;

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
        self.kinds.0 >> kind as u32 & 1 == 1
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
    /// The same, also where it stands alone.
    AgencyName,
    /// Stands between a credit word and a name.
    CreditBy,
    /// The name of a share button.
    Social,
    /// Begins a line of share buttons.
    SocialLead,
    /// Asks the reader to follow someone elsewhere.
    Follow,
    /// The name of a paper's section.
    Section,
    /// Joins the words of names.
    NameJoiner,
    /// Stands after an author's name.
    BioVerb,
    /// The same, rather of a person in the article.
    BioVerbPast,
    /// Stands before an author's name, itself before that, or before a colon; after a paper's name.
    By,
    BylineVerb,
    BylineAuthor,
    BylineStaff,
    /// A label before the title of something else, by what that is; before a caption.
    LabelRelated,
    LabelEmbed,
    LabelTags,
    LabelCaption,
    /// What newspaper writers are.
    Role,
    /// What guest authors are.
    Scholar,
    /// Begins a cue.
    CueFirst,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds(u32);

/// The lists, each with the heading that its entries stand under.
const LISTS: [(Kind, &str, &str); 29] = [
    (Kind::Stop, include_str!("../words/stopwords.txt"), ""),
    (Kind::Reader, include_str!("../words/reader.txt"), ""),
    (Kind::Date, include_str!("../words/dates.txt"), ""),
    (Kind::DateCore, include_str!("../words/date-cores.txt"), ""),
    (Kind::DateStamp, include_str!("../words/date-stamps.txt"), ""),
    (Kind::Credit, include_str!("../words/credits.txt"), "[credit]"),
    (Kind::Agency, include_str!("../words/credits.txt"), "[agency]"),
    (Kind::Agency, include_str!("../words/credits.txt"), "[beside]"),
    (Kind::AgencyName, include_str!("../words/credits.txt"), "[agency]"),
    (Kind::CreditBy, include_str!("../words/credits.txt"), "[by]"),
    (Kind::Social, include_str!("../words/social.txt"), ""),
    (Kind::Social, include_str!("../words/social.txt"), "[lead]"),
    (Kind::SocialLead, include_str!("../words/social.txt"), "[lead]"),
    (Kind::Follow, include_str!("../words/follow.txt"), ""),
    (Kind::Section, include_str!("../words/sections.txt"), ""),
    (Kind::NameJoiner, include_str!("../words/name-joiners.txt"), ""),
    (Kind::BioVerb, include_str!("../words/bio-verbs.txt"), "[present]"),
    (Kind::BioVerb, include_str!("../words/bio-verbs.txt"), "[past]"),
    (Kind::BioVerbPast, include_str!("../words/bio-verbs.txt"), "[past]"),
    (Kind::By, include_str!("../words/bylines.txt"), "[by]"),
    (Kind::BylineVerb, include_str!("../words/bylines.txt"), "[verb]"),
    (Kind::BylineAuthor, include_str!("../words/bylines.txt"), "[author]"),
    (Kind::BylineStaff, include_str!("../words/bylines.txt"), "[staff]"),
    (Kind::LabelRelated, include_str!("../words/labels.txt"), "[related]"),
    (Kind::LabelEmbed, include_str!("../words/labels.txt"), "[embed]"),
    (Kind::LabelTags, include_str!("../words/labels.txt"), "[tags]"),
    (Kind::LabelCaption, include_str!("../words/labels.txt"), "[caption]"),
    (Kind::Role, include_str!("../words/roles.txt"), ""),
    (Kind::Scholar, include_str!("../words/scholars.txt"), ""),
];

/// The kinds of all listed words, in a table with open addressing: half of it is free, and the place of a
/// word is the top of its hash.
struct Lexicon(Vec<(u64, Kinds)>);

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon(vec![(0, Kinds::default()); 1 << Lexicon::BITS]);
    for (kind, list, heading) in LISTS {
        let mut under = "";
        for entry in entries(list) {
            if entry.starts_with('[') {
                under = entry;
            } else if under == heading {
                lexicon.insert(hash_of(entry), kind);
            }
        }
    }
    for first in crate::cues::first_words() {
        lexicon.insert(first, Kind::CueFirst);
    }
    lexicon
});

impl Lexicon {
    /// Room for four times the words that are listed.
    const BITS: u32 = 13;

    fn insert(&mut self, hash: u64, kind: Kind) {
        let at = self.slot(hash);
        self.0[at].0 = hash;
        self.0[at].1.0 |= 1 << kind as u32;
    }

    /// The slot of a word, or the free one where it would stand.
    fn slot(&self, hash: u64) -> usize {
        let mut at = (hash >> (64 - Self::BITS)) as usize;
        while self.0[at].0 != hash && self.0[at].0 != 0 {
            at = (at + 1) % self.0.len();
        }
        at
    }

    fn kinds_of(&self, hash: u64) -> Kinds {
        self.0[self.slot(hash)].1
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

/// ASCII letters and digits in lower case; 0 for other bytes.
const LOWERED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let at = byte as u8;
        if at.is_ascii_alphanumeric() {
            table[byte] = at.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Signs that stand between words: rules that need one are not asked without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs(u8);

impl Signs {
    /// `@`
    pub(crate) const AT: Signs = Signs(1);
    /// `#`
    pub(crate) const HASH: Signs = Signs(2);
    /// `(` or `[`
    pub(crate) const BRACKET: Signs = Signs(4);
    /// `|`, `>` or `/`
    pub(crate) const BAR: Signs = Signs(8);
    /// `,`
    pub(crate) const COMMA: Signs = Signs(16);
    /// A sign that is not ASCII and no quotation mark or dash.
    pub(crate) const OTHER: Signs = Signs(32);
    /// Two signs of white space in a row, or one that is not a space.
    pub(crate) const WIDE: Signs = Signs(64);
    /// `:`
    pub(crate) const COLON: Signs = Signs(128);

    /// Whether one of the others is among these.
    pub(crate) fn have(self, others: &[Signs]) -> bool {
        others.iter().any(|other| self.0 & other.0 != 0)
    }

    fn of_ascii(byte: u8) -> u8 {
        let signs = match byte {
            b'@' => Signs::AT,
            b'#' => Signs::HASH,
            b'(' | b'[' => Signs::BRACKET,
            b'|' | b'>' | b'/' => Signs::BAR,
            b',' => Signs::COMMA,
            b'\t' => Signs::WIDE,
            b':' => Signs::COLON,
            _ => Signs(0),
        };
        signs.0
    }
}

/// Splits into words, appended to `words` with offsets counted from `at`; says which signs stand between them.
pub(crate) fn words_of(text: &str, at: usize, words: &mut Vec<Word>) -> Signs {
    let bytes = text.as_bytes();
    let lexicon = &*LEXICON;
    let mut signs = 0;
    let mut i = 0;
    while let Some(&first) = bytes.get(i) {
        if first < 0x80 && !first.is_ascii_alphanumeric() {
            signs |= Signs::of_ascii(first);
            if first == b' ' && bytes.get(i + 1) == Some(&b' ') {
                signs |= Signs::WIDE.0;
            }
            i += 1;
            continue;
        }
        let (start, mut hash) = (i, FNV_OFFSET);
        let (mut letters, mut uppers) = (0u32, 0u32);
        let mut first_upper = first.is_ascii_uppercase();
        loop {
            while let Some(&byte) = bytes.get(i)
                && let lowered = LOWERED[byte as usize]
                && lowered != 0
            {
                uppers += u32::from(byte != lowered);
                letters += 1;
                hash = (hash ^ u64::from(lowered)).wrapping_mul(FNV_PRIME);
                i += 1;
            }
            let width = match bytes.get(i) {
                None => break,
                Some(b'\'') => 1,
                Some(0..0x80) => break,
                // The right quotation mark, which is also the apostrophe.
                Some(0xe2) if bytes.get(i..i + 3) == Some("’".as_bytes()) => 3,
                Some(_) => {
                    let Some(char) = text.get(i..).and_then(|rest| rest.chars().next()) else {
                        break;
                    };
                    if !(is_letter(char) || letters > 0 && is_mark(char)) {
                        break;
                    }
                    let upper = char.is_uppercase();
                    first_upper |= letters == 0 && upper;
                    uppers += u32::from(upper);
                    letters += 1;
                    for byte in &bytes[i..i + char.len_utf8()] {
                        hash = (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
                    }
                    i += char.len_utf8();
                    continue;
                }
            };
            let inside = letters > 0 && bytes.get(i + width).is_some_and(u8::is_ascii_alphabetic);
            if !inside {
                break;
            }
            hash = (hash ^ u64::from(b'\'')).wrapping_mul(FNV_PRIME);
            i += width;
        }
        if i == start {
            let char = text.get(i..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
            signs |= match char {
                '‘'..='‟' | '–' | '—' | '…' => 0,
                _ if char.is_whitespace() => Signs::WIDE.0,
                _ => Signs::OTHER.0,
            };
            i += if first < 0x80 { 1 } else { char.len_utf8() };
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
    Signs(signs)
}

/// Whether a character that is not ASCII belongs to words.
fn is_letter(char: char) -> bool {
    match char {
        // The Latin letters and the general punctuation of most news, without a search in tables.
        '\u{c0}'..='\u{24f}' => !matches!(char, '×' | '÷'),
        '\u{2000}'..='\u{206f}' => false,
        _ => char.is_alphanumeric(),
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
