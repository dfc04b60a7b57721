//! Making a visit again: what its reviewers decide about it opens the next try at it, or ends that try again.

use super::{model::Assignment, store, successor, surplus::end_after};
use crate::{
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::AssignmentId,
};

/// Opens the next try at the visit that was made for this assignment and is wanted again, if no other try at it stands and
/// its campaign has days left for it; tells whether it did.
///
/// # Errors
/// Those of the database.
pub fn make_again(conn: &mut Conn, of: AssignmentId, next: AssignmentId, now: Instant) -> Result<bool> {
    let made = made(conn, of)?;
    successor::open(conn, &made, next, now)
}

/// Ends the tries at the visit that was made for this assignment which no shopper has or is asked for: its reviewers look at
/// it again.
///
/// # Errors
/// Those of the database.
pub fn do_not_make_again(conn: &mut Conn, of: AssignmentId, now: Instant) -> Result<()> {
    match made(conn, of)?.slot() {
        Some(slot) => end_after(conn, slot, "its visit is looked at again", now),
        None => Ok(()),
    }
}

fn made(conn: &mut Conn, of: AssignmentId) -> Result<Assignment> {
    store::find(conn, of)?.ok_or_else(|| Error::internal("a visit without its assignment"))
}
