//! Lines among removed ones: the rest of a form, a box or a list.

use crate::rules::Rule;

use super::{Page, placed};

impl Page {
    /// A block most of whose lines go, goes as a whole but for long lines that do not speak to the reader; so does a line between two that go,
    /// if its own words speak for it a little.
    pub(super) fn judge_boxes(&mut self) {
        if self.spaced {
            let mut start = 0;
            for end in 1..=self.lines.all.len() {
                // The headline may share its block with the furniture above it.
                start = start.max(self.body.start);
                if end > start && self.lines.all.get(end).is_none_or(|line| line.gap) {
                    self.judge_block(start, end);
                    start = end;
                }
            }
        }
        for at in 1..self.lines.all.len().saturating_sub(1) {
            let (Some(rule), Some(below)) = (self.verdicts[at - 1], self.verdicts[at + 1]) else {
                continue;
            };
            let spoken_for = self.marks[at].points >= 25 && !self.is_prose(at);
            if self.verdicts[at].is_none() && is_box(rule) && is_box(below) && spoken_for {
                self.remove(at, rule, placed::BOXED);
            }
        }
    }

    /// Lines without a blank one between them, from `start` to before `end`.
    fn judge_block(&mut self, start: usize, end: usize) {
        if end - start < 3 {
            return;
        }
        let boxed = |verdict: &Option<Rule>| verdict.is_some_and(is_box);
        let gone = self.verdicts[start..end].iter().filter(|verdict| boxed(verdict)).count();
        if gone * 5 < (end - start) * 3 {
            return;
        }
        let Some(rule) = self.verdicts[start..end]
            .iter()
            .find_map(|verdict| verdict.filter(|rule| is_box(*rule)))
        else {
            return;
        };
        let brief = |page: &Self, at: usize| !page.is_prose(at) && page.lines.all[at].words < 12;
        for at in start..end {
            if self.verdicts[at].is_none() && (brief(self, at) || self.lines.all[at].traits.reader)
            {
                self.remove(at, rule, placed::BOXED);
            }
        }
    }
}

/// Rules whose lines come in boxes and lists, rather than between two paragraphs.
pub(super) fn is_box(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::Menu
            | Rule::CookieNotice
            | Rule::SignUp
            | Rule::ShareBar
            | Rule::Comments
            | Rule::Related
            | Rule::Tags
            | Rule::Embed
            | Rule::Contact
            | Rule::Copyright
            | Rule::Head
            | Rule::Tail
    )
}
