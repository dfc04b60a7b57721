//! Movers: the branches of a place whose score changed beyond chance, and where they lost or gained it.

use std::collections::HashMap;

use super::{
    drivers::{Driver, drivers},
    figures::{self, ALL},
    model::Place,
    names::Names,
    shown::Shown,
    statistics::{Change, Ranked, Spread, Sums, discoveries},
    store::Standing,
    subjects::languages,
    visible::{Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::text_enum},
    error::Result,
    ids::BranchId,
    months::Period,
};

/// So many drivers are named of each branch.
pub const MOST_DRIVERS: usize = 3;

text_enum! {
    /// Which way a score changed.
    pub enum Direction {
        /// It fell.
        Down = "down",
        /// It rose.
        Up = "up",
    }
}

/// The branches of a place whose scores changed beyond chance.
#[derive(Debug)]
pub struct Movers {
    /// The place.
    pub place: Visible,
    /// How many branches have visits enough in both periods, so that they were compared.
    pub compared: usize,
    /// How many branches there are.
    pub branches: usize,
    /// Those that changed, the greatest change first.
    pub movers: Vec<Mover>,
    /// How far visits scatter, and the number of the brand's statistics by which that is known.
    pub spread: (Spread, Option<i64>),
    /// The languages in which the brand is read, the first one first.
    pub languages: Vec<String>,
}

/// A branch whose score changed.
#[derive(Debug)]
pub struct Mover {
    /// The branch.
    pub branch: Standing,
    /// For the period.
    pub now: Shown,
    /// For as many months right before.
    pub before: Sums,
    /// How far it changed.
    pub change: Change,
    /// By what the branch loses more than before, or less, that first by which the most; with what would be gained.
    pub drivers: Vec<(Driver, Change)>,
}

/// The branches of a place whose mean score changed in one direction, though so many were looked at ([`discoveries`]): so many of them after
/// the first `start`, each with what moved it.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn movers(
    conn: &mut Conn,
    names: &Names,
    scope: &Scope,
    (place, period): (Place, Period),
    direction: Direction,
    (start, rows): (usize, usize),
) -> Result<Movers> {
    let now = figures::ranking(conn, scope, place, period, ALL)?;
    let spread = (now.spread, now.number);
    let place = visible(conn, scope, place)?;
    let mut found = Movers {
        place,
        compared: 0,
        branches: now.branches.len(),
        movers: Vec::new(),
        spread,
        languages: languages(conn, place.brand)?,
    };
    let Some(before) = period.before() else { return Ok(found) };
    let before = figures::ranking(conn, scope, place.place, before, ALL)?.branches;
    let before: HashMap<_, Sums> = before.iter().map(|row| (row.key.0.id, row.sums)).collect();
    let changed = changed(now.branches, &before, place.minimum, &spread.0);
    found.compared = changed.len();
    let beyond_chance = discoveries(&changed.iter().map(|one| one.change.chance).collect::<Vec<_>>());
    let moved = |one: &Mover| match direction {
        Direction::Down => one.change.high < 0,
        Direction::Up => one.change.low > 0,
    };
    let mut movers: Vec<_> = changed
        .into_iter()
        .zip(beyond_chance)
        .filter_map(|(one, beyond_chance)| (beyond_chance && moved(&one)).then_some(one))
        .collect();
    movers.sort_by_key(|one| -one.change.difference.abs());
    found.movers = movers.into_iter().skip(start).take(rows).collect();
    for mover in &mut found.movers {
        mover.drivers = moved_by(conn, names, scope, (mover.branch.id, period), direction)?;
    }
    Ok(found)
}

/// The branches that have visits enough in both periods, each with its change.
fn changed(
    now: Vec<Ranked<(Standing, Shown)>>,
    before: &HashMap<BranchId, Sums>,
    minimum: i64,
    spread: &Spread,
) -> Vec<Mover> {
    let mover = |row: Ranked<(Standing, Shown)>| {
        let (branch, shown) = row.key;
        let before = before.get(&branch.id).copied().unwrap_or_default();
        if before.insufficient(minimum) || shown.sums.insufficient(minimum) {
            return None;
        }
        let change = shown.sums.change_since(before, spread)?;
        Some(Mover { branch, now: shown, before, change, drivers: Vec::new() })
    };
    now.into_iter().filter_map(mover).collect()
}

/// By what a branch loses more than before, or less.
fn moved_by(
    conn: &mut Conn,
    names: &Names,
    scope: &Scope,
    (branch, period): (BranchId, Period),
    direction: Direction,
) -> Result<Vec<(Driver, Change)>> {
    let drivers = drivers(conn, names, scope, (Place::Branch(branch), period))?.drivers;
    let with_change = |driver: Driver| {
        let change = driver.row.now.sums.change_since(driver.row.before, &driver.spread.0)?;
        Some((driver, change))
    };
    // Where a score falls, more is lost.
    let sign = match direction {
        Direction::Down => 1,
        Direction::Up => -1,
    };
    let mut moved: Vec<_> = drivers
        .into_iter()
        .filter_map(with_change)
        .filter(|(_, change)| change.difference * sign > 0)
        .collect();
    moved.sort_by_key(|(_, change)| -change.difference * sign);
    moved.truncate(MOST_DRIVERS);
    Ok(moved)
}
