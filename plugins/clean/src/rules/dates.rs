//! Dates of publication and update, relative dates, times to read.

use crate::{kinds::Kind, lines::View, words::entries};

/// A line made of words of dates: "Updated 3 hours ago", "May 3, 2021, 10:15 pm", "4 min read".
///
/// A plain date counts less than one with a time or a word such as "published": an article may have it as a
/// subhead.
pub(crate) fn timestamp(view: &View<'_>) -> u8 {
    let count = view.words.len();
    if count == 0 || count > 16 {
        return 0;
    }
    let (mut dates, mut core, mut clock) = (0, false, false);
    for word in view.words {
        let number = word.is_number();
        dates += usize::from(number || word.is(Kind::Date));
        core |= word.is(Kind::DateCore);
        let text = view.word(*word);
        clock |= is_clock(text) || number && view.after(*word) == Some(':') && text.len() <= 2;
        clock |= word.is(Kind::DateStamp);
    }
    let numbers = view.line.numbers as usize;
    if numbers == count || !(core || numbers > 0) {
        return 0;
    }
    let all = dates == count;
    let most = dates * 4 >= count * 3 && count >= 4 && numbers > 0;
    let stamped = view.words[0].is(Kind::DateStamp) && count <= 14;
    match (all, most, clock) {
        (false, _, true) if stamped && dates * 2 >= count && numbers >= 2 => 75,
        (true, _, true) => 95,
        (true, _, false) if numbers > 0 && count >= 3 => 60,
        (true, _, false) => 30,
        (_, true, true) => 75,
        _ => 0,
    }
}

/// "10am", "4h", "3pm".
fn is_clock(word: &str) -> bool {
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    letters.len() < word.len()
        && entries(include_str!("../../words/clock.txt"))
            .any(|known| letters.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn dates_of_publication() {
        for line in [
            "yesterday",
            "3 hours ago",
            "Updated: May 3, 2021, 10:15 pm",
            "Published 3 May 2021",
            "Mon 3 May 2021 10.15 BST",
            "4 min read",
            "Last updated on May 3, 2021 at 4:02 PM EST",
            "5h ago",
            "Published in The Beacon, May 3rd, 2021.",
        ] {
            assert!(
                points_of(line, Rule::Timestamp) >= 75,
                "{line}: {}",
                points_of(line, Rule::Timestamp)
            );
        }
    }

    #[test]
    fn a_plain_date_is_weaker_and_a_heading_is_none() {
        assert!((50..70).contains(&points_of("May 3, 2021", Rule::Timestamp)));
        for line in
            ["Three days in May", "1984", "The year 2021 in Port Elm", "What happened on May 3"]
        {
            assert!(
                points_of(line, Rule::Timestamp) < 50,
                "{line}: {}",
                points_of(line, Rule::Timestamp)
            );
        }
    }
}
