//! The only source of time and of new ids.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use uuid::Uuid;

use crate::db::types::{Id, Instant};

/// Tells the time: the system's, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands where it is put, in microseconds of the Unix time.
    Fixed(Arc<AtomicI64>),
}

#[allow(clippy::disallowed_methods)] // this is the one place that may ask
impl Clock {
    /// A clock that stands at this moment.
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.micros())))
    }

    /// What time it is.
    pub fn now(&self) -> Instant {
        match self {
            Self::System => jiff::Timestamp::now().into(),
            Self::Fixed(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// How long it has been since some moment, for measuring: the system's never goes back, even when its time is set.
    pub fn ticks(&self) -> Duration {
        static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
        match self {
            Self::System => START.elapsed(),
            Self::Fixed(_) => Duration::from_micros(self.now().micros().try_into().unwrap_or_default()),
        }
    }

    /// Moves a fixed clock on; the system's cannot be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }

    /// A new random id, which tells nothing about when or by whom it was made.
    pub fn new_id<T>(&self) -> Id<T> {
        Id::new(Uuid::new_v4())
    }
}
