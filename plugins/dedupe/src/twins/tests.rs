//! What the memory answers to notes made by hand.

use proptest::prelude::*;

use super::*;
use crate::signature::BINS;

const COMPARISON: Comparison = Comparison { places: 167, band: 6 };

/// A note with this digest; its signature has the first `shared` bytes of a common one.
fn note(number: u64, shared: usize) -> Vec<u8> {
    let mut note = [hash::of_hashes(&[number]), number].map(u64::to_le_bytes).concat();
    let own = (0..)
        .map(|at| if at < shared { at as u8 } else { hash::of_hashes(&[number, at as u64]) as u8 });
    note.extend(own.take(BINS));
    note
}

fn twin(verdict: Result<Verdict, DocumentError>) -> Option<Reason> {
    match verdict.unwrap() {
        Verdict::Keep => None,
        Verdict::Drop(reason) => Some(reason),
    }
}

fn near(twin: &str) -> Option<Reason> {
    Some(Reason::new("near-duplicate").twin(twin))
}

#[test]
fn the_first_of_several_is_the_twin() {
    let mut memory = Twins::new(Some(COMPARISON), 100);
    // Too unlike to be twins of each other, near enough for what comes last.
    let last = note(9, 256);
    let mut late = last.clone();
    late[DIGEST..DIGEST + 80].fill(7);
    let mut early = last.clone();
    early[DIGEST + 170..].fill(8);
    for (note, digest) in [(&mut early, 1), (&mut late, 2)] {
        note[..DIGEST].fill(digest);
    }
    assert_eq!(twin(memory.recall("early", &early)), None);
    assert_eq!(twin(memory.recall("late", &late)), None);
    assert_eq!(twin(memory.recall("last", &last)), near("early"));
}

#[test]
fn a_crowd_in_a_band_is_passed_over() {
    let mut memory = Twins::new(Some(COMPARISON), 1000);
    for number in 0..500 {
        // The first ten bands are everyone's.
        assert_eq!(twin(memory.recall(&number.to_string(), &note(number, 60))), None);
    }
    assert_eq!(
        memory.crowds[..11],
        [CROWD, CROWD, CROWD, CROWD, CROWD, CROWD, CROWD, CROWD, CROWD, CROWD, 0]
    );
    let mut copy = note(400, 60);
    copy[..20].fill(1);
    assert_eq!(twin(memory.recall("copy", &copy)), near("400"));
}

#[test]
fn all_are_found_again_however_the_tables_have_grown() {
    let mut memory = Twins::new(Some(COMPARISON), 10_000);
    for number in 0..6000 {
        assert_eq!(twin(memory.recall(&number.to_string(), &note(number, 0))), None);
    }
    for number in 0..6000 {
        let mut copy = note(number, 0);
        assert_eq!(
            twin(memory.recall("copy", &copy)),
            Some(Reason::new("duplicate").twin(number.to_string()))
        );
        copy[0] ^= 1;
        assert_eq!(twin(memory.recall("copy", &copy)), near(&number.to_string()));
    }
}

#[test]
fn a_foreign_note_fails() {
    for comparison in [None, Some(COMPARISON)] {
        assert!(Twins::new(comparison, 100).recall("a", b"not a note").is_err());
    }
}

proptest! {
    #[test]
    fn what_was_shown_before_decides_alone(
        notes in prop::collection::vec((0..40_u64, prop::sample::select(vec![0, 60, 180, 256])), 1..60),
    ) {
        let run = || {
            let mut memory = Twins::new(Some(COMPARISON), 30);
            let recalled = notes.iter().enumerate().map(|(id, (number, shared))| {
                memory.recall(&id.to_string(), &note(*number, *shared)).map_err(|error| error.to_string())
            });
            recalled.collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}
