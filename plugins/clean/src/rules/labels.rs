//! Lines that begin with a label: "WATCH: ...", "Related: ...", "Media contact: ...".

use crate::{
    kinds::Kind,
    lines::{Ending, View},
};

use super::Rule;

/// A label of one to three words with a colon or bar, and a title after it.
pub(crate) fn label(view: &View<'_>) -> Option<(Rule, u8)> {
    let first = view.words.first()?;
    let labels = [
        (Kind::LabelRelated, Rule::Related),
        (Kind::LabelEmbed, Rule::Embed),
        (Kind::LabelTags, Rule::Tags),
    ];
    let (_, rule) = labels.into_iter().find(|(kind, _)| first.is(*kind))?;
    let marked = view
        .words
        .iter()
        .take(3)
        .position(|word| matches!(view.after(*word), Some(':' | '|' | '»')));
    let title = view.line.ending == Ending::Open || view.text.ends_with(['?', '”', '’', ')']);
    (marked.is_some() && title && view.words.len() <= 24).then_some((rule, 75))
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
