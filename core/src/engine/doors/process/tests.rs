//! Workers that cannot be started, or are none.

use super::*;

fn started(program: &str, args: &[&str]) -> String {
    let command = WorkerCommand {
        program: program.into(),
        args: args.iter().copied().map(Into::into).collect(),
    };
    let settings = serde_json::json!({});
    let started = start_stage(
        &Program::of(&Arc::new(command), None),
        "shout",
        &settings,
        "loud",
        Limits::default(),
    );
    started.err().map(|error| crate::chain::chain(&error)).unwrap_or_default()
}

#[test]
fn a_program_that_is_no_worker_is_told_from_one() {
    for (program, args, expected) in [
        ("/no/such/program", &[][..], "the worker of `loud` cannot be started: /no/such/program"),
        ("true", &[], "the worker of `loud` exited with code 0 before it answered"),
        ("cat", &[], "the worker of `loud` does not greet as a worker of docmill does"),
        ("yes", &[], "the worker of `loud` does not greet as a worker of docmill does"),
        ("sh", &["-c", "kill -SEGV $$"], "the worker of `loud` was killed by signal 11"),
    ] {
        let error = started(program, args);
        assert!(error.starts_with(expected), "{program}: {error}");
    }
}

#[test]
fn a_worker_of_another_version_is_refused() {
    let reply = greeting::Reply { docmill: "9.9.9".into(), said: Ok(Said::Stage) };
    let mut frame = Vec::new();
    frames::write_greeting(&reply, &mut frame);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &frame).unwrap();
    let error = started("cat", &[file.path().to_str().unwrap()]);
    assert!(error.contains("is docmill 9.9.9, and this is 0.1.0"), "{error}");
}
