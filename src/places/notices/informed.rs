//! What the staff of a branch had been informed of.

use jiff::tz::TimeZone;

use super::{
    model::{self, Informed},
    store,
};
use crate::{
    accounts::policy::Scope,
    calendar::Day,
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::{BranchId, BrandId},
    months::Month,
    places,
};

/// What the staff of a branch had been informed of by this day, or by the one that it is there at `now`.
///
/// # Errors
/// `not_found` if the branch is not there, or out of scope.
pub fn informed(
    conn: &mut Conn,
    scope: &Scope,
    id: BranchId,
    on: Option<Day>,
    now: Instant,
) -> Result<(Day, Informed)> {
    let branch = places::store::branch(conn, scope, id)?;
    let zone = places::model::time_zone(&branch.time_zone).unwrap_or(TimeZone::UTC);
    let today = || Day::new(now.timestamp().to_zoned(zone).date());
    let day = on.or_else(today).ok_or_else(|| Error::internal("the clock is beyond all days"))?;
    let (year, month) = (i32::from(day.date().year()), i32::from(day.date().month()));
    let month = Month::new(year, month).ok_or_else(|| Error::internal("a day without a month"))?;
    let above: Vec<_> = places::moves::store::stays(conn, id)?.regions_in(month).collect();
    let notices = store::all_of(conn, branch.brand_id)?;
    Ok((day, Informed::of(notices, id, &above, day.date())))
}

/// Whether staff anywhere in a brand were informed that reports name people, now or from a later day on.
///
/// # Errors
/// Those of the database.
pub fn are_people_named(conn: &mut Conn, brand: BrandId, now: Instant) -> Result<bool> {
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    Ok(model::are_people_named(&store::all_of(conn, brand)?, today))
}
