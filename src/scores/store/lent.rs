//! The statements about what a brand lends to its places.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::{ADDED_UP, AddedUp, sums};
use crate::{
    db::{
        Conn,
        schema::{assignment, brand_statistics, rollup, visit},
        sealing::rows_sealed,
        types::{Id, Instant, Json},
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId},
    months::{Month, Period},
    scores::{
        lent::Terms,
        model::{PlaceId, PlaceKind},
        statistics::Sums,
    },
    visits::state::State,
};

/// The last line of a brand, with its number.
pub(in crate::scores) fn latest(conn: &mut Conn, brand: BrandId) -> Result<Option<(i64, Terms)>> {
    let line: Option<(i64, Json<Terms>)> = brand_statistics::table
        .filter(brand_statistics::brand_id.eq(brand))
        .order(brand_statistics::number.desc())
        .select((brand_statistics::number, brand_statistics::terms))
        .first(conn)
        .optional()?;
    Ok(line.map(|(number, Json(terms))| (number, terms)))
}

/// Adds a line.
pub(in crate::scores) fn add(
    conn: &mut Conn,
    (id, brand): (Id<Terms>, BrandId),
    number: i64,
    terms: Terms,
    made_at: Instant,
) -> Result<()> {
    let values = (
        brand_statistics::id.eq(id),
        brand_statistics::brand_id.eq(brand),
        brand_statistics::number.eq(number),
        brand_statistics::terms.eq(Json(terms)),
        brand_statistics::made_at.eq(made_at),
    );
    diesel::insert_into(brand_statistics::table).values(values).execute(conn)?;
    Ok(())
}

/// The sums of each branch of a brand and each subject over a period, in the order of branches.
pub(in crate::scores) fn within(
    conn: &mut Conn,
    brand: BrandId,
    period: Period,
) -> Result<Vec<(PlaceId, String, Sums)>> {
    let rows: Vec<(PlaceId, String, AddedUp)> = rollup::table
        .filter(rollup::brand_id.eq(brand))
        .filter(rollup::place_kind.eq(PlaceKind::Branch))
        .filter(rollup::month.between(period.from(), period.to()))
        .group_by((rollup::place_id, rollup::subject))
        .order((rollup::place_id, rollup::subject))
        .select((rollup::place_id, rollup::subject, sql::<(BigInt, BigInt, BigInt)>(ADDED_UP)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(place, subject, added)| (place, subject, sums(added))).collect())
}

/// A counted visit: where, by whom, in which month, and what it scored.
pub(in crate::scores) type CountedVisit = (BranchId, AccountId, Month, i32);

/// The counted visits to these branches in a period that have a score, in the order of branches.
pub(in crate::scores) fn counted_visits(
    conn: &mut Conn,
    branches: &[BranchId],
    period: Period,
) -> Result<Vec<CountedVisit>> {
    let counted: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_counted()).collect();
    // By their assignments, which have an index for it.
    let of = assignment::table.filter(assignment::branch_id.eq_any(branches.to_vec())).select(assignment::id);
    Ok(visit::table
        .filter(visit::assignment_id.eq_any(of))
        .filter(visit::state.eq_any(counted))
        .filter(visit::month.between(period.from(), period.to()))
        .filter(visit::score.is_not_null())
        .order(visit::branch_id)
        .select((visit::branch_id, visit::shopper_id, visit::month, visit::score.assume_not_null()))
        .load(conn)?)
}

rows_sealed!(brand_statistics::table by id, set_sealed);
