//! A fixed piece of work, timed to tell how fast the machine is at the moment.
//!
//! Two benchmarks that ran at different times saw two machines: another clock, other neighbours in the cache. What
//! both say of this work makes their other times comparable, as far as it suffers in the same way. So it does what
//! stages do: goes through text, hashes words, looks into tables larger than the first cache.

use std::{hint::black_box, time::Instant};

/// Entries of the table, of eight bytes: as much as a second-level cache holds.
const ENTRIES: usize = 1 << 15;
/// Bytes gone through.
const BYTES: u32 = 200_000;

/// The work, with its memory.
pub(super) struct Calibration {
    table: Vec<u64>,
    least: f64,
}

impl Calibration {
    pub(super) fn new() -> Self {
        Calibration { table: vec![1; ENTRIES], least: f64::INFINITY }
    }

    /// Does the work several times.
    pub(super) fn time(&mut self) {
        for _ in 0..4 {
            let start = Instant::now();
            black_box(work(black_box(&mut self.table)));
            self.least = self.least.min(start.elapsed().as_secs_f64());
        }
    }

    /// The least time that the work took, in seconds.
    pub(super) fn least(&self) -> f64 {
        self.least
    }
}

fn work(table: &mut [u64]) -> u64 {
    let (mut hash, mut words) = (0xcbf2_9ce4_8422_2325_u64, 0);
    let mut byte = 17_u32;
    for _ in 0..BYTES {
        byte = byte.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        hash = (hash ^ u64::from(byte >> 24)).wrapping_mul(0x0100_0000_01b3);
        if byte >> 30 == 0 {
            let at = (hash >> 40) as usize % table.len();
            words += table[at] & 1;
            table[at] = table[at].wrapping_add(hash);
        }
    }
    words ^ hash
}
