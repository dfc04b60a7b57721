//! Showing: what the branch's side sees of a brand's figures from today on.

use jiff::tz::TimeZone;

use super::{
    count::places_above,
    model::{Place, PlaceId},
    shown::{self, Figure, KeptFigures, Tally},
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
    let none = KeptFigures::new();
    let above = places_above(conn, brand.id, region)?;
    let mut rows = Vec::new();
    for of_subject in tallies.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((subject, _)) = of_subject.first() else { continue };
        let tallies: Vec<Tally> = of_subject.iter().map(|(_, tally)| *tally).collect();
        let before = before.get(subject).unwrap_or(&none);
        let spans = shown::spans(&shown::held(before), &tallies, minimum, present);
        for (months, figure) in shown::figures(&spans, &tallies, present) {
            let was = before.get(&months).copied();
            if was == Some(figure) {
                continue;
            }
            let more = figure.beyond(was.unwrap_or_default());
            rows.push(store::ShownFigure::new(brand.id, place, subject, months, more));
            // What is shown of the places above is a sum over spans of branches, and no span itself.
            let more = Figure { changes: None, ..more };
            let of = |above: &Place| store::ShownFigure::new(brand.id, *above, subject, months, more);
            rows.extend(above.iter().map(of));
        }
    }
    store::add(conn, &rows)
}
