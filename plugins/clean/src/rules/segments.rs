//! Lines that are really several, set beside each other: "About | Archive | RSS", "14 replies · 3 likes".
//!
//! A line is cut at bars, dots, arrows and wide spaces, and each part is looked at as if it stood alone.

use crate::{
    cues::{CUES, Place},
    kinds::Kind,
    lines::{Ending, View},
    words::Word,
};

use super::Rule;

/// The rule that knows most of a line's parts, and its points.
pub(crate) fn segments(view: &View<'_>) -> Option<(Rule, u8)> {
    let count = view.words.len();
    if count > 40 || view.truncated || count == 0 {
        return None;
    }
    let (mut parts, mut known, mut longest) = (0, 0, 0);
    let mut best: Option<(Rule, u8)> = None;
    let mut start = 0;
    for end in 1..=count {
        let cut = end == count || parts_between(view, view.words[end - 1], view.words[end]);
        if !cut {
            continue;
        }
        let part = &view.words[start..end];
        start = end;
        parts += 1;
        longest = longest.max(part.len());
        if let Some((rule, points)) = known_part(part) {
            known += part.len();
            if best.is_none_or(|(_, most)| points > most) {
                best = Some((rule, points));
            }
        }
    }
    if parts < 2 {
        return None;
    }
    match best {
        Some((rule, _)) if known * 5 >= count * 3 => return Some((rule, 85)),
        Some((rule, _)) if known * 3 >= count && view.line.ending == Ending::Open => {
            return Some((rule, 60));
        }
        _ => {}
    }
    let names = view.line.capitals as usize * 2 >= count;
    let list = parts >= 3 && longest <= 4 && names && view.line.ending == Ending::Open;
    list.then_some((Rule::Menu, 60))
}

/// Whether a separator stands between two words.
fn parts_between(view: &View<'_>, before: Word, after: Word) -> bool {
    let between = view.document.get(before.end as usize..after.start as usize).unwrap_or_default();
    let wide = between.chars().filter(|c| c.is_whitespace()).count() >= 2;
    wide || between.contains(['|', '·', '•', '›', '»', '>', '→', '\t']) || between.contains(" / ")
}

/// The rule that knows a part of a line as a whole.
fn known_part(part: &[Word]) -> Option<(Rule, u8)> {
    let mut best: Option<(Rule, u8)> = None;
    CUES.find(part, false, |rule, place, points, _| {
        if place == Place::Whole && best.is_none_or(|(_, most)| points > most) {
            best = Some((rule, points));
        }
    });
    if best.is_some() {
        return best;
    }
    let every = |known: &dyn Fn(&Word) -> bool| part.iter().all(known);
    let numbers = part.iter().filter(|word| word.is_number()).count();
    if every(&|word| word.is_number() || word.is(Kind::Date))
        && part.len() > numbers
        && part.len() > 1
    {
        return Some((Rule::Timestamp, 70));
    }
    if every(&|word| word.is_number() || word.is(Kind::Social)) {
        return Some((Rule::ShareBar, 60));
    }
    if every(&|word| word.is(Kind::Section)) {
        return Some((Rule::Menu, 60));
    }
    let by = part[0].is(Kind::By);
    let names = part.iter().skip(1).all(|word| word.is_capital());
    (by && names && part.len() > 1).then_some((Rule::Byline, 80))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::points_of;

    #[test]
    fn parts_are_known_each_alone() {
        assert!(points_of("About | Archive | Reading list | RSS", Rule::Menu) >= 60);
        assert!(points_of("14 replies · 37 reposts · 205 likes", Rule::Comments) >= 60);
        assert!(points_of("Nation   World   Opinion", Rule::Menu) >= 60);
        assert!(points_of("By Mara Quill · 7 October 2025 · 11 comments", Rule::Comments) >= 60);
    }

    #[test]
    fn a_sentence_with_a_separator_is_none() {
        let text = "The fare is €2.50 | children ride for free, the town said on Monday.";
        assert!(Rule::ALL.iter().all(|rule| points_of(text, *rule) < 50));
    }
}
