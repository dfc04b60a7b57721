//! Spans of days: they begin and end with a month or with a day.

use jiff::{ToSpan, civil::Date};

use super::bound::Bound;
use crate::months::{Month, Period};

/// The first day of a month. There is one for all years from 0 to 9999.
pub(super) fn first_of(month: Month) -> Date {
    let part = |number: i32| i8::try_from(number).unwrap_or(1);
    Date::new(i16::try_from(month.year()).unwrap_or(0), part(month.month()), 1).unwrap_or(Date::ZERO)
}

/// The month of a day; held within the years 0 to 9999.
pub fn month_of(date: Date) -> Month {
    Month::new(i32::from(date.year()), i32::from(date.month())).unwrap_or(Month::FIRST)
}

/// Some days on end: both ends belong to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Days {
    from: Date,
    to: Date,
}

impl Days {
    /// From this day to that one; none if they are the wrong way round.
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// From where the first bound begins to where the last one ends, as far as there are such; none if there are none.
    ///
    /// # Errors
    /// What the first may be, if they are the wrong way round.
    pub fn between(from: Option<Bound>, to: Option<Bound>) -> Result<Option<Self>, &'static str> {
        if from.is_none() && to.is_none() {
            return Ok(None);
        }
        let first = from.map_or_else(|| first_of(Month::FIRST), Bound::first);
        let last = to.map_or(Date::MAX, Bound::last);
        Self::new(first, last).map(Some).ok_or("no later than `to`")
    }

    /// The first of them.
    pub const fn from(self) -> Date {
        self.from
    }

    /// The last of them.
    pub const fn to(self) -> Date {
        self.to
    }

    /// Whether this day is one of them.
    pub fn contains(self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// The two ends as they are written: months where they are whole months.
    pub fn bounds(self) -> (Bound, Bound) {
        match self.period() {
            Some(period) => (Bound::Month(period.from()), Bound::Month(period.to())),
            None => (Bound::day(self.from), Bound::day(self.to)),
        }
    }

    /// The months that they are, if they are whole months.
    pub fn period(self) -> Option<Period> {
        let is_whole = self.from == self.from.first_of_month() && self.to == self.to.last_of_month();
        is_whole.then(|| self.months_touched())
    }

    /// The months that any of them is in.
    pub fn months_touched(self) -> Period {
        Period::around(month_of(self.from), month_of(self.to))
    }

    /// The months that lie in them as a whole, if there are any, and the days before and after those.
    pub fn parts(self) -> (Option<Period>, Vec<Self>) {
        let begins =
            if self.from.day() == 1 { Some(self.from) } else { self.from.last_of_month().tomorrow().ok() };
        let ends = if self.to == self.to.last_of_month() {
            Some(self.to)
        } else {
            self.to.first_of_month().yesterday().ok()
        };
        let Some(whole) = begins.zip(ends).and_then(|(from, to)| Self::new(from, to)) else {
            return (None, vec![self]);
        };
        let before = whole.from.yesterday().ok().and_then(|to| Self::new(self.from, to));
        let after = whole.to.tomorrow().ok().and_then(|from| Self::new(from, self.to));
        (whole.period(), before.into_iter().chain(after).collect())
    }

    /// How many months they take, the last one begun: at least one.
    pub fn months(self) -> i32 {
        let touched = self.months_touched().months();
        if self.from.day() > self.to.day() { (touched - 1).max(1) } else { touched }
    }

    /// So many months up to this day: whole months, if it is the last one of its month.
    pub fn up_to(to: Date, months: i32) -> Option<Self> {
        let from = if to == to.last_of_month() {
            to.first_of_month().checked_sub((months - 1).months())
        } else {
            to.checked_sub(months.months()).and_then(Date::tomorrow)
        };
        Self::new(from.ok()?, to)
    }

    /// As many right before them: whole months before whole months.
    pub fn before(self) -> Option<Self> {
        if let Some(period) = self.period() {
            return period.before().map(Into::into);
        }
        let length = self.to.since(self.from).ok()?.get_days() + 1;
        Self::new(self.from.checked_sub(length.days()).ok()?, self.from.yesterday().ok()?)
    }

    /// The same a year before; none if they overlap with these.
    pub fn year_before(self) -> Option<Self> {
        if let Some(period) = self.period() {
            return period.year_before().map(Into::into);
        }
        let [from, to] = [self.from, self.to].map(|day| day.checked_sub(1.year()).ok());
        Self::new(from?, to?).filter(|before| before.to < self.from)
    }

    /// These, and those that overlap with them or stand right behind one another, as one: in their order.
    pub fn joined(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_by_key(|days| (days.from, days.to));
        let mut joined: Vec<Self> = Vec::new();
        for days in all {
            match joined.last_mut() {
                Some(last) if last.to.tomorrow().is_ok_and(|next| days.from <= next) => {
                    last.to = last.to.max(days.to);
                }
                _ => joined.push(days),
            }
        }
        joined
    }
}

impl From<Period> for Days {
    fn from(period: Period) -> Self {
        Self { from: first_of(period.from()), to: first_of(period.to()).last_of_month() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::bound::NO_BOUND;

    fn days(from: &str, to: &str) -> Days {
        let bound = |text: &str| text.parse::<Bound>().unwrap();
        Days::new(bound(from).first(), bound(to).last()).unwrap()
    }

    fn written(days: Days) -> String {
        let (from, to) = days.bounds();
        format!("{from} {to}")
    }

    #[test]
    fn a_bound_is_a_month_or_a_day_and_is_written_as_it_was_read() {
        for text in ["2026-11", "0000-01", "2026-11-22", "2024-02-29"] {
            assert_eq!(text.parse::<Bound>().unwrap().to_string(), text);
        }
        for text in ["", "2026", "2026-13", "2026-02-30", "1999-12-31", "2026-11-22T10:00", "2026-11-2"] {
            assert_eq!(text.parse::<Bound>(), Err(NO_BOUND), "{text}");
        }
    }

    #[test]
    fn whole_months_are_told_from_days() {
        let parts = |from: &str, to: &str| {
            let (whole, edges) = days(from, to).parts();
            let whole = whole.map(|period| format!("{} {}", period.from(), period.to()));
            (whole, edges.into_iter().map(written).collect::<Vec<_>>())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("2026-11", "2026-12"), (some("2026-11 2026-12"), vec![]));
        assert_eq!(parts("2026-11-01", "2026-11-30"), (some("2026-11 2026-11"), vec![]));
        assert_eq!(
            parts("2026-10-03", "2026-12-15"),
            (
                some("2026-11 2026-11"),
                vec!["2026-10-03 2026-10-31".to_owned(), "2026-12-01 2026-12-15".to_owned()]
            )
        );
        assert_eq!(parts("2026-11-03", "2026-12-15"), (None, vec!["2026-11-03 2026-12-15".to_owned()]));
        assert_eq!(parts("2026-11-03", "2026-11-04"), (None, vec!["2026-11-03 2026-11-04".to_owned()]));
    }

    #[test]
    fn what_was_before_is_as_long() {
        for (from, to, before, year_before, months) in [
            ("2026-11", "2026-12", Some("2026-09 2026-10"), Some("2025-11 2025-12"), 2),
            ("2026-11-03", "2026-12-15", Some("2026-09-21 2026-11-02"), Some("2025-11-03 2025-12-15"), 2),
            ("2026-11-20", "2026-12-10", Some("2026-10-30 2026-11-19"), Some("2025-11-20 2025-12-10"), 1),
            ("2024-02-29", "2024-02-29", Some("2024-02-28 2024-02-28"), Some("2023-02-28 2023-02-28"), 1),
            ("2026-01-02", "2027-02-01", Some("2024-12-02 2026-01-01"), None, 13),
        ] {
            let days = days(from, to);
            let texts = [days.before(), days.year_before()].map(|days| days.map(written));
            assert_eq!(texts.each_ref().map(Option::as_deref), [before, year_before], "{from} {to}");
            assert_eq!(days.months(), months, "{from} {to}");
        }
        let up_to = |to: &str, months| Days::up_to(to.parse::<Bound>().unwrap().last(), months).map(written);
        assert_eq!(up_to("2026-11", 3).as_deref(), Some("2026-09 2026-11"));
        assert_eq!(up_to("2026-11-15", 3).as_deref(), Some("2026-08-16 2026-11-15"));
    }

    proptest! {
        #[test]
        fn the_parts_of_some_days_are_all_of_them(from in 0..2_000_i64, length in 0..400_i64) {
            let from = "2024-01-01".parse::<Date>().unwrap().checked_add(from.days()).unwrap();
            let all = Days::new(from, from.checked_add(length.days()).unwrap()).unwrap();
            let (whole, edges) = all.parts();
            let parts: Vec<Days> = edges.into_iter().chain(whole.map(Into::<Days>::into)).collect();
            let number = |days: &Days| days.to.since(days.from).unwrap().get_days() + 1;
            prop_assert_eq!(parts.iter().map(number).sum::<i32>(), number(&all));
            prop_assert_eq!(Days::joined(parts), vec![all]);
        }
    }
}
