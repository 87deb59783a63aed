//! What must hold whatever bytes come in: one check for each thing that reads foreign bytes.
//!
//! A check takes any bytes and panics where a promise is broken. libFuzzer calls them (`fuzz_targets/`), and
//! so does an ordinary test of the main workspace, on the seeds: it takes this file in by its path, so
//! that no check is part of a crate's public face.

mod answer;
mod filter;
mod frames;
mod json;
mod lock;
mod offsets;
mod pipeline;
mod sources;

/// A check: panics where a promise is broken.
pub type Check = fn(&[u8]);

/// All checks by name, which is that of their fuzz target and of their folder of seeds.
pub const CHECKS: [(&str, Check); 12] = [
    ("answer", answer::check),
    ("csv", sources::csv),
    ("files", sources::files),
    ("filter", filter::check),
    ("frames", frames::check),
    ("json", json::check),
    ("jsonl", sources::jsonl),
    ("lock", lock::check),
    ("offsets", offsets::check),
    ("parquet", sources::parquet),
    ("pipeline", pipeline::check),
    ("warc", sources::warc),
];

/// Runs the check of this name.
///
/// # Panics
///
/// Where a promise is broken, or there is no such check.
pub fn run(name: &str, bytes: &[u8]) {
    let check = CHECKS.iter().find(|(known, _)| *known == name);
    let (_, check) = check.unwrap_or_else(|| panic!("there is no check `{name}`"));
    check(bytes);
}

/// Takes the first byte, which chooses among a check's variants, from the others.
fn choice(bytes: &[u8]) -> (usize, &[u8]) {
    match bytes.split_first() {
        // So that choices can be written as digits in seeds.
        Some((first, rest)) => (usize::from(first.wrapping_sub(b'0')), rest),
        None => (0, bytes),
    }
}
