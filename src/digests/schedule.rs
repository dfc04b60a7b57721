//! When a digest is due: once a week or once a month, by the clocks of a time zone.

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::types::{Instant, text_enum},
    error::FieldError,
    limits::{self, Whole},
    places::model::time_zone,
    strict::objects_only,
};

text_enum! {
    /// How often a digest is due.
    pub enum DigestEvery {
        /// Once a week.
        Week = "week",
        /// Once a month.
        Month = "month",
    }
}

text_enum! {
    /// A day of the week.
    pub enum DigestWeekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

impl DigestWeekday {
    const fn of_calendar(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Monday,
            Self::Tuesday => Weekday::Tuesday,
            Self::Wednesday => Weekday::Wednesday,
            Self::Thursday => Weekday::Thursday,
            Self::Friday => Weekday::Friday,
            Self::Saturday => Weekday::Saturday,
            Self::Sunday => Weekday::Sunday,
        }
    }
}

/// When a digest is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DigestSchedule {
    /// How often.
    pub every: DigestEvery,
    /// On which day, of a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekday: Option<DigestWeekday>,
    /// On which day, of a month; a month that has no such day has its last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Whole<1, 31>>,
    /// At which full hour. Where clocks are put forward over it, it is the hour after; where they are put back, it is the first of the two.
    pub hour: Whole<0, 23>,
    /// By the clocks of which IANA time zone.
    pub time_zone: limits::TimeZone,
}

objects_only!(DigestSchedule);

impl DigestSchedule {
    /// What is missing, or has no place in it; `pointer` is where it stands.
    pub fn wrong(&self, pointer: &str) -> Vec<FieldError> {
        let members = [
            ("weekday", self.weekday.is_some(), self.every == DigestEvery::Week),
            ("day", self.day.is_some(), self.every == DigestEvery::Month),
        ];
        let wrong = |(member, is_given, is_needed)| {
            let (code, what) = match (is_given, is_needed) {
                (false, true) => ("required", "has a"),
                (true, false) => ("contradiction", "has no"),
                _ => return None,
            };
            let why = format!("what is due every {} {what} {member}", self.every);
            Some(FieldError::new(format!("{pointer}/{member}"), code, why))
        };
        members.into_iter().filter_map(wrong).collect()
    }

    /// The last moment at which it was due, up to this one.
    pub fn last(&self, until: Instant) -> Option<Instant> {
        self.around(until).into_iter().filter(|due| *due <= until).max()
    }

    /// The first moment after this one at which it will be due.
    pub fn next(&self, after: Instant) -> Option<Instant> {
        self.around(after).into_iter().filter(|due| *due > after).min()
    }

    /// The moments next to this one: one at least on each side.
    fn around(&self, at: Instant) -> Vec<Instant> {
        let zone = time_zone(self.time_zone.as_str()).unwrap_or(TimeZone::UTC);
        let today = at.timestamp().to_zoned(zone.clone()).date();
        let days = [-1, 0, 1].into_iter().filter_map(|steps| self.day(today, steps));
        let moment = |day: Date| {
            // A moment that clocks leave out is one hour later, and of two the first one counts.
            let due = day.at(self.hour.as_i32() as i8, 0, 0, 0).to_zoned(zone.clone()).ok()?;
            Some(Instant::from(due.timestamp()))
        };
        days.filter_map(moment).collect()
    }

    /// Its day in the week or the month of this day, or so many later.
    fn day(&self, of: Date, steps: i64) -> Option<Date> {
        match self.every {
            DigestEvery::Week => {
                let weekday = self.weekday?.of_calendar().to_monday_zero_offset();
                let ahead = i64::from(weekday - of.weekday().to_monday_zero_offset());
                of.checked_add((ahead + 7 * steps).days()).ok()
            }
            DigestEvery::Month => {
                let first = of.first_of_month().checked_add(steps.months()).ok()?;
                let day = self.day?.as_i32().min(first.days_in_month().into());
                Date::new(first.year(), first.month(), day as i8).ok()
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn schedule(of: serde_json::Value) -> DigestSchedule {
        serde_json::from_value(of).unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn weekly(hour: u8) -> DigestSchedule {
        schedule(json!({"every": "week", "weekday": "sunday", "hour": hour, "time_zone": "Europe/Paris"}))
    }

    fn monthly(day: u8) -> DigestSchedule {
        schedule(json!({"every": "month", "day": day, "hour": 7, "time_zone": "Europe/Paris"}))
    }

    #[test]
    fn a_week_has_one_moment_also_when_clocks_change() {
        // The clocks go from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
        for (schedule, after, wanted) in [
            (weekly(2), "2026-03-22T01:00:00Z", "2026-03-29T01:00:00Z"),
            (weekly(2), "2026-03-29T01:00:00Z", "2026-04-05T00:00:00Z"),
            (weekly(2), "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"),
            (weekly(2), "2026-10-25T00:00:00Z", "2026-11-01T01:00:00Z"),
            (weekly(7), "2026-03-22T06:00:00Z", "2026-03-29T05:00:00Z"),
        ] {
            assert_eq!(schedule.next(at(after)), Some(at(wanted)), "{after}");
            assert_eq!(schedule.last(at(wanted)), Some(at(wanted)));
        }
    }

    #[test]
    fn a_month_without_the_day_has_its_last_one() {
        for (day, after, wanted) in [
            (31, "2026-01-31T06:00:00Z", "2026-02-28T06:00:00Z"),
            (31, "2026-02-28T06:00:00Z", "2026-03-31T05:00:00Z"),
            (30, "2028-02-01T00:00:00Z", "2028-02-29T06:00:00Z"),
            (1, "2026-12-31T23:59:59Z", "2027-01-01T06:00:00Z"),
        ] {
            assert_eq!(monthly(day).next(at(after)), Some(at(wanted)), "{after}");
        }
    }

    #[test]
    fn each_kind_has_its_own_day() {
        let pointers = |of: serde_json::Value| -> Vec<_> {
            schedule(of).wrong("/schedule").into_iter().map(|wrong| (wrong.pointer, wrong.code)).collect()
        };
        let bare = |every| json!({"every": every, "hour": 7, "time_zone": "UTC"});
        let pair = |pointer: &str, code| (pointer.to_owned(), code);
        assert_eq!(pointers(bare("week")), [pair("/schedule/weekday", "required")]);
        let mut both = bare("month");
        (both["day"], both["weekday"]) = (json!(1), json!("monday"));
        assert_eq!(pointers(both), [pair("/schedule/weekday", "contradiction")]);
    }

    proptest! {
        #[test]
        fn moments_follow_one_another(
            seconds in 0_i64..4_000_000_000, day in 1_u8..=31, hour in 0_u8..=23, is_weekly in any::<bool>(),
            zone in prop::sample::select(vec!["UTC", "Europe/Paris", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe"]),
        ) {
            let of = match is_weekly {
                true => json!({"every": "week", "weekday": "friday", "hour": hour, "time_zone": zone}),
                false => json!({"every": "month", "day": day, "hour": hour, "time_zone": zone}),
            };
            let (schedule, now) = (schedule(of), Instant::from_micros(seconds * 1_000_000));
            let (last, next) = (schedule.last(now).unwrap(), schedule.next(now).unwrap());
            prop_assert!(last <= now && now < next);
            prop_assert_eq!(schedule.next(last), Some(next));
            let days = (next.unix_seconds() - last.unix_seconds()) / 86_400;
            prop_assert!(if is_weekly { (5..=8).contains(&days) } else { (26..=32).contains(&days) }, "{}", days);
        }
    }
}
