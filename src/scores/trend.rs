//! Trends: what is shown of one subject of a place, step by step.

use super::{
    lent::Lent,
    model::Place,
    names::Names,
    shown::Shown,
    subjects::{named, shown},
    targets::in_force::InForce,
    visible::{Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::{Conn, types::text_enum},
    error::Result,
    ids::VersionId,
    months::{Month, Period},
};

text_enum! {
    /// How long a step of a trend is.
    pub enum TrendStep {
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

/// One step of a trend.
#[derive(Debug)]
pub struct Point {
    /// Its months.
    pub period: Period,
    /// What is shown of the subject.
    pub shown: Shown,
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
/// `not_found` if the place is not there, or out of scope.
pub fn trend(
    conn: &mut Conn,
    names: &Names,
    scope: &Scope,
    (place, period): (Place, Period),
    of: &Subject,
    step: TrendStep,
) -> Result<Trend> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let mut points = Vec::new();
    for period in steps(period, step) {
        let numbered = shown(conn, &place, period)?;
        let mut point = Point { period, shown: Shown::default(), versions: Vec::new(), checklists: 0 };
        for (_, subject, shown) in named(conn, names, &place, numbered)? {
            if subject == *of {
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
    let targets = InForce::of(conn, &place, period)?;
    Ok(Trend { place, lent, targets, points })
}

/// The steps of a period, in their order. Quarters and years are those of the calendar, cut at both ends of the period.
pub fn steps(period: Period, step: TrendStep) -> Vec<Period> {
    let back = |month: Month, months: i32| Period::new(month.plus(1 - months).unwrap_or(month), month);
    let calendar = |end: fn(Month) -> Month| {
        let mut steps = Vec::new();
        let mut from = Some(period.from());
        while let Some(first) = from.filter(|first| *first <= period.to()) {
            let last = end(first).min(period.to());
            steps.extend(Period::new(first, last));
            from = last.plus(1);
        }
        steps
    };
    let rolling =
        |months| calendar(|month| month).into_iter().filter_map(|one| back(one.to(), months)).collect();
    match step {
        TrendStep::Month => calendar(|month| month),
        TrendStep::Quarter => calendar(Month::quarter_end),
        TrendStep::Year => calendar(Month::year_end),
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
        let period = Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        steps(period, step).iter().map(|one| format!("{} {}", one.from(), one.to())).collect()
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
    }
}
