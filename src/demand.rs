//! Background work beside requests: what could keep a whole processor busy leaves room for them.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// While there are requests, such work rests so many times as long as it worked: it takes a tenth of the time.
const RESTS: u32 = 9;
/// So often a rest looks whether there are requests. One is enough to say that there are.
const STEP: Duration = Duration::from_millis(50);

/// How many requests this process has begun to answer.
#[derive(Debug, Default)]
pub struct Demand(AtomicU64);

impl Demand {
    /// One more has begun.
    pub fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Rests after so much work: at least a step, and no longer when there are no requests.
    pub async fn leave_room(&self, worked: Duration) {
        for step in Rest::after(worked) {
            let before = self.0.load(Relaxed);
            tokio::time::sleep(step).await;
            if self.0.load(Relaxed) == before {
                break;
            }
        }
    }
}

/// The steps of a rest as long as there are requests.
#[derive(Debug)]
struct Rest {
    left: Duration,
}

impl Rest {
    fn after(worked: Duration) -> Self {
        Self { left: (worked * RESTS).max(STEP) }
    }
}

impl Iterator for Rest {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let step = self.left.min(STEP);
        self.left -= step;
        (!step.is_zero()).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn work_takes_a_tenth_of_the_time() {
        let rest = |worked| Rest::after(worked).sum::<Duration>();
        assert_eq!(rest(20 * MS), 180 * MS);
        assert_eq!(rest(1_000 * MS), 9_000 * MS);
        assert_eq!(rest(MS), STEP, "short work rests long enough to see whether there are requests");
    }

    #[test]
    fn a_rest_looks_around_often() {
        assert!(Rest::after(77 * MS).all(|step| step <= STEP));
    }
}
