//! What there is to say about a place in a few lines: its score, how that changed, and which of its branches moved.

use super::{
    means::Means,
    model::Place,
    movers::{Direction, movers},
    statistics::{Moved, Spread},
    store::Standing,
    visible::Visible,
    wanted::Wanted,
    watch::{Question, Watched, watch},
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
    /// Whole visits: of the period, and of as many months right before.
    pub overall: Watched,
    /// How far visits scatter.
    pub spread: Spread,
    /// The branches that got worse beyond chance, the greatest change first; none of a branch.
    pub down: Vec<Moved<Standing>>,
    /// Those that got better.
    pub up: Vec<Moved<Standing>>,
}

/// A place in a few lines, as the caller sees it; none where nothing is to be said.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn summary(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (place, period): (Place, Period),
    now: Instant,
) -> Result<Option<Summary>> {
    let question =
        Question { place, below: None, subject: Subject::Overall, period, against: period.before(), now };
    let looked = watch(conn, means, scope, &question)?;
    let Some(overall) = looked.places.first().copied() else { return Ok(None) };
    let mut moved = |direction| -> Result<Vec<Moved<Standing>>> {
        if place.branch().is_some() {
            return Ok(Vec::new());
        }
        let found =
            movers(conn, means, scope, (place, &Wanted::of(period, now)), direction, (0, MOST_MOVERS))?;
        Ok(found.movers.into_iter().map(|(one, _)| one).collect())
    };
    let (down, up) = (moved(Direction::Down)?, moved(Direction::Up)?);
    Ok(Some(Summary { of: looked.of, overall, spread: looked.spread, down, up }))
}
