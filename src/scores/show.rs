//! Showing: what the branch's side sees of a brand's figures from today on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{
    by_subject::BySubject,
    model::{Place, PlaceId},
    shown::{self, Months},
    store::shown as store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::{BranchId, BrandId},
    months::Month,
    places::{self, model::Brand, moves::model::Stays},
};

/// So many branches are done in one transaction: few, so that other writes do not wait long behind it, and yet some, because what their region and
/// their brand are shown is written once for all of them.
const AT_ONCE: i64 = 20;

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
    let mut above = Above::default();
    branches.iter().try_for_each(|branch| show_branch(conn, &brand, branch.cast(), now, &mut above))?;
    above.keep(conn, brand.id)?;
    Ok(branches.last().filter(|_| branches.len() as i64 == AT_ONCE).copied())
}

fn show_branch(conn: &mut Conn, brand: &Brand, id: BranchId, now: Instant, above: &mut Above) -> Result<()> {
    let (place, minimum) = (Place::Branch(id), i64::from(brand.minimum_visits));
    let zone = store::time_zone(conn, id)?;
    let present = Month::of(now, &places::model::time_zone(&zone).unwrap_or(TimeZone::UTC));
    let (tallies, before) = (store::tallies(conn, place.id())?, store::figures(conn, place.id())?);
    let stays = places::moves::store::stays(conn, id)?;
    let changes = stays.changes();
    let mut more = BTreeMap::<Months, BySubject>::new();
    let subjects: BTreeSet<_> = tallies.keys().chain(before.keys()).copied().collect();
    for subject in subjects {
        let tallies = tallies.get(&subject).map_or(&[][..], Vec::as_slice);
        let before = before.get(&subject).cloned().unwrap_or_default();
        let spans = shown::spans(&shown::held(&before), tallies, minimum, (present, &changes));
        let mut now = shown::figures(&spans, tallies, present);
        // Of months in which nothing is counted any more, nothing is shown.
        before.keys().for_each(|months| _ = now.entry(*months).or_default());
        for (months, figure) in now {
            let was = before.get(&months).copied().unwrap_or_default();
            if was != figure {
                more.entry(months).or_default().insert(subject, figure.beyond(was));
            }
        }
    }
    for (months, of_branch) in more {
        store::add(conn, brand.id, place, months, &of_branch)?;
        above.take(brand.id, &stays, months, &of_branch);
    }
    Ok(())
}

/// Adds up anew what is shown of the regions of a brand and of the brand, from what is shown of its branches.
///
/// # Errors
/// None but those of the database.
pub fn add_up(conn: &mut Conn, brand: BrandId) -> Result<()> {
    store::forget_above_branches(conn, brand)?;
    let mut above = Above::default();
    for branch in store::shown_branches(conn, brand)? {
        let stays = places::moves::store::stays(conn, branch.cast())?;
        for (months, figures) in store::rows(conn, branch)? {
            above.take(brand, &stays, months, &figures);
        }
    }
    above.keep(conn, brand)
}

/// What some branches add to what is shown of their regions and of their brand.
#[derive(Debug, Default)]
struct Above(BTreeMap<(PlaceId, Months), (Place, BySubject)>);

impl Above {
    /// Takes up what a branch adds in some months.
    fn take(&mut self, brand: BrandId, stays: &Stays, months: Months, of_branch: &BySubject) {
        for place in places_above(brand, stays, months) {
            let (_, sum) = self.0.entry((place.id(), months)).or_insert_with(|| (place, BySubject::new()));
            for (subject, figure) in of_branch {
                let of = sum.entry(*subject).or_default();
                *of = of.with(figure.for_above());
            }
        }
    }

    /// Adds all of it.
    fn keep(self, conn: &mut Conn, brand: BrandId) -> Result<()> {
        let mut sums = self.0.into_iter();
        sums.try_for_each(|((_, months), (place, figures))| store::add(conn, brand, place, months, &figures))
    }
}

/// The places above a branch in some months that are shown as one: its brand, and the regions that it lay in. Those are the same in all of
/// these months, because a span ends where the branch moves.
fn places_above(brand: BrandId, stays: &Stays, (from, _): Months) -> Vec<Place> {
    [Place::Brand(brand)].into_iter().chain(stays.regions_in(from).map(Place::Region)).collect()
}
