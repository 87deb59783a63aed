//! Every TOML block in the book, the READMEs and the doc comments is a pipeline that `check` accepts,
//! or a part of one. (The examples of wrong pipelines that explain the codes of diagnostics have a test of
//! their own.) The reference says what the components say of themselves.
//!
//! `BLESS=1 cargo test -p docmill --test docs` writes the reference anew.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use docmill_core::engine::{digest, kit::Check};

const SOURCE: &str = "[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n";
const STAGES: &str = "[[stage]]\nuse = \"clean\"\n[[stage]]\nuse = \"segment\"\n[[stage]]\nuse = \"tag-entities\"\n[[stage]]\nuse = \"score-stance\"\n";
/// The hash of a library in the examples, which no library has.
const EXAMPLE_HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const SINK: &str = "[[sink]]\nuse = \"jsonl\"\n";

/// A fenced block, and where it begins.
struct Block {
    place: String,
    toml: String,
}

#[test]
fn every_toml_block_is_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    collect(root, &mut files);
    let blocks: Vec<Block> = files.iter().flat_map(|file| blocks(file)).collect();
    assert!(blocks.len() >= 5, "only {} blocks were found; is the search broken?", blocks.len());

    let dir = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("articles/a.txt", ""),
        ("articles/a.jsonl", ""),
        ("seeds/articles/a.txt", ""),
        ("in.jsonl", ""),
        ("crawl.warc.gz", ""),
        ("pages.parquet", ""),
        ("articles.csv", "file,outlet,date,url\na.txt,Example Post,2021-05-03,\n"),
    ] {
        fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
        fs::write(dir.path().join(path), text).unwrap();
    }
    make_plugins(dir.path());
    let library = fs::read(dir.path().join("shout/target/release/libshout.so")).unwrap();
    let hash = digest(&library).replace("sha256:", "");
    let mut refused = String::new();
    let python = Command::new("python3").arg("--version").output().is_ok();
    for block in blocks.iter().filter(|block| python || !block.toml.contains("python3")) {
        let mut pipeline = block.toml.replace(EXAMPLE_HASH, &hash);
        let has = |header: &str| block.toml.lines().any(|line| line.trim() == header);
        if !has("[[stage]]") && has("[[test]]") {
            pipeline.push_str(STAGES);
        }
        if !has("[source]") {
            pipeline.push_str(SOURCE);
        }
        if !has("[[sink]]") {
            pipeline.push_str(SINK);
        }
        fs::write(dir.path().join("block.toml"), &pipeline).unwrap();
        let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
        let out = docmill.args(["check", "block.toml"]).current_dir(dir.path()).output().unwrap();
        if !out.status.success() {
            refused += &format!("{}:\n{}\n", block.place, String::from_utf8_lossy(&out.stderr));
        }
    }
    assert!(refused.is_empty(), "{refused}");
}

/// Puts plugins where the examples have theirs: a program `shout.py`, and a library of the same name.
fn make_plugins(folder: &Path) {
    for language in ["python", "c"] {
        let place = folder.join(language);
        fs::create_dir(&place).unwrap();
        let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
        let new = docmill.args(["new", "shout", "--lang", language]).current_dir(&place);
        assert!(new.output().unwrap().status.success());
    }
    for program in ["shout.py", "docmill.py"] {
        fs::copy(folder.join("python/shout").join(program), folder.join(program)).unwrap();
    }
    fs::rename(folder.join("c/shout"), folder.join("shout")).unwrap();
    let mut build = Command::new("cc");
    build.args(["-std=c99", "-shared", "-fPIC", "-o", "libshout", "shout.c"]);
    let built = build.current_dir(folder.join("shout")).output().unwrap();
    assert!(built.status.success(), "{built:?}");
    let made = fs::read(folder.join("shout/libshout")).unwrap();
    fs::create_dir_all(folder.join("shout/target/release")).unwrap();
    for path in ["shout/libshout.so", "shout/target/release/libshout.so"] {
        fs::write(folder.join(path), &made).unwrap();
    }
}

#[test]
fn the_reference_is_what_show_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/reference.md");
    let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
    let out = docmill.args(["show", "--markdown"]).output().unwrap();
    let now = String::from_utf8(out.stdout).unwrap();
    assert!(now.contains("`min-length`") && now.contains("`max-document`"), "{now}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, now).unwrap();
        return;
    }
    // The first line that differs is enough to see what changed.
    let before = fs::read_to_string(&path).unwrap_or_default();
    let stale = before.lines().chain([""]).zip(now.lines().chain([""])).find(|(a, b)| a != b);
    assert_eq!(
        stale, None,
        "docs/src/reference.md is stale; write it anew:\n\n    BLESS=1 cargo test -p docmill --test docs\n"
    );
}

fn page(name: &str) -> String {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
    fs::read_to_string(pages.join(name)).unwrap()
}

#[test]
fn every_column_of_a_table_is_in_the_book() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("in.jsonl"), "{\"text\": \"x\"}\n").unwrap();
    let pipeline = format!("{SOURCE}[[sink]]\nuse = \"csv\"\n");
    fs::write(dir.path().join("p.toml"), pipeline).unwrap();
    let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
    let out = docmill.args(["run", "p.toml"]).current_dir(dir.path()).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    let book = page("formats.md");
    for table in ["documents", "entities", "stances"] {
        let rows = fs::read_to_string(dir.path().join(format!("out/{table}.csv"))).unwrap();
        let header = rows.trim_start_matches('\u{feff}').lines().next().unwrap();
        let missing: Vec<&str> =
            header.split(',').filter(|column| !book.contains(&format!("`{column}`"))).collect();
        assert_eq!(missing, [""; 0], "columns of {table}.csv that docs/src/formats.md lacks");
        assert!(header.starts_with("document,"), "{header}");
    }
}

#[test]
fn every_option_of_run_is_in_the_book() {
    let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
    let help = docmill.args(["run", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let options: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('-'))
        .filter_map(|line| line.split_once("--").or(line.split_once('-')))
        .filter_map(|(_, option)| option.split([' ', ',']).next())
        .collect();
    assert!(options.len() > 8, "{options:?}");
    let book = page("pipelines.md");
    let missing: Vec<&&str> =
        options.iter().filter(|option| !book.contains(&format!("--{option}"))).collect();
    assert_eq!(missing, [&""; 0], "options that docs/src/pipelines.md lacks");
}

#[test]
fn every_part_that_the_book_includes_is_there() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
    let mut included = 0;
    for entry in fs::read_dir(&pages).unwrap() {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        for part in page.split("{{#include ").skip(1) {
            let part = part.split("}}").next().unwrap_or_default();
            let (file, anchor) = part.split_once(':').unwrap_or((part, ""));
            let text = fs::read_to_string(pages.join(file)).unwrap_or_default();
            assert!(!text.is_empty(), "{}: there is no {file}", path.display());
            let marks = [format!("ANCHOR: {anchor}"), format!("ANCHOR_END: {anchor}")];
            let marked = anchor.is_empty() || marks.iter().all(|mark| text.contains(mark));
            assert!(marked, "{}: there is no {anchor} in {file}", path.display());
            included += 1;
        }
    }
    assert!(included > 5, "only {included} parts were found; is the search broken?");
}

/// The lines in the blocks of a page that are marked as typed into a shell.
fn typed(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1);
    blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines()).collect()
}

/// What the chapters on plugins and the READMEs of new ones tell to type is what the tests of `docmill new` type.
#[test]
fn every_command_for_a_new_plugin_is_in_a_transcript() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(crate_folder.join(path)).unwrap();
    for (transcript, pages) in [
        ("rust-stage", ["../docs/src/write-a-plugin-in-rust.md", "src/scaffold/rust/stage.md"]),
        ("rust-encoder", ["src/scaffold/rust/encoder.md"; 2]),
        ("c-stage", ["../docs/src/write-a-plugin-in-c.md", "src/scaffold/c/stage.md"]),
        ("c-encoder", ["src/scaffold/c/encoder.md"; 2]),
        (
            "python-stage",
            ["../docs/src/write-a-plugin-in-python.md", "src/scaffold/python/README.md"],
        ),
    ] {
        let name = if transcript.ends_with("encoder") { "tally" } else { "shout" };
        let shown = read(&format!("tests/new/{transcript}.txt"));
        for page in pages {
            let text = read(page);
            let lines = typed(&text);
            assert!(lines.len() >= 4, "{page}: {lines:?}");
            for line in lines {
                let line = line.replace("libtemplate", &format!("lib{name}"));
                let typed = |shown: &str| shown.starts_with("$ ") && shown.ends_with(&line);
                assert!(shown.lines().any(typed), "{page}: {line} is not in {transcript}.txt");
            }
        }
    }
}

/// Markdown and Rust files of the repository.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "out" && !name.starts_with('.') {
            collect(&path, files);
        } else if name != "codes.md" && (name.ends_with(".md") || name.ends_with(".rs")) {
            files.push(path);
        }
    }
}

fn blocks(file: &Path) -> Vec<Block> {
    let text = fs::read_to_string(file).unwrap();
    let rust = file.extension().is_some_and(|extension| extension == "rs");
    let (mut blocks, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    for (number, line) in text.lines().enumerate() {
        let line = if rust {
            let line = line.trim_start();
            let comment = line.strip_prefix("//!").or_else(|| line.strip_prefix("///"));
            match comment {
                Some(comment) => comment.strip_prefix(' ').unwrap_or(comment),
                None => continue,
            }
        } else {
            line
        };
        match &mut open {
            None if line.trim() == "```toml" => {
                let place = format!("{}:{}", file.display(), number + 1);
                open = Some(Block { place, toml: String::new() });
            }
            None => {}
            Some(_) if line.trim() == "```" => blocks.extend(open.take()),
            Some(block) => {
                block.toml.push_str(line);
                block.toml.push('\n');
            }
        }
    }
    assert!(open.is_none(), "{}: a block has no end", file.display());
    blocks
}

#[test]
fn every_check_of_a_library_is_in_the_book() {
    let book = page("check-a-plugin.md");
    let row =
        |check: &Check| format!("| `{}` | {} | {} |\n", check.name, check.promise, check.remedy);
    let missing: Vec<String> =
        Check::ALL.iter().map(row).filter(|row| !book.contains(row)).collect();
    assert!(missing.is_empty(), "docs/src/check-a-plugin.md lacks:\n{}", missing.concat());
    assert_eq!(book.matches("\n| `").count(), Check::ALL.len(), "there are other rows");
    assert!(book.contains(&format!("1 of {} checks failed", Check::ALL.len())));
}
