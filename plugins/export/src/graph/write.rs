//! A network as GraphML and as GEXF.
//!
//! Nodes stand in the order of their ids and edges in the order of their nodes. Edges with less than the minimum are
//! left out, and nodes that have no other.

use std::io::{self, Write};

use docmill_core::vocab::stances::Kind;

use super::{
    Edges, Format,
    network::{Network, actor, edge, named},
    xml::escaped,
};
use crate::cell;

/// Writes the network.
pub(super) fn network(
    network: &Network,
    format: Format,
    minimum: u32,
    out: &mut impl Write,
) -> io::Result<()> {
    let weighty = |counts: &[i64]| counts.get(edge::WEIGHT) >= Some(&i64::from(minimum));
    let nodes: Vec<_> = network.nodes().collect();
    let mut joined = vec![false; nodes.len()];
    for ((from, to), _) in network.edges().filter(|(_, counts)| weighty(counts)) {
        joined[from as usize] = true;
        joined[to as usize] = true;
    }
    let mut order: Vec<u32> = (0..nodes.len() as u32).filter(|at| joined[*at as usize]).collect();
    order.sort_unstable_by_key(|at| nodes[*at as usize].0);
    let mut rank = vec![0_u32; nodes.len()];
    for (place, at) in (0..).zip(&order) {
        rank[*at as usize] = place;
    }
    // Places alone: there may be many millions.
    let mut edges: Vec<(u32, u32, u32)> = (0..)
        .zip(network.edges())
        .filter(|(_, (_, counts))| weighty(counts))
        .map(|(at, ((from, to), _))| {
            let (from, to) = (rank[from as usize], rank[to as usize]);
            match network.edges_are {
                Edges::CoMentions => (from.min(to), from.max(to), at),
                Edges::Stances => (from, to, at),
            }
        })
        .collect();
    edges.sort_unstable();

    let nodes = order.into_iter().map(|at| nodes[at as usize]).collect();
    let sorted = Sorted { network, edges_are: network.edges_are, nodes, edges };
    match format {
        Format::Graphml => sorted.graphml(out),
        Format::Gexf => sorted.gexf(out),
    }
}

/// What is written.
struct Sorted<'n> {
    network: &'n Network,
    edges_are: Edges,
    /// Id, name, counts.
    nodes: Vec<(&'n str, &'n str, &'n [i64])>,
    /// Places in `nodes`, and the edge's place in the network.
    edges: Vec<(u32, u32, u32)>,
}

/// An attribute of a node or an edge: its name, its type in both formats, and its value.
type Attribute = (&'static str, &'static str, String);

impl Sorted<'_> {
    fn graphml(&self, out: &mut impl Write) -> io::Result<()> {
        let direction = self.direction();
        out.write_all(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
              <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n  \
              <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n",
        )?;
        let keys = |of: &'static str, attributes: Vec<Attribute>| {
            attributes.into_iter().map(move |(name, kind, _)| {
                format!("  <key id=\"{of}-{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>\n")
            })
        };
        let declared = keys("node", self.of_node("", &[])).chain(keys("edge", self.of_edge(&[])));
        for key in declared {
            out.write_all(key.as_bytes())?;
        }
        writeln!(out, "  <graph edgedefault=\"{direction}\">")?;
        for (id, name, counts) in &self.nodes {
            write!(
                out,
                "    <node id=\"{}\"><data key=\"label\">{}</data>",
                escaped(id),
                escaped(name)
            )?;
            for (name, _, value) in self.of_node(id, counts) {
                write!(out, "<data key=\"node-{name}\">{}</data>", escaped(&value))?;
            }
            writeln!(out, "</node>")?;
        }
        for (from, to, at) in &self.edges {
            let counts = self.network.edge_counts(*at);
            let (from, to) = (escaped(self.id(*from)), escaped(self.id(*to)));
            write!(out, "    <edge source=\"{from}\" target=\"{to}\">")?;
            for (name, _, value) in self.of_edge(counts) {
                write!(out, "<data key=\"edge-{name}\">{value}</data>")?;
            }
            writeln!(out, "</edge>")?;
        }
        out.write_all(b"  </graph>\n</graphml>\n")
    }

    fn gexf(&self, out: &mut impl Write) -> io::Result<()> {
        let direction = self.direction();
        out.write_all(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
              <gexf xmlns=\"http://www.gexf.net/1.2draft\" version=\"1.2\">\n",
        )?;
        writeln!(out, "  <graph mode=\"static\" defaultedgetype=\"{direction}\">")?;
        for (class, attributes) in [("node", self.of_node("", &[])), ("edge", self.of_edge(&[]))] {
            writeln!(out, "    <attributes class=\"{class}\">")?;
            for (name, kind, _) in attributes.iter().filter(|(name, ..)| *name != "weight") {
                writeln!(out, "      <attribute id=\"{name}\" title=\"{name}\" type=\"{kind}\"/>")?;
            }
            writeln!(out, "    </attributes>")?;
        }
        writeln!(out, "    <nodes>")?;
        for (id, name, counts) in &self.nodes {
            write!(out, "      <node id=\"{}\" label=\"{}\">", escaped(id), escaped(name))?;
            values(&self.of_node(id, counts), out)?;
            writeln!(out, "</node>")?;
        }
        writeln!(out, "    </nodes>\n    <edges>")?;
        for (place, (from, to, at)) in self.edges.iter().enumerate() {
            let counts = self.network.edge_counts(*at);
            let (from, to) = (escaped(self.id(*from)), escaped(self.id(*to)));
            let weight = counts.get(edge::WEIGHT).copied().unwrap_or_default();
            write!(
                out,
                "      <edge id=\"{place}\" source=\"{from}\" target=\"{to}\" weight=\"{weight}\">"
            )?;
            values(&self.of_edge(counts), out)?;
            writeln!(out, "</edge>")?;
        }
        out.write_all(b"    </edges>\n  </graph>\n</gexf>\n")
    }

    fn direction(&self) -> &'static str {
        match self.edges_are {
            Edges::CoMentions => "undirected",
            Edges::Stances => "directed",
        }
    }

    fn id(&self, place: u32) -> &str {
        self.nodes.get(place as usize).map_or("", |(id, ..)| id)
    }

    /// The attributes of a node, whose kind is what stands before the colon of its id.
    fn of_node(&self, id: &str, counts: &[i64]) -> Vec<Attribute> {
        let count = |at: usize| counts.get(at).copied().unwrap_or_default().to_string();
        let kind = id.split_once(':').map_or("", |(kind, _)| kind);
        let mut attributes = vec![("kind", "string", kind.to_owned())];
        attributes.extend(match self.edges_are {
            Edges::CoMentions => vec![
                ("mentions", "long", count(named::MENTIONS)),
                ("documents", "long", count(named::DOCUMENTS)),
            ],
            Edges::Stances => vec![
                ("held", "long", count(actor::HELD)),
                ("received", "long", count(actor::RECEIVED)),
                ("documents", "long", count(actor::DOCUMENTS)),
            ],
        });
        attributes
    }

    fn of_edge(&self, counts: &[i64]) -> Vec<Attribute> {
        let number = |at: usize| counts.get(at).copied().unwrap_or_default();
        let count = |at| number(at).to_string();
        let mut attributes = vec![
            ("weight", "long", count(edge::WEIGHT)),
            ("documents", "long", count(edge::DOCUMENTS)),
        ];
        if self.edges_are == Edges::Stances {
            let sum = number(edge::POLARITY) as f64 / 1e6;
            let mean = sum / number(edge::WEIGHT).max(1) as f64;
            attributes.extend([
                ("polarity", "double", cell::number(mean)),
                ("polarity-sum", "double", cell::number(sum)),
                ("favourable", "long", count(edge::FAVOURABLE)),
                ("balanced", "long", count(edge::BALANCED)),
                ("unfavourable", "long", count(edge::UNFAVOURABLE)),
            ]);
            let kinds = Kind::ALL.iter().enumerate();
            attributes
                .extend(kinds.map(|(at, kind)| (kind.name(), "long", count(edge::KINDS + at))));
        }
        attributes
    }
}

/// The values of attributes in GEXF, in which a weight has a place of its own.
fn values(attributes: &[Attribute], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"<attvalues>")?;
    for (name, _, value) in attributes.iter().filter(|(name, ..)| *name != "weight") {
        write!(out, "<attvalue for=\"{name}\" value=\"{}\"/>", escaped(value))?;
    }
    out.write_all(b"</attvalues>")
}
