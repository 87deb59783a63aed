//! Lines of JSON, good and bad, made from a seed: the same each time.

/// Numbers that look random and are the same each time (SplitMix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// A number below `limit`, which is small.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % limit as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// The text of a small document as JSON has it, without its quotes. It begins with "Kyiv thanked" and an emoji.
fn text(chance: &mut Chance) -> String {
    let mut text = "Kyiv thanked 👍".to_owned();
    for _ in 0..chance.below(12) {
        text.push(' ');
        text.push_str(chance.of(&[
            "Berlin",
            "“yes”",
            "\\n\\n12 shares\\n\\n",
            "e\u{301}",
            "\\u0000",
            "tanks.",
            "\\ud83d\\ude42",
        ]));
    }
    text
}

/// A line that is a document, odd as it may be: layers, NUL chars, deep or huge metadata, no text at all.
pub(crate) fn good_line(chance: &mut Chance, number: usize) -> Vec<u8> {
    let text = text(chance);
    let deep = || format!("{}{}", "[".repeat(100), "]".repeat(100));
    let odd = match number % 9 {
        0 => format!(r#","deep":{}"#, deep()),
        1 => r#","huge":1e400,"small":-0.0,"long":123456789012345678901234567890"#.to_owned(),
        2 => r#","metadata":{"outlet":"The Example","":null},"html":"<p>""#.to_owned(),
        3 => r#","offsets":"utf16""#.to_owned(),
        _ => String::new(),
    };
    let sentences = r#"[{"start":0,"end":4,"label":"S","score":0.5,"x":{"start":1,"end":2}}]"#;
    let layers = format!(r#""layers":{{"sentences":{sentences},"empty":[]}}"#);
    format!(r#"{{"id":{number},"text":"{text}"{odd},{layers}}}"#).into_bytes()
}

/// A document with these members beside its text, and the layer that the pipeline needs.
fn with(chance: &mut Chance, members: &str) -> Vec<u8> {
    let text = text(chance);
    let layers = r#""layers":{"sentences":[{"start":0,"end":4}]}"#;
    format!(r#"{{{members},"id":"bad","text":"{text}",{layers}}}"#).into_bytes()
}

/// A document with these annotations.
fn annotated(chance: &mut Chance, annotations: &str) -> Vec<u8> {
    let text = text(chance);
    format!(r#"{{"id":"bad","text":"{text}","layers":{{"sentences":[{annotations}]}}}}"#)
        .into_bytes()
}

/// Makes the nth bad line.
type Make = fn(&mut Chance, usize) -> Vec<u8>;

/// Bad lines: what is wrong, the line, the stage that says so, and a part of the error.
pub(crate) const HOSTILE: &[(&str, Make, &str, &str)] = &[
    (
        "truncated",
        |c, n| {
            let mut line = good_line(c, n);
            let len = 1 + c.below(line.len() - 2);
            line.truncate(len);
            line
        },
        "jsonl",
        "byte",
    ),
    (
        "no JSON",
        |_, n| format!("Kyiv thanked Berlin {n} times.").into_bytes(),
        "jsonl",
        "one JSON object",
    ),
    ("an array", |_, _| b"[1, 2]".to_vec(), "jsonl", "one JSON object"),
    ("two documents", |c, n| [good_line(c, n), good_line(c, n)].concat(), "jsonl", "byte"),
    (
        "no text",
        |_, n| format!(r#"{{"id":{n}}}"#).into_bytes(),
        "jsonl",
        "neither `text` nor `html`",
    ),
    ("a number as text", |_, _| br#"{"text":7}"#.to_vec(), "jsonl", "`text` must be a string"),
    ("not UTF-8", |_, _| b"{\"text\":\"Caf\xe9\"}".to_vec(), "jsonl", "invalid UTF-8 at byte 12"),
    (
        "UTF-16",
        |_, _| "{\"text\":\"a\"}".encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "jsonl",
        "one JSON object",
    ),
    (
        "a byte order mark",
        |c, n| [b"\xef\xbb\xbf", &good_line(c, n)[..]].concat(),
        "jsonl",
        "one JSON object",
    ),
    ("a NUL byte", |_, _| b"{\"text\":\"a\0b\"}".to_vec(), "jsonl", "byte 10"),
    ("a lone surrogate", |c, _| with(c, r#""a":"\ud800 x""#), "jsonl", "byte"),
    ("a surrogate in the text", |_, _| br#"{"text":"\udc00"}"#.to_vec(), "jsonl", "byte"),
    ("an escape that is none", |_, _| br#"{"text":"\q"}"#.to_vec(), "jsonl", "byte"),
    ("a comma too many", |_, _| br#"{"text":"a",}"#.to_vec(), "jsonl", "byte"),
    ("no number", |c, _| with(c, r#""a":NaN"#), "jsonl", "byte"),
    (
        "open lists",
        |_, n| format!(r#"{{"text":"a","a":{}"#, "[".repeat(20_000 + n)).into_bytes(),
        "jsonl",
        "byte",
    ),
    (
        "open objects",
        |_, _| format!(r#"{{"text":"a","layers":{}"#, r#"{"a":"#.repeat(5000)).into_bytes(),
        "jsonl",
        "layer",
    ),
    ("a key twice", |c, _| with(c, r#""text":"a""#), "jsonl", "the key `text` stands twice"),
    (
        "a metadata key twice",
        |c, _| with(c, r#""a":1,"metadata":{"a":2}"#),
        "jsonl",
        "the metadata key `a` stands twice",
    ),
    (
        "layers as a list",
        |_, _| br#"{"text":"a","layers":[]}"#.to_vec(),
        "jsonl",
        "`layers` must be an object",
    ),
    (
        "a layer twice",
        |_, _| br#"{"text":"a","layers":{"x":[],"x":[]}}"#.to_vec(),
        "jsonl",
        "the layer `x` stands twice",
    ),
    ("another version", |c, _| with(c, r#""docmill":2"#), "jsonl", "version 2"),
    ("another unit", |c, _| with(c, r#""offsets":"words""#), "jsonl", "`offsets` is `words`"),
    ("a span past the end", |c, _| annotated(c, r#"{"start":0,"end":4000}"#), "jsonl", "4000"),
    (
        "a span that ends before it starts",
        |c, _| annotated(c, r#"{"start":4,"end":2}"#),
        "jsonl",
        "4",
    ),
    (
        "a span in a char",
        |_, _| {
            "{\"offsets\":\"bytes\",\"text\":\"👍\",\"layers\":{\"sentences\":[{\"start\":0,\"end\":2}]}}".into()
        },
        "jsonl",
        "2",
    ),
    ("a huge position", |c, _| annotated(c, r#"{"start":0,"end":1e400}"#), "jsonl", "1e400"),
    ("a negative position", |c, _| annotated(c, r#"{"start":-1,"end":2}"#), "jsonl", "-1"),
    ("no end", |c, _| annotated(c, r#"{"start":0}"#), "jsonl", "end"),
    (
        "a score that is no number",
        |c, _| annotated(c, r#"{"start":0,"end":1,"score":"high"}"#),
        "jsonl",
        "score",
    ),
    (
        "a feature past the end",
        |c, _| annotated(c, r#"{"start":0,"end":1,"x":{"start":0,"end":9999}}"#),
        "jsonl",
        "9999",
    ),
    (
        "a map that overlaps",
        |c, _| {
            with(
                c,
                r#""origin":{"uri":"x"},"map":[{"text":[0,3],"raw":[0,3]},{"text":[2,9],"raw":[2,9]}]"#,
            )
        },
        "jsonl",
        "map",
    ),
    (
        "a map with a gap",
        |c, _| with(c, r#""origin":{"uri":"x"},"map":[{"text":[1,3],"raw":[0,3]}]"#),
        "jsonl",
        "map",
    ),
    (
        "too long",
        |c, n| {
            if n < 200 {
                with(c, &format!(r#""a":"{}""#, "x".repeat(3 << 20)))
            } else {
                with(c, &format!(r#""a":"{}""#, "x".repeat(64 << 10)))
            }
        },
        "jsonl",
        "more than max-document allows",
    ),
    ("no layer", |_, _| br#"{"text":"Kyiv thanked Berlin."}"#.to_vec(), "filter", "sentences"),
];
