//! The statements about what a brand lends to its places.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Figure;
use crate::{
    db::{
        Conn,
        schema::{assignment, brand_statistics, figure, visit},
        sealing::rows_sealed,
        types::{Id, Instant, Json, Readable},
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId},
    months::{Month, Period},
    scores::{
        lent::{Counts, Terms},
        model::{PlaceId, PlaceKind, Reader},
        vector::Vector,
    },
    visits::state::State,
};

/// The last line of a brand, with its number; no terms if they cannot be read.
pub(in crate::scores) fn latest(conn: &mut Conn, brand: BrandId) -> Result<Option<(i64, Option<Terms>)>> {
    let line: Option<(i64, Readable<Terms>)> = brand_statistics::table
        .filter(brand_statistics::brand_id.eq(brand))
        .order(brand_statistics::number.desc())
        .select((brand_statistics::number, brand_statistics::terms))
        .first(conn)
        .optional()?;
    Ok(line.map(|(number, Readable(terms))| (number, terms)))
}

/// Adds a line.
pub(in crate::scores) fn add(
    conn: &mut Conn,
    (id, brand): (Id<Terms>, BrandId),
    number: i64,
    (terms, counts): (Terms, Counts),
    made_at: Instant,
) -> Result<()> {
    let values = (
        brand_statistics::id.eq(id),
        brand_statistics::brand_id.eq(brand),
        brand_statistics::number.eq(number),
        brand_statistics::terms.eq(Json(terms)),
        brand_statistics::counts.eq(Some(Json(counts))),
        brand_statistics::made_at.eq(made_at),
    );
    diesel::insert_into(brand_statistics::table).values(values).execute(conn)?;
    Ok(())
}

/// So many lines are in memory at a time.
const LINES_AT_ONCE: i64 = 50;

/// A line, as it is kept.
#[derive(Queryable, Selectable)]
#[diesel(table_name = brand_statistics)]
pub(in crate::scores) struct Line {
    pub(in crate::scores) id: Id<Terms>,
    pub(in crate::scores) brand_id: BrandId,
    pub(in crate::scores) number: i64,
    pub(in crate::scores) terms: Readable<Terms>,
    pub(in crate::scores) counts: Option<Readable<Counts>>,
}

/// The lines of all brands after this one, in the order of their ids.
pub(in crate::scores) fn page(conn: &mut Conn, after: Option<Id<Terms>>) -> Result<Vec<Line>> {
    let mut query = brand_statistics::table
        .order(brand_statistics::id)
        .limit(LINES_AT_ONCE)
        .select(Line::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(brand_statistics::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The branches of a brand with figures of a period, so many after this one in the order of their ids.
pub(in crate::scores) fn counted_branches(
    conn: &mut Conn,
    brand: BrandId,
    period: Period,
    after: Option<PlaceId>,
    limit: i64,
) -> Result<Vec<PlaceId>> {
    let mut query = figure::table
        .filter(figure::brand_id.eq(brand))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::place_kind.eq(PlaceKind::Branch))
        .filter(figure::month.between(period.from(), period.to()))
        .select(figure::place_id)
        .distinct()
        .order(figure::place_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(figure::place_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// What is counted for desks in each of these branches over a period.
pub(in crate::scores) fn within(conn: &mut Conn, of: &[PlaceId], period: Period) -> Result<Vec<Vector>> {
    let rows: Vec<Figure> = figure::table
        .filter(figure::place_id.eq_any(of.to_vec()))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .select(Figure::as_select())
        .load(conn)?;
    let mut by_branch = HashMap::<_, Vector>::new();
    for row in rows {
        let all = by_branch.entry(row.of().place).or_default();
        *all = all.plus(&row.scores()?);
    }
    Ok(by_branch.into_values().collect())
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
