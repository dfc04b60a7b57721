//! How many visits were planned, beside those that a figure is of.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::{
    by_visit::{BRANCHES_AT_ONCE, zones},
    model::Reader,
    store::{Counting, Listed, ROWS_AT_ONCE, planned as store},
    visible::Visible,
    wanted::Wanted,
};
use crate::{
    calendar::days::{Days, month_of},
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    ids::BranchId,
    months::Period,
};

/// So many planned visits are read for one answer, at most.
const MOST: usize = 50_000;

/// How many visits were planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Those whose window ends on one of the days.
    pub visits: i64,
    /// Those of them whose window is over, and of which no visit counts.
    pub missing: i64,
}

/// How many visits were planned of a place on these spans of days, with the filter that is wanted: for desks. From when until when a visit is
/// planned is nothing that the branch's side may learn, so for it there is no such number.
///
/// # Errors
/// `invalid` if there are too many to count.
pub fn planned(
    conn: &mut Conn,
    place: &Visible,
    wanted: &Wanted,
    spans: &[Days],
) -> Result<Option<Vec<Planned>>> {
    if place.reader == Reader::BranchSide {
        return Ok(None);
    }
    let months = spans.iter().map(|days| days.months_touched());
    let months = months.reduce(|all, one| Period::around(all.from().min(one.from()), all.to().max(one.to())));
    let Some(months) = months else { return Ok(Some(Vec::new())) };
    let listed = Listed::ByMonths(months);
    let zones = zones(conn, place, (listed, None), wanted)?;
    let branches: Vec<BranchId> = zones.keys().copied().collect();
    let counts = Counting::listed(conn, place.place, &branches, listed)?;
    let (mut planned, mut left) = (vec![Planned::default(); spans.len()], MOST);
    for days in Days::joined(spans.to_vec()) {
        for some in branches.chunks(BRANCHES_AT_ONCE) {
            let mut after = None;
            loop {
                let rows = store::page(conn, some, moments(days), wanted, after)?;
                let Some(last) = rows.last() else { break };
                after = Some(last.id);
                left = left.checked_sub(rows.len()).ok_or_else(too_many)?;
                let is_last = rows.len() < ROWS_AT_ONCE;
                let tried = rows.iter().filter(|one| one.has_earlier() && !one.counts());
                let made = store::made_earlier(conn, tried.map(|one| one.id).collect())?;
                for one in rows {
                    let Some(day) = last_day(&zones, one.branch, one.closes_at) else { continue };
                    if !counts.has(one.branch, month_of(day)) {
                        continue;
                    }
                    let is_missing = one.closes_at <= wanted.now && !one.counts() && !made.contains(&one.id);
                    let of_day = planned
                        .iter_mut()
                        .zip(spans)
                        .filter(|(_, span)| span.contains(day) && days.contains(day));
                    for (counts, _) in of_day {
                        counts.visits += 1;
                        counts.missing += i64::from(is_missing);
                    }
                }
                if is_last {
                    break;
                }
            }
        }
    }
    Ok(Some(planned))
}

fn too_many() -> Error {
    let why = format!("at most {MOST} planned visits are counted: ask for fewer days, or for another place");
    Error::invalid(vec![FieldError::new("planned", "too_many_visits", why)])
}

/// The day on which a window is open for the last time, by the clocks of its branch.
fn last_day(zones: &BTreeMap<BranchId, TimeZone>, branch: BranchId, closes_at: Instant) -> Option<Date> {
    let last = Instant::from_micros(closes_at.micros() - 1).timestamp();
    Some(last.to_zoned(zones.get(&branch)?.clone()).date())
}

/// Moments between which these days are everywhere.
fn moments(days: Days) -> (Instant, Instant) {
    let moment = |day: Date| {
        let midnight = day.to_zoned(TimeZone::UTC);
        midnight.map_or(Instant::NEVER, |zoned| zoned.timestamp().into())
    };
    (moment(days.from().saturating_sub(1.day())), moment(days.to().saturating_add(3.days())))
}
