//! The layer `stances`: who takes which stance toward whom. Its terms are defined in the book's
//! chapter on stances.

use crate::{Annotation, Changes, Document, Span, vocab::names};

/// The name of the layer.
pub const LAYER: &str = "stances";

names! {
    /// What the stance consists in (feature `kind`).
    Kind {
        /// Evaluation, trust, praise, blame, in words.
        Attitude = "attitude",
        /// Something done to or for the target, or refused to it.
        Act = "act",
        /// Something asked of the target: request, demand, warning, threat.
        Appeal = "appeal",
    }
}

names! {
    /// Who vouches for it (feature `channel`).
    Channel {
        /// A named source says it, directly or indirectly.
        Quote = "quote",
        /// The text tells it as fact.
        Action = "action",
        /// It is the writer's own valuation.
        Author = "author",
    }
}

/// A stance of a holder toward a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stance<'a> {
    /// The shortest clause that shows it.
    pub span: Span,
    /// The id of the actor that holds it, as in [`entities`](super::entities).
    pub holder: &'a str,
    /// The holder's readable name (feature `holder-name`).
    pub holder_name: &'a str,
    /// The id of the actor toward which it is held.
    pub target: &'a str,
    /// The target's readable name (feature `target-name`).
    pub target_name: &'a str,
    /// What it consists in.
    pub kind: Kind,
    /// Sign times degree, from -1 (unfavourable to the target) to 1 (favourable).
    pub polarity: f64,
    /// How sure the scorer is, from 0 to 1.
    pub confidence: f64,
    /// Who vouches for it.
    pub channel: Channel,
    /// Whether it is a source's word on another's conduct toward a third party.
    pub embedded: bool,
    /// The rule or model behind it.
    pub rule: &'a str,
    /// The words that show it.
    pub trigger: Span,
    /// The sentence that they stand in.
    pub sentence: Span,
}

impl<'a> Stance<'a> {
    /// Reads an annotation of the layer; `None` where it lacks a holder, a target, a kind or a polarity.
    pub fn of(annotation: Annotation<'a>) -> Option<Self> {
        let text = |key| annotation.text_feature(key);
        let span = |key| annotation.feature(key).and_then(|value| value.as_span());
        let number = |key| annotation.feature(key).and_then(|value| value.as_number());
        let (holder, target) = (text("holder")?, text("target")?);
        Some(Stance {
            span: annotation.span(),
            holder,
            holder_name: text("holder-name").unwrap_or(holder),
            target,
            target_name: text("target-name").unwrap_or(target),
            kind: Kind::of_name(text("kind")?)?,
            polarity: number("polarity")?,
            confidence: number("confidence").unwrap_or(1.0),
            channel: text("channel").and_then(Channel::of_name).unwrap_or(Channel::Action),
            embedded: annotation
                .feature("embedded")
                .and_then(|value| value.as_bool())
                .unwrap_or(false),
            rule: text("rule").unwrap_or_default(),
            trigger: span("trigger").unwrap_or(annotation.span()),
            sentence: span("sentence").unwrap_or(annotation.span()),
        })
    }

    /// 1, 0 or -1: favourable, balanced or unfavourable to the target.
    pub fn sign(&self) -> i8 {
        if self.polarity > 0.0 {
            1
        } else if self.polarity < 0.0 {
            -1
        } else {
            0
        }
    }
}

/// The stances in a document, in text order.
pub fn read<'a>(document: &Document<'a>) -> impl Iterator<Item = Stance<'a>> + use<'a> {
    document.layer(LAYER).into_iter().flat_map(|layer| layer.iter().filter_map(Stance::of))
}

/// Adds a stance.
pub fn write(changes: &mut Changes, stance: &Stance<'_>) {
    let annotation = changes
        .annotate(LAYER, stance.span)
        .with("holder", stance.holder)
        .with("holder-name", stance.holder_name)
        .with("target", stance.target)
        .with("target-name", stance.target_name)
        .with("kind", stance.kind.name())
        .with("polarity", stance.polarity)
        .with("confidence", stance.confidence)
        .with("channel", stance.channel.name());
    let annotation = if stance.embedded { annotation.with("embedded", true) } else { annotation };
    annotation
        .with("rule", stance.rule)
        .with("trigger", stance.trigger)
        .with("sentence", stance.sentence);
}
