//! Nodes and edges with their counts.
//!
//! Counts are whole numbers (a polarity counts in millionths), so that networks add up to the same sums in whatever
//! groups they are added.
//!
//! Between the worker and the end of the run a network is lines of JSON: a blank line begins one, then come its nodes
//! `["country:XA","Port Elm",[2,1]]` and its edges, `[0,1,[2,1]]`, which mean nodes by their place.

use std::{
    collections::HashMap,
    io::{self, BufRead, Write},
    rc::Rc,
};

use serde::{Deserialize, Serialize};

use super::Edges;

/// Counts of a node of co-mentions.
pub(super) mod named {
    /// How often it is named.
    pub(crate) const MENTIONS: usize = 0;
    /// In how many documents.
    pub(crate) const DOCUMENTS: usize = 1;
}

/// Counts of a node of stances.
pub(super) mod actor {
    /// How many stances it holds.
    pub(crate) const HELD: usize = 0;
    /// How many it is the target of.
    pub(crate) const RECEIVED: usize = 1;
    /// In how many documents.
    pub(crate) const DOCUMENTS: usize = 2;
}

/// Counts of an edge; those from `POLARITY` on of stances alone.
pub(super) mod edge {
    /// How many co-mentions or stances.
    pub(crate) const WEIGHT: usize = 0;
    /// In how many documents.
    pub(crate) const DOCUMENTS: usize = 1;
    /// The sum of polarities, in millionths.
    pub(crate) const POLARITY: usize = 2;
    pub(crate) const FAVOURABLE: usize = 3;
    pub(crate) const BALANCED: usize = 4;
    pub(crate) const UNFAVOURABLE: usize = 5;
    /// The first of the kinds of stances, in their order.
    pub(crate) const KINDS: usize = 6;
}

/// A network.
pub(super) struct Network {
    pub(super) edges_are: Edges,
    names: Vec<(Rc<str>, String)>,
    places: HashMap<Rc<str>, u32>,
    node_counts: Counts,
    pairs: Vec<(u32, u32)>,
    edges: HashMap<(u32, u32), u32>,
    edge_counts: Counts,
}

/// Rows of counts, one after the other.
struct Counts {
    width: usize,
    all: Vec<i64>,
}

impl Counts {
    /// Adds one to a column of every row.
    fn count(&mut self, column: usize) {
        for row in self.all.chunks_exact_mut(self.width) {
            if let Some(count) = row.get_mut(column) {
                *count += 1;
            }
        }
    }

    fn add(&mut self, at: u32, counts: &[i64]) {
        let first = at as usize * self.width;
        if self.all.len() < first + self.width {
            self.all.resize(first + self.width, 0);
        }
        for (sum, count) in self.all.iter_mut().skip(first).zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }
}

impl Network {
    pub(super) fn new(edges_are: Edges) -> Self {
        let (of_nodes, of_edges) = match edges_are {
            Edges::CoMentions => (2, 2),
            Edges::Stances => (3, 9),
        };
        Network {
            edges_are,
            names: Vec::new(),
            places: HashMap::new(),
            node_counts: Counts { width: of_nodes, all: Vec::new() },
            pairs: Vec::new(),
            edges: HashMap::new(),
            edge_counts: Counts { width: of_edges, all: Vec::new() },
        }
    }

    /// Adds to the counts of a node, which keeps the name that it came with first. Returns its place.
    pub(super) fn node(&mut self, id: &str, name: &str, counts: &[i64]) -> u32 {
        let at = match self.places.get(id) {
            Some(at) => *at,
            None => {
                let (id, at): (Rc<str>, _) = (id.into(), self.names.len() as u32);
                self.names.push((id.clone(), name.to_owned()));
                self.places.insert(id, at);
                at
            }
        };
        self.node_counts.add(at, counts);
        at
    }

    /// Adds to the counts of an edge between two nodes.
    pub(super) fn edge(&mut self, from: u32, to: u32, counts: &[i64]) {
        let pair = match self.edges_are {
            Edges::CoMentions => (from.min(to), from.max(to)),
            Edges::Stances => (from, to),
        };
        let next = self.pairs.len() as u32;
        let at = *self.edges.entry(pair).or_insert(next);
        if at == next {
            self.pairs.push(pair);
        }
        self.edge_counts.add(at, counts);
    }

    /// Counts one document for each node and edge: what a document's own network ends with.
    pub(super) fn count_document(&mut self) {
        let of_node = match self.edges_are {
            Edges::CoMentions => named::DOCUMENTS,
            Edges::Stances => actor::DOCUMENTS,
        };
        self.node_counts.count(of_node);
        self.edge_counts.count(edge::DOCUMENTS);
    }

    /// The nodes in the order in which they came: id, name, counts.
    pub(super) fn nodes(&self) -> impl ExactSizeIterator<Item = (&str, &str, &[i64])> {
        let counts = self.node_counts.all.chunks_exact(self.node_counts.width);
        self.names.iter().zip(counts).map(|((id, name), counts)| (&**id, name.as_str(), counts))
    }

    /// The edges in the order in which they came: places of nodes, counts.
    pub(super) fn edges(&self) -> impl ExactSizeIterator<Item = ((u32, u32), &[i64])> {
        let counts = self.edge_counts.all.chunks_exact(self.edge_counts.width);
        self.pairs.iter().copied().zip(counts)
    }

    /// The counts of an edge, by its place among [`edges`](Self::edges).
    pub(super) fn edge_counts(&self, at: u32) -> &[i64] {
        let first = at as usize * self.edge_counts.width;
        self.edge_counts.all.get(first..first + self.edge_counts.width).unwrap_or_default()
    }

    /// Appends it as lines; nothing where it is empty.
    pub(super) fn store(&self, out: &mut impl Write) -> io::Result<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        out.write_all(b"\n")?;
        let nodes = self
            .nodes()
            .map(|(id, name, counts)| Line::Node(id.into(), name.into(), counts.into()));
        let edges = self.edges().map(|((from, to), counts)| Line::Edge(from, to, counts.into()));
        for line in nodes.chain(edges) {
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Adds all networks of these lines.
    pub(super) fn add(&mut self, mut lines: impl BufRead) -> io::Result<()> {
        let (mut line, mut places) = (String::new(), Vec::new());
        loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\n" {
                places.clear();
                continue;
            }
            match serde_json::from_str(&line)? {
                Line::Node(id, name, counts) => places.push(self.node(&id, &name, &counts)),
                Line::Edge(from, to, counts) => {
                    let place = |at: u32| places.get(at as usize).copied();
                    let (Some(from), Some(to)) = (place(from), place(to)) else {
                        return Err(io::Error::new(
                            io::ErrorKind::InvalidData,
                            "a part of the network is damaged",
                        ));
                    };
                    self.edge(from, to, &counts);
                }
            }
        }
    }
}

/// A line of the stored form.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Node(String, String, Vec<i64>),
    Edge(u32, u32, Vec<i64>),
}
