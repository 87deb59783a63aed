//! Lines after the article's body.

use crate::{lines::Ending, rules::Rule};

use super::Page;

/// No further behind the body, in removed lines, does an article go on.
const FAR: usize = 25;

impl Page {
    /// What goes on from the last paragraph stays: prose, the points of a list, and after a box of links
    /// paragraphs that stand next to each other.
    pub(super) fn judge_after(&mut self) {
        if self.body.is_empty() {
            return;
        }
        let after = self.body.end..self.lines.all.len();
        let furnished = self.is_furnished(after.clone());
        let mut list = self.lines.all[self.body.end - 1].ending == Ending::Colon;
        let (mut removed, mut ended) = (0, false);
        // The run of sentences and subheads that is being passed, and whether it is a passage of the article.
        let (mut run_end, mut passage) = (0, false);
        for at in after.clone() {
            let mark = self.marks[at];
            if let Some(rule) = mark.rule {
                removed += usize::from(self.remove(at, rule, mark.points));
                // Nothing follows the note on the author or the readers' comments.
                ended |= rule == Rule::AuthorNote || mark.barrier && rule == Rule::Comments;
                list = false;
                continue;
            }
            if removed > 0 && removed <= FAR && !ended && at >= run_end {
                (run_end, passage) = self.passage_from(at);
            }
            if passage && at < run_end {
                continue;
            }
            let line = &self.lines.all[at];
            let (words, reader, bullet) = (line.words, line.traits.reader, line.traits.bullet);
            let sentence = self.is_sentence(at);
            let stays = if removed == 0 {
                let goes_on = list || sentence || bullet || after.len() == 1;
                goes_on || words >= 8 && self.overlap(at) >= 60
            } else if sentence && !reader && !ended {
                removed < 2 || removed <= FAR && self.overlap(at) >= 50
            } else {
                false
            };
            if !stays && furnished {
                let points = self.points_outside(at, removed);
                removed += usize::from(self.remove(at, Rule::Tail, points));
            }
        }
    }

    /// Removes the last line that stays where it may say who wrote the ones before.
    pub(super) fn judge_last(&mut self) {
        let Some(last) = self.verdicts.iter().rposition(Option::is_none) else { return };
        let points = self.lines.all[last].points[Rule::AuthorNote as usize];
        if points >= 30 && last > 0 {
            self.remove(last, Rule::AuthorNote, points + 25);
        }
    }

    fn is_sentence(&self, at: usize) -> bool {
        self.is_prose(at) || self.lines.all.get(at).is_some_and(|line| line.is_short_sentence())
    }

    /// Where the run of sentences and subheads that begins at a line ends, and whether it is of the article.
    ///
    /// A passage of the article holds two paragraphs next to each other, and subheads above paragraphs. Teasers stand each alone
    /// below its title, and boxes speak to the reader.
    fn passage_from(&self, start: usize) -> (usize, bool) {
        let plain = |at: usize| self.marks.get(at).is_some_and(|mark| mark.rule.is_none());
        let sentence = |at: usize| plain(at) && self.is_sentence(at);
        let (mut at, mut sentences, mut pairs, mut readers) = (start, 0, 0, 0);
        // Whether the line above, pictures and the like set aside, is a sentence.
        let mut above = false;
        while let Some(mark) = self.marks.get(at) {
            if sentence(at) {
                let traits = self.lines.all[at].traits;
                sentences += 1;
                pairs += usize::from(above);
                readers += usize::from(traits.reader && !traits.quoted);
                above = true;
            } else if plain(at) && self.lines.all[at].words <= 12 && sentence(at + 1) {
                above = false;
            } else if mark.barrier || !mark.rule.is_some_and(stands_between_paragraphs) {
                break;
            }
            at += 1;
        }
        (at.max(start + 1), pairs > 0 && pairs * 3 >= sentences && readers * 2 < sentences)
    }
}

/// Rules whose lines stand between two paragraphs of one article.
fn stands_between_paragraphs(rule: Rule) -> bool {
    matches!(rule, Rule::Caption | Rule::Credit | Rule::Advertisement | Rule::Embed | Rule::Related)
}
