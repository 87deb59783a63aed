//! The lines of a text, each with what can be said of it alone.
//!
//! One pass. A line is what stands between two line breaks (`\n` or `\r\n`), without the white space at
//! its ends; blank lines are only remembered as the gap before the next one. Of a very long line only the
//! beginning and the end are looked at: what sites leave around an article is short. For later questions
//! (which words does the page share, what stands twice) the hashes of all words are kept.

use crate::{
    kinds::Kind,
    rules::{self, Rule, RuleSet},
    words::{self, Signs, Word},
};

/// Of lines longer than both together, only so many bytes from the start and from the end are read.
const HEAD_BYTES: usize = 8_000;
const TAIL_BYTES: usize = 1_000;

/// A line that is not blank.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its first byte, white space included.
    pub(crate) start: u32,
    /// Its first byte that is not white space.
    pub(crate) ink: u32,
    /// The byte after its last that is not white space.
    pub(crate) end: u32,
    /// Whether a blank line, or nothing, stands before it.
    pub(crate) gap: bool,
    /// How many words, estimated for long lines and for scripts without spaces.
    pub(crate) words: u32,
    /// Function words; words that begin in upper case; numbers; words of dates and numbers.
    pub(crate) stops: u32,
    pub(crate) capitals: u32,
    pub(crate) numbers: u32,
    pub(crate) ending: Ending,
    pub(crate) traits: Traits,
    /// What its own words say for each rule, 0 to 100.
    pub(crate) points: [u8; Rule::COUNT],
    /// Where the hashes of its words lie among those of the page.
    pub(crate) hashes: (u32, u32),
    /// A hash of all its words; 0 where it has none.
    pub(crate) key: u64,
    /// The rules that know this line as a whole.
    pub(crate) whole: RuleSet,
}

/// How a line ends, closing quotes and brackets set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A full stop, question or exclamation mark.
    Full,
    Colon,
    /// Anything else.
    Open,
}

/// Simple traits of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traits {
    /// Speaks to the reader.
    pub(crate) reader: bool,
    /// Begins with a quotation mark.
    pub(crate) quoted: bool,
    /// Begins with a bullet or a dash.
    pub(crate) bullet: bool,
    /// Begins with a lower-case letter.
    pub(crate) lower: bool,
    /// Holds a comma.
    pub(crate) comma: bool,
}

impl Line {
    /// Whether it reads like a sentence of prose, or several.
    pub(crate) fn is_prose(&self) -> bool {
        match self.ending {
            Ending::Full => self.words >= 8,
            Ending::Colon => self.words >= 12,
            Ending::Open => self.words >= 22 && self.stops * 6 >= self.words,
        }
    }

    /// Whether it is a short sentence.
    pub(crate) fn is_short_sentence(&self) -> bool {
        self.ending == Ending::Full && (3..8).contains(&self.words)
    }
}

/// A line with its words: what rules look at.
pub(crate) struct View<'a> {
    /// The whole document.
    pub(crate) document: &'a str,
    /// The line, trimmed.
    pub(crate) text: &'a str,
    pub(crate) words: &'a [Word],
    pub(crate) signs: Signs,
    /// Whether words in the middle are left out.
    pub(crate) truncated: bool,
    pub(crate) line: &'a Line,
}

impl View<'_> {
    /// The text of a word.
    pub(crate) fn word(&self, word: Word) -> &str {
        self.document.get(word.start as usize..word.end as usize).unwrap_or_default()
    }

    /// The char after a word, white space skipped.
    pub(crate) fn after(&self, word: Word) -> Option<char> {
        let end = self.line.end as usize;
        self.document.get(word.end as usize..end)?.chars().find(|c| !c.is_whitespace())
    }
}

/// The lines of a text, and the hashes of their words.
#[derive(Default)]
pub(crate) struct Lines {
    pub(crate) all: Vec<Line>,
    hashes: Vec<WordHash>,
}

/// The hash of a word, and whether the word tells something (is no number and no function word).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct WordHash(u32);

impl WordHash {
    const TELLING: u32 = 1;

    fn of(word: Word) -> Self {
        let telling = !word.is_number() && !word.is(Kind::Stop) && word.end - word.start > 2;
        WordHash((word.hash >> 32) as u32 & !Self::TELLING | u32::from(telling))
    }

    pub(crate) fn is_telling(self) -> bool {
        self.0 & Self::TELLING == Self::TELLING
    }

    pub(crate) fn value(self) -> u32 {
        self.0
    }
}

impl Lines {
    /// The hashes of a line's words.
    pub(crate) fn hashes(&self, at: usize) -> &[WordHash] {
        let Some(line) = self.all.get(at) else { return &[] };
        self.hashes.get(line.hashes.0 as usize..line.hashes.1 as usize).unwrap_or_default()
    }
}

/// Finds the lines of a text. `words` is scratch.
pub(crate) fn lines_of(text: &str, words: &mut Vec<Word>, found: &mut Lines) {
    let Lines { all: lines, hashes } = found;
    lines.clear();
    hashes.clear();
    let (mut start, mut gap) = (0, true);
    while start < text.len() {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let next = memchr::memchr(b'\n', rest).map_or(text.len(), |at| start + at + 1);
        let whole = text.get(start..next).unwrap_or_default();
        let trimmed = whole.trim_start_matches(is_blank);
        let ink = start + (whole.len() - trimmed.len());
        let trimmed = trimmed.trim_end_matches(is_blank);
        if trimmed.is_empty() {
            gap = true;
        } else {
            let mut line = line_of(text, trimmed, [start, ink], gap, words);
            let first = hashes.len() as u32;
            hashes.extend(words.iter().map(|word| WordHash::of(*word)));
            line.hashes = (first, hashes.len() as u32);
            lines.push(line);
            gap = false;
        }
        start = next;
    }
}

/// White space, and what is as invisible.
pub(crate) fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '\u{200b}' | '\u{200d}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{ad}')
}

fn line_of(text: &str, trimmed: &str, at: [usize; 2], gap: bool, words: &mut Vec<Word>) -> Line {
    let [start, ink] = at;
    words.clear();
    let truncated = trimmed.len() > HEAD_BYTES + TAIL_BYTES;
    let mut estimate = 0;
    let signs;
    if truncated {
        let head = word_boundary(trimmed, HEAD_BYTES);
        let tail = word_boundary(trimmed, trimmed.len() - TAIL_BYTES);
        words::words_of(&trimmed[..head], ink, words);
        signs = words::words_of(&trimmed[tail..], ink + tail, words);
        estimate = (tail - head) / 6;
    } else {
        signs = words::words_of(trimmed, ink, words);
    }
    let mut line = Line {
        start: start as u32,
        ink: ink as u32,
        end: (ink + trimmed.len()) as u32,
        gap,
        words: (words.len() + estimate).max(unspaced_words(trimmed, words.len())) as u32,
        stops: 0,
        capitals: 0,
        numbers: 0,
        ending: ending_of(trimmed),
        traits: Traits::default(),
        points: [0; Rule::COUNT],
        hashes: (0, 0),
        key: 0,
        whole: RuleSet::default(),
    };
    for word in words.iter() {
        line.stops += u32::from(word.is(Kind::Stop));
        line.traits.reader |= word.is(Kind::Reader);
        line.capitals += u32::from(word.is_capital());
        line.numbers += u32::from(word.is_number());
        line.key = roll(line.key, word.hash);
    }
    if truncated {
        line.key = roll(line.key, trimmed.len() as u64);
    }
    line.traits.comma = signs.have(&[Signs::COMMA]);
    let mut chars = trimmed.chars();
    match chars.next() {
        Some('“' | '"' | '‘' | '\'' | '«' | '„') => line.traits.quoted = true,
        Some('•' | '*' | '-' | '–' | '—' | '·' | '▪' | '●' | '■' | '►') => {
            line.traits.bullet = true
        }
        Some(char) => line.traits.lower = char.is_lowercase(),
        None => {}
    }
    let view = View { document: text, text: trimmed, words, signs, truncated, line: &line };
    let (points, whole) = rules::own_points(&view);
    line.points = points;
    line.whole = whole;
    line
}

/// Adds a hash to the hash of a sequence.
pub(crate) fn roll(key: u64, hash: u64) -> u64 {
    (key.rotate_left(5) ^ hash).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The nearest char boundary at or after a byte, moved on to the next space where one is near.
fn word_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let near = text.as_bytes().iter().skip(at).take(40).position(|byte| *byte == b' ');
    at + near.unwrap_or(0)
}

/// How many words a line in a script without spaces may hold, at two chars a word; 0 for others.
fn unspaced_words(text: &str, spaced: usize) -> usize {
    if text.len() < 24 * spaced {
        return 0;
    }
    let unspaced = |c: &char| matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
    text.chars().filter(unspaced).count() / 2
}

fn ending_of(text: &str) -> Ending {
    let closing =
        |c: char| matches!(c, '"' | '”' | '’' | '\'' | '»' | ')' | ']' | '“') || is_blank(c);
    match text.trim_end_matches(closing).chars().next_back() {
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟') => Ending::Full,
        Some(':') => Ending::Colon,
        _ => Ending::Open,
    }
}

#[cfg(test)]
pub(crate) fn lines(text: &str) -> Vec<Line> {
    read(text).all
}

#[cfg(test)]
pub(crate) fn read(text: &str) -> Lines {
    let (mut words, mut lines) = (Vec::new(), Lines::default());
    lines_of(text, &mut words, &mut lines);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_know_the_gap_before_them() {
        let text = "  One two \r\n\r\n \t\nThree\nFour";
        let found: Vec<_> = lines(text)
            .iter()
            .map(|line| (&text[line.ink as usize..line.end as usize], line.gap))
            .collect();
        assert_eq!(found, [("One two", true), ("Three", true), ("Four", false)]);
    }

    #[test]
    fn prose_is_told_from_headings() {
        let text = "The ministers met in the capital on Monday and agreed.\nA day of talks\nIt rained again.";
        let lines = lines(text);
        assert!(lines[0].is_prose());
        assert!(!lines[1].is_prose() && !lines[1].is_short_sentence());
        assert!(lines[2].is_short_sentence());
    }

    #[test]
    fn a_closing_quote_does_not_hide_the_full_stop() {
        assert_eq!(ending_of("“We will see.”"), Ending::Full);
        assert_eq!(ending_of("He said:"), Ending::Colon);
        assert_eq!(ending_of("Aid to the east"), Ending::Open);
    }

    #[test]
    fn a_long_line_is_read_at_both_ends() {
        let text = format!("Sign up {} the end", "é word ".repeat(5_000));
        let lines = lines(&text);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].words > 2_000);
    }
}
