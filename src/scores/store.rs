//! The statements about figures. What is read of them is always what was folded and what has changed since.

pub(super) mod behind;
pub mod changes;
pub(crate) mod in_scope;
pub(crate) mod leniency;
pub(crate) mod lent;
mod listed;
pub(super) mod monthly;
pub(super) mod planned;
mod regions;
pub(super) mod shown;
pub(super) mod visits;

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

pub use self::listed::{Listed, Standing, branches};
pub(super) use self::{
    listed::{branches_in, branches_of, branches_of_brand},
    regions::region_scores,
};
use super::{
    fold::Figured,
    model::{Place, PlaceId, PlaceKind, Reader},
    statistics::Sums,
    vector::Vector,
    visible::Visible,
};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{checklist_version, figure, figure_change, subject},
    },
    error::Result,
    ids::{BranchId, BrandId},
    months::{Month, Period},
    places::{
        self,
        moves::{model::Stay, store::lay_in},
    },
};

/// So many rows go into one statement: both engines limit how many values it may carry.
pub(super) const ROWS_AT_ONCE: usize = 1_000;
/// The figures of so many places are held in memory at a time.
const PLACES_AT_ONCE: i64 = 20;

/// The figures of one place and month.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
// So that many rows are one statement on both engines.
#[diesel(table_name = figure, treat_none_as_default_value = false)]
pub(super) struct Figure {
    place_id: PlaceId,
    reader: Reader,
    month: Month,
    brand_id: BrandId,
    place_kind: PlaceKind,
    visits: i64,
    total: i64,
    total_squares: i64,
    parts: Vec<u8>,
}

impl Figure {
    fn new(of: Figured, scores: &Vector) -> Result<Self> {
        let Figured { place: place_id, kind: place_kind, brand: brand_id, reader, month } = of;
        let (Sums { n: visits, sum: total, sum_sq: total_squares }, parts) = scores.packed()?;
        Ok(Self { place_id, reader, month, brand_id, place_kind, visits, total, total_squares, parts })
    }

    /// What it is of.
    pub(super) fn of(&self) -> Figured {
        let Self { place_id: place, place_kind: kind, brand_id: brand, reader, month, .. } = *self;
        Figured { place, kind, brand, reader, month }
    }

    /// What is counted.
    ///
    /// # Errors
    /// `internal` if it cannot be read.
    pub(super) fn scores(&self) -> Result<Vector> {
        Vector::unpacked(sums((self.visits, self.total, self.total_squares)), &self.parts)
    }
}

/// Adds these scores to the figures of a place and month.
pub(super) fn add(conn: &mut Conn, of: Figured, scores: &Vector) -> Result<()> {
    let key = (of.place, of.reader, of.month);
    let kept: Option<Figure> = figure::table.find(key).select(Figure::as_select()).first(conn).optional()?;
    let Some(kept) = kept else { return insert(conn, [(of, scores)]) };
    let row = Figure::new(of, &kept.scores()?.plus(scores))?;
    diesel::update(figure::table.find(key))
        .set((
            figure::visits.eq(row.visits),
            figure::total.eq(row.total),
            figure::total_squares.eq(row.total_squares),
            figure::parts.eq(row.parts),
        ))
        .execute(conn)?;
    Ok(())
}

/// What is counted at a place in a month, folded or not.
pub(super) fn of(conn: &mut Conn, of: Figured) -> Result<Vector> {
    let key = (of.place, of.reader, of.month);
    let row: Option<Figure> = figure::table
        .find(key)
        .filter(figure::place_kind.eq(of.kind))
        .filter(figure::brand_id.eq(of.brand))
        .select(Figure::as_select())
        .first(conn)
        .optional()?;
    let folded = row.map_or(Ok(Vector::default()), |row| row.scores())?;
    let Some(month) = Period::new(of.month, of.month) else { return Ok(folded) };
    let changed = changes::of(conn, (of.of_place(), of.brand), of.reader, month)?;
    changed.iter().try_fold(folded, |all, change| Ok(all.plus(&change.scores()?)))
}

/// Keeps the figures of places and months that have none.
pub(super) fn insert<'v>(
    conn: &mut Conn,
    figures: impl IntoIterator<Item = (Figured, &'v Vector)>,
) -> Result<()> {
    let rows = figures.into_iter().map(|(of, scores)| Figure::new(of, scores));
    let rows = rows.collect::<Result<Vec<_>>>()?;
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(figure::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// What was folded for desks at a place, by months from this one on.
pub(super) fn folded_from(conn: &mut Conn, place: Place, from: Month) -> Result<Vec<(Month, Vector)>> {
    let rows: Vec<Figure> = figure::table
        .filter(figure::place_id.eq(place.id()))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.ge(from))
        .select(Figure::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Ok((row.month, row.scores()?))).collect()
}

/// How often visits were taken out of the figures of a brand that had counted for the branch's side without a report.
pub(super) fn changes_of(conn: &mut Conn, brand: BrandId) -> Result<Vec<(Figured, Vector)>> {
    let rows: Vec<Figure> = figure::table
        .filter(figure::brand_id.eq(brand))
        .filter(figure::reader.eq(Reader::BranchSide))
        .select(Figure::as_select())
        .load(conn)?;
    let only = |row: Figure| Ok((row.of(), row.scores()?.without_sums()));
    rows.into_iter().map(only).collect()
}

/// Forgets figures that cannot be read.
pub(super) fn forget_unreadable(conn: &mut Conn) -> Result<()> {
    let mut after = None;
    while let rows = page(conn, after)?
        && let Some(last) = rows.last()
    {
        after = Some(last.place_id);
        for row in rows.iter().filter(|row| row.scores().is_err()) {
            let row = figure::table.find((row.place_id, row.reader, row.month));
            diesel::delete(row).execute(conn)?;
        }
    }
    Ok(())
}

/// Forgets all figures of a brand, and what has changed in them.
pub(super) fn forget(conn: &mut Conn, brand: BrandId) -> Result<()> {
    diesel::delete(figure::table.filter(figure::brand_id.eq(brand))).execute(conn)?;
    diesel::delete(figure_change::table.filter(figure_change::brand_id.eq(brand))).execute(conn)?;
    Ok(())
}

/// The brands whose figures are still to be made of their visits: they have checklists, whose subjects have no numbers.
pub(super) fn to_count(conn: &mut Conn) -> Result<Vec<BrandId>> {
    let numbered = subject::table.select(subject::brand_id);
    Ok(checklist_version::table
        .filter(checklist_version::brand_id.ne_all(numbered))
        .select(checklist_version::brand_id)
        .distinct()
        .order(checklist_version::brand_id)
        .load(conn)?)
}

/// What is counted for desks at a place in a period.
pub(super) fn scores(conn: &mut Conn, place: &Visible, period: Period) -> Result<Vector> {
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = figure::table
        .filter(figure::place_id.eq(place.place.id()))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .select((figure::visits, figure::total, figure::total_squares, figure::parts))
        .load(conn)?;
    let folded =
        rows.into_iter().map(|(n, sum, sum_sq, parts)| Vector::unpacked(Sums { n, sum, sum_sq }, &parts));
    let changed = changes::of(conn, (place.place, place.brand), Reader::Desk, period)?;
    let mut all = folded.chain(changed.iter().map(changes::Change::scores));
    all.try_fold(Vector::default(), |all, one| Ok(all.plus(&one?)))
}

/// What is counted for desks in a period at each of these branches, which are listed of a place in this way: of those that have anything.
pub(super) fn branch_scores(
    conn: &mut Conn,
    (place, branches, listed): (Place, &[BranchId], Listed),
    period: Period,
) -> Result<HashMap<PlaceId, Vector>> {
    let counts = Counting::listed(conn, place, branches, listed)?;
    let ids: Vec<PlaceId> = branches.iter().map(|branch| branch.cast()).collect();
    let rows: Vec<Figure> = figure::table
        .filter(figure::place_id.eq_any(ids))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .select(Figure::as_select())
        .load(conn)?;
    let mut by_branch = HashMap::<PlaceId, Vector>::new();
    let mut add = |branch: PlaceId, scores: Vector| {
        let all = by_branch.entry(branch).or_default();
        *all = all.plus(&scores);
    };
    for row in rows.into_iter().filter(|row| counts.has(row.place_id.cast(), row.month)) {
        add(row.place_id, row.scores()?);
    }
    for change in changes::of_branches(conn, branches, period)? {
        if counts.has(change.branch_id, change.month) {
            add(change.branch_id.cast(), change.scores()?);
        }
    }
    Ok(by_branch)
}

/// Which months of branches count in a place: of a region those in which a branch lay in it.
pub(super) struct Counting(Option<HashMap<BranchId, Vec<Stay>>>);

impl Counting {
    /// Those of these branches.
    pub(super) fn of(conn: &mut Conn, place: Place, branches: &[BranchId]) -> Result<Self> {
        Ok(Self(match place {
            Place::Region(id) => Some(places::moves::store::stays_in(conn, id, branches)?),
            Place::Brand(_) | Place::Branch(_) => None,
        }))
    }

    /// Those of these branches, which are listed so.
    pub(super) fn listed(
        conn: &mut Conn,
        place: Place,
        branches: &[BranchId],
        listed: Listed,
    ) -> Result<Self> {
        match listed {
            Listed::ByMonths(_) => Self::of(conn, place, branches),
            Listed::In(_) => Ok(Self(None)),
        }
    }

    /// Whether a month of a branch counts. A branch lies in the same regions in all months of a span.
    pub(super) fn has(&self, branch: BranchId, month: Month) -> bool {
        let Self(Some(stays)) = self else { return true };
        stays.get(&branch).is_some_and(|stays| stays.iter().any(|stay| stay.has(month)))
    }
}

/// Three sums of whole visits as BIGINT: PostgreSQL makes them numeric, which SQLite would read through a float.
const ADDED_UP: &str =
    "CAST(SUM(visits) AS BIGINT), CAST(SUM(total) AS BIGINT), CAST(SUM(total_squares) AS BIGINT)";

type AddedUp = (i64, i64, i64);

fn sums((n, sum, sum_sq): AddedUp) -> Sums {
    Sums { n, sum, sum_sq }
}

/// What whole visits scored for desks at a place in a period.
pub(super) fn overall(conn: &mut Conn, place: &Visible, period: Period) -> Result<Sums> {
    let folded: Vec<AddedUp> = figure::table
        .filter(figure::place_id.eq(place.place.id()))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .group_by(figure::place_id)
        .select(sql::<(BigInt, BigInt, BigInt)>(ADDED_UP))
        .load(conn)?;
    let changed = changes::overall_by_branch(conn, place, period, Listed::ByMonths(period))?;
    let all = folded.into_iter().map(sums).chain(changed.into_iter().map(|(_, sums)| sums));
    Ok(all.fold(Sums::default(), Sums::plus))
}

/// What whole visits scored for desks at each branch that is listed of a place, of those that have any.
pub(super) fn branch_sums(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
    listed: Listed,
) -> Result<HashMap<PlaceId, Sums>> {
    let figures = figure::table
        .filter(figure::place_kind.eq(PlaceKind::Branch))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .group_by(figure::place_id)
        .select((figure::place_id, sql::<(BigInt, BigInt, BigInt)>(ADDED_UP)))
        .into_boxed();
    let within = match (place.place, listed) {
        (Place::Brand(id), _) => figures.filter(figure::brand_id.eq(id)),
        // Without the brand, so that the engine goes by the branches and not through all of the brand's.
        (Place::Region(id), Listed::In(month)) => {
            figures.filter(figure::place_id.eq_any(branches_in(id, month, month)))
        }
        (Place::Region(id), Listed::ByMonths(_)) => figures
            .filter(figure::place_id.eq_any(branches_in(id, period.from(), period.to())))
            .filter(lay_in!(id, figure::place_id, figure::month)),
        (Place::Branch(id), _) => figures.filter(figure::place_id.eq(id.cast::<Place>())),
    };
    let rows: Vec<(PlaceId, AddedUp)> = within.load(conn)?;
    let mut by_branch: HashMap<_, _> = rows.into_iter().map(|(id, added)| (id, sums(added))).collect();
    for (branch, changed) in changes::overall_by_branch(conn, place, period, listed)? {
        let all = by_branch.entry(branch.cast()).or_default();
        *all = all.plus(changed);
    }
    Ok(by_branch)
}

/// How many visits of a branch count for desks in this month.
pub fn visits_in(conn: &mut Conn, of: BranchId, month: Month) -> Result<i64> {
    let folded: Option<i64> = figure::table
        .find((of.cast::<Place>(), Reader::Desk, month))
        .select(figure::visits)
        .first(conn)
        .optional()?;
    let changed: Vec<i64> = figure_change::table
        .filter(figure_change::branch_id.eq(of))
        .filter(figure_change::reader.eq(Reader::Desk))
        .filter(figure_change::month.eq(month))
        .select(figure_change::visits)
        .load(conn)?;
    Ok(folded.into_iter().chain(changed).sum())
}

/// The figures of the next places after this one, in the order of their ids: all rows of each.
pub(super) fn page(conn: &mut Conn, after: Option<PlaceId>) -> Result<Vec<Figure>> {
    let places = figure::table.select(figure::place_id).distinct().order(figure::place_id);
    let mut query = places.limit(PLACES_AT_ONCE).into_boxed();
    if let Some(after) = after {
        query = query.filter(figure::place_id.gt(after));
    }
    let ids: Vec<PlaceId> = query.load(conn)?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    Ok(figure::table
        .filter(figure::place_id.between(first, last))
        .order((figure::place_id, figure::reader, figure::month))
        .select(Figure::as_select())
        .load(conn)?)
}
