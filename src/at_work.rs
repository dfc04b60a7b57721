//! How long a thread was at work: what a test may hold to a limit, because it does not grow with what else the machine does.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// For how long this thread has had a processor, since it began.
pub(crate) fn at_work() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
