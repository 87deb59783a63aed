//! How many documents may fail before a run stops: judged after each document, in input order.

use std::{collections::VecDeque, path::Path};

use super::{RunError, ledger::Ledger};
use crate::engine::{MaxFailed, OnError, RunSettings};

/// A share of all documents says little of fewer than these.
const FEW: u64 = 100;

/// What a run has taken of what it may.
pub(super) struct Tolerance {
    max: Option<MaxFailed>,
    read: u64,
    failed: u64,
    /// With a share of the last documents: the numbers of those that failed last, one more than may.
    recent: VecDeque<u64>,
}

/// What is allowed, in words; empty where nothing is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exceeded(String);

impl Exceeded {
    /// Why the run stops, of which so many documents failed in all.
    pub(super) fn error(self, failed: u64, dead_letters: &Path) -> RunError {
        RunError::TooManyFailed { failed, allowed: self.0, dead_letters: dead_letters.to_owned() }
    }
}

impl Tolerance {
    /// `before` accounts for the documents that count and are not read again.
    pub(super) fn new(run: &RunSettings, before: &Ledger) -> Self {
        let max = match run.on_error {
            OnError::Stop => Some(MaxFailed::Count(0)),
            OnError::DeadLetter => run.max_failed,
        };
        let (read, failed) = (before.read(), before.failed());
        Tolerance { max, read, failed, recent: VecDeque::new() }
    }

    /// Counts the next documents, of which those at these places failed, in order, from 0.
    pub(super) fn count(
        &mut self,
        documents: u64,
        failed: impl IntoIterator<Item = u64>,
    ) -> Result<(), Exceeded> {
        let before = self.read;
        for place in failed {
            self.pass(before + place)?;
            self.failed += 1;
            self.read = before + place + 1;
            self.judge()?;
        }
        self.pass(before + documents)
    }

    /// Says whether a run may end like this.
    pub(super) fn end(&self) -> Result<(), Exceeded> {
        match self.max {
            Some(MaxFailed::Share(_)) => self.judge_share(),
            _ => Ok(()),
        }
    }

    /// Goes on to where so many documents are read.
    fn pass(&mut self, read: u64) -> Result<(), Exceeded> {
        let few = self.read < FEW && read >= FEW;
        if few && matches!(self.max, Some(MaxFailed::Share(_))) {
            self.read = FEW;
            self.judge_share()?;
        }
        self.read = read;
        Ok(())
    }

    /// Judges where the last document failed.
    fn judge(&mut self) -> Result<(), Exceeded> {
        match self.max {
            None => Ok(()),
            Some(MaxFailed::Count(count)) if self.failed > count => Err(Exceeded(match count {
                0 => String::new(),
                _ => count.to_string(),
            })),
            Some(MaxFailed::Count(_)) => Ok(()),
            Some(MaxFailed::Share(_)) if self.read < FEW => Ok(()),
            Some(MaxFailed::Share(_)) => self.judge_share(),
            Some(max @ MaxFailed::OfLast { share, last }) => {
                let allowed = share.of(last);
                self.recent.push_back(self.read);
                if (self.recent.len() as u64) <= allowed {
                    return Ok(());
                }
                let first = self.recent.pop_front().unwrap_or_default();
                match self.read - first < last {
                    true => Err(Exceeded(format!(
                        "{max}; it was {} of {} in a row",
                        allowed + 1,
                        self.read - first + 1
                    ))),
                    false => Ok(()),
                }
            }
        }
    }

    fn judge_share(&self) -> Result<(), Exceeded> {
        match self.max {
            Some(MaxFailed::Share(share)) if self.failed > share.of(self.read) => {
                Err(Exceeded(format!("{share}; it was {} of the first {}", self.failed, self.read)))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::Percentage;

    const FIVE: Percentage = Percentage::percent(5);
    const OF_ALL: MaxFailed = MaxFailed::Share(FIVE);

    fn of(max: MaxFailed, read: u64, failed: u64) -> Tolerance {
        let mut before = Ledger::new(0, 0);
        (before.source.read, before.source.failed) = (read, failed);
        let run = RunSettings { max_failed: Some(max), ..RunSettings::default() };
        Tolerance::new(&run, &before)
    }

    fn exceeded(what: &str) -> Result<(), Exceeded> {
        Err(Exceeded(what.to_owned()))
    }

    #[test]
    fn a_share_of_all_is_judged_from_the_hundredth_on_and_at_the_end() {
        let mut tolerance = of(OF_ALL, 0, 0);
        assert_eq!(tolerance.count(99, 0..6), Ok(()));
        assert_eq!(tolerance.end(), exceeded("5 %; it was 6 of the first 99"));
        assert_eq!(tolerance.count(1, []), exceeded("5 %; it was 6 of the first 100"));
        // Within a block, and where more of it would mend the share.
        assert_eq!(
            of(OF_ALL, 0, 0).count(1000, 94..100),
            exceeded("5 %; it was 6 of the first 100")
        );
        assert_eq!(of(OF_ALL, 0, 0).count(1000, 0..6), exceeded("5 %; it was 6 of the first 100"));
        let mut tolerance = of(OF_ALL, 0, 0);
        assert_eq!(tolerance.count(1000, 0..5), Ok(()));
        assert_eq!((tolerance.end(), tolerance.count(46, 0..46)), (Ok(()), Ok(())));
        assert_eq!(tolerance.count(9, [3, 4, 5]), exceeded("5 %; it was 53 of the first 1051"));
    }

    #[test]
    fn a_resumed_run_goes_on_counting() {
        assert_eq!(
            of(OF_ALL, 1000, 50).count(1, [0]),
            exceeded("5 %; it was 51 of the first 1001")
        );
        assert_eq!(of(OF_ALL, 1000, 49).count(1, [0]), Ok(()));
        assert_eq!(of(OF_ALL, 1000, 51).end(), exceeded("5 %; it was 51 of the first 1000"));
        assert_eq!(of(MaxFailed::Count(50), 1000, 50).count(1, [0]), exceeded("50"));
    }

    #[test]
    fn a_share_of_the_last_looks_at_no_others() {
        let last = MaxFailed::OfLast { share: FIVE, last: 40 };
        let mut tolerance = of(last, 0, 0);
        assert_eq!(tolerance.count(10, [0, 1]), Ok(()));
        assert_eq!(tolerance.count(31, [30]), Ok(()), "the first is the 41st before it");
        assert_eq!(tolerance.count(1, [0]), Ok(()), "and so is the second");
        assert_eq!(tolerance.count(38, [37]), exceeded("5 % of 40; it was 3 of 40 in a row"));
    }

    proptest! {
        #[test]
        fn it_is_the_same_in_blocks_of_any_size(
            fates in prop::collection::vec(prop::bool::weighted(0.1), 0..400),
            size in 1_usize..200,
            percent in 0_u8..30,
            last in prop::option::of(1_u64..100),
        ) {
            let share = Percentage::percent(percent);
            let max = last.map_or(MaxFailed::Share(share), |last| MaxFailed::OfLast { share, last });
            let judge = |size: usize| {
                let mut tolerance = of(max, 0, 0);
                for block in fates.chunks(size) {
                    let failed = (0..).zip(block).filter(|(_, failed)| **failed).map(|(at, _)| at);
                    tolerance.count(block.len() as u64, failed)?;
                }
                tolerance.end()
            };
            let failed = |range: &[bool]| range.iter().filter(|failed| **failed).count() as u64;
            let plainly = match max {
                MaxFailed::OfLast { last, .. } => (1..=fates.len()).all(|end| {
                    let start = end.saturating_sub(last as usize);
                    failed(&fates[start..end]) <= share.of(last)
                }),
                _ => (100.min(fates.len())..=fates.len())
                    .all(|end| failed(&fates[..end]) <= share.of(end as u64)),
            };
            prop_assert_eq!(judge(size).is_ok(), plainly);
            prop_assert_eq!(judge(size), judge(1));
        }
    }
}
