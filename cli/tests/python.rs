//! The tests of the Python module, which are Python's own, in `tests/python`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

#[test]
#[allow(clippy::print_stderr, reason = "says that the test was skipped")]
fn the_python_module_passes_its_tests() {
    let there = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: there is no python3 here, so the Python module is not tested");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python");
    let tests = ["-B", "-m", "unittest", "discover", "--start-directory", "."];
    let out = Command::new("python3").args(tests).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    // None at all would pass too.
    let count = said.lines().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next());
    assert!(
        count.and_then(|count| count.parse().ok()).is_some_and(|count: u32| count >= 20),
        "{said}"
    );
}
