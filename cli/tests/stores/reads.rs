//! What is listed, and what is read.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

use super::{Trial, server::Fault, stderr};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// Lines of which no two are equal.
fn lines(count: u32) -> String {
    let word = |n: u32| n.wrapping_mul(2_654_435_761).to_string();
    (0..count).map(|n| format!("{{\"id\": \"{n}\", \"text\": \"{}\"}}\n", word(n))).collect()
}

fn archive() -> Vec<u8> {
    let page = |n: u32| {
        let page =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Page {n} of Zoë.</p>");
        let head = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{n}>\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
            page.len()
        );
        gzip(format!("{head}{page}\r\n\r\n").as_bytes())
    };
    (0..20).flat_map(page).collect()
}

#[test]
fn the_same_documents_come_from_a_store_as_from_local_files() {
    let trial = Trial::new();
    let text = "id,text\n1,\"Zoë 🙂\nsays\"\n2,no\n";
    let files = [
        ("in/a & b.txt", b"Zoe said \xe9t\xe9.".to_vec()),
        ("in/deep/c.html.gz", gzip(b"<p>yes</p>")),
        ("in/lines.jsonl", lines(4000).into_bytes()),
        ("in/more.jsonl.gz", gzip(lines(9000).as_bytes())),
        ("in/rows.csv", text.as_bytes().to_vec()),
        ("in/rows.csv.gz", gzip(text.as_bytes())),
        ("in/pages.warc.gz", archive()),
        ("in/.hidden.txt", b"no".to_vec()),
    ];
    fs::create_dir_all(trial.path("in/deep")).unwrap();
    for (name, bytes) in files {
        fs::write(trial.path(name), &bytes).unwrap();
        trial.server.state().put(&format!("bucket/{name}"), bytes);
    }
    for source in ["files", "jsonl", "csv", "warc"] {
        let local = trial.documents(source, &["in"]);
        assert!(local.lines().count() > 1, "{source}: {local}");
        for store in ["s3://bucket/", "gs://bucket/", "az://bucket/"] {
            let far = trial.documents(source, &[&format!("{store}in/")]);
            assert!(far.replace(store, "") == local, "{source} from {store}");
            let verified = trial.docmill(&["verify", "out"]);
            assert!(verified.status.success(), "{}", stderr(&verified));
        }
    }
    // `--input` takes an address as it takes a path.
    let ran = trial.docmill(&["run", "p.toml", "--input", "s3://bucket/in/*.jsonl.gz"]);
    assert!(ran.status.success(), "{}", stderr(&ran));
    assert_eq!(trial.written().lines().count(), 9000);
}

#[test]
fn the_block_of_the_book_is_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/large-jobs.md");
    let page = fs::read_to_string(page).unwrap();
    let block = page.split("```toml,store\n").nth(1).unwrap().split("```").next().unwrap();
    let trial = Trial::new();
    for key in ["2026/may/a.jsonl", "2025/x-news.jsonl.gz", "2025/old/y-news.jsonl.gz"] {
        trial.server.state().put(&format!("articles/{key}"), lines(2));
    }
    let pipeline = format!("{block}\n[[sink]]\nuse = \"jsonl\"\npath = \"documents.jsonl\"\n");
    fs::write(trial.path("p.toml"), pipeline).unwrap();
    let ran = trial.docmill(&["run", "p.toml"]);
    assert!(ran.status.success(), "{}", stderr(&ran));
    assert_eq!(trial.written().lines().count(), 4);
}

#[test]
fn globs_match_as_they_do_locally() {
    let trial = Trial::new();
    let keys = [
        "b.txt",
        "a.txt",
        ".hidden.txt",
        "x.png",
        "deep/c.TXT",
        "deep/.d/e.txt",
        "deep/[1].txt",
        "deeper/f.txt",
        "tree",
    ];
    for key in keys {
        trial.server.state().put(&format!("bucket/in/{key}"), key);
    }
    // Some tools mark folders.
    trial.server.state().put("bucket/in/deep/", "");
    let found = |paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| format!("s3://bucket/{path}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let found = trial.addresses("files", &paths);
        found.iter().map(|uri| uri.replace("s3://bucket/in/", "")).collect::<Vec<_>>()
    };
    assert_eq!(found(&["in/"]), ["a.txt", "b.txt", "deep/[1].txt", "deep/c.TXT", "deeper/f.txt"]);
    assert_eq!(found(&["in/b*", "in/*.txt"]), ["b.txt", "a.txt"]);
    assert_eq!(found(&["in/*"]), ["a.txt", "b.txt", "tree", "x.png"]);
    assert_eq!(found(&["**/*.TXT", "in/tree"]), ["deep/c.TXT", "tree"]);
    assert_eq!(found(&["in/deep/[1].txt"]), ["deep/[1].txt"]);
    assert_eq!(found(&["in/d*/?.txt"]), ["deeper/f.txt"]);

    // What lies deeper is not listed for a glob that does not go there, and nothing is listed twice.
    trial.server.state().asked.clear();
    found(&["in/a*", "in/b*", "in/x*"]);
    let listings = trial.server.state().asked_for("list-type");
    let begun = listings.iter().filter(|line| !line.contains("continuation-token"));
    assert_eq!(begun.count(), 1, "{listings:?}");
    assert!(listings.iter().all(|line| line.contains("delimiter")), "{listings:?}");
}

#[test]
fn a_broken_connection_goes_on_at_the_byte_that_was_reached() {
    let trial = Trial::new();
    let (plain, packed) = (lines(20_000), gzip(lines(60_000).as_bytes()));
    trial.server.state().put("bucket/a.jsonl", plain.as_bytes());
    trial.server.state().put("bucket/b.jsonl.gz", packed);
    let whole = trial.documents("jsonl", &["s3://bucket/*"]);
    assert_eq!(whole.lines().count(), 80_000);
    let breaks = [
        Fault::Internal,
        Fault::Internal,
        Fault::Breaks(0),
        Fault::Breaks(70_001),
        Fault::Breaks(9),
    ];
    let mut state = trial.server.state();
    state.asked.clear();
    state.fails("bucket/a.jsonl", &breaks);
    state.fails("bucket/b.jsonl.gz", &breaks[2..]);
    drop(state);
    assert!(trial.documents("jsonl", &["s3://bucket/*"]) == whole);
    let asked = trial.server.state().asked_for("/a.jsonl bytes=");
    let last = plain.len() - 1;
    let from = |byte: u32| format!("GET /bucket/a.jsonl bytes={byte}-{last}");
    assert_eq!(asked, [from(0), from(70_001), from(70_010)]);
}

#[test]
fn one_that_is_replaced_while_it_is_read_is_an_error_and_no_mixture() {
    let trial = Trial::new();
    let text = lines(20_000);
    trial.server.state().put("bucket/a.jsonl", text.as_bytes());
    let other = text.replace("text", "html").into_bytes();
    trial.server.state().fails("bucket/a.jsonl", &[Fault::Replaced(100_000, other)]);
    trial.pipeline("jsonl", &["s3://bucket/a.jsonl"]);
    let ran = trial.docmill(&["run", "p.toml"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    let letters = fs::read_to_string(trial.path("out/dead-letters.jsonl")).unwrap();
    assert!(letters.contains("s3://bucket/a.jsonl"), "{letters}");
    assert!(letters.contains("the object has been replaced since it was listed"), "{letters}");
    assert!(!trial.written().contains("html"));
    let whole = text.as_bytes()[..100_000].iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(trial.written().lines().count(), whole);
}

#[test]
fn one_that_is_replaced_after_it_was_listed_is_an_error() {
    let trial = Trial::new();
    trial.server.state().put("bucket/a.txt", "text");
    trial.server.state().put("bucket/b.txt", "mores");
    trial.server.state().fails("bucket/a.txt", &[Fault::Replaces("bucket/b.txt")]);
    trial.pipeline("files", &["s3://bucket/"]);
    let ran = trial.docmill(&["run", "p.toml", "--threads", "1"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    let letters = fs::read_to_string(trial.path("out/dead-letters.jsonl")).unwrap();
    assert!(letters.contains("s3://bucket/b.txt"), "{letters}");
    assert!(letters.contains("the object has been replaced"), "{letters}");
}

#[test]
fn a_store_that_gives_nothing_is_not_asked_for_ever() {
    let trial = Trial::new();
    trial.server.state().put("bucket/a.txt", "text");
    trial.server.state().put("bucket/b.txt", "more");
    trial.server.state().fails("bucket/a.txt", &[const { Fault::Breaks(0) }; 100]);
    trial.pipeline("files", &["s3://bucket/*"]);
    let ran = trial.docmill(&["run", "p.toml"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    let asked = trial.server.state().asked_for("GET /bucket/a.txt").len();
    assert!((2..30).contains(&asked), "{asked}");
    let letters = fs::read_to_string(trial.path("out/dead-letters.jsonl")).unwrap();
    assert!(letters.contains("s3://bucket/a.txt"), "{letters}");
    assert_eq!(trial.written().lines().count(), 1);
}

#[test]
fn what_cannot_be_listed_is_an_error_at_its_setting() {
    let trial = Trial::new();
    trial.server.state().put("bucket/a.txt", "text");
    let refused = |source: &str, path: &str, part: &str| {
        trial.pipeline(source, &[path]);
        let ran = trial.docmill(&["run", "p.toml"]);
        let said = stderr(&ran);
        assert_eq!(ran.status.code(), Some(2), "{path}: {said}");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(part) && said.contains("p.toml:3:"), "{path}: {said}");
    };
    refused("files", "s3://bucket/none.txt", "there is no object `s3://bucket/none.txt`");
    refused("files", "s3://bucket/*.doc", "`s3://bucket/*.doc` finds no file");
    refused("jsonl", "s3://bucket/", "finds no file whose name ends in .jsonl");
    refused("files", "s3://other/*", "there is no such bucket");
    refused("files", "s3://bucket/a**b", "is no valid glob");
    refused("files", "s3://bucket/a//b.txt", "it has an empty part");
    refused("files", "s3:///a.txt", "names no bucket");
    refused("files", "https://bucket/a.txt", "`https://` is read from nowhere");
    refused("parquet", "s3://bucket/a.parquet", "Parquet is read from local files alone");
    trial.server.state().denies = true;
    refused("files", "s3://bucket/*", "403 Forbidden, AccessDenied");
    refused("files", "s3://bucket/a.txt", "refuses access");
}

#[test]
fn one_that_may_not_be_read_is_one_failed_input() {
    let trial = Trial::new();
    for key in ["a.txt", "b.txt"] {
        trial.server.state().put(&format!("bucket/{key}"), key);
    }
    trial.pipeline("files", &["s3://bucket/*"]);
    let faults = vec![Fault::Forbidden];
    trial.server.state().fails("bucket/a.txt", &faults);
    let ran = trial.docmill(&["run", "p.toml"]);
    assert_eq!(ran.status.code(), Some(1), "{}", stderr(&ran));
    let letters = fs::read_to_string(trial.path("out/dead-letters.jsonl")).unwrap();
    assert!(letters.contains("403 Forbidden, AccessDenied"), "{letters}");
    assert!(letters.contains("AWS_SECRET_ACCESS_KEY") && !letters.contains(super::SECRET));
}
