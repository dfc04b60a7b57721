//! What visits say about a place: its figures for a period, and the ranking of the branches in it.

use super::{
    model::{Place, Subject},
    statistics::{self, Ranked, Sums},
    store::{self, Standing},
    visible::{Visible, visible},
};
use crate::{accounts::policy::Scope, db::Conn, error::Result, months::Period};

/// The figures of a place for a period.
#[derive(Debug)]
pub struct Figures {
    /// The place.
    pub place: Visible,
    /// The sums of each subject that has visits.
    pub now: Vec<(Subject, Sums)>,
    /// The sums of whole visits for as many months right before.
    pub before: Sums,
}

/// The figures of a place for a period.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn figures(conn: &mut Conn, scope: &Scope, place: Place, period: Period) -> Result<Figures> {
    let place = visible(conn, scope, place)?;
    let now = store::sums_by_subject(conn, &place, period)?;
    let before = period.before().map(|before| store::overall(conn, &place, before)).transpose()?;
    Ok(Figures { place, now, before: before.unwrap_or_default() })
}

/// A part of a ranking.
#[derive(Debug)]
pub struct Ranking {
    /// The place whose branches are ranked.
    pub place: Visible,
    /// Its branches, the best first; those with too few visits come last.
    pub branches: Vec<Ranked<Standing>>,
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
    start: usize,
    rows: usize,
) -> Result<Ranking> {
    let place = visible(conn, scope, place)?;
    let standings = store::standings(conn, &place, period)?;
    let places: Vec<_> = standings.iter().map(|standing| (standing, standing.sums)).collect();
    let ranked = statistics::rank(&places, place.minimum).into_iter();
    let branches = ranked.skip(start).take(rows).map(|row| row.map(Standing::clone)).collect();
    Ok(Ranking { place, branches })
}
