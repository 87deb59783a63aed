//! The sink as a whole: documents in, a network out, read by networkx.

use docmill_core::{DocumentBuf, Span, testing};

use super::*;
use crate::trial;

/// A document of three sentences that name these, one letter a mention; `Z` stands for no actor.
fn document(sentences: [&str; 3]) -> DocumentBuf {
    let text = format!("👍 {}", sentences.join("\n"));
    let mut document = DocumentBuf::with_text(&text);
    let mut start = text.find(' ').unwrap() + 1;
    for sentence in sentences {
        document.annotate("sentences", start..start + sentence.len());
        for (at, letter) in sentence.char_indices().filter(|(_, char)| char.is_ascii_uppercase()) {
            let id = format!("place:{letter}");
            let name = format!("{letter} <&\u{1}👍>");
            let mention = document.annotate("entities", start + at..start + at + 1).label("GPE");
            let mention = mention.with("entity", &id).with("name", &name);
            mention.with_some("actor", (letter != 'Z').then_some("country:XA"));
        }
        start += sentence.len() + 1;
    }
    document.seal();
    document
}

fn stances(stances: &[(&str, &str, f64, &str)]) -> DocumentBuf {
    let mut document = DocumentBuf::with_text("👍 x");
    for (holder, target, polarity, kind) in stances {
        let stance = document.annotate("stances", Span::new(0, 6));
        stance
            .with("holder", *holder)
            .with("target", *target)
            .with("polarity", *polarity)
            .with("kind", *kind);
    }
    document.seal();
    document
}

fn settings(settings: serde_json::Value) -> GraphSettings {
    serde_json::from_value(settings).unwrap()
}

fn made(given: serde_json::Value, shards: &[Vec<DocumentBuf>]) -> String {
    String::from_utf8(trial::made::<Graph>(settings(given), shards)).unwrap()
}

#[test]
fn co_mentions_as_graphml() {
    let documents = vec![document(["A B A", "Z A", "C"]), document(["B A", "", "C"])];
    assert_eq!(
        made(testing::no_settings(), &[documents]),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="label" for="node" attr.name="label" attr.type="string"/>
  <key id="node-kind" for="node" attr.name="kind" attr.type="string"/>
  <key id="node-mentions" for="node" attr.name="mentions" attr.type="long"/>
  <key id="node-documents" for="node" attr.name="documents" attr.type="long"/>
  <key id="edge-weight" for="edge" attr.name="weight" attr.type="long"/>
  <key id="edge-documents" for="edge" attr.name="documents" attr.type="long"/>
  <graph edgedefault="undirected">
    <node id="place:A"><data key="label">A &lt;&amp;�👍&gt;</data><data key="node-kind">place</data><data key="node-mentions">4</data><data key="node-documents">2</data></node>
    <node id="place:B"><data key="label">B &lt;&amp;�👍&gt;</data><data key="node-kind">place</data><data key="node-mentions">2</data><data key="node-documents">2</data></node>
    <node id="place:Z"><data key="label">Z &lt;&amp;�👍&gt;</data><data key="node-kind">place</data><data key="node-mentions">1</data><data key="node-documents">1</data></node>
    <edge source="place:A" target="place:B"><data key="edge-weight">2</data><data key="edge-documents">2</data></edge>
    <edge source="place:A" target="place:Z"><data key="edge-weight">1</data><data key="edge-documents">1</data></edge>
  </graph>
</graphml>
"#
    );
}

#[test]
fn stances_as_gexf() {
    let one =
        stances(&[("country:XB", "org:a", 0.25, "act"), ("country:XB", "org:a", -0.5, "attitude")]);
    let two = stances(&[("country:XB", "org:a", -1.0, "act"), ("org:a", "org:a", 0.0, "appeal")]);
    let given = serde_json::json!({ "path": "g.gexf", "edges": "stances" });
    assert_eq!(
        made(given, &[vec![one], vec![two]]),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
  <graph mode="static" defaultedgetype="directed">
    <attributes class="node">
      <attribute id="kind" title="kind" type="string"/>
      <attribute id="held" title="held" type="long"/>
      <attribute id="received" title="received" type="long"/>
      <attribute id="documents" title="documents" type="long"/>
    </attributes>
    <attributes class="edge">
      <attribute id="documents" title="documents" type="long"/>
      <attribute id="polarity" title="polarity" type="double"/>
      <attribute id="polarity-sum" title="polarity-sum" type="double"/>
      <attribute id="favourable" title="favourable" type="long"/>
      <attribute id="balanced" title="balanced" type="long"/>
      <attribute id="unfavourable" title="unfavourable" type="long"/>
      <attribute id="attitude" title="attitude" type="long"/>
      <attribute id="act" title="act" type="long"/>
      <attribute id="appeal" title="appeal" type="long"/>
    </attributes>
    <nodes>
      <node id="country:XB" label="country:XB"><attvalues><attvalue for="kind" value="country"/><attvalue for="held" value="3"/><attvalue for="received" value="0"/><attvalue for="documents" value="2"/></attvalues></node>
      <node id="org:a" label="org:a"><attvalues><attvalue for="kind" value="org"/><attvalue for="held" value="1"/><attvalue for="received" value="4"/><attvalue for="documents" value="2"/></attvalues></node>
    </nodes>
    <edges>
      <edge id="0" source="country:XB" target="org:a" weight="3"><attvalues><attvalue for="documents" value="2"/><attvalue for="polarity" value="-0.417"/><attvalue for="polarity-sum" value="-1.25"/><attvalue for="favourable" value="1"/><attvalue for="balanced" value="0"/><attvalue for="unfavourable" value="2"/><attvalue for="attitude" value="1"/><attvalue for="act" value="2"/><attvalue for="appeal" value="0"/></attvalues></edge>
      <edge id="1" source="org:a" target="org:a" weight="1"><attvalues><attvalue for="documents" value="1"/><attvalue for="polarity" value="0"/><attvalue for="polarity-sum" value="0"/><attvalue for="favourable" value="0"/><attvalue for="balanced" value="1"/><attvalue for="unfavourable" value="0"/><attvalue for="attitude" value="0"/><attvalue for="act" value="0"/><attvalue for="appeal" value="1"/></attvalues></edge>
    </edges>
  </graph>
</gexf>
"#
    );
}

/// The edges of a GraphML file, as source, target and weight.
fn edges(graphml: &str) -> Vec<String> {
    let part = |line: &str, before: &str, after: char| {
        line.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap().to_owned()
    };
    let lines = graphml.lines().filter(|line| line.contains("<edge "));
    lines
        .map(|line| {
            let [source, target] = ["source=\"", "target=\""].map(|key| part(line, key, '"'));
            format!("{source} {target} {}", part(line, "\"edge-weight\">", '<'))
        })
        .collect()
}

#[test]
fn settings_say_what_is_joined() {
    let documents = || vec![document(["A B", "A Z B", "C"]), document(["D", "A", "B"])];
    let of = |given| edges(&made(given, &[documents()]));
    assert_eq!(of(serde_json::json!({ "minimum": 2 })), ["place:A place:B 2"]);
    assert_eq!(of(serde_json::json!({ "nodes": "actors" })), [""; 0]);
    assert_eq!(
        of(serde_json::json!({ "within": "document", "minimum": 2 })),
        ["place:A place:B 2"]
    );
    assert_eq!(of(serde_json::json!({ "within": "document" })).len(), 6 + 3 - 1);
    assert_eq!(
        of(serde_json::json!({ "within": "document", "most": 2 })),
        ["place:A place:B 1", "place:A place:D 1"]
    );
    assert!(Graph::build(settings(serde_json::json!({ "path": "graph.xml" }))).is_err());
    assert!(
        Graph::build(settings(serde_json::json!({ "path": "graph.xml", "format": "gexf" })))
            .is_ok()
    );
    let mut sink = Graph::build(GraphSettings::default()).unwrap();
    let without = DocumentBuf::with_text("no sentences");
    assert!(sink.encode(&without.view(), &mut [Vec::new()]).is_err());
}

#[test]
fn the_network_is_the_same_however_the_documents_are_parted() {
    let documents: Vec<_> = ["A B", "C A", "B Z C", "", "D C B A"]
        .iter()
        .map(|sentence| document([sentence, "", "A C"]))
        .collect();
    for path in ["graph.graphml", "graph.gexf"] {
        let all = made(serde_json::json!({ "path": path }), std::slice::from_ref(&documents));
        let (left, right) = documents.split_at(3);
        let parted = [vec![], left.to_vec(), right.to_vec(), vec![]];
        assert_eq!(made(serde_json::json!({ "path": path }), &parted), all);
    }
    assert_eq!(edges(&made(testing::no_settings(), &[])), [""; 0]);
}

/// networkx reads both forms, and the same of both. Skipped where it is not installed.
#[test]
fn networkx_reads_it() {
    const READ: &str = r#"
import sys, networkx
for path in sys.argv[1:]:
    graph = networkx.read_graphml(path) if path.endswith("graphml") else networkx.read_gexf(path)
    if "hostile" in path:
        assert len(graph.nodes) > 50 and len(graph.edges) > 50
    elif "stances" in path:
        assert graph.is_directed() and set(graph.edges) == {("country:XB", "org:a\n<👍>")}, graph.edges
        edge = graph.edges["country:XB", "org:a\n<👍>"]
        assert edge["weight"] == 2 and edge["polarity"] == -0.125 and edge["act"] == 1, edge
        assert edge["favourable"] == 1 and edge["unfavourable"] == 1 and edge["documents"] == 1
    else:
        assert not graph.is_directed() and set(graph.nodes) == {"place:A", "place:B", "place:Z"}
        assert graph.edges["place:B", "place:A"]["weight"] == 2
        node = graph.nodes["place:A"]
        assert node["mentions"] == 3 and node["kind"] == "place", node
        assert node["label"] == "A <&\ufffd👍>", node
"#;
    let co_mentions = vec![document(["A B", "B A", "A Z"])];
    let target = "org:a\n<👍>";
    let toward = [("country:XB", target, 0.25, "act"), ("country:XB", target, -0.5, "appeal")];
    let stances = vec![stances(&toward)];
    let of = |edges: &str, ending: &str, documents: &[DocumentBuf]| {
        let given = serde_json::json!({ "path": format!("x.{ending}"), "edges": edges });
        trial::made::<Graph>(settings(given), &[documents.to_vec()])
    };
    let hostile = trial::hostile();
    let files = [
        ("named.graphml", of("co-mentions", "graphml", &co_mentions)),
        ("named.gexf", of("co-mentions", "gexf", &co_mentions)),
        ("stances.graphml", of("stances", "graphml", &stances)),
        ("stances.gexf", of("stances", "gexf", &stances)),
        ("hostile-named.graphml", of("co-mentions", "graphml", &hostile)),
        ("hostile-named.gexf", of("co-mentions", "gexf", &hostile)),
        ("hostile-stances.graphml", of("stances", "graphml", &hostile)),
        ("hostile-stances.gexf", of("stances", "gexf", &hostile)),
    ];
    trial::python("import networkx", READ, &files);
}

#[test]
fn it_keeps_the_contract() {
    testing::check_sink::<Graph>(testing::no_settings());
    testing::check_sink::<Graph>(serde_json::json!({ "within": "document", "nodes": "actors" }));
    testing::check_sink::<Graph>(serde_json::json!({ "edges": "stances", "format": "gexf" }));
    trial::check_parting::<Graph>(GraphSettings::default);
    trial::check_parting::<Graph>(|| {
        settings(serde_json::json!({ "edges": "stances", "format": "gexf" }))
    });
}
