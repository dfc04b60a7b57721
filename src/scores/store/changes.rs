//! The statements about what has changed in figures since changes were folded in last.

use diesel::prelude::*;

use super::{Listed, branches_in, sums};
use crate::{
    db::{
        Conn,
        engine::MultiBackend,
        notices::{self, Topic},
        schema::figure_change,
        types::Id,
    },
    error::Result,
    ids::{BranchId, BrandId},
    months::{Month, Period},
    places::moves::store::lay_in,
    scores::{
        model::{Counted, Place, Reader},
        statistics::Sums,
        vector::Vector,
        visible::Visible,
    },
};

/// What is noted by transactions that change figures. The row is the event.
pub const CHANGED: Topic = "figures_changed";

/// What a visit adds to the figures of its places, or takes out of them.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = figure_change)]
pub struct Change {
    id: Id<Change>,
    /// For whom.
    pub reader: Reader,
    /// The month.
    pub month: Month,
    /// The brand.
    pub brand_id: BrandId,
    /// The branch.
    pub branch_id: BranchId,
    visits: i64,
    total: i64,
    total_squares: i64,
    parts: Vec<u8>,
}

impl Change {
    /// What is added; what is taken out is below zero.
    ///
    /// # Errors
    /// `internal` if it cannot be read.
    pub fn scores(&self) -> Result<Vector> {
        Vector::unpacked(sums((self.visits, self.total, self.total_squares)), &self.parts)
    }
}

/// Adds a change with this id.
pub fn add(conn: &mut Conn, id: Id<Change>, reader: Reader, of: &Counted) -> Result<()> {
    let (Sums { n: visits, sum: total, sum_sq: total_squares }, parts) = of.scores.packed()?;
    let Counted { brand_id, branch_id, month, .. } = *of;
    let row = Change { id, reader, month, brand_id, branch_id, visits, total, total_squares, parts };
    diesel::insert_into(figure_change::table).values(row).execute(conn)?;
    notices::note(conn, CHANGED);
    Ok(())
}

/// Whether there are any.
pub fn are_there(conn: &mut Conn) -> Result<bool> {
    let first: Option<Id<Change>> = figure_change::table.select(figure_change::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// So many of them, each once.
pub fn first(conn: &mut Conn, most: i64) -> Result<Vec<Change>> {
    Ok(figure_change::table.order(figure_change::id).limit(most).select(Change::as_select()).load(conn)?)
}

/// Forgets these, which were folded.
pub fn remove(conn: &mut Conn, changes: &[Change]) -> Result<()> {
    let ids: Vec<_> = changes.iter().map(|change| change.id).collect();
    diesel::delete(figure_change::table.filter(figure_change::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// Forgets those that cannot be read.
pub fn forget_unreadable(conn: &mut Conn) -> Result<()> {
    let mut lost = all(conn)?;
    lost.retain(|change| change.scores().is_err());
    remove(conn, &lost)
}

/// All of them.
pub fn all(conn: &mut Conn) -> Result<Vec<Change>> {
    Ok(figure_change::table.select(Change::as_select()).load(conn)?)
}

/// Those of a place, its brand and a period.
pub fn of(conn: &mut Conn, place: (Place, BrandId), reader: Reader, period: Period) -> Result<Vec<Change>> {
    Ok(within(place, reader, period, Listed::ByMonths(period)).select(Change::as_select()).load(conn)?)
}

/// Those of these branches and a period, for desks.
pub fn of_branches(conn: &mut Conn, branches: &[BranchId], period: Period) -> Result<Vec<Change>> {
    Ok(figure_change::table
        .filter(figure_change::branch_id.eq_any(branches.to_vec()))
        .filter(figure_change::reader.eq(Reader::Desk))
        .filter(figure_change::month.between(period.from(), period.to()))
        .select(Change::as_select())
        .load(conn)?)
}

/// What they change for desks in the sums of whole visits, each with its branch.
pub fn overall_by_branch(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
    listed: Listed,
) -> Result<Vec<(BranchId, Sums)>> {
    type Row = (BranchId, i64, i64, i64);
    let columns =
        (figure_change::branch_id, figure_change::visits, figure_change::total, figure_change::total_squares);
    let rows: Vec<Row> =
        within((place.place, place.brand), Reader::Desk, period, listed).select(columns).load(conn)?;
    Ok(rows.into_iter().map(|(branch, n, sum, sum_sq)| (branch, Sums { n, sum, sum_sq })).collect())
}

fn within(
    (place, brand): (Place, BrandId),
    reader: Reader,
    period: Period,
    listed: Listed,
) -> figure_change::BoxedQuery<'static, MultiBackend> {
    let changes = figure_change::table
        .filter(figure_change::reader.eq(reader))
        .filter(figure_change::month.between(period.from(), period.to()))
        .into_boxed();
    match (place, listed) {
        (Place::Brand(id), _) => changes.filter(figure_change::brand_id.eq(id)),
        (Place::Region(id), Listed::In(month)) => changes
            .filter(figure_change::brand_id.eq(brand))
            .filter(figure_change::branch_id.eq_any(branches_in(id, month, month))),
        (Place::Region(id), Listed::ByMonths(_)) => changes
            .filter(figure_change::brand_id.eq(brand))
            .filter(lay_in!(id, figure_change::branch_id, figure_change::month)),
        (Place::Branch(id), _) => changes.filter(figure_change::branch_id.eq(id)),
    }
}
