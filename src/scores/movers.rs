//! Movers: the branches of a place whose score changed beyond chance, and where they lost or gained it.

use super::{
    drivers::{Driver, Losses},
    figures::{self, ALL},
    lent::Lent,
    means::Means,
    model::Place,
    statistics::{Change, Moved, Spread, Tail, moved},
    store::{Listed, Standing},
    subjects::languages,
    visible::Visible,
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::text_enum},
    error::Result,
};

/// So many drivers are named of each branch.
const MOST_DRIVERS: usize = 3;

text_enum! {
    /// Which way a score changed.
    pub enum Direction {
        /// It fell.
        Down = "down",
        /// It rose.
        Up = "up",
    }
}

impl Direction {
    const fn tail(self) -> Tail {
        match self {
            Self::Down => Tail::Lower,
            Self::Up => Tail::Upper,
        }
    }

    /// How much more is lost where a score falls, or less where it rises.
    fn of_loss(self, change: &Change) -> i32 {
        match self {
            Self::Down => change.difference,
            Self::Up => -change.difference,
        }
    }
}

/// The branches of a place whose scores changed beyond chance.
#[derive(Debug)]
pub struct Movers {
    /// The place.
    pub place: Visible,
    /// Those that changed, the greatest change first, each with that first by which it loses most beyond what it lost before, or least.
    pub movers: Vec<(Moved<Standing>, Vec<Driver>)>,
    /// How far visits scatter.
    pub spread: Spread,
    /// The number of the brand's statistics by which that is known; none if the brand lends nothing.
    pub number: Option<i64>,
    /// The languages in which the brand is read, the first one first.
    pub languages: Vec<String>,
}

/// The branches that lay in a place in the last month and whose mean score changed in one direction, though so many were looked at ([`moved`]): so many of them after
/// the first `start`, each with what moved it.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn movers(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, wanted): (Place, &Wanted),
    direction: Direction,
    (start, rows): (usize, usize),
) -> Result<Movers> {
    let last = Listed::In(wanted.touched().to());
    let ranking = figures::ranking(conn, scope, (place, wanted), last, ALL)?;
    let (place, spread, number) = (ranking.place, ranking.spread, ranking.number);
    let changes = figures::with_before(conn, scope, (place.place, wanted), &ranking.branches)?;
    let mut movers = moved(changes, place.minimum, &spread, direction.tail());
    movers.sort_by_key(|one| -one.change.difference.abs());
    let losses = Losses::of_brand(conn, means, &place, wanted)?;
    let lent = Lent::by(conn, place.brand)?;
    let with_drivers = |one: Moved<Standing>| {
        let drivers = losses.at(conn, means, &place.part(one.key.id), (wanted, &lent))?;
        Ok((one, moved_by(drivers, direction)))
    };
    let movers: Result<_> = movers.into_iter().skip(start).take(rows).map(with_drivers).collect();
    let languages = languages(conn, place.brand)?;
    Ok(Movers { movers: movers?, place, spread, number, languages })
}

/// Those by which more is lost than before, or less: the greatest change first.
fn moved_by(drivers: Vec<Driver>, direction: Direction) -> Vec<Driver> {
    let with_loss = |driver: Driver| {
        let change = driver.row.now.sums.change_since(driver.row.before, &driver.row.spread)?;
        Some((direction.of_loss(&change), driver))
    };
    let mut moved: Vec<_> = drivers.into_iter().filter_map(with_loss).filter(|(loss, _)| *loss > 0).collect();
    moved.sort_by_key(|(loss, _)| -loss);
    moved.into_iter().take(MOST_DRIVERS).map(|(_, driver)| driver).collect()
}
