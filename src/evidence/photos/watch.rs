//! The time that reading takes: what the thread works, so that a busy machine refuses no photo.

use std::time::Duration;

use super::Problem;
use crate::at_work::at_work;

/// Tells when it is enough. It is of the thread that it was started on.
pub(super) struct Watch {
    start: Duration,
    lap: Duration,
    limit: Duration,
}

impl Watch {
    pub(super) fn start(limit: Duration) -> Self {
        let now = at_work();
        Self { start: now, lap: now, limit }
    }

    /// An error once the time is over.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if at_work().saturating_sub(self.start) > self.limit { Err(Problem::TooSlow) } else { Ok(()) }
    }

    /// How long it was since the last lap; an error once the time is over.
    pub(super) fn lap(&mut self) -> Result<Duration, Problem> {
        self.check()?;
        let now = at_work();
        let took = now.saturating_sub(self.lap);
        self.lap = now;
        Ok(took)
    }
}
