//! Bad documents among good ones: each costs itself alone and is named, and the good ones come out as if it had
//! never been there, byte for byte and at any thread count.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use docmill_core::{DocumentBuf, engine::chain, json};
use serde_json::Value;

#[path = "hostile/lines.rs"]
mod lines;

use lines::{Chance, HOSTILE, good_line};

/// Runs a pipeline in a folder, and returns the exit code.
fn run(dir: &Path, pipeline: &str, arguments: &[&str]) -> Option<i32> {
    fs::write(dir.join("p.toml"), pipeline).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
    let run = command.args(["run", "p.toml"]).args(arguments).current_dir(dir).output().unwrap();
    let code = run.status.code();
    assert!(matches!(code, Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    code
}

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn letters(dir: &Path) -> Vec<Value> {
    let lines = String::from_utf8(read(dir.join("dead-letters.jsonl"))).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn same(one: &Path, other: &Path, outputs: &[&str]) {
    for output in outputs {
        let [one, other] = [one, other].map(|dir| read(dir.join(output)));
        let differs = one.iter().zip(&other).position(|(a, b)| a != b);
        assert!(one == other, "{output} differs from byte {differs:?} on");
    }
}

/// A line that must fail: where it stands, at which stage, and with which error, or a part of it.
struct Expected {
    name: String,
    offset: usize,
    bytes: usize,
    stage: &'static str,
    error: String,
}

/// The seeds of the fuzz targets that read JSON, but for those that are a document, with what is wrong.
fn hostile_seeds() -> Vec<(String, Vec<u8>, String)> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fuzz/seeds");
    let folders = ["answer", "json", "pipeline"].map(|folder| fs::read_dir(seeds.join(folder)));
    let entries = folders.into_iter().flat_map(Result::unwrap);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds = paths.into_iter().filter_map(|path| {
        let mut line = read(path.clone());
        line.retain(|byte| !b"\r\n".contains(byte));
        let error = json::read(&line, &mut DocumentBuf::new()).err()?;
        let blank = line.trim_ascii().is_empty();
        (!blank).then(|| (path.display().to_string(), line, chain(&error)))
    });
    let seeds: Vec<_> = seeds.collect();
    assert!(seeds.len() > 15, "only {} seeds are bad", seeds.len());
    seeds
}

const PIPELINE: &str = r#"
[source]
use = "jsonl"
paths = ["a.jsonl"]

[[stage]]
use = "filter"
when = "sentences > 0"

[[stage]]
use = "clean"

[[sink]]
use = "jsonl"
provenance = "full"

[[sink]]
use = "csv"

[run]
max-document = "64 KiB"
"#;

#[test]
fn of_ten_thousand_lines_a_thousand_bad_ones_change_nothing_in_the_others() {
    let seeds = hostile_seeds();
    let mut chance = Chance(4);
    let (mut mixed, mut clean, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    let mut good = 0;
    for number in 0..10_000 {
        let hostile = expected.len();
        // Of the lines that are left, as many as bad ones are.
        if chance.below(10_000 - number) >= 1000 - hostile {
            let line = good_line(&mut chance, good);
            good += 1;
            mixed.extend_from_slice(&line);
            clean.extend_from_slice(&line);
        } else {
            let (name, line, stage, error) = match hostile % (HOSTILE.len() + seeds.len()) {
                at if at < HOSTILE.len() => {
                    let (name, make, stage, error) = HOSTILE[at];
                    (name.to_owned(), make(&mut chance, hostile), stage, error.to_owned())
                }
                at => {
                    let (name, line, error) = seeds[at - HOSTILE.len()].clone();
                    (name, line, "jsonl", error)
                }
            };
            assert!(!line.contains(&b'\n'), "{name} is one line");
            let (offset, bytes) = (mixed.len(), line.len());
            expected.push(Expected { name, offset, bytes, stage, error });
            mixed.extend_from_slice(&line);
            // Blank lines, so that what follows stays in its place.
            clean.extend(line.iter().map(|_| b'\n'));
        }
        mixed.push(b'\n');
        clean.push(b'\n');
    }
    assert_eq!((good, expected.len()), (9000, 1000));

    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.jsonl"), clean).unwrap();
    assert_eq!(run(dir.path(), PIPELINE, &["--output", "without"]), Some(0));
    fs::write(dir.path().join("a.jsonl"), mixed).unwrap();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let out = ["--output", out, "--threads", threads];
        assert_eq!(run(dir.path(), PIPELINE, &out), Some(1));
    }
    let [without, one, two] = ["without", "one", "two"].map(|out| dir.path().join(out));
    same(&without, &one, &["documents.jsonl", "documents.csv"]);
    same(&one, &two, &["documents.jsonl", "documents.csv", "dead-letters.jsonl"]);

    let letters = letters(&one);
    for (letter, expected) in letters.iter().zip(&expected) {
        expected.check(letter);
    }
    assert_eq!(letters.len(), 1000);
    let report: Value = serde_json::from_slice(&read(one.join("run.json"))).unwrap();
    let documents = &report["documents"];
    assert_eq!(
        [&documents["in"], &documents["written"], &documents["failed"]],
        [10_000, 9000, 1000]
    );
}

impl Expected {
    fn check(&self, letter: &Value) {
        let name = &self.name;
        assert_eq!(letter["origin"]["uri"], "a.jsonl", "{name}");
        let locator = letter["origin"]["locator"].as_str().unwrap();
        let place = locator.strip_suffix(";field=text").unwrap_or(locator);
        assert_eq!(place, format!("byte={}", self.offset), "{name}: {letter}");
        assert_eq!(letter["stage"], self.stage, "{name}: {letter}");
        let error = letter["error"].as_str().unwrap();
        assert!(error.contains(&self.error), "{name}: {error}, and not {}", self.error);
        // What was passed over is not at hand, and of what a stage refused the text is.
        if self.stage == "jsonl" && self.bytes <= 64 << 10 {
            assert_eq!(letter["bytes"], self.bytes, "{name}");
            assert!(letter["raw"].is_string(), "{name}");
        }
    }
}

/// Bad files, by name, and a part of the error.
const BAD_FILES: [(&str, &[u8], &str); 5] = [
    ("b-mark.txt", b"\xef\xbb\xbfKyiv thanked \xff\xfe Berlin.", "invalid UTF-8 at byte 16"),
    ("d-broken.txt", "Caf\u{e9} d\u{e9}j\u{e0} vu.\u{0}".as_bytes(), ""),
    ("h-surrogate.txt", b"\xff\xfea\0\0\xd8b\0", "invalid UTF-16LE at byte 4"),
    (
        "m-shift.html",
        b"<meta charset=shift_jis><p>\x93\xfa\xff</p>",
        "invalid Shift_JIS at byte 29",
    ),
    ("n-odd.txt", b"\xfe\xff\0a\0", "invalid UTF-16BE at byte 4"),
];

#[test]
fn bad_files_change_nothing_in_the_others() {
    let pipeline = "[source]\nuse = \"files\"\npaths = [\"in\"]\n[[stage]]\nuse = \"clean\"\n\
                    [[sink]]\nuse = \"jsonl\"\nprovenance = \"full\"\n[run]\nmax-document = \"64 KiB\"\n";
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    for number in 0..200 {
        let text = format!("Kyiv thanked Berlin on day {number}.\r\n\u{0}“Yes”, it said 👍.");
        let bytes: Vec<u8> = match number % 4 {
            0 => text.into_bytes(),
            1 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            2 => format!("Caf\u{e9} owners met {number} suppliers.")
                .chars()
                .map(|c| c as u8)
                .collect(),
            _ => Vec::new(),
        };
        let mark: &[u8] = if number % 4 == 1 { b"\xff\xfe" } else { b"" };
        let name = format!("{}{number:03}.txt", char::from(b'a' + (number % 26) as u8));
        fs::write(input.join(name), [mark, &bytes].concat()).unwrap();
    }
    assert_eq!(run(dir.path(), pipeline, &["--output", "without"]), Some(0));

    let mut expected: Vec<(String, &str)> = Vec::new();
    for (name, bytes, error) in BAD_FILES {
        let mut bytes = bytes.to_vec();
        if name == "d-broken.txt" {
            bytes.push(0xff);
        }
        fs::write(input.join(name), bytes).unwrap();
        expected.push((format!("in/{name}"), error));
    }
    fs::write(input.join("k-huge.txt"), vec![b'x'; 3 << 20]).unwrap();
    expected.push(("in/k-huge.txt".to_owned(), "more than max-document allows (65536)"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("gone", input.join("p-gone.txt")).unwrap();
        expected.push(("in/p-gone.txt".to_owned(), "the file cannot be read"));
    }
    #[cfg(target_os = "linux")]
    {
        std::os::unix::fs::symlink("/proc/self/mem", input.join("q-unreadable.txt")).unwrap();
        expected.push(("in/q-unreadable.txt".to_owned(), "the file cannot be read"));
    }
    expected.sort();

    for (out, threads) in [("one", "1"), ("two", "2")] {
        let arguments = ["--output", out, "--threads", threads];
        assert_eq!(run(dir.path(), pipeline, &arguments), Some(1));
        let out = dir.path().join(out);
        same(&dir.path().join("without"), &out, &["documents.jsonl"]);
        let letters = letters(&out);
        for (letter, (uri, part)) in letters.iter().zip(&expected) {
            assert_eq!(
                (&letter["origin"]["uri"], &letter["stage"]),
                (&uri[..].into(), &"files".into())
            );
            let error = letter["error"].as_str().unwrap();
            assert!(error.contains(part), "{uri}: {error}");
        }
        assert_eq!(letters.len(), expected.len());
    }
}

#[test]
fn inputs_that_break_off_change_nothing_in_the_others() {
    let pipeline = "[source]\nuse = \"jsonl\"\npaths = [\"in\"]\n[[sink]]\nuse = \"jsonl\"\nprovenance = \"full\"\n";
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    let mut chance = Chance(7);
    let mut lines = |first: usize| -> Vec<u8> {
        (first..first + 300)
            .flat_map(|n| [good_line(&mut chance, n), b"\n".to_vec()].concat())
            .collect()
    };
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    fs::write(input.join("a.jsonl"), lines(0)).unwrap();
    fs::write(input.join("c.jsonl.gz"), gzip(&lines(300))).unwrap();
    fs::write(input.join("e.jsonl"), lines(600)).unwrap();
    assert_eq!(run(dir.path(), pipeline, &["--output", "without"]), Some(0));

    let mut damaged = gzip(&lines(900));
    let middle = damaged.len() / 2;
    // No documents before the break: the first block is damaged.
    damaged[10] ^= 0xff;
    damaged.truncate(middle);
    fs::write(input.join("b.jsonl.gz"), damaged).unwrap();
    fs::write(input.join("d.jsonl.zst"), b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff").unwrap();
    fs::write(input.join("f.jsonl"), b"\xff\xfe{\0").unwrap();
    for (out, threads) in [("one", "1"), ("two", "2")] {
        let arguments = ["--output", out, "--threads", threads];
        assert_eq!(run(dir.path(), pipeline, &arguments), Some(1));
        let out = dir.path().join(out);
        same(&dir.path().join("without"), &out, &["documents.jsonl"]);
        let letters = letters(&out);
        let uris: Vec<&Value> = letters.iter().map(|letter| &letter["origin"]["uri"]).collect();
        assert_eq!(uris, ["in/b.jsonl.gz", "in/d.jsonl.zst", "in/f.jsonl"], "{letters:#?}");
        for (letter, part) in
            letters.iter().zip(["breaks off at byte 0", "at byte 0", "it is UTF-16"])
        {
            assert!(letter["error"].as_str().unwrap().contains(part), "{letter}");
        }
    }
}
