//! Showing: what the branch's side sees of a brand's figures from today on.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::{
    count::places_above,
    model::{Place, PlaceId},
    shown::{self, Figure, Span, Tally},
    store::shown as store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::{BranchId, BrandId},
    months::Month,
    places::{self, model::Brand},
};

/// So many branches are done in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: i64 = 5;

/// Takes up what has been counted for some branches of a brand, those after this one: says which was the last, as long as there
/// may be more.
///
/// # Errors
/// None but those of the database.
pub fn show_branches(
    conn: &mut Conn,
    brand: BrandId,
    after: Option<PlaceId>,
    now: Instant,
) -> Result<Option<PlaceId>> {
    let Some(brand) = places::store::brand_if_there(conn, brand)? else { return Ok(None) };
    let branches = store::counted_branches(conn, brand.id, after, AT_ONCE)?;
    branches.iter().try_for_each(|branch| show_branch(conn, &brand, branch.cast(), now))?;
    Ok(branches.last().filter(|_| branches.len() as i64 == AT_ONCE).copied())
}

fn show_branch(conn: &mut Conn, brand: &Brand, id: BranchId, now: Instant) -> Result<()> {
    let (place, minimum) = (Place::Branch(id), i64::from(brand.minimum_visits));
    let (region, zone) = store::place_and_time(conn, id)?;
    let present = Month::of(now, &places::model::time_zone(&zone).unwrap_or(TimeZone::UTC));
    let (tallies, before) = (store::tallies(conn, place.id())?, store::figures(conn, place.id())?);
    let mut changed = Vec::new();
    for of_subject in tallies.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((subject, _)) = of_subject.first() else { continue };
        let months: Vec<Tally> = of_subject.iter().map(|(_, tally)| *tally).collect();
        let spans = shown::spans(&held(&before, subject), &months, minimum, present);
        for ((from, to), figure) in shown::figures(&spans, &months, present) {
            let was = before.get(&(subject.clone(), from, to)).copied();
            if was != Some(figure) {
                changed.push((subject, (from, to), was.unwrap_or_default(), figure));
            }
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let of = |place, (subject, months, figure): (&String, _, _)| {
        store::ShownFigure::new(brand.id, place, subject, months, figure)
    };
    let rows: Vec<_> =
        changed.iter().map(|(subject, months, _, figure)| of(place, (subject, *months, *figure))).collect();
    store::put(conn, &rows)?;
    for above in places_above(conn, brand.id, region)? {
        let more = |(subject, months, was, figure): &(&String, _, Figure, Figure)| {
            of(above, (subject, *months, figure.beyond(*was)))
        };
        store::add(conn, &changed.iter().map(more).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The spans of a subject that are shown, in their order.
fn held(figures: &HashMap<(String, Month, Month), Figure>, subject: &str) -> Vec<Span> {
    let span = |((of, from, to), figure): (&(String, Month, Month), &Figure)| {
        let changes = figure.changes.filter(|_| of == subject)?;
        Some(Span { from: *from, to: *to, sums: figure.sums, changes })
    };
    let mut held: Vec<_> = figures.iter().filter_map(span).collect();
    held.sort_by_key(|span| span.from);
    held
}
