//! Lines that stand twice.
//!
//! Next to each other they are a caption and its picture's alternative text, or a heading taken twice. Apart
//! they are furniture, or a link and what it leads to: the one in the article stays.

use crate::{
    lines::{Ending, Line},
    rules::Rule,
};

use super::{Page, placed, repeats};

impl Page {
    /// Marks captions: those that stand doubled, and the text above its credit.
    pub(super) fn mark_doubled(&mut self, text: &str) {
        repeats::earlier_twins(&self.lines, &mut self.keys, &mut self.twins);
        for at in 0..self.lines.all.len() {
            let Some(twin) = self.twins[at].map(|twin| twin as usize) else { continue };
            self.marks[at].twin = true;
            self.marks[twin].twin = true;
            if twin + 1 == at && self.is_doubled_caption(at) {
                self.mark_as(twin, Rule::Caption, placed::TWICE);
                self.mark_as(at, Rule::Caption, placed::TWICE);
            } else if twin + 1 == at {
                self.mark_as(twin, Rule::Repeated, placed::TWICE);
            }
        }
        for at in 0..self.lines.all.len() {
            match self.marks[at].rule {
                Some(Rule::Caption) => {
                    for other in [at.wrapping_sub(1), at + 1] {
                        if self.is_beginning_of(text, other, at) {
                            self.mark_as(other, Rule::Caption, placed::TWICE);
                        }
                    }
                }
                Some(Rule::Credit) if self.spaced => self.mark_beside_credit(at),
                _ => {}
            }
        }
    }

    /// Whether a line with its twin just above is a caption, rather than a heading or a paragraph.
    fn is_doubled_caption(&self, at: usize) -> bool {
        let line = &self.lines.all[at];
        // The first lines of a text may be its title, taken twice.
        if at < 2 && line.ending == Ending::Open || self.spaced && line.gap {
            return false;
        }
        let heading = line.ending == Ending::Open && line.words <= 11 && self.before_prose(at);
        (5..60).contains(&line.words) && (self.spaced || !heading)
    }

    /// The text that shares a block with its credit: above it, or below it where the credit comes first.
    fn mark_beside_credit(&mut self, at: usize) {
        let short = |line: &Line| line.words <= 60;
        if !self.lines.all[at].gap && at > 0 {
            if short(&self.lines.all[at - 1]) {
                self.mark_as(at - 1, Rule::Caption, placed::LISTED);
            }
        } else if let Some(below) =
            self.lines.all.get(at + 1).filter(|below| !below.gap && short(below))
        {
            let alone = self.lines.all.get(at + 2).is_none_or(|next| next.gap);
            if alone && below.words >= 3 {
                self.mark_as(at + 1, Rule::Caption, placed::LISTED);
            }
        }
    }

    /// Whether the words of one line are those with which another begins.
    fn is_beginning_of(&self, text: &str, short: usize, long: usize) -> bool {
        let (Some(first), Some(second)) = (self.lines.all.get(short), self.lines.all.get(long))
        else {
            return false;
        };
        if first.words < 3 || first.words > second.words || second.words > 200 {
            return false;
        }
        let words = |at: usize| {
            let words = self.text_of(text, at).split_ascii_whitespace();
            words
                .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
                .filter(|word| !word.is_empty())
        };
        let mut second = words(long);
        words(short).all(|word| second.next() == Some(word))
    }

    /// Twins apart: those outside the body go, and of two paragraphs the second.
    pub(super) fn judge_twins(&mut self) {
        let zones = [0..self.body.start, self.body.end..self.lines.all.len()];
        let [above, below] = zones.map(|zone| self.is_furnished(zone));
        for at in 0..self.lines.all.len() {
            let Some(twin) = self.twins[at].map(|twin| twin as usize) else { continue };
            let (here, there) = (self.body.contains(&at), self.body.contains(&twin));
            let gone = match (there, here) {
                // Specifications, "Pros", "Cons": an article may say a short thing twice.
                (true, true) if self.is_prose(at) => Some(at),
                (true, true) if self.is_entry_of_contents(twin, at) => Some(twin),
                (true, true) => None,
                (true, false) => Some(at),
                (false, true) if self.is_prose(at) || self.body.start > twin + 6 => Some(twin),
                (false, true) => None,
                (false, false) if at < self.body.start => Some(twin),
                (false, false) => Some(at),
            };
            if let Some(gone) = gone
                && self.marks[gone].rule.is_none()
                && (self.body.contains(&gone) || if gone < self.body.start { above } else { below })
            {
                self.remove(gone, Rule::Repeated, placed::TWICE);
            }
        }
    }

    /// Whether the first of two equal short lines stands in a list and the second above a paragraph.
    fn is_entry_of_contents(&self, first: usize, second: usize) -> bool {
        let listed =
            |at: Option<usize>| at.and_then(|at| self.marks.get(at)).is_some_and(|mark| mark.twin);
        self.before_prose(second)
            && !self.before_prose(first)
            && (listed(first.checked_sub(1)) || listed(first.checked_add(1)))
    }
}
