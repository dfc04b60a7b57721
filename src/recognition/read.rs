//! Reading what is recognised in the branches of a place, as far as its brand has switched it on.

use jiff::tz::TimeZone;

use super::{
    model::{self, FEWEST},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Error, Result},
    months::{Month, Period},
    places,
    scores::{
        figures,
        model::Place,
        shown::Shown,
        statistics::{Moved, Ranked},
        store::{Listed, Standing, branches},
        visible::{Visible, visible},
        wanted::Wanted,
    },
};

/// What is recognised, each list only if the brand has switched it on.
#[derive(Debug)]
pub struct Recognised {
    /// The place.
    pub place: Visible,
    /// The number of the brand's statistics; none if the brand lends nothing.
    pub number: Option<i64>,
    /// The branches that may be the best.
    pub best: Option<Vec<Ranked<(Standing, Shown)>>>,
    /// Those that improved most.
    pub improved: Option<Vec<Moved<Standing>>>,
    /// Those that have visits enough to have mastered a standard, in the order of their codes.
    pub masters: Option<Vec<Standing>>,
}

/// What is recognised in the branches of a place: of the best and of those that improved for a period, of standards from a month on.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn read(
    conn: &mut Conn,
    scope: &Scope,
    place: Place,
    period: Period,
    standards_from: Month,
    now: Instant,
) -> Result<Recognised> {
    let visible = visible(conn, scope, place)?;
    let settings = places::store::brand(conn, scope, visible.brand)?.recognition.0;
    let wanted = Wanted::of(period, now);
    let mut number = None;
    let mut ranking = |conn: &mut Conn, listed: Listed| {
        let ranking = figures::ranking(conn, scope, (place, &wanted), listed, figures::ALL)?;
        number = ranking.number;
        Ok::<_, Error>(ranking)
    };
    let best = if settings.best_branch {
        Some(model::best(ranking(conn, Listed::ByMonths(period))?.branches))
    } else {
        None
    };
    let improved = if settings.most_improved {
        let now = ranking(conn, Listed::In(period.to()))?;
        let changes = figures::with_before(conn, scope, (place, &wanted), &now.branches)?;
        Some(model::most_improved(changes, visible.minimum, &now.spread))
    } else {
        None
    };
    let masters = settings
        .standard_mastered
        .then(|| masters(conn, scope, &visible, standards_from, now))
        .transpose()?;
    Ok(Recognised { place: visible, number, best, improved, masters })
}

/// The branches of a place that have visits enough to have mastered a standard.
fn masters(
    conn: &mut Conn,
    scope: &Scope,
    place: &Visible,
    from: Month,
    now: Instant,
) -> Result<Vec<Standing>> {
    // What a branch has mastered is its own, wherever it lay.
    let present = Month::of(now, &TimeZone::UTC);
    let mut all = branches(conn, scope, place, Listed::In(present))?;
    all.retain(|branch| !branch.is_retired_before(present));
    let ids: Vec<_> = all.iter().map(|branch| branch.id).collect();
    let often = store::often_visited(conn, &ids, from, FEWEST.max(place.minimum.visits), now)?;
    Ok(all.into_iter().filter(|branch| often.contains(&branch.id)).collect())
}
