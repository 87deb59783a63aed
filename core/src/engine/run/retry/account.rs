//! What a retry makes of the record of a shard.

use std::collections::BTreeMap;

use super::{Again, Letter, Outcome, Retried, splice::Insert};
use crate::engine::run::{
    record::{FailedAt, Record},
    tracks::TrackKind,
};

impl Again<'_> {
    /// The record of a shard with what was retried in it.
    pub(super) fn account(
        &self,
        mut record: Record,
        wanted: &[Option<Insert>],
        mut outcomes: BTreeMap<usize, Outcome>,
        inserts: Vec<Vec<Insert>>,
        counts: &BTreeMap<String, u64>,
    ) -> Retried {
        let mut letters = Vec::new();
        let mut failures = Vec::new();
        // How many bytes have come in so far, in each track.
        let mut shift = vec![0; self.tracks.len()];
        for (at, failed) in std::mem::take(&mut record.failures).into_iter().enumerate() {
            let outcome = outcomes.remove(&at);
            let of = counts.get(&failed.input).copied().unwrap_or(failed.of);
            let failed = FailedAt { of, ..failed };
            let place = |more: &[u64]| -> Vec<u64> {
                let shifted = failed.at.iter().zip(&shift).map(|(at, shift)| at + shift);
                shifted.enumerate().map(|(track, at)| at + more.get(track).unwrap_or(&0)).collect()
            };
            match (&wanted[at], outcome) {
                (Some(letter), _) => {
                    letters.push(Letter::Old(*letter));
                    failures.push(FailedAt { at: place(&[]), ..failed });
                }
                (None, Some(outcome)) => {
                    for again in outcome.failed {
                        letters.push(Letter::New(again.letter));
                        failures.push(FailedAt {
                            number: failed.number.map(|number| number + again.nth),
                            component: again.component,
                            letter: again.letter.len,
                            at: place(&again.after),
                            ..failed.clone()
                        });
                    }
                    for (shift, more) in shift.iter_mut().zip(outcome.inserted) {
                        *shift += more;
                    }
                }
                // Its input has no such document any more.
                (None, None) => record.ledger.take_back(failed.component, &[]),
            }
        }
        for (track, inserts) in inserts.iter().enumerate() {
            record.parts[track].len += inserts.iter().map(|insert| insert.len).sum::<u64>();
        }
        record.failures = failures;
        if let Some(at) = self.letters_track() {
            record.parts[at].len = record.failures.iter().map(|failed| failed.letter).sum();
        }
        Retried { record, inserts, letters }
    }

    fn letters_track(&self) -> Option<usize> {
        self.tracks.iter().position(|track| track.kind == TrackKind::DeadLetters)
    }
}
