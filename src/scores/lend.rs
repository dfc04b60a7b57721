//! Computes once a day what a brand lends to its places ([`lent`]), from all counted visits of 24 months.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    lent::{self, Terms},
    statistics::{Repeating, Seen, WINDOWS, Within},
    store::lent::{self as store, CountedVisit},
    vector::Vector,
};
use crate::{
    app::App,
    checklists::{
        self,
        counted::{Subject, SubjectNumber},
    },
    db::Conn,
    error::Result,
    ids::BrandId,
    months::{Month, Period},
};

/// The visits of so many branches are in memory at a time.
const BRANCHES_AT_ONCE: i64 = 50;

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
    let (mut after, mut within) = (None, BTreeMap::<SubjectNumber, Within>::new());
    let mut repeating = Repeating::default();
    loop {
        let some = move |conn: &mut Conn| {
            let branches = store::counted_branches(conn, brand, period, after, BRANCHES_AT_ONCE)?;
            let sums = store::within(conn, &branches, period)?;
            let ids: Vec<_> = branches.iter().map(|branch| branch.cast()).collect();
            Ok((branches.last().copied(), sums, store::counted_visits(conn, &ids, period)?))
        };
        let (last, sums, visits) = app.db.snapshot(some).await?;
        if last.is_none() {
            break;
        }
        after = last;
        for (subject, counts) in sums.iter().flat_map(Vector::iter) {
            let entry = within.entry(subject).or_default();
            *entry = entry.with(counts.sums);
        }
        for of_branch in visits.chunk_by(|(one, ..), (other, ..)| one == other) {
            let seen = |(_, shopper, month, score): &CountedVisit| {
                // How many months before the present one; what is beyond belongs to it.
                let age = Period::new(*month, present).map_or(0, |months| months.months() - 1);
                Seen { shopper: *shopper, age, score: *score }
            };
            repeating.branch(&of_branch.iter().map(seen).collect::<Vec<_>>());
        }
    }
    let names = app.db.read(move |conn| names(conn, brand)).await?;
    let named =
        within.into_iter().filter_map(|(subject, within)| Some((names.get(&subject)?.as_str(), within)));
    let terms = Terms::of(named, repeating.repeats());
    let id = app.clock.new_id();
    app.db.write(move |conn| lent::keep(conn, id, brand, terms.clone(), now)).await
}

/// The names of the subjects that are lent a variance: all but choices, of which there are shares.
fn names(conn: &mut Conn, brand: BrandId) -> Result<BTreeMap<SubjectNumber, String>> {
    let subjects = checklists::store::subjects::of_brand(conn, brand)?.into_iter();
    let lent = subjects.filter(|(_, subject)| !matches!(subject, Subject::Choice { .. }));
    Ok(lent.map(|(number, subject)| (number, subject.to_string())).collect())
}
