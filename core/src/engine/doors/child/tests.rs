//! Children that end in every way there is: shell commands all of them.

use super::{
    end::{shown_bytes, shown_time},
    *,
};

/// Starts a shell script.
fn script(script: &str, timeout: u64, memory: Option<u64>) -> Child {
    let limits = Limits { timeout: Duration::from_millis(timeout), memory };
    Child::start(Command::new("sh").args(["-c", script]), limits).unwrap()
}

/// All that it writes, and how it ends.
fn until_end(child: &mut Child) -> (Vec<u8>, String) {
    loop {
        if let Err(end) = child.more() {
            return (child.incoming().to_vec(), end.to_string());
        }
    }
}

#[test]
fn more_than_the_pipes_hold_goes_through_both_ways() {
    let mut child = script("cat", 20_000, None);
    let sent: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    child.outgoing().extend_from_slice(&sent);
    let mut got = Vec::new();
    while got.len() < sent.len() {
        child.more().unwrap();
        // A piece at a time, to see the rest stay.
        let count = child.incoming().len().min(10_000);
        got.extend_from_slice(&child.incoming()[..count]);
        child.take(count);
        if got.len() + child.incoming().len() == sent.len() {
            got.extend_from_slice(child.incoming());
            break;
        }
    }
    assert!(got == sent);
}

#[test]
fn it_is_told_how_a_child_ended() {
    for (what, expected) in [
        ("exit 0", "exited with code 0 before it answered"),
        ("exit 3", "exited with code 3"),
        ("kill -SEGV $$", "was killed by signal 11 (segmentation fault)"),
        ("kill -KILL $$", "was killed by signal 9 (killed from outside)"),
        ("exec >&-; sleep 60", "closed its output"),
        // What it has started does not hold docmill up, and goes with it.
        ("sleep 60 & kill -SEGV $$", "was killed by signal 11"),
    ] {
        let start = Instant::now();
        let (_, end) = until_end(&mut script(what, 20_000, None));
        assert!(end.starts_with(expected), "{what}: {end}");
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
    }
}

#[test]
fn what_it_wrote_before_its_end_is_there() {
    let mut child = script("printf 'one\\ntwo\\n'; exit 4", 20_000, None);
    let (got, end) = until_end(&mut child);
    assert_eq!(got, b"one\ntwo\n");
    assert!(end.starts_with("exited with code 4"), "{end}");
}

#[test]
fn one_that_takes_too_long_is_killed() {
    for what in ["sleep 60", "trap '' TERM INT HUP; while :; do :; done", "yes"] {
        let start = Instant::now();
        let mut child = script(what, 200, None);
        let end = loop {
            match child.more() {
                Ok(()) => child.take(usize::MAX),
                Err(end) => break end.to_string(),
            }
        };
        assert!(end.starts_with("took longer than timeout (200 ms)"), "{what}: {end}");
        assert!(start.elapsed() < Duration::from_secs(5), "{what}");
    }
}

#[test]
fn the_clock_is_of_one_answer() {
    let mut child =
        script("for i in 1 2 3 4; do read line; sleep 0.3; echo $line; done", 1000, None);
    for _ in 0..4 {
        child.outgoing().extend_from_slice(b"x\n");
        child.start_clock();
        while child.incoming().is_empty() {
            child.more().unwrap();
        }
        child.take(2);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn one_that_eats_memory_is_killed() {
    let eater = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done";
    let start = Instant::now();
    let (_, end) = until_end(&mut script(eater, 20_000, Some(32 << 20)));
    assert!(end.starts_with("used more than memory (32 MiB)"), "{end}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn one_that_does_not_end_with_its_input_is_killed() {
    let child = script("trap '' HUP; sleep 60", 20_000, None);
    let start = Instant::now();
    drop(child);
    assert!(start.elapsed() < 2 * FAREWELL);
    let child = script("cat >/dev/null", 20_000, None);
    let start = Instant::now();
    drop(child);
    assert!(start.elapsed() < FAREWELL);
}

#[test]
fn no_program_is_an_error() {
    let limits = Limits::default();
    assert!(Child::start(&mut Command::new("/no/such/program"), limits).is_err());
}

#[test]
fn times_and_sizes_are_shown_as_they_are_set() {
    let times =
        [2_000, 500, 1_500, 120_000, 90_000].map(|ms| shown_time(Duration::from_millis(ms)));
    assert_eq!(times, ["2 s", "500 ms", "1500 ms", "2 min", "90 s"]);
    assert_eq!([1 << 30, 256 << 20, 1000].map(shown_bytes), ["1 GiB", "256 MiB", "1000 bytes"]);
}
