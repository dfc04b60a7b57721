//! Retiring a place, from a day on.

use jiff::tz::TimeZone;

use crate::{
    accounts::policy::Scope,
    calendar::Day,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{BranchId, RegionId},
    places::{
        model::time_zone,
        moves,
        steps::{
            self,
            model::{Node, Placed},
            take::{Taken, Why, take, take_with, was_last},
        },
        store,
    },
    precondition::{ETag, IfMatch},
};

/// That a place is not visited any more.
#[derive(Clone, Debug)]
pub struct Retire {
    /// Which one; a region retires with all below it.
    pub place: Node,
    /// From this day on, by the clocks at each branch; for regions in UTC.
    pub from: Day,
    /// Why.
    pub reason: String,
}

/// A place that retires.
#[derive(Clone, Debug)]
pub struct Retired {
    /// The place as it is now.
    pub place: Placed,
    /// Which of its steps this was; none if the same was asked for before.
    pub step: Option<i32>,
    /// The branches that retire by this: the place itself, or those in it that were not retired yet.
    pub branches: Vec<BranchId>,
}

/// Retires a place, and what lies in it unless it is retired already; the same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if it is retired already, or will be;
/// `conflict` if it is to move, or a place is to move into it or out of it.
pub fn retire(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Retire,
    now: Instant,
) -> Result<Retired> {
    let place = steps::store::to_change(conn, scope, command.place)?;
    let at = begin(&place, command.from)?;
    let why = Why { account: scope.account, reason: &command.reason, now };
    if was_last(conn, &place, Taken::Retire(at), why)? {
        return Ok(Retired { place, step: None, branches: Vec::new() });
    }
    if let Some(since) = place.retired_at {
        let way = match place.retired_with {
            None => "restore it first",
            Some(_) => {
                "it retires with its region: restore the region, retire this place, then retire the region again"
            }
        };
        return Err(
            Error::new(Code::WrongState).detail(format!("this place is retired from {since} on: {way}"))
        );
    }
    if_match.expects(&ETag::of(place.revision))?;
    let below = match place.node {
        Node::Region(id) => store::regions_below(conn, vec![id])?,
        Node::Branch(_) => Vec::new(),
    };
    require_no_moves(conn, &place, &below)?;
    let number = take(conn, &place, Taken::Retire(at), why)?;
    let place = Placed { retired_at: Some(at), ..place }.next();
    steps::store::update(conn, &place)?;
    let branches = match place.node {
        Node::Branch(id) => vec![id],
        Node::Region(id) => retire_below(conn, (id, &below), command.from, why)?,
    };
    Ok(Retired { place, step: Some(number), branches })
}

/// Retires what is not retired yet in a region, which itself is by now; gives the branches.
fn retire_below(
    conn: &mut Conn,
    (region, below): (RegionId, &[RegionId]),
    from: Day,
    why: Why<'_>,
) -> Result<Vec<BranchId>> {
    let mut with = steps::store::within(conn, below)?;
    with.retain(|one| one.retired_at.is_none());
    let steps =
        with.into_iter().map(|one| begin(&one, from).map(|at| (one, at))).collect::<Result<Vec<_>>>()?;
    let taken: Vec<_> = steps.iter().map(|(one, at)| (one.clone(), Taken::Retire(*at))).collect();
    take_with(conn, &taken, region, why)?;
    let mut branches = Vec::new();
    for (one, at) in steps {
        let one = Placed { retired_at: Some(at), retired_with: Some(region), ..one }.next();
        steps::store::update(conn, &one)?;
        if let Node::Branch(id) = one.node {
            branches.push(id);
        }
    }
    Ok(branches)
}

/// Refuses to retire a place that is to move, and a region into or out of which a place is to move. The place that moves would arrive in a retired
/// region; or it would retire with this region, leave it, and not be restored with it.
fn require_no_moves(conn: &mut Conn, place: &Placed, below: &[RegionId]) -> Result<()> {
    if let Some(month) = place.moves_from {
        let detail = format!(
            "this place is to move from {month} on: take that move back (`take-back-move`) first, or retire the place once it has moved"
        );
        return Err(Error::new(Code::Conflict).detail(detail));
    }
    if below.is_empty() {
        return Ok(());
    }
    let is_in = |region: Option<RegionId>| region.is_some_and(|region| below.contains(&region));
    let planned = moves::store::planned(conn, place.brand_id)?;
    let Some(crossing) = planned.iter().find(|one| is_in(one.region_id) != is_in(one.moves_to)) else {
        return Ok(());
    };
    let (name, way) = (&crossing.name, if is_in(crossing.moves_to) { "into" } else { "out of" });
    let detail = format!(
        "\u{201c}{name}\u{201d} is to move {way} this region: take that move back (`take-back-move`) first, or retire the region once it has moved"
    );
    Err(Error::new(Code::Conflict).detail(detail))
}

/// When a day begins at a place.
fn begin(place: &Placed, day: Day) -> Result<Instant> {
    let zone = place.time_zone.as_deref().and_then(time_zone).unwrap_or(TimeZone::UTC);
    let begin = day.date().to_zoned(zone).map_err(Error::internal)?;
    Ok(begin.timestamp().into())
}
