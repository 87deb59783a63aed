//! Inputs in a store: the same documents as from local files, whatever happens to the connection.
//!
//! `cargo test -p docmill --features object-store --test stores`

mod reads;
mod runs;
mod server;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use server::Server;
use tempfile::TempDir;

const SECRET: &str = "a-key-that-nobody-may-see";

/// A store, and a folder to run docmill in.
struct Trial {
    server: Server,
    dir: TempDir,
}

impl Trial {
    fn new() -> Self {
        Trial { server: Server::new(), dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docmill"));
        command.args(arguments).current_dir(self.dir.path());
        let kept = ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"];
        let kept = kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.env_clear().envs(kept);
        for (name, value) in [
            ("AWS_ENDPOINT", self.server.endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "an-id"),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("GOOGLE_BASE_URL", &self.server.endpoint),
            ("GOOGLE_ALLOW_HTTP", "true"),
            ("GOOGLE_SKIP_SIGNATURE", "true"),
            ("AZURE_STORAGE_ENDPOINT", &self.server.endpoint),
            ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("AZURE_ALLOW_HTTP", "true"),
            ("AZURE_SKIP_SIGNATURE", "true"),
        ] {
            command.env(name, value);
        }
        command
    }

    fn docmill(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        let said = stderr(&output);
        assert!(!said.contains(SECRET), "{said}");
        output
    }

    /// Writes a pipeline that reads these paths.
    fn pipeline(&self, source: &str, paths: &[&str]) {
        let text = format!(
            "[source]\nuse = \"{source}\"\npaths = {paths:?}\n\n[[sink]]\nuse = \"jsonl\"\npath = \"documents.jsonl\"\n\n\
             [run]\nshard = \"1 B\"\n"
        );
        fs::write(self.path("p.toml"), text).unwrap();
    }

    /// What a pipeline of these paths writes, which must end well.
    #[track_caller]
    fn documents(&self, source: &str, paths: &[&str]) -> String {
        self.pipeline(source, paths);
        let ran = self.docmill(&["run", "p.toml"]);
        assert!(ran.status.success(), "{}", stderr(&ran));
        self.written()
    }

    fn written(&self) -> String {
        fs::read_to_string(self.path("out/documents.jsonl")).unwrap()
    }

    /// The addresses that a pipeline of these paths reads.
    #[track_caller]
    fn addresses(&self, source: &str, paths: &[&str]) -> Vec<String> {
        let documents = self.documents(source, paths);
        let lines = documents.lines().map(|line| serde_json::from_str(line).unwrap());
        let uri = |line: serde_json::Value| line["origin"]["uri"].as_str().unwrap().to_owned();
        lines.map(uri).collect()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
