//! What the statistical tagger looks at: the words with a capital and what joins them, each with
//! features of itself, its neighbours, the lists, the rules' finding and the rest of the document.
//!
//! Only such words are looked at ("open"); all others name nothing. They lie in stretches, each of
//! which is tagged by itself.

use std::ops::Range;

use docmill_core::vocab::entities::Kind;
use rustc_hash::FxHashMap;

use crate::classes::Class;
use crate::gazetteer::Known;
use crate::lexicon::{Sort, lexicon};
use crate::names::Mention;
use crate::prose::{Manner, Prose, Shape};

/// The parts of the text to tag, and the features of their tokens.
#[derive(Default)]
pub(crate) struct Features {
    /// Ranges of tokens, each within a sentence.
    pub(crate) stretches: Vec<Range<usize>>,
    /// What the lists know of each token: sort and position, 0 for nothing.
    lists: Vec<u8>,
    /// What the rules made of each token: kind and position, 0 for nothing.
    rules: Vec<u8>,
    /// What the document shows of a word, by its hash.
    shown: FxHashMap<u64, u16>,
    affixes: Vec<Affixes>,
}

/// Hashes of parts of a word.
#[derive(Clone, Copy, Default)]
struct Affixes {
    shape: u64,
    prefix: u64,
    suffixes: [u64; 3],
}

// What a document shows of a word, one bit each.
const SEEN_LOWER: u16 = 1;
const SEEN_INSIDE: u16 = 1 << 1;
const AFTER_TITLE: u16 = 1 << 2;
const AFTER_GIVEN: u16 = 1 << 3;
const AFTER_IN: u16 = 1 << 4;
const BESIDE_SAYS: u16 = 1 << 5;
const BEFORE_CLITIC: u16 = 1 << 6;
const RULE_PERSON: u16 = 1 << 7;
const RULE_ORGANISATION: u16 = 1 << 8;
const RULE_PLACE: u16 = 1 << 9;
const AFTER_THE: u16 = 1 << 10;

impl Features {
    /// Finds the stretches, and what their features are made of.
    pub(crate) fn prepare(&mut self, prose: &Prose<'_>, known: &[Known], mentions: &[Mention]) {
        self.mark(prose, known, mentions);
        self.show(prose);
        self.stretches.clear();
        for sentence in prose.sentences {
            let mut at = sentence.tokens.start;
            while at < sentence.tokens.end {
                let start = at;
                while at < sentence.tokens.end && self.is_open(prose, at, &sentence.tokens) {
                    at += 1;
                }
                if start < at {
                    self.stretches.push(start..at);
                } else {
                    at += 1;
                }
            }
        }
    }

    fn mark(&mut self, prose: &Prose<'_>, known: &[Known], mentions: &[Mention]) {
        let count = prose.tokens.len();
        self.lists.clear();
        self.lists.resize(count, 0);
        for known in known {
            let sort = lexicon().entry(known.entry).map_or(0, |entry| entry.sort as u8 + 1);
            mark(&mut self.lists, known.first..known.end, sort);
        }
        self.rules.clear();
        self.rules.resize(count, 0);
        for mention in mentions {
            let strong = u8::from(mention.score >= 0.75);
            mark(&mut self.rules, mention.first..mention.end, 1 + mention.kind as u8 * 2 + strong);
        }
    }

    /// Notes what the document shows of its words with a capital.
    fn show(&mut self, prose: &Prose<'_>) {
        self.shown.clear();
        for (at, word) in prose.words.iter().enumerate() {
            if !matches!(word.shape, Shape::Capital | Shape::Caps) {
                continue;
            }
            let shown = self.shown.entry(prose.hashes[at]).or_default();
            if prose.manner(at) != Manner::Prose {
                continue;
            }
            let before =
                prose.before(at).map(|before| prose.word(before).classes).unwrap_or_default();
            let after = prose.word(at + 1);
            let mut add = |holds: bool, bit: u16| {
                if holds {
                    *shown |= bit;
                }
            };
            add(!word.opens, SEEN_INSIDE);
            add(
                before.any(&[Class::StateOffice, Class::OwnOffice, Class::FormOfAddress]),
                AFTER_TITLE,
            );
            add(before.has(Class::FirstName), AFTER_GIVEN);
            add(before.has(Class::Locative), AFTER_IN);
            add(before.has(Class::Says) || after.classes.has(Class::Says), BESIDE_SAYS);
            add(after.shape == Shape::Clitic, BEFORE_CLITIC);
            add(prose.before(at).is_some_and(|before| prose.is(before, "the")), AFTER_THE);
            match self.rules[at] {
                0 => {}
                code => match (code / 4 - 1) / 2 {
                    kind if kind == Kind::Person as u8 => add(true, RULE_PERSON),
                    kind if kind == Kind::Organisation as u8 => add(true, RULE_ORGANISATION),
                    _ => add(true, RULE_PLACE),
                },
            }
        }
        for (at, word) in prose.words.iter().enumerate() {
            if word.shape == Shape::Lower
                && let Some(shown) = self.shown.get_mut(&prose.hashes[at])
            {
                *shown |= SEEN_LOWER;
            }
        }
        self.affixes.clear();
        self.affixes.resize(prose.tokens.len(), Affixes::default());
    }

    fn is_open(&self, prose: &Prose<'_>, at: usize, sentence: &Range<usize>) -> bool {
        if prose.is_capital(at) || self.rules[at] != 0 {
            return true;
        }
        let capital = |at: usize| sentence.contains(&at) && prose.is_capital(at);
        let beside = at > 0 && capital(at - 1);
        match prose.word(at).shape {
            Shape::Number => beside || capital(at + 1),
            Shape::Clitic => beside && capital(at + 1),
            Shape::Mark => {
                beside
                    && capital(at + 1)
                    && matches!(prose.token(at), "&" | "-" | "–" | "'" | "’" | "/" | "." | "+")
            }
            Shape::Lower => {
                let joins = prose.has(at, Class::Particle) || prose.has(at, Class::Joining);
                let open_before =
                    beside || at > 1 && capital(at - 2) && prose.has(at - 1, Class::Joining);
                joins
                    && open_before
                    && (capital(at + 1) || prose.has(at + 1, Class::Joining) && capital(at + 2))
            }
            _ => false,
        }
    }

    /// Whether the rules found nothing at a token.
    pub(crate) fn is_unmarked(&self, at: usize) -> bool {
        self.rules.get(at) == Some(&0)
    }

    /// Adds the features of a token of a stretch to `out`.
    pub(crate) fn of(
        &mut self,
        prose: &Prose<'_>,
        at: usize,
        stretch: &Range<usize>,
        out: &mut Vec<u64>,
    ) {
        let sentence = prose.sentence_of(at);
        let inside = |at: usize| sentence.contains(&at);
        let before = |steps: usize| at.checked_sub(steps).filter(|at| inside(*at));
        let after = |steps: usize| Some(at + steps).filter(|at| inside(*at));
        let hash = |at: Option<usize>| at.map_or(1, |at| prose.hashes[at]);
        let (w2, w1, w0, v1, v2) =
            (hash(before(2)), hash(before(1)), prose.hashes[at], hash(after(1)), hash(after(2)));
        let own = self.affixes_of(prose, at);
        let left = before(1).map(|at| self.affixes_of(prose, at)).unwrap_or_default();
        let right = after(1).map(|at| self.affixes_of(prose, at)).unwrap_or_default();
        let code = |codes: &[u8], at: Option<usize>| at.map_or(255, |at| u64::from(codes[at]));
        let lists =
            [code(&self.lists, before(1)), u64::from(self.lists[at]), code(&self.lists, after(1))];
        let rules =
            [code(&self.rules, before(1)), u64::from(self.rules[at]), code(&self.rules, after(1))];
        let word = prose.word(at);
        let manner = prose.manner(at) as u64;
        let shown = u64::from(self.shown.get(&w0).copied().unwrap_or_default());
        let opens = u64::from(word.opens);
        let outer_left = hash(stretch.start.checked_sub(1).filter(|at| inside(*at)));
        let place = (at - stretch.start).min(3) as u64;
        let room = (stretch.end - 1 - at).min(3) as u64;
        let mut add = |template: u64, value: u64| out.push(mix(template, value));
        add(1, 0);
        add(3, both(w0, own.shape));
        add(4, w1);
        add(5, v1);
        add(6, w2);
        add(7, v2);
        add(10, both(w1, v1));
        add(11, own.shape);
        add(12, both(left.shape, own.shape));
        add(13, both(own.shape, right.shape));
        add(14, both(both(left.shape, own.shape), right.shape));
        add(15, own.prefix);
        add(16, own.suffixes[0]);
        add(17, own.suffixes[1]);
        add(18, own.suffixes[2]);
        add(19, left.suffixes[1]);
        add(20, right.suffixes[1]);
        add(21, lists[1]);
        add(22, lists[0] << 8 | lists[1]);
        add(23, lists[1] << 8 | lists[2]);
        add(24, rules[1]);
        add(25, rules[0] << 16 | rules[1] << 8 | rules[2]);
        add(26, both(w1, rules[1]));
        add(27, both(v1, rules[1]));
        add(28, opens << 4 | manner << 2 | u64::from(word.shape == Shape::Caps));
        add(29, shown);
        add(30, both(shown & u64::from(RULE_PERSON | RULE_ORGANISATION | RULE_PLACE), rules[1]));
        add(34, place << 4 | room);
        add(35, both(both(outer_left, rules[1]), 1));
        for (side, at) in [(0, before(1)), (1, Some(at)), (2, after(1))] {
            let classes = at.map(|at| prose.word(at).classes).unwrap_or_default();
            add(36 + side, classes.bits());
            for class in classes.each() {
                add(39 + side, class as u64);
                if side != 1 {
                    add(42 + side, (class as u64) << 8 | rules[1]);
                }
            }
        }
    }

    fn affixes_of(&mut self, prose: &Prose<'_>, at: usize) -> Affixes {
        let known = self.affixes[at];
        if known.shape != 0 {
            return known;
        }
        let affixes = affixes(prose.token(at));
        self.affixes[at] = affixes;
        affixes
    }
}

/// Notes a code with each token's position in a name: only, first, inside, last.
fn mark(codes: &mut [u8], tokens: Range<usize>, code: u8) {
    let last = tokens.end.saturating_sub(1);
    for at in tokens.clone() {
        let position = match (at == tokens.start, at == last) {
            (true, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (false, true) => 3,
        };
        if let Some(place) = codes.get_mut(at) {
            *place = code * 4 + position;
        }
    }
}

fn affixes(word: &str) -> Affixes {
    let mut shape = 7u64;
    let mut last = 0;
    let mut run = 0;
    for c in word.chars().take(24) {
        let kind = match c {
            'a'..='z' => 1,
            'A'..='Z' => 2,
            '0'..='9' => 3,
            _ if c.is_lowercase() => 1,
            _ if c.is_uppercase() => 2,
            _ if c.is_alphanumeric() => 4,
            _ => 16 + c as u64,
        };
        run = if kind == last { run + 1 } else { 0 };
        if run < 2 {
            shape = both(shape, kind);
        }
        last = kind;
    }
    let tail = |count: usize| {
        let start = word.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at);
        hash_lower(&word[start..])
    };
    let head = word.char_indices().nth(3).map_or(word.len(), |(at, _)| at);
    Affixes { shape, prefix: hash_lower(&word[..head]), suffixes: [tail(2), tail(3), tail(4)] }
}

fn hash_lower(part: &str) -> u64 {
    part.chars().flat_map(char::to_lowercase).fold(5, |sum, c| both(sum, c as u64))
}

fn both(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn mix(template: u64, value: u64) -> u64 {
    let mixed = both(template.wrapping_mul(0xd6e8_feb8_6659_fd93), value);
    mixed ^ mixed >> 29
}

/// Whether an entry of this sort keeps the kind that the lists give it, whatever the tagger says.
pub(crate) fn keeps_kind(sort: Sort) -> bool {
    matches!(sort, Sort::Country | Sort::Demonym | Sort::People | Sort::Capital)
}
