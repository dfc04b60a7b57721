//! Restoring a place: it is visited again, as if it had not retired.

use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::RegionId,
    places::{
        steps::{
            self,
            model::{Node, Placed},
            take::{Taken, Why, take, take_with, was_last},
        },
        store,
    },
    precondition::{ETag, IfMatch},
};

/// Restores a place, and what retired with it; gives the place as it is now, and which of its steps this was: none if the same was asked for before.
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
) -> Result<(Placed, Option<i32>)> {
    let place = steps::store::to_change(conn, scope, place)?;
    let why = Why { account: scope.account, reason, now };
    if was_last(conn, &place, Taken::Restore, why)? {
        return Ok((place, None));
    }
    if place.retired_at.is_none() {
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
    let number = take(conn, &place, Taken::Restore, why)?;
    let place = restored(place);
    steps::store::update(conn, &place)?;
    if let Node::Region(id) = place.node {
        restore_below(conn, id, why)?;
    }
    Ok((place, Some(number)))
}

/// Restores what retired with a region.
fn restore_below(conn: &mut Conn, region: RegionId, why: Why<'_>) -> Result<()> {
    let below = store::regions_below(conn, vec![region])?;
    let mut with = steps::store::within(conn, &below)?;
    with.retain(|one| one.retired_with == Some(region));
    let steps: Vec<_> = with.iter().map(|one| (one.clone(), Taken::Restore)).collect();
    take_with(conn, &steps, region, why)?;
    with.into_iter().try_for_each(|one| steps::store::update(conn, &restored(one)))
}

fn restored(place: Placed) -> Placed {
    Placed { retired_at: None, retired_with: None, ..place }.next()
}
