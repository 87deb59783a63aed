//! Interrupt and terminate: the first signal asks the run to stop, a second one ends it at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use signal_hook::{
    consts::{SIGINT, SIGTERM, SIGXFSZ},
    flag,
};

use crate::failure::Failure;

/// What was received so far.
pub(crate) struct Signals {
    /// Set by the first signal.
    pub(crate) stop: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

impl Signals {
    /// Begins to listen.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let signals = Signals { stop: Arc::default(), last: Arc::default() };
        for signal in [SIGINT, SIGTERM] {
            // In this order: a signal that finds the flag set is not the first.
            flag::register_conditional_shutdown(signal, exit_code(signal), signals.stop.clone())
                .and_then(|_| flag::register(signal, signals.stop.clone()))
                .and_then(|_| {
                    flag::register_usize(
                        signal,
                        signals.last.clone(),
                        signal.unsigned_abs() as usize,
                    )
                })
                .map_err(|error| Failure::Io(format!("cannot listen to signals: {error}")))?;
        }
        Ok(signals)
    }

    /// The exit code of a run that the last signal stopped.
    pub(crate) fn exit_code(&self) -> u8 {
        let last = i32::try_from(self.last.load(Ordering::Relaxed)).unwrap_or(SIGINT);
        u8::try_from(exit_code(last)).unwrap_or(u8::MAX)
    }
}

/// Lets a write beyond the limit on the size of a file fail like any other, which would else end the process
/// without a word.
pub(crate) fn survive_file_limit() {
    // Where this cannot be had, all else goes on as it would.
    let _ = flag::register(SIGXFSZ, Arc::default());
}

fn exit_code(signal: i32) -> i32 {
    128 + signal
}
