//! The statements about the figures of a place, month by month.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{Figure, changes, shown::ShownFigure};
use crate::{
    checklists::counted::SubjectNumber,
    db::{
        Conn,
        schema::{figure, shown_figure},
    },
    error::Result,
    months::{Month, Period},
    scores::{model::Reader, shown::Shown, vector::Vector, visible::Visible},
};

/// What the caller is shown of each subject of a place, of each month of a period by itself: of those that have visits, in the order of their numbers.
pub(in crate::scores) fn by_month(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<BTreeMap<Month, Vec<(SubjectNumber, Shown)>>> {
    let mut by_month = match place.reader {
        Reader::Desk => counted(conn, place, period)?,
        Reader::BranchSide => shown(conn, place, period)?,
    };
    by_month.values_mut().for_each(|all| all.retain(|(_, shown)| shown.visits() > 0));
    by_month.retain(|_, all| !all.is_empty());
    Ok(by_month)
}

/// All that is counted for desks, folded or not.
fn counted(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<BTreeMap<Month, Vec<(SubjectNumber, Shown)>>> {
    let rows: Vec<Figure> = figure::table
        .filter(figure::place_id.eq(place.place.id()))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .select(Figure::as_select())
        .load(conn)?;
    let mut by_month = BTreeMap::<Month, Vector>::new();
    for row in rows {
        by_month.insert(row.month, row.scores()?);
    }
    for change in changes::of(conn, (place.place, place.brand), Reader::Desk, period)? {
        let all = by_month.entry(change.month).or_default();
        *all = all.plus(&change.scores()?);
    }
    let shown =
        |scores: Vector| scores.iter().map(|(subject, counts)| (subject, place.shows(counts.sums))).collect();
    Ok(by_month.into_iter().map(|(month, scores)| (month, shown(scores))).collect())
}

/// The spans that are one month.
fn shown(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<BTreeMap<Month, Vec<(SubjectNumber, Shown)>>> {
    let rows: Vec<ShownFigure> = shown_figure::table
        .filter(shown_figure::place_id.eq(place.place.id()))
        .filter(shown_figure::from_month.eq(shown_figure::to_month))
        .filter(shown_figure::from_month.between(period.from(), period.to()))
        .select(ShownFigure::as_select())
        .load(conn)?;
    let of_month = |row: ShownFigure| {
        let figures = row.figures()?.into_iter();
        let shown = figures.map(|(subject, figure)| (subject, Shown::new(figure.sums, figure.known)));
        Ok((row.months().0, shown.collect()))
    };
    rows.into_iter().map(of_month).collect()
}
