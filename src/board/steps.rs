//! The steps of an assignment that depend on visits: what is known of them is read here and handed to the act, which is
//! in [`assignments`].

use super::{candidate, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Result, if_there},
    fieldwork::assignments::{
        self, cancel::Cancellation, give_up::GiveUp, hand_over::HandOver, lapse::lapse_offer,
        model::Assignment, move_window::MoveWindow, offer::Offer,
    },
    ids::AssignmentId,
};

/// Gives an open job to the caller.
///
/// # Errors
/// Those of [`assignments::claim()`].
pub fn claim(conn: &mut Conn, scope: &Scope, id: AssignmentId, now: Instant) -> Result<Assignment> {
    // An offer that was not answered counts in its shopper's rating.
    lapse_offer(conn, id, now)?;
    let candidate = candidate::read(conn, scope.account, now)?;
    assignments::claim(conn, scope, id, &candidate, now)
}

/// Asks a shopper to take an open assignment.
///
/// # Errors
/// Those of [`assignments::offer()`].
pub fn offer(conn: &mut Conn, scope: &Scope, offer: &Offer, now: Instant) -> Result<Assignment> {
    lapse_offer(conn, offer.assignment, now)?;
    let candidate = if_there(candidate::read(conn, offer.shopper, now))?;
    assignments::offer(conn, scope, offer, candidate.as_ref(), now)
}

/// Gives the caller what was offered.
///
/// # Errors
/// Those of [`assignments::accept()`].
pub fn accept(conn: &mut Conn, scope: &Scope, id: AssignmentId, now: Instant) -> Result<Assignment> {
    let candidate = candidate::read(conn, scope.account, now)?;
    assignments::accept(conn, scope, id, &candidate, now)
}

/// Gives the caller's own assignment up.
///
/// # Errors
/// Those of [`assignments::give_up()`].
pub fn give_up(conn: &mut Conn, scope: &Scope, given_up: &GiveUp, now: Instant) -> Result<Assignment> {
    let has_visit = store::has_visit(conn, given_up.assignment)?;
    assignments::give_up(conn, scope, given_up, has_visit, now)
}

/// Moves windows, all of them or none.
///
/// # Errors
/// Those of [`assignments::move_window()`].
pub fn move_windows(
    conn: &mut Conn,
    scope: &Scope,
    moves: &[MoveWindow],
    now: Instant,
) -> Result<Vec<Assignment>> {
    let moved = |(at, moving): (usize, &MoveWindow)| {
        let has_visit = store::has_visit(conn, moving.assignment)?;
        assignments::move_window(conn, scope, moving, &format!("/moves/{at}"), has_visit, now)
    };
    moves.iter().enumerate().map(moved).collect()
}

/// Hands assignments over, all of them or none; what the shopper has by then counts for the next.
///
/// # Errors
/// Those of [`assignments::hand_over()`].
pub fn hand_over(conn: &mut Conn, scope: &Scope, all: &[HandOver], now: Instant) -> Result<Vec<Assignment>> {
    let handed = |(at, handing): (usize, &HandOver)| {
        let candidate = if_there(candidate::read(conn, handing.shopper, now))?;
        let has_visit = store::has_visit(conn, handing.assignment)?;
        let pointer = format!("/assignment_ids/{at}");
        assignments::hand_over(conn, scope, handing, &pointer, candidate.as_ref(), has_visit, now)
    };
    all.iter().enumerate().map(handed).collect()
}

/// Takes an assignment back.
///
/// # Errors
/// Those of [`assignments::cancel()`].
pub fn cancel(
    conn: &mut Conn,
    scope: &Scope,
    cancellation: &Cancellation,
    now: Instant,
) -> Result<Assignment> {
    let has_visit = store::has_visit(conn, cancellation.assignment)?;
    assignments::cancel(conn, scope, cancellation, has_visit, now)
}

/// Does what the clock is to do with an assignment now, and tells whether there was anything.
///
/// # Errors
/// Those of [`assignments::lapse()`].
pub fn lapse(conn: &mut Conn, id: AssignmentId, next: AssignmentId, now: Instant) -> Result<bool> {
    let has_visit = store::has_visit(conn, id)?;
    assignments::lapse(conn, id, has_visit, next, now)
}
