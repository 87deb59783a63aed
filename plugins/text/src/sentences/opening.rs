//! What can open a sentence, and so shows that the one before has ended.

use crate::token::{Token, TokenKind};

use super::marks::{is_quote, opens};
use super::{Ending, Splitter, starts_in_lower_case};

/// At most so many quotes and brackets are looked past for a sentence's first word.
const OPENING_MARKS: usize = 3;
/// At most so many words after a quotation are searched for a verb of speech.
const ATTRIBUTION_WORDS: usize = 5;

impl Splitter<'_> {
    /// Whether a sentence opens with the token at `next`, after the one at `at` may have ended one.
    pub(super) fn opens_at(&self, at: usize, next: usize, ending: Ending) -> bool {
        if ending == Ending::Sure {
            return true;
        }
        let opening = self.tokens.get(next..).unwrap_or(&[]);
        let mark = |token: &&Token| opens(token.text(self.text));
        let marks = opening.iter().take(OPENING_MARKS).take_while(mark).count();
        let (Some(word), Some(last)) = (opening.get(marks), self.tokens.get(next - 1)) else {
            return false;
        };
        if word.kind == TokenKind::Punctuation || starts_in_lower_case(word.text(self.text)) {
            return false;
        }
        let adjacent = opening.first().is_some_and(|first| first.start == last.end);
        let closed = next > at + 1;
        match ending {
            Ending::Stop if adjacent => word.is_word() && (closed || self.ends_in_lower_case(at)),
            Ending::Stop => !self.is_enumerator(at),
            Ending::Question => !closed || marks > 0 || !self.attributes_speech(opening),
            Ending::Ellipsis => !adjacent && word.is_word(),
            Ending::Abbreviation => {
                let quote = opening.first().is_some_and(|first| is_quote(first.text(self.text)));
                let usual = self.language.opens_sentence(word.text(self.text));
                self.abbreviation_ends(at, closed, quote, usual)
            }
            Ending::Sure => true,
        }
    }

    /// Whether the word before the full stop at `at` shows that it ends a sentence though no space
    /// follows: "the end.The start", not "ASP.Net".
    fn ends_in_lower_case(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.is_some_and(|before| {
            before.is_word()
                && before.text(self.text).chars().next_back().is_some_and(char::is_lowercase)
        })
    }

    /// Whether the sentence, up to its full stop at `at`, is but the number of a list: "2.
    /// Secondly".
    fn is_enumerator(&self, at: usize) -> bool {
        at == self.first + 1
            && self.tokens.get(self.first).is_some_and(|label| {
                label.kind == TokenKind::Number && label.end - label.start <= 2
            })
    }

    /// Whether what follows a quoted question or exclamation says who made it: a name, then a verb
    /// of speech.
    fn attributes_speech(&self, following: &[Token]) -> bool {
        let mut words = following
            .iter()
            .take(ATTRIBUTION_WORDS)
            .take_while(|token| token.is_word())
            .map(|token| token.text(self.text));
        words.next().is_some_and(|name| !self.language.opens_sentence(name))
            && words.any(|word| self.language.attributes_speech(word))
    }

    /// Whether a sentence ends with the abbreviation at `at`: `closed` by a quote or bracket,
    /// before a `quote`, before a word that `usual`ly opens one. What follows is not in lower case.
    fn abbreviation_ends(&self, at: usize, closed: bool, quote: bool, usual: bool) -> bool {
        let word = self.tokens.get(at).map_or("", |token| token.text(self.text));
        let stem = word.strip_suffix('.').unwrap_or(word);
        match self.language.abbreviation(stem) {
            Some(known) if known.before_name && !known.anywhere => closed && (usual || quote),
            None if stem.chars().count() == 1 => usual && !closed,
            _ => usual || quote,
        }
    }
}
