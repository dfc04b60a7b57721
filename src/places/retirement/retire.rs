//! Retiring a place, from a day on.

use jiff::tz::TimeZone;

use crate::{
    accounts::policy::Scope,
    calendar::Day,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    places::{
        model::time_zone,
        steps::{
            self,
            model::{Node, Placed},
            take::{Taken, Why, take, take_with},
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

/// What became of a place and of those below it.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The place as it is now.
    pub place: Placed,
    /// Which of its steps this was; none if it was so already.
    pub step: Option<i32>,
    /// The branches of which the same became, the place itself among them if it is one.
    pub branches: Vec<Placed>,
}

/// Retires a place, and what lies in it unless it is retired already; the same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if it is retired from another day on.
pub fn retire(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Retire,
    now: Instant,
) -> Result<Changed> {
    let place = steps::store::to_change(conn, scope, command.place)?;
    let at = begin(&place, command.from)?;
    if let Some(since) = place.retired_at {
        if since == at {
            return Ok(Changed { place, step: None, branches: Vec::new() });
        }
        let detail = format!("this place is retired from {since} on: restore it first");
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    if_match.expects(&ETag::of(place.revision))?;
    let why = Why { account: scope.account, reason: &command.reason, now };
    let number = take(conn, &place, Taken::Retire(at), why)?;
    let place = Placed { retired_at: Some(at), ..place }.next();
    steps::store::update(conn, &place)?;
    let Node::Region(id) = place.node else {
        return Ok(Changed { branches: vec![place.clone()], place, step: Some(number) });
    };
    let below = store::regions_below(conn, vec![id])?;
    let mut with = Vec::new();
    for one in steps::store::within(conn, below)? {
        if one.node != place.node && one.retired_at.is_none() {
            let at = begin(&one, command.from)?;
            with.push((one, at));
        }
    }
    let steps: Vec<_> = with.iter().map(|(one, at)| (one.clone(), Taken::Retire(*at))).collect();
    take_with(conn, &steps, id, why)?;
    let mut branches = Vec::new();
    for (one, at) in with {
        let one = Placed { retired_at: Some(at), retired_with: Some(id), ..one }.next();
        steps::store::update(conn, &one)?;
        if matches!(one.node, Node::Branch(_)) {
            branches.push(one);
        }
    }
    Ok(Changed { place, step: Some(number), branches })
}

/// When a day begins at a place.
fn begin(place: &Placed, day: Day) -> Result<Instant> {
    let zone = place.time_zone.as_deref().and_then(time_zone).unwrap_or(TimeZone::UTC);
    let begin = day.date().to_zoned(zone).map_err(Error::internal)?;
    Ok(begin.timestamp().into())
}
