//! Taking a planned move back, before it begins.

use super::{
    lying::{Change, Lying, Relocated},
    present::present,
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    places::steps::{
        self,
        model::{Node, Placed},
        take::{Taken, Why, take, was_last},
    },
    precondition::{ETag, IfMatch},
};

/// Takes the planned move of a place back; the same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if no move is planned, or if it has begun;
/// `invalid` if a region would lie in itself, because others are to move as well.
pub fn take_back(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    (place, reason): (Node, &str),
    now: Instant,
) -> Result<Relocated> {
    let place = steps::store::to_change(conn, scope, place)?;
    let why = Why { account: scope.account, reason, now };
    if was_last(conn, &place, Taken::TakeBack, why)? {
        return Ok(Relocated { place, change: None });
    }
    if_match.expects(&ETag::of(place.revision))?;
    let before = Lying::of(conn, &place)?;
    let Some(from) = place.moves_from.filter(|from| before.last_move() == Some(*from)) else {
        return Err(Error::new(Code::WrongState).detail("no move of this place is planned"));
    };
    if from <= present(conn, &place, now)? {
        let detail = format!("it has moved: {from} has begun, so the move cannot be taken back");
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let after = before.clone().without_the_last(&place);
    after.require_sound(&place, from)?;
    let number = take(conn, &place, Taken::TakeBack, why)?;
    let place = Placed { moves_from: None, moves_to: None, ..place }.next();
    steps::store::update(conn, &place)?;
    let branches = store::branches_ever_in(conn, place.node)?;
    store::make_stays(conn, after.tree(), &branches)?;
    Ok(Relocated { place, change: Some(Change { number, from, before, after }) })
}
