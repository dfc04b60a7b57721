//! What visits say about a place: its figures for a period, and the ranking of the branches in it.

use std::collections::HashMap;

use super::{
    lent::Lent,
    model::{Place, PlaceId, Reader},
    names::Names,
    shown::Shown,
    statistics::{self, Extent, Ranked, Spread, Sums},
    store::{self, Listed, Standing},
    subjects::{named, shown},
    targets::in_force::InForce,
    visible::{Visible, visible},
};
use crate::{accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result, months::Period};

/// The figures of a place for a period.
#[derive(Debug)]
pub struct Figures {
    /// The place.
    pub place: Visible,
    /// What the caller is shown of whole visits and of each section that has visits, in the order of subjects.
    pub now: Vec<(Subject, Shown)>,
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
    names: &Names,
    scope: &Scope,
    place: Place,
    period: Period,
) -> Result<Figures> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let numbered = shown(conn, &place, period)?;
    let is_wanted = |subject: &Subject| matches!(subject, Subject::Overall | Subject::Section { .. });
    let named = named(conn, names, &place, numbered)?.into_iter().map(|(_, subject, shown)| (subject, shown));
    let mut now: Vec<_> = named.filter(|(subject, _)| is_wanted(subject)).collect();
    now.sort_by(|(one, _), (other, _)| one.cmp(other));
    let before = period.before().map(|before| overall(conn, &place, before)).transpose()?;
    let year_before = period.year_before().map(|before| overall(conn, &place, before)).transpose()?;
    let [before, year_before] = [before, year_before].map(|shown| shown.unwrap_or_default().sums);
    let targets = InForce::of(conn, &place, period.last_month())?;
    Ok(Figures { place, now, before, year_before, lent, targets })
}

/// What the caller is shown of whole visits at a place in a period.
///
/// # Errors
/// None but those of the database.
pub(super) fn overall(conn: &mut Conn, place: &Visible, period: Period) -> Result<Shown> {
    match place.reader {
        Reader::Desk => Ok(Shown::whole(store::overall(conn, place, period)?)),
        Reader::BranchSide => store::shown::overall(conn, place, period),
    }
}

/// The same of each branch that is listed of a place.
///
/// # Errors
/// None but those of the database.
pub(super) fn by_branch(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
    listed: Listed,
) -> Result<HashMap<PlaceId, Shown>> {
    match place.reader {
        Reader::Desk => {
            let sums = store::branch_sums(conn, place, period, listed)?.into_iter();
            Ok(sums.map(|(branch, sums)| (branch, Shown::whole(sums))).collect())
        }
        Reader::BranchSide => store::shown::by_branch(conn, place, period, listed),
    }
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
    (place, period): (Place, Period),
    listed: Listed,
    (start, rows): (usize, usize),
) -> Result<Ranking> {
    let place = visible(conn, scope, place)?;
    let mut standings = store::branches(conn, scope, &place, listed)?;
    let sums = by_branch(conn, &place, period, listed)?;
    standings.retain(|one| !one.is_retired_before(period.from()) || sums.contains_key(&one.id.cast()));
    let shown = |branch: &Standing| sums.get(&branch.id.cast()).copied().unwrap_or_default();
    let places: Vec<_> = standings
        .iter()
        .map(|branch| (branch, shown(branch)))
        .map(|(branch, shown)| ((branch, shown), shown.sums))
        .collect();
    let lent = Lent::by(conn, place.brand)?;
    let spread = lent.spread(&Subject::Overall, Extent::Branch, period.months());
    let ranked = statistics::rank(&places, place.minimum, &spread).into_iter();
    let own = |(branch, shown): (&Standing, Shown)| (branch.clone(), shown);
    let branches = ranked.skip(start).take(rows).map(|row| row.map(own)).collect();
    let targets = InForce::of_branches(conn, &place, period)?;
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
    place: Place,
    period: Period,
    ranking: &[Ranked<(Standing, Shown)>],
) -> Result<Vec<(Standing, Sums, Sums)>> {
    let before = match period.before() {
        Some(before) => self::ranking(conn, scope, (place, before), Listed::In(period.to()), ALL)?.branches,
        None => Vec::new(),
    };
    let before: HashMap<_, Sums> = before.iter().map(|row| (row.key.0.id, row.sums)).collect();
    let with_before = |row: &Ranked<(Standing, Shown)>| {
        let (branch, _) = &row.key;
        (branch.clone(), before.get(&branch.id).copied().unwrap_or_default(), row.sums)
    };
    Ok(ranking.iter().map(with_before).collect())
}
