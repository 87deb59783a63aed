//! A folder to run the binary in.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Sandbox(TempDir);

/// What the binary did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Sandbox(tempfile::tempdir().unwrap())
    }

    /// A sandbox with a file `p.toml`: a pipeline that reads `in.jsonl`, goes through these stages
    /// and writes JSON lines.
    pub(crate) fn with_pipeline(stages: &str, documents: &str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("in.jsonl", documents);
        sandbox.write(
            "p.toml",
            &format!(
                "[source]\nuse = \"jsonl\"\npaths = [\"in.jsonl\"]\n{stages}\n[[sink]]\nuse = \"jsonl\"\n"
            ),
        );
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The binary, to be run here; without colours unless the test asks for them.
    pub(crate) fn docmill(&self, args: &[&str]) -> Command {
        let mut docmill = Command::new(env!("CARGO_BIN_EXE_docmill"));
        docmill.args(args).current_dir(self.0.path()).stdin(Stdio::null());
        for variable in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
            docmill.env_remove(variable);
        }
        docmill
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        ran(self.docmill(args).output().unwrap())
    }

    /// Runs it with this on its standard input.
    pub(crate) fn run_on(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self.start(args);
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        ran(child.wait_with_output().unwrap())
    }

    /// Starts it with all three streams piped.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut docmill = self.docmill(args);
        docmill.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        docmill.spawn().unwrap()
    }
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Checks that standard error says all of these.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "{part}: {self:#?}");
        }
        self
    }

    /// Checks that standard output shows all of these.
    #[track_caller]
    pub(crate) fn shows(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "{part}: {self:#?}");
        }
        self
    }
}

/// A folder of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)
}
