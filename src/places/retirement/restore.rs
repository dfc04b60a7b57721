//! Restoring a place: it is visited again, as if it had not retired.

use super::retire::Changed;
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    places::{
        steps::{
            self,
            model::{Node, Placed, StepKind},
            take::{Taken, Why, take, take_with},
        },
        store,
    },
    precondition::{ETag, IfMatch},
};

/// Restores a place, and what retired with it; the same again is the same answer.
///
/// # Errors
/// `not_found` if the place is not the caller's to change; those of the precondition; `wrong_state` if it is not retired, or lies in a region that
/// is.
pub fn restore(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    (place, reason): (Node, &str),
    now: Instant,
) -> Result<Changed> {
    let place = steps::store::to_change(conn, scope, place)?;
    if place.retired_at.is_none() {
        let last = steps::store::last(conn, place.node.id())?;
        if last.is_some_and(|last| last.step == StepKind::Restore && last.account_id == scope.account) {
            return Ok(Changed { place, step: None, branches: Vec::new() });
        }
        return Err(Error::new(Code::WrongState).detail("this place is not retired"));
    }
    if_match.expects(&ETag::of(place.revision))?;
    if let Some(region) = place.region_id {
        let above = steps::store::find(conn, Node::Region(region))?;
        if above.is_some_and(|above| above.retired_at.is_some()) {
            let detail = "it lies in a region that is retired: restore that region";
            return Err(Error::new(Code::WrongState).detail(detail));
        }
    }
    let why = Why { account: scope.account, reason, now };
    let number = take(conn, &place, Taken::Restore, why)?;
    let restored = |place: Placed| Placed { retired_at: None, retired_with: None, ..place }.next();
    let place = restored(place);
    steps::store::update(conn, &place)?;
    let Node::Region(id) = place.node else {
        return Ok(Changed { branches: vec![place.clone()], place, step: Some(number) });
    };
    let below = store::regions_below(conn, vec![id])?;
    let mut with = steps::store::within(conn, below)?;
    with.retain(|one| one.retired_with == Some(id));
    let steps: Vec<_> = with.iter().map(|one| (one.clone(), Taken::Restore)).collect();
    take_with(conn, &steps, id, why)?;
    let mut branches = Vec::new();
    for one in with {
        let one = restored(one);
        steps::store::update(conn, &one)?;
        if matches!(one.node, Node::Branch(_)) {
            branches.push(one);
        }
    }
    Ok(Changed { place, step: Some(number), branches })
}
