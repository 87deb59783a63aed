//! The chapter "Large jobs" shows what docmill prints: what it tells to type is typed, in order, in one folder, and what is
//! printed is compared with the page, times masked. The pipeline is the page's too.

#[path = "new/mask.rs"]
mod mask;

use std::{env, fs, path::Path, process::Command};

const MAY: &str = r#"{"id": "m1", "text": "Kyiv thanked Berlin for the tanks."}
{"id": "m2", "text": "Oslo supported the plan of Warsaw."}
{"id": "m3", "text": "Lima praised Quito."#;

/// The blocks of a page that are marked so.
fn blocks<'a>(page: &'a str, mark: &str) -> Vec<&'a str> {
    let begin = format!("```{mark}\n");
    let blocks = page.split(begin.as_str()).skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

#[test]
fn the_chapter_shows_what_is_printed() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/large-jobs.md");
    let page = fs::read_to_string(page).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{{\"id\": \"y1\", \"text\": \"{}\"}}\n", "Quito praised Lima. ".repeat(40));
    let short = "{\"id\": \"y2\", \"text\": \"Berlin supported Kyiv.\"}\n";
    fs::create_dir(folder.path().join("articles")).unwrap();
    fs::write(folder.path().join("articles/july.jsonl"), long + short).unwrap();
    fs::write(folder.path().join("articles/may.jsonl"), MAY).unwrap();
    fs::write(folder.path().join("names.toml"), blocks(&page, "toml")[0]).unwrap();
    let shown = blocks(&page, "console");
    assert!(shown.len() >= 4, "{shown:?}");
    for block in shown {
        let lines = block.lines().filter_map(|line| line.strip_prefix("$ "));
        let printed: String = lines.map(|line| typed(line, folder.path())).collect();
        let (printed_masked, shown) =
            (mask::masked(&printed, folder.path()), mask::masked(block, folder.path()));
        assert!(
            printed_masked == shown,
            "the page shows\n{block}\nand this is printed:\n{printed}"
        );
    }
}

/// What a shell shows when a line is typed.
fn typed(line: &str, folder: &Path) -> String {
    let docmill = Path::new(env!("CARGO_BIN_EXE_docmill")).parent().unwrap();
    let path = env::join_paths(
        [docmill.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{line}\n")])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let code = match output.status.code() {
        Some(0) => String::new(),
        code => format!("[exit code {}]\n", code.unwrap()),
    };
    format!("$ {line}\n{printed}{code}")
}
