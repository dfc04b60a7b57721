//! All SQL about rollups: the exact sums of places, subjects and months.

pub(crate) mod lent;
pub(super) mod shown;

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt, upsert::excluded};

use super::{
    model::{Place, PlaceId, PlaceKind, Subject},
    statistics::Sums,
    visible::Visible,
};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, region_above, released_rollup, rollup},
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::{Month, Period},
};

/// So many rows go into one statement: both engines limit how many values it may carry.
const ROWS_AT_ONCE: usize = 1_000;

/// The sums of one place, subject and month.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
// So that many rows are one statement on both engines.
#[diesel(table_name = rollup, treat_none_as_default_value = false)]
pub(super) struct Rollup {
    pub(super) place_id: PlaceId,
    pub(super) subject: String,
    pub(super) month: Month,
    pub(super) brand_id: BrandId,
    pub(super) place_kind: PlaceKind,
    visits: i64,
    total: i64,
    total_squares: i64,
    changes: i64,
}

impl Rollup {
    /// What one change adds.
    pub(super) fn new(place: Place, brand_id: BrandId, subject: &Subject, month: Month, sums: Sums) -> Self {
        let Sums { n: visits, sum: total, sum_sq: total_squares } = sums;
        let (place_kind, place_id, subject) = (place.kind(), place.id(), subject.to_string());
        Self { place_id, subject, month, brand_id, place_kind, visits, total, total_squares, changes: 1 }
    }

    /// The same with so many changes.
    pub(super) fn with_changes(self, changes: i64) -> Self {
        Self { changes, ..self }
    }

    pub(super) fn sums(&self) -> Sums {
        Sums { n: self.visits, sum: self.total, sum_sq: self.total_squares }
    }
}

/// Adds these sums to those that are stored.
pub(super) fn add(conn: &mut Conn, rows: &[Rollup]) -> Result<()> {
    rows.chunks(ROWS_AT_ONCE).try_for_each(|rows| upsert(conn, rows))
}

fn upsert(conn: &mut Conn, rows: &[Rollup]) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(rollup::table)
        .values(rows)
        .on_conflict((rollup::place_id, rollup::subject, rollup::month))
        .do_update()
        .set((
            rollup::visits.eq(rollup::visits + excluded(rollup::visits)),
            rollup::total.eq(rollup::total + excluded(rollup::total)),
            rollup::total_squares.eq(rollup::total_squares + excluded(rollup::total_squares)),
            rollup::changes.eq(rollup::changes + excluded(rollup::changes)),
        ))
        .execute(c))?;
    Ok(())
}

type RollupColumns = (PlaceId, String, Month, BrandId, PlaceKind, i64, i64, i64, i64);

/// Adds these sums to those of released visits that are stored.
pub(super) fn add_released(conn: &mut Conn, rows: &[Rollup]) -> Result<()> {
    for row in rows {
        let values = (
            released_rollup::place_id.eq(row.place_id),
            released_rollup::subject.eq(&row.subject),
            released_rollup::month.eq(row.month),
            released_rollup::brand_id.eq(row.brand_id),
            released_rollup::place_kind.eq(row.place_kind),
            released_rollup::visits.eq(row.visits),
            released_rollup::total.eq(row.total),
            released_rollup::total_squares.eq(row.total_squares),
            released_rollup::changes.eq(row.changes),
        );
        each_engine!(conn, c => diesel::insert_into(released_rollup::table)
            .values(values)
            .on_conflict((released_rollup::place_id, released_rollup::subject, released_rollup::month))
            .do_update()
            .set((
                released_rollup::visits.eq(released_rollup::visits + row.visits),
                released_rollup::total.eq(released_rollup::total + row.total),
                released_rollup::total_squares.eq(released_rollup::total_squares + row.total_squares),
                released_rollup::changes.eq(released_rollup::changes + row.changes),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// The sums of released visits of the branches after this one in the order of their ids: all rows of so many branches at most.
pub(super) fn released_page(conn: &mut Conn, after: Option<PlaceId>, places: i64) -> Result<Vec<Rollup>> {
    let mut query = released_rollup::table
        .select(released_rollup::place_id)
        .distinct()
        .order(released_rollup::place_id)
        .limit(places)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(released_rollup::place_id.gt(after));
    }
    let ids: Vec<PlaceId> = query.load(conn)?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    let rows: Vec<RollupColumns> = released_rollup::table
        .filter(released_rollup::place_id.between(first, last))
        .order((released_rollup::place_id, released_rollup::subject, released_rollup::month))
        .load(conn)?;
    let row = |(place_id, subject, month, brand_id, place_kind, visits, total, total_squares, changes)| {
        Rollup { place_id, subject, month, brand_id, place_kind, visits, total, total_squares, changes }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Three sums as BIGINT: PostgreSQL makes them numeric, which SQLite would read through a float.
const ADDED_UP: &str =
    "CAST(SUM(visits) AS BIGINT), CAST(SUM(total) AS BIGINT), CAST(SUM(total_squares) AS BIGINT)";

type AddedUp = (i64, i64, i64);

fn sums((n, sum, sum_sq): AddedUp) -> Sums {
    Sums { n, sum, sum_sq }
}

/// The sums of a place over a period, for each subject that has visits.
pub fn sums_by_subject(conn: &mut Conn, place: &Visible, period: Period) -> Result<Vec<(Subject, Sums)>> {
    let rows: Vec<(String, AddedUp)> = rollup::table
        .filter(rollup::place_id.eq(place.place.id()))
        .filter(rollup::month.between(period.from(), period.to()))
        .group_by(rollup::subject)
        .order(rollup::subject)
        .select((rollup::subject, sql::<(BigInt, BigInt, BigInt)>(ADDED_UP)))
        .load(conn)?;
    let known = |(text, added): (String, AddedUp)| Some((Subject::parse(&text)?, sums(added)));
    Ok(rows.into_iter().filter_map(known).filter(|(_, sums)| sums.n != 0).collect())
}

/// The sums of a place over a period for whole visits.
pub fn overall(conn: &mut Conn, place: &Visible, period: Period) -> Result<Sums> {
    let rows: Vec<AddedUp> = rollup::table
        .filter(rollup::place_id.eq(place.place.id()))
        .filter(rollup::subject.eq(Subject::Overall.to_string()))
        .filter(rollup::month.between(period.from(), period.to()))
        .group_by(rollup::place_id)
        .select(sql::<(BigInt, BigInt, BigInt)>(ADDED_UP))
        .load(conn)?;
    Ok(rows.into_iter().map(sums).next().unwrap_or_default())
}

/// A branch of a place.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Standing {
    /// The branch.
    pub id: BranchId,
    /// What the brand knows it by.
    pub code: String,
    /// What it is called.
    pub name: String,
}

/// Every branch within a place, visited or not, in the order of their codes.
pub fn branches(conn: &mut Conn, place: &Visible) -> Result<Vec<Standing>> {
    let branches = branch::table.order((branch::code, branch::id)).into_boxed();
    let within = match place.place {
        Place::Brand(id) => branches.filter(branch::brand_id.eq(id)),
        Place::Region(id) => branches.filter(branch::region_id.eq_any(regions_below(id))),
        Place::Branch(id) => branches.filter(branch::id.eq(id)),
    };
    Ok(within.select((branch::id, branch::code, branch::name)).load(conn)?)
}

/// The sums of the branches within a place, of those that have any.
pub fn branch_sums(conn: &mut Conn, place: &Visible, period: Period) -> Result<HashMap<PlaceId, Sums>> {
    let rollups = rollup::table
        .filter(rollup::place_kind.eq(PlaceKind::Branch))
        .filter(rollup::subject.eq(Subject::Overall.to_string()))
        .filter(rollup::month.between(period.from(), period.to()))
        .group_by(rollup::place_id)
        .select((rollup::place_id, sql::<(BigInt, BigInt, BigInt)>(ADDED_UP)))
        .into_boxed();
    let within = match place.place {
        Place::Brand(id) => rollups.filter(rollup::brand_id.eq(id)),
        // Without the brand, so that the engine goes by the branches and not through all of the brand's.
        Place::Region(id) => rollups
            .filter(rollup::place_id.eq_any(
                branch::table.filter(branch::region_id.eq_any(regions_below(id))).select(branch::id),
            )),
        Place::Branch(id) => rollups.filter(rollup::place_id.eq(id.cast::<Place>())),
    };
    let rows: Vec<(PlaceId, AddedUp)> = within.load(conn)?;
    Ok(rows.into_iter().map(|(id, added)| (id, sums(added))).collect())
}

/// A region and all that lie in it.
#[diesel::dsl::auto_type(no_type_alias)]
fn regions_below(region: RegionId) -> _ {
    region_above::table
        .filter(region_above::ancestor_id.eq(region))
        .select(region_above::region_id.nullable())
}

/// The rollups of the places after this one in the order of their ids: all rows of so many places at most.
pub(super) fn page(conn: &mut Conn, after: Option<PlaceId>, places: i64) -> Result<Vec<Rollup>> {
    let mut query =
        rollup::table.select(rollup::place_id).distinct().order(rollup::place_id).limit(places).into_boxed();
    if let Some(after) = after {
        query = query.filter(rollup::place_id.gt(after));
    }
    let ids: Vec<PlaceId> = query.load(conn)?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    Ok(rollup::table
        .filter(rollup::place_id.between(first, last))
        .order((rollup::place_id, rollup::subject, rollup::month))
        .select(Rollup::as_select())
        .load(conn)?)
}
