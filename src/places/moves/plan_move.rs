//! Moving a place to another region of its brand, from a month on.

use super::{
    carry_out::{can_be_carried_out, carry_out},
    lying::{Change, Lying, Relocated, wrong},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::RegionId,
    months::Month,
    places::{
        put_region::{require_not_retired, require_region},
        steps::{
            self,
            model::{Node, Placed},
            take::{Taken, Why, take, was_last},
        },
    },
    precondition::{ETag, IfMatch},
};

/// A move to another region.
#[derive(Clone, Debug)]
pub struct Move {
    /// What moves; a region moves with all below it.
    pub place: Node,
    /// The month from which on it lies there.
    pub from: Month,
    /// The region; the top of the brand if missing.
    pub to: Option<RegionId>,
    /// Why.
    pub reason: String,
}

/// Lets a place lie in another region from a month on: at once if the month has begun and no other move has to be carried out before. `require` is
/// asked whether that month may be named, before anything is written. The same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if it is retired, or will be; `conflict` if
/// another move is planned, or a region there has its name; `invalid` if it cannot lie there, or not from that month on; those of `require`.
pub fn plan_move(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Move,
    require: impl FnOnce(&mut Conn, &Placed) -> Result<()>,
    now: Instant,
) -> Result<Relocated> {
    let place = steps::store::to_change(conn, scope, command.place)?;
    let taken = Taken::Move { from: command.from, to: command.to };
    let why = Why { account: scope.account, reason: &command.reason, now };
    if was_last(conn, &place, taken, why)? {
        return Ok(Relocated { place, change: None });
    }
    if_match.expects(&ETag::of(place.revision))?;
    require_movable(&place)?;
    require_target(conn, &place, command.to)?;
    let (from, before) = (command.from, Lying::of(conn, &place)?);
    if before.last_move().is_some_and(|last| from < last) {
        return Err(wrong("from", "range", "it moved later than that: a further move begins no earlier"));
    }
    if before.region_in(from) == command.to {
        return Err(wrong("region_id", "same", "it lies there in that month already"));
    }
    require(conn, &place)?;
    let after = before.clone().moved(&place, from, command.to);
    after.require_sound(&place, from)?;
    require_free_name(conn, &place, command.to)?;
    let number = take(conn, &place, taken, why)?;
    let planned = Placed { moves_from: Some(from), moves_to: command.to, ..place }.next();
    let place = if can_be_carried_out(conn, &planned, now)? {
        carry_out(conn, planned)?
    } else {
        steps::store::update(conn, &planned)?;
        planned
    };
    let branches = store::branches_ever_in(conn, place.node)?;
    store::make_stays(conn, after.tree(), &branches)?;
    Ok(Relocated { place, change: Some(Change { number, from, before, after }) })
}

fn require_movable(place: &Placed) -> Result<()> {
    if place.retired_at.is_some() {
        let detail = "this place is retired, or will be, and does not move: restore it first";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    match place.moves_from {
        Some(month) => Err(Error::new(Code::Conflict)
            .detail(format!("a move from {month} on is planned: take it back (`take-back-move`) first"))),
        None => Ok(()),
    }
}

fn require_target(conn: &mut Conn, place: &Placed, to: Option<RegionId>) -> Result<()> {
    let Some(to) = to else { return Ok(()) };
    require_region(conn, place.brand_id, to, "/region_id")?;
    require_not_retired(conn, to, "/region_id")
}

/// Refuses to move a region to where another one has its name, or will have it.
fn require_free_name(conn: &mut Conn, place: &Placed, to: Option<RegionId>) -> Result<()> {
    let Node::Region(id) = place.node else { return Ok(()) };
    if store::is_name_taken_at(conn, (place.brand_id, to), &place.name, id)? {
        return Err(Error::new(Code::Conflict).detail("another region there has its name, or will have it"));
    }
    Ok(())
}
