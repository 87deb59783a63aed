//! Which mentions a stance connects.

use std::collections::HashMap;

use docmill_core::{
    Document,
    vocab::{entities, entities::Entity, stances::Stance},
};

/// The mentions of a document that have a text, by whom they name.
pub(crate) struct Mentions<'a> {
    all: Vec<Entity<'a>>,
    /// By actor, and by what is named where that is another: places in `all`, in text order.
    of: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Mentions<'a> {
    pub(crate) fn read(document: &Document<'a>) -> Self {
        let all: Vec<_> =
            entities::read(document).filter(|entity| !entity.span.is_empty()).collect();
        let mut of: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, entity) in all.iter().enumerate() {
            of.entry(entity.id).or_default().push(at);
            if let Some(actor) = entity.actor.filter(|actor| *actor != entity.id) {
                of.entry(actor).or_default().push(at);
            }
        }
        Mentions { all, of }
    }

    /// In text order.
    pub(crate) fn all(&self) -> &[Entity<'a>] {
        &self.all
    }

    /// The place in [`all`](Self::all) of the mention of an actor nearest to a stance's trigger, in the clause that
    /// shows the stance, else in its sentence.
    pub(crate) fn near(&self, actor: &str, stance: &Stance<'_>) -> Option<usize> {
        let places = self.of.get(actor)?;
        let start = |at: &usize| self.all.get(*at).map_or(0, |entity| entity.span.start);
        let after = places.partition_point(|at| start(at) < stance.trigger.start);
        let around = [after.checked_sub(1), Some(after)];
        let around = || around.into_iter().flatten().filter_map(|at| places.get(at).copied());
        [stance.span, stance.sentence].into_iter().find_map(|clause| {
            around()
                .filter(|at| self.all.get(*at).is_some_and(|entity| clause.contains(entity.span)))
                .min_by_key(|at| start(at).abs_diff(stance.trigger.start))
        })
    }
}

/// A stance's sign as a word.
pub(crate) fn sign(stance: &Stance<'_>) -> &'static str {
    match stance.sign() {
        1.. => "favourable",
        0 => "balanced",
        _ => "unfavourable",
    }
}

#[cfg(test)]
mod tests {
    use docmill_core::{DocumentBuf, Span, vocab::stances};

    use super::*;

    #[test]
    fn the_mention_nearest_to_the_trigger_stands_for_the_actor() {
        let text = "Elm, Elm thanked Quill; Elm left. Elm";
        let mut document = DocumentBuf::with_text(text);
        for (start, word) in text.match_indices("Elm") {
            let span = start..start + word.len();
            let new = document.annotate("entities", span).label("GPE");
            new.with("entity", "place:elm").with("actor", "country:XA");
        }
        document.annotate("entities", 34..34usize).label("GPE").with("entity", "country:XB");
        for (span, sentence) in [(5..22usize, 0..33), (9..22, 0..33), (9..22, 9..22usize)] {
            let new = document.annotate("stances", span);
            new.with("holder", "country:XA")
                .with("target", "person:quill")
                .with("kind", "act")
                .with("polarity", 1.0)
                .with("trigger", Span::new(9, 16))
                .with("sentence", Span::from(sentence));
        }
        document.seal();
        let document = document.view();
        let mentions = Mentions::read(&document);
        assert_eq!(mentions.all().len(), 4, "one without text is none");
        let found: Vec<_> = stances::read(&document)
            .map(|stance| {
                (mentions.near("country:XA", &stance), mentions.near("person:quill", &stance))
            })
            .collect();
        assert_eq!(found, [(Some(1), None), (Some(1), None), (None, None)]);
    }
}
