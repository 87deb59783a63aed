//! How much processor time a program takes, for the account of the run: it does not say so itself.

use std::time::Duration;

/// Looks at the processor time of a process, of all its threads.
#[derive(Debug)]
pub(super) struct Clock {
    pid: u32,
    /// What it had taken when it was last looked at.
    seen: Duration,
}

impl Clock {
    pub(super) fn of(pid: u32) -> Self {
        Clock { pid, seen: taken(pid).unwrap_or_default() }
    }

    /// What it took since the last look; nothing where that cannot be known. The system counts in
    /// hundredths of a second: one look says little, their sum is right.
    pub(super) fn lap(&mut self) -> Duration {
        let now = taken(self.pid).unwrap_or(self.seen);
        now.saturating_sub(std::mem::replace(&mut self.seen, now))
    }
}

#[cfg(target_os = "linux")]
fn taken(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in parentheses, which may itself hold some.
    let (_, fields) = stat.rsplit_once(") ")?;
    // Fields 14 and 15: in the program itself, and in the system for it.
    let ticks = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().ok());
    let ticks = ticks.sum::<Option<u64>>()?;
    let a_second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_micros(ticks.saturating_mul(1_000_000).checked_div(a_second)?))
}

#[cfg(not(target_os = "linux"))]
fn taken(_: u32) -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn work_is_counted_once() {
        let mut clock = Clock::of(std::process::id());
        let before = taken(std::process::id()).unwrap();
        while taken(std::process::id()).unwrap() < before + Duration::from_millis(30) {}
        assert!(clock.lap() >= Duration::from_millis(30));
        assert!(clock.lap() < Duration::from_millis(30));
        assert_eq!(Clock { pid: u32::MAX, seen: Duration::ZERO }.lap(), Duration::ZERO);
    }
}
