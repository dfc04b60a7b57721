//! Moving a place, and taking a planned move back: figures follow in the same transaction, and so do jobs once the place lies there.

use super::moved::{PlaceMoved, PlaceStepTaken};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::assignments::surplus,
    ids::{AccountId, BranchId},
    outbox,
    places::{
        self,
        moves::{
            lying::Relocated,
            plan_move::{self, Move},
            present::present,
            take_back,
        },
        steps::model::{Node, Placed, StepKind},
    },
    precondition::IfMatch,
    scores::relocate::{relocate, require_unshown},
};

/// Moves a place to another region from a month on.
///
/// # Errors
/// Those of [`plan_move()`](plan_move::plan_move); `invalid` if the branch's side was shown figures of that month or of a later one.
pub fn move_place(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Move,
    now: Instant,
) -> Result<Placed> {
    let require = |conn: &mut Conn, place: &Placed| require_unshown(conn, place, command.from);
    let moved = plan_move::plan_move(conn, scope, if_match, command, require, now)?;
    follow(conn, &moved, (StepKind::Move, scope.account), now)?;
    if moved.change.is_some() && moved.place.moves_from.is_none() {
        arrive(conn, &moved.place, Some(scope.account), now)?;
    }
    Ok(moved.place)
}

/// Takes the planned move of a place back.
///
/// # Errors
/// Those of [`take_back()`](take_back::take_back).
pub fn take_back_move(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: (Node, &str),
    now: Instant,
) -> Result<Placed> {
    let moved = take_back::take_back(conn, scope, if_match, command, now)?;
    follow(conn, &moved, (StepKind::TakeBack, scope.account), now)?;
    Ok(moved.place)
}

/// What follows at once, also from a move that is to come: figures are counted by months.
fn follow(
    conn: &mut Conn,
    Relocated { place, change }: &Relocated,
    (step, account): (StepKind, AccountId),
    now: Instant,
) -> Result<()> {
    let Some(change) = change else { return Ok(()) };
    relocate(conn, place, change)?;
    outbox::record(conn, &PlaceStepTaken::new(place, step, change.number, account), now)
}

/// What follows once a place lies in another region at present: jobs end that their campaigns do not want there any more.
pub(super) fn arrive(conn: &mut Conn, place: &Placed, by: Option<AccountId>, now: Instant) -> Result<()> {
    let month = present(conn, place, now)?;
    outbox::record(conn, &PlaceMoved::new(place, month), now)?;
    let branches: Vec<BranchId> = match place.node {
        Node::Branch(id) => vec![id],
        Node::Region(id) => places::store::branches_below(conn, id)?,
    };
    surplus::cancel_in(conn, &branches, by, now)
}
