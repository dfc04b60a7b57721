//! Trends: what is shown of one subject of a place, step by step.

use jiff::{ToSpan, civil::Date};

use super::{
    lent::Lent,
    means::Means,
    model::Place,
    planned::{Planned, planned},
    shown::Shown,
    subjects::{named, shown_on},
    targets::in_force::InForce,
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    calendar::{
        bound::Bound,
        days::{Days, month_of},
    },
    checklists::counted::Subject,
    db::{Conn, types::text_enum},
    error::{Error, FieldError, Result},
    ids::VersionId,
};

/// A trend has so many steps at most.
pub const MOST_STEPS: usize = 400;

text_enum! {
    /// How long a step of a trend is.
    pub enum TrendStep {
        /// A day.
        Day = "day",
        /// A week, from Monday on.
        Week = "week",
        /// A month.
        Month = "month",
        /// A quarter of a year.
        Quarter = "quarter",
        /// A year.
        Year = "year",
        /// The three months up to each month.
        Rolling3 = "rolling_3",
        /// The six months up to each month.
        Rolling6 = "rolling_6",
        /// The twelve months up to each month.
        Rolling12 = "rolling_12",
    }
}

/// A series of figures.
#[derive(Clone, Debug)]
pub struct Series {
    /// What they are of.
    pub of: Subject,
    /// How long a step is.
    pub step: TrendStep,
    /// Each is of so many months up to the end of its step, if that is said.
    pub rolling: Option<i32>,
    /// Whether each says how many visits were planned.
    pub with_planned: bool,
}

impl Series {
    /// The steps of some days.
    fn steps(&self, days: Days) -> Vec<Days> {
        let steps = steps(days, self.step).into_iter();
        let rolled = |one: Days| self.rolling.map_or(Some(one), |months| Days::up_to(one.to(), months));
        steps.filter_map(rolled).collect()
    }
}

/// One step of a trend.
#[derive(Debug)]
pub struct Point {
    /// Its days.
    pub days: Days,
    /// What is shown of the subject.
    pub shown: Shown,
    /// How many visits were planned; none if that was not asked for, and for the branch's side.
    pub planned: Option<Planned>,
    /// How many visits were made with each version, in the order of their ids.
    pub versions: Vec<(VersionId, i64)>,
    /// How many checklists they were made with.
    checklists: usize,
}

impl Point {
    /// Whether visits were made with several versions of one checklist.
    pub fn mixes_versions(&self) -> bool {
        self.versions.len() > self.checklists
    }
}

/// What is shown of one subject of a place, step by step.
#[derive(Debug)]
pub struct Trend {
    /// The place.
    pub place: Visible,
    /// What the brand lends.
    pub lent: Lent,
    /// What scores are to be.
    pub targets: InForce,
    /// The steps, the first one first.
    pub points: Vec<Point>,
}

/// The trend of a subject of a place in a period.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope; `invalid` if there are too many steps, or more visits are to be counted one by one than
/// can be.
pub fn trend(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    series: &Series,
) -> Result<Trend> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let (steps, mut points) = (series.steps(wanted.days), Vec::new());
    if steps.len() > MOST_STEPS {
        let why = format!("at most {MOST_STEPS} steps from `from` to `to`");
        return Err(Error::invalid(vec![FieldError::new("step", "range", why)]));
    }
    let planned = match series.with_planned {
        true => planned(conn, &place, wanted, &steps)?,
        false => None,
    };
    let mut planned = planned.into_iter().flatten();
    let numbered = shown_on(conn, means, &place, wanted, &steps)?;
    for (days, numbered) in steps.into_iter().zip(numbered) {
        let (shown, planned) = (Shown::default(), planned.next());
        let mut point = Point { days, shown, planned, versions: Vec::new(), checklists: 0 };
        for (_, subject, shown) in named(conn, means, &place, numbered)? {
            if subject == series.of {
                point.shown = shown;
            }
            match subject {
                Subject::Version(version) => point.versions.push((version, shown.visits())),
                Subject::Checklist(_) => point.checklists += 1,
                _ => {}
            }
        }
        point.versions.sort();
        points.push(point);
    }
    let targets = InForce::of(conn, &place, wanted.touched())?;
    Ok(Trend { place, lent, targets, points })
}

/// The steps of some days, in their order. Weeks, months, quarters and years are those of the calendar, cut at both ends.
pub fn steps(days: Days, step: TrendStep) -> Vec<Days> {
    let calendar = |end: fn(Date) -> Date| {
        let (mut steps, mut from) = (Vec::new(), Some(days.from()));
        while let Some(first) = from.filter(|first| *first <= days.to()) {
            let last = end(first).min(days.to());
            steps.extend(Days::new(first, last));
            from = last.tomorrow().ok();
        }
        steps
    };
    let rolling = |months| {
        let ends = calendar(Date::last_of_month).into_iter();
        ends.filter_map(|one| Days::up_to(one.to(), months)).collect()
    };
    match step {
        TrendStep::Day => calendar(|day| day),
        TrendStep::Week => calendar(|day| {
            let left = 6 - i64::from(day.weekday().to_monday_zero_offset());
            day.saturating_add(left.days())
        }),
        TrendStep::Month => calendar(Date::last_of_month),
        TrendStep::Quarter => calendar(|day| Bound::Month(month_of(day).quarter_end()).last()),
        TrendStep::Year => calendar(Date::last_of_year),
        TrendStep::Rolling3 => rolling(3),
        TrendStep::Rolling6 => rolling(6),
        TrendStep::Rolling12 => rolling(12),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(from: &str, to: &str, step: TrendStep) -> Vec<String> {
        let bound = |text: &str| text.parse::<Bound>().unwrap();
        let days = Days::new(bound(from).first(), bound(to).last()).unwrap();
        let written = |days: &Days| format!("{} {}", days.bounds().0, days.bounds().1);
        steps(days, step).iter().map(written).collect()
    }

    #[test]
    fn steps_are_those_of_the_calendar_and_fill_the_period() {
        assert_eq!(of("2026-02", "2026-03", TrendStep::Month), ["2026-02 2026-02", "2026-03 2026-03"]);
        assert_eq!(
            of("2026-02", "2026-07", TrendStep::Quarter),
            ["2026-02 2026-03", "2026-04 2026-06", "2026-07 2026-07"]
        );
        assert_eq!(of("2025-11", "2026-12", TrendStep::Year), ["2025-11 2025-12", "2026-01 2026-12"]);
        assert_eq!(of("2026-01", "2026-02", TrendStep::Rolling3), ["2025-11 2026-01", "2025-12 2026-02"]);
        assert_eq!(of("2026-01", "2026-01", TrendStep::Rolling12), ["2025-02 2026-01"]);
        assert_eq!(of("9999-11", "9999-12", TrendStep::Month), ["9999-11 9999-11", "9999-12 9999-12"]);
        assert_eq!(
            of("2026-11-05", "2026-11-17", TrendStep::Week),
            ["2026-11-05 2026-11-08", "2026-11-09 2026-11-15", "2026-11-16 2026-11-17"]
        );
        assert_eq!(
            of("2026-02-27", "2026-03-01", TrendStep::Day),
            ["2026-02-27 2026-02-27", "2026-02-28 2026-02-28", "2026-03-01 2026-03-01"]
        );
        assert_eq!(
            of("2026-10-20", "2026-11-15", TrendStep::Rolling3),
            ["2026-08 2026-10", "2026-08-16 2026-11-15"]
        );
    }
}
