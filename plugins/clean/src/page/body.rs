//! Where the article stands on its page: the run of lines with the most prose.
//!
//! Each line weighs something, prose for and everything else against; the run of lines with the greatest sum
//! (found in one pass, after Kadane) is the article's body. Links in its midst do not split it, since
//! the prose after them outweighs them; teasers after a list of links are not worth the way.

use std::ops::Range;

use crate::{
    lines::{Ending, Line},
    rules::Rule,
};

/// No paragraph counts for more, in words: one long comment is not an article.
const PARAGRAPH_WORDS: i32 = 40;
/// No run of lines without prose counts for more: an article may hold a long table.
const RUN_WEIGHT: i32 = 80;
/// What the heading of something else counts for, and that of readers' comments.
const BARRIER: i32 = 25;
const COMMENTS: i32 = 80;

/// The lines of the article's body. Empty where no line is prose.
pub(crate) fn body_of(lines: &[Line], marks: &[Mark]) -> Range<usize> {
    let (mut best, mut best_sum) = (0..0, 0);
    let (mut start, mut sum, mut run) = (0, 0, 0);
    for (at, (line, mark)) in lines.iter().zip(marks).enumerate() {
        let weight = weight(line, *mark);
        if sum <= 0 {
            (start, sum) = (at, 0);
        }
        let before = run;
        run = if weight > 0 { 0 } else { (run + weight).max(-RUN_WEIGHT) };
        sum += if weight > 0 || mark.barrier { weight } else { run - before };
        if weight > 0 && sum > best_sum {
            (best, best_sum) = (start..at + 1, sum);
        }
    }
    best
}

/// What the line's own words make of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    /// The rule that its words speak for most, if they reach the threshold.
    pub(crate) rule: Option<Rule>,
    /// Its points, 0 to 100, also below the threshold.
    pub(crate) points: u8,
    /// It introduces or ends something that is not the article.
    pub(crate) barrier: bool,
    /// It is part of a paragraph that goes on over a line break.
    pub(crate) wrapped: bool,
    /// Another line has the same words.
    pub(crate) twin: bool,
}

fn weight(line: &Line, mark: Mark) -> i32 {
    if mark.barrier {
        return if mark.rule == Some(Rule::Comments) { -COMMENTS } else { -BARRIER };
    }
    match mark.rule {
        Some(Rule::Caption | Rule::Credit | Rule::Advertisement | Rule::Embed | Rule::Repeated) => {
            -2
        }
        Some(Rule::AuthorNote | Rule::Copyright) => -BARRIER,
        Some(_) => -10,
        None if line.is_prose() || mark.wrapped => (line.words as i32).min(PARAGRAPH_WORDS),
        None if line.is_short_sentence() => 2,
        None if line.ending == Ending::Colon || line.traits.bullet => -1,
        None if line.words < 4 || mark.twin => -5,
        None => -3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::lines;

    fn body(text: &str) -> Range<usize> {
        let lines = lines(text);
        body_of(&lines, &vec![Mark::default(); lines.len()])
    }

    const PROSE: &str =
        "The ministers met in the capital on Monday and agreed on a plan for the harbour.";

    #[test]
    fn the_body_spans_subheads_and_not_menus() {
        assert_eq!(body(&format!("Home\nNews\n{PROSE}\nA subhead\n{PROSE}\nMore\nSport")), 2..5);
    }

    #[test]
    fn a_teaser_after_many_links_is_not_of_it() {
        let links = "A link to another story\n".repeat(20);
        assert_eq!(body(&format!("{PROSE}\n{PROSE}\n{links}{PROSE}")), 0..2);
    }

    #[test]
    fn a_page_without_prose_has_no_body() {
        assert_eq!(body("Home\nNews"), 0..0);
    }
}
