//! The layer `entities`: mentions of someone or something with a name.

use crate::{Annotation, Changes, Document, Span, vocab::names};

/// The name of the layer.
pub const LAYER: &str = "entities";

names! {
    /// What is named: the annotation's label.
    Kind {
        /// A person.
        Person = "PERSON",
        /// An organisation: company, party, agency, army, medium, alliance.
        Organisation = "ORG",
        /// A country, city or other place with a government.
        Place = "GPE",
        /// A place without one: river, mountain, region, sea.
        Location = "LOC",
        /// A nationality, religious or political group: `Ukrainian`.
        Group = "NORP",
    }
}

/// A mention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entity<'a> {
    /// Where it is named.
    pub span: Span,
    /// What is named.
    pub kind: Kind,
    /// How sure the tagger is, from 0 to 1.
    pub score: Option<f32>,
    /// What is meant (feature `entity`): `country:UA` (ISO 3166-1 alpha-2), `place:kyiv`,
    /// `person:volodymyr-zelensky`, `org:nato`, `office:UA/president`, or an id of this document alone.
    pub id: &'a str,
    /// Its readable name (feature `name`).
    pub name: &'a str,
    /// The id of the political actor that it stands for here, if any (feature `actor`):
    /// `country:UA` for Kyiv in "Kyiv wants", none for Kyiv in "a meeting in Kyiv".
    pub actor: Option<&'a str>,
    /// The actor's readable name (feature `actor-name`).
    pub actor_name: Option<&'a str>,
    /// The rule behind it (feature `rule`).
    pub rule: Option<&'a str>,
}

impl<'a> Entity<'a> {
    /// Reads an annotation of the layer; `None` where it lacks a label or an id.
    pub fn of(annotation: Annotation<'a>) -> Option<Self> {
        let id = annotation.text_feature("entity")?;
        Some(Entity {
            span: annotation.span(),
            kind: Kind::of_name(annotation.label())?,
            score: annotation.score(),
            id,
            name: annotation.text_feature("name").unwrap_or(id),
            actor: annotation.text_feature("actor"),
            actor_name: annotation.text_feature("actor-name"),
            rule: annotation.text_feature("rule"),
        })
    }
}

/// The mentions in a document, in text order.
pub fn read<'a>(document: &Document<'a>) -> impl Iterator<Item = Entity<'a>> + use<'a> {
    document.layer(LAYER).into_iter().flat_map(|layer| layer.iter().filter_map(Entity::of))
}

/// Adds a mention.
pub fn write(changes: &mut Changes, entity: &Entity<'_>) {
    let annotation = changes.annotate(LAYER, entity.span).label(entity.kind.name());
    annotation
        .score(entity.score.unwrap_or(f32::NAN))
        .with("entity", entity.id)
        .with("name", entity.name)
        .with_some("actor", entity.actor)
        .with_some("actor-name", entity.actor_name)
        .with_some("rule", entity.rule);
}
