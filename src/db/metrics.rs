//! How long callers wait for the database, and how long its work takes. Measuring begins when the roof hands
//! over a registry.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use prometheus_client::{
    metrics::{
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use super::engine::Purpose;

/// What measures, once it is asked to; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Arc<OnceLock<Metrics>>);

#[derive(Debug)]
struct Metrics {
    read: Lane,
    write: Lane,
    group_size: Histogram,
}

#[derive(Clone, Debug)]
struct Lane {
    wait: Histogram,
    work: Histogram,
}

/// A label and its value.
type Label = [(&'static str, &'static str); 1];

impl Meter {
    /// Measures from now on, for this registry; with the size of groups where commits are grouped.
    pub(super) fn start(&self, registry: &mut Registry, grouped: bool) {
        let seconds = || Histogram::new(exponential_buckets(0.000_1, 2.5, 13));
        let (wait, work) = (
            Family::<Label, _>::new_with_constructor(seconds as fn() -> Histogram),
            Family::<Label, _>::new_with_constructor(seconds as fn() -> Histogram),
        );
        let group_size = Histogram::new(exponential_buckets(1.0, 2.0, 9));
        let lane = |purpose| {
            let label = [("purpose", purpose)];
            Lane { wait: wait.get_or_create_owned(&label), work: work.get_or_create_owned(&label) }
        };
        let metrics = Metrics { read: lane("read"), write: lane("write"), group_size: group_size.clone() };
        if self.0.set(metrics).is_err() {
            return; // it measures for another registry already
        }
        let help = "How long a unit of work waited for a connection, or for its turn in the writer's queue";
        registry.register_with_unit("database_wait", help, Unit::Seconds, wait);
        let help = "How long a transaction took with its commit, or a look without a transaction";
        registry.register_with_unit("database_transaction", help, Unit::Seconds, work);
        if grouped {
            registry.register("database_group_size", "How many units of work shared one commit", group_size);
        }
    }

    /// Begins to measure a unit of work that is wanted now.
    pub(super) fn ask(&self, purpose: Purpose) -> Stopwatch {
        Stopwatch(self.0.get().map(|metrics| (metrics.lane(purpose).clone(), Instant::now())))
    }

    /// The moment at which a unit of work for the writer is wanted.
    pub(super) fn now(&self) -> Option<Instant> {
        self.0.get().map(|_| Instant::now())
    }

    /// The writer begins a group of pieces that were wanted at these moments.
    pub(super) fn begin_group(&self, wanted: impl Iterator<Item = Option<Instant>>) -> Option<Instant> {
        let (metrics, now) = (self.0.get()?, Instant::now());
        let waited = wanted.flatten().map(|since| now.duration_since(since).as_secs_f64());
        waited.for_each(|seconds| metrics.write.wait.observe(seconds));
        Some(now)
    }

    /// The writer has done a group of so many pieces, which it began at this moment.
    pub(super) fn end_group(&self, began: Option<Instant>, pieces: usize) {
        if let (Some(metrics), Some(began)) = (self.0.get(), began) {
            metrics.group_size.observe(pieces as f64);
            metrics.write.work.observe(began.elapsed().as_secs_f64());
        }
    }
}

impl Metrics {
    const fn lane(&self, purpose: Purpose) -> &Lane {
        match purpose {
            Purpose::Read => &self.read,
            Purpose::Write => &self.write,
        }
    }
}

/// Measures what a unit of work does one after the other, if anything is measured.
#[derive(Debug)]
pub(super) struct Stopwatch(Option<(Lane, Instant)>);

impl Stopwatch {
    /// It has waited until now.
    pub(super) fn waited(&mut self) {
        self.lap(|lane| &lane.wait);
    }

    /// It has worked until now.
    pub(super) fn worked(&mut self) {
        self.lap(|lane| &lane.work);
    }

    fn lap(&mut self, of: impl Fn(&Lane) -> &Histogram) {
        if let Some((lane, since)) = &mut self.0 {
            let now = Instant::now();
            of(lane).observe(now.duration_since(*since).as_secs_f64());
            *since = now;
        }
    }
}
