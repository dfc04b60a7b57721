//! Heat maps: the branches of a place and what each scored in each subject.

use std::collections::{BTreeSet, HashMap};

use super::{
    by_visit,
    figures::branches,
    lent::Lent,
    means::Means,
    model::{Place, PlaceId, Reader},
    shown::Shown,
    store::{self, Listed, Standing},
    subjects::languages,
    targets::in_force::InForce,
    vector::Vector,
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::{Subject, SubjectNumber},
    db::Conn,
    error::Result,
    ids::BranchId,
};

/// Some branches of a place, and what each scored in each subject.
#[derive(Debug)]
pub struct HeatMap {
    /// The place.
    pub place: Visible,
    /// The subjects that any of these branches has visits in, in their order.
    pub subjects: Vec<Subject>,
    /// The branches in the order of their codes, each with what is shown of each subject, in the order of subjects.
    pub rows: Vec<(Standing, Vec<Shown>)>,
    /// What the brand lends.
    pub lent: Lent,
    /// The languages in which the brand is read, the first one first.
    pub languages: Vec<String>,
    /// What the branches are to score in the last month.
    pub targets: InForce,
}

/// The heat map of a place: so many of its branches after the first `start`, each with the months in which it lay in the place.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn heatmap(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    (start, rows): (usize, usize),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<HeatMap> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let listed = Listed::ByMonths(wanted.touched());
    let (branches, _) = branches(conn, scope, &place, wanted, listed)?;
    let branches: Vec<_> = branches.into_iter().skip(start).take(rows).collect();
    let ids: Vec<_> = branches.iter().map(|branch| branch.id).collect();
    let shown = of_branches(conn, means, &place, &ids, (wanted, listed))?;
    let numbers: BTreeSet<_> = shown.values().flat_map(HashMap::keys).copied().collect();
    let last = numbers.last().copied().unwrap_or(SubjectNumber::OVERALL);
    let names = means.names.of(conn, place.brand, last)?;
    let named = |number: SubjectNumber| Some((names.get(&number)?.clone(), number));
    let mut subjects: Vec<_> =
        numbers.into_iter().filter_map(named).filter(|(subject, _)| is_wanted(subject)).collect();
    subjects.sort();
    let none = HashMap::new();
    let row = |branch: Standing| {
        let of = shown.get(&branch.id.cast()).unwrap_or(&none);
        let cells = subjects.iter().map(|(_, number)| of.get(number).copied().unwrap_or_default());
        let cells = cells.collect();
        (branch, cells)
    };
    let rows = branches.into_iter().map(row).collect();
    let subjects = subjects.iter().map(|(subject, _)| subject.clone()).collect();
    let targets = InForce::of_branches(conn, &place, wanted.touched())?;
    Ok(HeatMap { subjects, rows, lent, languages: languages(conn, place.brand)?, targets, place })
}

/// What is shown of each subject of some places.
pub(super) type ByPlace = HashMap<PlaceId, HashMap<SubjectNumber, Shown>>;

/// What the caller is shown of each of these branches, which are listed of a place in this way.
///
/// # Errors
/// Those of [`by_visit::each`].
pub(super) fn of_branches(
    conn: &mut Conn,
    means: &Means,
    place: &Visible,
    branches: &[BranchId],
    (wanted, listed): (&Wanted, Listed),
) -> Result<ByPlace> {
    let (whole, days) = wanted.parts(place.reader);
    let of = (place.place, branches, listed);
    let mut scores = match (whole, place.reader) {
        (Some(period), Reader::BranchSide) => {
            let shown = store::shown::by_branches(conn, of, period)?.into_iter();
            return Ok(shown.map(|(branch, shown)| (branch, shown.into_iter().collect())).collect());
        }
        (Some(period), Reader::Desk) => store::branch_scores(conn, of, period)?,
        (None, _) => HashMap::new(),
    };
    for days in days {
        let wanted = wanted.on(days);
        for (branch, more) in by_visit::scores_by_branch(conn, means, place, (branches, listed), &wanted)? {
            let all = scores.entry(branch).or_default();
            *all = all.plus(&more);
        }
    }
    let shown = |scores: Vector| scores.iter().map(|(subject, of)| (subject, place.shows(of.sums))).collect();
    Ok(scores.into_iter().map(|(branch, scores)| (branch, shown(scores))).collect())
}
