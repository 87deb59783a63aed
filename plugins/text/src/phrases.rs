//! Many phrases, found in one pass over a text's tokens.
//!
//! A phrase is the sequence of its tokens. A table holds, under the rolling hash of each of their
//! beginnings, whether a phrase ends there and whether one goes on; from every token of the text
//! the matcher walks it as far as it goes. The phrases themselves lie in one string, and what the
//! table finds is compared with them, so hashes that collide can cost time but never give a wrong
//! match nor lose one. A filter of a few bits a word turns away most tokens before the table.
//!
//! Because it matches tokens, "Iran" is not found in "Iranian", and white space between words may
//! be of any kind and length. To keep a match within a sentence, pass the sentence's tokens only.

use crate::fold::{fold_eq, fold_hashes, mix, roll, typographic_eq};
use crate::language::{Language, english};
use crate::token::Token;
use crate::tokens::tokens_in;

/// Which letter case a match needs. Typography (`’` or `'`) never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Case {
    /// That of the phrase: for acronyms that are also words ("WHO").
    Exact,
    /// Any that does not begin in lower case: for names, which headlines write in capitals.
    Capitalised,
    /// Any.
    Any,
}

/// A phrase found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhraseMatch {
    /// Its first token: an index into the tokens that were searched.
    pub first: u32,
    /// One past its last token.
    pub end: u32,
    /// The id that the phrase was given.
    pub id: u32,
}

/// A set of phrases to search for.
///
/// ```
/// use docmill_text::{Case, Phrases, fold_hashes, tokens};
///
/// let phrases = Phrases::new(Case::Capitalised, [("New York", 1), ("New York Times", 2), ("York", 3)]);
/// let text = "THE NEW YORK TIMES, of New York";
/// let (mut found, mut words, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
/// tokens(text, &mut words);
/// fold_hashes(text, &words, &mut hashes);
/// phrases.matches(text, &words, &hashes, &mut found);
/// let ids: Vec<u32> = found.iter().map(|found| found.id).collect();
/// assert_eq!(ids, [2, 3, 1, 3]);
/// ```
#[derive(Debug, Clone)]
pub struct Phrases {
    /// Open addressing, linear probing; the length is a power of two.
    slots: Vec<Slot>,
    /// Bits set by the hashes of first tokens; the length is a power of two.
    first_words: Vec<u64>,
    phrases: Vec<Phrase>,
    /// Whether a match can begin in lower case.
    lower_case: bool,
    /// The tokens of all phrases, joined by one space.
    text: String,
}

/// A beginning of one or more phrases. Two with the same tag that meet in the table share a slot.
#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: u32,
    /// The first phrase that ends here, or [`NONE`]; the top bit says that longer ones go on.
    phrase: u32,
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    /// Where its text starts; it ends where the next phrase's starts.
    start: u32,
    id: u32,
    /// The next phrase that may end where this one does, or [`NONE`].
    next: u32,
    case: Case,
}

const NONE: u32 = GOES_ON - 1;
const GOES_ON: u32 = 1 << 31;
const EMPTY: Slot = Slot { tag: 0, phrase: NONE };

impl Phrases {
    /// Takes phrases with their ids, all to be matched in the same letter case. Ids need not be
    /// unique, nor phrases; a phrase without any token is passed over. Phrases are split into
    /// tokens by the rules of English.
    pub fn new<S: AsRef<str>>(case: Case, phrases: impl IntoIterator<Item = (S, u32)>) -> Self {
        Self::mixed(english(), phrases.into_iter().map(|(phrase, id)| (phrase, case, id)))
    }

    /// As [`new`](Self::new), with a letter case for each phrase, split by the rules of `language`:
    /// that by which the searched texts are.
    pub fn mixed<S: AsRef<str>>(
        language: &Language,
        phrases: impl IntoIterator<Item = (S, Case, u32)>,
    ) -> Self {
        let mut built = Phrases {
            slots: Vec::new(),
            first_words: Vec::new(),
            phrases: Vec::new(),
            lower_case: false,
            text: String::new(),
        };
        let mut beginnings = Vec::new();
        let (mut tokens, mut hashes) = (Vec::new(), Vec::new());
        let mut first_hashes = Vec::new();
        for (phrase, case, id) in phrases {
            let phrase = phrase.as_ref();
            tokens_in(language, phrase, &mut tokens);
            fold_hashes(phrase, &tokens, &mut hashes);
            let start = built.text.len() as u32;
            let index = built.phrases.len() as u32;
            let (Some(first), true) = (hashes.first(), index < NONE) else {
                continue;
            };
            first_hashes.push(*first);
            built.lower_case |= case == Case::Any
                || case == Case::Exact && starts_in_lower_case(phrase.as_bytes(), tokens.first());
            let mut key = 0;
            for (at, (token, hash)) in tokens.iter().zip(&hashes).enumerate() {
                key = roll(key, *hash);
                let last = at + 1 == tokens.len();
                beginnings.push((mix(key), if last { index } else { NONE }));
                if at > 0 {
                    built.text.push(' ');
                }
                built.text.push_str(token.text(phrase));
            }
            built.phrases.push(Phrase { start, id, next: NONE, case });
        }
        beginnings.sort_unstable();
        beginnings.dedup();
        built.index(&beginnings, &first_hashes);
        built
    }

    /// How many phrases it holds.
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether it holds no phrase.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Finds, from each token on, the longest phrase that starts there; if the same words were
    /// given more than once, each of them, in the order given. Matches ascend by their first
    /// token, and may overlap: "New York" hides neither "York" nor "York Times".
    ///
    /// `hashes` are the [`fold_hashes`] of `tokens`. `out` is cleared first.
    pub fn matches(
        &self,
        text: &str,
        tokens: &[Token],
        hashes: &[u64],
        out: &mut Vec<PhraseMatch>,
    ) {
        out.clear();
        if self.is_empty() {
            return;
        }
        for (first, (token, hash)) in tokens.iter().zip(hashes).enumerate() {
            let skip = !self.lower_case && starts_in_lower_case(text.as_bytes(), Some(token));
            if !skip && self.may_start(*hash) {
                self.longest(text, tokens, hashes, first, out);
            }
        }
    }

    /// The longest phrase that starts at the token `first`.
    fn longest(
        &self,
        text: &str,
        tokens: &[Token],
        hashes: &[u64],
        first: usize,
        out: &mut Vec<PhraseMatch>,
    ) {
        let before = out.len();
        let mut key = 0;
        for (at, hash) in hashes.iter().enumerate().take(tokens.len()).skip(first) {
            key = roll(key, *hash);
            let Some(slot) = self.slot(mix(key)) else {
                return;
            };
            let found = out.len();
            let mut next = slot.phrase & !GOES_ON;
            while let Some(phrase) = self.phrases.get(next as usize) {
                if self.verify(next as usize, text, tokens.get(first..=at).unwrap_or(&[])) {
                    out.push(PhraseMatch {
                        first: first as u32,
                        end: at as u32 + 1,
                        id: phrase.id,
                    });
                }
                next = phrase.next;
            }
            if out.len() > found {
                // Longer than what was found before.
                out.drain(before..found);
            }
            if slot.phrase & GOES_ON == 0 {
                return;
            }
        }
    }

    /// Whether these tokens of `text` are the phrase.
    fn verify(&self, phrase: usize, text: &str, tokens: &[Token]) -> bool {
        let Some(known) = self.phrases.get(phrase) else {
            return false;
        };
        let end = self.phrases.get(phrase + 1).map_or(self.text.len(), |next| next.start as usize);
        let mut words = self.text.get(known.start as usize..end).unwrap_or("").split(' ');
        let same: fn(&str, &str) -> bool = match known.case {
            Case::Exact => typographic_eq,
            Case::Capitalised => {
                let first = tokens.first().and_then(|token| token.text(text).chars().next());
                if first.is_none_or(char::is_lowercase) {
                    return false;
                }
                fold_eq
            }
            Case::Any => fold_eq,
        };
        tokens.iter().all(|token| words.next().is_some_and(|word| same(word, token.text(text))))
            && words.next().is_none()
    }

    fn slot(&self, key: u64) -> Option<Slot> {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        loop {
            let slot = *self.slots.get(at)?;
            if slot.phrase == EMPTY.phrase {
                return None;
            }
            if slot.tag == tag(key) {
                return Some(slot);
            }
            at = (at + 1) & mask;
        }
    }

    /// Lays out the table and the filter. `beginnings` are sorted by key.
    fn index(&mut self, beginnings: &[(u64, u32)], first_hashes: &[u64]) {
        self.slots = vec![EMPTY; (beginnings.len() * 2).next_power_of_two()];
        let mask = self.slots.len() - 1;
        // From the last phrase to the first, as each is put at the front of its chain.
        for (key, phrase) in beginnings.iter().rev() {
            let mut at = *key as usize & mask;
            while self.slots[at].phrase != EMPTY.phrase && self.slots[at].tag != tag(*key) {
                at = (at + 1) & mask;
            }
            let slot = &mut self.slots[at];
            slot.tag = tag(*key);
            if *phrase == NONE {
                slot.phrase |= GOES_ON;
            } else {
                self.phrases[*phrase as usize].next = slot.phrase & !GOES_ON;
                slot.phrase = slot.phrase & GOES_ON | phrase;
            }
        }
        self.first_words = vec![0; (first_hashes.len() / 4).next_power_of_two()];
        for hash in first_hashes {
            let (word, bit) = self.bit(*hash);
            self.first_words[word] |= bit;
        }
    }

    /// Whether a phrase may start with a token of this hash.
    #[inline]
    fn may_start(&self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.first_words.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Where the filter keeps a hash: 16 bits a phrase, one bit a word.
    #[inline]
    fn bit(&self, hash: u64) -> (usize, u64) {
        ((hash >> 6) as usize & (self.first_words.len() - 1), 1 << (hash & 63))
    }
}

/// Whether a token begins with a lower-case letter of ASCII.
#[inline]
fn starts_in_lower_case(text: &[u8], token: Option<&Token>) -> bool {
    let first = token.and_then(|token| text.get(token.start as usize));
    first.is_some_and(u8::is_ascii_lowercase)
}

/// The half of the key that the place in the table does not already say.
fn tag(key: u64) -> u32 {
    (key >> 32) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens;

    /// What is found in `text`, as `words=id`, separated by `|`.
    fn find(phrases: &Phrases, text: &str) -> String {
        let (mut words, mut hashes, mut found) = (Vec::new(), Vec::new(), Vec::new());
        tokens(text, &mut words);
        fold_hashes(text, &words, &mut hashes);
        phrases.matches(text, &words, &hashes, &mut found);
        let show = |found: &PhraseMatch| {
            let tokens = &words[found.first as usize..found.end as usize];
            let (first, last) = (tokens.first().unwrap(), tokens.last().unwrap());
            format!("{}={}", &text[first.start as usize..last.end as usize], found.id)
        };
        found.iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn the_longest_from_each_start() {
        let phrases = Phrases::new(
            Case::Any,
            [("new", 1), ("new york times", 2), ("york", 3), ("new york", 4)],
        );
        assert_eq!(find(&phrases, "a new york timer"), "new york=4|york=3");
        assert_eq!(find(&phrases, "New York  Times"), "New York  Times=2|York=3");
    }

    #[test]
    fn the_same_words_given_twice_are_found_twice() {
        let phrases = Phrases::new(Case::Any, [("Georgia", 7), ("GEORGIA", 5), ("Georgia", 6)]);
        assert_eq!(find(&phrases, "Georgia"), "Georgia=7|Georgia=5|Georgia=6");
    }

    #[test]
    fn case() {
        let phrases = Phrases::mixed(
            english(),
            [("WHO", Case::Exact, 1), ("Roe's Law", Case::Capitalised, 2), ("tank", Case::Any, 3)],
        );
        assert_eq!(find(&phrases, "who WHO Who"), "WHO=1");
        assert_eq!(find(&phrases, "roe's law, ROE’S LAW, Roe's law"), "ROE’S LAW=2|Roe's law=2");
        assert_eq!(find(&phrases, "tank TANK tanks"), "tank=3|TANK=3");
        let phrases =
            Phrases::mixed(english(), [("de Roe", Case::Exact, 1), ("Roe", Case::Capitalised, 2)]);
        assert_eq!(find(&phrases, "de Roe De Roe"), "de Roe=1|Roe=2|Roe=2");
    }

    #[test]
    fn a_phrase_is_not_found_inside_a_word() {
        let phrases = Phrases::new(Case::Any, [("Iran", 1), ("U.S.", 2)]);
        assert_eq!(find(&phrases, "Iranian, Iran's, the U.S. and U.S.-led"), "Iran=1|U.S.=2");
    }

    #[test]
    fn a_collision_gives_no_match() {
        // The table sees hashes only: with those of other words it finds the phrase, and must
        // refuse it.
        let phrases = Phrases::new(Case::Any, [("red tank", 1)]);
        let (mut words, mut hashes, mut found) = (Vec::new(), Vec::new(), Vec::new());
        tokens("red tank", &mut words);
        fold_hashes("red tank", &words, &mut hashes);
        phrases.matches("red tank", &words, &hashes, &mut found);
        assert_eq!(found.len(), 1);
        phrases.matches("bad moon", &words, &hashes, &mut found);
        assert_eq!(found, []);
    }

    #[test]
    fn no_phrases_and_empty_phrases() {
        assert_eq!(find(&Phrases::new(Case::Any, [("", 1), (" ", 2)]), "a b"), "");
        assert!(Phrases::new::<&str>(Case::Any, []).is_empty());
    }

    #[test]
    fn linear_in_a_text_of_one_word() {
        let phrases = Phrases::new(Case::Any, [("no ".repeat(60), 1)]);
        assert_eq!(find(&phrases, &"no ".repeat(20_000)).split('|').count(), 20_000 - 59);
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            words in prop::collection::vec("[abcD]", 0..30),
            phrases in prop::collection::vec(prop::collection::vec("[abcd]", 1..4), 0..12),
        ) {
            let text = words.join(" ");
            let joined: Vec<(String, u32)> = phrases.iter().map(|phrase| phrase.join(" ")).zip(0..).collect();
            let mut expected = Vec::new();
            for first in 0..words.len() {
                let fits = |phrase: &&Vec<String>| words[first..].len() >= phrase.len()
                    && words[first..].iter().zip(*phrase).all(|(a, b)| fold_eq(a, b));
                let longest = phrases.iter().filter(fits).map(Vec::len).max();
                for (id, phrase) in phrases.iter().enumerate().filter(|(_, phrase)| fits(phrase)) {
                    if Some(phrase.len()) == longest {
                        expected.push(format!("{}={id}", words[first..first + phrase.len()].join(" ")));
                    }
                }
            }
            prop_assert_eq!(find(&Phrases::new(Case::Any, joined), &text), expected.join("|"));
        }
    }
}
