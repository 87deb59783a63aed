//! Lines within the article's body.

use crate::{lines::Ending, rules::Rule};

use super::{Page, placed, repeats};

impl Page {
    /// Lines that their own words mark, and the links that "Read more" introduces. Where the page has no body,
    /// all lines.
    pub(super) fn judge_within(&mut self) {
        let body = if self.body.is_empty() { 0..self.lines.all.len() } else { self.body.clone() };
        // Inside a list of links; whether its heading ends with a colon.
        let (mut list, mut colon) = (false, false);
        for at in body {
            let mark = self.marks[at];
            if let Some(rule) = mark.rule {
                let less = match rule {
                    Rule::ShareBar if self.is_cell(at) => 20,
                    _ if self.may_be_subhead(at, rule) => 15,
                    _ => 0,
                };
                let gone = self.remove(at, rule, mark.points.saturating_sub(less));
                list = rule == Rule::Related && mark.barrier && gone;
                colon = self.lines.all[at].ending == Ending::Colon;
                continue;
            }
            let line = &self.lines.all[at];
            if self.is_prose(at) || line.is_short_sentence() {
                list = false;
            } else if list && line.words >= 4 && !self.is_subhead_after_list(at, colon) {
                self.remove(at, Rule::Related, placed::LISTED);
            }
        }
    }

    /// Whether a line holds numbers only and stands beside lines that nothing marks, as in a table.
    fn is_cell(&self, at: usize) -> bool {
        let unmarked = |at: usize| self.marks.get(at).is_none_or(|mark| mark.rule.is_none());
        let line = &self.lines.all[at];
        line.numbers == line.words && (at == 0 || unmarked(at - 1)) && unmarked(at + 1)
    }

    /// Whether a marked line stands alone between two paragraphs, as subheads do.
    fn may_be_subhead(&self, at: usize, rule: Rule) -> bool {
        let may = matches!(
            rule,
            Rule::Menu
                | Rule::Timestamp
                | Rule::ShareBar
                | Rule::Embed
                | Rule::Related
                | Rule::Tags
        );
        let gap_below = self.lines.all.get(at + 1).is_some_and(|next| next.gap == self.spaced);
        may && at > 0 && self.is_prose(at - 1) && self.before_prose(at) && gap_below
    }

    /// Whether a line after a list of links is rather the subhead of the paragraph below it.
    fn is_subhead_after_list(&self, at: usize, colon: bool) -> bool {
        let first_of_list = at > 0 && self.marks[at - 1].barrier;
        self.before_prose(at)
            && self.lines.all[at].words <= 10
            && !(first_of_list && colon)
            && (self.lines.all[at].gap || !self.spaced)
    }

    /// Pull quotes below the first paragraph whose words a paragraph holds, with the speaker's name below.
    pub(super) fn judge_quotes(&mut self) {
        let Some(first) = self.body.clone().find(|at| self.is_prose(*at)) else { return };
        let candidate = |at: &usize| {
            let line = &self.lines.all[*at];
            let shaped = line.traits.quoted || line.ending == Ending::Open && line.words >= 9;
            self.verdicts[*at].is_none() && shaped
        };
        let candidates: Vec<usize> = (first + 1..self.lines.all.len()).filter(candidate).collect();
        for at in repeats::held_elsewhere(&self.lines, &candidates) {
            if !self.remove(at, Rule::Repeated, placed::TWICE) {
                continue;
            }
            let speaker = self.lines.all.get(at + 1).is_some_and(|line| {
                line.words <= 8 && line.ending == Ending::Open && line.capitals * 2 >= line.words
            });
            if speaker {
                self.remove(at + 1, Rule::Repeated, placed::LISTED);
            }
        }
    }
}
