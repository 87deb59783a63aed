//! Share buttons and counters.

use crate::{
    kinds::Kind,
    lines::{Ending, View},
    words::Shape,
};

/// Numbers alone ("22 1"), or the names of buttons alone ("Facebook Twitter Email 12").
pub(crate) fn share_bar(view: &View<'_>) -> u8 {
    let count = view.words.len();
    if count == 0 || count > 16 {
        return 0;
    }
    let numbers = view.line.numbers as usize;
    if numbers == count {
        // A list's number or a year may be a heading's.
        let year = count == 1 && view.text.len() == 4;
        let counter =
            view.text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ','));
        return if year || !counter || view.line.ending == Ending::Full { 30 } else { 55 };
    }
    // "4. TikTok" is a heading in a list.
    let first = view.words[0];
    if first.is_number() && matches!(view.after(first), Some('.' | ')')) {
        return 0;
    }
    let known = view.words.iter().filter(|word| word.is_number() || word.is(Kind::Social)).count();
    let begins = view.word(view.words[0]).eq_ignore_ascii_case("share");
    match known == count {
        true if count >= 2 => 85,
        false if begins && known * 2 >= count && view.line.ending != Ending::Full => 75,
        _ => 0,
    }
}

/// "Follow The Beacon on X", "Follow us: @beacon".
pub(crate) fn follow(view: &View<'_>) -> u8 {
    let follows =
        view.words.iter().take(2).any(|word| view.word(*word).eq_ignore_ascii_case("follow"));
    let named =
        view.words.iter().skip(2).any(|word| word.is(Kind::Social) && word.shape != Shape::Lower);
    let handle = view.text.contains(" @");
    match (follows, handle, named) {
        (true, true, _) => 90,
        (true, false, true) => 75,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn counters_and_buttons() {
        for line in [
            "22 1",
            "Facebook Twitter WhatsApp",
            "Share 12",
            "Share this article",
            "Follow The Beacon on X",
        ] {
            assert!(points_of(line, Rule::ShareBar) >= 55, "{line}");
        }
        for line in [
            "2021",
            "1.",
            "Follow the money",
            "Facebook pays a fine",
            "Comments by the mayor drew anger",
        ] {
            assert!(points_of(line, Rule::ShareBar) < 50, "{line}");
        }
    }
}
