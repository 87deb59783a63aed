//! The network of one document.

use docmill_core::{
    Document, Span,
    vocab::{entities, sentences, stances},
};

use super::{
    Edges, GraphSettings, Nodes, Within,
    network::{Network, actor, edge, named},
    xml,
};

/// Who is named with whom in each place of a document.
pub(super) fn co_mentions(document: &Document<'_>, settings: &GraphSettings) -> Network {
    let mut network = Network::new(Edges::CoMentions);
    let mentions = mentions(document, settings.nodes, &mut network);
    let places: Vec<Span> = match settings.within {
        Within::Sentence => sentences::read(document).collect(),
        Within::Document => vec![Span::new(0, document.text().len())],
    };
    let mut mentions = mentions.into_iter().peekable();
    let mut here: Vec<u32> = Vec::new();
    for place in places {
        here.clear();
        while mentions.next_if(|(start, _)| *start < place.start).is_some() {}
        while let Some((_, node)) = mentions.next_if(|(start, _)| *start < place.end) {
            if here.len() < settings.most as usize && !here.contains(&node) {
                here.push(node);
            }
        }
        for (at, from) in here.iter().enumerate() {
            for to in here.iter().skip(at + 1) {
                network.edge(*from, *to, &[1]);
            }
        }
    }
    network.count_document();
    network
}

/// Where mentions begin, and the nodes that they name.
fn mentions(document: &Document<'_>, nodes: Nodes, network: &mut Network) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for entity in entities::read(document) {
        let (id, name) = match nodes {
            Nodes::Entities => (entity.id, entity.name),
            Nodes::Actors => match entity.actor {
                Some(actor) => (actor, entity.actor_name.unwrap_or(actor)),
                None => continue,
            },
        };
        if id.is_empty() {
            continue;
        }
        let mut counts = [0; 2];
        counts[named::MENTIONS] = 1;
        let node = network.node(&xml::clean(id), &xml::clean(name), &counts);
        found.push((entity.span.start, node));
    }
    found
}

/// Who takes which stance toward whom in a document.
pub(super) fn stances(document: &Document<'_>) -> Network {
    let mut network = Network::new(Edges::Stances);
    for stance in stances::read(document) {
        if stance.holder.is_empty() || stance.target.is_empty() {
            continue;
        }
        let mut node = |id: &str, name: &str, role: usize| {
            let mut counts = [0; 3];
            counts[role] = 1;
            network.node(&xml::clean(id), &xml::clean(name), &counts)
        };
        let from = node(stance.holder, stance.holder_name, actor::HELD);
        let to = node(stance.target, stance.target_name, actor::RECEIVED);

        let mut counts = [0; 9];
        counts[edge::WEIGHT] = 1;
        counts[edge::POLARITY] = (stance.polarity.clamp(-1.0, 1.0) * 1e6).round() as i64;
        counts[match stance.sign() {
            1.. => edge::FAVOURABLE,
            0 => edge::BALANCED,
            _ => edge::UNFAVOURABLE,
        }] = 1;
        counts[edge::KINDS + stance.kind as usize] = 1;
        network.edge(from, to, &counts);
    }
    network.count_document();
    network
}
