//! Heat maps: the branches of a place and what each scored in each subject.

use std::collections::{BTreeSet, HashMap};

use super::{
    lent::Lent,
    model::{Place, PlaceId, Reader},
    names::Names,
    shown::Shown,
    store::{self, Listed, Standing},
    subjects::languages,
    targets::in_force::InForce,
    visible::{Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::{Subject, SubjectNumber},
    db::Conn,
    error::Result,
    months::Period,
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
    names: &Names,
    scope: &Scope,
    (place, period): (Place, Period),
    (start, rows): (usize, usize),
    is_wanted: impl Fn(&Subject) -> bool,
) -> Result<HeatMap> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let branches = listed(conn, scope, &place, period)?;
    let branches: Vec<_> = branches.into_iter().skip(start).take(rows).collect();
    let shown = of_branches(conn, &place, &branches, period)?;
    let numbers: BTreeSet<_> = shown.values().flat_map(HashMap::keys).copied().collect();
    let last = numbers.last().copied().unwrap_or(SubjectNumber::OVERALL);
    let names = names.of(conn, place.brand, last)?;
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
    let targets = InForce::of_branches(conn, &place, period)?;
    Ok(HeatMap { subjects, rows, lent, languages: languages(conn, place.brand)?, targets, place })
}

/// The branches that the caller is shown of a place: those that lay in it in the period, but for those that were retired before it and have no visit
/// in it.
fn listed(conn: &mut Conn, scope: &Scope, place: &Visible, period: Period) -> Result<Vec<Standing>> {
    let mut all = store::branches(conn, scope, place, Listed::ByMonths(period))?;
    let retired = all.iter().filter(|branch| branch.is_retired_before(period.from())).cloned();
    let retired: Vec<_> = retired.collect();
    if !retired.is_empty() {
        let shown = of_branches(conn, place, &retired, period)?;
        all.retain(|one| !one.is_retired_before(period.from()) || shown.contains_key(&one.id.cast()));
    }
    Ok(all)
}

type ByPlace = HashMap<PlaceId, HashMap<SubjectNumber, Shown>>;

/// What the caller is shown of each of these branches.
fn of_branches(conn: &mut Conn, place: &Visible, branches: &[Standing], period: Period) -> Result<ByPlace> {
    let ids: Vec<_> = branches.iter().map(|branch| branch.id).collect();
    match place.reader {
        Reader::Desk => {
            let scores = store::branch_scores(conn, place.place, &ids, period)?.into_iter();
            let shown = scores.map(|(branch, scores)| {
                (branch, scores.iter().map(|(subject, of)| (subject, Shown::whole(of.sums))).collect())
            });
            Ok(shown.collect())
        }
        Reader::BranchSide => {
            let shown = store::shown::by_branches(conn, place.place, &ids, period)?.into_iter();
            Ok(shown.map(|(branch, shown)| (branch, shown.into_iter().collect())).collect())
        }
    }
}
