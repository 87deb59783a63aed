//! What boilerplate says about the article: title, byline, outlet, date. Only what is sure.

use crate::{
    lines::View,
    page::Page,
    rules::Rule,
    words::{Word, words_of},
};

/// What was found, as it stands in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) byline: Option<&'a str>,
    pub(crate) outlet: Option<&'a str>,
    /// Year, month, day.
    pub(crate) date: Option<(u16, u8, u8)>,
}

/// Reads the lines of a judged page.
pub(crate) fn found_in<'a>(text: &'a str, page: &Page, words: &mut Vec<Word>) -> Found<'a> {
    let mut found = Found::default();
    let inked = |at: usize| {
        let line = page.lines.all.get(at)?;
        text.get(line.ink as usize..line.end as usize)
    };
    found.title = title(page).and_then(inked);
    for (at, verdict) in page.verdicts.iter().enumerate() {
        let (Some(rule), Some(line)) = (*verdict, inked(at)) else { continue };
        match rule {
            Rule::Byline if found.byline.is_none() && at < page.body.end => {
                found.byline = names_of(line)
            }
            Rule::Copyright if found.outlet.is_none() => found.outlet = holder(line),
            Rule::Timestamp if found.date.is_none() && at < page.body.end => {
                words.clear();
                let signs = words_of(line, 0, words);
                let view = View {
                    document: line,
                    text: line,
                    words,
                    signs,
                    truncated: false,
                    line: &page.lines.all[at],
                };
                found.date = date(&view);
            }
            _ => {}
        }
    }
    found
}

/// The first line that stays, if it stands above the first paragraph and reads like a headline.
fn title(page: &Page) -> Option<usize> {
    let first = page.verdicts.iter().position(Option::is_none)?;
    let line = page.lines.all.get(first)?;
    let prose = page
        .lines
        .all
        .iter()
        .zip(&page.verdicts)
        .position(|(line, verdict)| verdict.is_none() && line.is_prose());
    let above = prose.is_some_and(|prose| first < prose && prose <= first + 8);
    (above && (3..=25).contains(&line.words) && !line.is_short_sentence() && !line.traits.bullet)
        .then_some(first)
}

/// The names after "By".
fn names_of(line: &str) -> Option<&str> {
    let rest = ["By ", "BY ", "by "].iter().find_map(|by| line.strip_prefix(by)).unwrap_or(line);
    let names = rest.split(['|', '·', '•', ',', '\n']).next()?.trim();
    let words = names.split_ascii_whitespace().count();
    let plain = !names.chars().any(|c| c.is_ascii_digit() || c == ':');
    (plain && (2..=8).contains(&words)).then_some(names)
}

/// The holder after the copyright sign.
fn holder(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('©')?;
    let rest = rest.trim_start_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | '-' | '–' | ',' | '\u{a0}')
    });
    let end = rest.find(['.', ',', '|', '(', '©', ';']).unwrap_or(rest.len());
    let name = rest.get(..end)?.trim();
    let name = name.strip_suffix("All rights reserved").unwrap_or(name).trim();
    let words = name.split_ascii_whitespace().count();
    let begins = name.chars().next().is_some_and(char::is_uppercase);
    let plain = !name.chars().any(|c| c.is_ascii_digit());
    (begins && plain && (1..=6).contains(&words)).then_some(name)
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A full date with the month in letters, or in the order year-month-day.
fn date(view: &View<'_>) -> Option<(u16, u8, u8)> {
    let text = |at: usize| view.words.get(at).map(|word| view.word(*word));
    let number = |at: usize| -> Option<u16> {
        let word = text(at)?;
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        digits.parse().ok()
    };
    let year = |at: usize| number(at).filter(|year| (1900..2200).contains(year));
    let day = |at: usize| {
        number(at).filter(|day| (1..=31).contains(day)).and_then(|day| u8::try_from(day).ok())
    };
    for at in 0..view.words.len() {
        let word = text(at)?;
        let month =
            word.get(..3).filter(|_| word.chars().all(char::is_alphabetic)).and_then(|start| {
                let known = MONTHS.iter().position(|month| start.eq_ignore_ascii_case(month))?;
                u8::try_from(known + 1).ok()
            });
        if let Some(month) = month {
            let before = at.checked_sub(1).and_then(day).filter(|_| year(at + 1).is_some());
            if let (Some(day), Some(year)) = (before, year(at + 1)) {
                return Some((year, month, day));
            }
            if let (Some(day), Some(year)) = (day(at + 1), year(at + 2)) {
                return Some((year, month, day));
            }
        }
        if let (Some(year), Some(month), Some(day)) =
            (year(at), day(at + 1).filter(|month| *month <= 12), day(at + 2))
            && view.after(*view.words.get(at)?) == Some('-')
        {
            return Some((year, month, day));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_of_copyright() {
        assert_eq!(holder("© The Port Elm Beacon"), Some("The Port Elm Beacon"));
        assert_eq!(holder("© 2019-2021 Beacon Media. All rights reserved."), Some("Beacon Media"));
        assert_eq!(holder("© all rights reserved"), None);
    }

    #[test]
    fn names_of_bylines() {
        assert_eq!(names_of("By Mara Quill and Jon Ash"), Some("Mara Quill and Jon Ash"));
        assert_eq!(names_of("By Mara Quill, Diplomatic Correspondent"), Some("Mara Quill"));
        assert_eq!(names_of("By Mara"), None);
    }

    #[test]
    fn dates_with_all_their_parts() {
        let date = |text: &str| {
            let mut words = Vec::new();
            let signs = words_of(text, 0, &mut words);
            let line = &crate::lines::lines(text)[0];
            date(&View { document: text, text, words: &words, signs, truncated: false, line })
        };
        assert_eq!(date("Updated: May 3, 2021, 10:15 pm"), Some((2021, 5, 3)));
        assert_eq!(date("3rd May 2021"), Some((2021, 5, 3)));
        assert_eq!(date("2021-05-03 10:15"), Some((2021, 5, 3)));
        assert_eq!(date("May 3"), None);
        assert_eq!(date("yesterday"), None);
    }
}
