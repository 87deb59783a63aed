//! Cues: short sequences of words that speak for a rule, with a place in their line and points.
//!
//! All cues of all lists lie in one trie, which is walked from each word of a line that begins a cue.

use std::{ops::Range, sync::LazyLock};

use rustc_hash::FxHashMap;

use crate::{
    kinds::Kind,
    rules::Rule,
    words::{Word, entries, hash_of, words_of},
};

/// What every number is in cues, where it is written `0`.
const NUMBER: u64 = 1;
/// What stands for any word in cues, where it is written `_`.
const ANY: u64 = 2;

/// A hash of two words in a row.
fn pair(one: u64, two: u64) -> u64 {
    one.rotate_left(7) ^ two
}

fn hash_in_cues(word: Word) -> u64 {
    if word.is_number() { NUMBER } else { word.hash }
}

/// Turns away most pairs of words that begin no cue before the trie is asked.
struct Filter(Vec<u64>);

impl Filter {
    const BITS: u64 = 1 << 15;

    fn new() -> Self {
        Filter(vec![0; (Self::BITS / 64) as usize])
    }

    fn insert(&mut self, hash: u64) {
        let bit = (hash >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    fn may_hold(&self, hash: u64) -> bool {
        let bit = (hash >> 20) % Self::BITS;
        self.0[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
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
    /// The pairs of words that begin cues; words that are cues are paired with themselves.
    begins: Filter,
}

impl Cues {
    /// Reads lists of cues. An entry under an unknown heading is passed over.
    pub(crate) fn read<'a>(lists: impl IntoIterator<Item = (Rule, &'a str)>) -> Self {
        let mut cues =
            Cues { steps: FxHashMap::default(), ends: vec![Vec::new()], begins: Filter::new() };
        for (rule, list) in lists {
            let mut heading = None;
            for entry in entries(list) {
                if let Some(inner) = entry.strip_prefix('[').and_then(|e| e.strip_suffix(']')) {
                    heading = heading_of(inner);
                } else if let Some((place, points)) = heading {
                    cues.insert(entry, Cue { rule, place, points });
                }
            }
        }
        cues
    }

    fn insert(&mut self, entry: &str, cue: Cue) {
        let (mut words, mut hashes) = (Vec::new(), Vec::new());
        for part in entry.split(' ') {
            words.clear();
            words_of(part, 0, &mut words);
            match part {
                "_" => hashes.push(ANY),
                _ => hashes.extend(words.iter().map(|word| hash_in_cues(*word))),
            }
        }
        match *hashes.as_slice() {
            [] => return,
            [one] | [one, ANY, ..] => self.begins.insert(pair(one, one)),
            [one, two, ..] => self.begins.insert(pair(one, two)),
        }
        let mut node = 0;
        for hash in hashes {
            let new = self.ends.len() as u32;
            node = *self.steps.entry((node, hash)).or_insert(new);
            if node == new {
                self.ends.push(Vec::new());
            }
        }
        if let Some(ends) = self.ends.get_mut(node as usize) {
            ends.push(cue);
        }
    }

    /// Reports each cue found in a line, from left to right, with the words it covers.
    pub(crate) fn find(
        &self,
        words: &[Word],
        truncated: bool,
        mut found: impl FnMut(Rule, Place, u8, Range<usize>),
    ) {
        for (at, word) in words.iter().enumerate() {
            if !word.is(Kind::CueFirst) && !word.is_number() {
                continue;
            }
            let one = hash_in_cues(*word);
            let two = words.get(at + 1).map_or(one, |next| hash_in_cues(*next));
            if !self.begins.may_hold(pair(one, one)) && !self.begins.may_hold(pair(one, two)) {
                continue;
            }
            let mut node = 0;
            for (length, word) in words[at..].iter().enumerate() {
                let step = |hash| self.steps.get(&(node, hash)).copied();
                let Some(next) = step(hash_in_cues(*word)).or_else(|| step(ANY)) else { break };
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

/// The lists of cues, each of a rule.
const LISTS: [(Rule, &str); 12] = [
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
];

/// The cues of all rules.
pub(crate) static CUES: LazyLock<Cues> = LazyLock::new(|| Cues::read(LISTS));

/// The hashes of the words that begin cues.
pub(crate) fn first_words() -> impl Iterator<Item = u64> {
    let cues = LISTS.into_iter().flat_map(|(_, list)| entries(list));
    cues.filter_map(|cue| cue.split([' ', '.', '-']).next()).map(hash_of)
}

#[cfg(test)]
mod tests {
    use super::*;

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
