//! Colours, and which stream says what.

use std::process::Stdio;

use super::sandbox::Sandbox;

/// Whether `show` writes colours.
fn coloured(args: &[&str], variables: &[(&str, &str)]) -> bool {
    let sandbox = Sandbox::new();
    let output = sandbox.docmill(args).envs(variables.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap().contains("\u{1b}[")
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    assert!(!coloured(&["show"], &[]));
    assert!(coloured(&["show"], &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&["show", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["show"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["show", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn help_and_version_go_to_standard_output() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["--help"]).exits(0).shows(&["run", "check", "explain", "--color"]);
    assert_eq!(help.stderr, "");
    sandbox.run(&["--version"]).exits(0).shows(&["docmill 0"]);
    sandbox.run(&["run", "--help"]).exits(0).shows(&[
        "--dead-letters",
        "--limit",
        "NAME.KEY=VALUE",
    ]);
}

#[test]
fn foreign_arguments_do_not_act_on_the_terminal() {
    let sandbox = Sandbox::new();
    for args in [["\u{1b}[41mrun", "x"], ["completions", "\u{1b}[41m"], ["show", "--\u{1b}[41m"]] {
        let refused = sandbox.run(&args).exits(2).says(&["\\u{1b}[41m"]);
        assert!(!refused.stderr.contains('\u{1b}'), "{:?}", refused.stderr);
    }
}

#[test]
fn a_closed_standard_error_does_not_matter() {
    let sandbox = Sandbox::with_pipeline("", "{\"text\": \"x\"}\n");
    let mut child = sandbox.docmill(&["run", "p.toml"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_full_disk_behind_standard_output_is_told() {
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let sandbox = Sandbox::new();
        let output = sandbox.docmill(&["show"]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
    }
}
