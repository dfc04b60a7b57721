//! The only source of time and of new ids.

use std::{
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use uuid::{ContextV7, Timestamp, Uuid};

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

    /// A new id by which rows lie in the order in which they were made (UUID, version 7): they are written side by side, however
    /// many there are. It tells when it was made, so nothing that a branch's side is shown has one.
    pub fn ordered_id<T>(&self) -> Id<T> {
        static COUNT: Mutex<ContextV7> = Mutex::new(ContextV7::new());
        let micros = self.now().micros().unsigned_abs();
        let (seconds, nanos) = (micros / 1_000_000, micros % 1_000_000 * 1_000);
        let at = Timestamp::from_unix(&COUNT, seconds, u32::try_from(nanos).unwrap_or_default());
        Id::new(Uuid::new_v7(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_ids_lie_in_the_order_in_which_they_were_made() {
        let clock = Clock::fixed(Instant::from_micros(1_700_000_000_000_000));
        let next = |number: usize| {
            if number.is_multiple_of(100) {
                clock.advance(1);
            }
            clock.ordered_id::<()>()
        };
        let ids: Vec<_> = (0..1_000).map(next).collect();
        assert!(ids.windows(2).all(|two| two[0] < two[1]), "{ids:?}");
        assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
        // What one of them is does not say what the next one is.
        let ends: std::collections::HashSet<_> = ids.iter().map(|id| id.uuid().as_u128() as u32).collect();
        assert!(ends.len() > 990, "{}", ends.len());
    }
}
