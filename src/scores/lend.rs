//! Computes once a day what a brand lends to its places ([`lent`]), from all counted visits of 24 months.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    lent::{self, Counts},
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
    error::{Result, if_there},
    ids::{BrandId, VersionId},
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
    let present = Month::of(now, &TimeZone::UTC);
    let Some(period) = months(present) else { return Ok(()) };
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
    let versions: Vec<_> = within.keys().filter_map(|number| version(names.get(number)?)).collect();
    let least = app.db.read(move |conn| least(conn, &versions)).await?;
    let named = |(number, within)| Some((names.get(&number)?.to_string(), within));
    let within = within.into_iter().filter_map(named).collect();
    let counts = Counts { repeated: repeating.repeated(), within, least };
    let id = app.clock.new_id();
    app.db.write(move |conn| lent::keep(conn, id, brand, counts.clone(), now)).await
}

/// The months whose visits count when this month is the present one. By the clocks of some branches the next one has begun.
pub(super) fn months(present: Month) -> Option<Period> {
    let last = present.plus(1).unwrap_or(present);
    Period::new(last.plus(-WINDOWS[2]).unwrap_or(present), last)
}

/// The names of the subjects that are lent a variance: all but choices, of which there are shares.
fn names(conn: &mut Conn, brand: BrandId) -> Result<BTreeMap<SubjectNumber, Subject>> {
    let subjects = checklists::store::subjects::of_brand(conn, brand)?.into_iter();
    Ok(subjects.filter(|(_, subject)| !matches!(subject, Subject::Choice { .. })).collect())
}

fn version(subject: &Subject) -> Option<VersionId> {
    if let Subject::Version(id) = subject { Some(*id) } else { None }
}

/// The least variance of each subject that visits of these versions score in: of several versions the greatest.
fn least(conn: &mut Conn, versions: &[VersionId]) -> Result<BTreeMap<String, i64>> {
    let mut least = BTreeMap::new();
    for id in versions {
        let Some(version) = if_there(checklists::store::version(conn, *id))? else { continue };
        for (subject, variance) in version.prepared.least_variances(version.checklist_id, *id) {
            let of = least.entry(subject.to_string()).or_insert(variance);
            *of = variance.max(*of);
        }
    }
    Ok(least)
}
