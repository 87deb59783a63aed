//! A disk that fills up: the run says which file it was, leaves what was there as it was, and goes on once there is room.
//!
//! The disk is a small tmpfs. Mounting one takes rights that not every machine gives; then the test says so.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use super::trial::{Has, Trial, files, stderr};

/// A disk, gone with this.
struct Disk(PathBuf);

impl Disk {
    /// `None` where none may be mounted.
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "docmill-trial"])
            .arg(&at)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Disk(at))
    }

    /// Has room for so many pages of four KiB.
    fn resize(&self, pages: u64) {
        let size = format!("remount,size={}k", 4 * pages);
        assert!(Command::new("mount").args(["-o", &size]).arg(&self.0).status().unwrap().success());
    }

    /// The pages that are taken.
    fn taken(&self) -> u64 {
        let df = Command::new("df").args(["-k", "--output=used"]).arg(&self.0).output().unwrap();
        let kib: u64 =
            String::from_utf8_lossy(&df.stdout).lines().nth(1).unwrap().trim().parse().unwrap();
        kib.div_ceil(4)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that tries nothing has to say so")]
fn a_disk_of_twenty_sizes_fills_up() {
    let trial =
        Trial::new(Has { failures: true, memory: true, sinks: &["jsonl", "csv", "sqlite"] });
    let Some(disk) = Disk::mount(trial.path("disk")) else {
        eprintln!("no tmpfs may be mounted here: no disk is filled");
        return;
    };
    let whole: usize = trial.whole.values().map(Vec::len).sum();
    let whole = whole as u64 / 4096;
    for size in 0..20 {
        // Up to what the outputs alone take.
        let context = format!("{size} twentieths of {whole} pages");
        let out = "disk/out";
        fs::create_dir(trial.path(out)).unwrap();
        for earlier in ["documents.jsonl", "documents.db", "run.json"] {
            fs::write(trial.path(out).join(earlier), "\"earlier\"").unwrap();
        }
        let before = files(&trial.path(out));
        disk.resize(disk.taken() + 1 + size * whole / 20);
        let mut arguments = vec!["run", "p.toml", "--output", "disk/out/"];
        // Twice, to see that a full disk does no harm to what was done before.
        for _ in 0..2 {
            let ran = trial.run(&arguments);
            assert_eq!(ran.status.code(), Some(3), "{context}: {}", stderr(&ran));
            let said = stderr(&ran);
            assert!(
                said.contains("cannot write disk/out/") && said.contains("space"),
                "{context}: {said}"
            );
            let mut after = files(&trial.path(out));
            after.retain(|name, _| !name.starts_with(".docmill"));
            assert!(after == before, "{context}: {:?}", after.keys());
            arguments.push("--resume");
        }
        disk.resize(64 << 8);
        trial.comes_to_its_end(out, &context);
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_told() {
    let trial = Trial::new(Has { sinks: &["jsonl", "csv"], ..Has::default() });
    let limited = |kib: &str| {
        let script = format!("ulimit -f {kib}; exec \"$0\" run p.toml --resume --output out/");
        let mut sh = Command::new("bash");
        sh.args(["-c", &script, env!("CARGO_BIN_EXE_docmill")]).current_dir(trial.path(""));
        sh.output().unwrap()
    };
    for kib in ["0", "1", "16", "64", "128"] {
        let ran = limited(kib);
        assert_eq!(ran.status.code(), Some(3), "{kib}: {ran:?}");
        assert!(stderr(&ran).contains("cannot write out/"), "{kib}: {}", stderr(&ran));
        trial.has_no_half_file("out", kib);
    }
    trial.comes_to_its_end("out", "after a limit");
}
