//! Taking a planned move back, before it begins.

use super::{
    plan_move::{Lying, Relocated, present},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    places::steps::{
        self,
        model::{Node, Placed, StepKind},
        take::{Taken, Why, take},
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
    let before = Lying::of(conn, &place)?;
    let last = steps::store::last(conn, place.node.id())?;
    let is_by = last.filter(|last| {
        last.step == StepKind::TakeBack && last.account_id == scope.account && last.reason == reason
    });
    if is_by.is_some() {
        let (from, after) = (present(conn, &place, now)?, before.clone());
        return Ok(Relocated { place, step: None, from, before, after });
    }
    if_match.expects(&ETag::of(place.revision))?;
    let Some(from) = place.moves_from.filter(|from| before.last_move() == Some(*from)) else {
        return Err(Error::new(Code::WrongState).detail("no move of this place is planned"));
    };
    if from <= present(conn, &place, now)? {
        let detail = format!("it has moved: {from} has begun, so the move cannot be taken back");
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let after = before.clone().without_the_last(&place);
    after.require_sound(&place, from)?;
    let number = take(conn, &place, Taken::TakeBack, Why { account: scope.account, reason, now })?;
    let place = Placed { moves_from: None, moves_to: None, ..place }.next();
    steps::store::update(conn, &place)?;
    let branches = store::branches_ever_in(conn, place.node)?;
    store::make_stays(conn, after.tree(), &branches)?;
    Ok(Relocated { place, step: Some(number), from, before, after })
}
