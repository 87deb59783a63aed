//! What docmill promises of a run, on the sample articles and on bad input: the same bytes at any thread
//! count, a round trip through JSON lines, one fate for every document, little memory.

use std::{
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn docmill(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
    command.args(arguments).current_dir(dir).output().unwrap()
}

/// Runs the main job on the sample articles into a folder.
fn main_job(out: &Path, threads: &str) {
    let out = out.to_str().unwrap();
    let run = docmill(
        root(),
        &["run", "pipelines/news-stance.toml", "--output", out, "--threads", threads],
    );
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn report(dir: &Path) -> Value {
    serde_json::from_slice(&read(dir.join("run.json"))).unwrap()
}

/// The dead letters of a run, as the last part of their file's name and their error.
fn failures(dir: &Path) -> Vec<(String, String)> {
    let lines = String::from_utf8(read(dir.join("dead-letters.jsonl"))).unwrap();
    let letters = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    letters
        .map(|letter| {
            let uri = letter["origin"]["uri"].as_str().unwrap();
            let name = Path::new(uri).file_name().unwrap().to_string_lossy().into_owned();
            (name, letter["error"].as_str().unwrap().to_owned())
        })
        .collect()
}

const OUTPUTS: [&str; 5] =
    ["documents.jsonl", "documents.csv", "entities.csv", "stances.csv", "dead-letters.jsonl"];

#[test]
fn the_main_job_gives_the_same_bytes_at_any_thread_count_and_twice() {
    let dir = tempfile::tempdir().unwrap();
    for (name, threads) in [("one", "1"), ("two", "2"), ("eight", "8"), ("again", "2")] {
        main_job(&dir.path().join(name), threads);
    }
    for output in OUTPUTS {
        let first = read(dir.path().join("one").join(output));
        for other in ["two", "eight", "again"] {
            assert!(
                first == read(dir.path().join(other).join(output)),
                "{output} differs: {other}"
            );
        }
    }
    let report = report(&dir.path().join("one"));
    let articles = fs::read_dir(root().join("seeds/articles")).unwrap().count();
    assert_eq!(report["documents"]["written"], articles);
    assert_eq!(report["documents"]["failed"], 0);
}

#[test]
fn what_the_main_job_writes_is_read_and_written_the_same() {
    let dir = tempfile::tempdir().unwrap();
    main_job(dir.path(), "2");
    for (offsets, provenance) in
        [("chars", "map"), ("bytes", "full"), ("utf16", "map"), ("chars", "none")]
    {
        let copy = |from: &str, to: &str| {
            let pipeline = format!(
                "[source]\nuse = \"jsonl\"\npaths = [\"{from}\"]\n[[sink]]\nuse = \"jsonl\"\npath = \"{to}\"\n\
                 offsets = \"{offsets}\"\nprovenance = \"{provenance}\"\n[run]\ndir = \".\"\n"
            );
            fs::write(dir.path().join("copy.toml"), pipeline).unwrap();
            let run = docmill(dir.path(), &["run", "copy.toml"]);
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        };
        copy("documents.jsonl", "first.jsonl");
        copy("first.jsonl", "second.jsonl");
        let first = read(dir.path().join("first.jsonl"));
        assert!(first == read(dir.path().join("second.jsonl")), "{offsets}, {provenance}");
        if (offsets, provenance) == ("chars", "map") {
            assert!(
                first == read(dir.path().join("documents.jsonl")),
                "a copy differs from the run's own"
            );
        }
        if provenance != "none" {
            let verified =
                docmill(root(), &["verify", dir.path().join("second.jsonl").to_str().unwrap()]);
            assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        }
    }
}

#[test]
fn verify_proves_a_run_and_finds_a_changed_byte() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(dir.path().join("in/a.txt"), "Kyiv thanked Berlin for the tanks.\n").unwrap();
    fs::write(
        dir.path().join("in/b.txt"),
        b"Caf\xe9 owners in Lyon met their suppliers on Friday.\n",
    )
    .unwrap();
    let pipeline = "[source]\nuse = \"files\"\npaths = [\"in\"]\n[[stage]]\nuse = \"clean\"\n[[sink]]\nuse = \"jsonl\"\n";
    fs::write(dir.path().join("p.toml"), pipeline).unwrap();
    let run = docmill(dir.path(), &["run", "p.toml"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(docmill(dir.path(), &["verify", "out"]).status.success());

    fs::write(dir.path().join("in/a.txt"), "Kyiv thanked Berlin for the bands.\n").unwrap();
    let changed = docmill(dir.path(), &["verify", "out"]);
    assert_eq!(changed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&changed.stdout).contains("a.txt"), "{changed:?}");
    fs::remove_file(dir.path().join("in/a.txt")).unwrap();
    assert_eq!(docmill(dir.path(), &["verify", "out"]).status.code(), Some(1));
}

#[test]
fn bad_files_cost_one_document_each_and_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(input.join(name), bytes).unwrap();
    write("a-good.txt", "Kyiv thanked Berlin for the tanks.".as_bytes());
    write("b-empty.txt", b"");
    write("c-nul.txt", b"Kyiv \0 thanked Berlin.");
    write(
        "d-utf16.txt",
        &"\u{feff}Kyiv thanked “Berlin”."
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>(),
    );
    // A file that says it is UTF-8 and is not; no other encoding is guessed for it.
    write("e-invalid.txt", b"\xef\xbb\xbfKyiv thanked \xff\xfe Berlin.");
    write("f-huge.txt", &vec![b'x'; 20 << 20]);
    #[cfg(target_os = "linux")]
    std::os::unix::fs::symlink("/proc/self/mem", input.join("g-unreadable.txt")).unwrap();
    write("z-good.txt", "Berlin thanked Kyiv.".as_bytes());

    let pipeline = root().join("pipelines/news-stance.toml");
    let run = docmill(dir.path(), &["run", pipeline.to_str().unwrap(), "--input", "in"]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let out = dir.path().join("out");
    let failures = failures(&out);
    let named: Vec<&str> = failures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named, ["e-invalid.txt", "f-huge.txt", "g-unreadable.txt"], "{failures:?}");
    let report = report(&out);
    assert_eq!(report["documents"]["in"], 8);
    assert_eq!(report["documents"]["written"], 5);
    assert_eq!(report["documents"]["failed"], 3);
    assert!(report["peak-memory"].as_u64().unwrap() < 150_000_000, "{}", report["peak-memory"]);
    let verified = docmill(dir.path(), &["verify", "out"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn bad_lines_cost_one_document_each_and_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut lines = BufWriter::new(fs::File::create(dir.path().join("a.jsonl")).unwrap());
    lines
        .write_all(
            b"{\"id\":\"1\",\"text\":\"Kyiv thanked Berlin.\"}\n{\"id\":\"2\",\"text\":\"brok\n",
        )
        .unwrap();
    lines
        .write_all(b"{\"id\":\"3\",\"text\":\"\xff\"}\n{\"id\":\"4\",\"text\":\"a \\u0000 b\"}\n\n")
        .unwrap();
    lines.write_all(b"{\"id\":\"huge\",\"text\":\"").unwrap();
    for _ in 0..200 {
        lines.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    lines
        .write_all(
            b"\"}\n{\"id\":\"5\",\"text\":\"\"}\n{\"id\":\"6\"}\n{\"id\":\"7\",\"text\":\"last\"}",
        )
        .unwrap();
    lines.into_inner().unwrap().sync_all().unwrap();

    let good = "{\"text\":\"Kyiv thanked Berlin for the tanks and the trains.\"}\n".repeat(2000);
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let whole = gzip(good.as_bytes());
    fs::write(dir.path().join("b.jsonl.gz"), &whole[..whole.len() - 20]).unwrap();
    fs::write(dir.path().join("c.jsonl.gz"), [whole.clone(), whole].concat()).unwrap();

    let pipeline = "[source]\nuse = \"jsonl\"\npaths = [\"a.jsonl\", \"b.jsonl.gz\", \"c.jsonl.gz\"]\n[[sink]]\nuse = \"jsonl\"\n";
    fs::write(dir.path().join("p.toml"), pipeline).unwrap();
    let run = docmill(dir.path(), &["run", "p.toml"]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));

    let out = dir.path().join("out");
    let failures = failures(&out);
    let (lines, files): (Vec<_>, Vec<_>) = failures.iter().partition(|(name, _)| name == "a.jsonl");
    assert_eq!(lines.len(), 4, "broken, not UTF-8, huge, without text: {lines:?}");
    assert!(files.iter().all(|(name, _)| name == "b.jsonl.gz"), "{files:?}");
    assert!((1..=2).contains(&files.len()), "the break, and perhaps the line it broke: {files:?}");

    let report = report(&out);
    let documents = &report["documents"];
    let count = |key: &str| documents[key].as_u64().unwrap();
    assert_eq!(count("in"), count("written") + count("dropped") + count("failed"));
    let written = String::from_utf8(read(out.join("documents.jsonl"))).unwrap();
    for id in ["1", "4", "5", "7"] {
        assert!(written.contains(&format!("\"id\":\"{id}\"")), "{id} is lost");
    }
    assert!(count("written") >= 4 + 4000, "c.jsonl.gz has two members of 2000 lines");
    assert!(report["peak-memory"].as_u64().unwrap() < 150_000_000, "{}", report["peak-memory"]);
    let verified = docmill(dir.path(), &["verify", "out"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
