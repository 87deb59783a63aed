//! Words and numbers: what may stand inside them, and what comes off their end.

use crate::characters::{ASCII, Class};
use crate::token::TokenKind;

use super::Scanner;

/// A word as far as it is known.
struct Word {
    /// Where the word starts.
    start: usize,
    /// Where its last part starts: after the last hyphen, apostrophe or dot.
    part: usize,
    /// Whether its last part follows the dot of an abbreviation, as in "U.S".
    abbreviated: bool,
    /// Whether it is a host name (`example.com`).
    host: bool,
    kind: TokenKind,
}

impl Scanner<'_> {
    /// A token that starts with a letter.
    pub(super) fn word(&mut self, start: usize) -> usize {
        let mut end = self.run(start);
        // Most words end at a space or a comma: nothing else to look at.
        if matches!(self.byte(end), b' ' | b',' | b'\n') {
            return self.push(start, end, TokenKind::Word);
        }
        let mut word =
            Word { start, part: start, abbreviated: false, host: false, kind: TokenKind::Word };
        while let Some(next) = self.joint(&mut word, end) {
            end = next;
        }
        self.push(word.start, end, word.kind)
    }

    /// A token that starts at `start`, whose digits start at `at`: there, or after a decimal point.
    pub(super) fn number(&mut self, start: usize, at: usize) -> usize {
        let mut end = self.digits(at);
        loop {
            let digit_follows = matches!(self.class(end + 1), Some((Class::Digit, _)));
            match self.byte(end) {
                b'.' | b':' | b'/' | b'-' if digit_follows => {}
                b',' if digit_follows && self.groups(end + 1) => {}
                _ => break,
            }
            end = self.digits(end + 1);
        }
        match self.class(end) {
            Some((
                Class::Letter | Class::Hyphen | Class::Apostrophe | Class::Mark | Class::Format,
                _,
            )) => {}
            Some((Class::Punctuation, _)) if self.byte(end) == b'@' => {}
            _ => return self.push(start, end, TokenKind::Number),
        }
        let mut word =
            Word { start, part: start, abbreviated: false, host: false, kind: TokenKind::Number };
        end = self.run(end);
        while let Some(next) = self.joint(&mut word, end) {
            end = next;
        }
        self.push(word.start, end, word.kind)
    }

    /// A token that starts with an apostrophe: a clitic cut off by a space, or a quotation mark.
    pub(super) fn apostrophe(&mut self, at: usize, length: usize) -> usize {
        match self.clitic(at, at, at, length) {
            Some((_, end)) if !matches!(self.class(end), Some((Class::Apostrophe, _))) => {
                self.push(at, end, TokenKind::Word)
            }
            _ => self.push(at, at + length, TokenKind::Punctuation),
        }
    }

    /// Where the letters, digits and marks that start at `at` end.
    #[inline]
    pub(super) fn run(&self, mut at: usize) -> usize {
        loop {
            while let Some(byte) = self.bytes.get(at)
                && matches!(ASCII[*byte as usize], Class::Letter | Class::Digit)
            {
                at += 1;
            }
            if self.byte(at) < 128 {
                return at;
            }
            match self.class(at) {
                Some((Class::Letter | Class::Digit | Class::Mark, length)) => at += length,
                Some((Class::Format, length)) if self.goes_on(at + length) => at += length,
                _ => return at,
            }
        }
    }

    fn digits(&self, mut at: usize) -> usize {
        while let Some((Class::Digit, length)) = self.class(at) {
            at += length;
        }
        at
    }

    /// Whether two or three digits stand at `at`: a group of a large number, not the next member of
    /// a list.
    fn groups(&self, at: usize) -> bool {
        let digit = |at: usize| self.byte(at).is_ascii_digit();
        digit(at) && digit(at + 1) && !(digit(at + 2) && digit(at + 3))
    }

    /// Looks at what follows the word's characters up to `end`. Returns a later end if the word
    /// goes on, and nothing if it ends here. Clitics are cut off on the way.
    fn joint(&mut self, word: &mut Word, end: usize) -> Option<usize> {
        let (class, length) = self.class(end)?;
        match class {
            Class::Hyphen if self.goes_on(end + length) => Some(self.part(word, end + length)),
            Class::Apostrophe => self.inner_apostrophe(word, end, length),
            Class::Punctuation => match self.byte(end) {
                b'.' => self.dot(word, end),
                b'&' if self.is_letter(end + 1) && self.ends_in_letter(end) => {
                    Some(self.part(word, end + 1))
                }
                b'@' if word.start < end => {
                    self.domain_end(end).inspect(|_| word.kind = TokenKind::Word)
                }
                b':' if self.text.get(end..).is_some_and(|rest| rest.starts_with("://")) => {
                    let whole = self.web_address_end(word.start, end + 3);
                    (word.part == word.start && whole > end + 3).then_some(whole)
                }
                b'/' if word.host => {
                    word.host = false;
                    Some(self.web_address_end(word.start, end))
                }
                _ => None,
            },
            _ => None,
        }
        .filter(|next| *next > end)
    }

    /// Goes on with a new part of the word at `at`.
    fn part(&self, word: &mut Word, at: usize) -> usize {
        let end = self.run(at);
        if word.kind == TokenKind::Number && self.digits(at) < end {
            word.kind = TokenKind::Word;
        }
        word.part = at;
        word.abbreviated = false;
        word.host = false;
        end
    }

    /// An apostrophe after the word's characters: cuts off a clitic, or goes on with a letter or
    /// digit.
    fn inner_apostrophe(&mut self, word: &mut Word, end: usize, length: usize) -> Option<usize> {
        if let Some((start, clitic_end)) = self.clitic(word.start, word.part, end, length) {
            self.push(word.start, start, word.kind);
            *word = Word {
                start,
                part: clitic_end,
                abbreviated: false,
                host: false,
                kind: TokenKind::Word,
            };
            return Some(clitic_end);
        }
        self.goes_on(end + length).then(|| self.part(word, end + length))
    }

    /// The clitic around the apostrophe at `at`, if there is one: where it starts and ends. It
    /// leaves at least one byte of a word that starts at `start`, and takes no byte from before
    /// `part`.
    fn clitic(
        &self,
        start: usize,
        part: usize,
        at: usize,
        length: usize,
    ) -> Option<(usize, usize)> {
        self.language.clitics().iter().find_map(|clitic| {
            let from = at.checked_sub(clitic.before.len()).filter(|from| *from >= part)?;
            let to = at + length + clitic.after.len();
            let whole_word = start < at;
            let fits = self.bytes.get(from..at)?.eq_ignore_ascii_case(&clitic.before)
                && self.bytes.get(at + length..to)?.eq_ignore_ascii_case(&clitic.after)
                && (from > start || !whole_word)
                && !self.goes_on(to);
            fits.then_some((from, to))
        })
    }

    /// A full stop after the word's characters: part of an abbreviation, an initial or a host name?
    fn dot(&mut self, word: &mut Word, end: usize) -> Option<usize> {
        let part = self.text.get(word.part..end)?;
        if part.is_empty() {
            return None;
        }
        let after = end + 1;
        let known = self.language.abbreviation(part);
        let one_letter = part.chars().count() == 1 && self.ends_in_letter(end);
        match self.class(after) {
            Some((Class::Letter, length)) => {
                let next = self.run(after);
                let dot_follows = self.byte(next) == b'.';
                let one_follows = next == after + length;
                let goes_on = if one_letter {
                    // "U.S.", "M.Sc.", and "U.S" though it lacks its last dot.
                    let short = next <= after + 2 && self.is_capital(after);
                    dot_follows && (one_follows || short)
                        || one_follows && short && self.is_capital(word.part)
                } else {
                    // "Ph.D."
                    known.is_some() && dot_follows && one_follows
                };
                if goes_on {
                    word.part = after;
                    word.abbreviated = true;
                    return Some(next);
                }
                if !self.is_capital(after) {
                    let next = self.part(word, after);
                    word.host = true;
                    return Some(next);
                }
                let ends = known.is_some() || one_letter;
                ends.then(|| self.after_abbreviation(word, after))
            }
            Some((Class::Digit, _)) => {
                if known.is_some_and(|known| known.before_number) {
                    return Some(self.after_abbreviation(word, after));
                }
                part.ends_with(|c: char| c.is_ascii_digit()).then(|| self.part(word, after))
            }
            _ if self.byte(after) == b'.' => None,
            _ => {
                let abbreviated = word.abbreviated
                    || known.is_some_and(|known| {
                        known.before_name
                            || known.anywhere
                            || known.before_number && self.number_follows(after)
                    })
                    || one_letter && word.part == word.start && self.is_initial(word.start, after);
                abbreviated.then(|| self.after_abbreviation(word, after))
            }
        }
    }

    /// Goes on after an abbreviation's last dot, where only a hyphen or an apostrophe may follow.
    fn after_abbreviation(&self, word: &mut Word, after: usize) -> usize {
        word.part = after;
        word.abbreviated = false;
        after
    }

    /// Whether the letter at `start`, with a dot before `after`, is the initial of a name: a
    /// capital, a space, a capital. After a name a nickname in quotes may stand between; "I" is an
    /// initial only there.
    fn is_initial(&self, start: usize, after: usize) -> bool {
        let next = match self.class(after) {
            Some((Class::Space, length)) if self.byte(after) != b'\n' => after + length,
            _ => return false,
        };
        let follows_name = || {
            self.out.last().is_some_and(|token| {
                token.is_word()
                    && self.is_capital(token.start as usize)
                    && token.end as usize + 1 == start
            })
        };
        self.is_capital(start)
            && match self.char(next) {
                Some('"' | '“' | '‘' | '\'' | '(') => follows_name(),
                Some(c) => c.is_uppercase() && (self.byte(start) != b'I' || follows_name()),
                None => false,
            }
    }

    fn is_capital(&self, at: usize) -> bool {
        self.char(at).is_some_and(char::is_uppercase)
    }

    /// Whether a digit stands at `at`, at most one white space away.
    fn number_follows(&self, at: usize) -> bool {
        match self.class(at) {
            Some((Class::Digit, _)) => true,
            Some((Class::Space, length)) => {
                matches!(self.class(at + length), Some((Class::Digit, _)))
            }
            _ => false,
        }
    }

    fn is_letter(&self, at: usize) -> bool {
        matches!(self.class(at), Some((Class::Letter, _)))
    }

    fn ends_in_letter(&self, end: usize) -> bool {
        let last = self.text.get(..end).and_then(|text| text.chars().next_back());
        last.is_some_and(char::is_alphabetic)
    }
}
