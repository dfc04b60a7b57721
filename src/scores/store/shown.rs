//! The statements about what the branch's side is shown.

use std::collections::{BTreeMap, HashMap};

use diesel::{
    dsl::{max, sql},
    prelude::*,
    sql_types::BigInt,
};

use super::{Counting, Listed, PLACES_AT_ONCE, branches_in};
use crate::{
    checklists::counted::SubjectNumber,
    db::{
        Conn,
        schema::{branch, figure, shown_figure},
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::{Month, Period},
    places::moves::store::lay_in,
    scores::{
        by_subject::{BySubject, pack, unpack},
        model::{Place, PlaceId, PlaceKind, Reader},
        shown::{Figure, KeptFigures, Months, Shown, Tally},
        statistics::Sums,
        visible::Visible,
    },
};

/// So many branches are named by one statement.
const BRANCHES_AT_ONCE: usize = 500;

/// What is shown of some months on end of a place.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = shown_figure)]
pub(in crate::scores) struct ShownFigure {
    pub(in crate::scores) place_id: PlaceId,
    from_month: Month,
    to_month: Month,
    pub(in crate::scores) brand_id: BrandId,
    place_kind: PlaceKind,
    known: i64,
    visits: i64,
    total: i64,
    total_squares: i64,
    changes: Option<i64>,
    parts: Vec<u8>,
}

impl ShownFigure {
    fn new(brand_id: BrandId, place: Place, months: Months, figures: &BySubject) -> Result<Self> {
        let (place_id, place_kind, (from_month, to_month)) = (place.id(), place.kind(), months);
        let (overall, parts) = pack(figures)?;
        let Figure { known, sums: Sums { n: visits, sum: total, sum_sq: total_squares }, changes } = overall;
        Ok(Self {
            place_id,
            from_month,
            to_month,
            brand_id,
            place_kind,
            known,
            visits,
            total,
            total_squares,
            changes,
            parts,
        })
    }

    /// The place that it is of.
    pub(in crate::scores) fn place(&self) -> Place {
        self.place_kind.place(self.place_id)
    }

    /// The months that it is of.
    pub(in crate::scores) fn months(&self) -> Months {
        (self.from_month, self.to_month)
    }

    /// What is shown of each subject.
    ///
    /// # Errors
    /// `internal` if it cannot be read.
    pub(in crate::scores) fn figures(&self) -> Result<BySubject> {
        let sums = Sums { n: self.visits, sum: self.total, sum_sq: self.total_squares };
        unpack(Figure { known: self.known, sums, changes: self.changes }, &self.parts)
    }
}

/// Forgets what cannot be read.
pub(in crate::scores) fn forget_unreadable(conn: &mut Conn) -> Result<()> {
    let mut after = None;
    while let rows = page(conn, after)?
        && let Some(last) = rows.last()
    {
        after = Some(last.place_id);
        for row in rows.iter().filter(|row| row.figures().is_err()) {
            let (from, to) = row.months();
            diesel::delete(shown_figure::table.find((row.place_id, from, to))).execute(conn)?;
        }
    }
    Ok(())
}

/// The time zone of a branch.
pub(in crate::scores) fn time_zone(conn: &mut Conn, id: BranchId) -> Result<String> {
    Ok(branch::table.find(id).select(branch::time_zone).first(conn)?)
}

/// So many branches of a brand of which visits were released, after this one in the order of their ids.
pub(in crate::scores) fn counted_branches(
    conn: &mut Conn,
    brand: BrandId,
    after: Option<PlaceId>,
    limit: i64,
) -> Result<Vec<PlaceId>> {
    let mut query = figure::table
        .filter(figure::brand_id.eq(brand))
        .filter(figure::reader.eq(Reader::BranchSide))
        .filter(figure::place_kind.eq(PlaceKind::Branch))
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

/// The months of a branch by subject, in their order.
pub(in crate::scores) fn tallies(
    conn: &mut Conn,
    of: PlaceId,
) -> Result<BTreeMap<SubjectNumber, Vec<Tally>>> {
    let rows: Vec<super::Figure> = figure::table
        .filter(figure::place_id.eq(of))
        .filter(figure::reader.eq(Reader::BranchSide))
        .order(figure::month)
        .select(super::Figure::as_select())
        .load(conn)?;
    let mut tallies = BTreeMap::<_, Vec<_>>::new();
    for row in rows {
        for (subject, counts) in row.scores()?.iter() {
            let tally = Tally { month: row.month, sums: counts.sums, changes: counts.changes };
            tallies.entry(subject).or_default().push(tally);
        }
    }
    Ok(tallies)
}

/// What is shown of a place, by months.
pub(in crate::scores) fn rows(conn: &mut Conn, of: PlaceId) -> Result<Vec<(Months, BySubject)>> {
    let rows: Vec<ShownFigure> = shown_figure::table
        .filter(shown_figure::place_id.eq(of))
        .select(ShownFigure::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Ok((row.months(), row.figures()?))).collect()
}

/// The same by subject.
pub(in crate::scores) fn figures(
    conn: &mut Conn,
    of: PlaceId,
) -> Result<HashMap<SubjectNumber, KeptFigures>> {
    let mut by_subject = HashMap::<_, KeptFigures>::new();
    for (months, figures) in rows(conn, of)? {
        for (subject, figure) in figures.into_iter().filter(|(_, figure)| *figure != Figure::default()) {
            by_subject.entry(subject).or_default().insert(months, figure);
        }
    }
    Ok(by_subject)
}

/// The branches of a brand of which anything is shown.
pub(in crate::scores) fn shown_branches(conn: &mut Conn, brand: BrandId) -> Result<Vec<PlaceId>> {
    Ok(shown_figure::table
        .filter(shown_figure::brand_id.eq(brand))
        .filter(shown_figure::place_kind.eq(PlaceKind::Branch))
        .select(shown_figure::place_id)
        .distinct()
        .load(conn)?)
}

/// Adds these to what is shown of the same months of a place.
pub(in crate::scores) fn add(
    conn: &mut Conn,
    brand: BrandId,
    place: Place,
    months: Months,
    more: &BySubject,
) -> Result<()> {
    let key = (place.id(), months.0, months.1);
    let kept: Option<ShownFigure> =
        shown_figure::table.find(key).select(ShownFigure::as_select()).first(conn).optional()?;
    let Some(kept) = kept else {
        let row = ShownFigure::new(brand, place, months, more)?;
        diesel::insert_into(shown_figure::table).values(row).execute(conn)?;
        return Ok(());
    };
    let mut figures = kept.figures()?;
    for (subject, more) in more {
        let figure = figures.entry(*subject).or_default();
        *figure = figure.with(*more);
    }
    let row = ShownFigure::new(brand, place, months, &figures)?;
    diesel::update(shown_figure::table.find(key))
        .set((
            shown_figure::known.eq(row.known),
            shown_figure::visits.eq(row.visits),
            shown_figure::total.eq(row.total),
            shown_figure::total_squares.eq(row.total_squares),
            shown_figure::changes.eq(row.changes),
            shown_figure::parts.eq(row.parts),
        ))
        .execute(conn)?;
    Ok(())
}

/// Four sums as BIGINT, as those of figures.
const ADDED_UP: &str = "CAST(SUM(known) AS BIGINT), CAST(SUM(visits) AS BIGINT), CAST(SUM(total) AS BIGINT), \
    CAST(SUM(total_squares) AS BIGINT)";

type AddedUp = (i64, i64, i64, i64);

fn shown((known, n, sum, sum_sq): AddedUp) -> Shown {
    Shown::new(Sums { n, sum, sum_sq }, known)
}

/// What is shown of a place for a period, of each subject that has visits, in the order of their numbers.
pub(in crate::scores) fn by_subject(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<Vec<(SubjectNumber, Shown)>> {
    let mut by_place = by_places(conn, &[place.place.id()], period, |_| true)?;
    Ok(by_place.remove(&place.place.id()).unwrap_or_default())
}

/// The same of several regions.
pub(in crate::scores) fn by_regions(
    conn: &mut Conn,
    regions: &[RegionId],
    period: Period,
) -> Result<HashMap<PlaceId, Vec<(SubjectNumber, Shown)>>> {
    let ids: Vec<_> = regions.iter().map(|region| region.cast()).collect();
    by_places(conn, &ids, period, |_| true)
}

/// The same of several branches, which are listed of a place in this way.
pub(in crate::scores) fn by_branches(
    conn: &mut Conn,
    (place, branches, listed): (Place, &[BranchId], Listed),
    period: Period,
) -> Result<HashMap<PlaceId, Vec<(SubjectNumber, Shown)>>> {
    let ids: Vec<_> = branches.iter().map(|branch| branch.cast()).collect();
    let counts = Counting::listed(conn, place, branches, listed)?;
    by_places(conn, &ids, period, |row| counts.has(row.place_id.cast(), row.from_month))
}

fn by_places(
    conn: &mut Conn,
    places: &[PlaceId],
    period: Period,
    counts: impl Fn(&ShownFigure) -> bool,
) -> Result<HashMap<PlaceId, Vec<(SubjectNumber, Shown)>>> {
    let rows: Vec<ShownFigure> = shown_figure::table
        .filter(shown_figure::place_id.eq_any(places.to_vec()))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .select(ShownFigure::as_select())
        .load(conn)?;
    let mut all = HashMap::<PlaceId, BySubject>::new();
    for row in rows.into_iter().filter(counts) {
        let of_place = all.entry(row.place_id).or_default();
        for (subject, figure) in row.figures()? {
            let sum = of_place.entry(subject).or_default();
            *sum = sum.with(figure);
        }
    }
    let shown = |(subject, figure): (SubjectNumber, Figure)| (subject, Shown::new(figure.sums, figure.known));
    let of_place = |(place, figures): (PlaceId, BySubject)| {
        let shown = figures.into_iter().map(shown).filter(|(_, shown)| shown.visits() > 0);
        (place, shown.collect())
    };
    Ok(all.into_iter().map(of_place).collect())
}

/// The figures that are shown of the next places after this one, in the order of their ids: all rows of each.
pub(in crate::scores) fn page(conn: &mut Conn, after: Option<PlaceId>) -> Result<Vec<ShownFigure>> {
    let mut query = shown_figure::table
        .select(shown_figure::place_id)
        .distinct()
        .order(shown_figure::place_id)
        .limit(PLACES_AT_ONCE)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(shown_figure::place_id.gt(after));
    }
    let ids: Vec<PlaceId> = query.load(conn)?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    Ok(shown_figure::table
        .filter(shown_figure::place_id.between(first, last))
        .order((shown_figure::place_id, shown_figure::from_month, shown_figure::to_month))
        .select(ShownFigure::as_select())
        .load(conn)?)
}

/// Forgets what is shown of the regions of a brand and of the brand itself.
pub(in crate::scores) fn forget_above_branches(conn: &mut Conn, brand: BrandId) -> Result<()> {
    let above = shown_figure::table
        .filter(shown_figure::brand_id.eq(brand))
        .filter(shown_figure::place_kind.ne(PlaceKind::Branch));
    diesel::delete(above).execute(conn)?;
    Ok(())
}

/// What is shown of whole visits of a place for a period.
pub(in crate::scores) fn overall(conn: &mut Conn, place: &Visible, period: Period) -> Result<Shown> {
    let rows: Vec<AddedUp> = shown_figure::table
        .filter(shown_figure::place_id.eq(place.place.id()))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .group_by(shown_figure::place_id)
        .select(sql::<(BigInt, BigInt, BigInt, BigInt)>(ADDED_UP))
        .load(conn)?;
    Ok(rows.into_iter().map(shown).next().unwrap_or_default())
}

/// What is shown of whole visits of each branch that is listed of a place.
pub(in crate::scores) fn by_branch(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
    listed: Listed,
) -> Result<HashMap<PlaceId, Shown>> {
    let figures = shown_figure::table
        .filter(shown_figure::place_kind.eq(PlaceKind::Branch))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .group_by(shown_figure::place_id)
        .select((shown_figure::place_id, sql::<(BigInt, BigInt, BigInt, BigInt)>(ADDED_UP)))
        .into_boxed();
    let within = match (place.place, listed) {
        (Place::Brand(id), _) => figures.filter(shown_figure::brand_id.eq(id)),
        (Place::Region(id), Listed::In(month)) => {
            figures.filter(shown_figure::place_id.eq_any(branches_in(id, month, month)))
        }
        (Place::Region(id), Listed::ByMonths(_)) => figures
            .filter(shown_figure::place_id.eq_any(branches_in(id, period.from(), period.to())))
            .filter(lay_in!(id, shown_figure::place_id, shown_figure::from_month, shown_figure::to_month)),
        (Place::Branch(id), _) => figures.filter(shown_figure::place_id.eq(id.cast::<Place>())),
    };
    let rows: Vec<(PlaceId, AddedUp)> = within.load(conn)?;
    Ok(rows.into_iter().map(|(id, added)| (id, shown(added))).collect())
}

/// The last month of which anything is shown of these branches.
pub(in crate::scores) fn last_month(conn: &mut Conn, branches: &[BranchId]) -> Result<Option<Month>> {
    let mut last = None;
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        let ids: Vec<PlaceId> = some.iter().map(|branch| branch.cast()).collect();
        let of_some: Option<Month> = shown_figure::table
            .filter(shown_figure::place_id.eq_any(ids))
            .select(max(shown_figure::to_month))
            .first(conn)?;
        last = last.max(of_some);
    }
    Ok(last)
}
