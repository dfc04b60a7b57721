//! The hour of the night at which reports go out, by the clocks of their region.

use jiff::{
    ToSpan, Zoned,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{db::types::Instant, months::Month, places};

/// The hour: from three to four.
pub const HOUR: i8 = 3;

/// What the clocks of this zone show.
pub fn local(now: Instant, zone: &str) -> Zoned {
    now.timestamp().to_zoned(places::model::time_zone(zone).unwrap_or(TimeZone::UTC))
}

/// Whether it is that hour there.
pub fn is_now(now: Instant, zone: &str) -> bool {
    local(now, zone).hour() == HOUR
}

/// When that hour begins there next, after this moment.
pub fn next(now: Instant, zone: &str) -> Instant {
    let here = local(now, zone);
    let tonight = here.date().to_datetime(Time::constant(HOUR, 0, 0, 0));
    let of_day = |moment: DateTime| here.time_zone().to_ambiguous_zoned(moment).compatible();
    let next = match of_day(tonight) {
        Ok(begins) if begins > here => Ok(begins),
        _ => of_day(tonight.saturating_add(1.day())),
    };
    // Beyond the years that there are, nothing is shown any more.
    next.map_or(now, |next| Instant::from(next.timestamp()))
}

/// The month of a day; none beyond the years 0 to 9999.
pub fn month_of(day: Date) -> Option<Month> {
    Month::new(day.year().into(), day.month().into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_is_night_where_the_region_is() {
        let at = |text: &str| Instant::from(text.parse::<jiff::Timestamp>().unwrap());
        for (moment, zone, is_night) in [
            ("2026-03-15T00:00:00Z", "Europe/Istanbul", true),
            ("2026-03-15T01:00:00Z", "Europe/Istanbul", false),
            ("2026-03-15T03:00:00Z", "UTC", true),
            ("2026-03-15T22:00:00Z", "Asia/Kolkata", true),
            ("2026-07-15T01:00:00Z", "Europe/Paris", true),
            ("2026-01-15T01:00:00Z", "Europe/Paris", false),
        ] {
            assert_eq!(is_now(at(moment), zone), is_night, "{moment} {zone}");
        }
    }

    #[test]
    fn the_next_night_begins_after_this_moment() {
        let at = |text: &str| Instant::from(text.parse::<jiff::Timestamp>().unwrap());
        for (moment, zone, begins) in [
            ("2026-03-14T23:59:59Z", "Europe/Istanbul", "2026-03-15T00:00:00Z"),
            ("2026-03-15T00:00:00Z", "Europe/Istanbul", "2026-03-16T00:00:00Z"),
            ("2026-03-15T00:30:00Z", "Europe/Istanbul", "2026-03-16T00:00:00Z"),
            ("2026-03-15T12:00:00Z", "Europe/Istanbul", "2026-03-16T00:00:00Z"),
            ("2026-03-15T01:00:00Z", "UTC", "2026-03-15T03:00:00Z"),
            // Where clocks go from three to four, the hour begins at four.
            ("2026-03-28T12:00:00Z", "Europe/Sofia", "2026-03-29T01:00:00Z"),
            // Where they go from four back to three, it begins once.
            ("2026-10-24T12:00:00Z", "Europe/Sofia", "2026-10-25T00:00:00Z"),
            ("2026-10-25T00:30:00Z", "Europe/Sofia", "2026-10-26T01:00:00Z"),
        ] {
            assert_eq!(next(at(moment), zone), at(begins), "{moment} {zone}");
        }
    }

    #[test]
    fn a_day_is_in_its_month() {
        let month = month_of(Date::constant(2026, 3, 14));
        assert_eq!(month.map(|month| month.to_string()).as_deref(), Some("2026-03"));
        assert_eq!(month_of(Date::constant(-1, 3, 14)), None);
    }
}
