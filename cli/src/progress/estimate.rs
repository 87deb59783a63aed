//! How long a run will still take: a function of how far it was at which time.
//!
//! Half of the estimate is the pace since the run was first looked at, which evens out what differs from one
//! stretch of input to the next; the other half the pace over the latter half of what was read, which takes to
//! a change. Neither counts what came before the first look: the loading of models, and what a resumed run had
//! done before.

use std::time::Duration;

/// At most this many looks are kept; when there are more, every second one goes.
const KEPT: usize = 512;

/// What was seen at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Since the run began.
    pub(crate) at: Duration,
    /// Bytes of the inputs that were read, as stored.
    pub(crate) stored: u64,
}

/// What was seen so far, in the order of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looks(Vec<Look>);

impl Looks {
    /// Takes note of another.
    pub(crate) fn add(&mut self, look: Look) {
        if self.0.len() >= KEPT {
            let mut number = 0;
            self.0.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
        self.0.push(look);
    }

    /// How long it takes until this many bytes are read; `None` as long as there is nothing to go by.
    pub(crate) fn left(&self, in_all: u64) -> Option<Duration> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        let middle = first.stored + (last.stored - first.stored) / 2;
        let half = self.0.iter().rev().find(|look| look.stored <= middle)?;
        let pace = (pace(first, last)? + pace(half, last)?) / 2.0;
        let seconds = pace * in_all.saturating_sub(last.stored) as f64;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

/// Seconds a byte, from one look to another.
fn pace(from: &Look, to: &Look) -> Option<f64> {
    let bytes = to.stored.checked_sub(from.stored).filter(|bytes| *bytes > 0)?;
    Some(to.at.checked_sub(from.at)?.as_secs_f64() / bytes as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEGABYTE: u64 = 1 << 20;

    /// A run under a clock of its own: `seconds` says how long each megabyte takes. Returns the largest error
    /// of an estimate, as a share of what was left, from a quarter to nine tenths of the bytes that were to be read.
    fn error(before: u64, megabytes: u64, loading: f64, seconds: impl Fn(u64) -> f64) -> f64 {
        let mut at = loading;
        let times: Vec<f64> = (before..megabytes)
            .map(|megabyte| {
                at += seconds(megabyte);
                at
            })
            .collect();
        let mut looks = Looks::default();
        let mut worst: f64 = 0.0;
        for (read, time) in (before + 1..).zip(&times) {
            looks.add(Look { at: Duration::from_secs_f64(*time), stored: read * MEGABYTE });
            let share = (read - before) as f64 / (megabytes - before) as f64;
            if (0.25..0.9).contains(&share) {
                let left = looks.left(megabytes * MEGABYTE).unwrap().as_secs_f64();
                let really = times.last().unwrap() - time;
                worst = worst.max((left - really).abs() / really);
            }
        }
        worst
    }

    /// From 0 to 1, the same for the same number.
    fn noise(number: u64) -> f64 {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64
            / (1 << 24) as f64
    }

    #[test]
    fn an_even_run_is_estimated_closely() {
        assert!(error(0, 400, 0.0, |_| 0.1) < 0.001);
        assert!(error(0, 5000, 0.0, |_| 0.01) < 0.001, "when looks are left out");
    }

    #[test]
    fn the_loading_of_models_does_not_count() {
        assert!(error(0, 400, 30.0, |_| 0.1) < 0.001);
    }

    #[test]
    fn what_was_done_before_does_not_count_as_speed() {
        assert!(error(900, 1000, 1.0, |_| 0.1) < 0.001);
    }

    #[test]
    fn documents_that_differ_and_commits_that_halt_the_run_stay_within_a_fifth() {
        let documents = |megabyte| 0.02 + 0.16 * noise(megabyte);
        let worst = error(0, 400, 2.0, documents);
        assert!(worst < 0.2, "documents: {worst}");
        let commits = |megabyte| 0.1 + if megabyte % 32 == 31 { 0.5 } else { 0.0 };
        let worst = error(0, 800, 2.0, commits);
        assert!(worst < 0.2, "commits: {worst}");
    }

    #[test]
    fn a_slower_start_is_outgrown() {
        let mean = |megabyte| if megabyte < 10 { 0.3 } else { 0.1 };
        let worst = error(0, 400, 0.0, mean);
        assert!(worst < 0.2, "{worst}");
    }

    #[test]
    fn nothing_is_said_before_there_is_something_to_go_by() {
        let mut looks = Looks::default();
        assert_eq!(looks.left(100), None);
        looks.add(Look { at: Duration::from_secs(1), stored: 10 });
        assert_eq!(looks.left(100), None, "one look has no pace");
        looks.add(Look { at: Duration::from_secs(2), stored: 10 });
        assert_eq!(looks.left(100), None, "nothing was read since");
        looks.add(Look { at: Duration::from_secs(3), stored: 30 });
        assert_eq!(looks.left(30), Some(Duration::ZERO));
    }
}
