//! The time that reading takes.

use std::time::{Duration, Instant};

use super::Problem;

/// Tells when it is enough.
pub(super) struct Watch {
    start: Instant,
    lap: Instant,
    limit: Duration,
}

impl Watch {
    pub(super) fn start(limit: Duration) -> Self {
        let now = Instant::now();
        Self { start: now, lap: now, limit }
    }

    /// An error once the time is over.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.start.elapsed() > self.limit { Err(Problem::TooSlow) } else { Ok(()) }
    }

    /// How long it was since the last lap; an error once the time is over.
    pub(super) fn lap(&mut self) -> Result<Duration, Problem> {
        self.check()?;
        let took = self.lap.elapsed();
        self.lap = Instant::now();
        Ok(took)
    }
}
