//! The statements about what the branch's side is shown.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt, upsert::excluded};

use super::{ROWS_AT_ONCE, regions_below};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, released_rollup, shown_figure},
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::{Month, Period},
    scores::{
        model::{Place, PlaceId, PlaceKind, Subject},
        shown::{Figure, KeptFigures, Months, Shown, Tally},
        statistics::Sums,
        visible::Visible,
    },
};

/// What is shown of some months on end of a place.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = shown_figure, treat_none_as_default_value = false)]
pub(in crate::scores) struct ShownFigure {
    place_id: PlaceId,
    subject: String,
    from_month: Month,
    to_month: Month,
    brand_id: BrandId,
    place_kind: PlaceKind,
    known: i64,
    visits: i64,
    total: i64,
    total_squares: i64,
    changes: Option<i64>,
}

impl ShownFigure {
    pub(in crate::scores) fn new(
        brand_id: BrandId,
        place: Place,
        subject: &str,
        (from_month, to_month): Months,
        figure: Figure,
    ) -> Self {
        let Figure { known, sums: Sums { n: visits, sum: total, sum_sq: total_squares }, changes } = figure;
        let (place_id, place_kind, subject) = (place.id(), place.kind(), subject.to_owned());
        Self {
            place_id,
            subject,
            from_month,
            to_month,
            brand_id,
            place_kind,
            known,
            visits,
            total,
            total_squares,
            changes,
        }
    }
}

/// A branch as its figures need it: its region and its time zone.
pub(in crate::scores) fn place_and_time(conn: &mut Conn, id: BranchId) -> Result<(Option<RegionId>, String)> {
    Ok(branch::table.find(id).select((branch::region_id, branch::time_zone)).first(conn)?)
}

/// So many branches of a brand of which visits were released, after this one in the order of their ids.
pub(in crate::scores) fn counted_branches(
    conn: &mut Conn,
    brand: BrandId,
    after: Option<PlaceId>,
    limit: i64,
) -> Result<Vec<PlaceId>> {
    let mut query = released_rollup::table
        .filter(released_rollup::brand_id.eq(brand))
        .filter(released_rollup::subject.eq(Subject::Overall.to_string()))
        .select(released_rollup::place_id)
        .distinct()
        .order(released_rollup::place_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(released_rollup::place_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The months of a branch, each with its subject, in the order of subjects and months.
pub(in crate::scores) fn tallies(conn: &mut Conn, of: PlaceId) -> Result<Vec<(String, Tally)>> {
    type Row = (String, Month, i64, i64, i64, i64);
    let rows: Vec<Row> = released_rollup::table
        .filter(released_rollup::place_id.eq(of))
        .order((released_rollup::subject, released_rollup::month))
        .select((
            released_rollup::subject,
            released_rollup::month,
            released_rollup::visits,
            released_rollup::total,
            released_rollup::total_squares,
            released_rollup::changes,
        ))
        .load(conn)?;
    let tally = |(subject, month, n, sum, sum_sq, changes): Row| {
        (subject, Tally { month, sums: Sums { n, sum, sum_sq }, changes })
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// What is shown of a branch, by subject.
pub(in crate::scores) fn figures(conn: &mut Conn, of: PlaceId) -> Result<HashMap<String, KeptFigures>> {
    let rows: Vec<ShownFigure> = shown_figure::table
        .filter(shown_figure::place_id.eq(of))
        .select(ShownFigure::as_select())
        .load(conn)?;
    let mut figures = HashMap::<_, KeptFigures>::new();
    for row in rows {
        let sums = Sums { n: row.visits, sum: row.total, sum_sq: row.total_squares };
        let figure = Figure { known: row.known, sums, changes: row.changes };
        figures.entry(row.subject).or_default().insert((row.from_month, row.to_month), figure);
    }
    Ok(figures)
}

/// Adds these to what is shown of the same months; how often visits had changed is put in place of what was there.
pub(in crate::scores) fn add(conn: &mut Conn, rows: &[ShownFigure]) -> Result<()> {
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(shown_figure::table)
            .values(rows)
            .on_conflict((
                shown_figure::place_id,
                shown_figure::subject,
                shown_figure::from_month,
                shown_figure::to_month,
            ))
            .do_update()
            .set((
                shown_figure::known.eq(shown_figure::known + excluded(shown_figure::known)),
                shown_figure::visits.eq(shown_figure::visits + excluded(shown_figure::visits)),
                shown_figure::total.eq(shown_figure::total + excluded(shown_figure::total)),
                shown_figure::total_squares
                    .eq(shown_figure::total_squares + excluded(shown_figure::total_squares)),
                shown_figure::changes.eq(excluded(shown_figure::changes)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Four sums as BIGINT, as those of rollups.
const ADDED_UP: &str = "CAST(SUM(known) AS BIGINT), CAST(SUM(visits) AS BIGINT), CAST(SUM(total) AS BIGINT), \
    CAST(SUM(total_squares) AS BIGINT)";

type AddedUp = (i64, i64, i64, i64);

fn shown((known, n, sum, sum_sq): AddedUp) -> Shown {
    Shown::new(Sums { n, sum, sum_sq }, known)
}

/// What is shown of a place for a period, of each subject that has visits.
pub(in crate::scores) fn by_subject(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<Vec<(Subject, Shown)>> {
    let rows: Vec<(String, AddedUp)> = shown_figure::table
        .filter(shown_figure::place_id.eq(place.place.id()))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .group_by(shown_figure::subject)
        .order(shown_figure::subject)
        .select((shown_figure::subject, sql::<(BigInt, BigInt, BigInt, BigInt)>(ADDED_UP)))
        .load(conn)?;
    let known = |(text, added): (String, AddedUp)| Some((Subject::parse(&text)?, shown(added)));
    Ok(rows.into_iter().filter_map(known).filter(|(_, shown)| shown.visits() > 0).collect())
}

/// What is shown of whole visits of a place for a period.
pub(in crate::scores) fn overall(conn: &mut Conn, place: &Visible, period: Period) -> Result<Shown> {
    let rows: Vec<AddedUp> = shown_figure::table
        .filter(shown_figure::place_id.eq(place.place.id()))
        .filter(shown_figure::subject.eq(Subject::Overall.to_string()))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .group_by(shown_figure::place_id)
        .select(sql::<(BigInt, BigInt, BigInt, BigInt)>(ADDED_UP))
        .load(conn)?;
    Ok(rows.into_iter().map(shown).next().unwrap_or_default())
}

/// What is shown of whole visits of each branch within a place.
pub(in crate::scores) fn by_branch(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<HashMap<PlaceId, Shown>> {
    let figures = shown_figure::table
        .filter(shown_figure::place_kind.eq(PlaceKind::Branch))
        .filter(shown_figure::subject.eq(Subject::Overall.to_string()))
        .filter(shown_figure::from_month.ge(period.from()))
        .filter(shown_figure::to_month.le(period.to()))
        .group_by(shown_figure::place_id)
        .select((shown_figure::place_id, sql::<(BigInt, BigInt, BigInt, BigInt)>(ADDED_UP)))
        .into_boxed();
    let within = match place.place {
        Place::Brand(id) => figures.filter(shown_figure::brand_id.eq(id)),
        Place::Region(id) => figures
            .filter(shown_figure::place_id.eq_any(
                branch::table.filter(branch::region_id.eq_any(regions_below(id))).select(branch::id),
            )),
        Place::Branch(id) => figures.filter(shown_figure::place_id.eq(id.cast::<Place>())),
    };
    let rows: Vec<(PlaceId, AddedUp)> = within.load(conn)?;
    Ok(rows.into_iter().map(|(id, added)| (id, shown(added))).collect())
}
