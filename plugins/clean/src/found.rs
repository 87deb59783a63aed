//! What a page says about its article: title, byline, outlet, date. Only what is sure.

use std::{ops::Range, sync::LazyLock};

use crate::{
    kinds::Kind,
    lines::{Ending, View},
    page::Page,
    rules::{self, Rule},
    words::{Word, entries, words_of},
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
    let inked = |at: usize| {
        let line = page.lines.all.get(at)?;
        text.get(line.ink as usize..line.end as usize)
    };
    let mut found = Found { title: title(page).and_then(inked), ..Found::default() };
    for (at, verdict) in page.verdicts.iter().enumerate() {
        let (Some(rule), Some(inked), Some(line)) = (*verdict, inked(at), page.lines.all.get(at))
        else {
            continue;
        };
        if rule == Rule::Copyright && found.outlet.is_none() {
            found.outlet = holder(inked);
        }
        // Bylines and dates stand above the text, or among its first lines.
        if at >= page.body.end || line.words > 30 {
            continue;
        }
        words.clear();
        let signs = words_of(inked, line.ink as usize, words);
        let view = View { document: text, text: inked, words, signs, truncated: false, line };
        let above = at < page.body.start;
        if found.byline.is_none() && (rule == Rule::Byline || above) {
            found.byline = names_of(&view).and_then(|span| text.get(span));
        }
        if found.date.is_none() && (rule == Rule::Timestamp || above) {
            found.date = date(&view);
        }
    }
    found
}

/// The headline above the body; where there is none, the first line that stays, if it stands above
/// the first paragraph and reads like a headline.
fn title(page: &Page) -> Option<usize> {
    if page.headline.is_some() {
        return page.headline;
    }
    let first = page.verdicts.iter().position(Option::is_none)?;
    let line = page.lines.all.get(first)?;
    let mut lines = page.lines.all.iter().zip(&page.verdicts);
    let prose = lines.position(|(line, verdict)| verdict.is_none() && line.is_prose())?;
    let above = first < prose && prose <= first + 4;
    let shaped = (3..=25).contains(&line.words) && !line.is_short_sentence();
    let title = above && shaped && !line.traits.bullet && line.ending != Ending::Colon;
    title.then_some(first)
}

/// The names after "By", up to the next comma, bar or date.
fn names_of(view: &View<'_>) -> Option<Range<usize>> {
    let lead = rules::lead_words(view);
    let names = view.words.get(lead..).filter(|_| lead > 0)?;
    let mut count = 0;
    for (at, word) in names.iter().enumerate() {
        let named = word.is_capital() || word.is(Kind::NameJoiner) && at > 0;
        if !named || word.is(Kind::Date) && !word.is(Kind::NameJoiner) {
            break;
        }
        count += 1;
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '\'' | '’' | '&');
        if !view.after(*word).is_some_and(goes_on) {
            break;
        }
    }
    let last = names.get(..count)?.iter().rposition(|word| word.is_capital())?;
    let span = names.first()?.start as usize..names.get(last)?.end as usize;
    (2..=8).contains(&(last + 1)).then_some(span)
}

/// The holder after the copyright sign.
fn holder(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('©')?;
    let year = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '–' | ',');
    let rest = rest.trim_start_matches(year);
    let end = rest.find([',', '|', '(', '©', ';']).unwrap_or(rest.len());
    let name = first_sentence(rest.get(..end)?).trim();
    let words = name.split_ascii_whitespace().count();
    let begins = name.chars().next().is_some_and(char::is_uppercase);
    let plain = !name.chars().any(|c| c.is_ascii_digit());
    // "All rights reserved" and the like are no names.
    let others = name.split_ascii_whitespace().skip(1);
    let capitals = others.filter(|word| word.starts_with(char::is_uppercase)).count();
    let named = words == 1 || capitals > 0;
    (begins && plain && named && (1..=8).contains(&words)).then_some(name)
}

/// A text up to its first full stop, which is not the one in "S.A.": it follows a lower-case letter or a quotation
/// mark, or a sentence of lower-case words follows it.
fn first_sentence(text: &str) -> &str {
    let ends = |at: &usize| {
        let (Some(before), Some(after)) = (text.get(..*at), text.get(*at + 1..)) else {
            return false;
        };
        let word =
            before.chars().next_back().is_some_and(|c| c.is_lowercase() || !c.is_alphanumeric());
        word || after
            .split_ascii_whitespace()
            .nth(1)
            .is_some_and(|word| word.starts_with(char::is_lowercase))
    };
    let Some(end) = text.match_indices('.').map(|(at, _)| at).find(ends) else { return text };
    let abbreviated = text.get(..end).is_some_and(|before| before.ends_with(char::is_uppercase));
    text.get(..end + usize::from(abbreviated)).unwrap_or(text)
}

/// What the names of the months begin with.
static MONTHS: LazyLock<Vec<&str>> =
    LazyLock::new(|| entries(include_str!("../words/months.txt")).collect());

/// The month that a word names, from 1.
fn month(word: &str) -> Option<u16> {
    let start = word.get(..3).filter(|_| word.chars().all(char::is_alphabetic))?;
    let at = MONTHS.iter().position(|month| start.eq_ignore_ascii_case(month))?;
    u16::try_from(at + 1).ok()
}

/// A full date with the month in letters, or in the order year-month-day.
fn date(view: &View<'_>) -> Option<(u16, u8, u8)> {
    let text = |at: usize| view.words.get(at).map(|word| view.word(*word));
    let number = |at: Option<usize>| -> Option<u16> {
        text(at?)?.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
    };
    for (at, word) in view.words.iter().enumerate() {
        let (before, next, after) = (at.checked_sub(1), Some(at + 1), Some(at + 2));
        let named = month(view.word(*word)).filter(|_| word.is(Kind::Date));
        let dashed = view.after(*word) == Some('-') && view.word(*word).len() == 4;
        let found = match named {
            Some(month) => day_of(number(next), Some(month), number(before))
                .or_else(|| day_of(number(after), Some(month), number(next))),
            None if dashed => day_of(number(Some(at)), number(next), number(after)),
            None => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// A day of the calendar, if these are its year, month and day.
fn day_of(year: Option<u16>, month: Option<u16>, day: Option<u16>) -> Option<(u16, u8, u8)> {
    let (year, month, day) = (year?, u8::try_from(month?).ok()?, u8::try_from(day?).ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    ((1900..2200).contains(&year) && (1..=days).contains(&day)).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_view<T>(text: &str, ask: impl FnOnce(&View<'_>) -> T) -> T {
        let mut words = Vec::new();
        let signs = words_of(text, 0, &mut words);
        let lines = crate::lines::lines(text);
        let (words, line) = (&words, &lines[0]);
        ask(&View { document: text, text, words, signs, truncated: false, line })
    }

    #[test]
    fn holders_of_copyright() {
        assert_eq!(holder("© The Port Elm Beacon"), Some("The Port Elm Beacon"));
        assert_eq!(holder("© 2019-2021 Beacon Media. All rights reserved."), Some("Beacon Media"));
        assert_eq!(holder("© 2021 Quay Ledger S.A."), Some("Quay Ledger S.A."));
        assert_eq!(holder("© Quay Ledger S.A. All rights reserved."), Some("Quay Ledger S.A."));
        assert_eq!(holder("© All rights reserved"), None);
    }

    #[test]
    fn names_of_bylines() {
        let names = |text: &'static str| with_view(text, names_of).and_then(|span| text.get(span));
        assert_eq!(names("By Mara Quill and Jon Ash"), Some("Mara Quill and Jon Ash"));
        assert_eq!(names("By Mara Quill, Diplomatic Correspondent"), Some("Mara Quill"));
        assert_eq!(names("By Mara van Quill · 7 October 2025"), Some("Mara van Quill"));
        assert_eq!(names("By Mara"), None);
        assert_eq!(names("Mara Quill"), None);
    }

    #[test]
    fn dates_with_all_their_parts() {
        let date = |text: &str| with_view(text, date);
        assert_eq!(date("Updated: May 3, 2021, 10:15 pm"), Some((2021, 5, 3)));
        assert_eq!(date("3rd May 2021"), Some((2021, 5, 3)));
        assert_eq!(date("2021-05-03 10:15"), Some((2021, 5, 3)));
        assert_eq!(date("May 3"), None);
        assert_eq!(date("31 February 2021"), None);
        assert_eq!(date("yesterday"), None);
    }
}
