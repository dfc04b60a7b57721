//! Computes once a day what a brand lends to its places ([`lent`]), from all counted visits of 24 months.

use jiff::tz::TimeZone;

use super::{
    lent::{self, Terms},
    statistics::{Repeating, Seen, WINDOWS},
    store::lent::{self as store, CountedVisit},
};
use crate::{
    app::App,
    error::Result,
    ids::{BranchId, BrandId},
    months::{Month, Period},
};

/// The visits of so many branches are in memory at a time.
const BRANCHES_AT_ONCE: usize = 50;

/// Computes what a brand lends from now on.
///
/// # Errors
/// None but those of the database.
pub async fn lend(app: &App, brand: BrandId) -> Result<()> {
    let now = app.clock.now();
    // By the clocks of some branches the next month has begun.
    let present = Month::of(now, &TimeZone::UTC);
    let last = present.plus(1).unwrap_or(present);
    let from = last.plus(-WINDOWS[2]).unwrap_or(present);
    let Some(period) = Period::new(from, last) else { return Ok(()) };
    let sums = app.db.read(move |conn| store::within(conn, brand, period)).await?;
    let mut branches: Vec<BranchId> = sums.iter().map(|(place, ..)| place.cast()).collect();
    branches.dedup();
    let mut repeating = Repeating::default();
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        let some = some.to_vec();
        let visits = app.db.read(move |conn| store::counted_visits(conn, &some, period)).await?;
        for of_branch in visits.chunk_by(|(one, ..), (other, ..)| one == other) {
            let seen = |(_, shopper, month, score): &CountedVisit| {
                // How many months before the present one; what is beyond belongs to it.
                let age = Period::new(*month, present).map_or(0, |months| months.months() - 1);
                Seen { shopper: *shopper, age, score: *score }
            };
            repeating.branch(&of_branch.iter().map(seen).collect::<Vec<_>>());
        }
    }
    let terms =
        Terms::of(sums.iter().map(|(_, subject, sums)| (subject.as_str(), *sums)), repeating.repeats());
    let id = app.clock.new_id();
    app.db.write(move |conn| lent::keep(conn, id, brand, terms.clone(), now)).await
}
