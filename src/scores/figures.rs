//! What visits say about a place: its figures for a period, and the ranking of the branches in it.

use std::collections::HashMap;

use super::{
    by_visit,
    lent::Lent,
    means::Means,
    model::{Place, PlaceId, Reader},
    shown::Shown,
    statistics::{self, Extent, Ranked, Spread, Sums},
    store::{self, Listed, Standing},
    subjects::{named, shown},
    targets::in_force::InForce,
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result, visits};

/// The figures of a place for a period.
#[derive(Debug)]
pub struct Figures {
    /// The place.
    pub place: Visible,
    /// What the caller is shown of whole visits and of each section that has visits, in the order of subjects.
    pub now: Vec<(Subject, Shown)>,
    /// Whether visits were made with several versions of one checklist.
    pub mixes_versions: bool,
    /// What the caller is shown of whole visits for as many months right before.
    pub before: Sums,
    /// The same for the same months a year before.
    pub year_before: Sums,
    /// What the brand lends.
    pub lent: Lent,
    /// What scores are to be in the last month.
    pub targets: InForce,
}

/// The figures of a place for a period.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn figures(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
) -> Result<Figures> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let numbered = shown(conn, means, &place, wanted)?;
    let is_wanted = |subject: &Subject| matches!(subject, Subject::Overall | Subject::Section { .. });
    let named = named(conn, means, &place, numbered)?;
    let number = |of: fn(&Subject) -> bool| named.iter().filter(|(_, subject, _)| of(subject)).count();
    let mixes_versions = number(|subject| matches!(subject, Subject::Version(_)))
        > number(|subject| matches!(subject, Subject::Checklist(_)));
    let named = named.into_iter().map(|(_, subject, shown)| (subject, shown));
    let mut now: Vec<_> = named.filter(|(subject, _)| is_wanted(subject)).collect();
    now.sort_by(|(one, _), (other, _)| one.cmp(other));
    let before = wanted.before().map(|before| overall(conn, &place, &before)).transpose()?;
    let year_before = wanted.year_before().map(|before| overall(conn, &place, &before)).transpose()?;
    let [before, year_before] = [before, year_before].map(|shown| shown.unwrap_or_default().sums);
    let targets = InForce::of(conn, &place, wanted.touched().last_month())?;
    Ok(Figures { place, now, mixes_versions, before, year_before, lent, targets })
}

/// What the caller is shown of whole visits at a place.
///
/// # Errors
/// `invalid` if more visits are to be counted one by one than can be.
pub(super) fn overall(conn: &mut Conn, place: &Visible, wanted: &Wanted) -> Result<Shown> {
    let (whole, days) = wanted.parts(place.reader);
    let mut sums = match (whole, place.reader) {
        (Some(period), Reader::BranchSide) => return store::shown::overall(conn, place, period),
        (Some(period), Reader::Desk) => store::overall(conn, place, period)?,
        (None, _) => Sums::default(),
    };
    for days in days {
        let wanted = wanted.on(days);
        let by_branch = by_visit::by_branch(conn, place, &wanted, Listed::ByMonths(wanted.touched()))?;
        sums = by_branch.into_values().fold(sums, Sums::plus);
    }
    Ok(place.shows(sums))
}

/// The same of each branch that is listed of a place.
///
/// # Errors
/// Those of [`overall`].
pub(super) fn by_branch(
    conn: &mut Conn,
    place: &Visible,
    wanted: &Wanted,
    listed: Listed,
) -> Result<HashMap<PlaceId, Shown>> {
    let (whole, days) = wanted.parts(place.reader);
    let mut sums = match (whole, place.reader) {
        (Some(period), Reader::BranchSide) => return store::shown::by_branch(conn, place, period, listed),
        (Some(period), Reader::Desk) => store::branch_sums(conn, place, period, listed)?,
        (None, _) => HashMap::new(),
    };
    for days in days {
        for (branch, more) in by_visit::by_branch(conn, place, &wanted.on(days), listed)? {
            let all = sums.entry(branch).or_default();
            *all = all.plus(more);
        }
    }
    Ok(sums.into_iter().map(|(branch, sums)| (branch, place.shows(sums))).collect())
}

/// The branches that are listed of a place, in the order of their codes, with what the caller is shown of each that has visits: without branches
/// that the filter leaves out, and without branches that were retired before the days and have no visits.
///
/// # Errors
/// Those of [`by_visit::each`].
pub(super) fn branches(
    conn: &mut Conn,
    scope: &Scope,
    place: &Visible,
    wanted: &Wanted,
    listed: Listed,
) -> Result<(Vec<Standing>, HashMap<PlaceId, Shown>)> {
    let mut standings = store::branches(conn, scope, place, listed)?;
    if let Some(called) = &wanted.filter.branch_called {
        let called = visits::store::list::branches_called(conn, Some(place.brand), called)?;
        standings.retain(|one| called.contains(&one.id));
    }
    let shown = by_branch(conn, place, wanted, listed)?;
    let first = wanted.touched().from();
    standings.retain(|one| !one.is_retired_before(first) || shown.contains_key(&one.id.cast()));
    Ok((standings, shown))
}

/// All rows of a ranking.
pub const ALL: (usize, usize) = (0, usize::MAX);

/// A part of a ranking.
#[derive(Debug)]
pub struct Ranking {
    /// The place whose branches are ranked.
    pub place: Visible,
    /// Its branches, the best first, each with what the caller is shown; those with too few visits come last.
    pub branches: Vec<Ranked<(Standing, Shown)>>,
    /// What the brand lends to each of them.
    pub spread: Spread,
    /// The number of the brand's statistics; none if the brand lends nothing.
    pub number: Option<i64>,
    /// What the branches are to score in the last month.
    pub targets: InForce,
}

/// The ranking of the branches that are listed of a place: so many rows of it, without the first `start`. A branch that was retired before the period,
/// and has no visits in it, is not listed.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn ranking(
    conn: &mut Conn,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    listed: Listed,
    (start, rows): (usize, usize),
) -> Result<Ranking> {
    let place = visible(conn, scope, place)?;
    let months = wanted.touched();
    let (standings, sums) = branches(conn, scope, &place, wanted, listed)?;
    let shown = |branch: &Standing| sums.get(&branch.id.cast()).copied().unwrap_or_default();
    let places: Vec<_> = standings
        .iter()
        .map(|branch| (branch, shown(branch)))
        .map(|(branch, shown)| ((branch, shown), shown.sums))
        .collect();
    let lent = Lent::by(conn, place.brand)?;
    let spread = lent.spread(&Subject::Overall, Extent::Branch, wanted.months());
    let ranked = statistics::rank(&places, place.minimum, &spread).into_iter();
    let own = |(branch, shown): (&Standing, Shown)| (branch.clone(), shown);
    let branches = ranked.skip(start).take(rows).map(|row| row.map(own)).collect();
    let targets = InForce::of_branches(conn, &place, months)?;
    Ok(Ranking { place, branches, spread, number: lent.number(&spread), targets })
}

/// The branches of a ranking of those that lay in a place in the last month, each with its visits of as many months right before and of the period,
/// wherever it lay then: a change is the branch's own.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn with_before(
    conn: &mut Conn,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    ranking: &[Ranked<(Standing, Shown)>],
) -> Result<Vec<(Standing, Sums, Sums)>> {
    let (place, listed) = (visible(conn, scope, place)?, Listed::In(wanted.touched().to()));
    let before = match wanted.before() {
        Some(before) => by_branch(conn, &place, &before, listed)?,
        None => HashMap::new(),
    };
    let with_before = |row: &Ranked<(Standing, Shown)>| {
        let (branch, _) = &row.key;
        let before = before.get(&branch.id.cast()).map(|shown| shown.sums).unwrap_or_default();
        (branch.clone(), before, row.sums)
    };
    Ok(ranking.iter().map(with_before).collect())
}
