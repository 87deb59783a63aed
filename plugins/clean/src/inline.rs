//! Residue inside lines that stay: the mark of a cut-off text and the desk's note at the end, a wire's
//! dateline at the beginning.

use std::ops::Range;

use crate::{
    cues::{CUES, Place},
    rules::Rule,
    words::{Shape, Word, words_of},
};

/// A dateline is no longer, in bytes.
const LONGEST_DATELINE: usize = 90;
/// A note in brackets is no longer, in bytes.
const LONGEST_NOTE: usize = 300;

/// What is left over in a line, each with its reason, in order. `words` is scratch.
pub(crate) fn residue(line: &str, words: &mut Vec<Word>) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    found.extend(dateline(line, words).map(|range| (range, "dateline")));
    let from = found.last().map_or(0, |(range, _)| range.end);
    let tail = truncation(line).map(|range| (range, "truncation"));
    let tail = tail.or_else(|| desk_note(line, words).map(|range| (range, "author-note")));
    found.extend(tail.filter(|(range, _)| range.start > from));
    found
}

/// The end of a line that says only that the text was cut off: five dots or more, "[+1234 chars]".
fn truncation(line: &str) -> Option<Range<usize>> {
    if let Some(open) = line.rfind("[+")
        && line.ends_with("chars]")
        && line.len() - open < 20
    {
        return Some(line.get(..open)?.trim_end().len()..line.len());
    }
    let dots = line.trim_end_matches(['.', '…']);
    let count: usize = line.get(dots.len()..)?.chars().map(|c| if c == '…' { 3 } else { 1 }).sum();
    (count >= 5 && !dots.trim().is_empty()).then(|| dots.trim_end().len()..line.len())
}

/// "(Reporting by ...; Editing by ...)" at the end of a line with text before it.
fn desk_note(line: &str, words: &mut Vec<Word>) -> Option<Range<usize>> {
    let inside = line.strip_suffix(')')?;
    let open = inside.rfind('(').filter(|open| *open > 0 && line.len() - open <= LONGEST_NOTE)?;
    words.clear();
    words_of(inside.get(open + 1..)?, 0, words);
    let mut note = false;
    CUES.find(words, false, |rule, place, points, _| {
        note |= rule == Rule::AuthorNote && place == Place::Start && points >= 60;
    });
    note.then(|| line.get(..open).map(|text| text.trim_end().len()..line.len())).flatten()
}

/// "HOLM, May 3 (Norvania Wire) - " at the beginning: a place in capitals, a name in brackets, a dash.
fn dateline(line: &str, words: &mut Vec<Word>) -> Option<Range<usize>> {
    let mut limit = line.len().min(LONGEST_DATELINE);
    while !line.is_char_boundary(limit) {
        limit -= 1;
    }
    let head = line.get(..limit)?;
    let dash = [") - ", ") – ", ") — ", ") -- "]
        .iter()
        .filter_map(|dash| head.find(dash).map(|at| (at, at + dash.len())));
    let (close, end) = dash.min()?;
    let open = head.get(..close)?.rfind('(')?;
    words.clear();
    words_of(head.get(..close)?, 0, words);
    let agency = words.iter().filter(|word| word.start as usize > open);
    let named = agency.clone().count() <= 3 && agency.clone().all(|word| word.is_capital());
    let place = words.first().is_some_and(|word| word.shape == Shape::Upper);
    (place && named && agency.count() > 0).then_some(0..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(line: &str) -> String {
        let mut left = line.to_owned();
        for (range, _) in residue(line, &mut Vec::new()).into_iter().rev() {
            left.replace_range(range, "");
        }
        left
    }

    #[test]
    fn marks_of_cut_off_texts_go() {
        assert_eq!(left("The talks went on ........"), "The talks went on");
        assert_eq!(left("The talks went on… [+1534 chars]"), "The talks went on…");
        for text in ["The talks went on...", "........"] {
            assert_eq!(left(text), text);
        }
    }

    #[test]
    fn the_desk_is_not_the_text() {
        let text = "The talks went on. (Reporting by Mara Quill; Editing by Jon Ash)";
        assert_eq!(left(text), "The talks went on.");
        let text = "The talks went on (as they had for years).";
        assert_eq!(left(text), text);
    }

    #[test]
    fn a_dateline_needs_all_its_parts() {
        assert_eq!(left("HOLM, May 3 (Norvania Wire) - The talks went on."), "The talks went on.");
        assert_eq!(left("HOLM (NW) — The talks went on ......"), "The talks went on");
        for text in ["HOLM — The talks went on.", "Lia Moreau (Quay Sant) - second place"] {
            assert_eq!(left(text), text);
        }
    }
}
