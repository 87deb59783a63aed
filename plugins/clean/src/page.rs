//! What the page says about each of its lines, and the verdict on it.
//!
//! A line's own points (see [`rules`](crate::rules)) are weighed with what stands around it: whether it is
//! in the article's body, before it or after it, whether it is prose, what became of its neighbours,
//! whether it stands twice. Every verdict names one rule.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::{
    block::{self, Mark},
    lines::{self, Ending, Line},
    repeats,
    rules::{Rule, RuleSet},
    words::{self, Word, words_of},
};

/// A page: its lines and what becomes of them. Its buffers are used again for the next one.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) lines: Vec<Line>,
    /// Why each line goes; `None` for those that stay.
    pub(crate) verdicts: Vec<Option<Rule>>,
    /// The lines of the article's body.
    pub(crate) body: Range<usize>,
    marks: Vec<Mark>,
    words: Vec<Word>,
    vocabulary: FxHashSet<u64>,
    /// Whether most blocks stand apart by blank lines.
    spaced: bool,
}

/// How a page is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Points from which a line goes, 0 to 100.
    pub(crate) threshold: u8,
    /// The rules that may remove lines.
    pub(crate) rules: RuleSet,
}

/// Points that a line's place on the page gives.
const PLACED_HEAD: u8 = 60;
const PLACED_TAIL: u8 = 65;
const LISTED: u8 = 65;
const BETWEEN_REMOVED: u8 = 55;
const STANDS_TWICE: u8 = 80;

impl Page {
    /// Reads a text and judges its lines.
    pub(crate) fn read(&mut self, text: &str, limits: Limits) {
        lines::lines_of(text, &mut self.words, &mut self.lines);
        let gaps = self.lines.iter().filter(|line| line.gap).count();
        self.spaced = gaps * 2 >= self.lines.len();
        self.vocabulary.clear();
        self.mark(limits);
        self.repeats(text, limits);
        self.body = block::body_of(&self.lines, &self.marks);
        self.verdicts.clear();
        self.verdicts.resize(self.lines.len(), None);
        self.judge_body(limits);
        self.judge_head(text, limits);
        self.judge_tail(text, limits);
        self.judge_neighbours(limits);
        self.judge_quotes(text, limits);
    }

    fn remove(&mut self, at: usize, rule: Rule, points: u8, limits: Limits) -> bool {
        let goes = limits.rules.has(rule) && points >= limits.threshold;
        if goes && let Some(verdict) = self.verdicts.get_mut(at) {
            verdict.get_or_insert(rule);
        }
        goes
    }

    /// The verdict of each line's own words.
    fn mark(&mut self, limits: Limits) {
        self.marks.clear();
        for (at, line) in self.lines.iter().enumerate() {
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
                && matches!(rule, Rule::Related | Rule::SignUp | Rule::ShareBar | Rule::AuthorNote);
            let wrapped = self.is_wrapped(at);
            self.marks.push(Mark { rule: marked.then_some(rule), points, barrier, wrapped });
        }
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
        joins(self.lines.get(at), self.lines.get(at + 1))
            || at > 0 && joins(self.lines.get(at - 1), self.lines.get(at))
    }

    /// Captions doubled by their picture's text, credits under captions, lines that stand twice.
    fn repeats(&mut self, text: &str, limits: Limits) {
        let twins = repeats::earlier_twins(text, &self.lines, &mut self.words);
        let mark = |marks: &mut Vec<Mark>, at: usize, rule: Rule, points: u8| {
            if let Some(mark) = marks.get_mut(at)
                && mark.rule.is_none()
                && limits.rules.has(rule)
                && points >= limits.threshold
            {
                mark.rule = Some(rule);
                mark.points = mark.points.max(points);
            }
        };
        for (at, twin) in twins.iter().enumerate() {
            let line = &self.lines[at];
            let Some(twin) = twin.map(|twin| twin as usize) else { continue };
            if twin + 1 == at && at > 1 && (5..60).contains(&line.words) {
                mark(&mut self.marks, twin, Rule::Caption, STANDS_TWICE);
                mark(&mut self.marks, at, Rule::Caption, STANDS_TWICE);
            } else if line.is_prose() {
                mark(&mut self.marks, at, Rule::Repeated, STANDS_TWICE);
            } else if !self.before_prose(twin) || twin + 1 == at {
                mark(&mut self.marks, twin, Rule::Repeated, STANDS_TWICE);
            } else if !self.before_prose(at) {
                mark(&mut self.marks, at, Rule::Repeated, STANDS_TWICE);
            }
        }
        for at in 0..self.lines.len() {
            match self.marks[at].rule {
                // The text of the caption again, without its credit: before it or after it.
                Some(Rule::Caption) => {
                    for other in [at.wrapping_sub(1), at + 1] {
                        if self.is_beginning_of(text, other, at) {
                            mark(&mut self.marks, other, Rule::Caption, STANDS_TWICE);
                        }
                    }
                }
                // The text above its credit.
                Some(Rule::Credit) if at > 0 && self.spaced && !self.lines[at].gap => {
                    if self.lines[at - 1].words <= 60 {
                        mark(&mut self.marks, at - 1, Rule::Caption, LISTED);
                    }
                }
                _ => {}
            }
        }
    }

    fn before_prose(&self, at: usize) -> bool {
        self.lines.get(at + 1).is_some_and(Line::is_prose)
    }

    /// Whether the words of one line are those with which another begins.
    fn is_beginning_of(&self, text: &str, short: usize, long: usize) -> bool {
        let (Some(short), Some(long)) = (self.lines.get(short), self.lines.get(long)) else {
            return false;
        };
        let words = |line: &Line| {
            let text = text.get(line.ink as usize..line.end as usize).unwrap_or_default();
            text.split_ascii_whitespace()
                .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
                .filter(|word| !word.is_empty())
        };
        if short.words < 3 || short.words > long.words || long.words > 200 {
            return false;
        }
        let mut long = words(long);
        words(short).all(|word| long.next() == Some(word))
    }

    fn judge_body(&mut self, limits: Limits) {
        let body = if self.body.is_empty() { 0..self.lines.len() } else { self.body.clone() };
        let mut list = false;
        for at in body.clone() {
            let (line, mark) = (&self.lines[at], self.marks[at]);
            let prose = line.is_prose() || mark.wrapped;
            if let Some(rule) = mark.rule {
                let alone = at > body.start
                    && self
                        .lines
                        .get(at + 1)
                        .is_some_and(|next| next.is_prose() && next.gap == self.spaced)
                    && self.lines[at - 1].is_prose();
                let may_be_subhead = matches!(
                    rule,
                    Rule::Menu
                        | Rule::Timestamp
                        | Rule::ShareBar
                        | Rule::Embed
                        | Rule::Related
                        | Rule::Tags
                );
                let points = if alone && may_be_subhead {
                    mark.points.saturating_sub(15)
                } else {
                    mark.points
                };
                self.remove(at, rule, points, limits);
                list = rule == Rule::Related && mark.barrier && self.verdicts[at].is_some();
                continue;
            }
            if prose || line.is_short_sentence() {
                list = false;
            } else if list && line.words >= 4 {
                let last = self.before_prose(at)
                    && self.verdicts[at - 1] == Some(Rule::Related)
                    && !self.marks[at - 1].barrier;
                if !(last && line.words <= 8) {
                    self.remove(at, Rule::Related, LISTED, limits);
                }
            }
        }
    }

    /// Before the body: keeps what reads like its headline.
    fn judge_head(&mut self, text: &str, limits: Limits) {
        let neutral = |page: &Page, at: usize| page.marks[at].rule.is_none();
        let open = (0..self.body.start).filter(|at| neutral(self, *at)).count();
        for at in 0..self.body.start {
            let mark = self.marks[at];
            if let Some(rule) = mark.rule {
                self.remove(at, rule, mark.points, limits);
                continue;
            }
            if self.is_name(text, at) && at > 0 {
                self.remove(at, Rule::Byline, PLACED_HEAD, limits);
                continue;
            }
            let line = &self.lines[at];
            let (words, prose) = (line.words, line.is_prose() || mark.wrapped);
            let near = self.body.start - at <= 6;
            let stays = if prose {
                near || open <= 5 || self.overlap(text, at) >= 50
            } else if words >= 4 {
                open <= 3 || self.overlap(text, at) >= if near { 40 } else { 60 }
            } else {
                open <= 2 || words >= 2 && near && open <= 6 && self.overlap(text, at) >= 90
            };
            if !stays {
                self.remove(at, Rule::Head, PLACED_HEAD, limits);
            }
        }
    }

    /// After the body: what goes on from the last paragraph stays.
    fn judge_tail(&mut self, text: &str, limits: Limits) {
        let tail = self.body.end..self.lines.len();
        if self.body.is_empty() {
            return;
        }
        let mut list = self.lines[self.body.end - 1].ending == Ending::Colon;
        let mut removed = 0;
        for at in tail.clone() {
            let mark = self.marks[at];
            if let Some(rule) = mark.rule {
                removed += usize::from(self.remove(at, rule, mark.points, limits));
                list = false;
                continue;
            }
            let line = &self.lines[at];
            let prose = line.is_prose() || mark.wrapped || line.is_short_sentence();
            let stays = if removed == 0 {
                list || prose
                    || line.traits.bullet
                    || tail.len() <= 1
                    || line.words >= 8 && self.overlap(text, at) >= 60
            } else {
                prose && removed < 2 && !self.lines[at].traits.reader
            };
            if !stays {
                removed += usize::from(self.remove(at, Rule::Tail, PLACED_TAIL, limits));
            }
        }
    }

    /// Lines between removed ones, in the same block or with some points of their own.
    fn judge_neighbours(&mut self, limits: Limits) {
        for at in 1..self.lines.len().saturating_sub(1) {
            if self.verdicts[at].is_some() {
                continue;
            }
            let (line, mark) = (&self.lines[at], self.marks[at]);
            let (before, after) = (self.verdicts[at - 1], self.verdicts[at + 1]);
            let (Some(rule), Some(_)) = (before, after) else { continue };
            let boxed = |rule: Option<Rule>| {
                matches!(
                    rule,
                    Some(
                        Rule::SignUp
                            | Rule::ShareBar
                            | Rule::Related
                            | Rule::Menu
                            | Rule::Embed
                            | Rule::CookieNotice
                            | Rule::Contact
                            | Rule::Tail
                            | Rule::Head
                            | Rule::Tags
                    )
                )
            };
            let joined = self.spaced && !line.gap && !self.lines[at + 1].gap;
            let prose = line.is_prose() || mark.wrapped;
            let points = if prose {
                if line.traits.reader && joined { BETWEEN_REMOVED } else { 0 }
            } else if joined || mark.points >= 25 {
                BETWEEN_REMOVED
            } else {
                0
            };
            if boxed(before) && boxed(after) && self.body.contains(&at) {
                self.remove(at, rule, points, limits);
            }
        }
    }

    /// Pull quotes in the body whose words a paragraph holds, with the name of the speaker below.
    fn judge_quotes(&mut self, text: &str, limits: Limits) {
        let first_prose = self.body.clone().find(|at| self.lines[*at].is_prose());
        let Some(first_prose) = first_prose else { return };
        let candidate = |at: &usize| {
            let line = &self.lines[*at];
            self.verdicts[*at].is_none()
                && (line.traits.quoted || line.ending == Ending::Open && line.words >= 9)
        };
        let candidates: Vec<usize> =
            (first_prose + 1..self.lines.len()).filter(candidate).collect();
        for at in repeats::held_elsewhere(text, &self.lines, &candidates, &mut self.words) {
            if !self.remove(at, Rule::Repeated, STANDS_TWICE, limits) {
                continue;
            }
            let speaker = self.lines.get(at + 1).is_some_and(|line| {
                line.words <= 8
                    && line.ending == Ending::Open
                    && line.capitals * 2 >= line.words
                    && line.gap == self.spaced
            });
            if speaker {
                self.remove(at + 1, Rule::Repeated, LISTED, limits);
            }
        }
    }

    fn is_name(&mut self, text: &str, at: usize) -> bool {
        let line = &self.lines[at];
        if line.words > 5 {
            return false;
        }
        self.words.clear();
        let inked = text.get(line.ink as usize..line.end as usize).unwrap_or_default();
        words_of(inked, line.ink as usize, &mut self.words);
        let view =
            lines::View { document: text, text: inked, words: &self.words, truncated: false, line };
        crate::rules::is_bare_name(&view)
    }

    /// How many percent of a line's telling words the body holds.
    fn overlap(&mut self, text: &str, at: usize) -> u32 {
        if self.vocabulary.is_empty() {
            for at in self.body.clone() {
                let line = &self.lines[at];
                if !line.is_prose() {
                    continue;
                }
                self.words.clear();
                words_of(
                    text.get(line.ink as usize..line.end as usize).unwrap_or_default(),
                    0,
                    &mut self.words,
                );
                self.vocabulary.extend(self.words.iter().map(|word| word.hash));
            }
        }
        let Some(line) = self.lines.get(at) else { return 0 };
        self.words.clear();
        words_of(
            text.get(line.ink as usize..line.end as usize).unwrap_or_default(),
            0,
            &mut self.words,
        );
        let telling = |word: &&Word| {
            word.hash != words::NUMBER && !words::STOPWORDS.has(**word) && word.end - word.start > 2
        };
        let all = self.words.iter().filter(telling).count() as u32;
        let held = self
            .words
            .iter()
            .filter(telling)
            .filter(|word| self.vocabulary.contains(&word.hash))
            .count() as u32;
        (held * 100).checked_div(all).unwrap_or(0)
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
        (true, false, false) => 30,
        (true, false, true) => 5,
        (false, true, _) => 30,
        (false, false, false) if line.is_short_sentence() => 15,
        _ => 0,
    };
    points.saturating_sub(discount)
}
