//! The statements about how leniently shoppers score.

use diesel::prelude::*;

use super::lent::counted_branches;
use crate::{
    db::{
        Conn,
        schema::{assignment, leniency, visit},
        sealing::rows_sealed,
        types::{Id, Instant, Json, Readable},
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, VersionId},
    months::Period,
    scores::{
        leniency::{Found, Visited},
        model::PlaceId,
        statistics::Sums,
    },
    visits::state::State,
};

/// So many lines are in memory at a time.
const LINES_AT_ONCE: i64 = 10;
/// The visits of so many branches are in memory at a time.
const BRANCHES_AT_ONCE: i64 = 50;

/// A line, as it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = leniency)]
pub(in crate::scores) struct Line {
    pub(in crate::scores) id: Id<Found>,
    pub(in crate::scores) brand_id: BrandId,
    pub(in crate::scores) number: i64,
    pub(in crate::scores) found: Readable<Found>,
    pub(in crate::scores) made_at: Instant,
}

/// The last line of a brand.
pub(in crate::scores) fn latest(conn: &mut Conn, brand: BrandId) -> Result<Option<Line>> {
    Ok(leniency::table
        .filter(leniency::brand_id.eq(brand))
        .order(leniency::number.desc())
        .select(Line::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a line.
pub(in crate::scores) fn add(
    conn: &mut Conn,
    (id, brand): (Id<Found>, BrandId),
    number: i64,
    found: Found,
    made_at: Instant,
) -> Result<()> {
    let values = (
        leniency::id.eq(id),
        leniency::brand_id.eq(brand),
        leniency::number.eq(number),
        leniency::found.eq(Json(found)),
        leniency::made_at.eq(made_at),
    );
    diesel::insert_into(leniency::table).values(values).execute(conn)?;
    Ok(())
}

/// The lines of all brands after this one, in the order of their ids.
pub(in crate::scores) fn page(conn: &mut Conn, after: Option<Id<Found>>) -> Result<Vec<Line>> {
    let mut query =
        leniency::table.order(leniency::id).limit(LINES_AT_ONCE).select(Line::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(leniency::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Adds what the counted visits of a period to some branches scored, those after this one; gives the last of them, if there may be more.
pub(in crate::scores) fn visited(
    conn: &mut Conn,
    (brand, period): (BrandId, Period),
    after: Option<PlaceId>,
    to: &mut Visited,
) -> Result<Option<PlaceId>> {
    let places = counted_branches(conn, brand, period, after, BRANCHES_AT_ONCE)?;
    let branches: Vec<BranchId> = places.iter().map(|place| place.cast()).collect();
    let counted: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_counted()).collect();
    // By their assignments, which have an index for it.
    let of = assignment::table.filter(assignment::branch_id.eq_any(branches)).select(assignment::id);
    let visits: Vec<(AccountId, BranchId, VersionId, i32)> = visit::table
        .filter(visit::assignment_id.eq_any(of))
        .filter(visit::state.eq_any(counted))
        .filter(visit::month.between(period.from(), period.to()))
        .filter(visit::score.is_not_null())
        .select((visit::shopper_id, visit::branch_id, visit::version_id, visit::score.assume_not_null()))
        .load(conn)?;
    for (shopper, branch, version, score) in visits {
        let sums = to.entry((shopper, branch, version)).or_default();
        *sums = sums.plus(Sums::of(score));
    }
    Ok(places.last().copied())
}

rows_sealed!(leniency::table by id, set_sealed);
