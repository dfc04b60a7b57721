//! Background work beside requests: what could keep a whole processor busy leaves room for them.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// So often a rest looks whether there are requests.
const STEP: Duration = Duration::from_millis(50);

/// From how many requests on such work rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests {
    /// From one on: what holds a lock, say, is in the way of each.
    Any,
    /// From 200 a second on: what only takes time has the time that is left as long as there are fewer.
    Many,
}

impl Requests {
    /// While there are such requests, work rests so many times as long as it worked. It takes a tenth of the time, and where each
    /// processor has a thread of such work a fortieth, since what these write down is in the way as well.
    const fn rests(self) -> u32 {
        match self {
            Self::Any => 9,
            Self::Many => 39,
        }
    }

    /// Whether so many requests within so much time are these.
    fn are(self, begun: u64, within: Duration) -> bool {
        match self {
            Self::Any => begun > 0,
            Self::Many => begun as f64 > 200.0 * within.as_secs_f64(),
        }
    }
}

/// How many requests this process has begun to answer.
#[derive(Debug, Default)]
pub struct Demand(AtomicU64);

impl Demand {
    /// One more has begun.
    pub fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Such work begins.
    pub fn work(&self) -> Turn<'_> {
        Turn { demand: self, began: Instant::now(), before: self.begun() }
    }

    fn begun(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A piece of such work.
#[derive(Debug)]
pub struct Turn<'d> {
    demand: &'d Demand,
    began: Instant,
    before: u64,
}

impl Turn<'_> {
    /// Rests when the work is done, if there were such requests meanwhile, and no longer than there are; gives how long it rested.
    pub async fn leave_room(self, from: Requests) -> Duration {
        let (worked, mut rested) = (self.began.elapsed(), Duration::ZERO);
        if !from.are(self.demand.begun() - self.before, worked) {
            return rested;
        }
        for step in Rest::after(worked, from) {
            let before = self.demand.begun();
            tokio::time::sleep(step).await;
            rested += step;
            if !from.are(self.demand.begun() - before, step) {
                break;
            }
        }
        rested
    }
}

/// The steps of a rest as long as there are requests.
#[derive(Debug)]
struct Rest {
    left: Duration,
}

impl Rest {
    fn after(worked: Duration, from: Requests) -> Self {
        Self { left: (worked * from.rests()).max(STEP) }
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
        let rest = |worked, from| Rest::after(worked, from).sum::<Duration>();
        assert_eq!(rest(20 * MS, Requests::Any), 180 * MS);
        assert_eq!(rest(1_000 * MS, Requests::Any), 9_000 * MS);
        assert_eq!(rest(1_000 * MS, Requests::Many), 39_000 * MS);
        assert_eq!(
            rest(MS, Requests::Any),
            STEP,
            "short work rests long enough to see whether there are requests"
        );
    }

    #[test]
    fn few_requests_are_not_many() {
        assert!(!Requests::Any.are(0, STEP) && Requests::Any.are(1, STEP));
        assert!(!Requests::Many.are(10, STEP) && Requests::Many.are(11, STEP));
        assert!(!Requests::Many.are(0, Duration::ZERO));
    }

    #[actix_web::test]
    async fn work_rests_only_for_requests() {
        let demand = Demand::default();
        let long = || Turn { demand: &demand, began: Instant::now() - 1_000 * MS, before: 0 };
        assert_eq!(long().leave_room(Requests::Any).await, Duration::ZERO);
        demand.add();
        // There was one meanwhile, and there is none any more, which a step tells.
        assert_eq!(long().leave_room(Requests::Any).await, STEP);
        assert_eq!(long().leave_room(Requests::Many).await, Duration::ZERO);
    }

    #[test]
    fn a_rest_looks_around_often() {
        assert!(Rest::after(77 * MS, Requests::Many).all(|step| step <= STEP));
    }
}
