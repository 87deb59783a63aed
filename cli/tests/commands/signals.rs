//! Interrupt and terminate.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, Command},
    sync::mpsc::channel,
    thread::{sleep, spawn},
    time::Duration,
};

use super::sandbox::Sandbox;

/// Sends a signal by its name.
fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    sleep(Duration::from_millis(100));
}

/// A run that waits for more input and has written a line: it has begun.
fn waiting(sandbox: &Sandbox) -> Child {
    let mut child = sandbox.start(&["run", "p.toml", "-i", "-", "-o", "-"]);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let (begun, first_line) = channel();
    // Reads while this thread writes, so that no pipe fills up.
    spawn(move || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        begun.send(line).unwrap();
        io::copy(&mut stdout, &mut io::sink())
    });
    child.stdin.as_mut().unwrap().write_all(&blocks()).unwrap();
    assert!(first_line.recv().unwrap().contains("xxx"));
    child
}

/// Three MiB of documents.
fn blocks() -> Vec<u8> {
    let line = format!("{{\"text\": \"{}\"}}\n", "x".repeat(1000));
    line.repeat(3 << 10).into_bytes()
}

#[test]
fn the_first_signal_stops_the_run_between_blocks() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let sandbox = Sandbox::with_pipeline("", "");
        let mut child = waiting(&sandbox);
        send(&child, signal);
        assert_eq!(child.try_wait().unwrap(), None);
        // The reader may be gone before all is written.
        let _ = child.stdin.take().unwrap().write_all(&blocks());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(String::from_utf8_lossy(&output.stderr).contains("stopped"));
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = Sandbox::with_pipeline("", "");
    let mut child = waiting(&sandbox);
    send(&child, "INT");
    send(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
