//! What visits say about a place: its figures for a period, and the ranking of the branches in it.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::{
    model::{Place, PlaceId, Subject},
    shown::Shown,
    statistics::{self, Ranked, Sums},
    store::{self, BranchMonth, Standing},
    visible::{Reader, Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    months::{Month, Period},
    places,
};

/// The figures of a place for a period.
#[derive(Debug)]
pub struct Figures {
    /// The place.
    pub place: Visible,
    /// What the caller is shown of each subject that has visits.
    pub now: Vec<(Subject, Shown)>,
    /// What the caller is shown of whole visits for as many months right before.
    pub before: Sums,
}

/// The figures of a place for a period.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn figures(
    conn: &mut Conn,
    scope: &Scope,
    place: Place,
    period: Period,
    now: Instant,
) -> Result<Figures> {
    let place = visible(conn, scope, place)?;
    match place.reader {
        Reader::Desk => {
            let sums = store::sums_by_subject(conn, &place, period)?;
            let before = period.before().map(|before| store::overall(conn, &place, before)).transpose()?;
            let now = sums.into_iter().map(|(subject, sums)| (subject, Shown::whole(sums))).collect();
            Ok(Figures { place, now, before: before.unwrap_or_default() })
        }
        Reader::BranchSide => {
            let months = Months::read(conn, place, period.to(), false, now)?;
            let before = period.before().map(|before| months.shown(before, Some(Subject::Overall)));
            let before = before.and_then(|shown| shown.get(&Subject::Overall).map(|shown| shown.sums));
            let now = months.shown(period, None).into_iter().filter(|(_, shown)| shown.visits() > 0);
            Ok(Figures { place, now: now.collect(), before: before.unwrap_or_default() })
        }
    }
}

/// A part of a ranking.
#[derive(Debug)]
pub struct Ranking {
    /// The place whose branches are ranked.
    pub place: Visible,
    /// Its branches, the best first, each with what the caller is shown; those with too few visits come last.
    pub branches: Vec<Ranked<(Standing, Shown)>>,
}

/// The ranking of the branches of a place: so many rows of it, without the first `start`.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn ranking(
    conn: &mut Conn,
    scope: &Scope,
    place: Place,
    period: Period,
    (start, rows): (usize, usize),
    now: Instant,
) -> Result<Ranking> {
    let place = visible(conn, scope, place)?;
    let standings = store::branches(conn, &place)?;
    let sums: HashMap<PlaceId, Shown> = match place.reader {
        Reader::Desk => {
            let sums = store::branch_sums(conn, &place, period)?.into_iter();
            sums.map(|(branch, sums)| (branch, Shown::whole(sums))).collect()
        }
        Reader::BranchSide => Months::read(conn, place, period.to(), true, now)?.by_branch(period),
    };
    let shown = |branch: &Standing| sums.get(&branch.id.cast()).copied().unwrap_or_default();
    let places: Vec<_> = standings
        .iter()
        .map(|branch| (branch, shown(branch)))
        .map(|(branch, shown)| ((branch, shown), shown.sums))
        .collect();
    let ranked = statistics::rank(&places, place.minimum).into_iter();
    let own = |(branch, shown): (&Standing, Shown)| (branch.clone(), shown);
    Ok(Ranking { place, branches: ranked.skip(start).take(rows).map(|row| row.map(own)).collect() })
}

/// The months of a place's branches, for the branch's side.
struct Months {
    minimum: i64,
    /// In the order of branches, subjects and months.
    rows: Vec<BranchMonth>,
    /// Which month it is at each branch.
    present: HashMap<PlaceId, Month>,
}

impl Months {
    fn read(
        conn: &mut Conn,
        place: Visible,
        until: Month,
        overall_alone: bool,
        now: Instant,
    ) -> Result<Self> {
        let rows = store::branch_months(conn, &place, until, overall_alone)?;
        let mut zones = HashMap::new();
        let mut present = |zone: String| {
            let month =
                |name: &String| Month::of(now, &places::model::time_zone(name).unwrap_or(TimeZone::UTC));
            *zones.entry(zone).or_insert_with_key(month)
        };
        let branches = store::branches(conn, &place)?.into_iter();
        let present = branches.map(|branch| (branch.id.cast(), present(branch.time_zone))).collect();
        Ok(Self { minimum: place.minimum, rows, present })
    }

    /// What a period shows of each branch and subject.
    fn each(&self, period: Period) -> impl Iterator<Item = (PlaceId, &str, Shown)> {
        let same = |a: &BranchMonth, b: &BranchMonth| (a.0, &a.1) == (b.0, &b.1);
        self.rows.chunk_by(same).filter_map(move |rows| {
            let (place, subject, ..) = rows.first()?;
            let months: Vec<_> = rows.iter().map(|(_, _, month, sums)| (*month, *sums)).collect();
            let present = *self.present.get(place)?;
            Some((*place, subject.as_str(), Shown::of(&months, period, self.minimum, present)))
        })
    }

    /// What a period shows of the branches together: by subject, or of one subject.
    fn shown(&self, period: Period, only: Option<Subject>) -> BTreeMap<Subject, Shown> {
        let mut shown = BTreeMap::<Subject, Shown>::new();
        for (_, subject, one) in self.each(period) {
            let Some(subject) = Subject::parse(subject) else { continue };
            if only.as_ref().is_none_or(|only| *only == subject) {
                let all = shown.entry(subject).or_default();
                *all = all.plus(one);
            }
        }
        shown
    }

    /// What a period shows of each branch: read with whole visits alone.
    fn by_branch(&self, period: Period) -> HashMap<PlaceId, Shown> {
        self.each(period).map(|(branch, _, shown)| (branch, shown)).collect()
    }
}
