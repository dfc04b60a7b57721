//! What there is to say about a place in a few lines: its score, how that changed, and which of its branches moved.

use super::{
    means::Means,
    model::Place,
    movers::{Direction, movers},
    statistics::{Moved, Spread},
    store::Standing,
    visible::Visible,
    wanted::Wanted,
    watch::{Question, Watch, Watched, watch},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::{Conn, types::Instant},
    error::Result,
    months::Period,
};

/// So many branches are named that got worse, and as many that got better.
pub const MOST_MOVERS: usize = 5;

/// A place in a few lines.
#[derive(Debug)]
pub struct Summary {
    /// The place.
    pub of: Visible,
    /// The months.
    pub period: Period,
    /// Whole visits: of the period, and of as many months right before.
    pub overall: Watched,
    /// How far visits scatter.
    pub spread: Spread,
    /// The branches that got worse beyond chance, the greatest change first; none of a branch.
    pub down: Vec<Moved<Standing>>,
    /// Those that got better.
    pub up: Vec<Moved<Standing>>,
}

/// A place in a few lines, as the caller sees it, for the last of these periods that says enough; none where nothing is to be said.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn summary(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, periods): (Place, &[Period]),
    now: Instant,
) -> Result<Option<Summary>> {
    let mut look = |period: &Period| -> Result<Option<(Period, Watch, Watched)>> {
        let (period, against) = (*period, period.before());
        let question = Question { place, below: None, subject: Subject::Overall, period, against, now };
        let looked = watch(conn, means, scope, &question)?;
        let overall = looked.places.first().copied();
        Ok(overall.map(|overall| (period, looked, overall)))
    };
    let looked = periods.iter().map(&mut look).collect::<Result<Vec<_>>>()?;
    // Of those that say as much, this is the last one.
    let last = looked.into_iter().flatten().max_by_key(|(_, looked, overall)| how_much(looked, overall));
    let Some((period, looked, overall)) = last else { return Ok(None) };
    let mut moved = |direction| -> Result<Vec<Moved<Standing>>> {
        if place.branch().is_some() {
            return Ok(Vec::new());
        }
        let found =
            movers(conn, means, scope, (place, &Wanted::of(period, now)), direction, (0, MOST_MOVERS))?;
        Ok(found.movers.into_iter().map(|(one, _)| one).collect())
    };
    let (down, up) = (moved(Direction::Down)?, moved(Direction::Up)?);
    Ok(Some(Summary { of: looked.of, period, overall, spread: looked.spread, down, up }))
}

/// How much a figure says: whether it is sufficient, and else whether it is of any visits.
fn how_much(looked: &Watch, overall: &Watched) -> (bool, bool) {
    let is_sufficient = !overall.now.sums.insufficient(looked.of.minimum, &looked.spread);
    (is_sufficient, overall.now.visits() > 0)
}
