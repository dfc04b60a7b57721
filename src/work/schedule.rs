//! When a task that recurs runs next.

use std::str::FromStr;

use croner::Cron;
use jiff::{Timestamp, tz::TimeZone};

use crate::db::types::Instant;

/// When a task that recurs runs.
#[derive(Clone, Debug)]
pub enum Schedule {
    /// So many seconds after it ended.
    Every(i64),
    /// When the calendar says so, in UTC.
    At(Box<Cron>),
}

impl Schedule {
    /// As cron writes it, in UTC: minute, hour, day of the month, month, day of the week.
    ///
    /// # Errors
    /// In one line, if it cannot be read.
    pub fn cron(pattern: &str) -> std::result::Result<Self, String> {
        let cron = Cron::from_str(pattern).map_err(|error| format!("{pattern} is no schedule: {error}"))?;
        Ok(Self::At(Box::new(cron)))
    }

    /// The next time after this moment; never again, if the calendar has no such day.
    pub fn next(&self, now: Instant) -> Instant {
        match self {
            Self::Every(seconds) => now.plus_seconds(*seconds),
            Self::At(cron) => {
                let now =
                    Timestamp::from_microsecond(now.micros()).unwrap_or_default().to_zoned(TimeZone::UTC);
                let next = cron.find_next_occurrence(&now, false);
                next.map_or(Instant::NEVER, |next| next.timestamp().into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse::<Timestamp>().unwrap().into()
    }

    #[test]
    fn a_schedule_names_the_next_time_and_never_the_present_one() {
        let nightly = Schedule::cron("30 3 * * *").unwrap();
        assert_eq!(nightly.next(at("2026-03-01T08:00:00Z")), at("2026-03-02T03:30:00Z"));
        assert_eq!(nightly.next(at("2026-03-02T03:30:00Z")), at("2026-03-03T03:30:00Z"));
        assert_eq!(Schedule::Every(60).next(at("2026-03-01T08:00:00Z")), at("2026-03-01T08:01:00Z"));
        assert_eq!(Schedule::cron("0 0 30 2 *").unwrap().next(at("2026-03-01T08:00:00Z")), Instant::NEVER);
        assert!(Schedule::cron("every day").is_err());
    }
}
