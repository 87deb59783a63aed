//! The memory of another process: how much it uses, and a hard limit that it cannot pass.

use rustix::process::Pid;

/// Resident memory in bytes; `None` where it cannot be known.
#[cfg(target_os = "linux")]
pub(crate) fn resident(pid: Pid) -> Option<u64> {
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", pid.as_raw_nonzero())).ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Stands behind the looks at resident memory: what asks for far more than the limit at once gets
/// nothing, and most programs end over that.
#[cfg(target_os = "linux")]
pub(super) fn hold_back(pid: Pid, limit: u64) {
    use rustix::process::{Resource, Rlimit, prlimit};

    let hard = Some(limit.saturating_mul(2).saturating_add(256 << 20));
    // It can only fail for a process that has ended, or where a lower limit stands already.
    let _ = prlimit(Some(pid), Resource::Data, Rlimit { current: hard, maximum: hard });
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn resident(_: Pid) -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn hold_back(_: Pid, _: u64) {}
