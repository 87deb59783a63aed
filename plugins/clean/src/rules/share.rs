//! Share buttons and counters.

use crate::{
    lines::{Ending, View},
    words::{NUMBER, SOCIAL},
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
        return if year || view.line.ending == Ending::Full { 30 } else { 65 };
    }
    let known = view.words.iter().filter(|word| word.hash == NUMBER || SOCIAL.has(**word)).count();
    match known == count {
        true if count >= 2 => 85,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn counters_and_buttons() {
        for line in
            ["22 1", "Facebook Twitter WhatsApp", "Share 12", "14 comments", "Share this article"]
        {
            assert!(points_of(line, Rule::ShareBar) >= 60, "{line}");
        }
        for line in ["2021", "1.", "Facebook pays a fine", "Comments by the mayor drew anger"] {
            assert!(points_of(line, Rule::ShareBar) < 50, "{line}");
        }
    }
}
