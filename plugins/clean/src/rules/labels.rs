//! Lines that begin with a label: "WATCH: ...", "Related: ...", "Media contact: ...".

use crate::lines::{Ending, View};

use super::Rule;

/// Labels before the title of something else, in lower case, and what it is.
const LABELS: [(&str, Rule); 16] = [
    ("also", Rule::Related),
    ("gallery", Rule::Embed),
    ("graphic", Rule::Embed),
    ("listen", Rule::Embed),
    ("map", Rule::Embed),
    ("more", Rule::Related),
    ("photos", Rule::Embed),
    ("podcast", Rule::Embed),
    ("read", Rule::Related),
    ("related", Rule::Related),
    ("see", Rule::Related),
    ("slideshow", Rule::Embed),
    ("video", Rule::Embed),
    ("watch", Rule::Embed),
    ("tags", Rule::Tags),
    ("topics", Rule::Tags),
];

/// A label of one to three words with a colon or bar, and a title after it.
pub(crate) fn label(view: &View<'_>) -> Option<(Rule, u8)> {
    let first = view.words.first()?;
    let (_, rule) =
        LABELS.iter().find(|(label, _)| view.word(*first).eq_ignore_ascii_case(label))?;
    let marked = view
        .words
        .iter()
        .take(3)
        .position(|word| matches!(view.after(*word), Some(':' | '|' | '»')));
    let title = view.line.ending == Ending::Open || view.text.ends_with(['?', '”', '’', ')']);
    (marked.is_some() && title && view.words.len() <= 24).then_some((*rule, 75))
}

#[cfg(test)]
mod tests {
    use crate::rules::{Rule, points_of};

    #[test]
    fn labels_before_titles() {
        assert!(points_of("WATCH: Drone footage of the crossing", Rule::Embed) >= 70);
        assert!(points_of("Watch now: The hall, the vote, the walkout 01:52", Rule::Embed) >= 70);
        assert!(points_of("RELATED: What can be done, and what cannot", Rule::Related) >= 70);
        assert!(
            points_of("See for yourself: the quay is open to all who come.", Rule::Related) < 50
        );
        assert!(points_of("Videos show the harbour on fire", Rule::Embed) < 50);
    }
}
