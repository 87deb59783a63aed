//! A stop that was asked for from outside: the shard at hand has a little time to come to its end.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a run to files goes on with shards that it has begun.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// Whether the run is to stop.
pub(super) struct Stop<'a> {
    asked: &'a AtomicBool,
    since: OnceLock<Instant>,
    grace: Duration,
}

impl<'a> Stop<'a> {
    pub(super) fn new(asked: &'a AtomicBool, grace: Duration) -> Self {
        Stop { asked, since: OnceLock::new(), grace }
    }

    /// Whether no shard is to be begun any more.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether no document is to be begun any more.
    pub(super) fn is_due(&self) -> bool {
        self.is_asked() && self.since.get_or_init(Instant::now).elapsed() >= self.grace
    }
}
