//! What stands twice on a page: lines, and quotations that a paragraph holds, too.

use rustc_hash::FxHashMap;

use crate::{
    lines::Line,
    words::{Word, words_of},
};

/// How many words in a row make a shingle.
const SHINGLE: usize = 4;
/// Pull quotes are no longer, in words.
const LONGEST_QUOTE: u32 = 70;

/// For each line, the number of a line with the same words that stands before it, if one does.
pub(crate) fn earlier_twins(text: &str, lines: &[Line], words: &mut Vec<Word>) -> Vec<Option<u32>> {
    let mut first = FxHashMap::default();
    let twin = |(at, line): (usize, &Line)| {
        // Lengths differ by the punctuation at most; a hash of all words settles it.
        let inked = text.get(line.ink as usize..line.end as usize)?;
        let key = if inked.len() > 600 { bytes_key(inked) } else { words_key(inked, words)? };
        match first.insert(key, at as u32) {
            None => None,
            earlier => earlier,
        }
    };
    lines.iter().enumerate().map(twin).collect()
}

fn bytes_key(text: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault};
    BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(text)
}

fn words_key(text: &str, words: &mut Vec<Word>) -> Option<u64> {
    words.clear();
    words_of(text, 0, words);
    if words.is_empty() {
        return None;
    }
    let fold = |key: u64, word: &Word| {
        // Numbers share one hash, so their text counts.
        let number = text
            .get(word.start as usize..word.end as usize)
            .filter(|_| word.hash == crate::words::NUMBER);
        roll(key, number.map_or(word.hash, bytes_key))
    };
    Some(words.iter().fold(0, fold))
}

fn roll(key: u64, hash: u64) -> u64 {
    (key.rotate_left(5) ^ hash).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Of the candidates (by number), those whose words stand in another line, all but a few.
pub(crate) fn held_elsewhere(
    text: &str,
    lines: &[Line],
    candidates: &[usize],
    words: &mut Vec<Word>,
) -> Vec<usize> {
    let fits =
        |at: &&usize| lines.get(**at).is_some_and(|line| (6..=LONGEST_QUOTE).contains(&line.words));
    let candidates: Vec<usize> = candidates.iter().filter(fits).copied().collect();
    if candidates.is_empty() {
        return candidates;
    }
    // The shingles of the candidates, and for each the longest line that holds it, of equals the first.
    let mut wanted: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
    for at in &candidates {
        shingles(text, &lines[*at], words, |key| {
            wanted.entry(key).or_insert((0, *at as u32));
        });
    }
    for (at, line) in lines.iter().enumerate() {
        shingles(text, line, words, |key| {
            if let Some((longest, holder)) = wanted.get_mut(&key)
                && line.words > *longest
            {
                (*longest, *holder) = (line.words, at as u32);
            }
        });
    }
    let held = |at: &usize| {
        let (mut all, mut found) = (0usize, 0usize);
        shingles(text, &lines[*at], words, |key| {
            all += 1;
            found += usize::from(wanted.get(&key).is_some_and(|(_, holder)| *holder != *at as u32));
        });
        all >= 3 && found * 4 >= all * 3
    };
    candidates.into_iter().filter(held).collect()
}

fn shingles(text: &str, line: &Line, words: &mut Vec<Word>, mut each: impl FnMut(u64)) {
    words.clear();
    words_of(text.get(line.ink as usize..line.end as usize).unwrap_or_default(), 0, words);
    for window in words.windows(SHINGLE) {
        each(window.iter().fold(0, |key, word| roll(key, word.hash)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    #[test]
    fn twins_are_found_by_their_words() {
        let text = "The harbour at dawn\nA talk\nThe harbour at dawn.\n3 of 5\n4 of 5";
        let twins = earlier_twins(text, &lines(text), &mut Vec::new());
        assert_eq!(twins, [None, None, Some(0), None, None]);
    }

    #[test]
    fn of_two_quotations_the_longer_line_stays() {
        let text =
            "“It robs us at home and abroad, too,” he said.\n“It robs us at home and abroad, too.”";
        assert_eq!(held_elsewhere(text, &lines(text), &[0, 1], &mut Vec::new()), [1]);
    }

    #[test]
    fn a_quotation_held_by_a_paragraph_is_found() {
        let text = "“The boats will not sail until we have a deal,” the mayor said on Monday.\n\
                    “The boats will not sail until we have a deal.”\n\
                    “We never said that to any of the crews.”";
        assert_eq!(held_elsewhere(text, &lines(text), &[1, 2], &mut Vec::new()), [1]);
    }
}
