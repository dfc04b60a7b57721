//! The day and the hour of a visit: those in which it began, by the clocks of its branch.

use std::cmp::Ordering;

use jiff::{Zoned, civil::Date, tz::TimeZone};

use super::model::{VisitHead, made_at};
use crate::{
    calendar::{bound::Bound, days::month_of},
    db::types::Instant,
    months::Month,
};

/// The day of this visit, which began then by its phone's clock and whose window opens then. It is held within the month that the visit counts in,
/// which stays if the clocks of the branch are set anew.
pub fn day(visit: &VisitHead, began: (Instant, Instant), zone: &TimeZone) -> Date {
    within(visit.month, local(visit, began, zone).date())
}

/// The hour in which this visit began, 0 to 23.
pub fn hour(visit: &VisitHead, began: (Instant, Instant), zone: &TimeZone) -> i8 {
    local(visit, began, zone).hour()
}

fn local(visit: &VisitHead, (began, opens_at): (Instant, Instant), zone: &TimeZone) -> Zoned {
    made_at(began, opens_at, visit.received_at).timestamp().to_zoned(zone.clone())
}

/// This day, or the one of the month that is nearest to it.
fn within(month: Month, day: Date) -> Date {
    match month_of(day).cmp(&month) {
        Ordering::Equal => day,
        Ordering::Less => Bound::Month(month).first(),
        Ordering::Greater => Bound::Month(month).last(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_is_held_within_its_month() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let march = "2026-03".parse().unwrap();
        for (of, held) in
            [("2026-03-14", "2026-03-14"), ("2026-02-28", "2026-03-01"), ("2026-04-01", "2026-03-31")]
        {
            assert_eq!(within(march, day(of)), day(held));
        }
    }
}
