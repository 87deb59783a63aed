//! What stands twice on a page: lines, and quotations that a paragraph holds, too.

use rustc_hash::FxHashMap;

use crate::lines::{Lines, roll};

/// How many words in a row make a shingle.
const SHINGLE: usize = 4;
/// Pull quotes are no longer, in words.
const LONGEST_QUOTE: u32 = 70;

/// For each line, the number of a line with the same words that stands before it, if one does. `last` is scratch.
pub(super) fn earlier_twins(
    page: &Lines,
    last: &mut FxHashMap<u64, u32>,
    twins: &mut Vec<Option<u32>>,
) {
    last.clear();
    twins.clear();
    twins.extend(page.all.iter().enumerate().map(|(at, line)| {
        let wordless = line.key == 0;
        if wordless { None } else { last.insert(line.key, at as u32) }
    }));
}

/// Of the candidates (by number), those whose words stand in another line, all but a few.
pub(super) fn held_elsewhere(page: &Lines, candidates: &[usize]) -> Vec<usize> {
    let quote = |at: &&usize| {
        page.all.get(**at).is_some_and(|line| (6..=LONGEST_QUOTE).contains(&line.words))
    };
    let candidates: Vec<usize> = candidates.iter().filter(quote).copied().collect();
    if candidates.is_empty() {
        return candidates;
    }
    // The shingles of the candidates, and for each the longest line that holds it, of equals the first.
    let mut wanted: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
    for at in &candidates {
        wanted.extend(shingles(page, *at).map(|key| (key, (0, *at as u32))));
    }
    for (at, line) in page.all.iter().enumerate() {
        for key in shingles(page, at) {
            if let Some((longest, holder)) = wanted.get_mut(&key)
                && line.words > *longest
            {
                (*longest, *holder) = (line.words, at as u32);
            }
        }
    }
    let held = |at: &usize| {
        let elsewhere =
            |key: &u64| wanted.get(key).is_some_and(|(_, holder)| *holder != *at as u32);
        let (all, found) =
            (shingles(page, *at).count(), shingles(page, *at).filter(elsewhere).count());
        all >= 3 && found * 4 >= all * 3
    };
    candidates.into_iter().filter(held).collect()
}

fn shingles(page: &Lines, at: usize) -> impl Iterator<Item = u64> + '_ {
    let windows = page.hashes(at).windows(SHINGLE);
    windows.map(|window| window.iter().fold(0, |key, hash| roll(key, u64::from(hash.value()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::read;

    #[test]
    fn twins_are_found_by_their_words() {
        let mut twins = Vec::new();
        earlier_twins(
            &read("The harbour at dawn\nA talk\nThe harbour at dawn.\n3 of 5\n4 of 5"),
            &mut FxHashMap::default(),
            &mut twins,
        );
        assert_eq!(twins, [None, None, Some(0), None, None]);
    }

    #[test]
    fn of_two_quotations_the_longer_line_stays() {
        let text =
            "“It robs us at home and abroad, too,” he said.\n“It robs us at home and abroad, too.”";
        assert_eq!(held_elsewhere(&read(text), &[0, 1]), [1]);
    }

    #[test]
    fn a_quotation_held_by_a_paragraph_is_found() {
        let text = "“The boats will not sail until we have a deal,” the mayor said on Monday.\n\
                    “The boats will not sail until we have a deal.”\n\
                    “We never said that to any of the crews.”";
        assert_eq!(held_elsewhere(&read(text), &[1, 2]), [1]);
    }
}
