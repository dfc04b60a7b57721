//! How long a thread was at work: what may be held to a limit, because it does not grow with what else the machine does.

use std::time::Duration;

/// For how long this thread has had a processor, since it began.
#[cfg(unix)]
pub(crate) fn at_work() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// For how long this thread has been there, where the system does not say how long it had a processor.
#[cfg(not(unix))]
pub(crate) fn at_work() -> Duration {
    thread_local!(static BEGAN: std::time::Instant = std::time::Instant::now());
    BEGAN.with(std::time::Instant::elapsed)
}
