//! The clocks that runs are accounted by.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The time since `since`, which becomes now.
pub(super) fn lap(since: &mut Instant) -> Duration {
    let now = Instant::now();
    let lap = now - *since;
    *since = now;
    lap
}

/// Processor time of this thread.
pub(super) fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
