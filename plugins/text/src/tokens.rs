//! Tokens of news prose, in one pass from left to right.
//!
//! Words keep their hyphens, inner apostrophes and inner dots (`prime-minister`, `O'Brien`,
//! `U.S.`), addresses stay whole, clitics come off (`Israel` `'s`, `do` `n't`), numbers keep what
//! groups their digits (`1,200`). Anything else is a token by itself, except that runs of dots, of
//! hyphens, and of `?` and `!` are one. Combining marks and invisible joiners stay with the
//! character before them.
//!
//! Every character that is not white space lies in exactly one token; tokens ascend and do not
//! overlap. Time is linear in the text: a look ahead is bounded, or ends where the token does.

mod address;
mod word;

use crate::characters::{self, ASCII, Class};
use crate::language::{Language, english};
use crate::token::{Token, TokenKind};

/// Finds the tokens of `text` by the rules of English. `out` is cleared first, so that one buffer
/// serves many texts.
///
/// Offsets are 32 bits: of a text of 4 GiB or more, only the tokens of the first 4 GiB are found.
///
/// ```
/// let text = "Israel's army doesn't use U.S.-made 22.5-mm guns.";
/// let mut tokens = Vec::new();
/// docmill_text::tokens(text, &mut tokens);
/// let words: Vec<&str> = tokens.iter().map(|token| token.text(text)).collect();
/// assert_eq!(words, ["Israel", "'s", "army", "does", "n't", "use", "U.S.-made", "22.5-mm", "guns", "."]);
/// ```
pub fn tokens(text: &str, out: &mut Vec<Token>) {
    tokens_in(english(), text, out);
}

/// As [`tokens`], by the word lists of any language.
pub fn tokens_in(language: &Language, text: &str, out: &mut Vec<Token>) {
    out.clear();
    let text = text.get(..text.floor_char_boundary(u32::MAX as usize)).unwrap_or("");
    let mut scanner = Scanner { text, bytes: text.as_bytes(), language, out };
    let mut at = 0;
    while at < text.len() {
        at = scanner.token(at);
    }
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    language: &'a Language,
    out: &'a mut Vec<Token>,
}

impl Scanner<'_> {
    /// Finds the token at `at`, or passes over white space. Returns where to go on, always past
    /// `at`.
    #[inline]
    fn token(&mut self, at: usize) -> usize {
        let byte = self.byte(at);
        match ASCII[byte as usize] {
            Class::Space => at + 1,
            Class::Letter => self.word(at),
            Class::Digit => self.number(at, at),
            Class::Apostrophe => self.apostrophe(at, 1),
            Class::Hyphen => self.repeated(at, |byte| byte == b'-'),
            Class::Punctuation => self.punctuation(at, byte),
            _ if byte < 128 => self.push(at, at + 1, TokenKind::Symbol),
            _ => self.beyond_ascii(at),
        }
    }

    /// A token that starts with ASCII punctuation.
    fn punctuation(&mut self, at: usize, byte: u8) -> usize {
        match byte {
            b'.' if self.byte(at + 1) == b'.' => self.repeated(at, |byte| byte == b'.'),
            b'.' if self.byte(at + 1).is_ascii_digit() && !self.ends_at(at) => {
                self.number(at, at + 1)
            }
            b'!' | b'?' => self.repeated(at, |byte| matches!(byte, b'!' | b'?')),
            b'@' | b'#' => self.handle(at),
            _ => self.push(at, at + 1, TokenKind::Punctuation),
        }
    }

    /// A token whose first character is not ASCII.
    fn beyond_ascii(&mut self, at: usize) -> usize {
        let Some((class, length)) = self.class(at) else {
            return self.text.len();
        };
        match class {
            Class::Space => at + length,
            Class::Letter => self.word(at),
            Class::Digit => self.number(at, at),
            Class::Ideograph => self.push(at, at + length, TokenKind::Word),
            Class::Apostrophe => self.apostrophe(at, length),
            Class::Hyphen | Class::Punctuation => {
                self.push(at, at + length, TokenKind::Punctuation)
            }
            Class::Mark | Class::Format | Class::Symbol => self.symbol(at, length),
        }
    }

    /// A symbol, with what an emoji sequence joins to it.
    fn symbol(&mut self, at: usize, length: usize) -> usize {
        const JOINER: &str = "\u{200d}";
        let flag = |at: usize| matches!(self.char(at), Some('\u{1f1e6}'..='\u{1f1ff}'));
        let mut end = at + length;
        if flag(at) && flag(end) {
            end += length;
        }
        end = self.marks(end);
        while self.text.get(end..).is_some_and(|rest| rest.starts_with(JOINER)) {
            end += JOINER.len();
            match self.class(end) {
                Some((Class::Symbol, length)) => end = self.marks(end + length),
                _ => break,
            }
        }
        self.push(at, end, TokenKind::Symbol)
    }

    /// A run of one kind of ASCII punctuation, as one token.
    fn repeated(&mut self, at: usize, same: impl Fn(u8) -> bool) -> usize {
        let mut end = at + 1;
        while self.bytes.get(end).is_some_and(|byte| same(*byte)) {
            end += 1;
        }
        self.push(at, end, TokenKind::Punctuation)
    }

    /// Adds a token, with the combining marks that follow it. Returns its end.
    #[inline]
    fn push(&mut self, start: usize, end: usize, kind: TokenKind) -> usize {
        let end = if self.byte(end) < 128 { end } else { self.marks(end) };
        self.out.push(Token { start: start as u32, end: end as u32, kind });
        end
    }

    /// Where the combining marks that stand at `at` end.
    fn marks(&self, mut at: usize) -> usize {
        while self.byte(at) >= 128 {
            match self.class(at) {
                Some((Class::Mark, length)) => at += length,
                _ => break,
            }
        }
        at
    }

    /// The byte at `at`; a space at the end of the text.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// The class of the character at `at` and its length in bytes; nothing at the end of the text.
    fn class(&self, at: usize) -> Option<(Class, usize)> {
        match self.bytes.get(at) {
            Some(byte) if *byte < 128 => Some((ASCII[*byte as usize], 1)),
            _ => self.char(at).map(|c| (characters::class(c), c.len_utf8())),
        }
    }

    /// Whether the character at `at` can go on a word: a letter, a digit or a mark.
    fn goes_on(&self, at: usize) -> bool {
        matches!(self.class(at), Some((Class::Letter | Class::Digit | Class::Mark, _)))
    }

    /// Whether a token ends right before `at`, with no space between.
    fn ends_at(&self, at: usize) -> bool {
        self.out
            .last()
            .is_some_and(|token| token.end as usize == at && token.kind != TokenKind::Punctuation)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tokens of `text`, separated by `|`.
    fn split(text: &str) -> String {
        let mut out = Vec::new();
        tokens(text, &mut out);
        out.iter().map(|token| token.text(text)).collect::<Vec<_>>().join("|")
    }

    fn kinds(text: &str) -> Vec<TokenKind> {
        let mut out = Vec::new();
        tokens(text, &mut out);
        out.iter().map(|token| token.kind).collect()
    }

    #[test]
    fn words_and_punctuation_come_apart() {
        assert_eq!(split("Kyiv, he said, waits (again)."), "Kyiv|,|he|said|,|waits|(|again|)|.");
        assert_eq!(split("\"Stop!\" she cried"), "\"|Stop|!|\"|she|cried");
    }

    #[test]
    fn clitics_come_off_with_either_apostrophe() {
        assert_eq!(split("Israel's Israel’s they’re DON'T"), "Israel|'s|Israel|’s|they|’re|DO|N'T");
        assert_eq!(split("She'd've known."), "She|'d|'ve|known|.");
        assert_eq!(split("the 1990's"), "the|1990|'s");
        assert_eq!(split("Israel 's army"), "Israel|'s|army");
    }

    #[test]
    fn other_apostrophes_stay_inside_or_stand_apart() {
        assert_eq!(split("O'Brien Ze’ev d'Ivoire o'clock"), "O'Brien|Ze’ev|d'Ivoire|o'clock");
        assert_eq!(split("the leaders' talks"), "the|leaders|'|talks");
        assert_eq!(split("'ready' ‘set’"), "'|ready|'|‘|set|’");
    }

    #[test]
    fn hyphens_hold_words_together_and_dashes_do_not() {
        assert_eq!(
            split("an Israeli-made co\u{2011}operative F-16"),
            "an|Israeli-made|co\u{2011}operative|F-16"
        );
        assert_eq!(split("talks—again–now - or -- then"), "talks|—|again|–|now|-|or|--|then");
        assert_eq!(split("pre- and post-war"), "pre|-|and|post-war");
    }

    #[test]
    fn numbers_keep_what_groups_them() {
        assert_eq!(
            split("22.5 1,200 1,00,000 10:30 9/11 3-6"),
            "22.5|1,200|1,00,000|10:30|9/11|3-6"
        );
        assert_eq!(split("in 2015, 7,8. He"), "in|2015|,|7|,|8|.|He");
        assert_eq!(split("$4.5m €10bn 50% .45 22nd"), "$|4.5m|€|10bn|50|%|.45|22nd");
        assert_eq!(
            kinds("1,200 3-6 22nd 12-year-old"),
            [TokenKind::Number, TokenKind::Number, TokenKind::Number, TokenKind::Word]
        );
    }

    #[test]
    fn abbreviations_keep_their_dots() {
        assert_eq!(split("the U.S. at 5 a.m. in D.C."), "the|U.S.|at|5|a.m.|in|D.C.");
        assert_eq!(
            split("Mr. Levi of Acme Inc. met Gen. Roe, Ph.D."),
            "Mr.|Levi|of|Acme|Inc.|met|Gen.|Roe|,|Ph.D."
        );
        assert_eq!(split("U.S.-led U.N.'s"), "U.S.-led|U.N.|'s");
        assert_eq!(split("pro-U.S. in the U.S, an M.Sc."), "pro-U.S.|in|the|U.S|,|an|M.Sc.");
        assert_eq!(split("No. 5? No. He"), "No.|5|?|No|.|He");
    }

    #[test]
    fn initials_keep_their_dot_before_a_name() {
        assert_eq!(split("J. K. Rowling and George W. Bush"), "J.|K.|Rowling|and|George|W.|Bush");
        assert_eq!(split("J.K. Rowling, J.Smith"), "J.K.|Rowling|,|J.|Smith");
        assert_eq!(
            split("neither he nor I. They chose plan B."),
            "neither|he|nor|I|.|They|chose|plan|B|."
        );
    }

    #[test]
    fn a_full_stop_without_a_space_after_it_still_ends_the_word() {
        assert_eq!(split("the end.The start"), "the|end|.|The|start");
    }

    #[test]
    fn addresses_stay_whole() {
        assert_eq!(
            split("See https://a.example/x_(y)?q=1. Or"),
            "See|https://a.example/x_(y)?q=1|.|Or"
        );
        assert_eq!(
            split("(www.example.com), example.co.il/path."),
            "(|www.example.com|)|,|example.co.il/path|."
        );
        assert_eq!(split("Write to desk.one@news.example."), "Write|to|desk.one@news.example|.");
        assert_eq!(split("@some_one: #News # @"), "@some_one|:|#News|#|@");
    }

    #[test]
    fn runs_of_marks_are_one_token() {
        assert_eq!(split("Well... what?! Yes…"), "Well|...|what|?!|Yes|…");
    }

    #[test]
    fn ampersands_and_slashes() {
        assert_eq!(split("AT&T and/or P & O"), "AT&T|and|/|or|P|&|O");
    }

    #[test]
    fn marks_stay_with_their_base() {
        assert_eq!(split("Cafe\u{301}s x\u{301}. .\u{301}a"), "Cafe\u{301}s|x\u{301}|.|.\u{301}|a");
        assert_eq!(split("👩🏽‍🚀🇺🇦🇩🇪 ❤️!"), "👩🏽‍🚀|🇺🇦|🇩🇪|❤️|!");
    }

    #[test]
    fn other_scripts() {
        assert_eq!(split("Киев, Łódź; 東京は。"), "Киев|,|Łódź|;|東|京|は|。");
        assert_eq!(
            split("soft\u{ad}hyphen end\u{ad} \u{feff}bom"),
            "soft\u{ad}hyphen|end|\u{ad}|\u{feff}|bom"
        );
    }

    /// Pieces that exercise every rule, so that random joins of them meet at odd places.
    fn pieces() -> impl Strategy<Value = String> {
        let known = prop::sample::select(vec![
            "U.S.", "Mr.", "a.", "I", "'s", "n't", "’", "'", "\"", "“", "-", "--", "—", ".", "..",
            "…", "?!", "1", "22.5", ",", "1,2", ":", "/", "//", "://", "www.", "http", "@", "#",
            "&", "_", " ", "\n", "\u{a0}", "\u{301}", "\u{200d}", "\u{200b}", "\u{ad}", "👩", "🇺",
            "é", "Ж", "東", "½", "(", ")", "a", "B", "No", "\0",
        ])
        .prop_map(str::to_owned);
        prop::collection::vec(
            prop_oneof![6 => known, 1 => any::<char>().prop_map(String::from)],
            0..40,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn every_character_lies_in_one_token(text in pieces()) {
            let mut out = Vec::new();
            tokens(&text, &mut out);
            let mut at = 0;
            for token in &out {
                prop_assert!(at <= token.start as usize && token.start < token.end);
                let gap = text.get(at..token.start as usize);
                prop_assert!(gap.is_some_and(|gap| gap.chars().all(char::is_whitespace)), "{out:?}");
                let inside = text.get(token.range());
                prop_assert!(inside.is_some_and(|inside| !inside.contains(char::is_whitespace)), "{out:?}");
                at = token.end as usize;
            }
            prop_assert!(text.get(at..).is_some_and(|rest| rest.chars().all(char::is_whitespace)));
        }

        #[test]
        fn no_token_starts_with_a_mark_that_has_a_base(text in pieces()) {
            let mut out = Vec::new();
            tokens(&text, &mut out);
            for pair in out.windows(2) {
                let first = pair[1].text(&text).chars().next();
                let mark = first.is_some_and(|first| characters::class(first) == Class::Mark);
                prop_assert!(!mark || pair[0].end < pair[1].start, "{out:?}");
            }
        }
    }
}
