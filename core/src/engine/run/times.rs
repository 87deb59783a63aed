//! What each document cost in each component, for benchmarks.
//!
//! A run that is not timed has no columns, and pays one comparison a component and document.

use std::time::Duration;

use super::clock::thread_time;

/// Processor time of a run by document and component. Where a component has processes of its own, theirs counts
/// too. Writing is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How many components there are: the source, the stages in order, the sinks.
    pub components: usize,
    /// Nanoseconds, at most [`u32::MAX`]: of the first document in each component, of the second, and so on, in the
    /// order of the input. Zero where a document did not come to a component.
    pub nanoseconds: Vec<u32>,
    /// Nanoseconds that reading took, block by block, after which the source had yet to make documents of it.
    pub reading: Vec<u32>,
}

impl Times {
    pub(super) fn add(&mut self, laps: &Laps) {
        self.nanoseconds.extend_from_slice(&laps.nanoseconds);
        self.reading.push(laps.reading);
    }
}

/// The same of the documents of one block.
#[derive(Default)]
pub(super) struct Laps {
    /// None where the run is not timed.
    columns: usize,
    nanoseconds: Vec<u32>,
    pub(super) reading: u32,
    /// Where the row of the document at hand begins.
    row: usize,
    /// When the last lap ended.
    since: Duration,
}

impl Laps {
    /// Begins a block.
    pub(super) fn start(&mut self, columns: usize) {
        self.columns = columns;
        self.nanoseconds.clear();
        if self.columns > 0 {
            self.since = thread_time();
        }
    }

    /// Begins a document, with the time that the source took for it.
    pub(super) fn document(&mut self) {
        if self.columns > 0 {
            self.row = self.nanoseconds.len();
            self.nanoseconds.resize(self.row + self.columns, 0);
            self.end(0);
        }
    }

    /// Goes back to a document: the one before the last is 2 from the end.
    pub(super) fn back_to(&mut self, from_end: usize) {
        self.row = self.nanoseconds.len().saturating_sub(from_end * self.columns);
    }

    /// The time since the last lap was spent on the document at hand, in this component.
    pub(super) fn end(&mut self, column: usize) {
        if self.columns > 0 {
            let now = thread_time();
            self.add(column, now.saturating_sub(self.since));
            self.since = now;
        }
    }

    /// The time since the last lap was spent on all documents of the block that came to this component.
    pub(super) fn end_block(&mut self, column: usize) {
        if self.columns > 0 {
            let now = thread_time();
            self.share(column, now.saturating_sub(self.since));
            self.since = now;
        }
    }

    /// Adds to the times of these documents, to each as much.
    fn share(&mut self, column: usize, time: Duration) {
        let cells = self.nanoseconds.iter_mut().skip(column).step_by(self.columns);
        let mut came: Vec<_> = cells.filter(|cell| **cell > 0).collect();
        let share = nanoseconds(time) / came.len().max(1) as u32;
        came.iter_mut().for_each(|cell| **cell = cell.saturating_add(share));
    }

    /// The time since the last lap is accounted for in another way.
    pub(super) fn skip(&mut self) {
        if self.columns > 0 {
            self.since = thread_time();
        }
    }

    /// Adds to the time of the document at hand in this component.
    pub(super) fn add(&mut self, column: usize, time: Duration) {
        if self.columns > 0
            && let Some(cell) = self.nanoseconds.get_mut(self.row + column)
        {
            *cell = cell.saturating_add(nanoseconds(time));
        }
    }
}

/// A time in nanoseconds, at most [`u32::MAX`].
pub(super) fn nanoseconds(time: Duration) -> u32 {
    time.as_nanos().try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_to_the_document_at_hand() {
        let mut laps = Laps::default();
        laps.start(2);
        laps.document();
        laps.document();
        let (first, second) = (Duration::from_secs(3), Duration::from_secs(9));
        laps.add(1, second);
        laps.back_to(2);
        laps.add(1, first);
        let mut times = Times { components: 2, ..Times::default() };
        times.add(&laps);
        assert_eq!([times.nanoseconds[1], times.nanoseconds[3]], [3_000_000_000, u32::MAX]);
        assert_eq!(times.reading.len(), 1);
    }

    #[test]
    fn what_a_block_took_is_shared_by_those_that_came_there() {
        let mut laps = Laps::default();
        laps.start(2);
        for came in [true, false, true] {
            laps.document();
            laps.add(1, Duration::from_nanos(came.into()));
        }
        laps.share(1, Duration::from_nanos(10));
        assert_eq!([1, 3, 5].map(|cell| laps.nanoseconds[cell]), [6, 0, 6]);
    }

    #[test]
    fn a_run_that_is_not_timed_keeps_nothing() {
        let mut laps = Laps::default();
        laps.start(0);
        laps.document();
        laps.end(0);
        laps.end_block(1);
        laps.add(1, Duration::from_secs(1));
        assert!(laps.nanoseconds.is_empty());
    }
}
