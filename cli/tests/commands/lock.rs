//! `docmill lock` and `run --locked`.

use crate::sandbox::Sandbox;

const STAGES: &str = "[[stage]]\nuse = \"template\"";

fn sandbox() -> Sandbox {
    Sandbox::with_pipeline(STAGES, "{\"id\": \"a\", \"text\": \"NO\"}\n")
}

#[test]
fn a_locked_run_holds_to_what_was_locked() {
    let sandbox = sandbox();
    let ran = sandbox.run(&["run", "p.toml", "--locked"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no docmill.lock here"), "{}", ran.stderr);

    assert_eq!(sandbox.run(&["lock", "p.toml"]).code, Some(0));
    let lock = sandbox.read("docmill.lock");
    assert!(lock.contains("name = \"docmill-template\""), "{lock}");
    assert_eq!(sandbox.run(&["run", "p.toml", "--locked"]).code, Some(0));
    assert_eq!(sandbox.run(&["lock", "p.toml"]).code, Some(0));
    assert_eq!(sandbox.read("docmill.lock"), lock, "the same each time");

    sandbox.write("docmill.lock", &lock.replace("name = \"docmill-template\"", "name = \"other\""));
    let ran = sandbox.run(&["run", "p.toml", "--locked"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("the plugin `docmill-template` is not in it"), "{}", ran.stderr);

    sandbox.write("docmill.lock", "version = 1\ndocmill = \n");
    let ran = sandbox.run(&["run", "p.toml", "--locked"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("docmill.lock: line 2: "), "{}", ran.stderr);
}

#[test]
fn every_difference_is_named() {
    let sandbox = sandbox();
    sandbox.run(&["lock", "p.toml"]);
    let lock = sandbox.read("docmill.lock");
    let version = concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"");
    let other = lock.replace(version, "version = \"0.0.1\"");
    assert_ne!(other, lock);
    sandbox.write("docmill.lock", &other);
    let ran = sandbox.run(&["run", "p.toml", "--locked"]);
    assert_eq!(ran.code, Some(2));
    for plugin in ["docmill-read", "docmill-template", "docmill-export"] {
        let line = format!(
            "the plugin `{plugin}` has another version: {}, and not 0.0.1",
            env!("CARGO_PKG_VERSION")
        );
        assert!(ran.stderr.contains(&line), "{line}: {}", ran.stderr);
    }
    assert!(!sandbox.has("out"), "nothing was run");
}
