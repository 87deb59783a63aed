//! Lines before the article's body: its headline among the furniture of the page.

use crate::{
    lines::Ending,
    rules::{self, Rule},
};

use super::{Page, placed};

/// A standfirst stands no further above the body than this, in lines.
const NEAR: usize = 8;
/// No more unmarked lines than this before the body: a text copied by hand, not a page.
const FEW: usize = 3;

impl Page {
    /// Keeps what reads like headline and standfirst.
    pub(super) fn judge_before(&mut self, text: &str) {
        let before = 0..self.body.start;
        let open = before.clone().filter(|at| self.marks[*at].rule.is_none()).count();
        let furnished = self.is_furnished(before.clone());
        let headline = self.find_headline();
        self.headline = headline;
        for at in before {
            let mark = self.marks[at];
            if let Some(rule) = mark.rule {
                self.remove(at, rule, mark.points);
                continue;
            }
            if Some(at) == headline {
                continue;
            }
            let near = self.body.start - at <= NEAR;
            let below = headline.is_none_or(|headline| at > headline);
            if near && at > 0 && self.is_name(text, at) {
                self.remove(at, Rule::Byline, placed::NAME);
                continue;
            }
            let line = &self.lines.all[at];
            let words = line.words;
            let nameplate = !below && words <= 4 && line.capitals + 1 >= words;
            let stays = if nameplate {
                false
            } else if self.is_prose(at) {
                near && below || open <= 5 || self.overlap(at) >= 50
            } else if words >= 4 {
                open <= FEW || self.overlap(at) >= if near && below { 40 } else { 60 }
            } else {
                open < FEW
                    || words >= 2 && near && open <= 6 && self.overlap(at) >= 90
                    || self.is_speaker(at)
            };
            if !stays && furnished {
                let points = self.points_outside(at, open);
                self.remove(at, Rule::Head, points);
            }
        }
    }

    /// The line before the body that most looks like a headline: of some length, in the body's words, above a byline
    /// or a date.
    fn find_headline(&mut self) -> Option<usize> {
        let mut best = None;
        for at in 0..self.body.start {
            let line = &self.lines.all[at];
            if self.marks[at].rule.is_some()
                || !(4..=30).contains(&line.words)
                || line.ending == Ending::Colon
            {
                continue;
            }
            let signed = (at + 1..self.body.start).take(4).any(|below| {
                matches!(
                    self.marks[below].rule,
                    Some(Rule::Byline | Rule::Timestamp | Rule::AuthorNote)
                )
            });
            let long = line.words >= 6;
            let alone = self.spaced && line.gap && self.lines.all[at + 1].gap;
            let score = self.overlap(at)
                + 30 * u32::from(signed)
                + 15 * u32::from(long)
                + 10 * u32::from(alone);
            if score >= 40 && best.is_none_or(|(best, _)| score > best) {
                best = Some((score, at));
            }
        }
        let best = best.map(|(_, at)| at)?;
        if best > 0 && self.is_above_standfirst(best - 1) { Some(best - 1) } else { Some(best) }
    }

    /// Whether the line above the best headline is the headline, and the best its standfirst.
    fn is_above_standfirst(&mut self, at: usize) -> bool {
        let line = &self.lines.all[at];
        // "Ines Dole, Minister of the Sea" above a statement.
        let office = line.traits.comma && line.capitals * 5 >= line.words * 3;
        let shaped = (6..=25).contains(&line.words) && line.ending == Ending::Open && !office;
        shaped && self.marks[at].rule.is_none() && self.overlap(at) >= 20
    }

    /// Whether a line is a person's or an agency's name alone and its neighbours above are a headline's.
    fn is_name(&mut self, text: &str, at: usize) -> bool {
        let alone = self.ask(text, at, rules::is_bare_name);
        let headline = (at.saturating_sub(4)..at).any(|above| self.lines.all[above].words >= 5);
        alone == Some(true) && headline
    }

    /// Whether a line announces the speaker of the one below: "HELEN MOSS, HOST:".
    fn is_speaker(&self, at: usize) -> bool {
        let line = &self.lines.all[at];
        line.ending == Ending::Colon && line.capitals == line.words && at + 1 >= self.body.start
    }
}
