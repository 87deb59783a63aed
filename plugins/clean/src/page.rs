//! What the page says about each of its lines, and the verdict on it.
//!
//! A line's own points (see [`rules`](crate::rules)) are weighed with what stands around it: whether it is
//! in the article's body, before it or after it, whether it is prose, what became of its neighbours,
//! whether it stands twice. Every verdict names one rule.

mod after;
mod before;
mod body;
mod boxes;
mod repeats;
mod twins;
mod within;

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    lines::{self, Ending, Line, Lines, View, WordHash},
    rules::{Rule, RuleSet},
    words::{Word, words_of},
};

use body::Mark;

/// A page: its lines and what becomes of them. Its buffers are used again for the next one.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) lines: Lines,
    /// Why each line goes; `None` for those that stay.
    pub(crate) verdicts: Vec<Option<Rule>>,
    /// The lines of the article's body.
    pub(crate) body: Range<usize>,
    /// The line that is its headline, if one above the body reads so.
    pub(crate) headline: Option<usize>,
    marks: Vec<Mark>,
    keys: FxHashMap<u64, u32>,
    /// For each line, the number of the line before it with the same words, if there is one.
    twins: Vec<Option<u32>>,
    words: Vec<Word>,
    vocabulary: FxHashSet<WordHash>,
    /// Whether most paragraphs have a blank line before them.
    spaced: bool,
    limits: Limits,
}

/// How a page is judged.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// Points from which a line goes, 0 to 100.
    pub(crate) threshold: u8,
    /// The rules that may remove lines.
    pub(crate) rules: RuleSet,
}

/// Points that a line's place on the page gives.
mod placed {
    pub(super) const LISTED: u8 = 65;
    pub(super) const BOXED: u8 = 60;
    pub(super) const TWICE: u8 = 80;
    pub(super) const NAME: u8 = 60;
}

impl Page {
    /// Reads a text and judges its lines.
    pub(crate) fn read(&mut self, text: &str, limits: Limits) {
        self.limits = limits;
        lines::lines_of(text, &mut self.words, &mut self.lines);
        let prose = || self.lines.all.iter().filter(|line| line.is_prose());
        self.spaced = prose().filter(|line| line.gap).count() * 5 > prose().count() * 3;
        self.vocabulary.clear();
        self.mark();
        self.mark_doubled(text);
        self.body = body::body_of(&self.lines.all, &self.marks);
        self.verdicts.clear();
        self.verdicts.resize(self.lines.all.len(), None);
        self.judge_twins();
        self.judge_within();
        self.judge_before(text);
        self.judge_after();
        self.judge_boxes();
        self.judge_quotes();
        self.judge_last();
    }

    /// The verdict of each line's own words.
    fn mark(&mut self) {
        let limits = self.limits;
        self.marks.clear();
        for (at, line) in self.lines.all.iter().enumerate() {
            let mut best = (Rule::Menu, 0);
            for rule in Rule::ALL {
                let points = discounted(line, *rule);
                if points > best.1 && limits.rules.has(*rule) {
                    best = (*rule, points);
                }
            }
            let (rule, points) = best;
            let marked = points >= limits.threshold;
            let barrier = marked
                && line.whole.has(rule)
                && matches!(rule, Rule::Related | Rule::SignUp | Rule::Comments | Rule::AuthorNote);
            let wrapped = self.is_wrapped(at);
            let rule = marked.then_some(rule);
            self.marks.push(Mark { rule, points, barrier, wrapped, twin: false });
        }
    }

    /// Marks a line that has no mark yet.
    fn mark_as(&mut self, at: usize, rule: Rule, points: u8) {
        if let Some(mark) = self.marks.get_mut(at)
            && mark.rule.is_none()
            && self.limits.rules.has(rule)
            && points >= self.limits.threshold
        {
            mark.rule = Some(rule);
            mark.points = mark.points.max(points);
        }
    }

    /// Decides that a line goes, if the points suffice and the rule may; says whether it does.
    fn remove(&mut self, at: usize, rule: Rule, points: u8) -> bool {
        let goes = self.limits.rules.has(rule) && points >= self.limits.threshold;
        if goes && let Some(verdict) = self.verdicts.get_mut(at) {
            verdict.get_or_insert(rule);
        }
        goes
    }

    /// Whether the words of some of these lines speak for furniture: without it, what is no prose may be the
    /// article's own lists and tables.
    fn is_furnished(&self, lines: Range<usize>) -> bool {
        let marks = self.marks.get(lines).unwrap_or_default();
        marks.iter().any(|mark| mark.rule.is_some_and(boxes::is_box))
    }

    /// The points of a line outside the body: more for short lines, and more among many that go.
    fn points_outside(&self, at: usize, gone: usize) -> u8 {
        let words = self.lines.all.get(at).map_or(0, |line| line.words);
        let shape = match words {
            _ if self.is_prose(at) => 52,
            0..4 => 70,
            4..8 => 63,
            _ => 57,
        };
        shape + gone.min(10) as u8 * 2
    }

    /// Whether a line break stands inside a paragraph, before or after the line.
    fn is_wrapped(&self, at: usize) -> bool {
        let joins = |upper: Option<&Line>, lower: Option<&Line>| {
            upper.zip(lower).is_some_and(|(upper, lower)| {
                !lower.gap
                    && lower.traits.lower
                    && upper.ending == Ending::Open
                    && upper.words >= 6
                    && lower.words >= 2
            })
        };
        joins(self.lines.all.get(at), self.lines.all.get(at + 1))
            || at > 0 && joins(self.lines.all.get(at - 1), self.lines.all.get(at))
    }

    /// Whether a line is prose, or part of a wrapped paragraph.
    fn is_prose(&self, at: usize) -> bool {
        self.lines.all.get(at).is_some_and(Line::is_prose)
            || self.marks.get(at).is_some_and(|mark| mark.wrapped)
    }

    /// Whether the next line is prose of the article.
    fn before_prose(&self, at: usize) -> bool {
        self.lines.all.get(at + 1).is_some_and(Line::is_prose)
            && self.marks.get(at + 1).is_some_and(|mark| mark.rule.is_none())
    }

    fn text_of<'t>(&self, text: &'t str, at: usize) -> &'t str {
        let line = self.lines.all.get(at);
        line.and_then(|line| text.get(line.ink as usize..line.end as usize)).unwrap_or_default()
    }

    /// Runs a question over a line and its words.
    fn ask<T>(
        &mut self,
        text: &str,
        at: usize,
        question: impl FnOnce(&View<'_>) -> T,
    ) -> Option<T> {
        let inked = self.text_of(text, at);
        let line = self.lines.all.get(at)?;
        self.words.clear();
        let signs = words_of(inked, line.ink as usize, &mut self.words);
        let words = &self.words;
        Some(question(&View { document: text, text: inked, words, signs, truncated: false, line }))
    }

    /// How many percent of a line's telling words the body holds.
    fn overlap(&mut self, at: usize) -> u32 {
        if self.vocabulary.is_empty() {
            self.learn_words(self.body.clone());
        }
        let telling = || self.lines.hashes(at).iter().filter(|hash| hash.is_telling());
        let all = telling().count() as u32;
        let held = telling().filter(|hash| self.vocabulary.contains(hash)).count() as u32;
        (held * 100).checked_div(all).unwrap_or(0)
    }

    /// Makes the vocabulary that of the prose in these lines.
    fn learn_words(&mut self, lines: Range<usize>) {
        for at in lines {
            if self.is_prose(at) {
                let telling = self.lines.hashes(at).iter().filter(|hash| hash.is_telling());
                self.vocabulary.extend(telling);
            }
        }
    }
}

/// A line's points for a rule, less what its being prose speaks for.
fn discounted(line: &Line, rule: Rule) -> u8 {
    let points = line.points[rule as usize];
    let structural = matches!(
        rule,
        Rule::Caption
            | Rule::Credit
            | Rule::Byline
            | Rule::AuthorNote
            | Rule::Copyright
            | Rule::Timestamp
    );
    if points == 0 || structural || line.whole.has(rule) {
        return points;
    }
    let discount = match (line.is_prose(), line.traits.quoted, line.traits.reader) {
        (true, true, _) => 45,
        (true, false, false) => 35,
        (true, false, true) => 5,
        (false, true, _) => 30,
        (false, false, false) if line.is_short_sentence() => 15,
        _ => 0,
    };
    // Boxes speak briefly; only consent notices are long.
    let long = if rule == Rule::CookieNotice { 0 } else { line.words.saturating_sub(45).min(40) };
    points.saturating_sub(discount).saturating_sub(long as u8)
}
